# SPDX-License-Identifier: MIT
# Machines that lack things: a resolver, HOME and users, descriptors, /dev and /proc, room on the
# disk, memory. It works, or one sentence says why not, and nothing stays behind.
. "${0%/*}/lib.sh"
fixture four-objects kinds history
certificate 'DNS:git.example.org, IP:127.0.0.1, IP:::1'
serve
plain=$url plain_port=$port
serve --tls "$cert" "$key"
secure_port=$port work=$tmp/work
mkdir "$work"

# new: an empty place to clone to. nothing_left: as it was.
new() {
	rm -rf "$work" && mkdir "$work"
}
# left_in_work: sets $left, without a process: it is asked for after each of some thousand runs.
left_in_work() {
	left=
	for name in "$work"/* "$work"/.[!.]* "$work"/..?*; do
		[ ! -e "$name" ] && [ ! -L "$name" ] || left="$left${left:+ }${name##*/}"
	done
}
nothing_left() {
	left_in_work
	test -z "$left" || echo "left: $left"
	test -z "$left"
}
may_mount || echo 'left out: what needs mounts of its own (unshare -m)'

# --- names and addresses
secure() {
	"$SMIDGIT" ls-remote --cacert "$cert" "$@"
}
name=https://git.example.org:$port/four-objects.git
check '--resolve, over TLS' secure --resolve "git.example.org:$port:127.0.0.1" "$name"
check '--resolve: two addresses, the first is dead' \
	secure --connect-timeout 5 --resolve "git.example.org:$port:127.0.0.2,127.0.0.1" "$name"
check_fails 4 'the certificate is judged by the name asked for' \
	secure --resolve "*:$port:127.0.0.1" "https://other.example:$port/four-objects.git"
said "the certificate is for git.example.org, 127.0.0.1, ::1, not for 'other.example'"
check 'an IPv4 address' secure "https://127.0.0.1:$port/four-objects.git"
check 'an IPv6 address' secure --resolve "*:$port:127.0.0.1" "https://[::1]:$port/four-objects.git"
check 'the same address, written in full' \
	secure --resolve "*:$port:127.0.0.1" "https://[0:0:0:0:0:0:0:1]:$port/four-objects.git"
for wrong in 127.0.0.2 '[::2]' '[::ffff:127.0.0.1]' '[7f00:1::]'; do
	check_fails 4 "the wrong address $wrong" \
		secure --resolve "*:$port:127.0.0.1" "https://$wrong:$port/four-objects.git"
	said 'not for '
done
no_resolver() {
	alone sh -c 'mount -t tmpfs none /etc && exec "$@"' - "$@"
}
if has_mounts; then
	check_fails 3 'no resolver' no_resolver "$SMIDGIT" ls-remote --connect-timeout 1 "$name"
	said '--resolve says the address'
	check 'no resolver, --resolve' no_resolver "$SMIDGIT" ls-remote --cacert "$cert" \
		--resolve "git.example.org:$port:127.0.0.1" "$name"
	check 'no resolver, localhost' no_resolver "$SMIDGIT" ls-remote "http://localhost:$plain_port/four-objects.git"
fi

# --- no environment, no descriptors, no devices
repo=https://127.0.0.1:$port/four-objects.git
whole() {
	test "$(git -C "$1" rev-parse HEAD)" = "$(git --git-dir="$FIXTURES/four-objects.git" rev-parse HEAD)" &&
		git -C "$1" fsck --strict && test -z "$(git -C "$1" status --porcelain)"
}
new
check 'an empty environment, no terminal' env -i setsid "$SMIDGIT" clone -q --cacert "$cert" "$repo" "$work/a"
check 'whole' whole "$work/a"
closed() {
	new
	(
		exec </dev/null
		for closed_fd in $1; do eval "exec $closed_fd>&-"; done
		shift
		exec env -i "$SMIDGIT" "$@"
	)
}
for fds in 0 1 2 '0 1' '1 2' '0 1 2'; do
	check "clone without descriptors $fds" closed "$fds" clone --progress --cacert "$cert" "$repo" "$work/a"
	check 'whole' whole "$work/a"
