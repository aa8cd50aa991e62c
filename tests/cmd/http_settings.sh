# SPDX-License-Identifier: MIT
# http.KEY and http.<url>.KEY, from the command line, the user's configuration and a repository's own:
# what they change, what they may not, and that a secret among them stays where it is.
. "${0%/*}/lib.sh"
fixture four-objects
certificate
secret=token-Qx7
serve --tls "$cert" "$key" --heads "$tmp/heads"
at=$url/four-objects.git

# list [OPTION...]: the options of git, and those of the command.
list() {
	: >"$tmp/heads"
	"$SMIDGIT" "$@" ls-remote "$at"
}
# user SETTING VALUE: in ~/.gitconfig, alone.
user() {
	user_forget
	git config --file "$HOME/.gitconfig" "$@"
}
user_forget() {
	for forget in http "http.$url" "http.$url/other" http.http://localhost; do
		git config --file "$HOME/.gitconfig" --remove-section "$forget" 2>/dev/null
	done
}
# sent LINE: the last requests had it in their heads.
sent() {
	if tr -d '\r' <"$tmp/heads" | grep -q -x -F -e "$1"; then ok; else not_ok "$check_name: did not send: $1"; fi
}
unsent() {
	if grep -q -F -e "$1" "$tmp/heads"; then not_ok "$check_name: sent: $1"; else ok; fi
}
hides() {
	if grep -F -q -e "$1" "$tmp/check.log"; then not_ok "C1: $check_name: says $1"; else ok; fi
}

# What is forbidden. Each line: GIT_ALLOW_PROTOCOL, or a dash, the exit code and settings.
while read -r variable code settings; do
	[ "$variable" != - ] || variable=
	# shellcheck disable=SC2086
	check_fails "$code" "allowed: $variable $settings" env ${variable:+"GIT_ALLOW_PROTOCOL=$variable"} \
		"$SMIDGIT" -c "http.sslCAInfo=$cert" $settings ls-remote "$at"
	[ "$code" = 0 ] || said "transport 'https' not allowed"
done <<EOF
- 8 -c protocol.allow=never
- 8 -c protocol.https.allow=never -c protocol.allow=always
- 0 -c protocol.https.allow=user -c protocol.allow=never
- 0 -c protocol.http.allow=never
http:ssh 8
http 8 -c protocol.https.allow=always
ssh:https 0 -c protocol.allow=never
EOF

# http.sslCAInfo
check_fails 4 'no setting' list
check 'sslCAInfo by -c' list -c "http.sslCAInfo=$cert"
check 'sslCAInfo of this URL by -c' list -c "http.$url.sslCAInfo=$cert"
check_fails 4 'sslCAInfo of another URL' list -c "http.$url/other.sslCAInfo=$cert"
user http.sslCAInfo "$cert"
check 'sslCAInfo of the user' list
check_fails 4 'the command line counts more' list -c http.sslCAInfo=/none
said "cannot read the trusted certificates in '/none' named by http.sslCAInfo"
check_fails 4 'a variable counts more' env GIT_SSL_CAINFO=/none "$SMIDGIT" ls-remote "$at"
said 'named by GIT_SSL_CAINFO'
check '--cacert counts more' "$SMIDGIT" -c http.sslCAInfo=/none ls-remote --cacert "$cert" "$at"
user "http.$url.sslCAInfo" "$cert"
check 'sslCAInfo of this URL' list -c http.sslCAInfo=/none
cp "$cert" "$HOME/ca.pem"
# shellcheck disable=SC2088
user http.sslCAInfo '~/ca.pem'
check 'sslCAInfo below HOME' list
# shellcheck disable=SC2016
check_fails 8 'sslCAInfo without a value' env GIT_CONFIG_GLOBAL="$tmp/bare" sh -c \
	'printf "[http]\nsslCAInfo\n" >"$GIT_CONFIG_GLOBAL" && "$SMIDGIT" ls-remote "$1"' sh "$at"
said 'http.sslcainfo: a value is missing'

