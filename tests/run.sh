#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs every command script and every unit program, as many side by side as there are processors,
# and adds up what they counted. A line when one begins, its seconds when it ends; at the end of
# every run, what was left out and why.
# Usage: BUILD=build SMIDGIT=/path/smidgit tests/run.sh [NAME...]   (NAME: t_pkt, clone.sh, ...)
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-build}
export BUILD SMIDGIT

# What needs /proc and terminals would fail far from the reason.
if ! [ -e /proc/self/fd ]; then
    echo 'The tests need /proc: mount -t proc proc /proc' >&2
    exit 2
fi
if ! [ -c /dev/ptmx ] || ! [ -e /dev/pts/ptmx ]; then
    echo 'The tests need /dev/pts: mount -t devpts devpts /dev/pts' >&2
    exit 2
fi

results=$(mktemp -d) || exit 2
scratch=
trap 'rm -rf "$results" ${scratch:+"$scratch"}' EXIT
trap 'exit 130' INT TERM

# Scratch files live in memory where there is a file system for that with room, on which programs
# may be run: the tests make and remove some hundred thousand files.
ROOM_KIB=2000000
memory=/dev/shm
if [ -d $memory ] && [ -w $memory ] &&
    [ "$(df -Pk $memory | awk 'NR == 2 { print $4 }')" -ge $ROOM_KIB ] &&
    scratch=$(mktemp -d $memory/smidgit-tests-XXXXXX); then
    printf '#!/bin/sh\n' >"$scratch/program" && chmod +x "$scratch/program"
    "$scratch/program" 2>/dev/null || { rm -rf "$scratch" && scratch=; }
fi

# one NAME COMMAND...: runs it, and leaves its counts in $results/NAME.
cat >"$results/one" <<'EOF'
name=$(basename "$1")
# These ask how a disk answers, or need a gigabyte of it.
case $name in limits.sh | bare_machine.sh) SCRATCH= ;; esac
[ -z "$SCRATCH" ] || export TMPDIR="$SCRATCH"
log=$RESULTS/$name.log
echo "begins  $name"
begun=$(date +%s)
case $name in *.sh) sh "$1" ;; *) "$1" ;; esac >"$log" 2>&1 </dev/null
status=$?
seconds=$(($(date +%s) - begun))
last=$(tail -n 1 "$log")
case $last in
*[0-9]' passed, '[0-9]*' failed') p=${last%% passed*} f=${last#*passed, } f=${f%% failed*} ;;
*) p=0 f=1 ;;
esac
[ "$status" -eq 0 ] || [ "$f" -ne 0 ] || f=1
grep '^left out: ' "$log" | sed "s/^left out: /left out of $name: /" >>"$RESULTS/left-out"
echo "$p $f" >"$RESULTS/$name.count"
{
	printf '%-28s %s\n' "$name" "$p passed, $f failed, $seconds s"
	[ "$f" -eq 0 ] || sed 's/^/    /' "$log" | tail -n 60
} >"$RESULTS/$name.text"
cat "$RESULTS/$name.text"
EOF

wanted() {
    [ $# -eq 1 ] && return 0
    one=$(basename "$1")
    shift
    for w in "$@"; do [ "$w" = "$one" ] && return 0; done
    return 1
}

# The longest first: no processor is idle at the end.
first=$(printf 'tests/cmd/%s.sh ' killed_resume clone killed_update resume resume_steps limits bare_machine publish explain fetch)
for file in $first tests/cmd/*.sh tests/layers.sh "$BUILD"/tests/t_*; do
    case $file in tests/cmd/lib.sh | tests/cmd/oracle.sh | *.d | *.o) continue ;; esac
    [ -f "$file" ] && wanted "$file" "$@" && echo "$file"
done | awk '!seen[$0]++' >"$results/list"
: >"$results/left-out"
RESULTS=$results SCRATCH=$scratch xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 1 sh "$results/one" <"$results/list"

sort -u "$results/left-out"
cat "$results"/*.count | awk -v wanted="$(wc -l <"$results/list")" '
    { passed += $1; failed += $2 }
    END {
        # One that left no count has not ended.
        failed += wanted - NR
        printf "%d passed, %d failed\n", passed, failed
        exit failed > 0 || passed == 0
    }'
