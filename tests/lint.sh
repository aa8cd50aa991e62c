# SPDX-License-Identifier: MIT
# What a machine can say of the source: its form, faults that clang-tidy finds, warnings of both
# compilers, the manual page, the scripts, the layers.
. "${0%/*}/cmd/lib.sh"
flags='-std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -I. -Isrc
	-D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -DSMIDGIT_VERSION="lint"'

sources=$(ls src/*/*.c src/*/*/*.c | grep -v '^src/build/')

# Other versions of clang-format break lines elsewhere; this one is Debian 12's.
format=clang-format-14
command -v $format >/dev/null || format=clang-format
case $($format --version) in
*' 14.'*)
	for file in proto/*.[ch] src/[!b]*/*.[ch] src/*/*/*.[ch] tests/*/*.[ch]; do
		[ ! -f "$file" ] || check "format of $file" $format --dry-run -Werror "$file"
	done
	;;
*) echo 'The form is not checked: that takes clang-format 14.' ;;
esac

warnings() {
	# shellcheck disable=SC2086
	"$1" $flags -Werror -fsyntax-only "$2"
}
for file in proto/*.c $sources tests/tools/*.c; do
	for compiler in gcc clang; do check "$compiler $file" warnings $compiler "$file"; done
done

# clang-tidy takes its time: one a processor.
mkdir "$tmp/tidy"
export flags tmp
# shellcheck disable=SC2016
printf '%s\n' proto/*.c $sources | xargs -P "$(getconf _NPROCESSORS_ONLN)" -I FILE sh -c '
	result=$tmp/tidy/$(echo FILE | tr / :)
	clang-tidy --quiet FILE -- $flags >"$result" 2>&1 || : >"$result.bad"'
for file in proto/*.c $sources; do
	result=$tmp/tidy/$(echo "$file" | tr / :)
	check "clang-tidy $file" sh -c 'cat "$1" && test ! -e "$1.bad"' sh "$result"
done

check 'manual page' mandoc -T lint -W warning src/doc/smidgit.1
for script in tests/*.sh tests/*/*.sh fixtures/*/*.sh; do check "sh -n $script" sh -n "$script"; done
check 'layers' sh tests/layers.sh
check 'upper halves, all compilers' env UPPER_HALVES=all sh tests/cmd/upper_halves.sh
finish
