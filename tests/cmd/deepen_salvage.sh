# SPDX-License-Identifier: MIT
# Fetches that make a history deeper over lines that break: what came is kept, the rest is asked for by
# name, and the repository is then as git's fetch leaves it, what is shallow included.
. "${0%/*}/lib.sh"
root=$tmp/root
mkdir "$root"
# Two lines of commits that meet now and then, with forty files that get a new text in turns. What one says of
# itself is long, and the other is much older: of both some commits come late in a pack.
git init -q --bare -b main "$root/m.git"
base64 -w 900 /dev/urandom | head -n 400 | awk '
	BEGIN { print "reset refs/heads/main" }
	{
		on = NR % 2 ? "main" : "side"
		printf "commit refs/heads/%s\nmark :%d\ncommitter T <t@example.org> %d +0000\n", on, NR, (NR % 2 ? 17 : 16) * 100000000 + NR * 60
		text = NR % 2 ? substr($0, 200) : "c"
		printf "data %d\n%s\n", length(text), text
		if (NR > 2) print "from :" NR - 2
		if (NR > 20 && NR % 20 < 2) print "merge :" NR - 3
		printf "M 100644 inline d%d/f%d\ndata %d\n%s\n", NR % 4, NR % 40, length($0), $0
	}' >"$tmp/import"
