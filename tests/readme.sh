# SPDX-License-Identifier: MIT
# The README's figures that can be known without a clock are those of the code, within 2%: the sizes of the
# builds, what built-in roots take, the commands, the checks' and the budgets' own words.
. "${0%/*}/cmd/lib.sh"
bundle=/etc/ssl/certs/ca-certificates.crt

# number TEXT: the first figure in it, without the commas between thousands.
number() {
	printf '%s\n' "$1" | sed 's/\([0-9]\),\([0-9]\)/\1\2/g; s/\([0-9]\),\([0-9]\)/\1\2/g; s/^[^0-9]*\([0-9]*\).*/\1/'
}
# near NAME SAID IS: what the README says, and what it is.
near() {
	said=$(number "$2")
	printf '%s: README %s, measured %s\n' "$1" "${said:-nothing}" "$3"
	check "$1: the README says ${said:-nothing}, it is $3" \
		awk -v said="${said:-0}" -v is="$3" 'BEGIN { exit !(said > 0 && is > 0 && said <= is * 1.02 && said >= is * 0.98) }'
}
# cell WORD N: column N of the table's row that begins with WORD.
cell() {
	awk -F '|' -v word="$1" -v n="$2" 'index($2, word) { print $(n + 1); exit }' README.md
}
stripped() {
	strip -o "$tmp/stripped" "$1" && wc -c <"$tmp/stripped"
}
near 'make' "$(cell '`make`' 2)" "$(stripped "$SMIDGIT")"
near 'make static' "$(cell '`make static`' 2)" "$(wc -c <smidgit-static)"
near 'make tiny' "$(cell '`make tiny`' 2)" "$(wc -c <smidgit-tiny)"
megabytes=$(sed -n 's/.* of which smidgit 0\.\([0-9]*\) MB.*/\1/p' README.md)
near 'smidgit beside git, in 10 KB' "$megabytes" $((($(stripped "$SMIDGIT") + 5000) / 10000))

# The table of roots is data, the same in each build.
build_with $bundle >"$tmp/check.log" 2>&1 || not_ok 'with roots'
roots=$(grep -c BEGIN $bundle)
near "of $roots roots" "$(sed -n "s/.*; the \([0-9]*\) in Debian's bundle take.*/\1/p" README.md)" "$roots"
near 'roots' "$(sed -n "s/.* in Debian's bundle take \([0-9,]*\) bytes.*/\1/p" README.md)" \
	"$(size "$tmp/build/roots_table.o" | awk 'NR == 2 { print $1 + $2 }')"

"$SMIDGIT" help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' | grep -v -e '^version$' -e '^help$' | sort >"$tmp/commands"
sed -n '/^## What it does/,/^- A clone/p' README.md | grep -oE '`[a-z][a-z-]*`' | tr -d '`' |
	grep -v -e '^credential$' | sort -u >"$tmp/named"
check 'the commands' same "$tmp/commands" "$tmp/named"
finish
