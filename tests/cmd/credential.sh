# SPDX-License-Identifier: MIT
# The built-in credential helpers: beside git's own, called by git, and with what goes wrong. Every
# secret here has "S3cret" in it, so that it can be looked for afterwards.
. "${0%/*}/lib.sh"
cd "$tmp" || exit 2
mkdir allowed work
TMPDIR=$tmp/work
export TMPDIR

# lines KEY=VALUE...: what a helper is told.
lines() { printf '%s\n' "$@"; }
# ours HELPER-OPTIONS... OPERATION <lines: what it writes to standard error is kept.
ours() { "$SMIDGIT" "$@" 2>>"$tmp/errors"; }

# The same done by both, each to a file of its own; then the files and the answers are the same.
both() {
	operation=$1
	shift
	lines "$@" >"$tmp/allowed/told"
	git credential-store --file "$tmp/allowed/git" "$operation" <"$tmp/allowed/told" >"$tmp/allowed/git.out"
	ours credential-store --file "$tmp/allowed/smidgit" "$operation" <"$tmp/allowed/told" >"$tmp/allowed/smidgit.out"
	check "$operation $*: exit code" test $? -eq 0
	check "$operation $*: answer" cmp "$tmp/allowed/git.out" "$tmp/allowed/smidgit.out"
	[ -e "$tmp/allowed/git" ] || return
	check "$operation $*: file" cmp "$tmp/allowed/git" "$tmp/allowed/smidgit"
}
asks() {
	both get protocol=https host=h
	both get protocol=https host=h username=bob
	both get protocol=https host=h:8443
	both get protocol=https host='[::1]:80'
	both get protocol=https host=h path=team/repo.git
	both get protocol=http host=h
	both get host=h username=nobody
	both get
}
asks
both store protocol=https host=h username=alice password=S3cret-1
both store protocol=https host=h username=bob password=S3cret-2
both store protocol=https host=h:8443 username=alice password=S3cret-3
both store protocol=https 'host=[::1]:80' username=alice password=S3cret-4
both store protocol=https host=h path=team/repo.git username=alice password=S3cret-5
both store protocol=http host=h username=alice password=S3cret-6
asks
both store protocol=https host=h username=alice password=S3cret-7
asks
for odd in 'a b' '100%' '%41' 'a:b' 'a@b' 'Jürgen' "it's" '"quoted"' 'a/b?c#d' '$(id) `id` \n' '+&=' '~-._' ' '; do
	both store protocol=https host=odd path="$odd" "username=$odd" "password=$odd S3cret"
	both get protocol=https host=odd "username=$odd"
	both get protocol=https host=odd path="$odd"
done
both store url=https://carol:S3cret%408@u.example:1/a%20b/
both get url=https://u.example:1/a%20b
both get url=https://carol@u.example:1/
# A path keeps what a URL may have; "a:" before a code, and the code stays, in git's answer too.
both store protocol=https host=p username=u 'path=!*();&=+$,/?#[]{}|\^`<>"~ ' password=S3cret
both get protocol=https host=p 'path=!*();&=+$,/?#[]{}|\^`<>"~ '
both store protocol=https host=p username=u 'path=a b:c d' password=S3cret
both get protocol=https host=p 'path=a b:c d'
both get protocol=https host=p 'path=a%20b:c d'
# What is no credential is not stored; what would match everything is not erased.
both store protocol=https host=h username=alice
both store protocol=https username=alice password=S3cret
both store host=h username=alice password=S3cret
both store protocol=cert path=/a username=alice password=S3cret-c
both erase
both erase password=S3cret-2
both erase protocol=https host=h username=bob
both erase protocol=cert
both erase host=odd path='a b'
asks
both erase protocol=https
both nonsense protocol=https
# Lines that no git has written.
for who in git smidgit; do
	printf '\n# note\nhttps://h\nhttps://alice:S3cret@h%%0ax\nno line end' >"$tmp/allowed/$who"
	chmod 600 "$tmp/allowed/$who"
