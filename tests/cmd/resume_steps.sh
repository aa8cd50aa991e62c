# SPDX-License-Identifier: MIT
# A clone in steps, from a server that gives no objects by name, gave up or was killed: the same command
# goes on with the steps that held (P16, K9).
. "${0%/*}/lib.sh"
root=$tmp/root
mkdir "$root"
check 'a history' sh "$top/fixtures/repo/history.sh" 600 40 11 80 "$root/h.git"
git -C "$root/h.git" tag -m 'an annotated tag' v1 HEAD~20
blob=$(echo blob | git -C "$root/h.git" hash-object -w --stdin) && git -C "$root/h.git" tag of-a-blob "$blob"
git -C "$root/h.git" repack -a -d -q
export GIT_HTTP_MAX_RETRIES=1
target=$tmp/here/h
mkdir "$tmp/here"

# The repository $name, and how many bytes of packs it has.
name=h
size() { pack=$(cat "$root/$name.git"/objects/pack/*.pack | wc -c); }
# start OPTION...: a server at the usual port, whose answers end after half of the pack.
start() {
	stop_servers
	serve --root "$root" ${usual:+--port "$usual"} --cut $((pack / 2)) "$@"
	usual=$port
}
ours() { "$SMIDGIT" clone "$@" "http://127.0.0.1:$usual/$name.git" "$target"; }
staging() { ls -d "$target".smidgit-* "$target"/.git.smidgit-* 2>/dev/null; }
listed() {
	git -C "$1" for-each-ref && git -C "$1" rev-list --objects --all | sort && git -C "$1" status --porcelain
	[ ! -e "$1/.git/shallow" ] || sort "$1/.git/shallow"
}
as_git() {
	rm -rf "$tmp/git" && git clone -q $as "$url/$name.git" "$tmp/git" && [ "$(listed "$tmp/git")" = "$(listed "$target")" ]
}
# gives_up OPTION...: the first pack breaks off, three steps hold, and the server goes away.
gives_up() {
	nth_pack "$at" "$(server_goes_away)" ${first:+"$first" "$instead"}
	start $kind
	echo "$server" >"$tmp/server.pid"
	check_fails 3 "$what: the server goes away" ours $as "$@"
	said 'KiB, is kept in'
	usual_packs
}
# goes_on OPTION...: the same command, on a server that works.
goes_on() {
	start $kind --cut -1
	rm -f "$tmp/trace"
	check "$what: the same command" ours $as --trace="$tmp/trace" "$@"
	cp "$tmp/check.log" "$tmp/went"
	check "$what: as git's" as_git
	check "$what: git fsck" says_nothing git -C "$target" fsck --full --strict --no-dangling
	check "$what: nothing beside it" test -z "$(staging)" -a "$(ls "$tmp/here")" = h
	rm -rf "$target"
}
# The steps that held were 1, 2 and 4 commits deep.
on_it_went() {
	check "$what: it goes on" grep -q "^Going on from ${1:-7} commits deep, as far" "$tmp/went"
	check "$what: the first request" test "$(grep -o 'deepen [0-9]*' "$tmp/trace" | head -n 1)" = "deepen $((${1:-7} + 1))"
}
from_the_beginning() {
	check "$what: from the beginning" sh -c '! grep -q "Going on" "$1"' sh "$tmp/went"
}

as= at=5 first= instead=
size
for kind in --no-filter --version-0; do
	what="gave up, $kind"
	gives_up
	check "$what: no target" test ! -e "$target"
	goes_on
	on_it_went
done
what=twice
gives_up
at=3
gives_up
at=5
goes_on
on_it_went 10
what='a part of the history'
as='--depth 300'
gives_up
goes_on
on_it_went
what='another part of it'
gives_up
as='--depth 299'
goes_on
from_the_beginning
as=
what='into an empty directory'
mkdir "$target"
gives_up
goes_on
on_it_went
what='--no-resume'
gives_up
goes_on --no-resume
from_the_beginning

what='refused by name'
kind= at=6 first=2 instead='exit 1'
gives_up
goes_on
on_it_went
what='no entry of the first pack came'
kind=--version-0 at=5 first=1 instead=$(connection_breaks '')
gives_up
goes_on
on_it_went
first=

# What was kept for a run that has no use for it does not stay in the target.
what='into an empty directory, with a bundle'
mkdir "$target" "$tmp/bundles" && git -C "$root/h.git" bundle create -q "$tmp/bundles/h" --all
gives_up
start --cut -1
serve --files "$tmp/bundles"
check "$what: clone" ours --bundle-uri "$url/h"
check "$what: nothing of it is left" test -z "$(staging)" -a -z "$(git -C "$target" status --porcelain)"
rm -rf "$target"
what='into an empty directory, of an empty repository'
mkdir "$target" && git init -q --bare "$root/none.git"
gives_up
start --cut -1
name=none
check "$what: clone" ours
check "$what: nothing of it is left" test "$(ls -A "$target")" = .git
rm -rf "$target"

# Where the server's own history ends.
name=ends
git clone -q --bare --depth 450 "file://$root/h.git" "$root/ends.git"
size
for kind in --no-filter --version-0; do
	what="a server that is shallow, $kind"
	gives_up
	goes_on
	on_it_went
done
branch=$(git -C "$root/h.git" symbolic-ref --short HEAD)
git -C "$root/h.git" branch other HEAD~200
rm -rf "$root/ends.git" && git clone -q --bare --depth 3 --no-single-branch "file://$root/h.git" "$root/ends.git"
git -C "$root/ends.git" fetch -q --depth 450 origin "$branch"
git -C "$root/h.git" branch -q -D other
size
for kind in --no-filter --version-0; do
	what="a server one of whose branches ends early, $kind"
	gives_up
	goes_on
	on_it_went
done
name=h
size

# All that a run has kept has to be a whole history of the same tips.
what='a pack is gone'
gives_up
rm "$(ls -S "$(staging)"/repo/.git/objects/pack/*.pack | head -n 1)"
goes_on
from_the_beginning
what='a damaged pack'
gives_up
damage 100 "$(ls -S "$(staging)"/repo/.git/objects/pack/*.pack | head -n 1)"
goes_on
from_the_beginning
what='the last step is gone'
gives_up
rm "$(ls -t "$(staging)"/repo/.git/objects/pack/*.pack | head -n 1)"
goes_on
on_it_went 3
what='half a step more'
gives_up
git -C "$root/h.git" rev-parse HEAD~50 | git -C "$root/h.git" pack-objects -q --revs --stdout |
	head -c 9000 >"$(staging)/repo/.git/objects/pack/tmp_pack_x"
goes_on
on_it_went
what='a history that has moved'
gives_up
check "$what: a commit more" push_more "$root/h.git"
goes_on
from_the_beginning

what=killed
nth_pack 5 "kill -9 \$(cat '$tmp/clone.pid')"
start $kind
sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$tmp/clone.pid" "$SMIDGIT" clone -q \
	"http://127.0.0.1:$usual/h.git" "$target" >/dev/null 2>&1
status=$?
check "$what: $status" test $status -eq 137
usual_packs
goes_on
on_it_went
finish
