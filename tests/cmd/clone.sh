# SPDX-License-Identifier: MIT
# `smidgit clone` against `git clone`: every fixture repository, both protocol versions, all ways
# in which a server sends a body, with and without TLS and Basic auth, every option.
. "${0%/*}/lib.sh"
. "${0%/*}/oracle.sh"
all='four-objects many-refs names many-files kinds empty unborn detached octopus odd history
	ref-deltas reversed deep-chain shallow'
fixture $all

echo 'every fixture, version 2, plain http'
serve
for name in $all; do oracle "$name" "$url/$name.git"; done

echo 'every fixture, version 0, but for what is about files and deltas, and takes longest'
protocol=0
serve --version-0
for name in $all; do case $name in many-files | deep-chain) ;; *) oracle "$name v0" "$url/$name.git" ;; esac; done
oracle 'depth v0' "$url/history.git" --depth 1
oracle 'depth 3 v0' "$url/octopus.git" --depth 3
oracle 'branch v0' "$url/octopus.git" -b octopus
oracle 'single branch v0' "$url/many-refs.git" --single-branch
stop_servers
protocol=2

echo 'bodies until close and chunked'
serve --until-close
oracle 'until close' "$url/history.git"
serve --chunked
oracle 'chunked' "$url/history.git"
stop_servers

echo 'options'
serve_remembering
oracle 'branch' "$url/many-refs.git" -b topic/017
oracle 'branch that begins with -' "$url/many-refs.git" --branch=-x
oracle 'annotated tag' "$url/octopus.git" -b octopus
oracle 'light tag' "$url/many-refs.git" -b v1.1
oracle 'depth 1' "$url/history.git" --depth 1
oracle 'depth 3' "$url/octopus.git" --depth=3
oracle 'depth 1, branch' "$url/many-refs.git" --depth 1 -b topic/100
oracle 'depth 1, tag' "$url/octopus.git" --depth 1 -b octopus
oracle 'depth, all branches' "$url/octopus.git" --depth 1 --no-single-branch
oracle 'depth deeper than the history' "$url/octopus.git" --depth 100
oracle 'single branch' "$url/many-refs.git" --single-branch
oracle 'single branch, named' "$url/many-refs.git" --single-branch -b topic/005
oracle 'no tags' "$url/many-refs.git" --no-tags
oracle 'no tags, single branch' "$url/octopus.git" --no-tags --single-branch
oracle 'origin' "$url/octopus.git" -o upstream
oracle 'bare' "$url/many-refs.git" --bare
oracle 'mirror' "$url/many-refs.git" --mirror
oracle 'bare, detached' "$url/detached.git" --bare
oracle 'bare, empty' "$url/empty.git" --bare
oracle 'mirror, unborn' "$url/unborn.git" --mirror
oracle 'no checkout' "$url/kinds.git" -n
oracle 'no checkout in full' "$url/kinds.git" --no-checkout
oracle 'zero-padded modes' "$url/odd.git" -b padded

echo 'a full object id'
id=$(git -C "$FIXTURES/octopus.git" rev-parse trunk)
check 'clone by id' "$SMIDGIT" clone -q -b "$id" "$url/octopus.git" "$tmp/by-id"
check 'by id: HEAD' test "$(cat "$tmp/by-id/.git/HEAD")" = "$id"
check 'by id: status' test -z "$(git -C "$tmp/by-id" status --porcelain)"
check 'by id: fsck' git -C "$tmp/by-id" fsck --full --strict

