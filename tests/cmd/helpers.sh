# SPDX-License-Identifier: MIT
# Credential helpers, as the client uses them: git's own and hostile ones, who is asked, who is told
# what became of it, and that a secret is afterwards only where it was to be kept (C1, C3, P12).
. "${0%/*}/lib.sh"
fixture four-objects
certificate
secret=s3cret-Qy7
serve --tls "$cert" "$key" --user alice --password "$secret"
place=${url#https://}
git init -q "$tmp/r"
git -C "$tmp/r" remote add origin "$url/four-objects.git"

# ask OPTION...: a command that needs a password, without a terminal.
ask() {
	setsid -w "$SMIDGIT" -C "$tmp/r" "$@" fetch --cacert "$cert" --dry-run
}
unset GIT_TERMINAL_PROMPT
# helper NAME WORDS: a program $tmp/NAME that notes what it is told in $tmp/NAME.told, and does WORDS
# when it is asked.
helper() {
	cat >"$tmp/$1" <<-EOF
		#!/bin/sh
		{ echo "\$*"; cat; } >>"$tmp/$1.told"
		tr '\\0' '\\n' </proc/self/environ >>"$tmp/environments"
		case " \$* " in *' get ') $2 ;; esac
	EOF
	chmod 700 "$tmp/$1"
	rm -f "$tmp/$1.told"
}
# told NAME TEXT: what it was told.
told() {
	printf "%s${2:+\\n}" "$2" >"$tmp/expected"
	touch "$tmp/$1.told"
	check "$check_name: what $1 was told" same "$tmp/expected" "$tmp/$1.told"
	rm -f "$tmp/$1.told"
}
asked="get
capability[]=authtype
capability[]=state
protocol=https
host=$place"
challenge='wwwauth[]=Basic realm="test"'
kept="store
capability[]=authtype
capability[]=state
protocol=https
host=$place
username=alice
password=$secret
$challenge"
# as_asked NAME...: each of them was asked, and told to keep what was right.
as_asked() {
	for one in "$@"; do
		told "$one" "$asked
$challenge
$kept"
	done
}
knows="printf 'username=alice\\npassword=$secret\\n'"

helper right "$knows"
check 'a program' ask -c "credential.helper=$tmp/right"
as_asked right

# What a command may look like.
check 'a program with an option' ask -c "credential.helper=$tmp/right"
as_asked right
check 'a command of the shell' ask -c "credential.helper=!f() { cat >/dev/null; $knows; }; f"
check 'what looks like one, and needs none' ask -c "credential.helper=!$tmp/right"
as_asked right
mkdir "$tmp/bin"
cp "$tmp/right" "$tmp/bin/git-credential-here"
PATH=$tmp/bin:$PATH
check 'by name' ask -c credential.helper=here
as_asked right
cp "$tmp/right" "$tmp/a program"
check 'a blank in its path' ask -c "credential.helper=$tmp/a\\ program"
rm -f "$tmp/right.told"
check_fails 5 'none of that name' ask -c credential.helper=nowhere
said "warning: credential helper 'nowhere'"
said 'could not read Username'

# git's own.
printf 'https://alice:%s@%s\n' "$secret" "$(echo "$place" | sed 's/:/%3a/')" >"$tmp/store"
chmod 600 "$tmp/store"
cp "$tmp/store" "$tmp/store.before"
check "git's store" ask -c "credential.helper=/usr/lib/git-core/git-credential-store --file $tmp/store"
check 'the same is kept' same "$tmp/store.before" "$tmp/store"
git_store() {
	printf 'protocol=https\nhost=%s\nusername=alice\npassword=%s\n\n' "$place" "$2" |
		git credential-store --file "$1" store
}
rm "$tmp/store"
git_store "$tmp/store" wrong
check_fails 5 "git's store, a wrong one" ask -c "credential.helper=!git credential-store --file $tmp/store"
said "Authentication failed for '$url/four-objects.git'"
check 'a wrong one is forgotten' test ! -s "$tmp/store"
git_store "$tmp/store" "$secret"
check 'built in: store' ask -c "credential.helper=store --file $tmp/store"
git_store "$tmp/store" wrong
check_fails 5 'built in: store, a wrong one' ask -c "credential.helper=store --file=$tmp/store"
check 'built in: a wrong one is forgotten' test ! -s "$tmp/store"
check_fails 5 'built in: an option that it has not' ask -c 'credential.helper=store --elsewhere'
said "warning: credential helper 'store': of options it has only --file"
if git credential-cache --socket "$tmp/cache/socket" exit 2>/dev/null; then
	check "git's cache, nothing in it" sh -c '! "$@"' sh setsid -w "$SMIDGIT" -C "$tmp/r" -c \
		"credential.helper=cache --socket $tmp/cache/socket" fetch --cacert "$cert" --dry-run
	printf 'protocol=https\nhost=%s\nusername=alice\npassword=%s\n\n' "$place" "$secret" |
		git credential-cache --socket "$tmp/cache/socket" store
	check "git's cache" ask -c "credential.helper=cache --socket $tmp/cache/socket"
	git credential-cache --socket "$tmp/cache/socket" exit
