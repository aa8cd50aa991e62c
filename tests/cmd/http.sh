# SPDX-License-Identifier: MIT
# What of HTTP a person meets: both protocol versions, bodies by length, chunked and until close,
# the conversation in --trace.
. "${0%/*}/lib.sh"
fixture four-objects many-refs

for how in '' --chunked --until-close --version-0; do
	# shellcheck disable=SC2086
	serve $how
	"$SMIDGIT" ls-remote --trace="$tmp/trace$how" "$url/many-refs.git" >"$tmp/ours" 2>"$tmp/errors"
	git ls-remote "$url/many-refs.git" >"$tmp/theirs" 2>/dev/null
	check "as git, server $how" same "$tmp/theirs" "$tmp/ours"
	check "no errors, server $how" test ! -s "$tmp/errors"
	stop_servers
done

check 'the request' grep -q \
	'^C: GET /many-refs.git/info/refs?service=git-upload-pack HTTP/1.1$' "$tmp/trace"
check 'version 2 is asked for' grep -q '^C: Git-Protocol: version=2$' "$tmp/trace"
check 'version 2 is answered' grep -q '^S: 000eversion 2\\n$' "$tmp/trace"
check 'ls-refs' grep -q '^C: 0014command=ls-refs\\n$' "$tmp/trace"
check 'one connection' test "$(grep -c '^== connected' "$tmp/trace")" = 1
check 'version 0 is answered' sh -c "! grep -q 'version 2' '$tmp/trace--version-0' || grep -q '^S: .*HEAD.0' '$tmp/trace--version-0'"

serve
check_fails 6 'no repository' "$SMIDGIT" ls-remote "$url/none.git"
said "repository '$url/none.git' not found"
check '--protocol 0' "$SMIDGIT" ls-remote --protocol 0 --trace="$tmp/trace0" "$url/many-refs.git"
check 'no version is asked for then' sh -c "! grep -q Git-Protocol '$tmp/trace0'"
check_fails 9 'R5: --max-refs' "$SMIDGIT" ls-remote --max-refs 1k "$url/many-refs.git"
check 'SMIDGIT_TRACE' env "SMIDGIT_TRACE=$tmp/trace1" "$SMIDGIT" ls-remote "$url/four-objects.git"
check 'it was written' grep -q '^S: 0000$' "$tmp/trace1"
check 'a clone with --trace' "$SMIDGIT" clone -q --trace="$tmp/trace2" "$url/four-objects.git" "$tmp/c"
check 'pack bytes are summed up' grep -q '^S: PACK \.\.\. [1-9][0-9]* bytes of pack data$' \
	"$tmp/trace2"
check 'clone on one connection' test "$(grep -c '^== connected' "$tmp/trace2")" = 1
stop_servers

# answer CLASS SENTENCE OPTION...: what is said when the server answers so
answer() {
	answer_class=$1 answer_text=$2
	shift 2
	serve "$@"
	check_fails "$answer_class" "$*" "$SMIDGIT" ls-remote "$url/r.git"
	said "$answer_text"
	stop_servers
}
printf '<html>\n' >"$tmp/page"
printf '1111111111111111111111111111111111111111\trefs/heads/m\n' >"$tmp/dumb"
printf 'App passwords are deprecated\r\n\033]0;title\007\n' >"$tmp/words"
answer 7 'not a git repository: the server answered text/html' \
	--status 200 --header 'Content-Type: text/html' --body "$tmp/page"
answer 6 'dumb server' --status 200 --header 'Content-Type: text/plain' --body "$tmp/dumb"
answer 6 'remote: App passwords are deprecated' \
	--status 410 --header 'Content-Type: text/plain' --body "$tmp/words"
answer 6 'remote: ^[]0;title^G' \
	--status 410 --header 'Content-Type: text/plain' --body "$tmp/words"