done
both get protocol=https
both store protocol=https host=h username=alice password=S3cret-9
both erase host=h

printf 'https://alice:S3cret@h\r\n' >"$tmp/allowed/cr" && chmod 600 "$tmp/allowed/cr"
lines protocol=https | ours credential-store --file "$tmp/allowed/cr" get >"$tmp/allowed/out"
check 'C3: no answer of a line with CR' test ! -s "$tmp/allowed/out"

# The longest that is sent: 65,535 bytes, each of which is coded.
{ lines protocol=https host=h username=long && printf 'password=S3cret' && head -c 65529 /dev/zero | tr '\0' '%' && echo; } \
	>"$tmp/allowed/long"
ours credential-store --file "$tmp/allowed/l" store <"$tmp/allowed/long"
check 'the longest password: stored' test $? -eq 0
lines host=h | ours credential-store --file "$tmp/allowed/l" get | grep password= >"$tmp/allowed/l.out"
grep password= "$tmp/allowed/long" >"$tmp/allowed/l.want"
check 'the longest password: comes back' cmp "$tmp/allowed/l.want" "$tmp/allowed/l.out"
{ cat "$tmp/allowed/long" && printf 'password=S3cret' && head -c 70000 /dev/zero | tr '\0' x && echo; } >"$tmp/allowed/longer"
check_fails 9 'a longer one' sh -c '"$SMIDGIT" credential-store --file "$1/l2" store <"$1/longer"' sh "$tmp/allowed"
check 'a longer one makes no file' test ! -e "$tmp/allowed/l2"

# The files that git looks for, in a home of its own for either.
home() {
	for who in git smidgit; do
		program=$who
		[ $who = git ] || program=$SMIDGIT
		home=$tmp/allowed/home-$who
		lines "$@" | sed 1d | HOME=$home XDG_CONFIG_HOME="${xdg:+$home/$xdg}" "$program" credential-store "$1" \
			>"$tmp/allowed/$who.out" 2>>"$tmp/errors"
		(cd "$home" && find . -type f -o -type l | LC_ALL=C sort | xargs stat -c '%n %a' 2>/dev/null
			find . -type f -exec cat {} +) >"$tmp/allowed/$who.state"
	done
	check "home, $*: answer" cmp "$tmp/allowed/git.out" "$tmp/allowed/smidgit.out"
	check "home, $*: state" same "$tmp/allowed/git.state" "$tmp/allowed/smidgit.state"
}
for xdg in '' conf; do
	for who in git smidgit; do
		rm -rf "$tmp/allowed/home-$who"
		mkdir -p "$tmp/allowed/home-$who/${xdg:-.config}/git"
	done
	home get host=h
	home store protocol=https host=h username=alice password=S3cret-1
	for who in git smidgit; do
		cd "$tmp/allowed/home-$who" && mv .git-credentials "${xdg:-.config}/git/credentials"
	done
	cd "$tmp" || exit 2
	home store protocol=https host=h username=bob password=S3cret-2
	home get host=h
	for who in git smidgit; do
		(umask 077 && : >"$tmp/allowed/home-$who/.git-credentials")
	done
	home store protocol=https host=h username=bob password=S3cret-3
	home get host=h
	home get host=h username=alice
	home erase host=h
	home get host=h
	for who in git smidgit; do
		cd "$tmp/allowed/home-$who" && mv .git-credentials real && ln -s real .git-credentials
	done
	cd "$tmp" || exit 2
	home store protocol=https host=h username=alice password=S3cret-4
	check 'a symlink stays one' test -L "$tmp/allowed/home-smidgit/.git-credentials"
done
check_fails 8 'no home' env -u HOME -u XDG_CONFIG_HOME "$SMIDGIT" credential-store get
said 'HOME is not set'

