# SPDX-License-Identifier: MIT
# A clone that begins with a bundle, and gives up: because the bundle broke off for good and the git server
# is away, too, or because that goes away behind the bundle. The same command goes on with what came.
. "${0%/*}/lib.sh"
root=$tmp/root
mkdir "$root" "$tmp/files" "$tmp/here"
check 'a history' sh "$top/fixtures/repo/history.sh" 300 80 12 120 "$root/h.git"
git -C "$root/h.git" bundle create -q "$tmp/files/all.bundle" HEAD --branches --tags
git -C "$root/h.git" tag at-first HEAD~60
git -C "$root/h.git" tag at-second HEAD~20
git -C "$root/h.git" bundle create -q "$tmp/files/first.bundle" at-first
git -C "$root/h.git" bundle create -q "$tmp/files/second.bundle" at-first..at-second
git -C "$root/h.git" tag -d at-first at-second >/dev/null
check 'the git server has more' push_more "$root/h.git"
printf '[bundle]\nversion = 1\nmode = all\n[bundle "a"]\nuri = first.bundle\n[bundle "b"]\nuri = second.bundle\n' >"$tmp/files/list"
size=$(wc -c <"$tmp/files/all.bundle")
target=$tmp/here/h

# start_git OPTION...: the git server, at its usual port. start_files OPTION...: that of the bundles.
start_git() {
	[ -z "${git_server:-}" ] || { kill "$git_server" 2>/dev/null; wait "$git_server" 2>/dev/null; }
	serve --root "$root" ${git_port:+--port "$git_port"} "$@"
	git_server=$server git_port=$port git_url=$url/h.git
}
stop_files() {
	kill "$files_server" 2>/dev/null
	wait "$files_server" 2>/dev/null
}
start_files() {
	[ -z "${files_server:-}" ] || stop_files
	: >"$tmp/files.log"
	rm -f "$tmp/heads"
	serve --files "$tmp/files" --log "$tmp/files.log" --heads "$tmp/heads" ${files_port:+--port "$files_port"} "$@"
	files_server=$server files_port=$port bundles=$url
}
ours() { "$SMIDGIT" clone --json "$@" "$git_url" "$target"; }
objects() { sed -n 's/.*"objects":\([0-9]*\).*/\1/p' "$1"; }
listed() { git -C "$1" for-each-ref && git -C "$1" rev-list --objects --all | sort && git -C "$1" status --porcelain; }
nothing_kept() { [ "$(ls "$tmp/here")" = "${1:-}" ]; }
# whole: the clone that the last check made is git's, and is all that is left. $tmp/went is what it said.
whole() {
	cp "$tmp/check.log" "$tmp/went"
	rm -rf "$tmp/git" && git clone -q "$git_url" "$tmp/git"
	check "$what: as git's" test "$(listed "$tmp/git")" = "$(listed "$target")"
	check "$what: git fsck" says_nothing git -C "$target" fsck --full --strict --no-dangling
	check "$what: nothing beside it" nothing_kept h
	rm -rf "$target"
	cp "$tmp/went" "$tmp/check.log"
	check_name=$what
}
few() { check "$what: the bundle is used" test "$(objects "$tmp/went")" -lt 200; }

# gives_up OPTION...: the git server goes away when it is asked for a pack.
gives_up() {
	nth_pack 1 "$(server_goes_away)"
	start_git
	echo "$git_server" >"$tmp/server.pid"
	check_fails 3 "$what: the git server goes away" ours "$@"
	usual_packs
}
# goes_on OPTION...: the same command, when it is back.
goes_on() {
	start_git
	check "$what: the same command" ours "$@"
	whole
}
on_it_went() {
	said 'KiB of the bundle that an earlier run has kept'
	few
}
part() { start_files --cut $((size * 8 / 10)); }

what='a part of a bundle'
part
gives_up --bundle-uri "$bundles/all.bundle"
said 'the clone goes on without it'
said "KiB, is kept in 'h.smidgit-"
check "$what: no target" test ! -e "$target"
start_files
goes_on --bundle-uri "$bundles/all.bundle"
on_it_went
check "$what: the rest by Range" test "$(sed -n 's/^Range: bytes=\([0-9]*\)-.*/\1/p' "$tmp/heads")" -gt $((size / 2))
check "$what: if it is the same" grep -q '^If-Range: "' "$tmp/heads"

