# SPDX-License-Identifier: MIT
# smidgit checkout, reset and pull beside git's: the same repository, the same state of its files, the
# same command; then files, index, HEAD, references, reflogs, errors and exit code are the same.
. "${0%/*}/lib.sh"
base=$tmp/base
root=$tmp/root
git init -q -b main "$base"
in_base() { git -C "$base" "$@"; }
day=0
commit() {
	day=$((day + 1))
	in_base add -A
	GIT_AUTHOR_DATE="@$((1700000000 + day)) +0000" GIT_COMMITTER_DATE="@$((1700000000 + day)) +0000" \
		in_base commit -qm "$1"
}
mkdir -p "$base/dir/deep" "$base/gone"
for f in same changed removed dir/a dir/deep/b gone/only mode file-to-dir; do echo "$f" >"$base/$f"; done
ln -s same "$base/link"
ln -s same "$base/link-to-file"
mkdir "$base/dir-to-file"
echo x >"$base/dir-to-file/x"
commit one
in_base checkout -q -b other
echo other >"$base/changed"
rm -r "$base/removed" "$base/gone" "$base/dir-to-file" "$base/file-to-dir" "$base/link-to-file"
echo file >"$base/dir-to-file"
mkdir "$base/file-to-dir"
echo y >"$base/file-to-dir/y"
echo plain >"$base/link-to-file"
ln -sf changed "$base/link"
chmod +x "$base/mode"
mkdir "$base/new"
echo new >"$base/new/file"
commit two
in_base tag -a -m tag v1
in_base checkout -q main
echo main >"$base/dir/a"
commit three
in_base branch -q behind HEAD~1
in_base checkout -q --orphan lonely
in_base rm -rqf .
echo alone >"$base/alone"
commit four
in_base checkout -q main
mkdir "$root"
git clone -q --bare "$base" "$root/r.git"
# Nobody runs the samples, and they are copied hundreds of times.
rm -rf "$base/.git/hooks"

state() {
	(cd "$1" && find . -path ./.git -prune -o -type f -printf '%p %M\n' -o -printf '%p -> %l\n' | LC_ALL=C sort &&
		find . -path ./.git -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 -r cksum)
	git -C "$1" ls-files -s
	git -C "$1" status --porcelain -b
	git -C "$1" for-each-ref
	git -C "$1" symbolic-ref -q HEAD || git -C "$1" rev-parse HEAD
	git -C "$1" config --list --local
	# git's messages have the options in them.
	sed 's/^\([0-9a-f]* [0-9a-f]*\).*	/\1 /; s/ --ff-only//' "$1/.git/logs/HEAD"
	cat "$1/.git/ORIG_HEAD" 2>/dev/null
	git -C "$1" fsck --strict 2>&1 | grep -v '^dangling'
}

# begin [SHELL COMMAND]: two copies, with the same done to each. Stat data are those of the copies: git's
# checkout sees to that itself.
begin() {
	rm -rf "$tmp/git" "$tmp/smidgit"
	for who in git smidgit; do
		cp -a "$base" "$tmp/$who"
		case ${1:-} in 'git checkout '*) ;; *) git -C "$tmp/$who" update-index -q --refresh ;; esac
		[ $# -eq 0 ] ||
			(cd "$tmp/$who" && eval "export GIT_AUTHOR_DATE=@1800000000 GIT_COMMITTER_DATE=@1800000000; $1") \
				>/dev/null 2>&1
	done
}

# both NAME ARGUMENT...
both() {
	both_name=$1
	shift
	for who in git smidgit; do
		program=$who
		[ $who = git ] || program=$SMIDGIT
		(cd "$tmp/$who${in:+/$in}" && exec "$program" "$@") >"$tmp/$who.out" 2>"$tmp/$who.err" </dev/null
		code=$?
		case $code in [2-9]) code=128 ;; esac
		[ $who = smidgit ] || git_code=$code
	done
	leave_the_same "$both_name: leaves the same"
	check "$both_name: the same exit code: $code, git's $git_code" test $code = $git_code
}
leave_the_same() {
	if done_alike "$tmp/git" "$tmp/smidgit" >"$tmp/alike" 2>&1 && status_alike "$tmp/git" "$tmp/smidgit"; then
		ok
		return
	fi
	state "$tmp/git" >"$tmp/git.state" 2>&1
	state "$tmp/smidgit" >"$tmp/smidgit.state" 2>&1
	check "$1" same "$tmp/git.state" "$tmp/smidgit.state"
}
# And says the same: nothing, most often.
says() {
	both "$@"
	if [ -s "$tmp/git.err" ] || [ -s "$tmp/smidgit.err" ]; then
		sed -i -s '/^POST git-upload-pack/d; s/^fatal: /error: /' "$tmp/git.err" "$tmp/smidgit.err"
	fi
	check "$both_name: says the same" same "$tmp/git.err" "$tmp/smidgit.err"
}

