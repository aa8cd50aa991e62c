# SPDX-License-Identifier: MIT
# Static builds for other machines, run by qemu's user-mode emulation: the unit tests, and a clone
# over TLS from the loopback server. 32 bits (armhf), big-endian (s390x), 64 bits (aarch64); i386 and
# riscv64 are built only. MACHINES names others.
. "${0%/*}/cmd/lib.sh"

unset MAKEFLAGS MFLAGS # the builds below have jobs of their own
certs=$BUILD/certs
sh fixtures/certs/make-certs.sh "$certs" || exit 2
fixture history kinds
serve --tls "$certs/good.pem" "$certs/good.key" --user anna --password secret
printf '#!/bin/sh\necho secret\n' >"$tmp/askpass"
chmod +x "$tmp/askpass"

# emulator MACHINE: what qemu calls it
emulator() {
	case $1 in
	armhf) echo qemu-arm ;;
	*) echo "qemu-$1" ;;
	esac
}
built() {
	file=$PWD/smidgit-static-$1
	rm -f "$file"
	check "$1: make static" make -j2 static TARGET="$1"
	check "$1: there" test -x "$file"
	check "$1: no interpreter, no dynamic section" sh -c '! readelf -ld "$1" | grep -qE "INTERP|DYNAMIC"' sh "$file"
}
cloned() {
	for name in history kinds; do
		check "$1: clone $name over TLS" env GIT_ASKPASS="$tmp/askpass" "$(emulator "$1")" "$file" clone -q \
			--cacert "$certs/root.pem" "https://anna@localhost:$port/$name.git" "$tmp/$1-$name"
		check "$1: fsck $name" git -C "$tmp/$1-$name" fsck --full --strict
		check "$1: status $name" test -z "$(git -C "$tmp/$1-$name" status --porcelain)"
		check "$1: history $name" test "$(git -C "$tmp/$1-$name" rev-list --all --objects | sort | sha1sum)" = \
			"$(git -C "$FIXTURES/$name.git" rev-list --all --objects | sort | sha1sum)"
	done
}
units() {
	check "$1: unit programs" env CPPFLAGS=-DMBEDTLS_SHA1_C make -j2 static TARGET="$1" SUFFIX="-units-$1" GOAL=units LTO=
	for program in "build-static-units-$1"/tests/t_*; do
		[ -f "$program" ] && [ -x "$program" ] || continue
		name=${program##*/}
		case $name in
		t_prompt) continue ;; # talks to a terminal by signals, which the emulator mixes with its own
		esac
		check "$1: $name" env BUILD="build-static-units-$1" "$(emulator "$1")" "$program"
	done
}
for machine in ${MACHINES:-aarch64 armhf s390x}; do
	echo "$machine"
	built "$machine"
	cloned "$machine"
	units "$machine"
done
if [ -z "${MACHINES:-}" ]; then
	for machine in i386 riscv64; do built "$machine"; done
fi
finish
