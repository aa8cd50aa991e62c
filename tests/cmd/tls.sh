# SPDX-License-Identifier: MIT
# T1-T4 end to end: which servers are taken, which are refused and in what words.
. "${0%/*}/lib.sh"
certs=$BUILD/certs
sh fixtures/certs/make-certs.sh "$certs" || exit 2
fixture four-objects
tls13=$("$SMIDGIT" version -v | grep -c 'TLS 1\.3')

# tls NAME [OPTION...]: a server with this certificate
tls() {
	tls_name=$1
	shift
	rm -f "$tmp/log"
	serve --tls "$certs/$tls_name.pem" "$certs/$tls_name.key" --log "$tmp/log" "$@"
	address=https://127.0.0.1:$port
}
list() {
	"$SMIDGIT" ls-remote "$@"
}
# refused NAME SENTENCE [URL [CA]]: by its own sentence, before a byte of a request is sent
refused() {
	rm -f "$tmp/log"
	check_fails 4 "refused: $1" list --cacert "${4:-$certs/root.pem}" "${3:-$url}/four-objects.git"
	said "$2"
	check "nothing is sent: $1" test ! -e "$tmp/log"
}
# other_server OPTION...: openssl's, for what ours cannot do; $port, its words in $tmp/openssl
other_server() {
	: >"$tmp/openssl"
	openssl s_server -accept 127.0.0.1:0 -www "$@" >>"$tmp/openssl" 2>&1 </dev/null &
	server=$!
	servers="$servers $server"
	until port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$tmp/openssl") && [ -n "$port" ]; do
		kill -0 "$server" 2>/dev/null || {
			not_ok "openssl s_server $*: $(cat "$tmp/openssl")"
			port=1
			break
		}
		sleep 0.02
	done
	url=https://localhost:$port address=https://127.0.0.1:$port
	rm -f "$tmp/log"
}
refuses() {
	tls "$1"
	refused "$1" "$2" "$url" "${3:-}"
	stop_servers
}

# Taken.
for name in good good-rsa; do
	tls $name
	check "$name by name" list --cacert "$certs/root.pem" "$url/four-objects.git"
	check "$name by address" list --cacert "$certs/root.pem" "$address/four-objects.git"
	check "$name: a trusted certificate among many" \
		list --cacert "$certs/bundle.pem" "$url/four-objects.git"
	stop_servers
done
tls good --max-tls 1.2
check 'TLS 1.2' list --cacert "$certs/root.pem" --trace="$tmp/trace" "$url/four-objects.git"
check 'TLS 1.2 it is' grep -q '^== connected to localhost port [0-9]*, TLS 1\.2, TLS_ECDHE_' "$tmp/trace"
stop_servers
if [ "$tls13" -gt 0 ]; then
	tls good
	check 'TLS 1.3' list --cacert "$certs/root.pem" --trace="$tmp/trace13" "$url/four-objects.git"
	check 'TLS 1.3 it is' grep -q '^== connected to localhost port [0-9]*, TLS 1\.3, TLS_' "$tmp/trace13"
	stop_servers
fi
# mbedTLS issue 10668: it refused such servers when they took PSS
other_server -cert "$certs/good-rsa.crt" -key "$certs/good-rsa.key" -cert_chain "$certs/middle.crt" -tls1_2
check_fails 7 'TLS 1.2 and RSA, by OpenSSL: an answer' list --cacert "$certs/root.pem" "$url/x.git"
said 'text/html'
stop_servers

# T1: names.
tls wrong-name
refused wrong-name "wrong name: the certificate is for other.example, *.third.example, 192.0.2.7, not for 'localhost'"
refused 'wrong address' "not for '127.0.0.1'" "$address"
stop_servers
refuses only-cn 'its common name does not count'
tls only-cn-address
refused 'address in CN' 'its common name does not count' "$address"
stop_servers
tls name-no-address
refused 'address as dNSName' "the certificate has '127.0.0.1' as a DNS name, but for an address only an iPAddress" "$address"
check 'its name is right' list --cacert "$certs/root.pem" "$url/four-objects.git"
stop_servers
tls address-no-name
refused 'name, but only an address is certified' "for 127.0.0.1, not for 'localhost'"
check 'its address is right' list --cacert "$certs/root.pem" "$address/four-objects.git"
stop_servers
refuses nul-name 'a NUL byte in it, which is a known trick: localhost^@.evil.example'
refuses wildcard "for *, l*, *.localhost, *host, not for 'localhost'"

