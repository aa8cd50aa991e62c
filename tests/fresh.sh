#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's two commands on a fresh machine: cut out of the README as they stand, run as root in a
# minimal Debian of its own, in a fresh clone of HEAD. The last line adds up what they counted.
# Usage: tests/fresh.sh [12|13|both]   without a word 12 and 13 take turns by commit
#
# Needs root and debootstrap. The packages come from where this machine has its own from. All of it runs
# in a mount and a process namespace: at its end, however it ends, its processes and its mounts are
# gone, and what is left is plain files to remove.
set -u
cd "$(dirname "$0")/.." || exit 2
passed=0 failed=0

not_ok() {
	failed=$((failed + 1))
	echo "failed: $1"
}

# --- outside the namespaces
if [ "${1:-}" != --inside ]; then
	if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
		echo 'failed: this needs root and debootstrap (make deps)'
		echo '0 passed, 1 failed'
		exit 1
	fi
	which=${1:-}
	commit=$(git rev-parse HEAD) || exit 2
	case $which:$commit in
	:*[02468ace]) which=12 why=', as the hash of the commit is even' ;;
	:*) which=13 why=', as the hash of the commit is odd' ;;
	both:*) which='12 13' why= ;;
	*) why= ;;
	esac
	echo "Debian $which$why ($commit)"
	place=$(mktemp -d "${FRESH_DIR:-/var/tmp}/fresh.XXXXXX") || exit 2
	inside=
	# unshare puts SIGTERM off until its child ends; a SIGKILL takes the child along.
	trap '[ -z "$inside" ] || kill -KILL "$inside"; exit 130' INT TERM HUP
	trap 'wait; rm -rf --one-file-system "$place" || rm -rf --one-file-system "$place"' EXIT
	git clone -q --no-hardlinks . "$place/clone" || exit 2
	# shellcheck disable=SC2086
	unshare --mount-proc --propagation private --pid --fork --kill-child \
		sh tests/fresh.sh --inside "$place" $which </dev/null &
	inside=$!
	wait "$inside"
	status=$?
	inside=
	exit $status
fi

# --- inside
place=$2
shift 2

# command_of WORD: the README's command that ends in WORD.
command_of() {
	sed -n "s/^    \(apt-get update && .* && make $1\)\$/\1/p" "$place/clone/README.md"
}
demo=$(command_of demo)
test=$(command_of test)
if [ "$(printf '%s\n%s\n' "$demo" "$test" | grep -c .)" -ne 2 ]; then
	not_ok 'the README has not one command for the demo and one for the tests'
# The second finds the packages of the first.
elif [ "${demo%% && make*}" != "${test%% && make*}" ]; then
	not_ok 'the two commands of the README install different packages'
fi

# Where this machine has Debian from: the first main that is its release's own.
# shellcheck disable=SC1091
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016
uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
	awk -v release="$release" '$2 == release && $3 == "main" { print $1; exit }')
uri=${uri:-http://deb.debian.org/debian}
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
[ -z "${http_proxy:-}" ] || export http_proxy
[ -z "${https_proxy:-}" ] || export https_proxy

# machine NUMBER: a minimal Debian in $root.
machine() {
	root=$place/$1
	case $1 in 12) suite=bookworm ;; 13) suite=trixie ;; *) return 1 ;; esac
	debootstrap --variant=minbase "$suite" "$root" "$uri" >"$place/log" 2>&1 || {
		tail -n 20 "$place/log" "$root/debootstrap/debootstrap.log"
		return 1
	}
	# How this machine's apt downloads (proxies, dates that it is not to mind, certificates).
	apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/99machine"
	for file in /etc/hosts /etc/resolv.conf $(apt-config dump --format '%f %v%n' | sed -n 's/^Acquire::https::.*CAInfo //p'); do
		mkdir -p "$root${file%/*}" && cp -L "$file" "$root$file"
	done
	mount -t proc proc "$root/proc" && mount -t tmpfs tmpfs "$root/dev/shm" &&
		mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
}

# follow COMMAND: runs it in a fresh clone, on $root; adds up. As many jobs as there are processors are
# all that it is told.
follow() {
	printf '\n# %s\n' "$1"
	rm -rf --one-file-system "$root/smidgit"
	cp -a "$place/clone" "$root/smidgit" || return 1
	{
		env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb MAKEFLAGS="-j$(nproc)" \
			${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
			chroot "$root" sh -c "cd /smidgit && $1" 2>&1
		echo $? >"$place/status"
	} | tee "$place/log" | grep --line-buffered -vE '^(Get|Hit|Selecting|Preparing|Unpacking|Setting up|Processing)[: ]|^gcc |^cc '
	read -r status <"$place/status"
	last=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$place/log" | tail -n 1)
	last=${last:-0 passed, 0 failed}
	p=${last%% *} f=${last#*, } f=${f% failed}
	if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$p" -eq 0 ]; }; then f=1; fi
	passed=$((passed + p)) failed=$((failed + f))
	echo "# exit $status"
}

for number; do
	printf '\n# Debian %s, minimal, from %s\n' "$number" "$uri"
	if machine "$number"; then
		[ -z "$demo" ] || follow "$demo"
		[ -z "$test" ] || follow "$test"
	else
		not_ok "Debian $number cannot be set up"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
