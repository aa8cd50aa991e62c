#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds musl with a compiler wrapper that uses it: PREFIX/bin/musl-gcc.
# Usage: musl.sh MACHINE- SOURCE PREFIX   (MACHINE-: aarch64-linux-gnu-, or nothing for this machine)
set -eu
source=$(cd "$2" && pwd)
mkdir -p "$3/obj"
prefix=$(cd "$3" && pwd)
cd "$prefix/obj"
log=$prefix/obj/build.log
if ! {
	CC=${1}gcc CFLAGS='-Os -ffunction-sections -fdata-sections -fno-pie -fno-asynchronous-unwind-tables' "$source/configure" \
		--prefix="$prefix" --syslibdir="$prefix/lib" --disable-shared --enable-wrapper=gcc \
		${1:+--target="${1%-}"} &&
		make AR="${1}ar" RANLIB="${1}ranlib" install
} >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	exit 1
fi
