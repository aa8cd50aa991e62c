# SPDX-License-Identifier: MIT
# smidgit fetch beside git fetch: the same repository, the same change on the server, the same
# arguments; then what is shown, FETCH_HEAD, references, reflogs, shallow and exit code are the same.
. "${0%/*}/lib.sh"
root=$tmp/root
mkdir "$root"
w=$tmp/work
git init -q --bare -b main "$root/r.git"
git --git-dir "$root/r.git" config uploadpack.allowAnySHA1InWant true
git init -q -b main "$w"
day=0
# commit FILE [TEXT]: one on the branch of $w, a day after the last.
commit() {
	day=$((day + 1))
	echo "${2:-$1 $day}" >"$w/$1"
	git -C "$w" add -A
	GIT_AUTHOR_DATE="@$((1700000000 + day * 86400)) +0000" GIT_COMMITTER_DATE="@$((1700000000 + day * 86400)) +0000" \
		git -C "$w" commit -qm "$1 $day"
}
push() {
	git -C "$w" push -q "$root/r.git" "$@" 2>"$tmp/push.log" || not_ok "push $*: $(cat "$tmp/push.log")"
}
for i in 1 2 3 4 5 6; do commit "f$i"; done
git -C "$w" tag -a -m one v1
git -C "$w" branch side
git -C "$w" branch old HEAD~3
push main side old v1
serve --root "$root"

# What there is to compare of a repository. Times and places differ.
state() {
	git -C "$1" for-each-ref --format='%(refname) %(objectname) %(symref)'
	git -C "$1" rev-parse --symbolic-full-name HEAD
	d=$(git -C "$1" rev-parse --absolute-git-dir)
	for file in FETCH_HEAD shallow; do
		[ ! -e "$d/$file" ] || { echo "$file"; sed 's/:[0-9]*\//:PORT\//' "$d/$file"; }
	done
	# git's messages have the options in them.
	[ ! -d "$d/logs" ] || (cd "$d/logs" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sed -s \
		'1F; s/^\([0-9a-f]* [0-9a-f]*\).*	/\1 /; s/:[0-9]*\//:PORT\//; s/ --*[a-z][-a-z=0-9]*//g; /clone: from/d')
	git -C "$1" fsck --full --strict 2>&1 | grep -v '^dangling'
}

# begin [CLONE OPTION...]: two clones of the server as it is now, $tmp/git and $tmp/smidgit.
begin() {
	rm -rf "$tmp/git" "$tmp/smidgit"
	git clone -q --template= "$@" "$url/r.git" "$tmp/git"
	cp -R "$tmp/git" "$tmp/smidgit"
}

# both NAME [-c SETTING]... [OPTION...]: fetches in both.
both() {
	both_name=$1
	shift
	for who in git smidgit; do
		program=$who
		[ $who = git ] || program=$SMIDGIT
		(cd "$tmp/$who" && exec "$program" "$@") >"$tmp/$who.out" 2>"$tmp/$who.err" </dev/null
		# git has one code for what the README's table tells apart.
		code=$?
		case $code in [3-9]) code=128 ;; esac
		echo "exit $code" >>"$tmp/$who.out"
		[ ! -s "$tmp/$who.err" ] || sed -i -e '/^remote: /d' -e '/^POST git-upload-pack/d' -e "s|$tmp/$who|HERE|" \
			-e '/^error: some local refs could not be updated/,/^ .git remote prune/d' "$tmp/$who.err"
	done
	says=same_said exits=same_code leaves=same_state
	# Most often one process says it of all; objects come in packs of each one's own.
	! alike "$tmp/git.err" "$tmp/smidgit.err" "$tmp/git.out" "$tmp/smidgit.out" >"$tmp/alike" || says=true exits=true
	! done_alike "$tmp/git" "$tmp/smidgit" -x objects >"$tmp/alike" || leaves=true
	check "$both_name: says the same" $says
	check "$both_name: the same exit code" $exits
	check "$both_name: leaves the same" $leaves
}
same_said() { same "$tmp/git.err" "$tmp/smidgit.err"; }
same_code() { same "$tmp/git.out" "$tmp/smidgit.out"; }
same_state() {
	for who in git smidgit; do state "$tmp/$who" >"$tmp/$who.state"; done
	same "$tmp/git.state" "$tmp/smidgit.state"
}