answer 5 'Bitbucket Data Center' --status 403 --header 'X-AREQUESTID: @1'
answer 5 'is denied (403)' --status 403
answer 6 'answered 429' --status 429 --header 'Retry-After: 99999999'
answer 6 'failed with 500' --status 500
answer 6 'answered 204' --status 204
answer 6 'redirects' --redirect / /

serve --redirect /x/y/ ../../../../
check 'H10: a redirect relative to the request' "$SMIDGIT" ls-remote "$url/x/y/four-objects.git"
said refs/heads/
stop_servers

# H7: whoever drips is given up: in the head, in the references, in empty packets before the pack and
# in it. The next file of --raw is on a connection of its own.
repo=four-objects.git
serve --drip 20
check_fails 3 'H7: a dripping head' "$SMIDGIT" ls-remote --idle-timeout 0.5 "$url/$repo"
said ': the head of its answer did not end within 500 ms (--idle-timeout)'
stop_servers
serve --drip 20 --drip-from 400
check_fails 3 'H7: dripping references' "$SMIDGIT" ls-remote --min-rate 1000 --min-rate-time 0.1 "$url/$repo"
said ' is too slow: '
said ', at least 100 were due (--min-rate)'
stop_servers
id=$(git -C "$FIXTURES/$repo" rev-parse HEAD)
refs=$(printf '%s HEAD\0side-band-64k' "$id" | wc -c)
{
	printf 'HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\nContent-Length: %d\r\n\r\n' $((refs + 42))
	printf '001e# service=git-upload-pack\n0000%04x%s HEAD\0side-band-64k0000' $((refs + 4)) "$id"
} >"$tmp/refs"
# Some servers send a body where they say that there is none: it is not taken for the next answer.
printf 'HTTP/1.1 302 Found\r\nLocation: /y.git/info/refs?service=git-upload-pack\r\nContent-Length: 0\r\n\r\n<html>moved\n' \
	>"$tmp/moved"
serve --raw "$tmp/moved" --raw "$tmp/refs"
check 'a redirect with a body that it denies' "$SMIDGIT" ls-remote "$url/x.git"
said "$id	HEAD"
stop_servers
head='HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 104\r\n\r\n'
# shellcheck disable=SC2059
printf "$head" >"$tmp/none" && head_size=$(wc -c <"$tmp/none")
printf '%0100d end' 0 >>"$tmp/none"
serve --raw "$tmp/none" --drip 20 --drip-from "$head_size"
check_fails 6 'H7: the dripping body of a refusal' "$SMIDGIT" ls-remote --idle-timeout 0.5 "$url/$repo"
said "repository '$url/$repo' not found"
check 'its end is not waited for' test -z "$(grep end "$tmp/check.log")"
stop_servers
answer() {
	printf 'HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-result\r\nConnection: close\r\n\r\n0008NAK\n'
}
empty='' && for n in 1 2 3 4 5 6 7 8; do empty="${empty}0005\\001"; done
# shellcheck disable=SC2059
{
	answer
	n=0
	while [ $n -lt 200 ]; do n=$((n + 1)) && printf "$empty"; done
} >"$tmp/empty"
# shellcheck disable=SC2059
{
	answer
	printf '0009\001PACK'
	for n in 1 2 3 4 5 6; do printf "$empty"; done
} >"$tmp/begun"
serve --raw "$tmp/refs" --raw "$tmp/empty" --drip 1 --drip-from 300
check_fails 3 'H7: empty packets, no pack' "$SMIDGIT" clone --idle-timeout 0.2 "$url/x.git" "$tmp/x"
said ': the wait for the pack did not end within 6000 ms (30 times --idle-timeout)'
serve --raw "$tmp/refs" --raw "$tmp/begun" --drip 20 --drip-from 300
check_fails 3 'H7: empty packets in the pack' "$SMIDGIT" clone --min-rate 20 --min-rate-time 0.2 "$url/x.git" "$tmp/x"
said ' is too slow: '
said ' bytes in 200 ms, at least 4 were due (--min-rate)'
stop_servers

