# SPDX-License-Identifier: MIT
# smidgit remote beside git's: the same lists, and the same configuration and references after it.
. "${0%/*}/lib.sh"
git init -q -b main "$tmp/from"
git -C "$tmp/from" commit -q --allow-empty -m one
git -C "$tmp/from" branch topic
git clone -q "$tmp/from" "$tmp/base"
in_base() { git -C "$tmp/base" "$@"; }
in_base branch -q topic origin/topic
in_base branch -q local main
in_base config branch.topic.description 'stays'
in_base config user.name Me
in_base pack-refs --all
in_base update-ref refs/remotes/origin/loose HEAD
for who in git smidgit; do cp -a "$tmp/base" "$tmp/$who"; done
state() {
	cat "$1/.git/config"
	git -C "$1" for-each-ref
	git -C "$1" fsck 2>&1
	(cd "$1/.git" && find refs logs -type f | LC_ALL=C sort)
}
# both ARGUMENT...: what git fails with is 8 or, for what is no name, 2.
both() {
	for who in git smidgit; do
		program=$who
		[ $who = git ] || program=$SMIDGIT
		(cd "$tmp/$who" && "$program" remote "$@") >"$tmp/$who.out" 2>/dev/null </dev/null
		echo "exit $?" | sed 's/ \(12[89]\|[2-9]\)$/ 8/' >>"$tmp/$who.out"
		state "$tmp/$who" >"$tmp/$who.state"
	done
	check "remote $*: output" same "$tmp/git.out" "$tmp/smidgit.out"
	check "remote $*: leaves the same" same "$tmp/git.state" "$tmp/smidgit.state"
}
lists() {
	both
	both -v
	for name in origin b.x second; do
		both get-url "$name"
		both get-url --push "$name"
	done
}
lists
both add second https://example.org/r.git
both add b.x https://user@example.org/x.git
both add A https://example.org/a.git
both add second again
both add 'a b' url
both add a..b url
both set-url second https://example.org/new.git
both set-url --push second https://example.org/push.git
both set-url nothing url
both get-url nothing
both remove nothing
both set-url
both get-url
both add one
both nonsense x
lists
for who in git smidgit; do git -C "$tmp/$who" config --add remote.second.url https://example.org/other.git; done
both set-url second https://example.org/third.git
both get-url second
for who in git smidgit; do git -C "$tmp/$who" config --replace-all remote.second.url https://example.org/new.git; done
for who in git smidgit; do
	git -C "$tmp/$who" config url.https://mirror.example/.insteadOf https://example.org/
	git -C "$tmp/$who" config --add remote.b.x.url https://example.org/second.git
	git -C "$tmp/$who" config remote.only.fetch '+refs/heads/*:refs/remotes/only/*'
done
lists
both remove origin
both remove b.x
both rm second
lists
# What is pushed to it, and what has its name elsewhere.
for who in git smidgit; do
	git -C "$tmp/$who" config remote.pushed.url https://example.org/p.git
	git -C "$tmp/$who" config branch.local.pushRemote pushed
	git -C "$tmp/$who" config branch.main.pushRemote other
	git -C "$tmp/$who" config remote.pushDefault pushed
done
both remove pushed
git config --global remote.everywhere.url https://example.org/e.git
both get-url everywhere
both remove everywhere
both set-url everywhere https://example.org/x.git
both add everywhere https://example.org/x.git
git config --global --unset remote.everywhere.url
both remove everywhere
both add origin https://example.org/back.git
lists
check_fails 8 'in no repository' "$SMIDGIT" -C / remote
# A fetch goes where it was told.
serve --root "$tmp"
git clone -q --bare "$tmp/from" "$tmp/r.git"
git init -q -b main "$tmp/new"
check 'add' "$SMIDGIT" -C "$tmp/new" remote add origin "$url/r.git"
check 'fetch' "$SMIDGIT" -C "$tmp/new" fetch
check 'is there' git -C "$tmp/new" rev-parse --verify origin/topic
finish