for from in main other lonely; do
	for to in main other lonely behind v1 main~1 HEAD "$(in_base rev-parse --short other)"; do
		begin "git checkout -q $from"
		says "from $from to $to" checkout "$to"
	done
done

if may_trace; then
	begin 'echo mine >dir/a; echo mine >dir/deep/b'
	strace -f -qq -e trace=mkdirat -o "$tmp/calls" "$SMIDGIT" -C "$tmp/smidgit" checkout -q -f main
	check 'a directory that is there is not made' test "$(grep -c '"d[ie]' "$tmp/calls")" = 0
else
	echo 'left out: whether directories are made that are there: no strace, or sanitizers'
fi

# What somebody has changed stays, or nothing happens.
while IFS='|' read -r name change; do
	begin "$change"
	says "$name" checkout other
	begin "$change"
	both "$name, by force" checkout -f other
	begin "$change"
	both "$name, reset" reset --hard other
	check "$both_name: says the same" same "$tmp/git.out" "$tmp/smidgit.out"
done <<-'EOF'
	a change to a file that differs|echo mine >>changed
	a change to a file that does not|echo mine >>same
	a staged change to a file that differs|echo mine >>changed; git add changed
	a staged change to a file that does not|echo mine >>same; git add same
	staged what is there too|echo other >changed; git add changed
	a file that is deleted here|rm changed
	a deletion that is staged|git rm -q changed
	a file that goes, changed|echo mine >>removed
	a file that goes, deleted|rm removed
	an untracked file in the way|mkdir new; echo mine >new/file
	an untracked file for a directory|echo mine >new
	an untracked file in a directory that goes|echo mine >gone/mine
	an untracked file in a directory that becomes a file|echo mine >dir-to-file/mine
	an untracked file elsewhere|echo mine >mine
	an empty directory in the way|mkdir -p new/file
	only the mode|chmod +x changed
	a link for a file|ln -sf same changed
	a file for a link|rm link; echo mine >link
	touched and not changed|touch changed same removed
	a file added and not committed|echo mine >added; git add added
	many|echo mine >>changed; echo mine >>removed; mkdir new; echo mine >new/file; echo mine >link-to-file
	an index of version 4|git update-index --index-version 4
	an entry of version 3|echo mine >mine; git add -N mine
	changed and to be skipped, and does not differ|echo mine >same; git update-index --skip-worktree same
	assumed unchanged, and does not differ|git update-index --assume-unchanged same
	empty directories in one that becomes a file|mkdir -p dir-to-file/empty/more dir-to-file/other
	not in the index, in a directory that becomes a file|git rm -q --cached dir-to-file/x
EOF
# What is refused here as it is by git: nothing is touched.
while IFS='|' read -r name change; do
	begin "$change"
	for form in '' -f; do
		# shellcheck disable=SC2086
		check_fails 1 "$name, checkout $form" "$SMIDGIT" -C "$tmp/smidgit" checkout $form other
		leave_the_same "$name, checkout $form: nothing is touched"
	done
	check_fails 1 "$name, reset" "$SMIDGIT" -C "$tmp/smidgit" reset --hard other
	said 'assume-unchanged or skip-worktree'
	leave_the_same "$name, reset: nothing is touched"
done <<-'EOF'
	changed, and to be skipped|echo mine >changed; git update-index --skip-worktree changed
	changed, and assumed not to be|echo mine >changed; git update-index --assume-unchanged changed
	skipped, and goes|echo mine >removed; git update-index --skip-worktree removed
EOF
begin 'git rm -q --cached file-to-dir'
check_fails 1 'not in the index, and becomes a directory' "$SMIDGIT" -C "$tmp/smidgit" checkout other
leave_the_same 'not in the index, and becomes a directory: nothing is touched'
# git forgets what was staged.
for change in 'echo mine >dir-to-file/y; git add dir-to-file/y; rm dir-to-file/y' 'echo mine >new; git add new; rm new'; do
	begin "$change"
	check_fails 1 "staged without a file: $change" "$SMIDGIT" -C "$tmp/smidgit" checkout other
	leave_the_same "nothing is touched: $change"
done

