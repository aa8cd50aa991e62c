# SPDX-License-Identifier: MIT
# clone --bundle-uri: the repository is the same as without, and the git server sends only what the
# bundle has not. A bundle that cannot be had, or is damaged, costs a warning and nothing else.
. "${0%/*}/lib.sh"

mkdir "$tmp/files"
git init -q "$tmp/work"
cd "$tmp/work" || exit 2
for number in 1 2 3 4 5 6 7 8; do
	seq "$number" 4000 >"file-$number"
	git add . && git commit -q -m "commit $number"
	git tag "at-$number"
done
git branch side HEAD~3
git tag -a -m 'a tag' annotated HEAD~1
git bundle create -q "$tmp/files/most.bundle" at-6
git bundle create -q --version=3 "$tmp/files/third.bundle" at-6
git bundle create -q "$tmp/files/all.bundle" --all
git bundle create -q "$tmp/files/later.bundle" at-6..master
git bundle create -q --version=3 "$tmp/files/filtered.bundle" --filter=blob:none at-6
git bundle create -q "$tmp/files/first.bundle" at-3
git bundle create -q "$tmp/files/second.bundle" at-3..at-6
git init -q --object-format=sha256 "$tmp/256"
git -C "$tmp/256" commit -q --allow-empty -m one
git -C "$tmp/256" bundle create -q "$tmp/files/256.bundle" --all
git clone -q --bare "$tmp/work" "$tmp/served/r.git"
cd "$top" || exit 2

serve --files "$tmp/files" --log "$tmp/files.log"
bundles=$url
serve_remembering --root "$tmp/served" --log "$tmp/git.log"
git_url=$url/r.git

clone() { "$SMIDGIT" clone "$@"; }
refs() { git -C "$1" for-each-ref --format='%(objectname) %(refname) %(symref)' && cat "$1/.git/HEAD"; }
check 'without' clone -q "$git_url" "$tmp/plain"
refs "$tmp/plain" >"$tmp/want"
# The objects that the git server has sent, by --json: bases of deltas count among them.
objects() { sed -n 's/.*"objects":\([0-9]*\).*/\1/p' "$1"; }
clone -q --json "$git_url" "$tmp/whole" >"$tmp/whole.json"

# as_without NAME [OPTION...]: cloned with these, it is the same repository.
count=0
as_without() {
	name=$1 count=$((count + 1))
	out=$tmp/out-$count
	shift
	check "$name" sh -c 'out=$1 && shift && exec "$@" >"$out.json"' sh "$out" "$SMIDGIT" clone --json --no-sync "$@" "$git_url" "$out"
	cp "$tmp/check.log" "$tmp/said"
	refs "$out" >"$tmp/got"
	check "$name: references" same "$tmp/want" "$tmp/got"
	check "$name: fsck" says_nothing git -C "$out" fsck --full --strict --no-dangling
	check "$name: files" says_nothing git -C "$out" status --porcelain
	cp "$tmp/said" "$tmp/check.log"
	check_name=$name
}
quiet() { check "$name: no warning" sh -c '! grep -q ^warning "$1"' sh "$tmp/said"; }
fewer() { check "$name: only the rest" test "$(objects "$out.json")" -lt $(($(objects "$tmp/whole.json") / 2)); }
all() { check "$name: all from the server" test "$(objects "$out.json")" -eq "$(objects "$tmp/whole.json")"; }

as_without 'a bundle' --bundle-uri="$bundles/most.bundle"
quiet
fewer
check 'the same files as without' alike "$tmp/plain/file-8" "$out/file-8"
as_without 'version 3' --bundle-uri "$bundles/third.bundle"
quiet
fewer
: >"$tmp/git.log"
as_without 'everything is in the bundle' --bundle-uri "$bundles/all.bundle"
quiet
check 'then nothing is fetched: info/refs and ls-refs' test "$(wc -l <"$tmp/git.log")" -eq 2
as_without 'protocol 0' --bundle-uri "$bundles/most.bundle" --protocol 0
quiet
fewer
as_without 'haves' --bundle-uri "$bundles/most.bundle" --trace="$tmp/trace"
check 'the tip of the bundle is told' grep -q "^C: .*have $(git -C "$tmp/work" rev-parse at-6)" "$tmp/trace"