fi

# Several: in order, until all is known; all are told.
helper nothing :
helper user 'echo username=alice'
check 'the third knows' ask -c "credential.helper=$tmp/nothing" -c "credential.helper=$tmp/user" \
	-c "credential.helper=$tmp/right"
told nothing "$asked
$challenge
$kept"
told user "$asked
$challenge
$kept"
told right "$asked
username=alice
$challenge
$kept"
helper wrong "printf 'username=alice\npassword=other\n'"
check_fails 5 'the first one counts' ask -c "credential.helper=$tmp/wrong" -c "credential.helper=$tmp/right"
told wrong "$asked
$challenge
$(echo "$kept" | sed "s/^store/erase/;s/=$secret/=other/")"
told right "$(echo "$kept" | sed "s/^store/erase/;s/=$secret/=other/")"
check 'an empty value takes back' ask -c "credential.helper=$tmp/wrong" -c credential.helper= \
	-c "credential.helper=$tmp/right"
told wrong ''
rm -f "$tmp/right.told"

# For which URL.
check 'for this host' ask -c "credential.https://$place.helper=$tmp/right"
as_asked right
check_fails 5 'for another host' ask -c "credential.https://example.org.helper=$tmp/right"
told right ''
check 'the user of the settings' ask -c credential.username=alice -c "credential.helper=$tmp/right"
told right "$asked
username=alice
$challenge
$kept"
check 'with the path' ask -c credential.useHttpPath=true -c "credential.helper=$tmp/right"
check_name=path
check 'the path is asked for' grep -q -x path=four-objects.git "$tmp/right.told"
rm -f "$tmp/right.told"
git config --global credential.helper "$tmp/right"
check "the user's own settings" ask
as_asked right
git config --global --unset credential.helper

# P12: no repository says what is run. Which user it is may be said there.
git -C "$tmp/r" config credential.helper "$tmp/right"
check_fails 5 "P12: the repository's own" ask
said 'warning: credential.helper of the repository itself is not used'
told right ''
git -C "$tmp/r" config --unset credential.helper
git -C "$tmp/r" config credential.username bob
check_fails 5 "the repository's user" ask -c "credential.helper=$tmp/nothing"
said "Password for 'https://bob@$place'"
git -C "$tmp/r" config --unset credential.username
rm -f "$tmp/nothing.told"

