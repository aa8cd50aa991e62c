# SPDX-License-Identifier: MIT
# The layers and budgets of the design, counted by a machine in every test run.
. "${0%/*}/cmd/lib.sh"

# Rank of each file of src/: a file may include only what ranks as high as itself or lower.
ranks() {
	cat <<-'EOF'
		0 atonce base64 certtime config cpu deflate der grow ident notices objtable options pathset pin printf wildmatch wipe
		1 fs file net netstream random resolve space tls tlschain tlsconfig tlsrefusal castore certlimit certname root roots cred netrc prompt provider progress trace
		2 odb stage packidx repo repoconfig packfile packset packtap leftover pathorder buffer lasttree rebuild
		3 remote remote_refs session answer manifest indexer work namer parked thin worktree refdb peel shallow target
		4 commands connect mapping main transfer
	EOF
}

# The rules: each prints what breaks it, and nothing when it is kept.
proto_includes_proto() {
	grep -n '^#include "' proto/*.[ch] | while IFS= read -r line; do
		header=${line#*\"}
		[ -f "proto/${header%%\"*}" ] || echo "$line"
	done
}
proto_is_pure() {
	grep -nE '#include <(unistd|errno|sys/|fcntl|netdb|pthread|signal|time|poll|dirent|locale)' proto/*.[ch]
	grep -nE '(^|[^a-z_>.])(malloc|calloc|realloc|free|getenv|exit|abort|printf|fprintf|puts|fopen|fwrite|errno)( *\(|;)' \
		proto/*.[ch] | grep -vE ':[0-9]+: *(\*|/\*)'
}
no_command_includes_another() {
	grep -n '^#include "cmd_' src/*.[ch] | while IFS=: read -r file number text; do
		header=${text#*\"}
		own=${file##*/}
		[ "${own%.*}" = "${header%%.*}" ] || echo "$file:$number: $text"
	done
}
nothing_includes_upwards() {
	{
		ranks
		grep '^#include "' src/*.[ch] | sed 's|^src/\([^:]*\):#include "\([a-z0-9_]*\)\.h".*|include \1 \2|'
		echo end
	} | awk '
		$1 ~ /^[0-9]$/ { for (n = 2; n <= NF; n++) rank[$n] = $1 }
		$1 == "include" {
			from = $2; sub(/(_(inline|threads|none|tiny|static|portable|small|libdeflate))?\..*/, "", from)
			if (from ~ /^cmd_/ || !(from in rank) || !($3 in rank) || from == $3) next
			if (rank[$3] > rank[from]) print "src/" $2 " (" rank[from] ") includes " $3 ".h (" rank[$3] ")"
		}'
}
every_file_has_a_rank() {
	{
		ranks
		for file in src/*.[ch]; do echo "file ${file##*/}"; done
	} | awk '
		$1 ~ /^[0-9]$/ { for (n = 2; n <= NF; n++) rank[$n] = $1 }
		$1 == "file" { name = $2; sub(/(_(inline|threads|none|tiny|static|portable|small|libdeflate))?\..*/, "", name)
			if (name !~ /^cmd_/ && !(name in rank)) print "src/" $2 ": give it a rank in tests/layers.sh" }'
}
mbedtls_in_its_files() {
	grep -nE 'mbedtls|MBEDTLS' proto/*.[ch] src/*.[ch] |
		grep -vE '^src/(tls\.c|tls(chain|config|refusal)\.[ch]):' | grep -E '#include|mbedtls_'
	# The one header that shows mbedTLS is shared by the files of the library's side.
	grep -nE '#include "tls(chain|refusal).h"' proto/*.[ch] src/*.[ch] | grep -vE '^src/tls((chain|refusal)?\.c|refusal\.h):'
}
zlib_in_its_files() {
	grep -n '#include <zlib' proto/*.[ch] src/*.[ch] | grep -vE '^(proto/inflate|src/deflate)\.c:'
}
spdx_everywhere() {
	for file in Makefile .ci/run $(git ls-files -- '*.c' '*.h' '*.sh' '*.mk' '*.1'); do
		[ ! -f "$file" ] || echo "$file"
	done >"$tmp/files"
	xargs awk 'FNR <= 3 && /SPDX-License-Identifier: MIT/ { print FILENAME }' <"$tmp/files" | sort >"$tmp/with"
	sort "$tmp/files" | comm -23 - "$tmp/with"
}
# One line a function of proto/ and src/: its lines, its file. The formatter puts a function's
# braces, and no others, alone in the first column.
functions() {
	awk 'FNR == 1 { open = 0 }
		/^\{$/ { open = FNR }
		/^\}$/ && open { print FNR - open + 1, FILENAME ":" open; open = 0 }' proto/*.c src/*.c | sort -n
}
functions_short() {
	functions | awk '$1 > 100 { print $2 ": " $1 " lines, at most 100" }
		{ size[NR] = $1 }
		END {
			if (!NR) { print "no functions found"; exit }
			if (size[int((NR + 1) / 2)] > 18) print "median " size[int((NR + 1) / 2)] ", at most 18"
			if (size[int(NR * 0.95)] > 60) print "95th percentile " size[int(NR * 0.95)] ", at most 60"
		}'
}
files_short() {
	wc -l proto/*.[ch] src/*.[ch] | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines, at most 500" }'
}
proto_short() {
	lines=$(cat $(ls proto/*.[ch] | grep -vE '/(hash|sha)[^/]*$') | wc -l)
	[ "$lines" -le 5000 ] || echo "proto/ has $lines lines without hashes, at most 5000"
}
makefiles_short() {
	lines=$(cat Makefile tests/*.mk src/build/*.mk 2>/dev/null | wc -l)
	[ "$lines" -le 260 ] || echo "the Makefile and its parts have $lines lines, at most 260"
}
no_marks_left() {
	grep -nwE 'TO''DO|FIX''ME|X''XX' proto/*.[ch] src/*.[ch] tests/*/*.[ch] README.md Makefile |
		grep -v 'X''XXXXX'
}

silent() {
	"$@" >"$tmp/broken" 2>&1
	cat "$tmp/broken"
	[ ! -s "$tmp/broken" ]
}
for rule in proto_includes_proto proto_is_pure no_command_includes_another nothing_includes_upwards \
	every_file_has_a_rank mbedtls_in_its_files zlib_in_its_files spdx_everywhere functions_short \
	files_short proto_short makefiles_short no_marks_left; do
	check $rule silent $rule
done
finish