# T2: time, trust, usage, strength.
refuses expired "expired: the certificate of 'CN=localhost' was valid until 2015-06-01 00:00 UTC; this machine's clock says 2"
refuses future "not yet valid: the certificate of 'CN=localhost' is valid from 2090-01-01 00:00 UTC; this machine's clock says 2"
refuses below-expired "expired: the certificate of 'CN=Old Intermediate"
refuses self-signed "self-signed: the server's certificate ('CN=localhost') was issued by itself"
refuses unknown-root "unknown issuer: 'CN=Other Root"
refuses unknown-issuer "unknown issuer: 'CN=Other Root"
refuses incomplete "incomplete chain: the server sent no certificate of its issuer 'CN=Test Intermediate"
refuses below-not-a-ca "issued by 'CN=Not An Authority', which is no certificate authority (CA:FALSE)"
refuses forged "bad signature: the trusted certificate 'CN=Test Root"
refuses below-too-deep "chain too long: 'CN=Short Path, O=smidgit tests' allows 0 authorities below it, there are 1"
refuses below-client-middle "wrong usage: the certificate of 'CN=Client Intermediate"
refuses sha1 "weak signature: the certificate of 'CN=localhost' is signed with SHA-1"
refuses md5 "weak signature: the certificate of 'CN=localhost' is signed with MD5" "$certs/rsa-root.pem"
refuses below-weak-root "weak key: 'CN=Weak Root, O=smidgit tests', which issued" "$certs/weak-root.pem"
tls rsa1024 --max-tls 1.2
refused rsa1024 "weak key: the certificate of 'CN=localhost' has a key of 1024 bits"
stop_servers
for name in client-only no-signing; do
	other_server -cert "$certs/$name.crt" -key "$certs/$name.key" -tls1_2 -cipher 'ALL:@SECLEVEL=0'
	refused $name "wrong usage: the certificate of 'CN=localhost' must not be used by a web server"
	stop_servers
done
if [ "$tls13" -gt 0 ]; then
	other_server -cert "$certs/client-only.crt" -key "$certs/client-only.key" -tls1_3
	refused 'client-only, TLS 1.3' 'wrong usage'
	stop_servers
fi
other_server -cert "$certs/good-rsa.pem" -key "$certs/good-rsa.key" -tls1_1 -cipher 'ALL:@SECLEVEL=0'
# Where 1.3 is offered too, the server says which it is; else that the ciphers are unknown to it.
if [ "$tls13" -gt 0 ]; then old='protocol too old'; else old='or shares no cipher that is still safe (alert 40'; fi
refused 'TLS 1.1' "$old"
stop_servers
for suite in NULL-SHA256 AES128-SHA AES128-GCM-SHA256 ECDHE-RSA-AES128-SHA; do
	other_server -cert "$certs/good-rsa.pem" -key "$certs/good-rsa.key" -tls1_2 -cipher "$suite:@SECLEVEL=0"
	refused "cipher $suite" 'or shares no cipher that is still safe'
	stop_servers
done

openssl genpkey -algorithm ED25519 -out "$tmp/ed.key"
openssl req -new -x509 -key "$tmp/ed.key" -subj /CN=localhost -days 30 -out "$tmp/ed.pem"
other_server -cert "$tmp/ed.pem" -key "$tmp/ed.key"
refused 'a key of another kind' 'a kind that is not taken here (Ed25519'
stop_servers
other_server -cert "$certs/good.pem" -key "$certs/good.key" -tls1_2 -Verify 1
refused 'a certificate from the client' 'wants a certificate from the client'
stop_servers
if [ "$tls13" = 0 ]; then
	other_server -cert "$certs/good.pem" -key "$certs/good.key" -tls1_3
	refused 'TLS 1.3 alone' 'the server wants TLS 1.3, which this build does not have'
	stop_servers
