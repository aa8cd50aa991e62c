# SPDX-License-Identifier: MIT
# How large the static builds are, by component and by file of ours, beside the table that is
# committed (src/build/size.txt); over budget is a failure. In bytes.
#
# The files as they are shipped are linked with optimisation across files, after which nobody can say
# whose code is whose; the table is of the same objects, linked plainly. "text" has constants too.
. "${0%/*}/cmd/lib.sh"
table=src/build/size.txt

bundle=/etc/ssl/certs/ca-certificates.crt

# builds NAME: linked plainly; with only our code optimised as one; as shipped, with built-in roots.
# What is not ours is compiled once for the first two, and taken from the shipped build for the third.
builds() {
	name=$1 plain=build-size-$1 ours=build-ours-$1
	set -- VARIANT="$name" CC="$PWD/build-musl/bin/musl-gcc" AR=gcc-ar
	make "$@" LTO= BUILD="$plain" OUT="$plain/smidgit" all &&
		make "$@" OURS_ALONE=1 VENDOR_BUILD="$plain" BUILD="$ours" OUT="$ours/smidgit" all &&
		make "$name" CA_BUNDLE=$bundle SUFFIX=-roots VENDOR_BUILD="build-$name"
}
for build in static tiny; do
	{ builds $build >"$tmp/$build.log" 2>&1 && : >"$tmp/$build.built"; } &
done
wait
for build in static tiny; do
	check "$build: builds" sh -c 'tail -n 20 "$1.log"; test -e "$1.built"' sh "$tmp/$build"
done

