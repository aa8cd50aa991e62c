#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs every unit program and every command script and adds up what they counted.
# Usage: BUILD=build SMIDGIT=/path/smidgit tests/run.sh [NAME...]   (NAME: t_pkt, clone.sh, ...)
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-build}
export BUILD SMIDGIT
passed=0 failed=0
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT INT TERM

run() {
    name=$1
    shift
    "$@" >"$log" 2>&1 </dev/null
    status=$?
    last=$(tail -n 1 "$log")
    case $last in
    *[0-9]' passed, '[0-9]*' failed')
        p=${last%% passed*} f=${last#*passed, } f=${f%% failed*}
        ;;
    *) p=0 f=1 ;;
    esac
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    passed=$((passed + p)) failed=$((failed + f))
    printf '%-28s %s\n' "$name" "$p passed, $f failed"
    if [ "$f" -ne 0 ]; then sed 's/^/    /' "$log" | tail -n 60; fi
}

wanted() {
    [ $# -eq 1 ] && return 0
    one=$1
    shift
    for w in "$@"; do [ "$w" = "$one" ] && return 0; done
    return 1
}

for t in "$BUILD"/tests/t_*; do
    if [ -x "$t" ] && [ -f "$t" ] && wanted "$(basename "$t")" "$@"; then run "$(basename "$t")" "$t"; fi
done
for s in tests/layers.sh tests/cmd/*.sh; do
    case $s in tests/cmd/lib.sh | tests/cmd/oracle.sh) continue ;; esac
    if [ -f "$s" ] && wanted "$(basename "$s")" "$@"; then run "$(basename "$s")" sh "$s"; fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
