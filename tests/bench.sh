# SPDX-License-Identifier: MIT
# make bench, bench-quick, bench-days: stock git and smidgit in turns against the same server (nginx with git
# http-backend, TLS, packs with bitmaps, on loopback).
#
# Every round runs each client of a row once; a ratio is the median of what the rounds give, a
# client against git in the same round. CPU is of all processes of a client, memory of the largest.
# Repositories are kept in $BUILD/bench. Figures are printed, not judged by the exit code, which is 0
# unless something broke or a clone was not as git's.
. "${0%/*}/cmd/lib.sh"
. "${0%/*}/nginx.sh"
work=$BUILD/bench
root=$work/repositories
. "${0%/*}/bench/repositories.sh"
. "${0%/*}/bench/builds.sh"
. "${0%/*}/bench/rounds.sh"
. "${0%/*}/bench/days.sh"
. "${0%/*}/bench/slow.sh"
# In two minutes (quick): less often, and what takes long of a smaller repository.
histories='1k 10k 100k 400k' cut=400k slow=10k slow_rounds=5 pairs=5 many=15 others=libdeflate quick=
[ "${1:-}" != bench-days ] || histories=100k many=9
[ "${1:-}" != bench-quick ] || histories='1k 10k 100k' cut=10k slow=1k slow_rounds=1 pairs=2 many=3 others='' quick=yes
largest=${histories##* }
mkdir -p "$root"
rm -rf "$work/away"
: >"$figures"
builds
# No client finds anybody's configuration.
client_home=$tmp/nobody preload=
mkdir "$client_home"
# No shell between the server and its packs.
hook=
git config --global --add safe.directory '*'
for name in $histories many-files four-objects blob-1g; do
	case $name/${1:-} in blob-1g/bench-*) continue ;; esac
	repository "$name" || exit 2
done
nginx_start
[ "$failed" -eq 0 ] || finish

conditions() {
	echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(getconf _NPROCESSORS_ONLN) processors;" \
		"$(git --version), $(nginx -v 2>&1 | sed 's/.*: //'), mbedTLS $(ldd "$SMIDGIT" | sed -n 's/.*libmbedtls\.so\.\([0-9]*\).*=>.*/(so.\1)/p')"
	echo 'Both as they are by default: smidgit syncs pack, index and files, git pack and index only.'
	cat "$build_note"
}
conditions
[ "${1:-}" != bench-days ] || { days 100k; finish; }
for name in $histories; do
	rounds=$pairs clients="git server smidgit static $others"
	case $name/$quick in
	1k/yes) continue ;;
	10k/yes) rounds=3 ;;
	1k/) rounds=$many ;;
	100k/) clients="$clients memory portable libgit2" ;;
	esac
	row "full clone $name, -n" "$rounds" "$name" -n "$clients"
	[ "$name/$quick" = 100k/yes ] || tails "full clone $name, -n" "$name"
done
[ "$quick" ] || row "full clone $largest, with files" "$pairs" "$largest" '' 'git smidgit static'
row "depth 1 of $cut" "$pairs" "$cut" '--depth 1' "git server smidgit static $others"
row '20,000 files' "$pairs" many-files '' "git server smidgit static $others"
[ "$quick" ] || row 'a blob of 1 GiB' "$pairs" blob-1g '' 'git server smidgit static'
row '1,000 objects' "$many" 1k '' 'git server smidgit static'
[ "$quick" ] || row '4 objects' "$many" four-objects '' 'git server smidgit static'
row 'ls-remote' "$many" four-objects ls-remote 'git smidgit static'
slow_line 20 80 10k 'git smidgit static'
slow_processor "$slow_rounds" "$slow" 'git smidgit static'
[ "$quick" ] || days 100k
awk -f tests/bench/median.awk -f tests/bench/gates.awk "$figures"
rm -rf "$work/away"
finish
