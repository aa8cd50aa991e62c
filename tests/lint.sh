# SPDX-License-Identifier: MIT
# What a machine can say of the source: its form, faults that clang-tidy finds, warnings of both
# compilers, the manual page, the scripts, the layers.
. "${0%/*}/cmd/lib.sh"
flags='-std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -I. -Isrc
	-D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -DSMIDGIT_VERSION="lint"'

sources=$(ls src/*/*.c src/*/*/*.c | grep -v '^src/build/')

# look NAME COMMAND... <LIST: what COMMAND says of the files in LIST, of eight at a time, as many times at once
# as there are processors.
look() {
	look_at=$tmp/$1
	mkdir "$look_at"
	cat >"$look_at.list"
	shift
	# shellcheck disable=SC2016
	xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 8 sh -c \
		'result=$(mktemp "$0/XXXXXX") && "$@" >"$result" 2>&1 || mv "$result" "$result.bad"' "$look_at" "$@" <"$look_at.list"
	for bad in "$look_at"/*.bad; do
		if [ -e "$bad" ]; then check "$1" sh -c 'cat "$1" && false' sh "$bad"; else passed=$((passed + $(wc -l <"$look_at.list"))); fi
	done
}

# Other versions of clang-format break lines elsewhere; this one is Debian 12's.
format=clang-format-14
command -v $format >/dev/null || format=clang-format
case $($format --version) in
*' 14.'*)
	ls proto/*.[ch] src/[!b]*/*.[ch] src/*/*/*.[ch] tests/*/*.[ch] >"$tmp/formatted"
	look format $format --dry-run -Werror <"$tmp/formatted"
	;;
*) echo 'The form is not checked: that takes clang-format 14.' ;;
esac

# shellcheck disable=SC2086
printf '%s\n' proto/*.c $sources tests/tools/*.c >"$tmp/compiled"
# shellcheck disable=SC2086
for compiler in gcc clang; do look $compiler $compiler $flags -Werror -fsyntax-only <"$tmp/compiled"; done

# What follows the paths through a function takes nearly all of the time of clang-tidy. With ANALYSE=turn it
# looks at each sixth file, by the commit.
# shellcheck disable=SC2086
printf '%s\n' $flags | sed "s|^-I|-I$top/|" >"$tmp/compile_flags.txt"
turn=
[ "${ANALYSE:-}" != turn ] || turn=$((0x$(git rev-parse HEAD | cut -c1-7) % 6))
printf '%s\n' proto/*.c $sources | awk -v turn="$turn" -v all="$tmp/all" -v rest="$tmp/rest" \
	'{ print >(turn == "" || NR % 6 == turn ? all : rest) }'
look clang-tidy clang-tidy --quiet -p "$tmp" <"$tmp/all"
[ -z "$turn" ] || look clang-tidy-rest clang-tidy --quiet -p "$tmp" '--checks=-clang-analyzer-*' <"$tmp/rest"

check 'manual page' mandoc -T lint -W warning src/doc/smidgit.1
for script in tests/*.sh tests/*/*.sh fixtures/*/*.sh; do check "sh -n $script" sh -n "$script"; done
check 'layers' sh tests/layers.sh
check 'upper halves, all compilers' env UPPER_HALVES=all sh tests/cmd/upper_halves.sh
finish
