# SPDX-License-Identifier: MIT
# The README's and the manual page's exit codes are those of src/cmd/main.c, one for each class of failure.
. "${0%/*}/lib.sh"
sh fixtures/exit-codes.sh >"$tmp/table"
sh fixtures/exit-codes.sh man >"$tmp/list"
classes=$(grep -c '^    FAULT_[A-Z]*\(,\|$\| /\)' proto/fault.h)
check 'eleven classes' test "$classes" -eq 11
check 'a code for each' test "$(grep -c '^\.It' "$tmp/list")" -eq "$classes"
sed -n '/^| code |/,/^$/p' README.md | grep . >"$tmp/readme"
check 'README.md' diff -u "$tmp/table" "$tmp/readme"
sed -n '/^\.Sh EXIT STATUS/,/^\.El/p' src/doc/smidgit.1 | grep -v -e '^\.Sh' -e '^\.Bl' -e '^\.El' >"$tmp/man"
check 'smidgit.1' diff -u "$tmp/list" "$tmp/man"
finish
