# SPDX-License-Identifier: MIT
# The figures of the README's table, measured: sh tests/bench/compare.sh (after make test-programs).
# Bytes installed: the programs that a clone runs and the shared libraries they load, without libc.
# Memory: the peak of the largest process while cloning a repository of 1,500 commits over HTTPS.
. "${0%/*}/../cmd/lib.sh"
fixture history
certificate

# bytes PROGRAM...: of the programs and what they load.
bytes() {
	for program in "$@"; do
		readlink -f "$program"
		ldd "$program" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | grep -v -e '/libc\.so' -e '/ld-' |
			while read -r library; do readlink -f "$library"; done
	done | sort -u | xargs cat | wc -c | awk '{ printf "%.1f MB", $1 / 1e6 }'
}

peak() {
	"$BUILD/tests/tools/peak" "$tmp/peak" "$@" >"$tmp/peak.log" 2>&1 </dev/null ||
		{ cat "$tmp/peak.log" >&2; not_ok "$1"; }
	awk '{ printf "%.1f MiB", $1 / 1024 }' "$tmp/peak"
}

serve --tls "$cert" "$key"
exec_path=$(git --exec-path)
strip -o "$tmp/stripped" "$SMIDGIT"
echo "smidgit: $(bytes "$tmp/stripped"), itself $(wc -c <"$tmp/stripped") bytes"
echo "smidgit: $(peak "$SMIDGIT" clone --cacert "$cert" "$url/history.git" "$tmp/ours")"
echo "git: $(bytes "$(command -v git)" "$exec_path/git-remote-https")"
echo "git: $(peak git -c http.sslCAInfo="$cert" clone "$url/history.git" "$tmp/theirs")"

git -C "$tmp/theirs" archive --format=tar.gz -o "$tmp/history.tar.gz" HEAD
cd "$tmp" || exit 2
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
openssl s_server -accept "127.0.0.1:$port" -cert "$cert" -key "$key" -WWW -quiet >/dev/null 2>&1 &
servers="$servers $!"
echo "curl, tar and gzip: $(bytes "$(command -v curl)" "$(command -v tar)" "$(command -v gzip)")"
echo "curl: $(peak curl -sS --retry 5 --retry-connrefused --cacert "$cert" -o "$tmp/got.tar.gz" "https://localhost:$port/history.tar.gz")"
finish