# Locks: one that stays, one that goes, and many at once.
store=$tmp/allowed/store
lines protocol=https host=h username=alice password=S3cret-1 >"$tmp/allowed/in"
keep() { "$SMIDGIT" credential-store --file "$store" "$1" <"$tmp/allowed/in"; }
: >"$store.lock"
check_fails 8 'a lock that stays' keep store
said "store.lock' exists"
check 'the lock is left alone' test -e "$store.lock"
(sleep 0.3 && rm "$store.lock") &
check 'a lock that goes' keep store
wait
rm -f "$store"
for n in 1 2 3 4 5 6; do
	lines protocol=https host=h$n username=alice password=S3cret | git credential-store --file "$store" store &
	lines protocol=https host=g$n username=alice password=S3cret | ours credential-store --file "$store" store &
done
wait
check 'twelve at once: all are there' test "$(sort -u "$store" | wc -l)" -eq 12

# C3: neither read nor written when others can.
for mode in 640 604 620; do
	chmod $mode "$store"
	cp "$store" "$tmp/allowed/before"
	for operation in get store erase; do
		check_fails 5 "mode $mode, $operation" keep $operation
		said 'is open to others; use '
	done
	check "mode $mode: left as it is" cmp "$store" "$tmp/allowed/before"
	check "mode $mode: no lock is left" test ! -e "$store.lock"
done
chmod 600 "$store"
check_fails 8 'a directory' "$SMIDGIT" credential-store --file "$tmp/allowed" get
check_fails 8 'no directory' sh -c '"$SMIDGIT" credential-store --file "$1/none/x" store <"$1/in"' sh "$tmp/allowed"

# C3: hostile lines, from a helper in between or a URL.
bad() {
	printf "$1" >"$tmp/allowed/bad"
	for helper in store keyring; do
		check_fails 7 "$helper: $1" sh -c '"$SMIDGIT" credential-$2 store <"$1"' sh "$tmp/allowed/bad" $helper
		said "$2"
	done
}
bad 'protocol=https\nhost=h\nusername=u\nS3cret\n' "without '='"
bad 'protocol=https\nhost=h\rhost=g\nusername=u\npassword=S3cret\n' 'a carriage return'
bad 'protocol=https\nhost=h\nusername=u\npassword=S3\0cret\n' 'a NUL'
bad 'url=https://u:S3cret@h%%0ahost=g/\n' 'a line break'
check 'nothing of it is stored' test ! -e "$HOME/.git-credentials"
for helper in credential-store credential-keyring; do
	check_fails 2 "$helper: nothing to do" "$SMIDGIT" $helper
	check_fails 2 "$helper: too much to do" "$SMIDGIT" $helper get get
	check "$helper: what comes later is passed over" "$SMIDGIT" $helper capability
done

# Called by git.
helper() { git -c credential.helper= -c "credential.helper=!'$SMIDGIT' $1" credential "$2" 2>>"$tmp/errors"; }
by_git() {
	lines protocol=https host=$host username=alice 'password=S3cret %41"' | helper "$1" approve
	lines protocol=https host=$host username=bob password=S3cret-b | helper "$1" approve
	lines protocol=https host=$host username=alice | helper "$1" fill >"$tmp/allowed/out"
	lines protocol=https host=$host username=alice 'password=S3cret %41"' >"$tmp/allowed/want"
	check "git fills by $1" same "$tmp/allowed/want" "$tmp/allowed/out"
	lines protocol=https host=$host | helper "$1" fill >"$tmp/allowed/out"
	check "git fills by $1, the latest" grep -qx password=S3cret-b "$tmp/allowed/out"
	lines protocol=https host=$host username=bob password=S3cret-other | helper "$1" reject
	lines protocol=https host=$host username=bob | helper "$1" fill >"$tmp/allowed/out"
	check "git has another one dropped by $1" grep -qx password=S3cret-b "$tmp/allowed/out"
	lines protocol=https host=$host username=bob password=S3cret-b | helper "$1" reject
	lines protocol=https host=$host | helper "$1" fill >"$tmp/allowed/out"
	check "git has it dropped by $1" same "$tmp/allowed/want" "$tmp/allowed/out"
	lines protocol=https host=$host | helper "$1" reject
	check_fails 128 "git has all dropped by $1" sh -c 'printf "protocol=https\nhost=$3\n" |
		git -c credential.helper= -c "credential.helper=!'\''$SMIDGIT'\'' $1" credential fill' sh "$1" x $host
}
host=git-$$.example
by_git "credential-store --file $tmp/allowed/by-git"