echo 'targets'
cd "$tmp" || exit 2
check 'name from the URL' "$SMIDGIT" clone -q "$url/four-objects.git/"
check 'name from the URL: there' test -f four-objects/docs/greeting.txt
mkdir here given
check 'an empty directory' "$SMIDGIT" clone -q "$url/kinds.git" given
check 'an empty directory: status' test -z "$(git -C given status --porcelain)"
check 'the current directory' sh -c 'cd here && "$SMIDGIT" clone -q "$1" .' sh "$url/kinds.git"
check '.: status' test -z "$(git -C here status --porcelain)"
mkdir behind && ln -s behind link
check 'a link to an empty directory' "$SMIDGIT" clone -q "$url/kinds.git" link
check 'link: there' test -f behind/.git/HEAD
check 'directories on the way' "$SMIDGIT" clone -q "$url/four-objects.git" a/b/c
check 'a/b/c: there' test -f a/b/c/docs/greeting.txt
mkdir full && echo keep >full/file
check_fails 8 'a directory that is not empty' "$SMIDGIT" clone "$url/four-objects.git" full
said "already exists and is not an empty directory"
check 'full: as it was' test "$(ls -A full)" = file
echo keep >plain
check_fails 8 'a file' "$SMIDGIT" clone "$url/four-objects.git" plain
check 'plain: as it was' test "$(cat plain)" = keep
cp -r "$FIXTURES/four-objects.git" "$tmp/umask.git"
check 'umask' sh -c 'umask 077 && "$SMIDGIT" clone -q "$1" masked' sh "$url/kinds.git"
check 'umask: file' test "$(stat -c %a masked/empty)" = 600
check 'umask: executable' test "$(stat -c %a masked/run.sh)" = 700
mkdir nothing && cd nothing || exit 2