else
	other_server -cert "$certs/good.crt" -key "$certs/good.key" -cert_chain "$certs/middle.crt" -tls1_3 -Verify 1
	refused 'a certificate from the client, TLS 1.3' 'the server wants a certificate from the client (alert 116'
	stop_servers
fi
# A handshake message in several records: mbedTLS puts it together since 3.6.4.
other_server -cert "$certs/good.crt" -key "$certs/good.key" -cert_chain "$certs/middle.crt" -tls1_2 -max_send_frag 512
case $("$SMIDGIT" version -v) in
*'mbedTLS 2.'*) refused 'small records' 'in several small TLS records, perhaps); the static build has a later one' ;;
*) check_fails 7 'small records' list --cacert "$certs/root.pem" "$url/x.git" ;;
esac
stop_servers

# What a stranger can say instead of a handshake. answers NAME SENTENCE BYTES
answers() {
	printf "$3" >"$tmp/raw"
	serve --raw "$tmp/raw"
	url=https://localhost:$port
	refused "$1" "$2"
	stop_servers
}
random='\001\002\003\004\005\006\007\010\001\002\003\004\005\006\007\010\001\002\003\004\005\006\007\010\001\002\003\004\005\006\007\010'
if [ "$tls13" -gt 0 ]; then version='protocol too old'; else version='the server wants TLS 1.3, which this build does not have (alert 70'; fi
answers 'alert: protocol version' "$version" '\025\003\001\000\002\002\106'
answers 'ServerHello of TLS 1.1' 'protocol too old' "\026\003\002\000\052\002\000\000\046\003\002$random\000\300\023\000"
answers 'a suite never offered (RC4)' 'the TLS handshake failed' "\026\003\003\000\052\002\000\000\046\003\003$random\000\000\005\000"
answers 'plain HTTP' 'the server does not speak TLS on this port' 'HTTP/1.1 400 Bad Request\r\n\r\n'
answers 'nothing' 'the connection was cut in the TLS handshake' ''
answers 'half a record' 'the connection was cut in the TLS handshake' '\026\003\003\001'

# SNI: a name is sent, an address is not.
other_server -cert "$certs/good.crt" -key "$certs/good.key" -cert_chain "$certs/middle.crt" -tlsextdebug
list --cacert "$certs/root.pem" "$address/x.git" >/dev/null 2>&1
check 'no address in SNI' sh -c "! grep -q 'extension \"server name\"' '$tmp/openssl'"
list --cacert "$certs/root.pem" "$url/x.git" >/dev/null 2>&1
check 'the name in SNI' grep -q 'extension "server name"' "$tmp/openssl"
stop_servers

# Trust stores: their order, and T3.
tls good
repo=$url/four-objects.git
check_fails 4 'the test root is not trusted by the system' list "$repo"
check 'GIT_SSL_CAINFO' env GIT_SSL_CAINFO="$certs/root.pem" "$SMIDGIT" ls-remote "$repo"
check 'SSL_CERT_FILE' env SSL_CERT_FILE="$certs/root.pem" "$SMIDGIT" ls-remote "$repo"
check 'SSL_CERT_DIR' env SSL_CERT_DIR="$certs/empty-dir:$certs/root-dir" "$SMIDGIT" ls-remote "$repo"
check '--cacert comes first' env GIT_SSL_CAINFO=/none SSL_CERT_FILE=/none SSL_CERT_DIR=/none \
	"$SMIDGIT" ls-remote --cacert "$certs/root.pem" "$repo"
check 'then GIT_SSL_CAINFO' env GIT_SSL_CAINFO="$certs/root.pem" SSL_CERT_FILE=/none SSL_CERT_DIR=/none \
	"$SMIDGIT" ls-remote "$repo"