# The kernel's keyring; its keys are for hosts that nobody has.
ring() { ours credential-keyring "$@"; }
answers() { # QUESTION... -- LINE...: these are all lines of the answer
	: >"$tmp/allowed/question"
	while [ "$1" != -- ]; do echo "$1" >>"$tmp/allowed/question" && shift; done
	shift
	[ $# -eq 0 ] || lines "$@" >"$tmp/allowed/want"
	[ $# -ne 0 ] || : >"$tmp/allowed/want"
	ring get <"$tmp/allowed/question" >"$tmp/allowed/out"
	check "keyring: $(tr '\n' ' ' <"$tmp/allowed/question")" same "$tmp/allowed/want" "$tmp/allowed/out"
}
keyrings() {
	by_git credential-keyring
	lines protocol=https host=$host path=a/b username=alice password=S3cret-p oauth_refresh_token=S3cret-r \
		password_expiry_utc=99999999999 'wwwauth[]=Basic' 'state[]=x' | ring store
	lines protocol=https host=$host path=c username=bob password=S3cret-q | ring store
	answers protocol=https host=$host path=a/b -- username=alice password=S3cret-p oauth_refresh_token=S3cret-r \
		password_expiry_utc=99999999999
	answers protocol=https host=$host -- username=bob password=S3cret-q
	answers protocol=http host=$host --
	lines protocol=https host=$host path=c username=bob password=S3cret-new | ring store
	answers protocol=https host=$host username=bob -- username=bob password=S3cret-new
	check 'its name says no secret' sh -c '! grep -q S3cret /proc/keys'
	lines protocol=https host=$host username=bob | ring erase
	answers protocol=https host=$host username=bob --
	# What it is not for, or not for long.
	lines protocol=https host=b.$host authtype=Bearer credential=S3cret ephemeral=1 | ring store
	answers host=b.$host 'capability[]=authtype' --
	lines protocol=https host=b.$host authtype=Bearer credential=S3cret | ring store
	answers host=b.$host 'capability[]=authtype' -- 'capability[]=authtype' authtype=Bearer credential=S3cret
	answers host=b.$host --
	lines host=b.$host authtype=Bearer credential=S3cret | ring erase
	lines protocol=https host=$host username=old password=S3cret password_expiry_utc=9 | ring store
	answers host=$host username=old --
	lines protocol=https host=$host username=brief password=S3cret | ring --timeout 2 store
	answers host=$host username=brief -- username=brief password=S3cret
	lines protocol=https host=c.$host username=long password=S3cret | ring --timeout 2147483647 store
	check_fails 2 'keyring: 2^32 seconds would be for ever' "$SMIDGIT" credential-keyring --timeout 4294967296 store
	answers host=c.$host -- username=long password=S3cret
	lines host=c.$host | ring erase
	lines protocol=https host=$host username=soon password=S3cret "password_expiry_utc=$(($(date +%s) + 2))" | ring store
	sleep 3
	answers host=$host username=brief --
	answers host=$host username=soon --
	# From a session that possesses nothing: cron's, a service's.
	[ -z "$keyctl" ] || other_session
}
# elsewhere COMMAND...: in a session of its own, if we know how to call the system for that here.
case $(uname -m) in x86_64) keyctl=250 ;; aarch64 | riscv64) keyctl=219 ;; *) keyctl= ;; esac
command -v perl >/dev/null || keyctl=
elsewhere() {
	[ -z "$keyctl" ] || set -- perl -e 'syscall(shift(@ARGV) + 0, 1, 0) > 0 or exit 3; exec @ARGV' "$keyctl" "$@"
	"$@"
}
other_session() {
	lines protocol=https host=$host >"$tmp/allowed/question"
	lines username=alice password=S3cret-p oauth_refresh_token=S3cret-r password_expiry_utc=99999999999 >"$tmp/allowed/want"
	elsewhere "$SMIDGIT" credential-keyring get \
		<"$tmp/allowed/question" >"$tmp/allowed/out" 2>>"$tmp/errors"
	check 'keyring: found from another session' same "$tmp/allowed/want" "$tmp/allowed/out"
}
# refused CALL:ERROR EXIT SENTENCE
refused() {
	check_fails "$2" "keyring: $1" sh -c 'strace -f -o "$1/trace" -e trace=keyctl,add_key -e "inject=$2" \
		"$SMIDGIT" credential-keyring store <"$1/in"' sh "$tmp/allowed" "$1"
	said "$3"
}
refusals() {
	refused keyctl:error=EPERM 8 'closed to this process, as they are in most containers'
	refused keyctl:error=ENOSYS 8 "this system's kernel has no keyrings"
	refused keyctl:error=EACCES:when=1 8 'closed to this process'
	refused keyctl:error=EDQUOT:when=1 9 "share of the kernel's memory for keys is full"
	if [ -n "$keyrings" ]; then
		refused add_key:error=EPERM 8 'closed to this process, as they are in most containers'
		refused add_key:error=EDQUOT 9 "share of the kernel's memory for keys is full"
		refused add_key:error=ENOMEM 9 'the kernel has no memory for a key'
		refused keyctl:error=EACCES:when=3 8 'closed to this process'
	fi
	check 'no key is left of it' sh -c '! grep -q "smidgit:https://alice@h:" /proc/keys'
	trace=$tmp/allowed/trace
	strace -f -s 9999 -e trace=execve -o "$trace" git -c credential.helper= -c "credential.helper=!'$SMIDGIT' credential-store --file '$store'" \
		credential approve <"$tmp/allowed/in"
	check 'C1: no argument or variable of a program has it' sh -c 'grep -q credential-store "$1" && ! grep -q S3cret "$1"' sh "$trace"
}
no_persistent() {
	lines protocol=https host=u.$host username=alice password=S3cret-u >"$tmp/allowed/in"
	for operation in store get erase get; do
		elsewhere strace -o "$tmp/allowed/trace" -e trace=keyctl -e inject=keyctl:error=EOPNOTSUPP:when=1 \
			"$SMIDGIT" credential-keyring $operation <"$tmp/allowed/in" 2>>"$tmp/errors"
	done >"$tmp/allowed/out"
	lines username=alice password=S3cret-u >"$tmp/allowed/want"
	check 'keyring: a kernel without persistent ones' same "$tmp/allowed/want" "$tmp/allowed/out"
}
if ! : | "$SMIDGIT" credential-keyring get >"$tmp/allowed/out" 2>&1; then
	echo "left out: the kernel's keyring, this machine has none for us: $(cat "$tmp/allowed/out")"
	keyrings=
else
	keyrings=yes
	keyrings
fi
if ! may_trace -e inject=keyctl:error=EPERM; then
	echo 'left out: what a keyring refuses, and arguments of helpers; strace is missing, may not trace, or sanitizers'
else
	refusals
	[ -z "$keyrings" ] || no_persistent
fi
lines host=$host | ring erase
# The kernel takes its time to forget what has expired.
check 'no key is left' sh -c '! awk "\$2 !~ /i/ && \$4 != \"expd\"" /proc/keys | grep -q "$1"' sh "$host"

# C1: a secret is in the files that were to have it, and nowhere else.
check 'C1: no secret on standard error' sh -c '! grep S3cret "$1"' sh "$tmp/errors"
rm -rf "$tmp/allowed" "$tmp/check.log"
check 'C1: no secret in other files' sh -c '! grep -rl S3cret "$1"' sh "$tmp"
finish
