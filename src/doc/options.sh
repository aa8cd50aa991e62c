#!/bin/sh
# SPDX-License-Identifier: MIT
# options.sh PROGRAM: what PROGRAM says of its commands, as a table whose fields end with tabs. Completion and
# the manual page are made of it.
#   C command summary                     each that `help` lists
#   U command usage                       each there is; one line for each form
#   O command letter name word optional help
set -eu
program=$1
"$program" help | sed -n 's/^  \([a-z][a-z-]*\)  *\(.*\)/C\t\1\t\2/p'
for command in $("$program" version -v | sed -n 's/^commands: //p'); do
	"$program" help "$command" | awk -v OFS='\t' -v command="$command" '
		function row() {
			if (help != "")
				print "O", command, letter, name, word, optional, help
			help = ""
		}
		function form() {
			if (usage != "")
				print "U", command, usage
			usage = ""
		}
		NR == 1 || /^       smidgit / {
			form()
			usage = $0
			sub(/^.*smidgit /, "", usage)
			next
		}
		usage != "" && /^           / {
			sub(/^ */, " ")
			usage = usage $0
			next
		}
		{ form() }
		# An example that had no room stands below.
		help != "" && /^                    / {
			sub(/^ */, ", ")
			help = help $0
			next
		}
		{ row() }
		/^  -/ {
			letter = name = word = optional = ""
			help = substr($0, 3)
			if (help ~ /^-[A-Za-z]/) {
				letter = substr(help, 2, 1)
				help = substr(help, 3)
				sub(/^, /, "", help)
			}
			if (match(help, /^--[a-z0-9-]+/)) {
				name = substr(help, 3, RLENGTH - 2)
				help = substr(help, RLENGTH + 1)
			}
			if (match(help, /^\[=[^]]*\]/)) {
				optional = "yes"
				word = substr(help, 3, RLENGTH - 3)
				help = substr(help, RLENGTH + 1)
			} else if (match(help, /^ [A-Z@][A-Z:@]+|^ [A-Z] /)) {
				word = substr(help, 2, RLENGTH - 1)
				sub(/ $/, "", word)
				help = substr(help, RLENGTH + 1)
			}
			sub(/^ +/, "", help)
		}
		END { form(); row() }'
done
