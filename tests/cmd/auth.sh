# SPDX-License-Identifier: MIT
# Logging in over https: every way to give a password, how a refusal reads, and that a secret stays
# where it belongs (C1-C3).
. "${0%/*}/lib.sh"
fixture four-objects
certificate
secret=hunter2-Zo9
serve --tls "$cert" "$key" --user alice --password "$secret"
with_user=${url%%//*}//alice@${url#*//}
with_both=${url%%//*}//alice:$secret@${url#*//}
with_wrong=${url%%//*}//alice:wrong@${url#*//}

# list_at URL OPTION...
list_at() {
	list_url=$1
	shift
	"$SMIDGIT" ls-remote --cacert "$cert" "$@" "$list_url/four-objects.git"
}

# hides TEXT: nothing that was said since the last check has TEXT in it.
hides() {
	if grep -F -q -e "$1" "$tmp/check.log"; then not_ok "C1: $check_name: says $1"; else ok; fi
}

check 'from the URL' list_at "$with_both"
said refs/heads/
check_fails 5 'wrong in the URL' list_at "$with_wrong"
said "Authentication failed for '$url/four-objects.git'"
hides wrong

printf '%s\n' "$secret" >"$tmp/secret"
fd_list() {
	list_at "$url" --user alice --password-fd 3 3<"$tmp/secret"
}
check '--user and --password-fd' fd_list
fd_wrong() {
	echo wrong >"$tmp/wrong"
	list_at "$with_both" --user alice --password-fd 3 3<"$tmp/wrong"
}
check_fails 5 '--password-fd goes before the URL' fd_wrong
fd_colon() {
	list_at "$url" --user "alice:$secret" --password-fd 3 3<"$tmp/secret"
}
check_fails 5 'C1: a password behind the user name' fd_colon
said 'the user name has a colon in it'
hides "$secret"

printf 'machine localhost login alice password %s\n' "$secret" >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
check '.netrc' list_at "$url"
check '.netrc with a user in the URL' list_at "$with_user"
chmod 644 "$HOME/.netrc"
check_fails 5 'C3: .netrc that others can read' list_at "$url"
said 'can be read by others'
mv "$HOME/.netrc" "$tmp/elsewhere"
chmod 600 "$tmp/elsewhere"
NETRC=$tmp/elsewhere
export NETRC
check 'NETRC' list_at "$url"
unset NETRC

# What an askpass program sees, it writes down.
cat >"$tmp/askpass" <<EOF
#!/bin/sh
echo "\$1" >>"$tmp/asked"
{ env; tr '\\000' '\\n' </proc/\$PPID/cmdline; } >>"$tmp/seen"
case \$1 in User*) echo alice ;; *) echo "$secret" ;; esac
EOF
chmod 700 "$tmp/askpass"
GIT_ASKPASS=$tmp/askpass
export GIT_ASKPASS
check 'GIT_ASKPASS' list_at "$url"
host=${url#*//}
printf "Username for 'https://%s': \nPassword for 'https://alice@%s': \n" "$host" "$host" >"$tmp/due"
check "git's questions" same "$tmp/due" "$tmp/asked"
rm "$tmp/asked"
check 'GIT_ASKPASS, the user is known' list_at "$with_user"
printf "Password for 'https://alice@%s': \n" "$host" >"$tmp/due"
check 'only the password is asked for' same "$tmp/due" "$tmp/asked"
check 'C1: nothing in environment or arguments' sh -c "! grep -F -q -e '$secret' '$tmp/seen'"
unset GIT_ASKPASS
SSH_ASKPASS=$tmp/askpass
export SSH_ASKPASS
check 'SSH_ASKPASS' list_at "$url"
unset SSH_ASKPASS

check_fails 5 'prompts disabled' list_at "$url"
said 'terminal prompts disabled'
no_terminal() {
	unset GIT_TERMINAL_PROMPT
	setsid -w "$SMIDGIT" ls-remote --cacert "$cert" "$url/four-objects.git"
}
if command -v setsid >/dev/null; then
	no_terminal_fails() (no_terminal)
	check_fails 5 'no terminal' no_terminal_fails
	said 'no terminal, and none of'
fi

# C1, C2: after a clone the secret is in no file, and in no trace.
check 'clone' "$SMIDGIT" clone --cacert "$cert" "--trace=$tmp/trace" "$with_both/four-objects.git" \
	"$tmp/clone"
encoded=$(printf 'alice:%s' "$secret" | base64)
hides "$secret"
hides "$encoded"
check 'the trace has the conversation' grep -q '^C: Authorization: <redacted>$' "$tmp/trace"
check 'the trace is the owner'\''s alone' sh -c "ls -l '$tmp/trace' | grep -q '^-rw-------'"
for hidden in "$secret" "$encoded"; do
	check 'C1: not in the clone' sh -c "! grep -r -F -q -e '$hidden' '$tmp/clone'"
	check 'C1: not in the trace' sh -c "! grep -F -q -e '$hidden' '$tmp/trace'"
done
check 'C2: the URL is stored without user info' test "$(git -C "$tmp/clone" config remote.origin.url)" = \
	"$url/four-objects.git"
stop_servers

# C1: what everybody sees of a process that waits for its server. The trace is a pipe: its first line
# comes when the arguments have been read.
serve --silent
mkfifo "$tmp/pipe"
for command in clone export ls-remote; do
	set -- $command "--trace=$tmp/pipe" "http://alice:$secret@${url#http://}/x.git"
	[ $command = ls-remote ] || set -- "$@" "$tmp/none"
	"$SMIDGIT" "$@" >"$tmp/out" 2>&1 </dev/null &
	waiting=$!
	read -r first <"$tmp/pipe"
	tr '\0' '\n' <"/proc/$waiting/cmdline" >"$tmp/check.log"
	kill $waiting
	wait $waiting
	check_name="arguments of $command"
	hides "$secret"
	said "${url#http://}/x.git"
done
stop_servers

# C1: a URL that is refused, or stands where another word should, is said without its user info.
for given in "user:$secret@host/p" "x-token-auth:$secret@host:8443/p" "//user:$secret@host/p" "$secret@host/p" \
	"htps://u:$secret@host/p" "https://u:$secret x@host/p" "ssh://u:$secret@host/p" "https:/u:$secret@host/p" \
	"https://u:$secret/x@host/p" "https://u:$secret@host/p#x"; do
	for command in ls-remote clone help 'clone --depth' 'clone -o' ''; do
		# shellcheck disable=SC2086
		"$SMIDGIT" $command "$given" elsewhere
	done >"$tmp/check.log" 2>&1
	"$SMIDGIT" export "$given" "$tmp/export" >>"$tmp/check.log" 2>&1
	check_name=$given
	hides "$secret"
done
check_fails 2 'a value is forgotten' "$SMIDGIT" clone "--depth=https://u:$secret@host/p"
hides "$secret"
check_fails 2 'the scheme is forgotten' "$SMIDGIT" clone "x-token-auth:$secret@host/p"
said 'use https://host/p'

# led NAME TEXT OPTION...: a redirect is refused with TEXT, the secret in its Location is not said.
led() {
	led_name=$1 led_text=$2
	shift 2
	serve "$@"
	[ ! -s "$tmp/last" ] || sed -i "s/PORT/$port/" "$tmp/last"
	rm -f "$tmp/led"
	check_fails 6 "H10: $led_name" "$SMIDGIT" ls-remote "--trace=$tmp/led" "$url/r.git"
	said "$led_text"
	hides "$secret"
	check "H10: $led_name: not in the trace" sh -c "! grep -F -e '$secret' '$tmp/led'"
	stop_servers
}
led 'another end' "to 'https://h/x'" --status 302 --header "Location: https://u:$secret@h/x"
led 'no scheme' "to 'http://h/x'" --status 302 --header "Location: //u:$secret@h/x"
led 'forgotten scheme' 'use https://h/x' --status 302 --header "Location: u:$secret@h/x"
printf 'HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\nContent-Length: 30\r
\r
000eversion 2\n000cls-refs\n0000' >"$tmp/first"
printf 'HTTP/1.1 307 Elsewhere\r\nLocation: https://u:%s@h/x\r\nContent-Length: 0\r\n\r\n' "$secret" >"$tmp/last"
led 'of a POST' "leads to 'h/x'" --raw "$tmp/first" --raw "$tmp/last"
printf 'HTTP/1.1 302 Here\r
Location: http://u:%s@127.0.0.1:PORT/r.git/info/refs?service=git-upload-pack\r
Content-Length: 0\r\n\r\n' "$secret" >"$tmp/last"
led 'too many' "the last one to '127.0.0.1:" --raw "$tmp/last"

# The default of .netrc is for hosts that the user named: here 127.0.0.1, not localhost.
serve --user alice --password "$secret"
behind=$port
serve --redirect / "http://localhost:$behind/"
check_fails 5 'redirected, no credentials' "$SMIDGIT" ls-remote "$url/four-objects.git"
printf 'default login alice password %s\n' "$secret" >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
check_fails 5 'H2: the default of .netrc follows no redirect' "$SMIDGIT" ls-remote "$url/four-objects.git"
said 'terminal prompts disabled'
check 'the default of .netrc' "$SMIDGIT" ls-remote "http://localhost:$behind/four-objects.git"
printf 'machine localhost login alice password %s\n' "$secret" >>"$HOME/.netrc"
check 'redirected, a machine of .netrc' "$SMIDGIT" ls-remote "$url/four-objects.git"
serve --redirect / "http://127.0.0.1:$behind/"
check 'redirected to another port: the default of .netrc' "$SMIDGIT" ls-remote "$url/four-objects.git"
stop_servers

# Session tokens: AWS's go as a user name or as a password, and have thousands of bytes. What is long,
# or odd, in .netrc for another host is nobody's business; keywords are in any case, as for curl.
token=$(printf '%03000d' 0 | tr 0 t)
serve --user "$token" --password "$token"
with_token=${url%%//*}//$token:$token@${url#*//}
check 'long names and passwords, URL' "$SMIDGIT" ls-remote "$with_token/four-objects.git"
check 'long names and passwords, clone' "$SMIDGIT" clone "--trace=$tmp/long" "$with_token/four-objects.git" \
	"$tmp/long-clone"
check 'C1: not in the clone or the trace' sh -c "! grep -r -F -q -e tttttttt '$tmp/long' '$tmp/long-clone'"
printf 'machine elsewhere password %s%s\nMACHINE 127.0.0.1 Login %s PASSWORD %s\n' \
	"$token" "$token" "$token" "$token" >"$HOME/.netrc"
check 'long names and passwords, .netrc' "$SMIDGIT" ls-remote "$url/four-objects.git"
check_fails 6 'a long URL' "$SMIDGIT" ls-remote "$url/$token/$token"
said 'not found'
stop_servers
serve
serve --redirect "/$token/$token/" "$url/"
check 'a long URL that leads somewhere' "$SMIDGIT" clone "$url/$token/$token/four-objects.git" "$tmp/far"
check 'git reads it in the config' test "$(git -C "$tmp/far" config remote.origin.url)" = \
	"$url/$token/$token/four-objects.git"
check 'the reflog has it' grep -q "clone: from $url/$token/$token/four-objects.git\$" "$tmp/far/.git/logs/HEAD"
finish
