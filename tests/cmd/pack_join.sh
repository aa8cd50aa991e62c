# SPDX-License-Identifier: MIT
# A year of fetches, or what of it fits in a test: packs are joined before they are many, every object
# stays what it was, and stock git reads them.
. "${0%/*}/lib.sh"
root=$tmp/root
mkdir "$root"
git init -q --bare -b main "$root/r.git"
# All of it at once, and as packed as git would: each day changes a line in the middle of a large file, so
# that a pack is thin and is completed with a copy of its base; and 52 commits afterwards change nothing.
awk 'BEGIN {
	for (line = 1; line <= 2000; line++) text[line] = line
	for (day = 0; day < 113; day++) {
		if (day > 0) text[day * 7] = "line of day " day
		printf "commit refs/days/all\ncommitter A <a@b> %d +0000\ndata <<.\nday %d\n.\n", 1700000000 + day, day
		if (day <= 60) {
			print "M 100644 inline big\ndata <<."
			for (line = 1; line <= 2000; line++) print text[line]
			printf ".\nM 100644 inline day\ndata <<.\n%d\n.\n", day
		}
		print ""
	}
}' | git -C "$root/r.git" fast-import --quiet
git -C "$root/r.git" rev-list --reverse refs/days/all >"$tmp/days"
git -C "$root/r.git" update-ref -d refs/days/all
# next_day: the server's main is a commit further.
exec 4<"$tmp/days"
next_day() {
	read -r day <&4 && echo "$day" >"$root/r.git/refs/heads/main"
}
packs_of() {
	set -- "$1"/.git/objects/pack/*.pack
	packs=$#
}
next_day
serve --root "$root"
w=$tmp/w
"$SMIDGIT" clone -q "$url/r.git" "$w" || not_ok 'clone'
most=0 fetches=0
while [ "$fetches" -lt 60 ]; do
	fetches=$((fetches + 1))
	next_day
	"$SMIDGIT" -C "$w" fetch -q || not_ok "fetch $fetches"
	packs_of "$w"
	[ "$packs" -le "$most" ] || most=$packs
done
check "never many packs ($most)" test "$most" -le 50
check 'and several at times' test "$most" -ge 40
check 'every object is there' git -C "$w" fsck --full --strict
check 'as many commits' test "$(git -C "$w" rev-list --count origin/main)" = 61
for pack in "$w"/.git/objects/pack/*.pack; do check 'a pack is what it says' git -C "$w" verify-pack "$pack"; done
check 'nothing is left over' test -z "$(find "$w/.git" -name 'tmp_*' -o -name 'smidgit*' -o -name '*.lock')"
check 'each has an index' test "$(find "$w/.git/objects/pack" -name '*.idx' | wc -l)" = "$(find "$w/.git/objects/pack" -name '*.pack' | wc -l)"
check 'git goes on with it' git -C "$w" merge -q --ff-only origin/main
check 'and so does smidgit' "$SMIDGIT" -C "$w" status
# What somebody wants to keep is kept.
first=$(ls -S "$w"/.git/objects/pack/*.pack | tail -n 1)
touch "${first%.pack}.keep"
packs=0
while [ "$packs" -lt 52 ]; do
	packs=$((packs + 1))
	next_day
	"$SMIDGIT" -C "$w" fetch -q || not_ok "fetch $packs"
done
check 'a pack with .keep stays' test -f "$first"
check 'every object is still there' git -C "$w" fsck --full --strict
finish
