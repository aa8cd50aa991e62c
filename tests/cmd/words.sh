# SPDX-License-Identifier: MIT
# What a person reads when something goes wrong names what was typed, and says what to do.
. "${0%/*}/lib.sh"
fixture four-objects
serve
plain=$url/four-objects.git

# says CODE NAME TEXT COMMAND...: standard error begins with these lines.
says() {
	expected_code=$1 expected_name=$2
	printf '%s\n' "$3" >"$tmp/expected"
	shift 3
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	got_code=$?
	head -n "$(wc -l <"$tmp/expected")" "$tmp/err" >"$tmp/begin"
	check "$expected_name: exit $got_code" test "$got_code" -eq "$expected_code"
	check "$expected_name" diff -u "$tmp/expected" "$tmp/begin"
}

# --- the command line
says 2 'a file URL' "error: 'file:///x' is no URL: local paths are not cloned, only HTTPS is supported (https://host/path)" \
	"$SMIDGIT" clone file:///x
says 2 '--depth 0' "error: option --depth: '0' is no value for it: it takes a number, 1 or more" "$SMIDGIT" clone --depth 0 "$plain"
says 2 '--mem 5q' "error: option --mem: '5q' is no value for it: it takes bytes, or a size such as 500k, 64m or 2g" \
	"$SMIDGIT" clone --mem 5q "$plain"
says 2 '--password-fd x' "error: option --password-fd: 'x' is no value for it: it takes the number of an open file, such as 3" \
	"$SMIDGIT" clone --password-fd x "$plain"
says 2 '--idle-timeout x' "error: option --idle-timeout: 'x' is no value for it: it takes seconds, such as 30 or 0.5" \
	"$SMIDGIT" clone --idle-timeout x "$plain"
says 2 '-b of nothing' "error: option '--branch' requires a value" "$SMIDGIT" clone -b '' "$plain" "$tmp/nothing"
says 2 '-b of nothing, export' "error: option '--branch' requires a value" "$SMIDGIT" export -b '' "$plain" "$tmp/nothing"
check 'nothing was made' test ! -e "$tmp/nothing"
for command in push gc commit add merge rebase submodule; do
	says 2 "$command" "error: smidgit has no '$command' yet" "$SMIDGIT" $command
	"$SMIDGIT" version -v | sed -n 's/^commands: //p' >"$tmp/all"
	sed -n '2,$s/^hint: //p' "$tmp/err" | tr '\n' ' ' >"$tmp/listed"
	check "$command: and says what there is" test "$(cat "$tmp/listed")" = "There are: $(sed 's/ /, /g' "$tmp/all") "
	check "$command: in lines of 80" awk 'length > 80 { exit 1 }' "$tmp/err"
done
for pair in clnoe:clone clon:clone statsu:status pul:pull chekout:checkout fetchh:fetch ls-remot:ls-remote; do
	says 2 "${pair%:*}" "error: '${pair%:*}' is not a smidgit command. The nearest one is '${pair#*:}'." "$SMIDGIT" "${pair%:*}"
done
for far in frobnicate x '' 'add push' "$(printf '%099d' 0)"; do
	says 2 "far from any: $far" "error: '$far' is not a smidgit command. See 'smidgit help'." "$SMIDGIT" "$far"
done
says 2 'help for one that is not there' "error: smidgit has no 'push' yet" "$SMIDGIT" help push
for way in -v -V --version version; do
	check "$way" "$SMIDGIT" "$way"
	check "$way: the version alone" test "$(cat "$tmp/check.log")" = "$("$SMIDGIT" version)"
done

# --- the server
certificate
free=$port
stop_servers
says 3 '--resolve: the address that was tried' "fatal: cannot connect to git.example.org:$free at 127.0.0.1: Connection refused" \
	"$SMIDGIT" ls-remote --resolve "git.example.org:$free:127.0.0.1" "http://git.example.org:$free/r"
serve --tls "$cert" "$key"
check_fails 3 'http to a TLS port' "$SMIDGIT" ls-remote "http://127.0.0.1:$port/four-objects.git"
said '(is it https://?)'
printf '\025\003\001\000\002\002\106' >"$tmp/alert"
serve --raw "$tmp/alert"
"$SMIDGIT" ls-remote "$url/r" 2>"$tmp/err"
check 'http to a TLS port that sends an alert' grep -q '^fatal: .* (is it https://?)$' "$tmp/err"
serve --status 400
says 6 'http to a TLS port of nginx' "fatal: '$url/r': the server calls the request bad (400) (is it https://?)" "$SMIDGIT" ls-remote "$url/r"
serve
check_fails 4 'https to a plain port' "$SMIDGIT" ls-remote "https://127.0.0.1:$port/r"
said '(is it http://?)'
serve --user alice --password right
echo >"$tmp/empty"
none() {
	"$SMIDGIT" ls-remote --user alice --password-fd 3 "$url/four-objects.git" 3<"$1"
}
for from in "$tmp/empty" /dev/null; do
	says 5 'an empty password' "fatal: Authentication failed for '$url/four-objects.git': the password is empty" none "$from"
done
printf 'wrong\n' >"$tmp/wrong"
serve --user alice --password right --realm GitHub
says 5 'what the service wants' "fatal: Authentication failed for '$url/four-objects.git'
hint: GitHub removed password authentication: give a personal access token as
hint: the password, and your login or x-access-token as the user name (an empty
hint: one fails). GitHub says the same of a repository that does not exist" none "$tmp/wrong"
check 'hints in lines of 80' awk 'length > 80 { exit 1 }' "$tmp/err"

# --- the disk
serve
plain=$url/four-objects.git
# Nobody can come to where other tests have their files.
open=$(mktemp -d /tmp/smidgit-words-XXXXXX)
chmod 755 "$open"
mkdir -m 555 "$open/locked"
nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/ "$@"
}
if [ "$(id -u)" -ne 0 ]; then
	nobody() { "$@"; }
fi
cp "$SMIDGIT" "$open/program" && chmod 755 "$open/program"
if nobody "$open/program" version >"$tmp/out" 2>&1; then
	says 8 'may not create' "fatal: cannot create directory '$open/locked/x': Permission denied" \
		nobody "$open/program" clone -q "$plain" "$open/locked/x"
	says 8 'may not write' "fatal: cannot write to '$open/locked': Permission denied" \
		nobody "$open/program" clone -q "$plain" "$open/locked"
	# Who has become somebody else, and kept HOME, has no files there.
	mkdir -m 000 "$open/home"
	git init -q "$open/repo"
	[ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$open/repo"
	check 'HOME is not ours' nobody env HOME="$open/home" "$open/program" -C "$open/repo" status
	check 'HOME is not ours: ls-remote' nobody env HOME="$open/home" "$open/program" ls-remote "$plain"
	serve --user alice --password right
	check_fails 5 'HOME is not ours: .netrc' nobody env HOME="$open/home" GIT_TERMINAL_PROMPT=0 \
		"$open/program" ls-remote --allow-http-auth "$url/four-objects.git"
	said 'terminal prompts disabled'
else
	echo 'left out: nobody else can run programs here'
fi
rm -rf "$open"
finish
