# SPDX-License-Identifier: MIT
# Files that are replaced, where something is in the way: a submodule's directory stays with all that is in
# it, a repository on another file system than its files is none the worse for it, and what cannot be
# replaced is said and not noted as done.
. "${0%/*}/lib.sh"

# Of a submodule the commit alone is another: as git, nothing touches its files.
git init -q "$tmp/sub"
for n in 1 2; do git -C "$tmp/sub" commit -q --allow-empty -m $n; done
old=$(git -C "$tmp/sub" rev-parse HEAD~1) new=$(git -C "$tmp/sub" rev-parse HEAD)
git init -q "$tmp/super"
echo file >"$tmp/super/file"
git -C "$tmp/super" add file
for commit in "$old" "$new"; do
	git -C "$tmp/super" update-index --add --cacheinfo "160000,$commit,dir/sub"
	git -C "$tmp/super" commit -q -m "$commit"
done
mkdir "$tmp/super/dir"
cp -R "$tmp/sub" "$tmp/super/dir/sub"
echo work >"$tmp/super/dir/sub/work"
both() {
	rm -rf "$tmp/git" "$tmp/smidgit"
	for who in git smidgit; do cp -a "$tmp/super" "$tmp/$who"; done
	git -C "$tmp/git" "$@" >"$tmp/git.log" 2>&1
	check "a submodule: $*" "$SMIDGIT" -C "$tmp/smidgit" "$@"
	check "a submodule: $*: as git leaves it" done_alike "$tmp/git" "$tmp/smidgit"
	check "a submodule: $*: its files" test -f "$tmp/smidgit/dir/sub/work"
}
both reset --hard HEAD~1
both checkout -f HEAD~1
both checkout HEAD~1
both checkout HEAD~1 -- .
rm -rf "$tmp/super/dir/sub/.git"
both reset --hard HEAD~1
both checkout -f -- .

# The first call that gives a file its name fails.
changed() {
	rm -rf "$tmp/w"
	git init -q "$tmp/w"
	echo "$1" >"$tmp/w/file"
	ln -s "$1" "$tmp/w/link"
	git -C "$tmp/w" add -A
	git -C "$tmp/w" commit -q -m "$1"
	rm "$tmp/w/link"
	echo other >"$tmp/w/file"
	echo other >"$tmp/w/link"
}
failing() {
	renames=$1
	shift
	strace -f -o /dev/null -e trace=renameat -e inject="renameat:$renames" "$SMIDGIT" -C "$tmp/w" "$@"
}
if may_trace -e inject=renameat:error=EXDEV; then
	for command in 'checkout -- .' 'checkout -f' 'reset --hard'; do
		changed one
		check "another file system: $command" failing error=EXDEV:when=1..2 $command
		check "another file system: $command: all is as it was" test -z "$(git -C "$tmp/w" status --porcelain)"
		changed one
		check_fails 8 "cannot be replaced: $command" failing error=EACCES:when=1 $command
		said "cannot replace 'file'"
		check "cannot be replaced: $command: git sees that" \
			test "$(git -C "$tmp/w" status --porcelain)" = ' M file
 T link'
		check "cannot be replaced: $command: the next run can" "$SMIDGIT" -C "$tmp/w" $command
		check "cannot be replaced: $command: all is as it was" test -z "$(git -C "$tmp/w" status --porcelain)"
	done
else
	echo 'left out: files that cannot be renamed; strace is missing or may not trace, or sanitizers'
fi
# Really another one, where there are two.
if [ -w /dev/shm ] && [ "$(stat -c %d /dev/shm)" != "$(stat -c %d "$BUILD")" ]; then
	far=$(mktemp -d "$BUILD/far-XXXXXX") near=$(mktemp -d /dev/shm/near-XXXXXX)
	trap 'stop_servers; cd /; rm -rf "$tmp" "$far" "$near"' EXIT
	changed one
	mv "$tmp/w/.git" "$far/git"
	mv "$tmp/w" "$near/w"
	echo "gitdir: $far/git" >"$near/w/.git"
	rm "$near/w/file"
	mkdir "$near/w/file"
	check 'the repository is elsewhere' "$SMIDGIT" -C "$near/w" reset -q --hard
	check 'the repository is elsewhere: all is as it was' test -z "$(git -C "$near/w" status --porcelain)"
else
	echo 'left out: a repository on another file system; here is one only'
fi
finish
