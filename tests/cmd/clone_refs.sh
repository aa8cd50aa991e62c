# SPDX-License-Identifier: MIT
# Which references a clone has, beside what git's has: every way to choose them, both versions of the
# protocol, a server whose HEAD is a branch, detached, unborn.
. "${0%/*}/lib.sh"

# A branch and a tag of each kind: on main, on another branch, on no branch; and references besides.
served=$tmp/served
mkdir "$served"
git init -q --bare "$served/branch.git"
(
	cd "$served/branch.git" || exit 2
	tree=$(git mktree </dev/null)
	parent=
	for name in one two three aside lost; do
		commit=$(git commit-tree -m "$name" ${parent:+-p "$parent"} "$tree")
		eval "$name=$commit"
		parent=$commit
	done
	git update-ref refs/heads/main "$three"
	git update-ref refs/heads/other/aside "$aside"
	git update-ref refs/notes/commits "$one"
	git update-ref refs/pull/1/head "$two"
	git tag light "$two"
	git tag -a -m first first "$one"
	git tag -a -m last last "$three"
	git -c advice.nestedTag=false tag -a -m 'of a tag' of-a-tag last
	git tag aside "$aside"
	git tag -a -m 'on no branch' lost "$lost"
	git symbolic-ref HEAD refs/heads/main
)
cp -r "$served/branch.git" "$served/detached.git"
git -C "$served/detached.git" update-ref --no-deref HEAD "$(git -C "$served/branch.git" rev-parse main~1)"
cp -r "$served/branch.git" "$served/unborn.git"
git -C "$served/unborn.git" symbolic-ref HEAD refs/heads/none
rm -rf "$served"/*/hooks
# Nobody needs its samples of hooks.
export GIT_TEMPLATE_DIR=

refs_of() {
	[ ! -d "$1" ] || {
		git -C "$1" for-each-ref --format='%(refname) %(objectname) %(symref)'
		cat "$1/HEAD" "$1/.git/HEAD" 2>/dev/null
	}
}
# beside VERSION NAME OPTION...: both clone, or neither
beside() {
	version=$1 name=$2
	shift 2
	rm -rf "$tmp/theirs" "$tmp/ours"
	git -c protocol.version="$version" clone -q "$@" "$url/$name.git" "$tmp/theirs" >/dev/null 2>&1 </dev/null
	git_status=$?
	"$SMIDGIT" clone -q --no-sync --protocol "$version" "$@" "$url/$name.git" "$tmp/ours" >"$tmp/check.log" 2>&1 </dev/null
	our_status=$?
	check "$name, version $version, $*: exit $our_status, git's $git_status" \
		test $((our_status != 0)) = $((git_status != 0))
	check "$name, version $version, $*: references" same_refs
}
# Nearly always the files are the same; references may be packed or not.
same_refs() {
	theirs=$tmp/theirs ours=$tmp/ours
	[ ! -d "$theirs/.git" ] || theirs=$theirs/.git
	[ ! -d "$ours/.git" ] || ours=$ours/.git
	alike "$theirs/HEAD" "$ours/HEAD" "$theirs/packed-refs" "$ours/packed-refs" "$theirs/refs" "$ours/refs" && return
	refs_of "$tmp/theirs" >"$tmp/theirs.refs"
	refs_of "$tmp/ours" >"$tmp/ours.refs"
	same "$tmp/theirs.refs" "$tmp/ours.refs"
}

serve_remembering --root "$served"
for version in 2 0; do
	for name in branch detached unborn; do
		for how in '' --bare --mirror; do
			for which in '' '--depth 1' --single-branch --no-tags '--depth 2 --no-single-branch' '--single-branch --no-tags'; do
				# shellcheck disable=SC2086
				beside $version $name $how $which
			done
		done
	done
	# Of --mirror with one tag git says "multiple updates for ref": there it has the tag twice.
	for how in '' --bare; do
		for which in '-b other/aside --single-branch' '-b last --single-branch' '-b light --depth 1' '-b lost'; do
			# shellcheck disable=SC2086
			beside $version branch $how $which
		done
	done
	beside $version branch -c clone.defaultRemoteName=upstream
	beside $version branch -c clone.defaultRemoteName=upstream -o other
	beside $version branch -c 'clone.defaultRemoteName=no name'
	beside $version branch --mirror -b other/aside --single-branch
	beside $version branch --mirror -b lost
done

# R2, for the names that we make: a branch below what the server's HEAD is called here.
stop_servers
serve --root "$served"
git -C "$served/branch.git" update-ref refs/heads/HEAD/x HEAD
rm -rf "$tmp/ours"
check_fails 7 'a branch HEAD/x' "$SMIDGIT" clone -q "$url/branch.git" "$tmp/ours"
said "'refs/remotes/origin/HEAD/x' and the server's HEAD, which would be 'refs/remotes/origin/HEAD', cannot both exist"
check 'a branch HEAD/x: nothing is left' test ! -e "$tmp/ours"
beside 2 branch --bare
beside 2 branch --single-branch
git -C "$served/branch.git" update-ref -d refs/heads/HEAD/x
git -C "$served/branch.git" update-ref refs/heads/HEAD HEAD~1
beside 2 branch

# git takes what this says with the clone; here the next fetch does.
rm -rf "$tmp/ours"
check 'a refspec of the settings' "$SMIDGIT" clone -q -c 'remote.origin.fetch=+refs/tags/*:refs/copies/*' \
	"$url/branch.git" "$tmp/ours"
said 'warning: remote.origin.fetch counts for a fetch, not for the clone'
check 'which takes it' "$SMIDGIT" -C "$tmp/ours" fetch -q
check 'it is there' git -C "$tmp/ours" rev-parse -q --verify refs/copies/last
finish