# As git does it; it keeps refs/bundles, too.
if git clone -q --bundle-uri="$bundles/most.bundle" "$git_url" "$tmp/git" 2>/dev/null; then
	git -C "$tmp/git" for-each-ref --format='%(refname)' refs/bundles | while read -r ref; do git -C "$tmp/git" update-ref -d "$ref"; done
	refs "$tmp/git" >"$tmp/got"
	check 'as git' same "$tmp/want" "$tmp/got"
fi
check 'bare' clone -q --bare --bundle-uri="$bundles/all.bundle" "$git_url" "$tmp/bare.git"
git clone -q --bare "$git_url" "$tmp/git-bare.git"
check 'bare: as git' test "$(git -C "$tmp/bare.git" for-each-ref)" = "$(git -C "$tmp/git-bare.git" for-each-ref)"
check 'one branch' clone -q --single-branch -b side --bundle-uri="$bundles/most.bundle" "$git_url" "$tmp/side"
check 'one branch: HEAD' test "$(git -C "$tmp/side" rev-parse HEAD)" = "$(git -C "$tmp/work" rev-parse side)"

# What cannot be used. The sentence says why; the clone is whole.
warned() {
	said 'warning: bundle '
	said "$1"
	all
}
as_without 'missing' --bundle-uri "$bundles/nothing.bundle"
warned 'answered 404'
as_without 'commits that are not here' --bundle-uri "$bundles/later.bundle"
warned "needs commit $(git -C "$tmp/work" rev-parse at-6), which is not here (1 in all)"
as_without 'filtered' --bundle-uri "$bundles/filtered.bundle"
warned "capability 'filter=blob:none' is not supported"
as_without 'SHA-256' --bundle-uri "$bundles/256.bundle"
warned "not of the repository's kind"
size=$(wc -c <"$tmp/files/most.bundle")
for at in 0 10 60 200 $((size / 2)) $((size - 1)); do
	head -c "$at" "$tmp/files/most.bundle" >"$tmp/files/cut.bundle"
	as_without "cut at byte $at" --bundle-uri "$bundles/cut.bundle"
	said 'warning: bundle '
	all
done
(cat "$tmp/files/most.bundle" && echo more) >"$tmp/files/more.bundle"
as_without 'more behind it' --bundle-uri "$bundles/more.bundle"
said 'warning: bundle '
cp "$tmp/files/most.bundle" "$tmp/files/odd.bundle"
printf '\377' | dd of="$tmp/files/odd.bundle" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
as_without 'a byte of it' --bundle-uri "$bundles/odd.bundle"
said 'warning: bundle '
all
# It leads to a commit that is not in it.
sed "2s/^[0-9a-f]*/$(git -C "$tmp/work" rev-parse master)/" "$tmp/files/most.bundle" >"$tmp/files/lie.bundle"
as_without 'a tip that is missing' --bundle-uri "$bundles/lie.bundle"
warned 'was asked for and is missing'
git clone -q --bare --depth 1 "file://$tmp/work" "$tmp/cut.git"
{ printf '# v2 git bundle\n%s HEAD\n\n' "$(git -C "$tmp/cut.git" rev-parse HEAD)" &&
	git -C "$tmp/cut.git" rev-list --objects HEAD | git -C "$tmp/cut.git" pack-objects -q --stdout; } >"$tmp/files/open.bundle"
as_without 'a pack that is not complete' --bundle-uri "$bundles/open.bundle"
warned 'is linked to'
check 'nothing of it stays' test "$(ls "$out/.git/objects/pack" | wc -l)" -eq 2
printf '<html>not found</html>\nthat is what some servers say\n' >"$tmp/files/page.bundle"
as_without 'a page' --bundle-uri "$bundles/page.bundle"
warned 'neither a bundle of version 2 or 3 nor a list of bundles'