for version in 2 0; do
	git config --global protocol.version $version
	v="--protocol $version"
	# shellcheck disable=SC2086
	smidgit_fetch() { (cd "$tmp/smidgit" && "$SMIDGIT" fetch $v "$@"); }
	begin
	both "v$version: nothing new" fetch
	commit f7
	git -C "$w" tag -a -m two "v2.$version"
	git -C "$w" branch -f "topic/$version"
	push main "topic/$version" "v2.$version"
	both "v$version: ahead, a new branch, a tag that follows" fetch
	both "v$version: and nothing more" fetch -v
	commit f8
	push main
	both "v$version: one branch" fetch origin main
	both "v$version: into FETCH_HEAD alone" fetch "$url/r.git" main
	both "v$version: to a place of its own" fetch origin main:refs/heads/here side:refs/other/side
	both "v$version: a tag" fetch origin tag "v2.$version"
	both "v$version: an object" fetch origin "$(git -C "$w" rev-parse HEAD~2)"
	both "v$version: what is not there" fetch origin nowhere
	both "v$version: the branch that is checked out" fetch origin +side:main
	both "v$version: not ahead" fetch origin old:refs/remotes/origin/main
	both "v$version: not ahead, by force" fetch -f origin old:refs/remotes/origin/side
done
git config --global protocol.version 2

begin
git -C "$w" checkout -q side
commit g1
git -C "$w" commit -q --amend -m rewritten
push +side
commit g2
push side
git -C "$w" reset -q --hard HEAD~2
commit g3
push +side
both 'rewritten upstream' fetch
git -C "$w" push -q "$root/r.git" :topic/0 :topic/2 :old
git -C "$w" branch -q -D topic/0 topic/2
git -C "$w" branch topic main
push topic
both 'a name that is the directory of another' fetch --prune
both 'pruned, and nothing more' fetch -p
git -C "$w" tag -f v1 side >/dev/null
git -C "$w" tag light side
push +v1 light
both 'a tag that moved' fetch --tags
both 'a tag that moved, by force' fetch --tags --force
both 'a refspec that excludes' fetch origin 'refs/heads/*:refs/x/*' '^refs/heads/side'
for who in git smidgit; do
	GIT_AUTHOR_DATE=@1800000000 GIT_COMMITTER_DATE=@1800000000 git -C "$tmp/$who" commit -q --allow-empty -m 'local work'
	git -C "$tmp/$who" branch mine
done
both 'a branch with work of its own is not pruned' fetch -p origin main:mine
for who in git smidgit; do git -C "$tmp/$who" update-ref -d refs/remotes/origin/topic; done
both 'as if' fetch --dry-run
both 'without tags' fetch --no-tags
for who in git smidgit; do
	git -C "$tmp/$who" remote add second "$url/r.git"
	git -C "$tmp/$who" gc -q
	GIT_AUTHOR_DATE=@1800000000 GIT_COMMITTER_DATE=@1800000000 git -C "$tmp/$who" commit -q --allow-empty -m 'local work'
done
git -C "$w" checkout -q main
commit f9
push main
both 'all remotes' fetch --all
for who in git smidgit; do git -C "$tmp/$who" remote add third "$url/r.git"; done
both 'all remotes but one' -c remote.second.skipFetchAll=true fetch --all
both 'all remotes but one, by its older name' -c remote.third.skipDefaultUpdate=true fetch --all
git -C "$w" tag file main:f1
push file
both 'a tag that is no commit is not for a merge' fetch origin main tag file
git -C "$tmp/smidgit" gc -q
check 'git continues what smidgit has fetched' git -C "$tmp/smidgit" fetch

# Settings decide.
begin
commit f10
push main
both 'tagOpt, prune and a url that is rewritten' -c remote.origin.tagopt=--no-tags \
	-c fetch.prune=true -c "url.$url/.insteadOf=server:" -c remote.origin.url=server:r.git fetch
