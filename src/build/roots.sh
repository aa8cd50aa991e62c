#!/bin/sh
# SPDX-License-Identifier: MIT
# roots.sh BUNDLE FILE.c: the certificates in BUNDLE as C, or nothing when BUNDLE is "". FILE is left
# alone when nothing changed. HOSTCC: a compiler for this machine.
set -eu
bundle=$1 out=$2 tool=$2.tool
sources='src/build/makeroots.c src/tls/trust.c src/tls/certname.c src/tls/der.c src/tls/builtin_encoding.c src/tls/builtin_roots.c
	proto/bytes.c proto/fault.c proto/oid.c proto/sha256.c'
mkdir -p "${out%/*}"
trap 'rm -f "$out.new"' EXIT
if [ -z "$bundle" ]; then
	echo 'extern const int roots_are_not_built_in;' >"$out.new"
else
	# shellcheck disable=SC2086
	if [ ! -e "$tool" ] || [ -n "$(find $sources src/*.h proto/*.h -newer "$tool")" ]; then
		${HOSTCC:-cc} -std=c11 -O1 -I. -Isrc -D_POSIX_C_SOURCE=200809L -o "$tool" $sources
	fi
	"$tool" "$bundle" >"$out.new"
fi
cmp -s "$out.new" "$out" || mv "$out.new" "$out"
