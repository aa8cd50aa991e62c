#!/bin/sh
# SPDX-License-Identifier: MIT
# deb.sh DIRECTORY: Debian's packages of HEAD (of the tree as it is, where there is no .git), with what lintian
# says of them. A warning of lintian's is an error. Nothing is installed.
set -eu
missing=
for tool in dpkg-buildpackage:dpkg-dev dh:debhelper lintian:lintian; do
	command -v "${tool%:*}" >/dev/null || missing="$missing ${tool#*:}"
done
if [ -n "$missing" ]; then
	echo "A Debian package takes what is not installed here:$missing (make deps installs it)." >&2
	exit 1
fi
# What this make was told is not for the package: it has flags of its own.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CC CFLAGS CPPFLAGS LDFLAGS BUILD OUT V DESTDIR prefix STRIP
dir=$1
version=$(dpkg-parsechangelog -l src/build/debian/changelog -S Version)
tree=$dir/smidgit-$version
rm -rf "$dir"
mkdir -p "$tree"
if [ -e .git ]; then
	[ -z "$(git status --porcelain)" ] || echo 'What is not committed is not in the package.' >&2
	git archive HEAD | tar -x -C "$tree"
else
	tar -c --exclude='./build*' --exclude=./.sources --exclude='./smidgit*' --exclude=./config.mak . | tar -x -C "$tree"
fi
cp -R "$tree/src/build/debian" "$tree/debian"
if ! (cd "$tree" && dpkg-buildpackage -us -uc) >"$dir/build.log" 2>&1; then
	tail -n 20 "$dir/build.log" >&2
	exit 1
fi
# What the compiler has cut out of a text, to copy it by registers, is no word that somebody has misspelled.
status=0
lintian --allow-root --display-info --suppress-tags spelling-error-in-binary --fail-on error,warning \
	"$dir"/*.changes >"$dir/lintian.log" 2>&1 || status=$?
cat "$dir/lintian.log"
[ "$status" -ne 0 ] || ls "$dir"/*.deb
exit "$status"