check 'then SSL_CERT_FILE' env SSL_CERT_FILE="$certs/root.pem" SSL_CERT_DIR=/none "$SMIDGIT" ls-remote "$repo"
mkdir "$tmp/mixed"
cp "$certs/weak-root.pem" "$tmp/mixed/0123abcd.0"
cp "$certs/root.pem" "$tmp/mixed/ours.crt"
check 'GIT_SSL_CAPATH: every file counts' env GIT_SSL_CAPATH="$certs/empty-dir:$tmp/mixed" SSL_CERT_FILE=/none \
	"$SMIDGIT" ls-remote "$repo"
check 'GIT_SSL_CAPATH: hash names' env GIT_SSL_CAPATH="$certs/root-dir" "$SMIDGIT" ls-remote "$repo"
for both in "$certs/weak-root.pem $certs/root-dir" "$certs/root.pem $certs/empty-dir" "$certs/root.pem /none"; do
	check "GIT_SSL_CAINFO and GIT_SSL_CAPATH: $both" env GIT_SSL_CAINFO="${both% *}" GIT_SSL_CAPATH="${both#* }" \
		"$SMIDGIT" ls-remote "$repo"
done
check_fails 4 'GIT_SSL_CAINFO is missing' env GIT_SSL_CAINFO=/none GIT_SSL_CAPATH="$certs/root-dir" \
	"$SMIDGIT" ls-remote "$repo"
said "'/none' named by GIT_SSL_CAINFO"
check_fails 4 'GIT_SSL_CAPATH is missing' env GIT_SSL_CAPATH=/none "$SMIDGIT" ls-remote "$repo"
said "'/none' named by GIT_SSL_CAPATH"
check_fails 4 '--cacert and no others' env GIT_SSL_CAPATH="$certs/root-dir" \
	"$SMIDGIT" ls-remote --cacert "$certs/weak-root.pem" "$repo"
check 'empty settings are none' env GIT_SSL_CAINFO= SSL_CERT_FILE="$certs/root.pem" "$SMIDGIT" ls-remote "$repo"
check_fails 4 'GIT_SSL_CAINFO without the root' \
	env GIT_SSL_CAINFO="$certs/weak-root.pem" SSL_CERT_FILE="$certs/root.pem" "$SMIDGIT" ls-remote "$repo"
said 'unknown issuer'
refused 'CA file missing' "cannot read the trusted certificates in '/none/ca.pem' named by --cacert: No such file" "$url" /none/ca.pem
refused 'CA file empty' "the file '$certs/empty.pem' named by --cacert is empty" "$url" "$certs/empty.pem"
refused 'CA file garbage' 'holds no certificate in PEM form' "$url" "$certs/garbage.pem"
refused 'CA file broken' 'holds no certificate in PEM form' "$url" "$certs/broken.pem"
refused 'CA file is a directory' 'Is a directory' "$url" "$certs/root-dir"
check_fails 4 'CA directory missing' env SSL_CERT_DIR=/none "$SMIDGIT" ls-remote "$repo"
said "cannot read the trusted certificates in '/none' named by SSL_CERT_DIR"
check_fails 4 'CA directory empty' env SSL_CERT_DIR="$certs/empty-dir" "$SMIDGIT" ls-remote "$repo"
said 'named by SSL_CERT_DIR is empty'
stop_servers
tls self-signed
check 'a self-signed certificate can be trusted' list --cacert "$certs/self-signed.pem" "$url/four-objects.git"
check '--insecure' list --insecure "$url/four-objects.git"
stop_servers

# T4: a stream that was cut is not at its end.
tls good --until-close --cut 60
check_fails 3 'cut without close_notify' list --cacert "$certs/root.pem" "$url/four-objects.git"
said 'the connection was cut: it ended without'
stop_servers

# H7: whoever drips gets no further than the deadline of the handshake.
serve --silent
check_fails 3 'a silent handshake' list --connect-timeout 1 "https://localhost:$port/r.git"
said 'the TLS handshake did not end within 1000 ms'
stop_servers
# Nor does whoever has only warnings to say.
tls good --max-tls 1.2 --drip 50 --warn
check_fails 3 'warnings without end' list --cacert "$certs/root.pem" --idle-timeout 1 "$url/four-objects.git"
said 'the wait for its answer did not end within 2000 ms (twice --idle-timeout)'
stop_servers

