#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs every fuzz target for FUZZ_SECONDS, as many at a time as there are processors, from a corpus
# made of the fixtures. A target that finds anything fails and leaves its input in $BUILD/fuzz.
# Usage: BUILD=build-fuzz FUZZ_SECONDS=20 tests/fuzz/run.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$PWD/$BUILD/fuzz
export work FUZZ_SECONDS BUILD
mkdir -p "$work"
sh fixtures/fuzz/seeds.sh "$work/seeds" || exit 2

# The quotes are for the shell that xargs starts.
# shellcheck disable=SC2016
ls "$BUILD"/tests | grep '^fuzz_[a-z0-9_]*$' | sed 's/^fuzz_//' |
	xargs -P "$(getconf _NPROCESSORS_ONLN)" -I NAME sh -c '
		mkdir -p "$work/NAME" "$work/seeds/NAME"
		dictionary=
		[ ! -f fixtures/fuzz/NAME.dict ] || dictionary=-dict=fixtures/fuzz/NAME.dict
		committed=
		[ ! -d fixtures/fuzz/NAME ] || committed=fixtures/fuzz/NAME
		if "$BUILD/tests/fuzz_NAME" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=1024 \
			-print_final_stats=1 -artifact_prefix="$work/NAME-" $dictionary \
			"$work/NAME" $committed "$work/seeds/NAME" >"$work/NAME.log" 2>&1; then
			echo "passed NAME $(sed -n "s/^stat::number_of_executed_units: *//p" "$work/NAME.log") runs"
		else
			echo "failed NAME"
			tail -n 40 "$work/NAME.log" | sed "s/^/    /"
		fi' | tee "$work/results"
passed=$(grep -c '^passed ' "$work/results") failed=$(grep -c '^failed ' "$work/results")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
