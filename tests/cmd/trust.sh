# SPDX-License-Identifier: MIT
# T5: what is trusted, and for which names: one table, and one answer wherever the roots are (a file,
# or the program itself) and whichever mbedTLS judges. $SMIDGIT is the first program that is asked.
. "${0%/*}/lib.sh"
certs=$BUILD/certs
sh fixtures/certs/make-certs.sh "$certs" || exit 2
unset MAKEFLAGS MFLAGS MAKELEVEL CA_BUNDLE VARIANT THREADS

# NAME: the server's certificate, and what it sends with it. STORE: the trusted ones. IN: whether
# they can be built in. Then the sentence; "taken" when there is none.
table() {
	grep -v '^#' <<-'EOF'
		# name            store              in   sentence
		good              root.crt           yes  taken
		good              bom.pem            no   taken
		good              text-before.pem    no   taken
		good              text-in-line.pem   no   taken
		good              unreadable-before.pem no taken
		good              good.crt           no   taken
		good              expired.crt        no   unknown issuer: 'CN=Test Root
		incomplete        incomplete.crt     no   taken
		below-expired     below-expired.crt  no   taken
		unknown-root      unknown-root.crt   no   taken
		wrong-name        wrong-name.crt     no   wrong name: the certificate is for other.example
		expired           expired.crt        no   expired: the certificate of 'CN=localhost'
		future            future.crt         no   not yet valid: the certificate of 'CN=localhost'
		self-signed       self-signed.crt    no   taken
		below-sha1-root   sha1-root.crt      yes  taken
		below-md5-root    md5-root.crt       yes  taken
		below-odd-root    odd-root.crt       no   'CN=Odd Root, O=smidgit tests' in STORE has a critical extension this program cannot judge
		good              ed-root.crt        no   'CN=Test Root, O=smidgit tests' in STORE cannot be used: it is damaged, or its key is of an unknown kind
		policy-server     root.crt           yes  a critical extension this program cannot judge
		odd-server        root.crt           yes  a critical extension this program cannot judge
		limit-inside      limit-inside-root.crt yes taken
		limit-critical    limit-critical-root.crt yes taken
		limit-name        limit-name-root.crt yes name constraints: the authority 'limit-name root' must not certify 'localhost', which is not among
		limit-critical-name limit-critical-name-root.crt yes must not certify 'localhost', which is not among
		limit-excluded    limit-excluded-root.crt yes must not certify 'localhost', which is excluded
		limit-elsewhere   limit-elsewhere-root.crt yes taken
		limit-address     limit-address-root.crt yes must not certify '127.0.0.1', which is not among
		limit-no-address  limit-no-address-root.crt yes must not certify '127.0.0.1', which is excluded
		limit-directory   limit-directory-root.crt yes taken
		limit-other-directory limit-other-directory-root.crt yes must not certify 'localhost', which is not among
		limit-email       limit-email-root.crt yes taken
		limit-email-used  limit-email-used-root.crt yes limits names of a kind this program cannot judge, and a certificate below it has an email address
		limit-deep        limit-name-root.crt yes the authority 'limit-name root' must not certify 'localhost'
		limit-deep        limit-deep.crt     no   taken
		limit-middle      root.crt           yes  the authority 'limit-middle issuer' must not certify 'localhost'
		limit-middle-critical root.crt       yes  a critical extension this program cannot judge
	EOF
}

# server NAME: OpenSSL's, which sends what another library would not read. $port
server() {
	: >"$tmp/openssl"
	sed '1,/-----END/d' "$certs/$1.pem" >"$tmp/others"
	set -- -cert "$certs/$1.crt" -key "$certs/$1.key"
	[ ! -s "$tmp/others" ] || set -- "$@" -cert_chain "$tmp/others"
	openssl s_server -accept 127.0.0.1:0 -www "$@" >>"$tmp/openssl" 2>&1 </dev/null &
	servers="$servers $!"
	until port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$tmp/openssl") && [ -n "$port" ]; do
		kill -0 $! 2>/dev/null || {
			not_ok "openssl s_server $*: $(cat "$tmp/openssl")"
			port=1
		}
		sleep 0.02
	done
}

# judged NAME SENTENCE COMMAND...: taken is what gets as far as that server's answer, a page. clone is what
# every build can do
judged() {
	judged_name=$1 judged_sentence=$2
	shift 2
	if [ "$judged_sentence" = taken ]; then
		check_fails 7 "$judged_name" "$@" "https://localhost:$port/x.git" "$tmp/none"
		said 'text/html'
	else
		check_fails 4 "$judged_name" "$@" "https://localhost:$port/x.git" "$tmp/none"
		said "$judged_sentence"
	fi
}

# oracle NAME STORE SENTENCE: OpenSSL takes what is taken, and refuses what is refused
oracle() {
	set -- "$1" "$2" "$3" -partial_chain -no-CApath -no-CAstore -CAfile "$2" -verify_hostname localhost
	[ ! -s "$tmp/others" ] || set -- "$@" -untrusted "$tmp/others"
	oracle_name=$1 oracle_sentence=$3
	shift 3
	oracle_says=refused
	! openssl verify "$@" "$certs/$oracle_name.crt" >"$tmp/check.log" 2>&1 || oracle_says=taken
	case $oracle_sentence in taken) ;; *) oracle_sentence=refused ;; esac
	check "OpenSSL: $oracle_name is $oracle_sentence" test $oracle_says = $oracle_sentence
}

# With the roots built in, where no other trust store is to be found.
check 'tests/preload/world.c' preload world
table | awk '$3 == "yes" { print $2 }' | sort -u | while read -r store; do cat "$certs/$store"; done >"$tmp/roots.pem"
check 'roots are built in' build_with "$tmp/roots.pem"

table >"$tmp/table"
while read -r name store in sentence; do
	server "$name"
	path=$certs/$store
	judged "$name below $store" "$(echo "$sentence" | sed "s|STORE|$path|")" "$SMIDGIT" clone --cacert "$path"
	[ "$in" = no ] || judged "$name, built in" "$sentence" \
		env LD_PRELOAD="$tmp/world.so" WORLD_NO_CA=1 "$tmp/smidgit" clone
	# What OpenSSL judges, which stock git asks.
	case $name in limit-*) oracle "$name" "$path" "$sentence" ;; esac
	stop_servers
done <"$tmp/table"
finish