# Who has a realm gets its help, after the sentence about the refusal.
realm() {
	serve --realm "$1" --user alice --password right
	check_fails 5 "realm $1" "$SMIDGIT" ls-remote "http://alice:wrong@${url#*//}/four-objects.git"
	cp "$tmp/check.log" "$tmp/refusal"
	hints=$(sed -n 's/^hint: //p' "$tmp/refusal" | tr '\n' ' ')
	check "realm $1: the refusal" grep -q -x "fatal: Authentication failed for '$url/four-objects.git'" "$tmp/refusal"
	check "realm $1: what helps" test "${hints#*"$2"}" != "$hints"
	stop_servers
}
realm Gitea 'Gitea and Forgejo want an access token'
realm 'Atlassian Bitbucket' 'HTTP access token'
realm 'Bitbucket.org HTTP' 'scope read:repository:bitbucket'
realm GitHub 'personal access token'
realm GitLab 'scope read_repository'
# --resolve: no name server is asked.
serve
resolved() {
	rule=$1
	shift
	"$SMIDGIT" ls-remote --resolve "$rule" "$@"
}
there=http://git.example.org:$port/four-objects.git
check 'resolve' resolved "git.example.org:$port:127.0.0.1" "$there"
check 'resolve: any case' resolved "Git.Example.ORG:$port:127.0.0.1" "$there"
check 'resolve: any host' resolved "*:$port:127.0.0.1" "$there"
check 'resolve: the second address' resolved "git.example.org:$port:127.0.0.2,127.0.0.1" "$there" \
	--connect-timeout 5
check 'resolve: the second rule' resolved 'git.example.org:1:127.0.0.9' \
	--resolve "git.example.org:$port:127.0.0.1" "$there"
check_fails 3 'resolve: in brackets, nobody there' resolved "git.example.org:$port:[::1]" "$there"
said 'cannot connect to git.example.org:'
for rule in '' x x:1 x:1: ":$port:127.0.0.1" x:0:127.0.0.1 x:65536:127.0.0.1 x:1:name x:1:1.2.3.4, 'x:1:[1.2.3.4'; do
	check_fails 2 "resolve: '$rule'" resolved "$rule" "$there"
done
stop_servers


# Interrupted before the wait that a server asks for.
printf 'HTTP/1.1 429 Slow\r\nRetry-After: 9\r\nContent-Length: 9\r\n\r\n' >"$tmp/slow"
serve --raw "$tmp/slow" --raw "$tmp/slow"
"$SMIDGIT" ls-remote --trace="$tmp/trace3" "$url/x.git" 2>"$tmp/check.log" &
client=$!
until grep -q '^S: Retry-After' "$tmp/trace3" 2>/dev/null; do sleep 0.02; done
kill $client
wait $client
check 'interrupted in the body of a refusal' test $? -eq 143
check 'nothing is waited for' test -z "$(grep 'waiting 9 s' "$tmp/trace3")"
stop_servers

# A refusal that comes while the request is still on its way counts, though the rest of it cannot be sent.
if [ -n "${SANITIZE:-}" ]; then
	echo 'left out: an early refusal, the sanitizers do not go with LD_PRELOAD'
	finish
fi
check 'tests/preload/short.c' preload short
{
	printf '001e# service=git-upload-pack\n0000%04x%s HEAD\0side-band-64k' $((refs + 4)) "$id"
	n=1000 && while [ $n -lt 1400 ]; do n=$((n + 1)) && printf '003e%040d refs/heads/b%04d\n' $n $n; done
	printf 0000
} >"$tmp/body"
{
	printf 'HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\nContent-Length: %d\r\n\r\n' \
		"$(wc -c <"$tmp/body")"
	cat "$tmp/body"
} >"$tmp/refs"
printf 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n' >"$tmp/large"
serve --raw "$tmp/refs" --raw "$tmp/large"
check_fails 6 'an early refusal' env REFUSED=8192 LD_PRELOAD="$tmp/short.so" "$SMIDGIT" clone "$url/x.git" "$tmp/x"
said 'the server answered 413, 200 was expected'
stop_servers
finish
