# SPDX-License-Identifier: MIT
# The repositories of make bench: sh tests/bench/repos.sh DIRECTORY NAME...
# Generated histories, named by their number of objects, with pack bitmaps, kept for the next time.
set -eu
directory=$1
shift
mkdir -p "$directory"

# history COMMITS FILES: an object of 100k and 400k has 10 and 13 KB in the mean, a deep history.
history() {
	sh fixtures/repo/history.sh "$1" "$2" 1 "$made.new"
}

for name in "$@"; do
	made=$directory/$name.git
	[ ! -d "$made" ] || continue
	rm -rf "$made.new"
	case $name in
	1k) history 430 80 ;;
	10k) history 2000 420 ;;
	100k) history 18000 3600 ;;
	400k) history 71000 9000 ;;
	*) sh "fixtures/repo/$name.sh" "$made.new" ;;
	esac
	git -C "$made.new" repack -adbq
	mv "$made.new" "$made"
done