# What is there already is taken as it is: so a run that was killed is finished by the next. git
# refuses.
for change in 'echo other >changed' 'mkdir new; echo new >new/file' 'echo other >changed; rm removed link; mkdir new'; do
	begin "$change"
	check "taken as it is: $change" "$SMIDGIT" -C "$tmp/smidgit" checkout other
	git -C "$tmp/git" checkout -qf other
	leave_the_same "leaves the same: $change"
done
# Nothing is written, or looked for, behind a link. git removes the link.
mkdir "$tmp/outside"
echo dir/a >"$tmp/outside/a"
begin "rm -r dir; ln -s '$tmp/outside' dir"
state "$tmp/smidgit" >"$tmp/before"
check_fails 1 'a link in the place of a directory' "$SMIDGIT" -C "$tmp/smidgit" checkout other
said '	dir'
state "$tmp/smidgit" >"$tmp/smidgit.state"
check 'nothing was touched' same "$tmp/before" "$tmp/smidgit.state"
check 'by force it goes' "$SMIDGIT" -C "$tmp/smidgit" checkout -f other
check 'and what it led to stays' test "$(ls "$tmp/outside")" = a

begin
both 'a new branch' checkout -b fresh
both 'a new branch at a commit' checkout -b older main~1
both 'a branch that is there' checkout -b fresh
both 'the same, again' checkout -B fresh other
both 'a name that is none' checkout -b 'no..name'
both 'what is not there' checkout nowhere
both 'detached' checkout --detach other
both 'and detached elsewhere' checkout "$(in_base rev-parse main)"
both 'back' checkout main
both 'detached where we are' checkout --detach

# Single files.
begin 'echo mine >changed; rm same; echo mine >dir/a; echo mine >dir/mine; git rm -q --cached mode'
both 'a file of the index' checkout -- changed
both 'a file that was deleted' checkout same
both 'a directory' checkout -- dir
both 'a file of another commit' checkout other -- changed
both 'what that commit has not' checkout other -- removed
both 'what nobody has' checkout -- nothing
in=dir both 'from a directory' checkout main~1 -- deep ../changed
in=dir both 'all of it' checkout -- .
both 'all of a commit' checkout other -- .

# One path that nobody has, and nothing is done for the others.
begin 'echo mine >changed; echo mine >dir/a'
for paths in '. nothing' 'nothing .' 'dir ./nothing' '. dir'; do
	# shellcheck disable=SC2086
	both "one of several: $paths" checkout -- $paths
	# shellcheck disable=SC2086
	both "of a commit, one of several: $paths" checkout other -- $paths
done

# Where a file is, or comes, "a/" and "." in it are a directory.
begin 'echo mine >dir-to-file/x; echo mine >dir-to-file/mine; echo mine >changed'
in=dir-to-file both 'from inside what is a file there' checkout other -- .
check 'what is in it stays' test -e "$tmp/smidgit/dir-to-file/mine"
for paths in dir-to-file/ dir-to-file/. changed/ ./changed/ dir/ dir/deep/.. dir/../; do
	both "of a commit: $paths" checkout other -- "$paths"
	both "of the index: $paths" checkout -- "$paths"
done
in=dir both 'from inside, what is above' checkout other -- ..

# What is below a submodule that comes is its own.
for path in . module module/ module/../module; do
	for inside in '' module; do
		[ -z "$inside" ] || [ "$path" = . ] || continue
		begin 'mkdir module module/a; echo 1 >module/a/b; echo 1 >module/same; echo 1 >module-x; git add -A; git commit -qm files; git tag files
			git rm -rq module; git update-index --add --cacheinfo "160000,$(git rev-parse main),module"; git commit -qm module
			git tag with; git checkout -qf files; echo mine >module/a/b; echo mine >module-x'
		in=$inside both "a submodule in the place of files: $path, in '$inside'" checkout with -- "$path"
		check 'they stay' test "$(cat "$tmp/smidgit/module/a/b" "$tmp/smidgit/module/same" | tr -d '\n')" = mine1
		both 'and back' checkout files -- "$path"
	done
done
in=

# The current directory stays when nothing is left in it, as in git 2.35 and later.
begin
in=gone both 'a directory that goes, from inside' checkout other
here=$(test -d "$tmp/git/gone" && echo stays)
check "it $here, as git's does" test "$(test -d "$tmp/smidgit/gone" && echo stays)" = "$here"
both 'and comes' checkout main
in=gone both 'reset, from inside' reset --hard other
check "it $here, as git's does, by reset" test "$(test -d "$tmp/smidgit/gone" && echo stays)" = "$here"
begin 'mkdir -p gone/deep; git mv gone/only gone/deep/only; git commit -qm deep'
in=gone/deep both 'from inside, further down' checkout other
check "it $here, as git's does, further down" test "$(test -d "$tmp/smidgit/gone/deep" && echo stays)" = "$here"
begin 'mkdir -p gone/deep; git mv gone/only gone/deep/only; git commit -qm deep'
in=gone both 'from inside, above what goes' checkout other
check 'what is below goes' test ! -e "$tmp/smidgit/gone/deep"
in=