done
check_fails 8 'a closed standard output' closed 1 ls-remote --cacert "$cert" "$repo"
said 'cannot write to standard output'
check_fails 8 'a full standard output' sh -c '"$@" >/dev/full' - "$SMIDGIT" ls-remote --cacert "$cert" "$repo"
said 'cannot write to standard output'
serve --tls "$cert" "$key" --user alice --password "none of it is asked for"
check_fails 5 'no terminal to ask on' env -i setsid "$SMIDGIT" ls-remote --cacert "$cert" \
	"https://127.0.0.1:$port/four-objects.git"
said 'terminal'
check_fails 2 'no descriptor to read the password from' closed 0 ls-remote --cacert "$cert" --user alice \
	--password-fd 0 "https://127.0.0.1:$port/four-objects.git"
nowhere() { # the sanitizers look into /proc
	alone sh -c 'for place in /dev ${SANITIZE:-/proc} /sys /tmp /run; do
			[ "$place" != 1 ] || continue
			[ "$place" = /tmp ] || mount -t tmpfs -o ro none "$place" || exit 99
		done
		cd "$1" && shift && exec env -i "$@"' - "$work" "$@"
}
if has_mounts; then
	new
	check 'no /dev, no /proc' nowhere "$SMIDGIT" clone -q --cacert "$cert" "$repo" a
	check 'whole' whole "$work/a"
	check_fails 8 'a read-only file system' alone sh -c 'mount -t tmpfs -o ro none "$1" && shift && exec "$@"' \
		- "$work" "$SMIDGIT" clone -q --cacert "$cert" "$repo" "$work/b"
	said 'Read-only file system'
fi
# A root directory with the program and a certificate in it, no more, for a static build.
new
cp "$SMIDGIT" "$work/smidgit" && cp "$cert" "$work/ca.pem"
in_root() {
	alone env -i "$(command -v chroot || echo /usr/sbin/chroot)" "$work" /smidgit "$@"
}
if in_root version >"$tmp/out" 2>&1; then
	check 'alone in the world' in_root clone -q --cacert /ca.pem "$repo" /a
	check 'whole' whole "$work/a"
	check 'alone, by name' in_root clone -q --cacert /ca.pem --resolve "git.example.org:$secure_port:127.0.0.1" "$name" b
	check 'whole' whole "$work/b"
	check_fails 4 'alone, no certificates' in_root ls-remote "$repo"
	said 'name a file with --cacert'
	check 'nothing else' test "$(ls -A "$work" | tr '\n' ' ')" = 'a b ca.pem smidgit '
fi
modes() {
	(cd "$1" && find . -mindepth 1 -printf '%m %P\n' | sort -k 2) >"$2"
}
new
(umask 0 && "$SMIDGIT" clone -q --cacert "$cert" "$repo" "$work/ours" &&
	git clone -q "$plain/four-objects.git" "$work/gits")
modes "$work/ours" "$tmp/ours" && modes "$work/gits" "$tmp/gits"
check 'umask 0: as git' test -z "$(join -1 2 -2 2 "$tmp/ours" "$tmp/gits" | awk '$2 != $3')"
check 'umask 0: files for all' grep -q '^666 docs/greeting.txt' "$tmp/ours"

# --- what is to be written has to fit
# The need by git's account: whole blocks of the files and of the index, an inode each.
git --git-dir="$FIXTURES/history.git" ls-tree -r -l HEAD >"$tmp/tree"
blocks=$(awk -F '\t' '{ split($1, part, / +/); bytes = part[4]; sum += int((bytes + 4095) / 4096)
	paths += length($2) + 1; count++ }
	END { print sum + int((12 + 62 * count + paths + 20 + 4095) / 4096) }' "$tmp/tree")