# T3: the time by hand.
tls good
repo=$url/four-objects.git
at_date() {
	"$SMIDGIT" ls-remote --cacert "$certs/root.pem" --date "$1" "$repo"
}
check '--date now' at_date "@$(date +%s)"
check_fails 4 '--date: later' at_date @4102444800
said '--date says 2100-01-01 00:00 UTC'
check_fails 4 '--date: earlier, which then counts' at_date @86400
said 'not yet valid: '
said '--date says 1970-01-02 00:00 UTC'
for date in 86400 @ @-1 @1x @1099511627776; do check_fails 2 "--date $date" at_date "$date"; done

# Pinned keys.
pin_of() {
	printf 'sha256//'
	openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64
}
pin=$(pin_of "$certs/good.pem") other=sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
check 'the right pin' "$SMIDGIT" ls-remote --cacert "$certs/root.pem" --pinnedpubkey "$pin" "$repo"
check 'one of two pins' "$SMIDGIT" ls-remote --cacert "$certs/root.pem" --pinnedpubkey "$other;$pin" "$repo"
check_fails 4 'the wrong pin' "$SMIDGIT" ls-remote --cacert "$certs/root.pem" --pinnedpubkey "$other" "$repo"
said "wrong key: the server's public key is $pin"
check_fails 4 'a pin does not replace the chain' "$SMIDGIT" ls-remote --cacert "$certs/weak-root.pem" --pinnedpubkey "$pin" "$repo"
check 'the pin alone' "$SMIDGIT" ls-remote --insecure --pinnedpubkey "$pin" "$repo"
said 'only the key is verified'
check_fails 4 'the wrong pin alone' "$SMIDGIT" ls-remote --insecure --pinnedpubkey "$other" "$repo"
for bad in sha256// "$pin;" "sha1//$pin" "${pin}x" "$(printf %s "$pin" | tr '=' A)"; do
	check_fails 2 "no pin: $bad" "$SMIDGIT" ls-remote --pinnedpubkey "$bad" "$repo"
done
stop_servers

# T3, T4: a world that is out of order.
world=$tmp/world.so
in_world() {
	env LD_PRELOAD="$world" "$@" "$SMIDGIT" ls-remote --cacert "$certs/root.pem" "$repo"
}
if [ -n "${SANITIZE:-}" ]; then
	echo 'left out: clock, entropy and memory, the sanitizers do not go with LD_PRELOAD'
elif ! preload world; then
	not_ok 'tests/preload/world.c'
else
	tls good
	repo=$url/four-objects.git
	check 'a world that is in order' in_world
	check_fails 4 'clock in 2100' in_world WORLD_CLOCK=4102444800
	said 'expired: '
	said "this machine's clock says 2100-01-01 00:00 UTC"
	check 'a clock that was never set' in_world WORLD_CLOCK=86400
	check_fails 4 'no entropy' in_world WORLD_NO_ENTROPY=1
	said 'no entropy: for 30 seconds'
	check_fails 4 'no CA file' env LD_PRELOAD="$world" WORLD_NO_CA=1 "$SMIDGIT" ls-remote "$repo"
	said 'looked for /etc/ssl/certs/ca-certificates.crt, /etc/pki/tls/certs/ca-bundle.crt, '
	calls=0
	while calls=$((calls + 1 + calls / 5)) && [ $calls -lt 1000000 ]; do
		in_world WORLD_CALLOCS=$calls >"$tmp/check.log" 2>&1 && break
		check_fails 9 "memory runs out after $calls pieces" in_world WORLD_CALLOCS=$calls
	done
	check 'memory is enough in the end' test $calls -lt 1000000
	stop_servers
	tls expired
	repo=$url/four-objects.git
	check_fails 4 'expired before this program was made, whatever the clock' in_world WORLD_CLOCK=1300000000
	said 'before this program was made, at 20'
	said 'clock says 2011-03-13'
	stop_servers
	tls future
	repo=$url/four-objects.git
	check 'T3: not yet valid does not count without a clock' in_world WORLD_CLOCK=86400
	stop_servers
fi
finish