# Redirects, also to another host; passwords stay with the git server.
serve --redirect /old/ "$bundles/"
as_without 'a redirect' --bundle-uri "$url/old/most.bundle"
quiet
fewer
serve --redirect / "$url/"
as_without 'without end' --bundle-uri "$url/most.bundle"
said 'warning: bundle '
serve --files "$tmp/files" --heads "$tmp/bundle.heads"
secret_bundles=$url
serve --root "$tmp/served" --user anna --password s3cret --heads "$tmp/secret.heads"
printf 's3cret\n' >"$tmp/password"
check 'a password' sh -c '"$@" 3<"$0"' "$tmp/password" "$SMIDGIT" -c http.extraHeader='X-Secret: 4711' clone -q --user anna --password-fd 3 \
	--bundle-uri "$secret_bundles/most.bundle" "$url/r.git" "$tmp/secret"
check 'the git server got it' grep -q '^Authorization: Basic' "$tmp/secret.heads"
check 'and the header' grep -q '^X-Secret: 4711' "$tmp/secret.heads"
check 'the other did not' sh -c '! grep -q -i -e authorization -e secret "$1"' sh "$tmp/bundle.heads"
check 'it was asked' grep -q '^GET /most.bundle' "$tmp/bundle.heads"
serve --files "$tmp/files" --user anna --password s3cret
as_without 'a bundle that wants a password' --bundle-uri "$url/most.bundle"
warned 'answered 401'

# Lists. list NAME [KEY=VALUE...]: a list of version 1 with these.
list() {
	list_file=$tmp/files/$1
	shift
	printf '[bundle]\nversion = 1\n' >"$list_file"
	for pair in "$@"; do git config -f "$list_file" "${pair%%=*}" "${pair#*=}"; done
}
asked() { sed -n 's/^GET \/\([^ ]*\) .*/\1/p' "$tmp/files.log" | tr '\n' ' '; }
order() { check "$name: asked for in this order" test "$(asked)" = "$1 "; }
mkdir "$tmp/files/sub"
list list bundle.mode=all bundle.heuristic=creationToken bundle.b.uri=second.bundle bundle.b.creationToken=20 \
	bundle.a.uri=./first.bundle bundle.a.creationToken=10 bundle.x.uri=/later.bundle bundle.x.creationToken=30 bundle.x.location=here
: >"$tmp/files.log"
as_without 'all of a list' --bundle-uri "$bundles/list"
quiet
order 'list first.bundle second.bundle later.bundle'
list unsorted bundle.mode=all bundle.b.uri=second.bundle bundle.a.uri="$bundles/first.bundle"
: >"$tmp/files.log"
as_without 'a bundle that another needs comes behind it' --bundle-uri "$bundles/unsorted"
quiet
fewer
order 'unsorted second.bundle first.bundle second.bundle'
list sub/any bundle.mode=any bundle.a.uri=../nothing.bundle bundle.b.uri=../filtered.bundle bundle.b.filter=blob:none \
	bundle.c.uri=../most.bundle bundle.d.uri=../all.bundle
