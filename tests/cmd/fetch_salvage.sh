# SPDX-License-Identifier: MIT
# Fetches over lines that break: what has come waits in a directory of its own (repo/quarantine.h),
# what is missing is asked for by name, by this run or a later one, and the repository is then as
# git's fetch leaves it. Before that it is as it was.
. "${0%/*}/lib.sh"
root=$tmp/root
mkdir "$root"
check 'a history' sh "$top/fixtures/repo/history.sh" 500 100 11 160 "$root/h.git"
branch=$(git -C "$root/h.git" symbolic-ref HEAD)
git -C "$root/h.git" tag -m 'an annotated tag' v1 HEAD~20
git -C "$root/h.git" repack -a -d -q
old=$(git -C "$root/h.git" rev-parse "$branch~300")
# What fetch begins with: the first 200 commits.
git clone -q "$root/h.git" "$tmp/before" && git -C "$tmp/before" reset -q --hard "$old" &&
	git -C "$tmp/before" update-ref -d refs/tags/v1 &&
	git -C "$tmp/before" for-each-ref --format='delete %(refname)' refs/remotes | sed '/HEAD/d' |
		git -C "$tmp/before" update-ref --stdin && git -C "$tmp/before" remote set-head origin -d
git -C "$tmp/before" reflog expire --expire=now --all && git -C "$tmp/before" gc -q --prune=now
check 'it is old' test "$(git -C "$tmp/before" rev-list --all --count)" -lt 250
pack=$(printf '%s\n^%s\n' "$branch" "$old" |
	git -C "$root/h.git" pack-objects -q --revs --thin --stdout --delta-base-offset | wc -c)
export GIT_HTTP_MAX_RETRIES=9
repository=$tmp/ours

