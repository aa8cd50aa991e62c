# SPDX-License-Identifier: MIT
# Sourced by the scripts of this directory: a place for files, a server, counting.
#
#   check NAME COMMAND...     passes when the command succeeds; shows its output when not
#   check_fails CODE NAME COMMAND...   passes when the command exits with CODE
#   said TEXT                 passes when the last check's command wrote TEXT
#   alike [OPTION...] A B...  whether files or directories are the same: tests/tools/alike.c
#   done_alike A B [OPTION...]   whether git in A and smidgit in B have made the same of one repository
#   status_alike A B          and git says the same of both working trees
#   serve [OPTION...]         starts the test server, on $FIXTURES unless told what to answer; $url is
#                             its base URL
#   serve_remembering [OPTION...]   the same, for one repository that is asked for hundreds of times:
#                             git answers each different request once
#   certificate               makes $cert and $key for serve --tls
#   build_with BUNDLE         makes $tmp/smidgit with built-in roots
#   preload NAME              makes $tmp/NAME.so of tests/preload/NAME.c, for LD_PRELOAD
#   fixture NAME...           makes fixture repositories
#   finish                    the last line of every script: "N passed, N failed"
set -u
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
FIXTURES=${FIXTURES:-$BUILD/fixtures}
case $FIXTURES in /*) ;; *) FIXTURES=$PWD/$FIXTURES ;; esac
top=$PWD
SMIDGIT=${SMIDGIT:-$PWD/smidgit}
passed=0 failed=0 servers=
tmp=$(mktemp -d) || exit 2
trap 'stop_servers; cd /; rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

# Nothing of whoever runs the tests may change their outcome.
unset GIT_SSL_CAINFO GIT_SSL_CAPATH GIT_SSL_NO_VERIFY SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE \
	http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY NETRC \
	GIT_ASKPASS SSH_ASKPASS GIT_DIR GIT_WORK_TREE GIT_TRACE GIT_PROTOCOL SMIDGIT_TRACE \
	GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS GIT_TEMPLATE_DIR GIT_CONFIG GIT_INDEX_FILE GIT_OBJECT_DIRECTORY \
	GIT_COMMON_DIR GIT_CEILING_DIRECTORIES GIT_DISCOVERY_ACROSS_FILESYSTEM GIT_ALLOW_PROTOCOL
HOME=$tmp/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 LC_ALL=C TZ=UTC
# Who waits for a second try makes the tests no better, but for those of salvage.sh.
GIT_HTTP_MAX_RETRIES=0
export HOME GIT_CONFIG_NOSYSTEM GIT_TERMINAL_PROMPT GIT_HTTP_MAX_RETRIES LC_ALL TZ BUILD FIXTURES SMIDGIT
umask 022
mkdir "$HOME"
# Written here: each `git config` is a process, in each script. So is what each commit and fetch of git would
# look for to be done, and would not do in repositories this small; and the two programs that each fsck starts
# for files that neither of us writes.
cat >"$HOME/.gitconfig" <<EOF
[user]
	name = Test Person
	email = test@example.org
[init]
	defaultBranch = master
[protocol]
	version = 2
[advice]
	detachedHead = false
[pull]
	rebase = false
[core]
	hooksPath = /dev/null
	commitGraph = false
	multiPackIndex = false
[gc]
	auto = 0
	writeCommitGraph = false
[maintenance]
	auto = false
[receive]
	autogc = false
EOF

ok() {
	passed=$((passed + 1))
}

not_ok() {
	failed=$((failed + 1))
	printf 'failed: %s\n' "$1"
	[ ! -s "$tmp/check.log" ] || sed 's/^/  /' "$tmp/check.log" | head -n 20
}

check() {
	check_name=$1
	shift
	if "$@" >"$tmp/check.log" 2>&1 </dev/null; then ok; else not_ok "$check_name"; fi
}

check_fails() {
	check_code=$1 check_name=$2
	shift 2
	"$@" >"$tmp/check.log" 2>&1 </dev/null
	check_status=$?
	if [ "$check_status" -eq "$check_code" ]; then ok; else
		not_ok "$check_name (exit $check_status, expected $check_code)"
	fi
}

# said TEXT: the last check's command wrote TEXT. Nearly always it is in one of few lines, which are read
# here without a process.
said() {
	said_lines=12
	while [ $said_lines -gt 0 ] && { IFS= read -r said_line || [ -n "$said_line" ]; }; do
		case $said_line in *"$1"*)
			ok
			return
			;;
		esac
		said_lines=$((said_lines - 1))
	done <"$tmp/check.log"
	if grep -F -q -e "$1" "$tmp/check.log"; then ok; else not_ok "$check_name: does not say: $1"; fi
}

# Often both are empty.
same() {
	if [ -f "$1" ] && [ -f "$2" ] && [ ! -s "$1" ] && [ ! -s "$2" ]; then return 0; fi
	diff -u "$1" "$2"
}

alike() {
	"$BUILD/tests/tools/alike" "$@"
}

# done_alike A B [OPTION OF alike...]: two copies of one repository, one after a command of git and one after the same of
# smidgit, are the same for certain, so that nobody has to cut from each what is to be compared: the files
# of the repositories and of their working trees are, byte for byte, and the entries of their indexes; only
# the times in reflogs may differ, and the stat data. git reads all that smidgit has left and has nothing
# to say. When this fails they may be the same all the same: references packed or not, objects too.
done_alike() {
	done_git=$1 done_ours=$2
	shift 2
	alike -g "$@" "$done_git" "$done_ours" && says_nothing git -C "$done_ours" fsck --full --strict --no-dangling
}
says_nothing() {
	said_all=$("$@" 2>&1) && [ -z "$said_all" ]
}

# Stat data that are wrong would show here.
status_alike() {
	[ "$(git -C "$1" status --porcelain -b)" = "$(git -C "$2" status --porcelain -b)" ]
}

fixture() {
	for made_name in "$@"; do
		FIXTURES=$FIXTURES sh "$top/fixtures/repo/make.sh" "$made_name" || not_ok "fixture $made_name"
	done
}

# One script compiles it for all: whole or not at all, they run side by side.
preload() {
	preload_source=$top/tests/preload/$1.c preload_made=$BUILD/tests/preload/$1.so
	if [ ! -e "$preload_made" ] || [ -n "$(find "$preload_source" -newer "$preload_made")" ]; then
		mkdir -p "${preload_made%/*}" &&
			${CC:-cc} -shared -fPIC -D_POSIX_C_SOURCE=200809L -o "$preload_made.$$" "$preload_source" -ldl &&
			mv "$preload_made.$$" "$preload_made" || return 1
	fi
	ln -sf "$preload_made" "$tmp/$1.so"
}

# unless_sanitized: for scripts that are all about what they preload.
unless_sanitized() {
	[ -n "${SANITIZE:-}" ] || return 0
	echo 'left out: the sanitizers do not go with LD_PRELOAD'
	ok
	finish
}

# may_trace [OPTION OF strace...]: it is there, and may trace; LeakSanitizer does not go with it.
may_trace() {
	[ -z "${SANITIZE:-}" ] && strace -o /dev/null "$@" true 2>/dev/null
}

# push_more REPOSITORY: it has one commit more then, by somebody else.
push_more() {
	[ -d "$tmp/more" ] || git clone -q "$1" "$tmp/more"
	echo more >>"$tmp/more/more" && git -C "$tmp/more" add more &&
		git -C "$tmp/more" commit -q -m more && git -C "$tmp/more" push -q
}

# damage SEEK FILE...: some bytes there are others.
damage() {
	seek=$1
	shift
	for file; do
		chmod 600 "$file"
		printf 'damage' | dd of="$file" bs=1 seek="$seek" conv=notrunc 2>/dev/null
	done
}

# git starts a plain name itself, anything else by a shell.
hook=$top/fixtures/repo/pack-hook.sh
case $hook in *[!A-Za-z0-9/._-]*) hook="'$hook'" ;; esac
serve() {
	serve_port=$tmp/port.$passed.$failed.$$
	rm -f "$serve_port"
	serve_root=$FIXTURES
	# A shell for each pack: only for the repositories that need it.
	case " $* " in *' --root '*) ;; *)
		[ -z "$hook" ] || printf '[uploadpack]\n\tpackObjectsHook = "%s"\n' "$hook" >>"$HOME/.gitconfig"
		hook=
		;;
	esac
	case " $* " in *' --status '* | *' --raw '* | *' --silent '* | *' --root '*) serve_root= ;; esac
	"$BUILD/tests/testserver" --port-file "$serve_port" ${serve_root:+--root "$serve_root"} "$@" \
		2>>"$tmp/server.log" &
	server=$!
	servers="$servers $server"
	until [ -s "$serve_port" ]; do
		kill -0 "$server" 2>/dev/null || {
			not_ok "test server: $(cat "$tmp/server.log")"
			finish
		}
		sleep 0.02
	done
	read -r port <"$serve_port"
	url=http://127.0.0.1:$port
	case " $* " in *' --tls '*) url=https://localhost:$port ;; esac
}

serve_remembering() {
	serve --remember "$(mktemp -d "$tmp/answers-XXXXXX")" "$@"
}

stop_servers() {
	for stop in $servers; do
		kill "$stop" 2>/dev/null
		wait "$stop" 2>/dev/null
	done
	servers=
}

# nth_pack N WORDS [M OTHER-WORDS]: when the next server is asked for its Nth pack, that happens instead of it.
nth_pack() {
	: >"$tmp/packs"
	echo "$2" >"$tmp/then"
	echo "${4:-}" >"$tmp/other"
	cat >"$tmp/pack-hook" <<-EOF
		#!/bin/sh
		echo >>"$tmp/packs"
		count=\$(wc -l <"$tmp/packs")
		[ "\$count" -ne $1 ] || . "$tmp/then"
		[ "\$count" -ne ${3:-0} ] || . "$tmp/other"
		exec "\$@"
	EOF
	chmod 700 "$tmp/pack-hook"
	git config --global uploadpack.packObjectsHook "$tmp/pack-hook"
}
second_pack() { nth_pack 2 "$1"; }
usual_packs() { git config --global --unset uploadpack.packObjectsHook; }

# part_of FILE STATUS FROM TO [HEADER...]: an answer that promises FILE from byte FROM on, and ends before TO.
part_of() {
	part_file=$1 part_status=$2 part_from=$3 part_to=$4
	shift 4
	printf 'HTTP/1.1 %s\r\nContent-Length: %d\r\n' "$part_status" $(($(wc -c <"$part_file") - part_from))
	[ $# -eq 0 ] || printf '%s\r\n' "$@"
	printf '\r\n' && tail -c +$((part_from + 1)) "$part_file" | head -c $((part_to - part_from))
}

# may_mount: defines alone COMMAND..., which gives it mounts of its own, as root or as a user that may play root.
# 1: there are none.
may_mount() {
	if unshare -m true 2>/dev/null; then
		alone() { unshare -m "$@"; }
	elif unshare -rm true 2>/dev/null; then
		alone() { unshare -rm "$@"; }
	else
		alone() { return 77; }
		return 1
	fi
}
has_mounts() {
	alone sh -c 'mount -t tmpfs none /mnt' 2>/dev/null
}

# For nth_pack. Of upload-pack, which starts the hook, the backend is the parent, and of this the
# connection's process.
connection_breaks() {
	cat <<-EOF
		above() { read -r line <"/proc/\$1/stat" && line=\${line##*) } && set -- \$line && echo "\$2"; }
		backend=\$(above \$PPID)
		kill -9 $1 "\$(above "\$backend")" "\$backend" \$PPID
		exit 1
	EOF
}
# $tmp/server.pid is the server's.
server_goes_away() { connection_breaks "\$(cat '$tmp/server.pid')"; }

# certificate [NAMES]: $cert and $key, for localhost and 127.0.0.1 unless told. Valid from 2020 to
# 2049, so that a machine whose clock is years behind runs the tests too; `req -x509` can only begin
# today.
certificate() {
	cert=$tmp/cert.pem key=$tmp/key.pem
	mkdir "$tmp/ca" && : >"$tmp/ca/index" && echo 01 >"$tmp/ca/serial"
	cat >"$tmp/ca/config" <<-EOF
		[ca]
		default_ca = here
		[here]
		database = $tmp/ca/index
		serial = $tmp/ca/serial
		new_certs_dir = $tmp/ca
		default_md = sha256
		policy = any
		[any]
		commonName = supplied
		[req]
		distinguished_name = name
		[name]
		[server]
		basicConstraints = critical, CA:true
		subjectAltName = ${1:-DNS:localhost, IP:127.0.0.1}
	EOF
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 \
		-config "$tmp/ca/config" -subj /CN=localhost -keyout "$key" -out "$tmp/ca/request" 2>/dev/null
	openssl ca -batch -notext -selfsign -config "$tmp/ca/config" -extensions server \
		-startdate 20200101000000Z -enddate 20491231235959Z \
		-keyfile "$key" -in "$tmp/ca/request" -out "$cert" 2>/dev/null
}

# build_with BUNDLE: $tmp/smidgit with these roots built in, of what has been compiled already but for
# sanitizers: $tmp/world.so does not go with them.
build_with() {
	if [ -z "${SANITIZE:-}" ] && [ ! -e "$tmp/build" ]; then
		mkdir "$tmp/build" && cp -Rp "$BUILD/proto" "$BUILD/src" "$tmp/build"
	fi
	make -s -j2 CA_BUNDLE="$1" BUILD="$tmp/build" OUT="$tmp/smidgit" CFLAGS=-O1 LDFLAGS= CPPFLAGS= "$tmp/smidgit"
}

finish() {
	printf '%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" -eq 0 ]
	exit
}
