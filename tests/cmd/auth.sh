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

check 'from the URL' list_at "$with_both"
said refs/heads/
check_fails 5 'wrong in the URL' list_at "$with_wrong"
said "Authentication failed for '$url/four-objects.git'"
grep -q wrong "$tmp/check.log" && not_ok 'the refused secret is not shown' || ok

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
check 'the trace has the conversation' grep -q '^C: Authorization: <redacted>$' "$tmp/trace"
check 'the trace is the owner'\''s alone' sh -c "ls -l '$tmp/trace' | grep -q '^-rw-------'"
encoded=$(printf 'alice:%s' "$secret" | base64)
for hidden in "$secret" "$encoded"; do
	check 'C1: not in the clone' sh -c "! grep -r -F -q -e '$hidden' '$tmp/clone'"
	check 'C1: not in the trace' sh -c "! grep -F -q -e '$hidden' '$tmp/trace'"
	check 'C1: not said' sh -c "! grep -F -q -e '$hidden' '$tmp/check.log'"
done
check 'C2: the URL is stored without user info' test "$(git -C "$tmp/clone" config remote.origin.url)" = \
	"$url/four-objects.git"
finish
