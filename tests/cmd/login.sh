# SPDX-License-Identifier: MIT
# Ways to log in besides a name and a password: tokens by Bearer. That each secret stays where it
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
finish
