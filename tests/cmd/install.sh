# SPDX-License-Identifier: MIT
# What make says, and what make install, uninstall and clean put and take. The program has been built.
. "${0%/*}/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL V STRIP HELP_OF
mkdir "$tmp/build" "$tmp/tree"
cp -Rp "$BUILD/proto" "$BUILD/src" "$tmp/build"
cp -Rp Makefile proto src tests LICENSE "$tmp/tree"
cd "$tmp/tree" || exit 2

# build WORD...: make, with what has been compiled already.
build() {
	make BUILD="$tmp/build" OUT=smidgit LDFLAGS= CPPFLAGS= CFLAGS="-O1${SANITIZE:+ -fsanitize=address,undefined}" "$@" >"$tmp/said"
}
# shows LINE...: what make said.
shows() {
	printf '%s\n' "$@" >"$tmp/expected"
	check "$check_name: its lines" same "$tmp/expected" "$tmp/said"
}
check 'make' build
touch proto/pkt.c
check 'one file' build
shows "CC proto/pkt.c" "AR libsmidgit.a" "LD smidgit"
touch proto/pkt.c
check 'make -s' build -s "$tmp/build/proto/pkt.o"
check 'make -s: says nothing' test ! -s "$tmp/said"
touch proto/pkt.c
check 'make V=1' build V=1 "$tmp/build/proto/pkt.o"
check 'make V=1: the commands' grep -q -e '-Wall.* -c -o .*/proto/pkt.o proto/pkt.c$' "$tmp/said"

list() {
	(cd "$tmp/to" && find . ! -type d | sort) >"$tmp/list"
}
cat >"$tmp/all" <<'EOT'
./usr/bin/smidgit
./usr/share/bash-completion/completions/smidgit
./usr/share/fish/vendor_completions.d/smidgit.fish
./usr/share/man/man1/smidgit.1
./usr/share/zsh/site-functions/_smidgit
EOT
check 'make install' build install DESTDIR="$tmp/to" prefix=/usr
list
check 'all of it, and there alone' same "$tmp/all" "$tmp/list"
check 'it runs' "$tmp/to/usr/bin/smidgit" version
symbols() {
	readelf -S "$1" | grep -q ' \.symtab '
}
if symbols "$tmp/to/usr/bin/smidgit"; then not_ok 'stripped'; else ok; fi
check 'modes' test "$(cd "$tmp/to/usr" && stat -c %a bin/smidgit share/man/man1/smidgit.1 share/zsh/site-functions/_smidgit | tr '\n' ' ')" = '755 644 644 '
check 'the manual page' cmp src/doc/smidgit.1 "$tmp/to/usr/share/man/man1/smidgit.1"
check 'again, with its symbols' build install DESTDIR="$tmp/to" prefix=/usr STRIP=
check 'STRIP=' symbols "$tmp/to/usr/bin/smidgit"
echo mine >"$tmp/to/usr/bin/other"
check 'make uninstall' build uninstall DESTDIR="$tmp/to" prefix=/usr
list
check 'what is not ours stays' test "$(cat "$tmp/list")" = ./usr/bin/other
rm -r "$tmp/to"
check 'a prefix alone' build install prefix="$tmp/to/local"
check 'a prefix alone: there' "$tmp/to/local/bin/smidgit" version
rm -r "$tmp/to"

# For another machine: no completion, unless a program that runs here is named.
check 'it does not run here' build install HELP_OF=/nonexistent DESTDIR="$tmp/to" prefix=/usr
said 'HELP_OF=PROGRAM'
list
check 'without completion' test "$(cat "$tmp/list")" = './usr/bin/smidgit
./usr/share/man/man1/smidgit.1'
rm -r "$tmp/to"
check 'another one that does' build install HELP_OF="$SMIDGIT" DESTDIR="$tmp/to" prefix=/usr
list
check 'with completion' same "$tmp/all" "$tmp/list"

mkdir build build-static build-musl-armhf
touch smidgit-static smidgit-static-armhf.licenses smidgit-tiny smidgit-mine
check 'make clean' make clean
check 'make clean: all that it made' test "$(echo *)" = 'LICENSE Makefile proto smidgit-mine src tests'
finish
