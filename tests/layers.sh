# SPDX-License-Identifier: MIT
# The layers and budgets of the design, counted by a machine in every test run.
. "${0%/*}/cmd/lib.sh"

# What each room may include, besides itself (src/README.md draws it).
arrows() {
	cat <<-'EOF'
		cmd       client remote receive worktree tls objects repo net system proto
		client    remote receive worktree tls objects repo net system proto
		remote    tls net system proto
		receive   objects system proto
		worktree  objects repo system proto
		tls       net system proto
		objects   system proto
		repo      system proto
		net       system proto
		system    proto
		build     tls proto
	EOF
}
sources=$(ls src/*/*.[ch] src/*/*/*.[ch] | grep -v '^src/build/mbedtls_')

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
# Nobody's protocol: other programs can use it.
proto_names_no_program() {
	grep -in smidgit proto/*.*
}
nothing_includes_upwards() {
	{
		arrows
		grep '^#include "' $sources /dev/null | sed 's|^\(src/\([a-z]*\)/[^:]*\):#include "\([^"]*\)"|include \2 \3 \1|'
	} | awk '
		$1 != "include" { known[$1] = 1; for (n = 2; n <= NF; n++) may[$1, $n] = 1; next }
		{ room = $3; sub(/\/.*/, "", room) }
		!($2 in known) { print $4 ": give its room a line in tests/layers.sh"; next }
		$3 !~ /\// { print $4 ": " $3 " is included without its room"; next }
		room != $2 && !(($2, room) in may) { print $4 ": " $3 }'
}
variants_stand_in_for_a_file() {
	for file in $(ls src/*/*/*.c | grep -v '^src/build/'); do
		name=${file##*/} room=${file%/*/*}
		# The C library has its own printf().
		[ -e "$room/$name" ] || [ "$name" = printf.c ] || echo "$file stands in for nothing"
	done
}
mbedtls_in_its_files() {
	grep -nE 'mbedtls|MBEDTLS' proto/*.[ch] $sources | 
		grep -vE '^src/tls/(tls\.c|(chain|settings|refused_certificate|identity)\.[ch]):' | grep -E '#include|mbedtls_'
	# The headers that show mbedTLS are for the files of the library's side.
	grep -nE '#include "tls/(chain|refused_certificate).h"' proto/*.[ch] $sources |
		grep -vE '^src/tls/((tls|chain|refused_certificate)\.c|refused_certificate\.h):'
}
zlib_in_its_files() {
	grep -n '#include <zlib' proto/*.[ch] $sources | grep -vE '^(proto/inflate|src/objects/deflate)\.c:'
}
spdx_everywhere() {
	for file in Makefile .ci/run $(git ls-files -- '*.c' '*.h' '*.sh' '*.mk' '*.1'); do
		[ ! -f "$file" ] || echo "$file"
	done >"$tmp/files"
	xargs awk 'FNR <= 3 && /SPDX-License-Identifier: MIT/ { print FILENAME }' <"$tmp/files" | sort >"$tmp/with"
	sort "$tmp/files" | comm -23 - "$tmp/with"
}
# What comments and tests cite (R9, K7, ...) can be looked up.
cited_rows_exist() {
	sed -n 's/^| \([A-Z][0-9]*\) |.*/\1/p' proto/HOSTILE.md | sort >"$tmp/rows"
	grep -ohE '\b[CHKPRT][0-9]{1,2}\b' proto/*.[ch] $sources tests/unit/*.[ch] tests/cmd/*.sh | sort -u |
		comm -23 - "$tmp/rows" | sed 's/$/: no such row in proto\/HOSTILE.md/'
}
# One line a function of proto/ and src/: its lines, its file. The formatter puts a function's
# braces, and no others, alone in the first column.
functions() {
	awk 'FNR == 1 { open = 0 }
		/^\{$/ { open = FNR }
		/^\}$/ && open { print FNR - open + 1, FILENAME ":" open; open = 0 }' proto/*.c $sources | sort -n
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
	wc -l proto/*.[ch] $sources | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines, at most 500" }'
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
	grep -nwE 'TO''DO|FIX''ME|X''XX' proto/*.[ch] $sources tests/*/*.[ch] README.md Makefile |
		grep -v 'X''XXXXX'
}

silent() {
	"$@" >"$tmp/broken" 2>&1
	cat "$tmp/broken"
	[ ! -s "$tmp/broken" ]
}
for rule in proto_includes_proto proto_is_pure proto_names_no_program nothing_includes_upwards variants_stand_in_for_a_file \
	mbedtls_in_its_files zlib_in_its_files cited_rows_exist spdx_everywhere functions_short files_short proto_short \
	makefiles_short no_marks_left; do
	check $rule silent $rule
done
finish
