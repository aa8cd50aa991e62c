# SPDX-License-Identifier: MIT
# Static builds for other machines, run by qemu's user-mode emulation: the unit tests, and a clone
# over TLS from the loopback server. 32 bits (armhf), big-endian (s390x), 64 bits (aarch64), 32 bits
# big-endian and as routers have them (mips, mipsel); i386 and riscv64 are built only. MACHINES names
# others; "MACHINES=turn" is one of the seven, by the hash of the commit: each takes some minutes.
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
no_floating_point() {
	"$1-linux-gnu-objdump" -d "$2" | awk -F '\t' '{ split($3, word, " "); seen[word[1]]++ }
		END { if (!seen["jal"]) exit 1; for (name in seen) if (name ~ /c1$|\.[sdw]$/) { print name; exit 1 } }'
}
# built MACHINE [SETTING]
built() {
	file=$PWD/smidgit-static-$1
	rm -f "$file"
	check "$1: make static" make -j2 static TARGET="$@"
	check "$1: there" test -x "$file"
	check "$1: no interpreter, no dynamic section" sh -c '! readelf -ld "$1" | grep -qE "INTERP|DYNAMIC"' sh "$file"
	# Many routers have no floating-point unit, and a kernel that does not stand in for it.
	case $1 in mips*) check "$1: no floating point" no_floating_point "$1" "$file" ;; esac
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
	# t_hash asks mbedTLS's SHA-1, which no static build has.
	check "$1: mbedTLS's SHA-1" "build-musl-$1/bin/musl-gcc" -Os -c -o "$tmp/sha1.o" -Isrc/build \
		-DMBEDTLS_CONFIG_FILE='"mbedtls_static.h"' -DMBEDTLS_SHA1_C \
		-isystem "${MBEDTLS_SRC:-.sources/mbedtls}/include" "${MBEDTLS_SRC:-.sources/mbedtls}/library/sha1.c"
	check "$1: unit programs" env LDFLAGS="$tmp/sha1.o" make -j2 static TARGET="$1" SUFFIX="-units-$1" GOAL=units \
		LTO= VENDOR_BUILD="build-static-$1"
	for program in "build-static-units-$1"/tests/t_*; do
		[ -f "$program" ] && [ -x "$program" ] || continue
		name=${program##*/}
		case $1:$name in
		*:t_prompt) continue ;; # talks to a terminal by signals, which the emulator mixes with its own
		# The emulator of Debian 12 has SO_ERROR say the host's number of an error, which on MIPS is another.
		mips*:t_net | mips*:t_attempts) continue ;;
		esac
		check "$1: $name" env BUILD="build-static-units-$1" "$(emulator "$1")" "$program"
	done
}
run='aarch64 armhf s390x mips mipsel' build='i386 riscv64'
# Not every Debian has compilers for these.
there() {
	case $1 in
	mips*) command -v "$1-linux-gnu-gcc" >/dev/null || ! echo "left out: $1, for which there is no compiler" ;;
	esac
}
case ${MACHINES:-} in
'') ;;
turn)
	commit=$(git rev-parse HEAD) || exit 2
	turn=$((0x$(echo "$commit" | cut -c 1-4) % 7 + 1))
	run=$(echo "$run" | cut -d ' ' -f $turn)
	build=$([ $turn -le 5 ] || echo "$build" | cut -d ' ' -f $((turn - 5)))
	echo "$run$build, by the hash of the commit ($commit)"
	;;
*) run=$MACHINES build= ;;
esac
# The unit programs share what is not ours with the file; linking each of them across files would take
# longer than all the rest.
for machine in $run; do
	[ "${MACHINES:-turn}" != turn ] || there "$machine" || continue
	echo "$machine"
	built "$machine" LTO=
	cloned "$machine"
	units "$machine"
done
for machine in $build; do built "$machine"; done
finish
