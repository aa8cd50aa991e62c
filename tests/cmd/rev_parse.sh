# SPDX-License-Identifier: MIT
# smidgit rev-parse beside git's.
. "${0%/*}/lib.sh"
w=$tmp/w
git init -q -b main "$tmp/from"
in_from() { git -C "$tmp/from" "$@"; }
in_from commit -q --allow-empty -m one
in_from commit -q --allow-empty -m two
in_from tag -a -m tag v1
in_from branch side/one HEAD~1
in_from checkout -q -b other HEAD~1
in_from commit -q --allow-empty -m three
in_from merge -q -m merge main
git clone -q "$tmp/from" "$w"
mkdir -p "$w/dir/deep"
git -C "$w" tag main HEAD~1
git -C "$w" branch main HEAD
git -C "$w" fetch -q
git -C "$w" reset -q --hard HEAD
git -C "$w" update-ref CHERRY_PICK_HEAD HEAD~1

# both ARGUMENT...: the same output and exit code, but for 128 and what stands for it here.
both() {
	(cd "$w/${in:-.}" && git rev-parse "$@") >"$tmp/git.out" 2>/dev/null
	echo "exit $?" | sed 's/ 128/ 8/' >>"$tmp/git.out"
	(cd "$w/${in:-.}" && "$SMIDGIT" rev-parse "$@") >"$tmp/smidgit.out" 2>/dev/null
	echo "exit $?" >>"$tmp/smidgit.out"
	# git repeats what it does not know.
	[ "$(tail -n 1 "$tmp/git.out")" = 'exit 0' ] || sed -i '/^exit/!d' "$tmp/git.out" "$tmp/smidgit.out"
	check "rev-parse $* in ${in:-.}" same "$tmp/git.out" "$tmp/smidgit.out"
}
for rev in HEAD @ other main heads/main tags/main v1 origin/main origin origin/side/one HEAD^ HEAD^2 HEAD~2 'v1^{}' 'v1^{commit}' \
	'HEAD^{tree}' FETCH_HEAD ORIG_HEAD ORIG_HEAD~1 CHERRY_PICK_HEAD MERGE_HEAD "$(git -C "$w" rev-parse --short HEAD)" "$(git -C "$w" rev-parse HEAD)" nothing HEAD^9; do
	both "$rev"
	both --short "$rev"
	both --short=12 "$rev"
	both --short=1 "$rev"
	both --verify "$rev"
	both --verify -q "$rev"
	case $rev in main) ;; *) both --abbrev-ref "$rev" ;; esac
done
both --abbrev-ref heads/main origin/HEAD HEAD
both --verify
both --verify -q
both --verify HEAD v1
both -q --verify HEAD v1
both HEAD --short HEAD other --abbrev-ref HEAD
both HEAD other --abbrev-ref HEAD v1
for in in . dir dir/deep .git .git/refs; do
	both --git-dir
	both --show-toplevel
	both --git-dir HEAD
done
in=
git -C "$w" checkout -q --detach
both --abbrev-ref HEAD
both HEAD
git -C "$w" worktree add -q "$tmp/tree" other
w=$tmp/tree
both --git-dir --show-toplevel --abbrev-ref HEAD
git init -q --bare "$tmp/bare"
w=$tmp/bare
both --git-dir
both --show-toplevel
both --verify HEAD
in=refs both --git-dir
GIT_DIR=$tmp/w/.git both --git-dir HEAD
# Where the history was cut off there are no parents.
git clone -q --depth 2 "file://$tmp/from" "$tmp/shallow"
w=$tmp/shallow
for rev in HEAD^ HEAD~2 HEAD^2 HEAD^2^ HEAD~2~3; do
	both --verify "$rev"
	both --verify -q "$rev"
done
git init -q "$tmp/none"
w=$tmp/none
both HEAD
both --show-toplevel --git-dir
check_fails 8 'in no repository' "$SMIDGIT" -C / rev-parse HEAD

# Where the environment has git look, and work on other files.
mkdir -p "$w/dir/deep" && ln -s "$w/dir" "$tmp/link"
in=dir/deep
for ceiling in "$w" "$w/" "$w/dir" "/none:$w/dir/" "$tmp/link" "$w/dir/deep" "$tmp" dir: ''; do
	GIT_CEILING_DIRECTORIES=$ceiling both --show-toplevel
done
in=
if may_mount && has_mounts; then
	check_fails 8 'another file system' alone sh -c 'mount -t tmpfs none "$1" && cd "$1" && "$SMIDGIT" rev-parse --git-dir' \
		sh "$w/dir"
	said 'GIT_DISCOVERY_ACROSS_FILESYSTEM is not set'
	check 'another file system, all the same' alone env GIT_DISCOVERY_ACROSS_FILESYSTEM=1 \
		sh -c 'mount -t tmpfs none "$1" && cd "$1" && "$SMIDGIT" rev-parse --git-dir' sh "$w/dir"
fi
w=$tmp/w
cp "$w/.git/index" "$tmp/index"
alike_before=$(cd "$w" && find . -type f -exec cksum {} + | sort)
for command in status 'checkout -f other' 'reset --hard' 'clean -fdx'; do
	# shellcheck disable=SC2086
	GIT_INDEX_FILE=$tmp/index check_fails 8 "another index: $command" "$SMIDGIT" -C "$w" $command
	said "GIT_INDEX_FILE says '$tmp/index'"
done
for command in 'rev-parse HEAD' 'fetch http://127.0.0.1:1/x.git'; do
	# shellcheck disable=SC2086
	GIT_OBJECT_DIRECTORY=$tmp check_fails 8 "other objects: $command" "$SMIDGIT" -C "$w" $command
	said 'GIT_OBJECT_DIRECTORY says'
done
GIT_COMMON_DIR=$tmp/bare check_fails 8 'other references' "$SMIDGIT" -C "$w" config a.b c
check 'nothing was touched' test "$alike_before" = "$(cd "$w" && find . -type f -exec cksum {} + | sort)"
# What git sets for its hooks.
GIT_INDEX_FILE=.git/index GIT_OBJECT_DIRECTORY=$w/.git/objects check 'the own ones' "$SMIDGIT" -C "$w/dir" status
w=$tmp/none
check_fails 2 'an option that is none' "$SMIDGIT" -C "$w" rev-parse --nothing
check 'help' "$SMIDGIT" rev-parse -h
said 'usage: smidgit rev-parse'
finish
