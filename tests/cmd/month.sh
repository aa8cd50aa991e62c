# SPDX-License-Identifier: MIT
# A month with a repository: each day something happens upstream, here or on the way, and in the evening
# it is what stock git says it should be. smidgit and git work on it in turns.
. "${0%/*}/lib.sh"
root=$tmp/root
mkdir "$root"
git init -q --bare -b main "$root/r.git"
git --git-dir "$root/r.git" config receive.denyDeletes false
up=$tmp/up
git init -q -b main "$up"
day=0
upstream() {
	mkdir -p "$up/src/$((day % 5))"
	echo "day $day" >>"$up/log"
	seq $((day * 10)) $((day * 10 + 50)) >"$up/src/$((day % 5))/file$((day % 7))"
	git -C "$up" add -A
	GIT_AUTHOR_DATE=@$((1700000000 + day * 86400)) GIT_COMMITTER_DATE=@$((1700000000 + day * 86400)) \
		git -C "$up" commit -qm "day $day"
}
push() { git -C "$up" push -qf "$root/r.git" "$@"; }
for day in 1 2 3 4 5; do upstream; done
git -C "$up" branch topic HEAD~2
push main topic
serve --root "$root"
w=$tmp/w
here() { (cd "$w" && "$SMIDGIT" "$@"); }

# evening: what is checked out is HEAD, nothing is missing, no lock is left, the remote's branches are
# where the server's are.
evening() {
	check "day $day: whole" git -C "$w" fsck --full --strict
	check "day $day: no lock stays" test -z "$(find "$w/.git" -name '*.lock' -o -name 'smidgit-*')"
	git -C "$w" status --porcelain >"$tmp/git.status"
	here status --porcelain >"$tmp/smidgit.status"
	check "day $day: status" same "$tmp/git.status" "$tmp/smidgit.status"
	git --git-dir "$root/r.git" for-each-ref --format='%(refname:lstrip=2) %(objectname)' refs/heads >"$tmp/there"
	git -C "$w" for-each-ref --format='%(refname:lstrip=3) %(objectname)' refs/remotes/origin |
		grep -v '^HEAD ' >"$tmp/here"
	check "day $day: branches" same "$tmp/there" "$tmp/here"
}
is_upstream() {
	check "day $day: the files are upstream's" \
		test "$(git -C "$w" rev-parse 'HEAD^{tree}')" = "$(git -C "$up" rev-parse "${1:-main}^{tree}")"
}

day=6
upstream
push main
check 'day 6: cloned shallow' "$SMIDGIT" clone -q --depth 2 --no-single-branch "$url/r.git" "$w"
evening
for day in 7 8 9; do
	upstream
	push main
	check "day $day: pull" here pull -q
	is_upstream
	evening