# Hostile and broken ones: a warning, and the next one is asked.
hostile() {
	helper bad "$2"
	check "$1" ask -c "credential.helper=$tmp/bad secret-$secret" -c "credential.helper=$tmp/right"
	said "warning: credential helper '$tmp/bad': $3"
	if grep -F -q -e "$secret" "$tmp/check.log"; then not_ok "C1: $1: says the secret"; else ok; fi
	as_asked right
}
hostile 'it dies' 'kill -9 $$' 'ended with code 137'
hostile 'it fails' "$knows; exit 3" 'ended with code 3'
hostile 'rubbish' "echo hello $secret" "a credential's line without '='"
hostile 'C3: CR' "printf 'username=alice\r\npassword=$secret\r\n'" 'a carriage return in a credential'
hostile 'C3: NUL' "printf 'username=alice\npassword=a\0b\n'" 'a NUL in a credential'
hostile 'endless' 'yes username=alice' 'its answer'
hostile 'another host' "echo host=example.org; $knows" 'its answer is for another host'
hostile 'another protocol' "echo protocol=http; $knows" 'its answer is for another host'
hostile 'expired' "$knows; echo password_expiry_utc=1000" 'what it knows has expired'
helper quits 'echo quit=1'
check_fails 5 'it wants nobody to be asked' ask -c "credential.helper=$tmp/quits" -c "credential.helper=$tmp/right"
said 'wants nobody to be asked'
told right ''
# One that hangs is ended with the program that waits for it.
mkfifo "$tmp/pipe"
cat >"$tmp/waits" <<EOF
#!/bin/sh
echo \$\$ >"$tmp/pipe"
exec sleep 1000
EOF
chmod 700 "$tmp/waits"
"$SMIDGIT" -C "$tmp/r" -c "credential.helper=$tmp/waits" fetch --cacert "$cert" 2>"$tmp/check.log" &
waiting=$!
read -r hanging <"$tmp/pipe"
kill -TERM $waiting
wait $waiting
status=$?
check "interrupted while a helper hangs: $status" test $status -eq 143
check 'the helper has gone' sh -c '! kill -0 "$1"' sh "$hanging"

# On a terminal: what was typed is kept; what a helper said is asked for once more.
typist() {
	"$BUILD/tests/tools/typist" "$@"
}
on_terminal() {
	count=$1
	shift
	set -- "$@" fetch --cacert "$cert" --dry-run
	case $count in
	1) typist "$secret" -- "$SMIDGIT" -C "$tmp/r" -c credential.username=alice "$@" ;;
	2) typist alice "$secret" -- "$SMIDGIT" -C "$tmp/r" "$@" ;;
	wrong) typist alice other -- "$SMIDGIT" -C "$tmp/r" "$@" ;;
	esac
}
check 'typed, and kept nowhere' on_terminal 2
said "Username for 'https://$place': "
said "Password for 'https://alice@$place': "
said 'credential.helper store'
check 'typed, and kept' on_terminal 2 -c "credential.helper=$tmp/nothing"
told nothing "$asked
$challenge
$kept"
check_fails 5 'typed wrong' on_terminal wrong -c "credential.helper=$tmp/nothing"
said 'Authentication failed'
told nothing "$asked
$challenge
$(echo "$kept" | sed "s/^store/erase/;s/=$secret/=other/")"
check 'a helper is wrong, the person is right' on_terminal 1 -c "credential.helper=$tmp/wrong"
said 'The password from the credential helper was refused.'
check 'it was told to forget, and to keep' test "$(grep -c -x -e erase -e store "$tmp/wrong.told")" -eq 2
check 'what it is to keep' grep -q -x "password=$secret" "$tmp/wrong.told"
check 'built in: kept' on_terminal 2 -c credential.helper=store
check 'C3: for nobody else' test "$(stat -c %a "$HOME/.git-credentials")" = 600
check 'the second time nothing is asked' ask -c credential.helper=store
typed_clone() {
	typist "$secret" -- "$SMIDGIT" -c credential.helper=store clone -q --cacert "$cert" \
		"https://alice@$place/four-objects.git" "$tmp/clone"
}
rm "$HOME/.git-credentials"
check 'clone: typed once' typed_clone
git config --global credential.helper store
check 'clone: nothing is asked' setsid -w "$SMIDGIT" clone -q --cacert "$cert" \
	"https://alice@$place/four-objects.git" "$tmp/again"
check 'pull: nothing is asked' setsid -w "$SMIDGIT" -C "$tmp/clone" pull -q --cacert "$cert"
check 'ls-remote: nothing is asked' setsid -w "$SMIDGIT" ls-remote --cacert "$cert" "$url/four-objects.git"
check 'export: nothing is asked' setsid -w "$SMIDGIT" export --cacert "$cert" "$url/four-objects.git" "$tmp/files"
git config --global --unset credential.helper
check 'C1: in no clone' sh -c '! grep -r -F -q -e "$1" "$2/clone" "$2/again" "$2/files"' sh "$secret" "$tmp"
check 'as git keeps it' sh -c 'printf "url=%s\n\n" "$1" | git credential-store get | grep -q -x "password=$2"' sh "$url" "$secret"
rm "$HOME/.git-credentials"
if "$SMIDGIT" credential-keyring erase </dev/null >"$tmp/check.log" 2>&1; then
	check 'C1: not in the keyring, which nobody has named' sh -c \
		'test -z "$(printf "url=%s\n\n" "$1" | "$2" credential-keyring get)"' sh "$url" "$SMIDGIT"
	check 'built in: kept in the keyring' on_terminal 2 -c 'credential.helper=keyring --timeout 60'
	check 'the keyring: nothing is asked' ask -c credential.helper=keyring
	printf 'url=%s\n\n' "$url" | "$SMIDGIT" credential-keyring erase
	check_fails 5 'the keyring has forgotten' ask -c credential.helper=keyring
