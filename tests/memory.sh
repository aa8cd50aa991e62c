# SPDX-License-Identifier: MIT
# What the static build takes of memory, beside stock git: a depth-1 clone of about 1,000 objects over
# TLS 1.3 with all of Debian's certificates and one more, and clones in a small address space.
. "${0%/*}/cmd/lib.sh"
. "${0%/*}/nginx.sh"
static=$PWD/smidgit-static
root=$tmp/root
mkdir "$root"
git config --global --add safe.directory '*'
for name in small medium; do
	case $name in
	small) size='300 60 7' ;;
	medium) size='2400 500 8' ;;
	esac
	# shellcheck disable=SC2086
	sh fixtures/repo/history.sh $size "$root/$name.git" >"$tmp/check.log" 2>&1 || not_ok "repository $name"
	echo "$name: $(git -C "$root/$name.git" count-objects -v | sed -n 's/^in-pack: //p') objects"
done
chmod -R a+rX "$tmp"
nginx_start
cat /etc/ssl/certs/ca-certificates.crt "$cert" >"$tmp/bundle.pem"
echo "$(grep -c BEGIN "$tmp/bundle.pem") trusted certificates"

# peak NAME COMMAND...: sets $kib
peak() {
	name=$1
	shift
	check "$name" "$BUILD/tests/tools/peak" "$tmp/kib" "$@"
	kib=$(cat "$tmp/kib")
	echo "$name: $kib KiB"
}
peak 'git clone --depth 1' env GIT_SSL_CAINFO="$tmp/bundle.pem" git clone -q --depth 1 "$url/small.git" "$tmp/git"
git_kib=$kib
peak 'smidgit clone --depth 1' "$static" clone --trace="$tmp/trace" --depth 1 --cacert "$tmp/bundle.pem" \
	"$url/small.git" "$tmp/small"
check 'over TLS 1.3' grep -q 'TLS 1.3' "$tmp/trace"
check 'same commit' test "$(git -C "$tmp/git" rev-parse HEAD)" = "$(git -C "$tmp/small" rev-parse HEAD)"
check 'status' test -z "$(git -C "$tmp/small" status --porcelain)"
check "at most 3 MiB: $kib KiB" test "$kib" -gt 0 -a "$kib" -le 3072
check "less than a quarter of git's $git_kib KiB" test $((kib * 4)) -lt "$git_kib"

for limit in 24 16; do
	check "10,000 objects in $limit MiB of address space" prlimit --as=$((limit * 1048576)) \
		"$static" clone -q --cacert "$cert" "$url/medium.git" "$tmp/medium$limit"
	check 'complete' git -C "$tmp/medium$limit" fsck --strict
done
finish