begin 'echo mine >>same; git commit -qam mine'
both 'reset to a commit before' reset --hard HEAD~1
both 'reset to where it is' reset --hard
both 'reset to what is not there' reset --hard nowhere

# What is checked out of a submodule stays, also by force.
begin 'git init -q --template= module; echo mine >module/mine; git -C module add mine; git -C module commit -qm one
	git add module; git commit -qm one; git -C module commit -q --allow-empty -m two; git add module; git commit -qm two
	git branch with'
both 'reset to another commit of a submodule' reset --hard HEAD~1
check 'it stays' test -e "$tmp/smidgit/module/mine"
both 'where there is none' checkout -f main~1
both 'where there is one, by force' checkout -f with
both 'a submodule by its path' checkout with~1 -- module
check 'it stays, also by force' test -e "$tmp/smidgit/module/mine"
begin 'git checkout -q -b side; echo side >changed; git commit -qam side; git checkout -q main; echo mine >changed
	git commit -qam mine; git merge -q side; echo mine >same'
check_fails 8 'a file of an unfinished merge' "$SMIDGIT" -C "$tmp/smidgit" checkout -- changed
said "path 'changed' is unmerged"
check_fails 8 'all files, when there is one' "$SMIDGIT" -C "$tmp/smidgit" checkout -- .
leave_the_same 'and nothing was touched'
# What git notes of a merge goes with it: the next commit is to have one parent.
both 'a merge that is given up' reset --hard
check 'nothing says that there is a merge' test ! -e "$tmp/smidgit/.git/MERGE_HEAD"
both 'another one' checkout side
begin 'git checkout -q -b side; echo side >changed; git commit -qam side; git checkout -q main; echo mine >changed
	git commit -qam mine; git merge -q side; git checkout --theirs changed; git add changed; git branch here'
both 'a merge without open conflicts, left for a branch' checkout here
begin 'echo mine >same; git update-index --skip-worktree same; echo mine >dir/a'
both 'a file that is to be skipped' checkout -- same
both 'all files but one that is to be skipped' checkout -- .

# Branches that a remote has; pull.
serve --root "$root"
rm -rf "$base"
git clone -q "$url/r.git" "$base"
rm -rf "$base/.git/hooks"
begin
both 'a branch of the remote' checkout other
both 'and back' checkout main
both 'nothing new' pull
git clone -q "$root/r.git" "$tmp/push"
echo upstream >"$tmp/push/same"
mkdir "$tmp/push/fresh"
echo fresh >"$tmp/push/fresh/file"
git -C "$tmp/push" add -A
git -C "$tmp/push" commit -qm upstream
git -C "$tmp/push" push -q origin main
begin
both 'ahead' pull --ff-only
begin 'echo mine >>changed'
both 'ahead, and something else is changed here' pull --ff-only
begin 'echo mine >>same'
both 'ahead, and in the way' pull --ff-only
begin 'mkdir fresh; echo mine >fresh/file'
both 'ahead, and an untracked file in the way' pull --ff-only
begin 'echo mine >mine; git add mine; git commit -qm mine'
both 'apart' pull --ff-only
check 'names the way out' grep -q 'smidgit reset --hard' "$tmp/smidgit.err"
begin 'git checkout -q -b side HEAD~1; git commit -q --allow-empty -m side; git checkout -q main; git merge -q --no-commit side'
check 'a merge is to be finished' test -e "$tmp/smidgit/.git/MERGE_HEAD"
check_fails 8 'a pull during a merge' "$SMIDGIT" -C "$tmp/smidgit" pull
said 'a merge is not finished'
check 'and it is still to be finished' test -e "$tmp/smidgit/.git/MERGE_HEAD"
begin 'git checkout -q other'
both 'another branch' pull --ff-only origin main
git init -q --bare -b main "$root/empty.git"
for who in git smidgit; do rm -rf "$tmp/$who"; git clone -q "$url/empty.git" "$tmp/$who" 2>/dev/null; done
git -C "$tmp/push" push -q "$root/empty.git" main
both 'into what was empty' pull
finish
