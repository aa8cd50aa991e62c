# SPDX-License-Identifier: MIT
# The README's and the manual page's exit codes are those of enum fault_class.
. "${0%/*}/lib.sh"
sh fixtures/exit-codes.sh >"$tmp/table"
sh fixtures/exit-codes.sh man >"$tmp/list"
check 'eleven classes' test "$(grep -c '^\.It' "$tmp/list")" -eq 11
sed -n '/^| code |/,/^$/p' README.md | grep . >"$tmp/readme"
check 'README.md' diff -u "$tmp/table" "$tmp/readme"
sed -n '/^\.Sh EXIT STATUS/,/^\.El/p' src/doc/smidgit.1 | grep -v -e '^\.Sh' -e '^\.Bl' -e '^\.El' >"$tmp/man"
check 'smidgit.1' diff -u "$tmp/list" "$tmp/man"
finish