echo 'what it says'
check 'plain' "$SMIDGIT" clone "$url/four-objects.git"
said "Cloning into 'four-objects'..."
check 'bare' "$SMIDGIT" clone --bare "$url/four-objects.git"
said "Cloning into bare repository 'four-objects.git'..."
check 'empty' "$SMIDGIT" clone "$url/empty.git"
said 'warning: You appear to have cloned an empty repository.'
check 'quiet' "$SMIDGIT" clone -q "$url/octopus.git"
check 'quiet: silent' test ! -s "$tmp/check.log"
check 'progress' "$SMIDGIT" clone --progress "$url/four-objects.git" progress
said 'Receiving objects: 100% (4/4), '
said ', done.'
rm -rf ./*

echo 'refused: the address'
check_fails 2 'no URL' "$SMIDGIT" clone
check_fails 2 'unknown option' "$SMIDGIT" clone --no-such-option "$url/four-objects.git"
check_fails 2 'ssh' "$SMIDGIT" clone ssh://git@git.example.org/team/repo.git
said 'https://git.example.org/team/repo.git'
check_fails 2 'scp form' "$SMIDGIT" clone git@git.example.org:team/repo.git
said 'https://git.example.org/team/repo.git'
check_fails 2 'git://' "$SMIDGIT" clone git://git.example.org/team/repo.git
said 'https://git.example.org/team/repo.git'
check_fails 2 'local path' "$SMIDGIT" clone "$FIXTURES/four-objects.git"
said 'https://'
check_fails 2 'file://' "$SMIDGIT" clone "file://$FIXTURES/four-objects.git"
check_fails 2 'R13: LF in the URL' "$SMIDGIT" clone "$url/four%0aobjects.git"
check_fails 2 'R13: backslash' "$SMIDGIT" clone 'https://good\@evil/x.git'
check_fails 2 'R13: ? before @' "$SMIDGIT" clone 'https://good?@evil/x.git'
check_fails 2 'R13: host begins with -' "$SMIDGIT" clone https://-oProxy/x.git
check_fails 2 'P14: no directory name' "$SMIDGIT" clone "$url/.git"
check_fails 2 'P14: ..' "$SMIDGIT" clone "$url/.."
check_fails 2 'depth 0' "$SMIDGIT" clone --depth 0 "$url/four-objects.git"
check_fails 2 'depth x' "$SMIDGIT" clone --depth x "$url/four-objects.git"

echo 'refused: the answer'
check_fails 6 'no such repository' "$SMIDGIT" clone "$url/no-such.git"
check_fails 6 'no such branch' "$SMIDGIT" clone -b no-such "$url/four-objects.git"
said 'no-such'
check_fails 3 'nobody listens' "$SMIDGIT" clone http://127.0.0.1:1/x.git
stop_servers
printf '<html>Welcome</html>' >"$tmp/page"
serve --status 200 --body "$tmp/page" --header 'Content-Type: text/html'
check_fails 7 'a web page' "$SMIDGIT" clone "$url/four-objects.git"
said 'text/html'
stop_servers
serve --user anna --password secret
printf '#!/bin/sh\nkill -TERM "$PPID"\necho x\n' >"$tmp/killer"
chmod +x "$tmp/killer"
check_fails 143 'stopped by a signal' env GIT_ASKPASS="$tmp/killer" \
	"$SMIDGIT" clone "http://anna@${url#http://}/four-objects.git"
check 'nothing left behind' test -z "$(ls -A .)"
printf '#!/bin/sh\nfor signal in HUP INT TERM; do kill -s $signal "$PPID"; done\necho secret\n' >"$tmp/killer"
check 'nohup: signals that were ignored stay so' sh -c 'trap "" HUP INT TERM; GIT_ASKPASS=$1 exec "$SMIDGIT" clone "$2"' \
	sh "$tmp/killer" "http://anna@${url#http://}/four-objects.git"
rm -rf ./*
stop_servers

echo 'TLS and Basic auth'
certificate
cp -r "$FIXTURES/octopus.git" "$tmp/pushed.git"
git -C "$tmp/pushed.git" config http.receivepack true
mkdir "$tmp/root" && mv "$tmp/pushed.git" "$tmp/root/" && cp -r "$FIXTURES/history.git" "$tmp/root/"
serve --tls "$cert" "$key" --root "$tmp/root"
oracle 'https' "$url/history.git"
oracle 'https, pull and push' "$url/pushed.git"
oracle_follow 'https' "$url/pushed.git" "$tmp/root/pushed.git"
check_fails 4 'unknown issuer' "$SMIDGIT" clone "$url/history.git"
check '--insecure warns' "$SMIDGIT" clone -n --insecure "$url/history.git" "$tmp/insecure"
said 'warning'
check 'GIT_SSL_CAINFO' env GIT_SSL_CAINFO="$cert" "$SMIDGIT" clone -q -n "$url/history.git" "$tmp/ca1"
check 'SSL_CERT_FILE' env SSL_CERT_FILE="$cert" "$SMIDGIT" clone -q -n "$url/history.git" "$tmp/ca2"
stop_servers

serve --tls "$cert" "$key" --root "$tmp/root" --user anna --password 's3:cret/@'
base=$url
url=https://anna:s3%3Acret%2F%40@${base#https://}
check 'user info' "$SMIDGIT" clone --cacert "$cert" "$url/history.git" "$tmp/auth1"
check 'C2: user info is stripped, a user name can be a token too' \
	test "$(git -C "$tmp/auth1" config remote.origin.url)" = "$base/history.git"
check 'C1: not in the repository' sh -c '! grep -r -q -a "s3.*cret" "$1"' sh "$tmp/auth1/.git"
check_fails 5 'no credentials' "$SMIDGIT" clone --cacert "$cert" "$base/history.git" "$tmp/auth2"
check_fails 5 'wrong password' "$SMIDGIT" clone --cacert "$cert" \
	"https://anna:wrong@${base#https://}/history.git" "$tmp/auth3"
said "fatal: Authentication failed for '$base/history.git"
check 'nothing left of both' test ! -e "$tmp/auth2" -a ! -e "$tmp/auth3"
printf 's3:cret/@\n' >"$tmp/secret"
check '--user --password-fd' sh -c '"$SMIDGIT" clone --cacert "$1" --user anna --password-fd 3 "$2" "$3" 3<"$4"' \
	sh "$cert" "$base/history.git" "$tmp/auth4" "$tmp/secret"
printf 'machine localhost login anna password s3:cret/@\n' >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
check '.netrc' "$SMIDGIT" clone --cacert "$cert" "$base/history.git" "$tmp/auth5"
rm "$HOME/.netrc"
printf '#!/bin/sh\ncase $1 in Username*) echo anna ;; *) echo "s3:cret/@" ;; esac\n' >"$tmp/askpass"
chmod +x "$tmp/askpass"
check 'GIT_ASKPASS' env GIT_ASKPASS="$tmp/askpass" \
	"$SMIDGIT" clone --cacert "$cert" "$base/history.git" "$tmp/auth6"
check '--trace' env SMIDGIT_TRACE="$tmp/trace" \
	"$SMIDGIT" clone --cacert "$cert" "$url/history.git" "$tmp/auth7"
check 'trace: the request' grep -q '^C: GET /history.git/info/refs?service=git-upload-pack' "$tmp/trace"
check 'C1: trace without secrets' sh -c '! grep -q -e "s3.*cret" -e YW5uYTpzMzpjcmV0L0A "$1"' sh "$tmp/trace"
finish
