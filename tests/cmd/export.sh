# SPDX-License-Identifier: MIT
# `smidgit export` against `git archive`: the same files, bytes and modes, and nothing else; what it
# refuses, and that nothing is left of it then.
. "${0%/*}/lib.sh"
fixture kinds names many-files octopus odd empty unborn four-objects history
mkdir "$tmp/work"
cd "$tmp/work" || exit 2

# listing DIR: every entry
listing() {
	(cd "$1" && find . -mindepth 1 -print)
}
# archived REPOSITORY REV [PATH...]: what git has, in want/
archived() {
	rm -rf want && mkdir want
	repository=$1
	shift
	git -C "$FIXTURES/$repository.git" -c tar.umask=0022 archive --format=tar "$@" | tar -x -C want
}
exported() {
	rm -rf got
	check "$1" "$SMIDGIT" export -q "$2" got
	check "$1: the same files" alike want got
}

serve
echo 'the same files'
for name in kinds names many-files history; do
	archived $name HEAD
	exported "$name" "$url/$name.git"
done
archived octopus octopus
rm -rf got
check 'a tag' "$SMIDGIT" export -q -b octopus "$url/octopus.git" got
check 'a tag: the same files' alike want got
commit=$(git -C "$FIXTURES/octopus.git" rev-parse 'octopus^{commit}')
tag=$(git -C "$FIXTURES/octopus.git" rev-parse octopus)
trunk=$(git -C "$FIXTURES/octopus.git" rev-parse trunk)
rm -rf got
check 'an object id' "$SMIDGIT" export -q -b "$trunk" "$url/octopus.git" got
archived octopus "$trunk"
check 'an object id: the same files' alike want got
check 'no .git' test ! -e got/.git
check 'no staging' test -z "$(find . -name '*.smidgit-*')"
rm -rf got
check 'in 24 MiB' "$SMIDGIT" export -q --mem 24m --threads 1 --no-sync "$url/many-files.git" got

echo '--expect'
for id in "$commit" "$tag"; do
	rm -rf got
	check "expected: $id" "$SMIDGIT" export -q -b octopus --expect "$id" "$url/octopus.git" got
done
rm -rf got
check_fails 7 'not what is expected' "$SMIDGIT" export -q -b octopus --expect "$trunk" "$url/octopus.git" got
said "--expect says $trunk"
check 'nothing is left' test -z "$(find . -name got -o -name 'got.smid*')"
for bad in "${trunk%?}" x "${trunk}0" ''; do
	check_fails 2 "no object id: '$bad'" "$SMIDGIT" export -q --expect "$bad" "$url/octopus.git" got
done
check_fails 7 'in the wrong kind of id' "$SMIDGIT" export -q --expect "${trunk}$(printf %024d 0)" "$url/octopus.git" got

# One request: version 0 has all references in the answer to the first.
echo '--if-changed'
main=$url
mkdir held && echo keep >held/file
for version in 2 0; do
	option=
	[ $version = 2 ] || option=--version-0
	# shellcheck disable=SC2086
	serve --log "$tmp/log-$version" $option
	# unchanged REF OID [OPTION...]: the answer is no, after one request, and the disk is as it was.
	unchanged() {
		name="v$version: $1 is $2" ref=$1 oid=$2
		shift 2
		[ "$ref" = HEAD ] || set -- -b "$ref" "$@"
		: >"$tmp/log-$version"
		rm -rf got
		find . -printf '%p %i %T@ %C@\n' | sort >"$tmp/before"
		for directory in got held a/new/one; do
			check_fails 1 "$name, to $directory" "$SMIDGIT" export --if-changed "$oid" "$@" "$url/octopus.git" $directory
			said "'$ref' is still $oid"
			check "$name: one line" test "$(wc -l <"$tmp/check.log")" -eq 1
		done
		check "$name: one request each" test "$(grep -c 'GET ' "$tmp/log-$version")/$(wc -l <"$tmp/log-$version")" = 3/3
		find . -printf '%p %i %T@ %C@\n' | sort >"$tmp/after"
		check "$name: the disk is as it was" same "$tmp/before" "$tmp/after"
	}
	unchanged HEAD "$(git -C "$FIXTURES/octopus.git" rev-parse HEAD)"
	unchanged trunk "$trunk"
	unchanged octopus "$tag"
	unchanged octopus "$commit"
	unchanged "$trunk" "$trunk"
	unchanged octopus "$tag" --expect "$commit"
	check_fails 1 "v$version: quietly" "$SMIDGIT" export -q --if-changed "$commit" -b octopus "$url/octopus.git" got
	check "v$version: no word of it" test ! -s "$tmp/check.log"

	archived octopus octopus
	rm -rf got
	check "v$version: changed" "$SMIDGIT" export -q -b octopus --if-changed "$trunk" --expect "$commit" "$url/octopus.git" got
	check "v$version: changed: the files" alike want got
	check_fails 8 "v$version: changed, but the directory is not empty" \
		"$SMIDGIT" export -q -b octopus --if-changed "$trunk" "$url/octopus.git" held
	said 'already exists and is not an empty directory'
	rm -rf got
	check_fails 7 "v$version: changed, to what is not expected" \
		"$SMIDGIT" export -q -b octopus --if-changed "$trunk" --expect "$trunk" "$url/octopus.git" got
	check_fails 7 "v$version: as it was, and not what is expected" \
		"$SMIDGIT" export -q -b octopus --if-changed "$commit" --expect "$trunk" "$url/octopus.git" got
	check_fails 6 "v$version: no such branch" "$SMIDGIT" export -q -b none --if-changed "$trunk" "$url/octopus.git" got
	check_fails 6 "v$version: no commit" "$SMIDGIT" export -q --if-changed "$trunk" "$url/empty.git" got
	check "v$version: nothing is left" test -z "$(find . -name got -o -name '*.smid*')"