: >"$tmp/files.log"
as_without 'any of a list' --bundle-uri "$bundles/sub/any"
said "nothing.bundle': "
fewer
order 'sub/any nothing.bundle most.bundle'
list outer bundle.mode=any bundle.a.uri=sub/any
as_without 'a list in a list' --bundle-uri "$bundles/outer"
fewer
list round bundle.mode=all bundle.a.uri=round
as_without 'a list that leads to itself' --bundle-uri "$bundles/round"
warned 'lists in over 4 lists'
list lonely bundle.mode=all bundle.a.uri=second.bundle
as_without 'one that needs another that is not listed' --bundle-uri "$bundles/lonely"
warned "needs commit $(git -C "$tmp/work" rev-parse at-3)"
list empty bundle.mode=all
as_without 'nothing in it' --bundle-uri "$bundles/empty"
warned 'lists no bundle that can be used'
list odd bundle.mode=some
as_without 'another mode' --bundle-uri "$bundles/odd"
warned "mode 'some', expected all or any"
list odd bundle.mode=all
sed 's/version = 1/version = 2/' "$tmp/files/odd" >"$tmp/files/odd-2"
as_without 'another version' --bundle-uri "$bundles/odd-2"
warned "version '2', expected 1"
list odd bundle.mode=all bundle.a.uri=file:///etc/passwd bundle.b.uri=http://u:p@127.0.0.1/x bundle.c.uri="git@h:r.git"
as_without 'P13: no URLs of ours' --bundle-uri "$bundles/odd"
warned 'bundle URI'
list odd bundle.mode=all bundle.a.uri=first.bundle bundle.a.creationToken=-1
as_without 'no number' --bundle-uri "$bundles/odd"
warned 'is no number'
printf '[bundle]\nversion = 1\nmode = all\n[bundle "a"]\nuri = a\nuri = b\n' >"$tmp/files/odd"
as_without 'a URI given twice' --bundle-uri "$bundles/odd"
warned 'is given twice'
{ printf '[bundle]\nversion = 1\nmode = all\n' && seq -f '[bundle "%.0f"]uri=x' 1001; } >"$tmp/files/odd"
as_without 'bundles without end' --bundle-uri "$bundles/odd"
warned 'over 1000 bundles'
{ printf '[bundle]\nversion = 1\nmode = all\n' && seq -f '[bundle "%.0f"]uri=x' 12; } >"$tmp/files/odd"
as_without 'warnings have an end' --bundle-uri "$bundles/odd"
check '10 of them' test "$(grep -c '^warning: bundle' "$tmp/said")" -eq 10
head -c 1100000 /dev/zero | tr '\0' '#' >"$tmp/files/odd"
as_without 'a list without end' --bundle-uri "$bundles/odd"
warned 'list of bundles'

# A download that breaks is gone on with.
broke() { check "$name: it broke" grep -q '^warning: trying again' "$tmp/said"; }
serve --files "$tmp/files" --cut $((size / 3)) --heads "$tmp/cut.heads"
as_without 'cut again and again' --bundle-uri "$url/most.bundle" --retry 1
broke
fewer
check 'no byte comes twice' test "$(grep -c '^Range: bytes=' "$tmp/cut.heads")" -eq "$(sed -n "s/^Range: bytes=\([0-9]*\)-.*/\1/p" "$tmp/cut.heads" | sort -u | wc -l)"
check 'from the byte where it broke' grep -q "^Range: bytes=$((size / 3))-" "$tmp/cut.heads"
check 'if it is the same' grep -q '^If-Range: "' "$tmp/cut.heads"
# first [HEADER...], then STATUS [HEADER...]: half of an answer, and what follows when it is asked again.
half=$((size / 2))
part() { part_of "$tmp/files/most.bundle" "$@"; }
# resumed NAME: what stands in $tmp/first and $tmp/then is answered.
resumed() {
	serve --raw "$tmp/first" --raw "$tmp/then"
	as_without "$1" --bundle-uri "$url/most.bundle" --retry 1 --idle-timeout 0.2
}
part '200 OK' 0 $half 'ETag: "v1"' >"$tmp/first"
part '206 Partial Content' $half "$size" "Content-Range: bytes $half-$((size - 1))/$size" >"$tmp/then"
resumed '206'
broke
fewer
part '200 OK' 0 "$size" 'etag: "v1"' >"$tmp/then"
resumed '200, and the same'
broke
fewer
part '200 OK' 0 "$size" 'ETag: "v2"' >"$tmp/then"
resumed '200, and another'
warned 'it changed while it was read'
broke
part '200 OK' 0 "$size" >"$tmp/then"
resumed '200, and nobody knows'
warned 'it changed while it was read'
for range in "bytes $((half + 1))-$((size - 1))/$size" "bytes $half-$((size - 1))/$((size + 1))" "bytes $half-$((size - 1))/*" \
	"bytes 0-$((size - 1))/$size" 'bytes */1' ''; do
	part '206 Partial Content' $half "$size" "Content-Range: $range" >"$tmp/then"
	resumed "206 of '$range'"
	warned "Content-Range '$range'"
