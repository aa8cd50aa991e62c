#!/bin/sh
# SPDX-License-Identifier: MIT
# kernel.sh DIR: Debian's kernel for virtual machines, unpacked below DIR, not installed.
# Part of `make deps`: calls apt.
set -eu
mkdir -p "$1"
cd "$1"
package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1)
[ -n "$package" ] || {
	echo 'kernel.sh: apt knows no linux-image-cloud-amd64' >&2
	exit 1
}
[ ! -f "$package" ] || exit 0
work=$(mktemp -d "$PWD/kernel.XXXXXX")
trap 'rm -rf "$work"' EXIT
(cd "$work" && apt-get download -q -o APT::Sandbox::User=root "$package")
rm -rf boot lib usr linux-image-*
dpkg-deb -x "$work"/*.deb .
# Since Debian 13 modules are in usr/lib; depmod and modprobe look in lib.
[ -d lib ] || ln -s usr/lib lib
PATH=$PATH:/usr/sbin:/sbin
depmod -b "$PWD" "${package#linux-image-}"
: >"$package"
