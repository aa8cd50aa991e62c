# SPDX-License-Identifier: MIT
# Clones over lines that break: what has come is kept, what is missing is asked for by name, and the
# result is what git clones over a line that holds.
. "${0%/*}/lib.sh"
root=$tmp/root
mkdir "$root"
check 'a history' sh "$top/fixtures/repo/history.sh" 500 100 11 160 "$root/h.git"
git -C "$root/h.git" tag -m 'an annotated tag' v1 HEAD~20
git -C "$root/h.git" repack -a -d -q
pack=$(stat -c %s "$root"/h.git/objects/pack/*.pack)
certificate
# How much of what was sent before a break arrives is chance.
export GIT_HTTP_MAX_RETRIES=9

# broken BYTES OPTION...: a server whose answers end after so much.
broken() {
	stop_servers
	cut=$1
	shift
	: >"$tmp/requests"
	serve --root "$root" --cut "$cut" --log "$tmp/requests" "$@"
}
per_cent() { echo $((pack * $1 / 100)); }
listed() {
	git -C "$1" for-each-ref && git -C "$1" rev-list --objects --all | sort && git -C "$1" status --porcelain
}
as_git() { [ "$(listed "$tmp/git$1")" = "$(listed "$tmp/ours")" ]; }
few_packs() { [ "$(ls "$1"/.git/objects/pack | wc -l)" -le 4 ]; }
nothing_beside() { [ -z "$(ls -d "$1".smidgit-* 2>/dev/null)" ]; }
# goes_through REPOSITORY NAME SENTENCE OPTION...: the clone says that, goes through, and is what git has
# made as $tmp/gitNAME.
goes_through() {
	repository=$1 name=$2 sentence=$3
	shift 3
	rm -rf "$tmp/ours"
	check "$what: clone $*" "$SMIDGIT" clone --json "$@" "$url/$repository.git" "$tmp/ours"
	said "$sentence"
	bytes=$(sed -n 's/.*"bytes":\([0-9]*\).*/\1/p' "$tmp/check.log")
	check "$what: as git's" as_git "$name"
	check "$what: git fsck" says_nothing git -C "$tmp/ours" fsck --full --strict --no-dangling
	check "$what: few packs" few_packs "$tmp/ours"
	check "$what: nothing beside it" nothing_beside "$tmp/ours"
}
whole() {
	of=$1
	shift
	goes_through h "$of" 'warning: what came is kept' "$@"
}

serve --root "$root"
for kind in '' '--depth 1' '--depth 30' '-b v1'; do
	check "git clone $kind" git clone -q $kind "$url/h.git" "$tmp/git$kind"
done

for share in 60 30 20; do
	what="cut after $share%"
	broken "$(per_cent $share)"
	whole ''
done
for share in 20 50 80; do
	what="one break, after $share%"
	broken "$(per_cent $share)" --cuts 1
	whole ''
	# One and a half in this project's own history; here versions of a file have less in common.
	check "$what: at most twice the pack: $bytes of $pack" test "$bytes" -le $((pack * 2))
	check "$what: more than the pack, which was cut" test "$bytes" -gt $((pack * 9 / 10))
done
# No packet of the server's side-band comes whole.
what='cut within each packet'
broken 15000
whole ''
what=TLS
broken "$(per_cent 40)" --tls "$cert" "$key"
whole '' --cacert "$cert"
what='one thread'
broken "$(per_cent 40)"
whole '' --threads 1
what=shallow
whole '--depth 30' --depth 30
what='a tag'
whole '-b v1' -b v1
what='the tip alone'
broken "$(per_cent 15)"
whole '--depth 1' --depth 1

what='no number'
check_fails 2 "$what" "$SMIDGIT" clone --retry often "$url/h.git" "$tmp/none"
said "option '--retry': a number, not 'often'"
# Servers that give less: steps of a shallow clone that deepen.
GIT_HTTP_MAX_RETRIES=2
check 'a longer history' sh "$top/fixtures/repo/history.sh" 1500 40 11 80 "$root/g.git"
git -C "$root/g.git" tag -m 'an annotated tag' v1 HEAD~20
git -C "$root/g.git" repack -a -d -q
long=$(stat -c %s "$root"/g.git/objects/pack/*.pack)
broken -1
for kind in '' '--depth 300' '-b v1'; do
	check "git clone $kind" git clone -q $kind "$url/g.git" "$tmp/gitg$kind"
done
in_steps() {
	goes_through g "g$*" 'in steps' "$@"
	check "$what: at most three times the pack: $bytes of $long" test "$bytes" -le $((long * 3))
}
for share in 50 25; do
	what="no filter, cut after $share%"
	broken $((long * share / 100)) --no-filter
	in_steps
	what="version 0, cut after $share%"
	broken $((long * share / 100)) --version-0
	in_steps
done
in_steps --depth 300
in_steps -b v1
what='the tip does not fit'
broken $((long / 10)) --version-0
check_fails 3 "$what" "$SMIDGIT" clone "$url/g.git" "$tmp/none"
said 'the newest commits do not fit between two breaks'
check "$what: nothing is there" sh -c 'test ! -e "$1" && test -z "$(ls -d "$1".smidgit-* 2>/dev/null)"' sh "$tmp/none"
what='version 0, any object allowed'
git -C "$root/h.git" config uploadpack.allowAnySHA1InWant true
broken "$(per_cent 60)" --version-0
whole ''
git -C "$root/h.git" config --unset uploadpack.allowAnySHA1InWant
# The second pack is refused: once more, in steps.
second_pack 'exit 1'
what='refused by name'
broken $((long * 4 / 10)) --cuts 1
in_steps
usual_packs

# What brings nothing is tried again, so often and no more; then nothing is left.
fails_after() {
	broken 0 --cuts 100
	check_fails 3 "$1" "$SMIDGIT" clone $2 "$url/h.git" "$tmp/none"
	[ "$3" -eq 1 ] || said "trying again in"
	check "$1: requests" test "$(wc -l <"$tmp/requests")" -eq "$3"
	check "$1: nothing is there" sh -c 'test ! -e "$1" && test -z "$(ls -d "$1".smidgit-* 2>/dev/null)"' sh "$tmp/none"
}
fails_after 'usually' '' 3
fails_after '--retry' '--retry 1' 2
fails_after '--retry 0' '--retry 0' 1

GIT_HTTP_MAX_RETRIES=1
fails_after 'the environment' '' 2
unset GIT_HTTP_MAX_RETRIES
broken 0
check_fails 3 'a setting' "$SMIDGIT" -c http.maxRetries=1 clone "$url/h.git" "$tmp/none"
check 'a setting: requests' test "$(wc -l <"$tmp/requests")" -eq 2
stop_servers
check_fails 3 'nobody listens' "$SMIDGIT" ls-remote "$url/h.git"
said 'warning: trying again in'
finish