else
	echo "left out: the keyring: $(head -n 1 "$tmp/check.log")"
fi
printf 'machine localhost login alice password other\n' >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
check 'a file is wrong, the person is right' on_terminal 1
said 'The password from .netrc was refused.'
rm "$HOME/.netrc"

# smidgit credential, beside git credential.
filled() {
	printf 'protocol=https\nhost=%s\n%s\n' "$place" "$2" |
		"$1" ${3:+-c "$3"} credential fill >"$tmp/filled.$4" 2>"$tmp/check.log"
}
for how in "store --file $tmp/store" "$tmp/right" "!f() { $knows; }; f"; do
	rm -f "$tmp/store"
	git_store "$tmp/store" "$secret"
	check "credential fill, git: $how" filled git '' "credential.helper=$how" git
	check "credential fill: $how" filled "$SMIDGIT" '' "credential.helper=$how" smidgit
	check "the same is known: $how" same "$tmp/filled.git" "$tmp/filled.smidgit"
done
rm -f "$tmp/right.told"
credential() {
	printf 'url=https://alice:%s@%s/x\n\n' "$secret" "$place" |
		"$SMIDGIT" -c "credential.helper=$tmp/nothing" credential "$1"
}
rm -f "$tmp/nothing.told"
check 'credential approve' credential approve
said_to="protocol=https
host=$place
username=alice
password=$secret"
told nothing "store
$said_to"
check 'credential reject' credential reject
told nothing "erase
$said_to"
check_fails 5 'credential fill, nobody to ask' sh -c 'echo url=https://h/ | setsid -w "$1" credential fill' sh "$SMIDGIT"
said "could not read Username for 'https://h'"
check_fails 2 'credential fill, no host' sh -c 'echo protocol=https | "$1" credential fill' sh "$SMIDGIT"
check_fails 2 'credential what' "$SMIDGIT" credential forget
typed_credential() {
	typist "$secret" -- sh -c 'printf "url=%s\n\n" "$1" >"$3" && "$2" credential fill <"$3"' sh \
		"https://alice@$place/" "$SMIDGIT" "$tmp/question"
}
check 'credential fill, typed' typed_credential
said "password=$secret"
rm -f "$tmp"/filled.* "$tmp/question"

# The server wants a token: a helper may have one, and Basic is not sent (H9).
stop_servers
serve --tls "$cert" "$key" --bearer "$secret" --realm tokens --log "$tmp/requests"
git -C "$tmp/r" remote set-url origin "$url/four-objects.git"
helper token "printf 'capability[]=authtype\nauthtype=Bearer\ncredential=$secret\n'"
check 'a token' ask -c "credential.helper=$tmp/token"
check 'it is told what it said' grep -q -x "credential=$secret" "$tmp/token.told"
check 'by its kind' grep -q -x authtype=Bearer "$tmp/token.told"
: >"$tmp/requests"
check_fails 5 'H9: a password is no token' ask -c "credential.helper=$tmp/right"
check 'H9: it was not sent' sh -c 'grep -q auth=no "$1" && ! grep -v auth=no "$1"' sh "$tmp/requests"
rm -f "$tmp/right.told" "$tmp/token.told"
stop_servers

