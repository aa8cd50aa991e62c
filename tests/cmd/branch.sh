# SPDX-License-Identifier: MIT
# smidgit branch beside git's: the same lists, and after the same command the same references, reflogs
# and configuration.
. "${0%/*}/lib.sh"
base=$tmp/base from=$tmp/from
git init -q -b main "$from"
day=0
commit() {
	day=$((day + 1))
	GIT_AUTHOR_DATE="@$((1700000000 + day)) +0000" GIT_COMMITTER_DATE="@$((1700000000 + day)) +0000" \
		git -C "$1" commit -q --allow-empty -m "$2"
}
commit "$from" one
commit "$from" 'two lines
in one subject

and a body'
git -C "$from" branch topic
git -C "$from" branch gone
git clone -q "$from" "$base"
in_base() { git -C "$base" "$@"; }
in_base branch -q topic origin/topic
in_base branch -q gone origin/gone
in_base branch -q behind-and-ahead origin/topic
in_base branch -q 'caf'"$(printf '\303\251')" HEAD~1
in_base branch -q --track local main
in_base checkout -q behind-and-ahead
commit "$base" mine
in_base checkout -q -b feature/unmerged
commit "$base" feature
in_base checkout -q main
in_base tag -a -m tag v1 HEAD~1
commit "$from" three
git -C "$from" branch -qf topic
git -C "$from" branch -qD gone
in_base fetch -qp
in_base pack-refs --all
in_base update-ref refs/heads/loose HEAD
rm -rf "$base/.git/hooks"

state() {
	git -C "$1" for-each-ref --format='%(refname) %(objectname) %(upstream)'
	git -C "$1" symbolic-ref -q HEAD
	cat "$1/.git/config"
	(cd "$1/.git/logs" 2>/dev/null && find . -type f -print0 | LC_ALL=C sort -z |
		xargs -0 -r sed -s '1F; s/> [0-9]* /> /')
	git -C "$1" fsck 2>&1 | grep -v '^dangling'
}
begin() { # [GIT ARGUMENT...]
	rm -rf "$tmp/git" "$tmp/smidgit"
	for who in git smidgit; do
		cp -a "$base" "$tmp/$who"
		[ $# -eq 0 ] || git -C "$tmp/$who" "$@" >"$tmp/begin.log" 2>&1
	done
}
# both ARGUMENT...
both() {
	for who in git smidgit; do
		program=$who
		[ $who = git ] || program=$SMIDGIT
		(cd "$tmp/$who" && exec "$program" branch "$@") >"$tmp/$who.out" 2>"$tmp/$who.err" </dev/null
		# git has one code, and other sentences, for what cannot be done.
		code=$?
		case $code in 128 | 2 | 8)
			code=128
			: >"$tmp/$who.err"
			;;
		esac
		echo "exit $code" >>"$tmp/$who.out"
	done
	errors=true
	if [ -s "$tmp/git.err" ] || [ -s "$tmp/smidgit.err" ]; then
		errors=same_errors
		# git 2.47 has other words than 2.39 here: capitals, stops, a hint.
		sed -i -s "s|$tmp/git|DIR|; s|$tmp/smidgit|DIR|; s/^fatal: //; /^warning: deleting/,+1d
			s/^hint: //; /^Disable this message/d; s/\\.\$//; s/^error: The/error: the/
			s/^error: Cannot/error: cannot/; s/used by worktree at/checked out at/" "$tmp/git.err" "$tmp/smidgit.err"
	fi
	output=same_output leaves=same_state
	# Nearly always one process says it of all; when something may have been changed git is asked, too.
	! alike -g "$tmp/git.out" "$tmp/smidgit.out" "$tmp/git" "$tmp/smidgit" >"$tmp/alike" || output=true leaves=$unread
	check "branch $*: output" $output
	check "branch $*: errors" $errors
	check "branch $*: leaves the same" $leaves
}
same_output() { same "$tmp/git.out" "$tmp/smidgit.out"; }
same_errors() { same "$tmp/git.err" "$tmp/smidgit.err"; }
same_state() {
	for who in git smidgit; do state "$tmp/$who" >"$tmp/$who.state" 2>&1; done
	same "$tmp/git.state" "$tmp/smidgit.state"
}
readable() {
	says_nothing git -C "$tmp/smidgit" fsck --no-dangling || same_state
}
unread=readable
# None of these changes anything: all that git would read it has read already.
every() {
	unread=true
	for form in '' -a -r -v -vv -av '-a -vv' -rv -avv --list --show-current; do
		# shellcheck disable=SC2086
		both $form
	done
	unread=readable
}
begin
every
for at in v1 HEAD~1 origin/topic local main; do
	begin checkout -q --detach "$at"
	every
