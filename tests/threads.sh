# SPDX-License-Identifier: MIT
# Clones with many naming threads, and what else two threads do, by a program built with ThreadSanitizer: no
# race, and the result passes fsck. SMIDGIT is that program.
. "${0%/*}/cmd/lib.sh"
fixture history many-files deep-chain ref-deltas reversed
TSAN_OPTIONS=exitcode=66
export TSAN_OPTIONS

check 'built with ThreadSanitizer' grep -q __tsan_init "$SMIDGIT"
serve
for name in history many-files deep-chain ref-deltas reversed; do
	for threads in 2 3 8 16; do
		rm -rf "$tmp/clone"
		check "$name, $threads threads" \
			"$SMIDGIT" clone -q --bare --threads $threads "$url/$name.git" "$tmp/clone"
		check "$name, $threads threads: fsck" git -C "$tmp/clone" fsck --strict
	done
done
# Files are written by two.
if command -v strace >/dev/null && strace -o "$tmp/calls" true 2>/dev/null; then
	check 'files' strace -f -qq -e trace=openat -o "$tmp/calls" \
		"$SMIDGIT" clone -q --threads 2 "$url/many-files.git" "$tmp/files"
	check 'files: by two' test "$(awk '/"f[0-9]*\.txt".*O_EXCL/ { print $1 }' "$tmp/calls" | sort -u | wc -l)" = 2
else
	echo 'left out: who writes files: no strace'
	check 'files' "$SMIDGIT" clone -q --threads 2 "$url/many-files.git" "$tmp/files"
fi
check 'files: as the index says' git -C "$tmp/files" diff-files --quiet
check 'files: nothing else' sh -c 'test -z "$(git -C "$1" status --porcelain)"' sh "$tmp/files"
# Untracked files are looked for beside the others.
git clone -q "$FIXTURES/many-files.git" "$tmp/status"
mkdir -p "$tmp/status/new/deep"
touch "$tmp/status/new/deep/file"
# Half of them are other files by their stat data each time: where the two threads meet, too.
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	find "$tmp/status" -path "$tmp/status/.git" -prune -o -name '*1*' -type f -exec touch {} +
	check 'status' sh -c 'cd "$1" && "$SMIDGIT" status --porcelain --ignored >"$2" && echo "?? new/" | diff - "$2"' sh "$tmp/status" "$tmp/out"
done
finish