# The first minute, and the day when the token is revoked.
token=glpat-Wj3xQ
serve --tls "$cert" "$key" --user alice --password "$token"
first() {
	typist "$1" -- "$SMIDGIT" -c "credential.helper=store" clone --cacert "$cert" \
		"https://alice@${url#https://}/four-objects.git" "$tmp/first"
}
check_fails 5 'the account password is refused' first "$secret"
said "Authentication failed for '$url/four-objects.git'"
check 'nothing is kept, and nothing cloned' sh -c 'test ! -s "$1/.git-credentials" && test ! -e "$2"' sh "$HOME" "$tmp/first"
check 'the token is right' first "$token"
check 'the second clone asks nothing' setsid -w "$SMIDGIT" -c credential.helper=store clone -q --cacert "$cert" \
	"$url/four-objects.git" "$tmp/second"
hides() {
	if grep -F -q -e "$1" "$tmp/check.log"; then not_ok "C1: $check_name: says $1"; else ok; fi
}
hides "$token"
stop_servers
serve --tls "$cert" "$key" --user alice --password another
sed -i "s/localhost%3a[0-9]*/localhost%3a$port/" "$HOME/.git-credentials"
git -C "$tmp/second" remote set-url origin "$url/four-objects.git"
check_fails 5 'revoked' setsid -w "$SMIDGIT" -C "$tmp/second" -c credential.helper=store fetch --cacert "$cert"
said "Authentication failed for '$url/four-objects.git'"
check 'it is forgotten' test ! -s "$HOME/.git-credentials"
rm "$HOME/.git-credentials"
check 'C1: in no clone' sh -c '! grep -r -F -q -e "$1" "$2/first" "$2/second"' sh "$token" "$tmp"

check 'a secret in the URL' setsid -w "$SMIDGIT" -c "credential.helper=$tmp/nothing" ls-remote --cacert "$cert" \
	"https://alice:another@${url#https://}/four-objects.git"
# What -c says is handed down, as by git: hostile() has written a secret there itself.
in_environments() {
	grep -v '^GIT_CONFIG_VALUE_' "$tmp/environments" | grep -F -e "$secret" -e "$token" -e another
}
check 'helpers have written down their environments' grep -q '^PATH=' "$tmp/environments"
if in_environments >"$tmp/check.log"; then not_ok 'C1: in the environment of a child'; else ok; fi

# The body of a refusal is not taken for the next answer, and the next request goes over the same connection.
printf 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="r"\r\nContent-Length: 13\r\n\r\nUnauthorized\n' \
	>"$tmp/refused"
serve --raw "$tmp/refused" --raw "$tmp/refused" --raw "$tmp/refused"
printf 'machine 127.0.0.1 login alice password other\n' >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
check_fails 5 'a file is wrong, and the person' typist "$secret" -- \
	"$SMIDGIT" ls-remote --trace="$tmp/trace" "http://alice@127.0.0.1:$port/r.git"
said "Authentication failed for 'http://127.0.0.1:$port/r.git'"
check 'the refusals come over one connection' test "$(grep -c "^== connected to" "$tmp/trace")" -eq 1
rm "$HOME/.netrc"

# A password that was right for the first request, and has expired before the second: what is typed then is kept.
# answer TYPE PACKETS: an answer; \n in PACKETS is a line's end.
answer() {
	printf 'HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-%s\r\nContent-Length: %d\r\n\r\n%b' \
		"$1" "$(printf %b "$2" | wc -c)" "$2"
}
answer advertisement '001e# service=git-upload-pack\n0000000eversion 2\n000cls-refs\n0000' >"$tmp/capabilities"
answer result "003c$(printf %040d 1) refs/heads/now\n0000" >"$tmp/references"
serve --raw "$tmp/refused" --raw "$tmp/capabilities" --raw "$tmp/refused" --raw "$tmp/references"
helper expires "printf 'username=alice\npassword=other\n'"
check 'it expires' typist "$secret" -- "$SMIDGIT" -c "credential.helper=$tmp/expires" ls-remote "$url/r.git"
said 'refs/heads/now'
check 'what was typed then is kept' \
	test "$(grep -e '^get$' -e '^store$' -e '^erase$' -e '^password=' "$tmp/expires.told" | tr '\n' ' ')" = \
	"get store password=other erase password=other store password=$secret "

# C1: nothing was left where it was not to be.
rm -f "$tmp"/*.told "$tmp"/expected "$tmp/store.before"
check 'C1: not in the repository' sh -c '! grep -r -F -q -e "$1" "$2/r" "$2/home"' sh "$secret" "$tmp"
stop_servers
finish