# http.sslVerify
user_forget
for value in false 0 no off; do
	check "sslVerify $value" list -c "http.sslVerify=$value"
	said "warning: http.sslVerify is false: the server's certificate is not verified"
done
check_fails 4 'sslVerify true' list -c http.sslVerify=true
check_fails 8 'sslVerify of another kind' list -c http.sslVerify=perhaps
said "'perhaps' is no yes or no"
user "http.$url.sslVerify" false
check 'sslVerify of this URL' list
check_fails 4 'the closer one counts' list -c http.sslVerify=false -c "http.$url.sslVerify=true"
user http.sslVerify false
check_fails 4 '--cacert verifies' "$SMIDGIT" ls-remote --cacert "$FIXTURES/none" "$at"

# http.pinnedPubkey
pin=sha256//$(openssl pkey -in "$key" -pubout -outform der 2>/dev/null | openssl dgst -sha256 -binary | base64)
wrong=sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
user http.sslCAInfo "$cert"
check 'pinnedPubkey' list -c "http.pinnedPubkey=$pin"
check_fails 4 'pinnedPubkey, another one' list -c "http.pinnedPubkey=$wrong"
said 'wrong key'
check_fails 4 'pinnedPubkey of this URL' list -c "http.pinnedPubkey=$pin" -c "http.$url.pinnedPubkey=$wrong"
check '--pinnedpubkey counts more' "$SMIDGIT" -c "http.pinnedPubkey=$wrong" ls-remote --pinnedpubkey "$pin" "$at"
check_fails 8 'pinnedPubkey of a file' list -c "http.pinnedPubkey=$key"
said 'a file is not read'
check 'pinned without a chain' list -c http.sslCAInfo= -c http.sslVerify=false -c "http.pinnedPubkey=$pin"
said 'only the key is verified'

# http.userAgent
check 'our own user agent' list
sent "User-Agent: git/smidgit-$("$SMIDGIT" version | sed 's/.* //')"
check 'userAgent' list -c http.userAgent=git/2.50.0
sent 'User-Agent: git/2.50.0'
unsent smidgit-
check 'userAgent of this URL' list -c "http.$url.userAgent=mine" -c http.userAgent=git/2.50.0
sent 'User-Agent: mine'
check_fails 8 'userAgent of two lines' list -c "http.userAgent=a
X: y"
said 'a control byte in a header'

# http.extraHeader
check 'extraHeader' list -c "http.extraHeader=X-Token: $secret"
sent "X-Token: $secret"
check 'extraHeader, several' list -c 'http.extraHeader=X-A: 1' -c 'http.extraHeader=X-B: 2'
sent 'X-A: 1'
sent 'X-B: 2'
check 'extraHeader, taken back' list -c 'http.extraHeader=X-A: 1' -c http.extraHeader= -c 'http.extraHeader=X-B: 2'
unsent X-A
sent 'X-B: 2'
check 'extraHeader of this URL' list -c "http.$url/four-objects.git.extraHeader=X-A: 1"
sent 'X-A: 1'
check 'extraHeader of another URL' list -c "http.$url/four.extraHeader=X-A: 1"
unsent X-A
check 'extraHeader instead of one that is sent' list -c 'http.extraHeader=user-agent: x'
sent 'user-agent: x'
unsent smidgit-
check 'extraHeader without a value' list -c 'http.extraHeader=X-A:'
unsent X-A
for value in "$secret" ": $secret" "X $secret: y" "X-A: $secret
X-B: z" "Content-Length: $secret" "transfer-encoding: $secret"; do
	check_fails 8 'extraHeader that is none' list -c "http.extraHeader=$value"
	said 'http.extraheader: '
	hides "$secret"
	unsent "$secret"
