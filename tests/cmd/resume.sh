# SPDX-License-Identifier: MIT
# A clone that gave up, or was killed, while its pack came: the same command goes on with what that
# has kept (P16, K9).
. "${0%/*}/lib.sh"
root=$tmp/root
mkdir "$root" "$tmp/here"
check 'a history' sh "$top/fixtures/repo/history.sh" 300 80 12 120 "$root/h.git"
pack=$(stat -c %s "$root"/h.git/objects/pack/*.pack)
export GIT_HTTP_MAX_RETRIES=1
secret=s3cret-Zq4

# start OPTION...: a server at the usual port.
start() {
	stop_servers
	serve --root "$root" ${usual:+--port "$usual"} --cut $((pack * 6 / 10)) "$@"
	usual=$port
}
target=$tmp/here/h
ours() {
	"$SMIDGIT" clone --json "$@" "http://alice:$secret@127.0.0.1:$usual/h.git" "$target"
}
staging() { ls -d "$target".smidgit-* 2>/dev/null; }
nothing_kept() { [ -z "$(staging)" ] && [ "$(ls "$tmp/here")" = "${1:-}" ]; }
listed() {
	git -C "$1" for-each-ref && git -C "$1" rev-list --objects --all | sort && git -C "$1" status --porcelain
}
as=
as_git() {
	rm -rf "$tmp/git" && git clone -q $as "$url/h.git" "$tmp/git" && [ "$(listed "$tmp/git")" = "$(listed "$target")" ]
}
# gives_up OPTION...: a clone whose server goes away when 60% of the pack have come.
gives_up() {
	second_pack "$(server_goes_away)"
	start
	echo "$server" >"$tmp/server.pid"
	check_fails 3 "$what: the server goes away" ours "$@"
	usual_packs
}
# goes_on OPTION...: the same command, on a server that works.
goes_on() {
	start --cut -1
	check "$what: the same command" ours "$@"
	cp "$tmp/check.log" "$tmp/went"
	check "$what: as git's" as_git
	check "$what: git fsck" says_nothing git -C "$target" fsck --full --strict --no-dangling
	check "$what: nothing beside it" nothing_kept h
	rm -rf "$target"
}

# on_it_went: with what was kept, and not with nothing of it.
on_it_went() {
	check "$what: it goes on" grep -q 'Going on with [1-9][0-9]* KiB' "$tmp/went"
}

what='gave up'
gives_up
said 'trying again in'
said "KiB, is kept in 'h.smidgit-"
check "$what: no target" test ! -e "$target"
check "$what: for nobody else" test "$(stat -c %a "$(staging)")" = 700
check "$what: C1" sh -c '! grep -r -F -q -e "$1" "$2"' sh "$secret" "$tmp/here"
goes_on
on_it_went

what='bare'
gives_up --bare
start --cut -1
check "$what: the same command" ours --bare
said 'KiB that an earlier run has kept'
check "$what: git fsck" says_nothing git -C "$target" fsck --full --strict --no-dangling
check "$what: nothing beside it" nothing_kept h
rm -rf "$target"

what='twice'
gives_up
gives_up
check "$what: one is kept" test "$(staging | wc -l)" -eq 1
goes_on
on_it_went

what='the server has more by then'
gives_up
check "$what: a commit more" push_more "$root/h.git"
goes_on
on_it_went

# What is not for this clone is removed.
from_the_beginning() {
	check "$what: from the beginning" sh -c '! grep -q "Going on with" "$1"' sh "$tmp/went"
}
what='--no-resume'
gives_up
goes_on --no-resume
from_the_beginning
what='--no-resume, twice'
start
second_pack "$(server_goes_away)"
echo "$server" >"$tmp/server.pid"
check_fails 3 "$what" ours --no-resume
usual_packs
check "$what: nothing is kept" nothing_kept
what='another URL'
gives_up
start --cut -1
cp -r "$root/h.git" "$root/i.git"
check "$what" "$SMIDGIT" clone -q "$url/i.git" "$target"
check "$what: nothing beside it" nothing_kept h
rm -rf "$target"
what='two weeks later'
gives_up
touch -d '15 days ago' "$(staging)/from"
goes_on
from_the_beginning
what='a part of the history'
as='--depth 250'
gives_up $as
goes_on $as
on_it_went
what='another part of it'
gives_up $as
as='--depth 240'
goes_on $as
from_the_beginning
what='a part of a history that has moved'
gives_up $as
check "$what: a commit more" push_more "$root/h.git"
goes_on $as
from_the_beginning
as=

# K9: what has been changed on the disk since.
what='a damaged pack'
gives_up
damage $((pack / 4)) "$(staging)"/repo/.git/objects/pack/*.pack
goes_on
what='a cut pack'
gives_up
for file in "$(staging)"/repo/.git/objects/pack/*.pack; do
	chmod 600 "$file"
	truncate -s $((pack / 4)) "$file"
done
goes_on
on_it_went
what='a forged note'
gives_up
printf 'http://127.0.0.1:%s/h.git\n99999999999\n' "$usual" >"$(staging)/from"
goes_on
from_the_beginning
what='a note that is a link'
gives_up
mv "$(staging)/from" "$tmp/from"
ln -s "$tmp/from" "$(staging)/from"
goes_on
from_the_beginning
check "$what: the link's file stays" test -s "$tmp/from"
what='a pack that is a link'
gives_up
mkdir "$tmp/packs.there"
mv "$(staging)"/repo/.git/objects/pack/*.pack "$tmp/packs.there"
ln -s "$tmp"/packs.there/*.pack "$(staging)/repo/.git/objects/pack"
goes_on
from_the_beginning
check "$what: the link's file stays" sh -c 'test -s "$1"/*.pack' sh "$tmp/packs.there"
# P16: the directories on the way to a pack may be links to somebody's repository.
what='a directory that is a link'
gives_up
git clone -q --bare "$root/h.git" "$tmp/somebody" && git -C "$tmp/somebody" gc -q
held=$(ls "$tmp/somebody/objects/pack")
rm -rf "$(staging)/repo/.git"
ln -s "$tmp/somebody" "$(staging)/repo/.git"
goes_on
from_the_beginning
check "$what: the link's repository stays" test "$(ls "$tmp/somebody/objects/pack")" = "$held"
check "$what: its file, too" test -f "$tmp/somebody/HEAD"

# SIGKILL, in the middle of the second pack's wait.
what=killed
second_pack "kill -9 \$(cat '$tmp/clone.pid')"
start
sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$tmp/clone.pid" "$SMIDGIT" clone -q \
	"http://alice:$secret@127.0.0.1:$usual/h.git" "$target" >/dev/null 2>&1
status=$?
check "$what: $status" test $status -eq 137
usual_packs
check "$what: no target" test ! -e "$target"
goes_on
on_it_went

# A directory that is there: what is staged in it stays in it.
staging() { ls -d "$target"/.git.smidgit-* 2>/dev/null; }
alone() { [ "$(ls -A "$target")" = "$(basename "$(staging)")" ]; }
into() {
	what=$1
	mkdir "$target"
}
into 'an empty directory'
gives_up
said "KiB, is kept in the target's '.git.smidgit-"
check "$what: nothing else is in it" alone
check "$what: for nobody else" test "$(stat -c %a "$(staging)")" = 700
goes_on
on_it_went
into 'an empty directory, twice'
gives_up
gives_up
check "$what: one is kept" alone
goes_on
on_it_went
into 'the current directory, bare'
gives_up --bare
start --cut -1
check "$what: the same command" sh -c 'cd "$1" && shift && exec "$@"' sh "$target" "$SMIDGIT" clone --bare "$url/h.git" .
said 'KiB that an earlier run has kept'
check "$what: git fsck" says_nothing git -C "$target" fsck --full --strict --no-dangling
check "$what: nothing is left" nothing_kept h
rm -rf "$target"
into 'an empty directory, --no-resume'
gives_up
goes_on --no-resume
from_the_beginning
into 'an empty directory, two weeks later'
gives_up
touch -d '15 days ago' "$(staging)/from"
goes_on
from_the_beginning
into 'an empty directory, and somebody else uses it'
gives_up
echo mine >"$target/file"
start --cut -1
check_fails 8 "$what" ours
check "$what: both stay" test "$(ls -A "$target" | wc -l)" -eq 2 -a -e "$(staging)/from"
rm "$target/file"
goes_on
on_it_went
into 'an empty directory, for files alone'
gives_up
start --cut -1
check "$what" "$SMIDGIT" export -q "$url/h.git" "$target"
check "$what: nothing but files" test -z "$(staging)" -a "$(ls "$target" | wc -l)" -gt 1
rm -rf "$target"
staging() { ls -d "$target".smidgit-* 2>/dev/null; }

# Each break leaves a pack, and each pack takes a descriptor.
what='many packs'
gives_up
git -C "$root/h.git" cat-file --batch-all-objects --batch-check | sed -n 's/ blob .*//p' | head -n 80 |
	while read -r id; do echo "$id" | git -C "$root/h.git" pack-objects -q "$(staging)/repo/.git/objects/pack/pack"; done >/dev/null
printf '#!/bin/sh\nulimit -n 76\nexec "%s" "$@"\n' "$SMIDGIT" >"$tmp/few"
chmod 700 "$tmp/few"
program=$SMIDGIT SMIDGIT=$tmp/few
goes_on
SMIDGIT=$program

# More than the pack announced that was kept: from the beginning.
branch=$(git -C "$root/h.git" symbolic-ref HEAD)
push_many() {
	git -C "$root/h.git" config core.fsync none &&
		seq 2000 | sed "s|.*|commit $branch\ncommitter a <a@b> & +0000\ndata 1\nx\nM 100644 inline n&\ndata <<E\n&\nE\n|;1s|data 1.x|&\nfrom $branch^0|" >"$tmp/import"
	git -C "$root/h.git" fast-import --quiet <"$tmp/import"
}
what='much more'
gives_up
check "$what: is there" push_many
goes_on
finish
