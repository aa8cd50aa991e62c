# SPDX-License-Identifier: MIT
# make CA_BUNDLE=FILE: the roots in FILE are trusted where there is no other trust store, as they are
# when they come from a file; what they cannot be cut down to is refused by the build.
. "${0%/*}/lib.sh"
certs=$BUILD/certs
sh fixtures/certs/make-certs.sh "$certs" || exit 2
fixture four-objects
debian=/etc/ssl/certs/ca-certificates.crt
unset MAKEFLAGS MFLAGS MAKELEVEL CA_BUNDLE VARIANT THREADS

bytes() {
	size "$1" | awk 'NR == 2 { print $1 + $2 + $3 }'
}
# list OPTION... URL: where no trust store is to be found
list() {
	env LD_PRELOAD="$tmp/world.so" WORLD_NO_CA=1 "$tmp/smidgit" ls-remote "$@"
}
tls() {
	stop_servers
	serve --tls "$certs/$1.pem" "$certs/$1.key"
	repo=$url/four-objects.git
}

check 'tests/preload/world.c' preload world
for root in root rsa-root p384-root old-root short-root root; do cat "$certs/$root.crt"; done >"$tmp/five.pem"
check 'five roots, one of them twice' build_with "$tmp/five.pem"
check 'version -v' "$tmp/smidgit" version -v
said "roots: 5 from five.pem, the newest of 2015-01-01, SHA-256 $(sha256sum "$tmp/five.pem" | cut -d ' ' -f 1)"
check 'version --roots' "$tmp/smidgit" version --roots
said '  P-384 Root, smidgit tests'
check 'each root is there once' test "$(grep -c ' Root, ' "$tmp/check.log")" -eq 5

for name in good below-rsa-root below-p384-root below-short-root; do
	tls $name
	check "built in: $name" list "$repo"
done
check 'a clone' env LD_PRELOAD="$tmp/world.so" WORLD_NO_CA=1 "$tmp/smidgit" clone "$repo" "$tmp/clone"
tls good
check_fails 4 '--cacert comes first' list --cacert "$certs/other-root.pem" "$repo"
said "unknown issuer: 'CN=Test Root"
check_fails 4 'SSL_CERT_FILE comes first' env SSL_CERT_FILE="$certs/other-root.pem" "$tmp/smidgit" ls-remote "$repo"
check_fails 4 'what is named and missing is not replaced' env SSL_CERT_FILE=/none "$tmp/smidgit" ls-remote "$repo"
if [ -e $debian ]; then
	check_fails 4 "the system's come first" "$tmp/smidgit" ls-remote "$repo"
	said "certificates in $debian"
fi
tls unknown-root
check_fails 4 'another root' list "$repo"
said "unknown issuer: 'CN=Other Root, O=smidgit tests' is not among the 5 trusted certificates in this program"
tls forged
check_fails 4 "the root's name without its key" list "$repo"
said "bad signature: the trusted certificate 'CN=Test Root, O=smidgit tests' in this program"
tls below-old-root
check_fails 4 'dates are kept' list "$repo"
said "expired: the certificate of 'CN=Old Root, O=smidgit tests' was valid until 2015-06-01 00:00 UTC"
check 'and judged by the clock' list --date @1430000000 "$repo"
check_fails 4 'from the first day on' list --date @1260000000 "$repo"
said "not yet valid: the certificate of 'CN="
tls two-below-short-root
check_fails 4 'path lengths are kept' list "$repo"
said "chain too long: 'CN=Short Root, O=smidgit tests' allows 0 authorities below it, there are 1"
tls wrong-name
check_fails 4 'names are checked' list "$repo"

# Another bundle, then none, in the same directory.
tls unknown-root
check 'another bundle' build_with "$certs/other-root.pem"
check 'its root' list "$repo"
tls good
check_fails 4 'not the former one' list "$repo"
if [ -e $debian ]; then
	check "Debian's bundle" build_with $debian
	with=$(bytes "$tmp/smidgit")
	check 'as many as there are' sh -c "\"$tmp/smidgit\" version -v | grep '^roots: '$(grep -c BEGIN $debian)"
fi
check 'no bundle' build_with ''
check 'none' sh -c "\"$tmp/smidgit\" version -v | grep '^roots: none'"
check_fails 4 'no trust at all' list "$repo"
for place in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem \
	/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem /etc/ssl/cert.pem /etc/ssl/certs,; do
	said "$place"
done
said 'none are built in'
if [ -e $debian ]; then
	without=$(bytes "$tmp/smidgit")
	check "Debian's roots take $((with - without)) bytes of at most 70000" test $((with - without)) -le 70000
	check 'they take some' test $((with - without)) -gt 10000
fi

