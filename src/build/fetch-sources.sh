#!/bin/sh
# SPDX-License-Identifier: MIT
# Fills a directory with the sources of the static builds, from Debian's source packages.
# Usage: fetch-sources.sh DIR
#
# apt works with lists and state of its own below DIR: the machine's stay as they are.
set -eu
pins=$(dirname "$0")/sources
mkdir -p "$1"
cd "$1"
dir=$PWD
cd - >/dev/null
mirror=${DEBIAN_MIRROR:-http://deb.debian.org}
apt=$dir/apt
work=$(mktemp -d "$dir/fetch.XXXXXX")
trap 'rm -rf "$work" "$apt"' EXIT

read_pins() {
	grep -v '^#' "$pins"
}

private_apt() {
	command=$1
	shift
	"$command" -q -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State="$apt/state" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root "$@"
}

private_list() {
	mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
	read_pins | cut -d ' ' -f 2 | tr ',' '\n' | sort -u | while read -r suite; do
		case $suite in
		*-security) place=$mirror/debian-security ;;
		*) place=$mirror/debian ;;
		esac
		echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $place $suite main"
	done >"$apt/sources.list"
	private_apt apt-get update
}

right() {
	[ -f "$2" ] && echo "$1  $2" | sha256sum -c --status
}

# Whichever suite has a revision made from the pinned tarball.
fetch() {
	for suite in $(echo "$2" | tr ',' ' '); do
		(cd "$work" && private_apt apt-get source --download-only --tar-only "$1/$suite") || continue
		if right "$4" "$work/$3"; then
			mv "$work/$3" "$dir/$3"
			return
		fi
	done
	echo "$3: no suite of $2 has the tarball with SHA-256 $4" >&2
	exit 1
}

unpack() {
	rm -rf "${dir:?}/$1"
	mkdir "$work/$1"
	tar -xf "$dir/$2" -C "$work/$1" --strip-components=1
	mv "$work/$1" "$dir/$1"
}

read_pins | while read -r name suites tarball sum; do
	if ! right "$sum" "$dir/$tarball"; then
		[ -f "$apt/sources.list" ] || private_list
		fetch "$name" "$suites" "$tarball" "$sum"
	fi
	unpack "$name" "$tarball"
	echo "$name: $tarball"
done