# component text data bss of a linker's map; each file of ours also as a line of its own
parts() {
	# shellcheck disable=SC2046
	awk -v ours="$(echo proto/*.c src/*/*/*.c src/*/*.c)" '
		BEGIN { n = split(ours, path, " ")
			for (i = 1; i <= n; i++) { name = path[i]; sub(/.*\//, "", name); sub(/\.c$/, "", name); of[name] = path[i] } }
		function hex(text,    value, i) {
			text = tolower(substr(text, 3)); value = 0
			for (i = 1; i <= length(text); i++) value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
			return value
		}
		/^Linker script and memory map/ { on = 1 }
		!on { next }
		/^ \.[^ ]+$/ { section = $1; next }
		/^ \.[^ ]+ +0x/ { section = $1; at = 2 }
		/^ +0x[0-9a-f]+ +0x[0-9a-f]+ [^ ]/ { at = 1 }
		!at { next }
		{
			size = hex($(at + 1)); address = hex($at); file = $(at + 2); at = 0
			if (address == 0 || size == 0 || section !~ /^\.(text|rodata|data|bss|init|fini|eh_frame|got)/) next
			kind = section ~ /^\.bss/ ? "bss" : section ~ /^\.data/ ? "data" : "text"
			name = file; sub(/.*[(\/]/, "", name); sub(/\.l?o\)?$/, "", name)
			if (file ~ /libvendor/) part = name ~ /^(adler32|crc32|deflate|inffast|inflate|inftrees|trees|zutil)$/ ? "zlib" : "mbedTLS"
			else if (file ~ /libsmidgit|build-[^ ]*\/src\//) { part = of[name]; sub(/\/.*/, "/", part); sum[of[name], kind] += size; seen[of[name]] = 1 }
			else part = "libc"
			sum[part, kind] += size; seen[part] = 1
		}
		END { for (part in seen) print part, sum[part, "text"] + 0, sum[part, "data"] + 0, sum[part, "bss"] + 0 }
	' "$1" | sort
}
for build in static tiny; do parts build-size-$build/map >"$tmp/$build"; done

row() {
	awk -v part="$1" '$1 == part { print $2, $3, $4; found = 1 } END { if (!found) print 0, 0, 0 }' "$2"
}
{
	printf '%-24s %9s %6s %6s   %9s %6s %6s\n' '' static data bss tiny data bss
	for part in mbedTLS zlib libc proto/ src/ $(awk '$1 ~ /\.c$/ { print $1 }' "$tmp/static" "$tmp/tiny" | sort -u); do
		# shellcheck disable=SC2046
		printf '%-24s %9d %6d %6d   %9d %6d %6d\n' "$part" $(row "$part" "$tmp/static") $(row "$part" "$tmp/tiny")
	done
	printf '%-24s %9d %30d\n' 'file, linked plainly' "$(wc -c <build-size-static/smidgit)" "$(wc -c <build-size-tiny/smidgit)"
	printf '%-24s %9d %30d\n' 'file as shipped' "$(wc -c <smidgit-static)" "$(wc -c <smidgit-tiny)"
	printf '%-24s %9d\n' 'lines of proto/' "$(cat proto/*.[ch] | wc -l)"
} >"$tmp/size.txt"
cat "$tmp/size.txt"
if ! diff "$table" "$tmp/size.txt" >"$tmp/changes"; then
	echo
	echo "Since the table in $table (< before, > now):"
	cat "$tmp/changes"
fi
[ -z "${ACCEPT:-}" ] || cp "$tmp/size.txt" "$table"

# own BUILD: our code and constants when only they are optimised across files, which is the nearest
# that can be told of the file as shipped.
own() {
	awk '/^Linker script and memory map/ { on = 1 }
		on && /(ltrans[^ ]*|small\/printf|roots_table)\.o\)?$/ && $(NF - 1) ~ /^0x/ && $(NF - 2) !~ /^0x0*$/ {
			cmd = "echo $((" $(NF - 1) "))"; cmd | getline size; close(cmd); sum += size }
		END { print sum + 0 }' "build-ours-$1/map"
}
# budget NAME BYTES MOST
budget() {
	echo "$1: $2 bytes, at most $3"
	check "$1: $2 bytes, at most $3" test "$2" -gt 0 -a "$2" -le "$3"
}
echo
# The aims are 440,000 with the commands of a repository, and 475,000 with credential helpers and
# certificates of clients.
budget 'static' "$(wc -c <smidgit-static)" 587000
budget 'tiny' "$(wc -c <smidgit-tiny)" 286000
# The same bytes from another directory, at another time.
again() {
	mkdir "$tmp/again"
	git ls-files -z | tar -c --null -T - | tar -x -C "$tmp/again"
	(cd "$tmp/again" && make VARIANT=static CC="$top/build-musl/bin/musl-gcc" AR=gcc-ar BUILD=b OUT=smidgit \
		MBEDTLS_SRC="$top/.sources/mbedtls" ZLIB_SRC="$top/.sources/zlib" \
		SOURCE_DATE_EPOCH="$(git -C "$top" log -1 --format=%ct)" all)
	sha256sum "$tmp/again/smidgit" smidgit-static
	cmp "$tmp/again/smidgit" smidgit-static
}
check 'built twice' again
grep -E '^[0-9a-f]{64} ' "$tmp/check.log" || :
# A tarball has no commit to take the date from.
from_a_tarball() {
	cd "$tmp/again" && make VARIANT=static CC="$top/build-musl/bin/musl-gcc" AR=gcc-ar BUILD=tarball \
		MBEDTLS_SRC="$top/.sources/mbedtls" ZLIB_SRC="$top/.sources/zlib" tarball/src/tls/chain.o
}
check 'without .git' from_a_tarball
cd "$top" || exit 2
file smidgit-static smidgit-tiny 2>/dev/null || :
for file in smidgit-static smidgit-tiny; do
	check "$file: no dynamic section" sh -c 'readelf -d "$1" | grep "no dynamic section"' sh $file
	check "$file: the upper halves of vector registers" sh -c \
		'objdump -d --no-show-raw-insn "$1" | awk -f tests/upper_halves.awk' sh $file
	check "$file: no interpreter" sh -c '! readelf -l "$1" | grep INTERP' sh $file
done
for build in static tiny; do
	budget "$build: $(grep -c BEGIN $bundle) roots of Debian" \
		$(($(wc -c <smidgit-$build-roots) - $(wc -c <smidgit-$build))) 70000
done
# 345,000 before there were proxies, of which CONNECT, SOCKS and TLS in TLS take 8,000; and 900 are for the
# time that is left, --limit-rate and keep-alive; 9,000 for clones that go on; 6,000 for fetches that do, and
# for what two threads share; 2,500 for those that go on in steps, in a directory that is there, and deeper;
# 1,100 for two threads that write files; 4,300 for files that git would not have lost (submodules, marked ones, the
# current directory, merges), for other working trees of a repository, and for directories and lists of thousands.
budget 'our code in static' "$(own static)" 380200
# The aim is 90,000: clone, export and everything they need of a repository is more than that.
# 158,000 before a clone could be several packs, which the compiler no longer puts into one function with one.
budget 'our code in tiny' "$(own tiny)" 160300
finish
