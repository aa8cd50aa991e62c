# SPDX-License-Identifier: MIT
# The manual page is what the program says (make manual), and has an exit code for each class of failure.
. "${0%/*}/lib.sh"
page=src/doc/smidgit.1
manual() {
	sh src/doc/manual.sh "$SMIDGIT" "$1" >"$tmp/made"
}
check 'made' manual $page
check 'is what make manual makes of it' same "$tmp/made" $page
# The next option's item ends what is said of --depth.
sed 's/^\.It Fl o Ar name , .*/.\\" more\
Of seven hills.\
&/' $page >"$tmp/page"
check 'more of an option' manual "$tmp/page"
check 'stays there' same "$tmp/page" "$tmp/made"
sed 's/^\.It Fl -depth .*/.It Fl -width\
.\\" more\
Of seven hills./' $page >"$tmp/page"
check_fails 1 'more of an option that is not there' manual "$tmp/page"
said 'the manual says more of --width than clone does'

classes=$(grep -c '^    FAULT_[A-Z]*\(,\|$\| /\)' proto/fault.h)
check 'eleven classes' test "$classes" -eq 11
check 'a code for each' test "$(sed -n '/^\.Sh EXIT STATUS/,/^\.El/p' $page | grep -c '^\.It')" -eq "$classes"
for command in $("$SMIDGIT" version -v | sed -n 's/^commands: //p'); do
	check "$command is described" grep -qE "^\.Ss (.* )?$command( |\$)" $page
done
if command -v mandoc >/dev/null; then
	check 'mandoc has no complaint' test -z "$(mandoc -T lint -W warning $page)"
else
	echo 'left out: mandoc is not installed'
fi
finish