for who in git smidgit; do git -C "$tmp/$who" tag -f mine HEAD; git -C "$tmp/$who" tag -f v1 HEAD; done >/dev/null
both 'tags as there, by a setting' -c fetch.pruneTags=true fetch
both 'a refspec keeps tags' -c remote.origin.pruneTags=true fetch -p origin main
both 'a remote keeps tags' -c fetch.pruneTags=true -c remote.origin.pruneTags=false fetch -p
both 'tags that went, by a setting' -c remote.origin.pruneTags=true fetch -p
for who in git smidgit; do git -C "$tmp/$who" tag mine HEAD; done
both 'tags that went' fetch origin -pP
both 'user.name in the reflog' -c user.name=Somebody fetch -f origin old:refs/remotes/origin/o
both 'no reflogs' -c core.logAllRefUpdates=false fetch origin main:refs/heads/unlogged

# What git keeps beside its packs for its own speed, and we do not read.
indexed() { git -c core.commitGraph=true -c core.multiPackIndex=true -C "$tmp/$1" "$2" "$3" "$4" >"$tmp/indexed.log" 2>&1; }
begin
for who in git smidgit; do
	check "$who: has a graph of commits" indexed $who commit-graph write --reachable
	check "$who: has an index of all packs" indexed $who multi-pack-index write --no-progress
done
commit indexed
push main
both 'beside them' fetch
check 'beside them: pull' "$SMIDGIT" -C "$tmp/smidgit" pull
check 'they are there' test -e "$tmp/smidgit/.git/objects/info/commit-graph" -a -e "$tmp/smidgit/.git/objects/pack/multi-pack-index"
check 'git uses them' indexed smidgit fsck --full --strict

# Bare and mirror.
begin --mirror
commit f11
git -C "$w" tag last
push main last
git -C "$w" push -q "$root/r.git" :topic
both 'mirror' fetch --prune
begin --bare
commit f12
push main
both 'bare: HEAD alone' fetch origin

# Shallow.
for depth in 1 3; do
	begin --depth $depth --no-single-branch
	commit "s$depth"
	push main
	both "depth $depth: ahead" fetch
	both "depth $depth: deeper" fetch --deepen 2
	both "depth $depth: cut" fetch --depth 1
	both "depth $depth: since" fetch --shallow-since=@1700352000
	both "depth $depth: all of it" fetch --unshallow
	check "depth $depth: no longer shallow" test ! -e "$tmp/smidgit/.git/shallow"
done

begin --depth 1
git -C "$tmp/smidgit" remote add again "$url/r.git"
check 'each remote' "$SMIDGIT" -C "$tmp/smidgit" fetch --all --shallow-since=2023-11-19 --trace="$tmp/since"
# A date is its first second, in UTC. Git's is the time of day at which it runs.
check 'each is asked since when' test "$(grep -c 'C: .*deepen-since 1700352000' "$tmp/since")" = 2

# Two thousand commits that only this side has: told in steps that grow, so that few rounds find what
# both have.
begin
awk 'BEGIN { for (i = 1; i <= 2000; i++) {
	printf "commit refs/heads/mine\ncommitter A <a@b> %d +0000\ndata 2\nx\n", 1800000000 + i
	if (i == 1) print "from refs/heads/main^0"
	print ""
} }' | git -C "$tmp/smidgit" fast-import --quiet
for ref in main side topic; do git -C "$tmp/smidgit" update-ref -d "refs/remotes/origin/$ref"; done
git -C "$w" checkout -q --orphan other
commit f13
git -C "$w" merge -q --allow-unrelated-histories -m both main
push other:main
check 'a long history that the server lacks' "$SMIDGIT" -C "$tmp/smidgit" fetch --trace="$tmp/trace" -q
rounds=$(grep -c '^C: 0011command=fetch' "$tmp/trace")
check "takes few rounds ($rounds)" test "$rounds" -ge 2 -a "$rounds" -le 6
haves=$(grep '^C: 0032have' "$tmp/trace" | sort -u | wc -l)
check "and tells few commits ($haves)" test "$haves" -le 80
check 'and is whole' git -C "$tmp/smidgit" fsck --full

check_fails 8 'outside of a repository' sh -c "cd / && '$SMIDGIT' fetch"
said 'not a git repository'
check_fails 2 'neither a remote nor a URL' "$SMIDGIT" -C "$tmp/smidgit" fetch nobody
said "'nobody' is neither"
finish