done
check_fails 2 'no object id' "$SMIDGIT" export --if-changed "${trunk%?}" "$url/octopus.git" got
said "option '--if-changed'"
check 'held: as it was' test "$(ls -A held)" = file
url=$main

echo '--path'
all=$(git -C "$FIXTURES/kinds.git" ls-tree -r --name-only HEAD | head -n 1)
archived kinds HEAD -- "$all"
rm -rf got
check 'one file' "$SMIDGIT" export -q --path "$all" "$url/kinds.git" got
check 'one file: the same' alike want got
set -- $(git -C "$FIXTURES/history.git" ls-tree -d --name-only HEAD | head -n 2)
archived history HEAD -- "$1" "$2"
rm -rf got
check 'two directories' "$SMIDGIT" export -q --path "$1" --path "$2/" "$url/history.git" got
check 'two directories: the same' alike want got
listing got >got.list
check 'something, not all' test "$(wc -l <got.list)" -gt 2
rm -rf got
check_fails 6 'no such path' "$SMIDGIT" export -q --path "$1" --path no/such "$url/history.git" got
said "path 'no/such' is not in that commit"
check 'no such path: nothing is left' test -z "$(find . -name got -o -name 'got.smid*')"
for bad in .. ../x x/../y /etc .git x/.GIT/y . '' // x//y; do
	check_fails 2 "path '$bad'" "$SMIDGIT" export -q --path "$bad" "$url/history.git" got
done

echo 'targets'
archived kinds HEAD
mkdir empty here mount
check 'an empty directory' "$SMIDGIT" export -q "$url/kinds.git" empty
check 'an empty directory: the same' alike want empty
check 'the current directory' sh -c 'cd here && "$SMIDGIT" export -q "$1" .' sh "$url/kinds.git"
check 'the current directory: the same' alike want here
check 'directories on the way' "$SMIDGIT" export -q "$url/kinds.git" a/b/c
check 'directories on the way: there' test -f a/b/c/empty
mkdir full && echo keep >full/file
check_fails 8 'a directory that is not empty' "$SMIDGIT" export "$url/kinds.git" full
check 'full: as it was' test "$(ls -A full)" = file

echo 'refused'
check_fails 2 'no directory' "$SMIDGIT" export "$url/kinds.git"
check_fails 2 'an option of clone alone' "$SMIDGIT" export --bare "$url/kinds.git" x
check_fails 6 'an empty repository' "$SMIDGIT" export "$url/empty.git" x
said 'nothing to export'
check_fails 6 'an unborn HEAD' "$SMIDGIT" export "$url/unborn.git" x
check_fails 6 'no such branch' "$SMIDGIT" export -b no-such "$url/kinds.git" x
check_fails 3 'nobody listens' "$SMIDGIT" export http://127.0.0.1:1/x.git x
check 'nothing is left of them' test ! -e x

# Killed at every call that changes the disk.
killed=$tmp/killed.so
if [ -n "${SANITIZE:-}" ]; then
	echo 'left out: kills, the sanitizers do not go with LD_PRELOAD'
elif ! preload killed; then
	not_ok 'tests/preload/killed.c'
else
	echo 'killed'
	stop_servers
	serve_remembering
	# Nothing else is in t, then, and nothing beside it.
	as_wanted_alone() {
		alike want dying/t || return 1
		for beside in dying/* dying/.[!.]*; do
			case $beside in dying/t | 'dying/.[!.]*') ;; *)
				echo "left: $beside"
				return 1
				;;
			esac
		done
	}
	# die N: one run that dies at call N; what it left is nothing, unfinished, or all. Then another.
	die() {
		rm -rf dying && mkdir dying
		[ "$before" = new ] || mkdir dying/t
		(KILLED_AT=$1 KILLED_COUNT=$tmp/count LD_PRELOAD=$killed exec "$SMIDGIT" export -q --threads 1 "$url/kinds.git" \
			dying/t) >first 2>&1
		if [ "$before" = new ] && [ -e dying/t ]; then
			alike want dying/t || return 1
		fi
		# P16: a run that is refused removes nothing, also of what a dead one has left.
		if ! "$SMIDGIT" export -q --no-sync "$url/kinds.git" dying/t 2>second; then
			grep -q 'already exists and is not an empty directory' second || return 1
			rm -rf dying/t/.git.smidgit-*
			alike want dying/t || return 1
			rm -r dying/t
			"$SMIDGIT" export -q --no-sync "$url/kinds.git" dying/t || return 1
		fi
		as_wanted_alone
	}
	for before in new empty; do
		check "$before: not killed" die 0
		count=$(cat "$tmp/count" 2>/dev/null || echo 0)
		check "$before: many calls to die at" test "$count" -gt 20
		at=0
		while at=$((at + 1)) && [ $at -le "$count" ]; do check "$before: killed at call $at" die $at; done
	done
fi
finish
