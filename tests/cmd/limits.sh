# SPDX-License-Identifier: MIT
# Memory: 1 GiB in one blob, and delta chains of 100,000 and of a million, each in bounds.
. "${0%/*}/lib.sh"
if [ -n "${SANITIZE:-}" ]; then
	echo 'left out: the memory limits of limits.sh hold for the normal build; sanitizers take more.'
	finish
fi
fixture blob-1g deep-chain million-chain

# in_memory NAME KIB COMMAND...: succeeds with at most KIB KiB resident at its peak.
in_memory() {
	memory_name=$1 limit=$2
	shift 2
	check "$memory_name" "$BUILD/tests/tools/peak" "$tmp/peak" "$@"
	peak=$(cat "$tmp/peak")
	echo "$memory_name: $peak KiB"
	check "$memory_name: $peak KiB, at most $limit" test "$peak" -le "$limit"
}

serve
in_memory '1 GiB blob' 24576 "$SMIDGIT" clone -q --no-sync "$url/blob-1g.git" "$tmp/big"
check '1 GiB blob: bytes' test "$(git -C "$FIXTURES/blob-1g.git" rev-parse main:big.bin)" = \
	"$({ printf 'blob 1073741824\0' && cat "$tmp/big/big.bin"; } | openssl sha1 -r | cut -c 1-40)"
rm -rf "$tmp/big"
# 48 bytes an object, the cache of 8 MiB, and the program.
in_memory '100,000 deltas deep' 24576 "$SMIDGIT" clone -q --no-sync "$url/deep-chain.git" "$tmp/deep"
check '100,000 deltas deep: all there' \
	test "$(git -C "$tmp/deep" rev-list --count HEAD)" -eq 100000
in_memory 'a million deltas deep' 73728 "$SMIDGIT" clone -q --no-sync "$url/million-chain.git" "$tmp/million"
check 'a million deltas deep: all there' \
	test "$(git -C "$tmp/million" rev-parse HEAD)" = "$(cat "$FIXTURES/million-chain.git/tip")"
check_fails 9 '--mem that cannot hold the table' \
	"$SMIDGIT" clone -q --mem 16M "$url/million-chain.git" "$tmp/small"
check '--mem: nothing left' test ! -e "$tmp/small"
finish