per_cent() { echo $((pack * $1 / 100)); }
# broken BYTES OPTION...: a server whose answers end after so much.
broken() {
	stop_servers
	cut=$1
	shift
	serve --root "$root" ${usual:+--port "$usual"} --cut "$cut" "$@"
	usual=$port
}
state() { git -C "$1" for-each-ref && git -C "$1" rev-list --objects --all | sort; }
as_git() { [ "$(state "$tmp/theirs")" = "$(state "$repository")" ]; }
no_quarantine() { [ -z "$(ls -d "$repository"/.git/objects/tmp_* 2>/dev/null)" ]; }
quarantine() { ls -d "$repository"/.git/objects/tmp_objdir.smidgit-*; }
packs() { ls "$repository"/.git/objects/pack/*.pack | wc -l; }
anew() {
	rm -rf "$repository"
	cp -r "$tmp/before" "$repository"
	git -C "$repository" remote set-url origin "$url/h.git"
}
ours() { (cd "$repository" && "$SMIDGIT" fetch "$@"); }
as_before() {
	check "$what: references are as they were" sh -c 'git -C "$1" for-each-ref >"$2/refs" &&
		git -C "$2/before" for-each-ref | diff - "$2/refs"' sh "$repository" "$tmp"
	check "$what: one pack, as before" test "$(packs)" -eq 1
	check "$what: git fsck meanwhile" says_nothing git -C "$repository" fsck --full --strict --no-dangling
}
is_whole() {
	check "$what: as git's" as_git
	in_order
}
# All that came is one pack; the tag, and what another remote has, may be one more each.
in_order() {
	check "$what: git fsck" says_nothing git -C "$repository" fsck --full --strict --no-dangling
	check "$what: few packs" test "$(packs)" -le 4
	check "$what: no quarantine" no_quarantine
}
goes_through() {
	anew
	check "$what: fetch $*" ours --json "$@"
	said 'warning: what came is kept'
	is_whole
}

broken -1
repository=$tmp/theirs
anew
check 'git fetch' git -C "$tmp/theirs" fetch -q
repository=$tmp/ours
anew
what='a line that holds'
check "$what" ours -q
is_whole

for share in 60 30 20; do
	what="cut after $share%"
	broken "$(per_cent $share)"
	goes_through
done
what='one break'
broken "$(per_cent 50)" --cuts 1
goes_through --threads 1
what='no filter'
broken "$(per_cent 60)" --no-filter --cuts 1
goes_through
what='version 0, any object allowed'
git -C "$root/h.git" config uploadpack.allowAnySHA1InWant true
broken "$(per_cent 60)" --version-0
goes_through
git -C "$root/h.git" config --unset uploadpack.allowAnySHA1InWant

what=pull
broken "$(per_cent 40)"
anew
git -C "$repository" update-ref "refs/remotes/origin/${branch#refs/heads/}" "$old"
check "$what" sh -c 'cd "$1" && "$2" pull' sh "$repository" "$SMIDGIT"
check "$what: the newest commit" test "$(git -C "$repository" rev-parse HEAD)" = "$(git -C "$root/h.git" rev-parse "$branch")"
check "$what: clean" says_nothing git -C "$repository" status --porcelain
in_order

# Without names it begins anew, and that can be in vain.
GIT_HTTP_MAX_RETRIES=2
what='version 0, one break'
broken "$(per_cent 60)" --version-0 --cuts 1
anew
check "$what" ours
said 'trying again in'
is_whole
what='version 0'
broken "$(per_cent 60)" --version-0
anew
check_fails 3 "$what" ours
as_before
check "$what: no quarantine" no_quarantine

# A history of which a part is here.
what='shallow'
broken -1
git -C "$root/h.git" update-ref refs/heads/old "$old"
git clone -q --depth 3 --branch old "$url/h.git" "$tmp/shallow"
git -C "$root/h.git" update-ref -d refs/heads/old
cp -r "$tmp/shallow" "$tmp/shallow.git"
check "$what: git" git -C "$tmp/shallow.git" fetch -q origin "$branch:refs/heads/new"
broken "$(per_cent 40)"
GIT_HTTP_MAX_RETRIES=9
check "$what" sh -c 'cd "$1" && "$2" fetch origin "$3:refs/heads/new"' sh "$tmp/shallow" "$SMIDGIT" "$branch"
said 'warning: what came is kept'
check "$what: as git's" test "$(state "$tmp/shallow")" = "$(state "$tmp/shallow.git")"
check "$what: its end" cmp "$tmp/shallow/.git/shallow" "$tmp/shallow.git/.git/shallow"
check "$what: git fsck" says_nothing git -C "$tmp/shallow" fsck --full --strict --no-dangling

# Packs may be on another file system than the rest.
what='objects/pack elsewhere'
if there=$(mktemp -d /dev/shm/smidgit-XXXXXX 2>/dev/null) && [ "$(stat -c %d "$there")" != "$(stat -c %d "$tmp")" ]; then
	broken -1
	anew
	mv "$repository/.git/objects/pack" "$there/pack" && ln -s "$there/pack" "$repository/.git/objects/pack"
	check "$what" ours
	is_whole
fi
rm -rf "$there"

# A later run goes on. When the second pack is asked for, the server goes away.
GIT_HTTP_MAX_RETRIES=1
gives_up() {
	second_pack "$(server_goes_away)"
	broken "$(per_cent 60)"
	echo "$server" >"$tmp/server.pid"
	anew
	check_fails 3 "$what: the server goes away" ours "$@"
	usual_packs
}
goes_on() {
	broken -1
	check "$what: the same command" ours "$@"
	cp "$tmp/check.log" "$tmp/went"
	is_whole
}
on_it_went() { check "$what: it goes on" grep -q 'Going on with [1-9][0-9]* KiB' "$tmp/went"; }
from_the_beginning() { check "$what: from the beginning" sh -c '! grep -q "Going on with" "$1"' sh "$tmp/went"; }

# What was told before is told again, when no answer came: what is here is not sent.
what='no answer'
git init -q "$tmp/short" && head -c 1000000 /dev/urandom >"$tmp/short/large" && git -C "$tmp/short" add . &&
	git -C "$tmp/short" commit -q -m one && git clone -q "file://$tmp/short" "$tmp/short.here" &&
	echo small >"$tmp/short/small" && git -C "$tmp/short" add . && git -C "$tmp/short" commit -q -m two &&
	git clone -q --bare "$tmp/short" "$root/short.git"
second_pack "$(connection_breaks '')"
echo >>"$tmp/packs"
broken -1
git -C "$tmp/short.here" config remote.origin.url "$url/short.git"
check "$what" "$SMIDGIT" -C "$tmp/short.here" fetch
said 'trying again in'
check "$what: what is new" test "$(cat "$tmp"/short.here/.git/objects/pack/*.pack | wc -c)" -lt 1500000
usual_packs

what='gave up'
gives_up
said "KiB, is kept in 'tmp_objdir.smidgit-"
as_before
check "$what: for nobody else" test "$(stat -c %a "$(quarantine)")" = 700
goes_on
on_it_went
what='another remote meanwhile'
gives_up
broken -1
check "$what" ours "$url/short.git" master
check "$what: is fetched" git -C "$repository" cat-file -e FETCH_HEAD:small
goes_on
on_it_went
what='--no-resume'
gives_up --no-resume
as_before
check "$what: nothing is kept" no_quarantine
what='two weeks later'
gives_up
touch -d '15 days ago' "$(quarantine)/from"
goes_on
from_the_beginning
what='after git gc'
gives_up
check "$what" git -C "$repository" gc -q
git -C "$repository" prune --expire=now
check "$what: it knows the name" no_quarantine
broken -1
check "$what: the same command" ours
is_whole
what='a damaged pack'
gives_up
damage $((pack / 4)) "$(quarantine)"/repo/objects/pack/*.pack
goes_on
what='more by then'
gives_up
check "$what: a commit more" push_more "$root/h.git"
broken -1
git -C "$tmp/theirs" fetch -q
goes_on
on_it_went
what=killed
second_pack "kill -9 \$(cat '$tmp/fetch.pid')"
broken "$(per_cent 60)"
anew
(cd "$repository" && exec sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$tmp/fetch.pid" "$SMIDGIT" fetch -q) >/dev/null 2>&1
status=$?
check "$what: $status" test $status -eq 137
usual_packs
as_before
goes_on
on_it_went
finish