# What cannot be built in: one sentence, and no file is left.
refuses() {
	rm -f "$tmp/table.c"
	check_fails 1 "refused: $1" env HOSTCC="${CC:-cc} $sanitize" src/build/roots.sh "$2" "$tmp/table.c"
	said "$3"
	check "nothing is made: $1" test ! -e "$tmp/table.c"
}
sanitize='-g -fsanitize=address,undefined -fno-sanitize-recover=undefined'
cat "$certs/root.pem" "$certs/client-only.pem" >"$tmp/second.pem"
cat "$certs/root.pem" "$certs/broken.pem" >"$tmp/broken.pem"
cat "$certs/root.pem" "$certs/no-limits-root.pem" >"$tmp/no-limits.pem"
refuses 'no authority' "$tmp/second.pem" "certificate 2 ('localhost') is no certificate authority: take it out"
refuses 'name constraints that are none' "$tmp/no-limits.pem" '1 of its 2 certificates cannot be read'
refuses 'key usage' "$certs/no-signing-root.pem" 'must not sign certificates (key usage)'
refuses 'a server' "$certs/self-signed.pem" "certificate 1 ('localhost') must not sign"
refuses 'critical extension' "$certs/odd-root.pem" 'has a critical extension that a built-in root cannot keep'
refuses 'broken' "$tmp/broken.pem" "CA_BUNDLE=$tmp/broken.pem: 1 of its 2 certificates cannot be read"
refuses 'empty' "$certs/empty.pem" 'is empty'
refuses 'no certificate' "$certs/garbage.pem" 'holds no certificate in PEM form'
refuses 'missing' /none.pem 'CA_BUNDLE=/none.pem: cannot be opened'
openssl x509 -in "$certs/root.crt" -outform DER -out "$tmp/root.der"
pem() {
	echo '-----BEGIN CERTIFICATE-----'
	openssl base64 -in "$1"
	echo '-----END CERTIFICATE-----'
}
cut=0 whole=$(wc -c <"$tmp/root.der")
while [ $cut -lt "$whole" ]; do
	head -c $cut "$tmp/root.der" >"$tmp/cut.der"
	pem "$tmp/cut.der" >"$tmp/cut.pem"
	check_fails 1 "cut at $cut" "$tmp/table.c.tool" "$tmp/cut.pem"
	cut=$((cut + 29))
done
# No byte of a root makes the tool, or what it makes, run wild.
at=0
while [ $at -lt "$whole" ]; do
	{
		head -c $at "$tmp/root.der"
		printf '\377'
		tail -c +$((at + 2)) "$tmp/root.der"
	} >"$tmp/changed.der"
	pem "$tmp/changed.der" >"$tmp/changed.pem"
	"$tmp/table.c.tool" "$tmp/changed.pem" >"$tmp/check.log" 2>&1
	check "byte $at changed" test $? -le 1
	at=$((at + 11))
done

# Another library reads what the program makes of the roots as what they were.
facts() {
	openssl crl2pkcs7 -nocrl -certfile "$2" | openssl pkcs7 -print_certs -noout -text | awk '
		/^ *(X509v3 extensions|Signature Algorithm):/ { key = 0 }
		/^ *Subject Public Key Info:/ { key = 1 }
		key || /^ *(Subject: |Not (Before: |After : )[^,]*$)/ { print }
		/pathlen/ { sub(/.*pathlen/, "pathlen"); print }' >"$tmp/$1"
}
every=$tmp/five.pem
[ ! -e $debian ] || every=$debian
check 'all roots' src/build/roots.sh "$every" "$tmp/table.c"
check 'tests/cmd/roots_pem.c' "${CC:-cc}" -std=c11 -I. -Isrc -D_POSIX_C_SOURCE=200809L -o "$tmp/roots_pem" \
	tests/cmd/roots_pem.c src/tls/builtin_encoding.c src/tls/der.c src/system/base64.c proto/bytes.c "$tmp/table.c"
"$tmp/roots_pem" >"$tmp/made.pem"
facts before "$every"
facts after "$tmp/made.pem"
check 'facts before and after' test "$(grep -c 'Subject: ' "$tmp/after")" -ge 5
[ "$every" = "$tmp/five.pem" ] || check 'the same facts' same "$tmp/before" "$tmp/after"

# The same file makes the same table, wherever it is.
mkdir "$tmp/a" "$tmp/b"
cp "$tmp/five.pem" "$tmp/a/five.pem"
check 'a table' src/build/roots.sh "$tmp/five.pem" "$tmp/b/table.c"
check 'again' src/build/roots.sh "$tmp/a/five.pem" "$tmp/a/table.c"
check 'is the same' same "$tmp/a/table.c" "$tmp/b/table.c"
finish
