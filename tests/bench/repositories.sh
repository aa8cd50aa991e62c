# SPDX-License-Identifier: MIT
# Sourced: what the server of the bench serves, made once and kept below $root with pack bitmaps.
#
#   repository NAME      makes $root/NAME.git if it is not there
#   facts NAME           prints what is in it

# Objects of like shape: 14 KB in the mean, 600 bytes of pack each, history and tree grow together.
make_repository() {
	case $1 in
	1k) sh fixtures/repo/history.sh 330 120 11 700 "$2" ;;
	10k) sh fixtures/repo/history.sh 1900 600 12 700 "$2" ;;
	100k) sh fixtures/repo/history.sh 18900 2500 13 700 "$2" ;;
	400k) sh fixtures/repo/history.sh 73600 4900 14 700 "$2" ;;
	*) sh "fixtures/repo/$1.sh" "$2" ;;
	esac
}

repository() {
	[ ! -d "$root/$1.git" ] || return 0
	echo "making $1.git" >&2
	rm -rf "$root/$1.new"
	make_repository "$1" "$root/$1.new" &&
		git -C "$root/$1.new" repack -a -d -b -q &&
		mv "$root/$1.new" "$root/$1.git"
}

# sizes NAME: objects, bytes of pack, bytes of objects; kept beside the repository.
sizes() {
	if [ ! -s "$root/$1.sizes" ]; then
		git -C "$root/$1.git" cat-file --batch-all-objects --unordered --batch-check='%(objectsize)' |
			awk -v pack="$(cat "$root/$1.git"/objects/pack/*.pack | wc -c)" \
				'{ sum += $1 } END { printf "%d %.0f %.0f\n", NR, pack, sum }' >"$root/$1.sizes"
	fi
	cat "$root/$1.sizes"
}

facts() {
	sizes "$1" | awk -v files="$(git -C "$root/$1.git" ls-tree -r --name-only HEAD | wc -l)" \
		-v head="$(git -C "$root/$1.git" rev-parse --short=12 HEAD)" \
		'{ printf "%d objects, %.1f MB of pack, %.1f MB of objects, %d files, HEAD %s\n", $1, $2 / 1e6, $3 / 1e6, files, head }'
}