done
begin checkout -q feature/unmerged
every
begin tag main HEAD~1
every
begin config --add branch.main.merge refs/heads/topic
every

begin
both new
both older HEAD~1
both at-tag v1
both tracked origin/topic
both from/local topic
both new
both new/below
both 'no..name'
both no-start nowhere
both -f older main
both -f never-there topic
both -f main topic
both -d new
both -d older at-tag
both -d main
both -d nothing
both -d nothing from/local tracked main
both -d feature/unmerged
both -D feature/unmerged gone loose
both -d behind-and-ahead
both -d topic
both -D topic local
both -dr origin/topic
both -dr origin/nothing
both -d
every
begin checkout -q --detach
both new
both -d main
both -D main
every
# And git goes on with what smidgit made.
for who in git smidgit; do check "git renames it, $who" git -C "$tmp/$who" branch -m new newer; done
both -d newer
# Branches have most of their history in common: it is read once. A rebase makes many commits in one second.
if may_trace; then
	rm -rf "$tmp/many"
	git init -q -b main "$tmp/many"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		GIT_COMMITTER_DATE=@1700000000 git -C "$tmp/many" commit -q --allow-empty -m $i
		git -C "$tmp/many" config branch.b$i.remote .
		git -C "$tmp/many" config branch.b$i.merge refs/heads/main
		git -C "$tmp/many" branch --no-track b$i
	done
	strace -f -qq -e trace=openat -o "$tmp/calls" "$SMIDGIT" -C "$tmp/many" branch -vv >"$tmp/smidgit.out"
	git -C "$tmp/many" branch -vv >"$tmp/git.out"
	check 'of many branches' same "$tmp/git.out" "$tmp/smidgit.out"
	check 'each commit is read once, and once for its subject' \
		test "$(grep -c 'objects/../[0-9a-f]\{38\}"' "$tmp/calls")" -le 22
else
	echo 'left out: how often a history is read for many branches: no strace, or sanitizers'
fi
# What another working tree of the repository is on stays below it.
begin
git -C "$tmp/smidgit" worktree add -q -b aside "$tmp/beside"
for form in 'branch -D aside' 'branch -f aside HEAD~1' 'checkout aside' 'checkout -B aside'; do
	# shellcheck disable=SC2086
	check_fails 8 "$form" "$SMIDGIT" -C "$tmp/smidgit" $form
	said "'aside' is checked out in another working tree"
done
check_fails 8 'and from there' "$SMIDGIT" -C "$tmp/beside" checkout main
check 'its own' "$SMIDGIT" -C "$tmp/beside" checkout aside
base=$tmp/none
git init -q -b main "$base"
begin
every
both new
check_fails 8 'in no repository' "$SMIDGIT" -C / branch

# What cannot be removed is not said to be.
git -C "$base" commit -q --allow-empty -m one
git -C "$base" branch one
git -C "$base" branch two
if may_trace -e inject=unlinkat:error=EACCES:when=999; then
	strace -f -o "$tmp/calls" "$SMIDGIT" -C "$base" branch -d one >/dev/null
	first=$(grep ' unlinkat(' "$tmp/calls" | grep -n '"refs/heads/one"' | cut -d : -f 1)
	check_fails 8 'a file of a reference that stays' strace -f -o /dev/null -e trace=unlinkat \
		-e inject="unlinkat:error=EACCES:when=$first" "$SMIDGIT" -C "$base" branch -d two
	said "cannot remove 'refs/heads/two'"
	check 'a file of a reference that stays: no lock does' test ! -e "$base/.git/refs/heads/two.lock"
	check 'a file of a reference that stays: until it can' "$SMIDGIT" -C "$base" branch -d two
else
	echo 'left out: a reference that cannot be removed; strace is missing or may not trace, or sanitizers'
fi
finish