what='again and again'
start_files --cut $((size / 4))
gives_up --bundle-uri "$bundles/all.bundle"
first=$(du -k "$tmp"/here/h.smidgit-*/bundles | cut -f 1)
gives_up --bundle-uri "$bundles/all.bundle"
said 'KiB of the bundle that an earlier run has kept'
check "$what: it has grown" test "$(du -k "$tmp"/here/h.smidgit-*/bundles | cut -f 1)" -gt "$first"
check "$what: one is kept" test "$(ls "$tmp/here" | wc -l)" -eq 1
start_files
goes_on --bundle-uri "$bundles/all.bundle"
on_it_went

what='bare'
part
gives_up --bare --bundle-uri "$bundles/all.bundle"
start_files
start_git
check "$what" ours --bare --bundle-uri "$bundles/all.bundle"
said 'KiB of the bundle that an earlier run has kept'
check "$what: git fsck" says_nothing git -C "$target" fsck --full --strict --no-dangling
check "$what: nothing beside it" nothing_kept h
rm -rf "$target"
what='into a directory that is there'
part
mkdir "$target"
gives_up --bundle-uri "$bundles/all.bundle"
start_files
goes_on --bundle-uri "$bundles/all.bundle"
on_it_went
what='protocol 0'
part
gives_up --protocol 0 --bundle-uri "$bundles/all.bundle"
start_files
goes_on --protocol 0 --bundle-uri "$bundles/all.bundle"
on_it_went
what='--no-resume'
part
gives_up --no-resume --bundle-uri "$bundles/all.bundle"
check "$what: nothing is kept" nothing_kept
what='the bundle is away by then'
part
gives_up --bundle-uri "$bundles/all.bundle"
stop_files
goes_on --bundle-uri "$bundles/all.bundle"
said 'the clone goes on without it'
start_files
what='and so is the git server, but for its list'
part
gives_up --bundle-uri "$bundles/all.bundle"
stop_files
gives_up --bundle-uri "$bundles/all.bundle"
start_files
goes_on --bundle-uri "$bundles/all.bundle"
check "$what: the rest by Range" grep -q '^Range' "$tmp/heads"
what='without bundles then'
part
gives_up --bundle-uri "$bundles/all.bundle"
goes_on
check "$what: all from the git server" test "$(objects "$tmp/went")" -gt 700
what='what the git server has sent counts more'
start_files --cut 60
second_pack "$(server_goes_away)"
start_git --cut 70000
echo "$git_server" >"$tmp/server.pid"
check_fails 3 "$what: the git server goes away" ours --bundle-uri "$bundles/all.bundle"
usual_packs
: >"$tmp/files.log"
goes_on --bundle-uri "$bundles/all.bundle"
said 'KiB that an earlier run has kept'
check "$what: the bundle is not asked for" test ! -s "$tmp/files.log"

what='a whole bundle'
start_files
gives_up --bundle-uri "$bundles/all.bundle"
said "KiB, is kept in 'h.smidgit-"
rm -f "$tmp/heads"
goes_on --bundle-uri "$bundles/all.bundle"
on_it_went
check "$what: its rest is not asked for" sh -c '! grep -q "^Range" "$1"' sh "$tmp/heads"
what='bundles of a list'
gives_up --bundle-uri "$bundles/list"
goes_on --bundle-uri "$bundles/list"
on_it_went
what='one of two mirrors'
printf '[bundle]\nversion = 1\nmode = any\n[bundle "a"]\nuri = %s/all.bundle\n[bundle "b"]\nuri = all.bundle\n' "$bundles" >"$tmp/files/mirrors"
start_git
check "$what" ours --bundle-uri "$bundles/mirrors"
whole
few

# One of both is kept: what is more.
kept_bytes() { find "$tmp/here" -name '*.pack' | xargs cat | wc -c; }
# both BYTES OPTION...: the bundle breaks off, and the git server goes away after so many bytes.
both() {
	bytes=$1
	shift
	second_pack "$(server_goes_away)"
	start_git --cut "$bytes"
	echo "$git_server" >"$tmp/server.pid"
	check_fails 3 "$what: both break off" ours "$@"
	cp "$tmp/check.log" "$tmp/gave"
	usual_packs
	check "$what: so much is kept as is said" grep -q " $(($(kept_bytes) / 1024)) KiB, is kept" "$tmp/gave"
}
what='more of the bundle'
part
both 70000 --bundle-uri "$bundles/all.bundle"
start_files
goes_on --bundle-uri "$bundles/all.bundle"
on_it_went
what='more of the pack'
start_files --cut $((size / 4))
both $((size * 8 / 10)) --bundle-uri "$bundles/all.bundle"
start_files
goes_on --bundle-uri "$bundles/all.bundle"
said 'KiB that an earlier run has kept'
what='more of the pack, without bundles then'
start_files --cut $((size / 4))
both $((size * 8 / 10)) --bundle-uri "$bundles/all.bundle"
goes_on
said 'KiB that an earlier run has kept'