inodes=$(($(wc -l <"$tmp/tree") + 1 + $(git --git-dir="$FIXTURES/history.git" ls-tree -r -d HEAD | wc -l)))
pack=$(du -k "$FIXTURES/history.git/objects/pack" | cut -f 1)

tmpfs() {
	tmpfs_options=$1
	shift
	alone sh -c 'mount -t tmpfs -o "$1" none "$2" || exit 99; work=$2; shift 2
		"$@"; status=$?
		ls -A "$work"
		exit $status' - "$tmpfs_options" "$work" "$@"
}
# ls after the clone: its sentence, then nothing.
lines() {
	check "$1: one sentence, nothing left" test "$(wc -l <"$tmp/check.log")" -eq 1
}
if has_mounts; then
	new
	clone="$SMIDGIT clone -q --no-sync $plain/history.git $work/x"
	check_fails 8 'tmpfs: full amid the pack' tmpfs size=1m $clone
	said "fatal: clone: $work/x: no room on the disk: the rest of the pack, as it seems, needs "
	said ' KiB, 0 KiB are free'
	lines 'full amid the pack'
	check_fails 8 'tmpfs: not even the least pack fits' tmpfs size=64k $clone
	said 'the pack, at least, needs'
	lines 'not even the least pack'
	check_fails 8 'tmpfs: no room for the files' tmpfs "size=$((pack + blocks * 4 - 64))k" $clone
	said "fatal: $work/x: no room on the disk: the working tree needs $((blocks * 4)) KiB, "
	lines 'no room for the files'
	check_fails 8 'tmpfs: no inodes for the files' tmpfs "size=64m,nr_inodes=$inodes" $clone
	said "the working tree needs $inodes inodes, "
	lines 'no inodes for the files'
	check 'tmpfs: room enough' tmpfs "size=$((pack + blocks * 4 + 512))k,nr_inodes=$((inodes + 64))" $clone
fi

if [ -n "${SANITIZE:-}" ]; then
	echo 'left out: the sanitizers do not go with LD_PRELOAD and with limits to memory'
	finish
fi
preload=$tmp/bare.so
preload bare || not_ok 'bare.c'
# lacks SETTING COMMAND...
lacks() {
	(
		export "$1" LD_PRELOAD="$preload"
		shift
		exec "$@"
	)
}
disk() {
	new
	lacks "$1" "$SMIDGIT" clone -q --no-sync "$plain/history.git" "$work/x"
}
check 'just enough blocks' disk BARE_FREE=$blocks
check_fails 8 'a block too few' disk BARE_FREE=$((blocks - 1))
said "no room on the disk: the working tree needs $((blocks * 4)) KiB, $((blocks * 4 - 4)) KiB are free"
check 'nothing left' nothing_left
check 'just enough inodes' disk BARE_INODES=$inodes
check_fails 8 'an inode too few' disk BARE_INODES=$((inodes - 1))
said "no room on the disk: the working tree needs $inodes inodes, $((inodes - 1)) are free"
check 'nothing left' nothing_left
check 'a file system that does not know' env BARE_FREE=0 LD_PRELOAD="$preload" BARE_SIZE=0 \
	"$SMIDGIT" clone -q --no-sync "$plain/four-objects.git" "$work/x"
# What a full disk is called is read here, not by a grep.
is_called_full() {
	while read -r line; do
		case $line in 'fatal: '*'No space left on device') return 0 ;; esac
	done <"$tmp/full"
	return 1
}
new
at=0 outcome=8
while [ $outcome -eq 8 ] && [ $at -lt 100000 ]; do
	lacks "BARE_DISK=$at" "$SMIDGIT" clone -q --no-sync "$plain/kinds.git" "$work/x" >"$tmp/full" 2>&1
	outcome=$?
	[ $outcome -eq 0 ] || nothing_left >>"$tmp/full" || outcome=98
	[ $outcome -ne 8 ] || is_called_full || outcome=99
	at=$((at + 101))
