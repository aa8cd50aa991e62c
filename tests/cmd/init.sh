# SPDX-License-Identifier: MIT
# smidgit init beside git's: the same directories, files and words.
. "${0%/*}/lib.sh"
state() {
	(cd "$1" && find . -name '*.sample' -prune -o -name branches -prune -o -printf '%p %M\n' | LC_ALL=C sort &&
		find . -name '*.sample' -prune -o -name branches -prune -o -type f -print0 | LC_ALL=C sort -z |
		xargs -0 tail -v -n +1)
	git -C "$1" status 2>&1
	git -C "$1" fsck 2>&1
}
# both ARGUMENT...: in the directory $in of each.
both() {
	for who in git smidgit; do
		program=$who
		[ $who = git ] || program=$SMIDGIT
		mkdir -p "$tmp/$who/$in"
		(cd "$tmp/$who/$in" && "$program" init "$@") >"$tmp/$who.out" 2>/dev/null </dev/null
		echo "exit $?" | sed 's/ \(12[89]\|[2-9]\)$/ 8/' >>"$tmp/$who.out"
		sed -i "s|$tmp/$who|TOP|" "$tmp/$who.out"
		state "$tmp/$who" >"$tmp/$who.state"
	done
	check "init $* in '$in': says the same" same "$tmp/git.out" "$tmp/smidgit.out"
	check "init $* in '$in': leaves the same" same "$tmp/git.state" "$tmp/smidgit.state"
}
in=
both new
both new
both -b main named
both -b other named
both --initial-branch=feature/x deep/er/still
both --bare bare.git
both --bare bare.git
both -q quiet
check_fails 2 'no name' "$SMIDGIT" init -b no..name "$tmp/bad"
check 'nothing was made' test ! -e "$tmp/bad"
both a b
in=new/sub both
in=empty both
in=empty both
in=b2 both --bare
git config --global init.defaultBranch trunk
both configured
git config --global --unset init.defaultBranch
both plain
# In a directory with files, and where .git is a file.
for who in git smidgit; do
	mkdir "$tmp/$who/full" && echo x >"$tmp/$who/full/x"
	git -C "$tmp/$who/plain" commit -q --allow-empty -m one
	git -C "$tmp/$who/plain" worktree add -q "$tmp/$who/tree" 2>/dev/null
done
check 'beside files' "$SMIDGIT" init "$tmp/smidgit/full"
check 'that stay' test "$(cat "$tmp/smidgit/full/x")" = x
check 'git works in it' git -C "$tmp/smidgit/full" add x
git -C "$tmp/smidgit/full" commit -qm one
before=$(git -C "$tmp/smidgit/full" rev-parse HEAD)
check 'again' "$SMIDGIT" -C "$tmp/smidgit/full" init
said "Reinitialized existing Git repository in $tmp/smidgit/full/.git/"
check 'nothing has changed' test "$(git -C "$tmp/smidgit/full" rev-parse HEAD)" = "$before"
check 'a worktree' "$SMIDGIT" init "$tmp/smidgit/tree"
said "Reinitialized existing Git repository in $tmp/smidgit/plain/.git/worktrees/tree/"
# Of a copy without empty directories what is missing is made; what is there stays.
git init -q "$tmp/copy"
rm -r "$tmp/copy/.git/refs" "$tmp/copy/.git/objects"
mkdir -p "$tmp/copy/.git/info"
echo mine >"$tmp/copy/.git/info/exclude"
echo '[a]' >"$tmp/copy/.git/config"
check 'a copy' "$SMIDGIT" init "$tmp/copy"
said 'Reinitialized'
check 'it is whole' git -C "$tmp/copy" fsck
check 'settings stay' test "$(cat "$tmp/copy/.git/config")" = '[a]'
rm "$tmp/copy/.git/HEAD"
check 'without a HEAD' "$SMIDGIT" init "$tmp/copy"
check 'what is ignored stays' test "$(cat "$tmp/copy/.git/info/exclude")" = mine
# What was killed before HEAD came is no repository, and is made by the next run.
rm "$tmp/smidgit/new/.git/HEAD"
check 'unfinished' "$SMIDGIT" init "$tmp/smidgit/new"
said 'Initialized empty'
check 'whole' git -C "$tmp/smidgit/new" fsck
echo x >"$tmp/file"
check_fails 8 'a file' "$SMIDGIT" init "$tmp/file"
check 'then status' "$SMIDGIT" -C "$tmp/smidgit/new" status
said 'No commits yet'
finish