done
day=10
check 'day 10: deeper' here fetch -q --deepen 3
evening
check 'day 10: nothing new' here fetch
check 'day 10: said nothing' test ! -s "$tmp/check.log"
day=11
check 'day 11: another branch' here checkout topic
is_upstream topic
evening
day=12
git -C "$up" checkout -q topic
upstream
git -C "$up" checkout -q main
push topic
check 'day 12: its pull' here pull -q
is_upstream topic
evening
day=13
check 'day 13: back' here checkout -q main
check 'day 13: git deepens' git -C "$w" fetch -q --deepen 1
evening
day=14
git -C "$up" reset -q --hard HEAD~2
upstream
push main
check_fails 8 'day 14: upstream was rewritten' here pull -q
said 'reset --hard'
check 'day 14: taken as it is' here reset -q --hard origin/main
is_upstream
evening
day=15
upstream
git -C "$up" tag -f light >/dev/null
git -C "$up" tag -f -a -m heavy heavy
push main light heavy
check 'day 15: tags follow' here pull -q
check 'day 15: both' git -C "$w" rev-parse -q --verify light
check 'day 15: both' git -C "$w" rev-parse -q --verify heavy
git -C "$up" tag -f light HEAD~1 >/dev/null
push light
check_fails 1 'day 15: a tag has moved' here fetch --tags
said 'would clobber existing tag'
check 'day 15: by force' here fetch -q --tags --force
check 'day 15: moved' test "$(git -C "$w" rev-parse light)" = "$(git -C "$up" rev-parse light)"
evening
day=16
rm "$w/log"
echo damaged >"$w/src/1/file1"
evening
check 'day 16: repaired' here checkout -- log src
is_upstream
evening
day=17
rm -r "$w/.git/index" "$w/src"
check 'day 17: without an index' here reset -q --hard
is_upstream
evening
day=18
upstream
push main
before=$(git -C "$w" rev-parse origin/main)
stop_servers
check_fails 3 'day 18: the server is gone' here pull -q
check 'day 18: nothing has moved' test "$(git -C "$w" rev-parse origin/main)" = "$before"
serve --root "$root"
git -C "$w" remote set-url origin "$url/r.git"
check 'day 18: and back' here pull -q
is_upstream
evening
day=19
upstream
push main
here fetch -q >"$tmp/one" 2>&1 &
one=$!
here fetch -q >"$tmp/two" 2>&1
two=$?
wait "$one"
one=$?
check 'day 19: two at once, the first' test "$one" -eq 0
check 'day 19: two at once, the second' test "$two" -eq 0
evening
day=20
upstream
push main
# Here every object is a file of its own, until the server has heard what is here: then gc packs them,
# and removes the files.
mkdir "$tmp/packs"
mv "$w"/.git/objects/pack/* "$tmp/packs"
for pack in "$tmp"/packs/*.pack; do git -C "$w" unpack-objects -q <"$pack"; done
cat >"$tmp/gc-hook" <<EOF
#!/bin/sh
env -u GIT_DIR git -C '$w' -c gc.reflogExpire=never gc -q --prune=never &&
	find '$w/.git/objects' -path '*/??/*' -type f >'$tmp/loose' && exec "\$@"
EOF
chmod +x "$tmp/gc-hook"
git config --global uploadpack.packObjectsHook "$tmp/gc-hook"
check 'day 20: beside gc' here pull -q
check 'day 20: gc was there' test -e "$tmp/loose" -a ! -s "$tmp/loose"
git config --global --unset uploadpack.packObjectsHook
evening
is_upstream
day=21
check 'day 21: all of it' here fetch -q --unshallow
check 'day 21: as many commits' test "$(git -C "$w" rev-list --count origin/main)" = "$(git -C "$up" rev-list --count main)"
evening
day=22
git -C "$up" branch team/one
push team/one
check 'day 22: a branch in a folder' here fetch -q
evening
day=23
git -C "$up" branch -m team/one team-one
git -C "$up" branch team
git -C "$up" push -q "$root/r.git" :team/one
push team team-one
check 'day 23: the folder became a branch' here fetch -q --prune
evening
day=24
echo mine >"$w/mine"
git -C "$w" add mine
git -C "$w" commit -qm mine
upstream
push main
check_fails 8 'day 24: both went on' here pull -q
check 'day 24: git merges' git -C "$w" merge -q -m both origin/main
evening
day=25
check 'day 25: nothing to pull' here pull
said 'Already up to date.'
evening
day=26
touch "$w/.git/index.lock"
check_fails 8 'day 26: somebody holds the index' here checkout topic
said 'index.lock'
rm "$w/.git/index.lock"
check 'day 26: no longer' here checkout -q topic
evening
day=27
check 'day 27: a tag' here checkout -q heavy
is_upstream heavy
evening
day=28
check 'day 28: a branch of one'"'"'s own' here checkout -q -b mine origin/team-one
check 'day 28: which follows' test "$(git -C "$w" config branch.mine.merge)" = refs/heads/team-one
evening
day=29
git -C "$w" worktree add -q "$tmp/second" topic
(cd "$tmp/second" && "$SMIDGIT" status --porcelain) >"$tmp/check.log" 2>&1
check 'day 29: a second working tree' test ! -s "$tmp/check.log"
check 'day 29: fetched from there' sh -c "cd '$tmp/second' && '$SMIDGIT' fetch -q"
evening
day=30
check 'day 30: git takes over' git -C "$w" pull -q --ff-only origin main:fresh
evening
finish