done
cp "$tmp/full" "$tmp/check.log"
[ $outcome -eq 0 ] && ok || not_ok "disk full after $at bytes: exit $outcome"
check "the disk was full often ($at)" test $at -gt 1000

# --- memory
# starve SETTING FROM TO STEP COMMAND...: at each number an exit of 9 with a sentence, or 0 when it
# did without; in $work nothing but a whole clone.
starve() {
	setting=$1 n=$2 to=$3 step=$4
	shift 4
	new
	while [ "$n" -le "$to" ]; do
		lacks "$setting=$n" "$@" >"$tmp/out" 2>"$tmp/starved"
		status=$?
		left_in_work
		case "$status:$left" in
		0: | 0:x) ;;
		9: | 9:x.smidgit-*)
			fatal=0
			while read -r line; do case $line in 'fatal: '*) fatal=$((fatal + 1)) ;; esac done <"$tmp/starved"
			[ $fatal -eq 1 ] || status=99
			[ -z "$left" ] || [ "$setting" = BARE_FAIL_FROM ] || status=98
			;;
		*) status=97 ;;
		esac
		case $status in 0 | 9) ;; *)
			echo "$setting=$n: exit $status, left: $left"
			cat "$tmp/starved"
			return 1
			;;
		esac
		[ -z "$left" ] || new
		n=$((n + step))
	done
}
allocations() {
	new
	lacks BARE_COUNT="$tmp/count" "$@" >"$tmp/out" 2>&1 || cat "$tmp/out"
	count=$(cat "$tmp/count")
}
stop_servers
serve_remembering
plain=$url
serve_remembering --tls "$cert" "$key"
repo=https://127.0.0.1:$port/four-objects.git
clone="$SMIDGIT clone -q --no-sync --cacert $cert"
allocations $clone "$plain/kinds.git" "$work/x"
for setting in BARE_FAIL BARE_FAIL_FROM; do
	check "clone, $setting, each of $count" starve $setting 1 "$count" 1 $clone "$plain/kinds.git" "$work/x"
done
check 'what stayed for want of memory is removed by the next run' $clone "$plain/kinds.git" "$work/x"
check 'nothing else' test "$(ls -A "$work")" = x
allocations "$SMIDGIT" ls-remote "$plain/kinds.git"
check "ls-remote, each of $count" starve BARE_FAIL 1 "$count" 1 "$SMIDGIT" ls-remote "$plain/kinds.git"
# The big numbers of a handshake take many thousand; how many differs from run to run.
allocations $clone "$repo" "$work/x"
check "over TLS, the first" starve BARE_FAIL 1 40 1 $clone "$repo" "$work/x"
check "over TLS, some of $count" starve BARE_FAIL 41 "$count" $((count / 30 + 1)) $clone "$repo" "$work/x"
check "over TLS, the last" starve BARE_FAIL $((count - 90)) $((count + 20)) 1 $clone "$repo" "$work/x"
check "over TLS, from some of $count on" starve BARE_FAIL_FROM 1 "$count" $((count / 30 + 1)) $clone "$repo" "$work/x"

# An address space of 24 MiB: program, libraries, threads and all.
new
fixture ten-thousand
objects=$(git --git-dir="$FIXTURES/ten-thousand.git" rev-list --all --objects | wc -l)
check "ten thousand objects ($objects)" test "$objects" -ge 10000
repo=https://127.0.0.1:$port/ten-thousand.git
for threads in 1 8; do
	new
	check "24 MiB of address space, $threads threads" prlimit --as=$((24 << 20)) \
		$clone --threads $threads "$repo" "$work/x"
	check 'whole' git -C "$work/x" fsck --strict --connectivity-only
done
new
check_fails 9 '--mem that is too little for the working tree' \
	$clone --mem 60k "$plain/four-objects.git" "$work/x"
finish
