#!/bin/sh
# SPDX-License-Identifier: MIT
# manual.sh PROGRAM PAGE: writes PAGE, with what can be known from the program made anew: the SYNOPSIS, the
# exit codes, and the lists of options. Before each of these stands which:
#   .\" options COMMAND [but OTHER]      its options, without those that OTHER has as well
#   .\" options COMMAND and OTHER        those of both
# What a list says more of an option than the program does stands below it, after a line .\" more, and stays.
# More of an option that is not there is an error.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
{
	sh "$here/options.sh" "$1"
	# The table of exit codes in main.c: a line each, with its meaning.
	sed -n 's|^ *\[FAULT_[A-Z]*] = \([0-9]*\), */\* \(.*\) \*/$|E\t\1\t\2|p' "$here/../cmd/main.c" | sed 's/ (where git.*//'
	cat "$2"
} | awk -F '\t' '
	# Words become macros: options, and what the row WORDS calls a value.
	function words_of(text, count, parts, n) {
		split("", values)
		count = split(text, parts, /[^A-Z]+/)
		for (n = 1; n <= count; n++)
			values[parts[n]] = parts[n] != ""
	}
	function marked(word, core, tail) {
		core = word
		tail = ""
		if (match(core, /[,;:.)]+$/)) {
			tail = " " substr(core, RSTART)
			core = substr(core, 1, RSTART - 1)
		}
		if (core ~ /^--?[a-zA-Z]/)
			return ".Fl " substr(core, 2) tail
		return values[core] ? ".Ar " tolower(core) tail : ""
	}
	function sentence(text, count, parts, n, line, macro) {
		sub(/, like /, ", like\001", text)
		count = split(text, parts, "\001")
		text = parts[1] (count == 1 ? "." : "")
		text = toupper(substr(text, 1, 1)) substr(text, 2)
		like = parts[2]
		count = split(text, parts, " ")
		line = ""
		for (n = 1; n <= count; n++) {
			macro = marked(parts[n])
			if (macro != "") {
				if (line != "")
					print line
				print macro
				line = ""
			} else
				line = line (line == "" ? "" : " ") parts[n]
		}
		if (line != "")
			print line
		if (like != "")
			print ".Ql " like " ."
	}
	function value(word, n, parts, text) {
		n = split(word, parts, ":")
		text = ".Ar " tolower(parts[1])
		if (word ~ /^@/)
			text = ".Li @ Ns Ar " tolower(substr(word, 2))
		for (n = 2; n in parts; n++)
			text = text " : Ns Ar " tolower(parts[n])
		return substr(text, 2)
	}
	# One form of a command, of words, brackets and bars that stand side by side.
	function synopsis(text, rest, out, joined, token) {
		print ".Nm"
		rest = text
		out = ""
		joined = 0
		level = 0
		while (rest != "") {
			if (rest ~ /^ /) {
				sub(/^ +/, "", rest)
				joined = 0
				continue
			}
			if (!match(rest, /^(\[|]|\||=|@|\.\.\.|--?[a-zA-Z][a-zA-Z-]*|--|[A-Z]+|[a-z][a-z-]*)/)) {
				print "manual.sh cannot read a usage: " rest >"/dev/stderr"
				failed = 1
				return
			}
			token = substr(rest, 1, RLENGTH)
			rest = substr(rest, RLENGTH + 1)
			if (token == "[") macro = "Oo"
			else if (token == "]") macro = "Oc"
			else if (token == "|" || token == "=" || token == "@" || token == "...") macro = token
			else if (token == "--") macro = "Cm --"
			else if (token ~ /^-/) macro = "Fl " substr(token, 2)
			else if (token ~ /^[A-Z]/) macro = "Ar " tolower(token)
			else macro = "Cm " token
			# Brackets know themselves where there is no space.
			if (joined && last != "[" && token != "]")
				macro = "Ns " macro
			if (level == 0 && !joined && out != "") {
				print "." out
				out = ""
			}
			if (level == 0 && out == "" && macro == "|")
				macro = "No \\(ba"
			level += (token == "[") - (token == "]")
			out = out (out == "" ? "" : " ") macro
			last = token
			joined = 1
		}
		print "." out
	}
	function option(row, parts, key) {
		split(row, parts, "\t")
		item = ""
		if (parts[1])
			item = "Fl " parts[1] (parts[3] && !parts[4] ? " " value(parts[3]) : "")
		if (parts[2]) {
			item = item (item == "" ? "" : " , ") "Fl -" parts[2]
			if (parts[3])
				item = item (parts[4] ? " Ns Op = Ns " : " ") value(parts[3])
		}
		print ".It " item
		words_of(parts[3] " " usage[command])
		sentence(help[command "\t" row])
		key = parts[2] ? "--" parts[2] : "-" parts[1]
		if (key in more) {
			printf ".\\\" more\n%s", more[key]
			delete more[key]
		}
	}
	function options(parts, count, n, row) {
		command = parts[3]
		print ".Bl -tag -width Ds"
		count = split(rows[command], list, "\n")
		for (n = 1; n < count; n++) {
			row = list[n]
			other = help[parts[5] "\t" row] == help[command "\t" row]
			if (parts[4] == "but" && other || parts[4] == "and" && !other) continue
			option(row)
		}
		print ".El"
		for (key in more) {
			print "the manual says more of " key " than " command " does" >"/dev/stderr"
			failed = 1
		}
	}

	$1 == "C" { next }
	$1 == "U" { forms[++count_forms] = $3; usage[$2] = usage[$2] " " $3; next }
	$1 == "O" {
		row = $3 "\t" $4 "\t" $5 "\t" $6
		rows[$2] = rows[$2] row "\n"
		help[$2 "\t" row] = $7
		next
	}
	$1 == "E" { exits = exits ".It " $2 "\n" $3 "\n"; next }
	/^\.Sh / { skipping = 0 }
	/^\.Sh SYNOPSIS/ {
		print
		for (n = 1; n <= count_forms; n++)
			synopsis(forms[n])
		skipping = 1
		next
	}
	/^\.Sh EXIT STATUS/ {
		printf "%s\n.Bl -tag -width Ds -compact\n%s.El\n", $0, exits
		skipping = 1
		next
	}
	/^\.\\" options / {
		print
		split($0, which, " ")
		split("", more)
		kept = ""
		saying = 0
		in_list = 1
		next
	}
	in_list && /^\.El/ { in_list = 0; options(which); next }
	in_list && /^\.It / {
		kept = ""
		count = split($0, items, " ")
		for (n = 2; n < count; n++)
			if (items[n] == "Fl" && (kept == "" || (items[n + 1] ~ /^-/ && kept !~ /^--/)))
				kept = "-" items[n + 1]
		saying = 0
		next
	}
	in_list && /^\.\\" more/ { saying = 1; next }
	in_list {
		if (saying)
			more[kept] = more[kept] $0 "\n"
		next
	}
	!skipping { print }
	END { exit failed }'
