#!/bin/sh
# SPDX-License-Identifier: MIT
# completions.sh PROGRAM DIRECTORY: completion for bash, zsh and fish, made of what PROGRAM says of itself
# (help, help COMMAND), in files that stand in DIRECTORY as in /usr/share.
set -eu
program=$1
here=$(cd "$(dirname "$0")" && pwd)
cd "$2"
bash=bash-completion/completions/smidgit zsh=zsh/site-functions/_smidgit
fish=fish/vendor_completions.d/smidgit.fish
if ! "$program" help >/dev/null 2>&1; then
	echo "No completion is made: $program does not run here. HELP_OF=PROGRAM names a smidgit that does." >&2
	exit 0
fi
mkdir -p "${bash%/*}" "${zsh%/*}" "${fish%/*}"

table=$(sh "$here/options.sh" "$program" | grep -v "^U")

echo "$table" | awk -F '\t' '
	$1 == "C" { commands = commands " " $2 }
	$1 == "O" {
		if ($3) options[$2] = options[$2] " -" $3
		if ($4) options[$2] = options[$2] " --" $4
		if ($5 && !$6) values[$2] = values[$2] ($3 ? " -" $3 : "") ($4 ? " --" $4 : "")
	}
	END {
		print "# Made by src/doc/completions.sh. What is no option or command is a file."
		print "_smidgit()\n{"
		print "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}"
		print "\tlocal command= at=1 options=\" -C -c\" values=\" -C -c\" commands=\"" substr(commands, 2) "\""
		print "\twhile ((at < COMP_CWORD)); do"
		print "\t\tcase ${COMP_WORDS[at]} in"
		print "\t\t-C | -c) ((at += 2)) ;;"
		print "\t\t*) command=${COMP_WORDS[at]}; break ;;"
		print "\t\tesac\n\tdone"
		print "\tcase $command in\n\t\"\") ;;"
		count = split(commands, names, " ")
		for (n = 1; n <= count; n++)
			print "\t" names[n] ")\n\t\toptions=\"" options[names[n]] "\"\n\t\tvalues=\"" values[names[n]] "\"\n\t\t;;"
		print "\t*) options= values= ;;\n\tesac"
		print "\tCOMPREPLY=()"
		print "\t[[ \"$values \" == *\" $before \"* ]] && return"
		print "\tif [[ $word == -* ]]; then"
		print "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$word\"))"
		print "\telif [[ -z $command || $command == help ]]; then"
		print "\t\tCOMPREPLY=($(compgen -W \"$commands\" -- \"$word\"))"
		print "\tfi\n}\ncomplete -o bashdefault -o default -F _smidgit smidgit"
	}' >$bash

echo "$table" | awk -F '\t' -v q="'" '
	function quoted(text) { gsub(q, q "\\" q q, text); return text }
	function shown(text) { gsub(/[\[\]:\\]/, "\\\\&", text); return quoted(text) }
	function spec(option, sign) {
		value = $5 ? ($6 ? "::" : ":") shown($5) ":" ($5 ~ /^(FILE|PATH|DIR)$/ ? "_files" : " ") : ""
		lines[$2] = lines[$2] " \\\n\t\t\t" q "*" option ($5 ? sign : "") "[" shown($7) "]" value q
	}
	$1 == "C" { commands[++count] = $2; summary[$2] = $3 }
	$1 == "O" && $3 { spec("-" $3, $6 ? "-" : "+") }
	$1 == "O" && $4 { spec("--" $4, $6 ? "=-" : "=") }
	END {
		print "#compdef smidgit\n# Made by src/doc/completions.sh."
		print "_smidgit()\n{\n\tlocal context state line\n\tlocal -a commands\n\tcommands=("
		for (n = 1; n <= count; n++) {
			text = summary[commands[n]]
			gsub(/:/, "\\:", text)
			print "\t\t" q commands[n] ":" quoted(text) q
		}
		print "\t)\n\t_arguments -C " q "*-C[work in this directory]:directory:_directories" q " \\"
		print "\t\t" q "*-c[a setting for this once]:NAME=VALUE: " q " " q "1:command:->command" q " " q "*::argument:->argument" q
		print "\tcase $state in\n\tcommand) _describe command commands ;;"
		print "\targument)\n\t\tcase $words[1] in"
		print "\t\thelp) _describe command commands ;;"
		for (n = 1; n <= count; n++)
			if (commands[n] != "help")
				print "\t\t" commands[n] ") _arguments -s" lines[commands[n]] " \\\n\t\t\t" q "*:file:_files" q " ;;"
		print "\t\tesac\n\t\t;;\n\tesac\n}\n_smidgit \"$@\""
	}' >$zsh

echo "$table" | awk -F '\t' -v q="'" '
	function quoted(text) { gsub(/[\\'\'']/, "\\\\&", text); return q text q }
	BEGIN {
		print "# Made by src/doc/completions.sh."
		print "function __smidgit_command_is\n\tset -l words (commandline -opc) \"\"\n\tset -e words[1]"
		print "\twhile contains -- $words[1] -C -c\n\t\tset -e words[1]\n\t\tset -e words[1]\n\tend"
		print "\ttest \"$words[1]\" = \"$argv[1]\"\nend"
		print "complete -c smidgit -n " quoted("__smidgit_command_is \"\"") " -s C -r -d " quoted("work in this directory")
		print "complete -c smidgit -n " quoted("__smidgit_command_is \"\"") " -s c -x -d " quoted("a setting for this once")
	}
	$1 == "C" {
		print "complete -c smidgit -n " quoted("__smidgit_command_is \"\"") " -f -a " $2 " -d " quoted($3)
		print "complete -c smidgit -n " quoted("__smidgit_command_is help") " -f -a " $2 " -d " quoted($3)
	}
	$1 == "O" {
		print "complete -c smidgit -n " quoted("__smidgit_command_is " $2) \
			($3 ? " -s " $3 : "") ($4 ? " -l " $4 : "") \
			($5 && !$6 ? ($5 ~ /^(FILE|PATH|DIR)$/ ? " -r" : " -x") : "") " -d " quoted($7)
	}' >$fish
