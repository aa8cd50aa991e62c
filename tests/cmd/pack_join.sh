# SPDX-License-Identifier: MIT
# A year of fetches, or what of it fits in a test: packs are joined before they are many, every object
# stays what it was, and stock git reads them.
. "${0%/*}/lib.sh"
root=$tmp/root
mkdir "$root"
git init -q --bare -b main "$root/r.git"
up=$tmp/up
git init -q -b main "$up"
seq 2000 >"$up/big"
git -C "$up" add big
git -C "$up" commit -qm one
git -C "$up" push -q "$root/r.git" main
serve --root "$root"
w=$tmp/w
"$SMIDGIT" clone -q "$url/r.git" "$w" || not_ok 'clone'
most=0 fetches=0
while [ "$fetches" -lt 60 ]; do
	fetches=$((fetches + 1))
	# A line in the middle of a large file: the pack is thin, and is completed with a copy of its base.
	sed -i "$((fetches * 7))s/.*/line of day $fetches/" "$up/big"
	echo "$fetches" >"$up/day"
	git -C "$up" add -A
	git -C "$up" commit -qm "day $fetches"
	git -C "$up" push -q "$root/r.git" main
	"$SMIDGIT" -C "$w" fetch -q || not_ok "fetch $fetches"
	packs=$(find "$w/.git/objects/pack" -name '*.pack' | wc -l)
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
	git -C "$up" commit -q --allow-empty -m "more $packs"
	git -C "$up" push -q "$root/r.git" main
	"$SMIDGIT" -C "$w" fetch -q || not_ok "fetch $packs"
done
check 'a pack with .keep stays' test -f "$first"
check 'every object is still there' git -C "$w" fsck --full --strict
finish