done
user --add http.extraHeader "X-Token: $secret"
git config --file "$HOME/.gitconfig" http.sslCAInfo "$cert"
: >"$tmp/heads"
check 'clone' "$SMIDGIT" clone -v "--trace=$tmp/trace" "$at" "$tmp/clone"
hides "$secret"
sent "X-Token: $secret"
check 'the trace has the header' grep -q '^C: X-Token: <redacted>$' "$tmp/trace"
check 'C1: not in the trace' sh -c "! grep -F -q -e '$secret' '$tmp/trace'"
check 'C1: not in the clone' sh -c "! grep -r -F -q -e '$secret' '$tmp/clone'"
check 'every request has it' test "$(grep -c X-Token "$tmp/heads")" = "$(grep -c '^Host:' "$tmp/heads")"

# What a repository's own configuration may say, and what not.
in_clone() {
	: >"$tmp/heads"
	"$SMIDGIT" -C "$tmp/clone" "$@"
}
git -C "$tmp/clone" config http.extraHeader 'X-Own: 1'
git -C "$tmp/clone" config http.userAgent own
check 'fetch' in_clone fetch
sent 'X-Own: 1'
sent "X-Token: $secret"
sent 'User-Agent: own'
user_forget
for key_value in "sslCAInfo=$cert" sslVerify=false "pinnedPubkey=$pin"; do
	git -C "$tmp/clone" config --remove-section http
	git -C "$tmp/clone" config "http.${key_value%%=*}" "${key_value#*=}"
	check_fails 4 "P12: ${key_value%%=*} of a repository" in_clone fetch
	said "warning: http.${key_value%%=*} is not heeded in a repository's own configuration"
	check 'the same by -c' in_clone -c http.sslVerify=false -c "http.$key_value" fetch
done
git -C "$tmp/clone" config --remove-section http
git -C "$tmp/clone" config http.pinnedPubkey "$wrong"
check 'P12: the one that counts else' in_clone -c "http.sslCAInfo=$cert" fetch
git -C "$tmp/clone" config --remove-section http
check_fails 4 'pull without settings' in_clone pull
user http.sslCAInfo "$cert"
check 'pull' in_clone pull
check 'export' "$SMIDGIT" export -q "$at" "$tmp/export"

# url.BASE.insteadOf
git config --file "$HOME/.gitconfig" "url.$url/.insteadOf" gl:
check 'insteadOf: ls-remote' "$SMIDGIT" ls-remote gl:four-objects.git
check 'insteadOf: export' "$SMIDGIT" export -q gl:four-objects.git "$tmp/export2"
check 'insteadOf: clone' "$SMIDGIT" clone -q gl:four-objects.git "$tmp/clone2"
check 'insteadOf: what is kept' test "$(git config -f "$tmp/clone2/.git/config" remote.origin.url)" = gl:four-objects.git
check 'insteadOf: fetch' "$SMIDGIT" -C "$tmp/clone2" fetch
git config --file "$HOME/.gitconfig" "url.$url/.insteadOf" https://short/
check 'insteadOf: a password' "$SMIDGIT" -c "url.$url/.insteadOf=https://me:$secret@short/" clone -q \
	"https://me:$secret@short/four-objects.git" "$tmp/clone3"
check 'C2: without user info' test "$(git config -f "$tmp/clone3/.git/config" remote.origin.url)" = https://short/four-objects.git
git config --file "$HOME/.gitconfig" --remove-section "url.$url/"

# protocol.version, and what is not supported
check 'protocol.version 0' list -c "http.sslCAInfo=$cert" -c protocol.version=0
unsent 'Git-Protocol:'
check 'protocol.version 1' list -c "http.sslCAInfo=$cert" -c protocol.version=1
unsent 'Git-Protocol:'
check '--protocol counts more' "$SMIDGIT" -c "http.sslCAInfo=$cert" -c protocol.version=0 ls-remote --protocol 2 "$at"
sent 'Git-Protocol: version=2'
check 'cookies' list -c "http.sslCAInfo=$cert" -c "http.$url.cookieFile=/none" -c http.sslCAPath=/none
said 'warning: http.cookieFile is not supported'
said 'warning: http.sslCAPath is not supported'