what='a disk without room for both'
if may_mount && has_mounts; then
	part
	start_git
	check "$what" alone sh -c 'mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"' sh $((size * 19 / 10)) "$tmp/here" \
		"$SMIDGIT" clone --bare --no-sync --bundle-uri "$bundles/all.bundle" "$git_url" "$target"
	said 'the clone goes on without it'
else
	echo "left out: $what (unshare -m)"
fi

# Whose Range does not work: once more from the beginning.
answer() { part_of "$tmp/files/all.bundle" "$@"; }
answer '200 OK' 0 $((size / 2)) 'ETag: "v1"' >"$tmp/half"
answer '200 OK' 0 "$size" 'ETag: "v1"' >"$tmp/all"
# anew NAME: the answer to Range is in $tmp/range.
anew() {
	what=$1
	stop_files
	serve --port "$files_port" --raw "$tmp/half"
	files_server=$server
	gives_up --idle-timeout 0.3 --bundle-uri "$bundles/all.bundle"
	said 'KiB, is kept in'
	stop_files
	serve --port "$files_port" --raw "$tmp/all" --raw "$tmp/range" --raw "$tmp/all"
	files_server=$server
	start_git
	check "$what" ours --idle-timeout 0.3 --bundle-uri "$bundles/all.bundle"
	said 'KiB of the bundle that an earlier run has kept'
	whole
	few
	check "$what: no warning" sh -c '! grep -q ^warning "$1"' sh "$tmp/went"
}
answer '200 OK' 0 "$size" 'ETag: "v2"' >"$tmp/range"
anew 'another ETag for the rest'
answer '416 No' 0 0 >"$tmp/range"
anew '416'
: >"$tmp/range"
anew 'no answer to Range'
answer '206 Partial Content' 1 "$size" "Content-Range: bytes 1-$((size - 1))/$size" >"$tmp/range"
anew 'another range'
answer '200 OK' 0 "$size" 'ETag: "v1"' >"$tmp/range"
anew 'it knows no ranges'

# What is not the same any more.
what='another bundle by then'
part
gives_up --bundle-uri "$bundles/all.bundle"
git -C "$root/h.git" bundle create -q "$tmp/files/all.bundle" main
start_files
goes_on --bundle-uri "$bundles/all.bundle"
check "$what: from its beginning" sh -c '! grep -q "Going on" "$1"' sh "$tmp/went"
few
what='a byte of what was kept'
size=$(wc -c <"$tmp/files/all.bundle")
part
gives_up --bundle-uri "$bundles/all.bundle"
damage 3000 "$tmp"/here/h.smidgit-*/bundles/*.pack
start_files
goes_on --bundle-uri "$bundles/all.bundle"
on_it_went
check "$what: once more from its beginning" test "$(grep -c '^GET /all.bundle' "$tmp/files.log")" -ge 2
what='more than the bundle has'
part
gives_up --bundle-uri "$bundles/all.bundle"
cat "$tmp/files/all.bundle" >>"$(ls "$tmp"/here/h.smidgit-*/bundles/*.pack)"
start_files
goes_on --bundle-uri "$bundles/all.bundle"
few
for kind in link fifo empty; do
	what="a $kind"
	part
	gives_up --bundle-uri "$bundles/all.bundle"
	file=$(ls "$tmp"/here/h.smidgit-*/bundles/*.pack)
	mv "$file" "$tmp/moved"
	case $kind in
	link) ln -s "$tmp/moved" "$file" ;;
	fifo) mkfifo "$file" ;;
	empty) : >"$file" ;;
	esac
	start_files
	goes_on --bundle-uri "$bundles/all.bundle"
	few
	check "$what: it is still there" test -s "$tmp/moved"
done
finish