check 'a history' sh -c 'git -C "$1" fast-import --quiet <"$2"' sh "$root/m.git" "$tmp/import"
git -C "$root/m.git" repack -a -d -q
pack=$(stat -c %s "$root"/m.git/objects/pack/*.pack)
check 'it has merges' test "$(git -C "$root/m.git" rev-list --merges --count --all)" -gt 20
export GIT_HTTP_MAX_RETRIES=9
repository=$tmp/ours

# broken SHARE OPTION...: a server whose answers end after so many hundredths of the pack.
broken() {
	stop_servers
	share=$1
	shift
	serve --root "$root" ${usual:+--port "$usual"} --cut $((pack * share / 100)) "$@"
	usual=$port
}
state() {
	git -C "$1" for-each-ref && git -C "$1" rev-list --objects --all | sort
	[ ! -e "$1/.git/shallow" ] || sort "$1/.git/shallow"
}
# begin OPTION...: a clone that is shallow, and what git makes of it with $deeper.
begin() {
	broken -1
	rm -rf "$tmp/before" "$tmp/theirs"
	git clone -q "$@" "$url/m.git" "$tmp/before" && cp -r "$tmp/before" "$tmp/theirs"
	check "$what: git" git -C "$tmp/theirs" fetch -q $deeper
}
deepens() {
	rm -rf "$repository"
	cp -r "$tmp/before" "$repository"
	check "$what: $deeper" sh -c 'cd "$1" && shift && exec "$@"' sh "$repository" "$SMIDGIT" fetch $deeper
	said "$1"
	check "$what: as git's" test "$(state "$repository")" = "$(state "$tmp/theirs")"
	check "$what: git fsck" says_nothing git -C "$repository" fsck --full --strict --no-dangling
	check "$what: no quarantine" test -z "$(ls -d "$repository"/.git/objects/tmp_* 2>/dev/null)"
}
in_parts() { deepens 'warning: what came is kept'; }

for deeper in --unshallow '--deepen 80' '--depth 120' '--shallow-since=@1600006000'; do
	what='from 3 commits'
	begin --depth 3 --no-single-branch
	for share in 40 25; do
		what="cut after $share%"
		broken $share
		in_parts
	done
	what='one break'
	broken 30 --cuts 1
	in_parts
done
deeper=--unshallow
what='one branch'
begin --depth 3
broken 35
in_parts
what='no filter'
broken 60 --no-filter --cuts 1
in_parts
what='version 0, any object allowed'
git -C "$root/m.git" config uploadpack.allowAnySHA1InWant true
broken 40 --version-0
in_parts
git -C "$root/m.git" config --unset uploadpack.allowAnySHA1InWant
what='a commit more'
check "$what: a commit more" push_more "$root/m.git"
git -C "$tmp/theirs" fetch -q
broken 35
in_parts

# Without names it begins anew.
GIT_HTTP_MAX_RETRIES=2
what='version 0, one break'
broken 60 --version-0 --cuts 1
deepens 'trying again in'
for kind in --version-0 ''; do
	what="in vain, ${kind:-version 2}"
	[ -n "$kind" ] || second_pack 'exit 1'
	broken 30 $kind
	rm -rf "$repository"
	cp -r "$tmp/before" "$repository"
	check_fails 3 "$what" sh -c 'cd "$1" && exec "$2" fetch --unshallow' sh "$repository" "$SMIDGIT"
	check "$what: as it was" test "$(state "$repository")" = "$(state "$tmp/before")"
	check "$what: nothing is kept" test -z "$(ls -d "$repository"/.git/objects/tmp_* 2>/dev/null)"
done
usual_packs

# A later run goes on: the server says again where history ends, by commits alone, and what was kept is read
# then; where all of it is wanted, it is known. When the second pack is asked for, the server goes away.
GIT_HTTP_MAX_RETRIES=1
cut=40
quarantine() { ls -d "$repository"/.git/objects/tmp_* 2>/dev/null; }
ours() { (cd "$repository" && exec "$SMIDGIT" fetch $deeper "$@"); }
gives_up() {
	second_pack "$(server_goes_away)"
	broken $cut $kind
	goes_away "$@"
	usual_packs
	check "$what: as it was" test "$(state "$repository")" = "$(state "$tmp/before")"
}
goes_away() {
	echo "$server" >"$tmp/server.pid"
	check_fails 3 "$what: the server goes away" ours "$@"
	cp "$tmp/check.log" "$tmp/gave.up"
}
anew() {
	rm -rf "$repository"
	cp -r "$tmp/before" "$repository"
	gives_up "$@"
}
goes_on() {
	broken -1 $kind
	check "$what: the same command" ours
	cp "$tmp/check.log" "$tmp/went"
	check "$what: as git's" test "$(state "$repository")" = "$(state "$tmp/theirs")"
	check "$what: git fsck" says_nothing git -C "$repository" fsck --full --strict --no-dangling
	[ -n "$other_waits" ] || check "$what: no quarantine" test -z "$(quarantine)"
}
other_waits= # what was kept for another depth may go on, too
sent() { cat "$tmp"/answers/* | wc -c; }
is_kept() { check "$what: is kept" grep -q "KiB, is kept in 'tmp_objdir.smidgit-" "$tmp/gave.up"; }
nothing_kept() { check "$what: nothing is kept" test -z "$(quarantine)" -a -z "$(grep 'is kept in' "$tmp/gave.up")"; }
on_it_went() { check "$what: it goes on" grep -q 'Going on with [1-9][0-9]* KiB' "$tmp/went"; }
from_the_beginning() { check "$what: from the beginning" sh -c '! grep -q "Going on with" "$1"' sh "$tmp/went"; }
kind=
for deeper in --unshallow '--deepen 80' '--depth 120' '--shallow-since=@1600006000'; do
	what="later, $deeper"
	begin --depth 3 --no-single-branch
	anew
	is_kept
	goes_on
	on_it_went
done
what='it is not sent again'
deeper=--unshallow
begin --depth 3 --no-single-branch
rm -rf "$tmp/answers" && mkdir "$tmp/answers"
broken -1 --remember "$tmp/answers"
cp -r "$tmp/before" "$tmp/at.once" && git -C "$tmp/at.once" fetch -q --unshallow
all=$(sent)
cut=70
anew
kept=$(cat "$(quarantine)"/repo/objects/pack/*.pack | wc -c)
check "$what: there is some" test "$kept" -gt $((all / 3))
rm -rf "$tmp/answers" && mkdir "$tmp/answers"
kind="--remember $tmp/answers"
goes_on
on_it_went
kind=
echo "$what: $(sent) bytes, of $all $kept were there"
check "$what: $(sent) bytes, of $all $kept were there" test "$(sent)" -lt $((all - kept * 3 / 4))
cut=40
what='nothing comes, again and again'
for deeper in --unshallow '--depth 120'; do
	begin --depth 3
	anew
	kept=$(sed -n "s/.*what has come, \([0-9]*\) KiB, is kept.*/\1/p" "$tmp/gave.up")
	check "$what: some is kept" test "$kept" -gt 0
	for run in 1 2 3 4 5 6; do
		nth_pack 1 "$(server_goes_away)"
		broken -1
		goes_away
		usual_packs
		check "$what: as much is kept" grep -q "what has come, $kept KiB, is kept" "$tmp/gave.up"
	done
	goes_on
	on_it_went
done
what='twice'
anew
gives_up
is_kept
goes_on
on_it_went
deeper=--unshallow
what='another deepening meanwhile'
begin --depth 3 --no-single-branch
anew
broken -1
deeper='--depth 60' && check "$what" ours && deeper=--unshallow
goes_on
on_it_went
what='another depth'
cut=20 deeper='--depth 60' && anew && deeper=--unshallow cut=40
other_waits=1
goes_on
from_the_beginning
other_waits=
for deeper in '--depth 120' --unshallow; do
	what="a commit more, $deeper"
	begin --depth 3
	anew
	check "$what: a commit more" push_more "$root/m.git"
	broken -1
	rm -rf "$tmp/theirs" && cp -r "$tmp/before" "$tmp/theirs" && git -C "$tmp/theirs" fetch -q $deeper
	goes_on
	if [ "$deeper" = --unshallow ]; then on_it_went; else from_the_beginning; fi
done
what='a damaged pack'
begin --depth 3
anew
is_kept
damage $((pack / 5)) "$(quarantine)"/repo/objects/pack/*.pack
goes_on
from_the_beginning
what=--no-resume
anew --no-resume
nothing_kept
for deeper in '--depth 120' --unshallow; do
	for kind in --no-filter --version-0; do
		what="later, $deeper $kind"
		begin --depth 3
		anew
		if [ "$deeper $kind" = '--unshallow --no-filter' ]; then is_kept; else nothing_kept; fi
		goes_on
		if [ "$deeper $kind" = '--unshallow --no-filter' ]; then on_it_went; else from_the_beginning; fi
	done
done
kind=
for kind in '' --no-filter --version-0; do
	what="killed, $kind"
	rm -rf "$repository"
	cp -r "$tmp/before" "$repository"
	second_pack "kill -9 \$(cat '$tmp/fetch.pid')"
	broken $cut $kind
	(cd "$repository" && exec sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$tmp/fetch.pid" "$SMIDGIT" fetch -q $deeper) >/dev/null 2>&1
	status=$?
	check "$what: $status" test $status -eq 137
	usual_packs
	goes_on
	if [ "$kind" = --version-0 ]; then from_the_beginning; else on_it_went; fi
done
finish