# clone -c
as_git() {
	set -- -c "http.sslCAInfo=$cert" -c advice.detachedHead=false --config a.b=1 -c a.b=2=3 -c a.Flag -c core.bare=false "$at"
	git clone -q "$@" "$tmp/by-git"
	"$SMIDGIT" clone -q "$@" "$tmp/by-smidgit"
	for who in git smidgit; do git -C "$tmp/by-$who" config --list --local | LC_ALL=C sort >"$tmp/$who.config"; done
	diff "$tmp/git.config" "$tmp/smidgit.config"
}
check 'clone -c counts at once, and stays' as_git
for who in git smidgit; do
	cut -d ' ' -f 3-5 "$tmp/by-$who/.git/logs/HEAD" >"$tmp/$who.who"
done
check 'who has cloned' same "$tmp/git.who" "$tmp/smidgit.who"
check 'clone -c for the first request' "$SMIDGIT" clone -q -c "http.sslCAInfo=$cert" -c "http.extraHeader=X-Of-Clone: y" "$at" "$tmp/said"
sent 'X-Of-Clone: y'
check_fails 2 'clone -c with no name' "$SMIDGIT" clone -q -c nodot=1 "$at" "$tmp/not"
said "'nodot' is no name of a setting"
check_fails 2 'clone -c with no key' "$SMIDGIT" clone -q -c =1 "$at" "$tmp/not"
check 'nothing is there' test ! -e "$tmp/not"

# http.followRedirects. The second server leads to the first.
first=$url
serve --tls "$cert" "$key" --heads "$tmp/heads2" --redirect / "$first/"
at=$url/four-objects.git
for value in initial true; do
	check "followRedirects $value" list -c "http.followRedirects=$value" -c "http.extraHeader=X-Token: $secret"
	said 'warning: redirecting to'
	unsent "$secret"
	check 'the first origin got the header' grep -q "X-Token: $secret" "$tmp/heads2"
done
check_fails 6 'followRedirects false' list -c http.followRedirects=false
said 'and http.followRedirects is false'
check_fails 8 'followRedirects of another kind' list -c http.followRedirects=never
check_fails 4 'sslVerify of one URL is not for where it leads' list -c http.sslCAInfo= -c "http.$url.sslVerify=false"
check 'sslVerify of all' list -c http.sslCAInfo= -c http.sslVerify=false
# A POST that leads elsewhere: the first GET is answered, what follows is not.
serve --tls "$cert" "$key" --root "$FIXTURES" --redirect /four-objects.git/git-upload-pack \
	"$first/four-objects.git/git-upload-pack"
at=$url/four-objects.git
check_fails 6 'a POST that leads elsewhere' list
check 'followRedirects true: after a POST, too' list -c http.followRedirects=true
serve --tls "$cert" "$key" --root "$FIXTURES" --redirect /four-objects.git/git-upload-pack /four-objects.git/git-upload-pack
at=$url/four-objects.git
check_fails 6 'a POST that leads to itself' list -c http.followRedirects=true
said "over 5 redirects, the last one to '/four-objects.git/git-upload-pack'"

# http.lowSpeedLimit, http.lowSpeedTime
serve --drip 20 --drip-from 400
at=$url/four-objects.git
check_fails 3 'lowSpeedLimit, lowSpeedTime' list -c http.lowSpeedLimit=1m -c http.lowSpeedTime=1
said 'bytes in 1000 ms, at least 1048576 were due'
check '--min-rate counts more' "$SMIDGIT" -c http.lowSpeedLimit=1m -c http.lowSpeedTime=1 ls-remote --min-rate 1 "$at"
check_fails 3 '--min-rate-time counts more' "$SMIDGIT" -c http.lowSpeedLimit=1m -c http.lowSpeedTime=1 ls-remote \
	--min-rate-time 0.1 "$at"
said 'bytes in 100 ms'
check_fails 8 'lowSpeedLimit of another kind' list -c http.lowSpeedLimit=fast
said "'fast' is no number"
finish
