# SPDX-License-Identifier: MIT
# Ways to log in besides a name and a password: tokens by Bearer, certificates of clients. That each secret stays where it
# belongs (C1, C2).
. "${0%/*}/lib.sh"
fixture four-objects
certificate
token='token-Zx4/a+b='
printf '%s\n' "$token" >"$tmp/token"
serve --tls "$cert" "$key" --bearer "$token" --heads "$tmp/heads"
first=$url at=$url/four-objects.git

# bearer [FILE] OPTION...: with the token in FILE.
bearer() {
	bearer_file=$1
	shift
	"$SMIDGIT" "$@" --cacert "$cert" --auth bearer --password-fd 3 3<"$bearer_file"
}
hides() {
	if grep -F -q -e "$1" "$tmp/check.log"; then not_ok "C1: $check_name: says $1"; else ok; fi
}

check 'a token' bearer "$tmp/token" ls-remote "$at"
check 'the first request goes without' test "$(grep -c -i '^authorization:' "$tmp/heads")" -lt "$(grep -c '^Host:' "$tmp/heads")"
check 'it is sent as it is' grep -q -x -F "Authorization: Bearer $token$(printf '\r')" "$tmp/heads"
echo wrong-Qy9 >"$tmp/wrong"
check_fails 5 'a wrong token' bearer "$tmp/wrong" ls-remote "$at"
said "Authentication failed for '$at'"
hides wrong-Qy9
for bad in '' 'a b' "a$(printf '\001')b" "$(printf 'a\303\244')"; do
	printf '%s\n' "$bad" >"$tmp/wrong"
	check_fails 5 'what is no token' bearer "$tmp/wrong" ls-remote "$at"
	said 'a token is letters, digits and signs'
done
check_fails 2 'with a user name' bearer "$tmp/token" ls-remote --user me "$at"
check_fails 2 'without a token' "$SMIDGIT" ls-remote --auth bearer "$at"
check_fails 2 'another way' "$SMIDGIT" ls-remote --auth digest "$at"
said 'basic or bearer'
check_fails 2 'a password without a user name' "$SMIDGIT" ls-remote --password-fd 3 "$at"
check_fails 5 'Basic where Bearer is wanted' "$SMIDGIT" ls-remote --cacert "$cert" --auth basic "$at"
said 'Bearer with --auth bearer'
check 'a user name in the URL does not matter' bearer "$tmp/token" ls-remote "https://me:other@${at#https://}"

check 'clone' bearer "$tmp/token" clone -v "--trace=$tmp/trace" "$at" "$tmp/clone"
hides "$token"
check 'the trace has the header' grep -q '^C: Authorization: <redacted>$' "$tmp/trace"
check 'C1: not in the trace' sh -c "! grep -F -q -e '$token' '$tmp/trace'"
check 'C1: not in the clone' sh -c "! grep -r -F -q -e '$token' '$tmp/clone'"
check 'fetch' bearer "$tmp/token" -C "$tmp/clone" fetch
check 'export' bearer "$tmp/token" export -q "$at" "$tmp/export"

# To no other origin, and not in plain text.
serve --tls "$cert" "$key" --redirect / "$first/"
check_fails 5 'another origin gets no token' bearer "$tmp/token" ls-remote "$url/four-objects.git"
: >"$tmp/heads"
check_fails 5 'C1: nor does it get one' bearer "$tmp/token" ls-remote "$url/four-objects.git"
check 'C1: no token was sent there' sh -c "! grep -F -q -e '$token' '$tmp/heads'"
serve --bearer "$token"
check 'http on this machine' bearer "$tmp/token" ls-remote "$url/four-objects.git"
check_fails 5 'C1: no token by http' bearer "$tmp/token" ls-remote --resolve "example.org:$port:127.0.0.1" \
	"http://example.org:$port/four-objects.git"
said 'plain text'

# Certificates of clients. The first is signed by $cert, the test's authority; the second is not.
for name in mine other; do
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -subj "/CN=$name" \
		-keyout "$tmp/$name.key" -out "$tmp/$name.csr" 2>/dev/null
done
openssl x509 -req -in "$tmp/mine.csr" -CA "$cert" -CAkey "$key" -set_serial 7 -days 3650 -sha256 \
	-out "$tmp/mine.pem" 2>/dev/null