done
part '206 Partial Content' $half "$size" >"$tmp/then"
resumed '206 that does not say of what'
warned "Content-Range ''"
part '416 No' $half "$size" >"$tmp/then"
resumed '416'
warned 'answered 416'
part '200 OK' 0 $((half / 2)) 'ETag: "v1"' >"$tmp/then"
resumed 'nothing new in the second'
warned 'the connection ends'
for tag in 'W/"v1"' v1 ''; do
	part '200 OK' 0 $half "ETag: $tag" >"$tmp/first"
	resumed "no use of the ETag '$tag'"
	said 'warning: bundle '
	check 'it is not asked for again' sh -c '! grep -q "trying again" "$1"' sh "$tmp/said"
done
part '206 Partial Content' 0 "$size" "Content-Range: bytes 0-$((size - 1))/$size" 'ETag: "v1"' >"$tmp/first"
resumed '206 that was not asked for'
warned 'answered 206, 200 was expected'

# What the server offers. git speaks of it from 2.40 on: what it says of everything else is its own, the rest
# is as gitprotocol-v2 has it.
pkt() { printf '%04x%s\n' $((${#1} + 5)) "$1"; }
upload_pack() { GIT_PROTOCOL=version=2 git upload-pack --strict --stateless-rpc "$@" "$tmp/served/r.git"; }
# answer TYPE <BODY: all of an answer.
answer() {
	cat >"$tmp/body"
	printf 'HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n' "$1" "$(wc -c <"$tmp/body")"
	cat "$tmp/body"
}
kind=application/x-git-upload-pack
{ pkt '# service=git-upload-pack' && printf 0000 && upload_pack --advertise-refs | head -c -4 && pkt bundle-uri && printf 0000; } |
	answer $kind-advertisement >"$tmp/advertised"
{ pkt command=ls-refs && printf 0001 && pkt peel && pkt symrefs && printf 0000; } | upload_pack | answer $kind-result >"$tmp/listed"
{
	pkt command=fetch && printf 0001 && pkt ofs-delta
	git -C "$tmp/served/r.git" for-each-ref --format='want %(objectname)' | while read -r line; do pkt "$line"; done
	pkt done && printf 0000
} | upload_pack | answer $kind-result >"$tmp/packed"
git_url_before=$git_url
# offer [KEY=VALUE...]: the server's list.
offer() { { for pair in "$@"; do pkt "$pair"; done && printf 0000; } | answer $kind-result >"$tmp/offered"; }
# offered NAME FILE [OPTION...]: a clone from a server that offers this, and then answers with FILE.
offered() {
	name=$1 then=$2
	shift 2
	serve --raw "$tmp/advertised" --raw "$tmp/listed" --raw "$tmp/offered" --raw "$then" --raw /dev/null --heads "$tmp/offer.heads.$count"
	git_url=$url/r.git
	as_without "$name" "$@"
	git_url=$git_url_before
}
git config --global transfer.bundleURI true
offer bundle.version=1 bundle.mode=all "bundle.a.uri=$bundles/all.bundle"
offered 'an offer' /dev/null --trace="$tmp/offer.trace"
quiet
check 'it was asked for' grep -q '^C: .*command=bundle-uri' "$tmp/offer.trace"
offer bundle.version=1 bundle.mode=any bundle.heuristic=creationToken "bundle.b.uri=$bundles/nothing.bundle" bundle.b.creationToken=1 \
	"bundle.a.uri=$bundles/all.bundle" bundle.a.creationToken=2
offered 'any of two' /dev/null
said "nothing.bundle'"
answer text/plain <"$tmp/files/all.bundle" >"$tmp/bundle"
heads=$tmp/offer.heads.$count
offer bundle.version=1 bundle.mode=all bundle.a.uri=all.bundle
offered 'relative to the repository' "$tmp/bundle"
quiet
check 'below it' grep -q '^GET /r.git/all.bundle ' "$heads"
heads=$tmp/offer.heads.$count
offer bundle.version=1 bundle.mode=all bundle.a.uri=/b/all.bundle
offered 'relative to the host' "$tmp/bundle"
quiet
check 'from its root' grep -q '^GET /b/all.bundle ' "$heads"
offer
offered 'an empty offer' "$tmp/packed"
quiet
{ pkt 'ERR not today' && printf 0000; } | answer $kind-result >"$tmp/offered"
offered 'ERR' "$tmp/packed"
said 'warning: bundles of the git server: the server says: not today'
for bad in bundle.version bundle.version=2 'bundle.mode=all' 'bundle.a.uri=' '=' 'bundle.a.creationToken=x'; do
	offer "$bad" bundle.x.uri=x
	offered "R10: the offer '$bad'" "$tmp/packed"
	said 'warning: bundles of the git server: '
done
{ pkt bundle.version=1 && printf 0001; } | answer $kind-result >"$tmp/offered"
offered 'R6: a delimiter in it' "$tmp/packed"
said 'a delimiter'
printf 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n' >"$tmp/offered"
offered 'the server fails when it is asked' "$tmp/packed"
said 'the server failed with 500'
offer bundle.version=1 bundle.mode=all "bundle.a.uri=$bundles/all.bundle"
serve --raw "$tmp/advertised" --raw "$tmp/listed" --raw "$tmp/bundle" --raw "$tmp/packed" --raw /dev/null
git_url=$url/r.git
rm "$tmp/offer.trace"
as_without '--bundle-uri counts more than an offer' --bundle-uri "$url/own.bundle" --trace="$tmp/offer.trace"
git_url=$git_url_before
check 'so that it is not asked for' sh -c '! grep -q command=bundle-uri "$1"' sh "$tmp/offer.trace"
rm "$tmp/offer.trace"
as_without 'a server that offers nothing' --trace="$tmp/offer.trace"
quiet
check 'is not asked' sh -c '! grep -q command=bundle-uri "$1"' sh "$tmp/offer.trace"
git config --global transfer.bundleURI false
serve --raw "$tmp/advertised" --raw "$tmp/listed" --raw "$tmp/packed" --raw /dev/null
git_url=$url/r.git
rm "$tmp/offer.trace"
as_without 'R10: an offer that nobody wants' --trace="$tmp/offer.trace"
git_url=$git_url_before
check 'is not asked for' sh -c '! grep -q command=bundle-uri "$1"' sh "$tmp/offer.trace"
git config --global --unset transfer.bundleURI

# TLS is verified as ever.
certificate
serve --files "$tmp/files" --tls "$cert" "$key"
as_without 'no certificate to trust' --bundle-uri "$url/most.bundle"
said 'warning: bundle '
all
as_without 'https' --bundle-uri "$url/most.bundle" --cacert "$cert"
quiet
fewer
serve --tls "$cert" "$key" --redirect / "$bundles/"
as_without 'a redirect from https to http' --bundle-uri "$url/most.bundle" --cacert "$cert"
warned 'from https to http'
serve --files "$tmp/files" --tls "$cert" "$key"
list odd bundle.mode=all bundle.a.uri="$bundles/most.bundle"
as_without 'a list that leads from https to http' --bundle-uri "$url/odd" --cacert "$cert"
warned 'from https to http'

kill "$server" 2>/dev/null
wait "$server" 2>/dev/null
as_without 'a server that is away' --bundle-uri "$url/most.bundle"
said 'warning: bundle '
all

check_fails 2 'with --depth' clone --depth 1 --bundle-uri="$bundles/most.bundle" "$git_url" "$tmp/never"
said '--bundle-uri and --depth cannot go together'
check_fails 2 'a local file' clone --bundle-uri="$tmp/files/most.bundle" "$git_url" "$tmp/never"
said 'bundle URI: '
check_fails 2 'a password in the URL' clone --bundle-uri="http://u:s3cret@127.0.0.1/x" "$git_url" "$tmp/never"
said 'no user or password'
check 'it is not shown' sh -c '! grep -q s3cret "$1"' sh "$tmp/check.log"
check 'nothing is left' test ! -e "$tmp/never"
finish
