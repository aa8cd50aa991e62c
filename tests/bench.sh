# SPDX-License-Identifier: MIT
# make bench, make bench-quick: smidgit beside stock git on the same loopback HTTPS server (nginx, git
# http-backend, packs with bitmaps), in alternating runs. Client CPU is of all its processes, memory of
# the largest one. A ratio is the median of the pairs' ratios.
. "${0%/*}/cmd/lib.sh"
. "${0%/*}/nginx.sh"
. "${0%/*}/bench/pairs.sh"
repos=$BUILD/bench
sizes='1k 10k 100k 400k' largest=400k pairs=5 names='many-files four-objects blob-1g'
if [ "${1:-}" = bench-quick ]; then
	sizes='1k 10k' largest=10k pairs=3 names='many-files four-objects'
fi
# shellcheck disable=SC2086
sh tests/bench/repos.sh "$repos" $sizes $names || exit 2
root=$repos
git config --global --add safe.directory '*'
nginx_start
export GIT_SSL_CAINFO="$cert"
programs
variants

heading 'Full clone without checkout (--bare)'
for size in $sizes; do
	clone_pairs "$size" "$size objects" "$SMIDGIT" --bare
done
heading 'Clones with checkout'
clone_pairs "$largest" "depth 1 of $largest" "$SMIDGIT" --depth 1
clone_pairs many-files '20,000 files' "$SMIDGIT"
[ "${1:-}" = bench-quick ] || clone_pairs blob-1g 'a 1 GiB blob' "$SMIDGIT"
clone_pairs four-objects '4 objects' "$SMIDGIT"
heading 'ls-remote'
row ls-remote git ls-remote "$url/$largest.git" -- "$SMIDGIT" ls-remote "$url/$largest.git"

big=$largest
[ "$big" != 400k ] || big=100k
heading "Other builds and settings: $big objects, --bare"
for variant in $built; do
	clone_pairs "$big" "${variant##*/}" "$variant" --bare
done
clone_pairs "$big" 'portable, --threads 1' "$portable" --bare --threads 1
clone_pairs "$big" '--mem 24M' "$SMIDGIT" --bare --mem 24M
libgit2_row "$big"

server_alone $sizes
depth_alone "$largest"
tails $sizes
scaling $sizes
gates
finish