openssl x509 -req -in "$tmp/other.csr" -signkey "$tmp/other.key" -days 3650 -out "$tmp/other.pem" 2>/dev/null
cat "$tmp/mine.pem" "$tmp/mine.key" >"$tmp/both.pem"
keypass=pass-Kw3
openssl ec -in "$tmp/mine.key" -aes256 -passout "pass:$keypass" -out "$tmp/locked.key" 2>/dev/null
serve --tls "$cert" "$key" --client-ca "$cert"
at=$url/four-objects.git
check_fails 4 'no certificate' "$SMIDGIT" ls-remote --cacert "$cert" "$at"
check '--cert and --key' "$SMIDGIT" ls-remote --cacert "$cert" --cert "$tmp/mine.pem" --key "$tmp/mine.key" "$at"
check '--cert with the key in it' "$SMIDGIT" ls-remote --cacert "$cert" --cert "$tmp/both.pem" "$at"
check_fails 4 'an authority that the server does not know' "$SMIDGIT" ls-remote --cacert "$cert" \
	--cert "$tmp/other.pem" --key "$tmp/other.key" "$at"
check_fails 4 'a key of another certificate' "$SMIDGIT" ls-remote --cacert "$cert" --cert "$tmp/mine.pem" \
	--key "$tmp/other.key" "$at"
said "is not that of the certificate in '$tmp/mine.pem'"
check_fails 4 'no such certificate' "$SMIDGIT" ls-remote --cacert "$cert" --cert "$tmp/none" "$at"
said "there is no file '$tmp/none'"
check_fails 4 'no key' "$SMIDGIT" ls-remote --cacert "$cert" --cert "$tmp/mine.pem" "$at"
said "the client's key in '$tmp/mine.pem' cannot be read"
check_fails 2 'a key alone' "$SMIDGIT" ls-remote --key "$tmp/mine.key" "$at"
check 'http.sslCert, http.sslKey' "$SMIDGIT" -c "http.sslCert=$tmp/mine.pem" -c "http.$url.sslKey=$tmp/mine.key" ls-remote \
	--cacert "$cert" "$at"
check_fails 4 'http.sslCert of another URL' "$SMIDGIT" -c "http.$url/x.sslCert=$tmp/both.pem" ls-remote --cacert "$cert" "$at"
git -C "$tmp/clone" config http.sslCert "$tmp/both.pem"
check_fails 4 'P12: sslCert of a repository' "$SMIDGIT" -C "$tmp/clone" fetch --cacert "$cert" "$at"
said 'warning: http.sslCert is not heeded'
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$1" >>"%s"\necho "$SAY"\n' "$tmp/asked" >"$tmp/askpass"
chmod 700 "$tmp/askpass"
locked() {
	SAY=$1 GIT_ASKPASS=$tmp/askpass "$SMIDGIT" ls-remote --cacert "$cert" "--trace=$tmp/trace2" --cert "$tmp/mine.pem" --key "$tmp/locked.key" "$at"
}
check 'a key with a password' locked "$keypass"
echo "Password for 'cert:///$tmp/mine.pem': " >"$tmp/due"
check "git's question" same "$tmp/due" "$tmp/asked"
check 'C1: not in the trace' sh -c "! grep -F -q -e '$keypass' '$tmp/trace2'"
check_fails 4 'a wrong password' locked wrong
said "wrong password for the client's key"
openssl pkcs8 -topk8 -in "$tmp/mine.key" -passout "pass:$keypass" -v2 des3 -out "$tmp/locked.key" 2>/dev/null
check 'a key with a password, PKCS 8' locked "$keypass"
check_fails 4 'a wrong password, PKCS 8' locked wrong
said "wrong password for the client's key"
check_fails 5 'nobody to ask' "$SMIDGIT" ls-remote --cacert "$cert" --cert "$tmp/mine.pem" --key "$tmp/locked.key" "$at"
said 'encrypted'
second=$url
serve --tls "$cert" "$key" --redirect / "$second/"
check_fails 4 'another origin does not see the certificate' "$SMIDGIT" ls-remote --cacert "$cert" --cert "$tmp/both.pem" \
	"$url/four-objects.git"
finish
