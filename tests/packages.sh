# SPDX-License-Identifier: MIT
# `make packages`: the Debian package, built twice, without a network, installed into an empty root; and the
# lines of the packages for Alpine, OpenWrt and Buildroot, run on this machine as those systems' tools would
# run them. What those tools do besides is not tried.
. "${0%/*}/cmd/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS CPPFLAGS LDFLAGS CC V BUILD
packages=src/build
version=$(sed -n 's/^VERSION := //p' Makefile)
jobs=-j$(getconf _NPROCESSORS_ONLN)

# source_to DIRECTORY: what a tarball has.
source_to() {
	mkdir -p "$1"
	if [ -e .git ]; then git archive HEAD | tar -x -C "$1"; else
		cp -R src proto tests fixtures Makefile README.md LICENSE .ci "$1"
	fi
}
# files DIRECTORY: in $tmp/list
files() {
	(cd "$1" && find . ! -type d | sort) >"$tmp/list"
}
are() {
	printf '%s\n' "$@" | same - "$tmp/list"
}
says_its_version() {
	"$1" version | grep -qx "smidgit version $version"
}

# --- Debian
offline=
if unshare -n true 2>/dev/null; then offline='unshare -n'; else
	echo 'left out: a build without a network: unshare -n'
fi
# shellcheck disable=SC2086
check 'make deb' $offline make deb
deb=$(echo build-deb/smidgit_*.deb)
check 'lintian is silent' same /dev/null build-deb/lintian.log
check 'Debian: version' test "$(dpkg-deb -f "$deb" Version)" = "$version"
field() {
	dpkg-deb -f "$deb" "$1" | grep -qE "$2"
}
check 'Debian: mbedTLS' field Depends '(^|, )libmbedtls[0-9]+'
check 'Debian: roots' field Recommends '^ca-certificates$'

root=$tmp/debian
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
touch "$root/var/lib/dpkg/status"
into_root() {
	PATH=$PATH:/usr/sbin:/sbin dpkg --root="$root" --log=/dev/null --force-not-root --force-depends "$@"
}
packed() {
	(cd "$root" && find . -path ./var -prune -o ! -type d -print | sort) >"$tmp/list"
}
check 'dpkg -i, into an empty root' into_root -i "$deb"
packed
check 'Debian: these files' are ./usr/bin/smidgit ./usr/share/bash-completion/completions/smidgit \
	./usr/share/doc/smidgit/changelog.gz ./usr/share/doc/smidgit/copyright \
	./usr/share/fish/vendor_completions.d/smidgit.fish ./usr/share/man/man1/smidgit.1.gz \
	./usr/share/zsh/vendor-completions/_smidgit
check 'Debian: it runs' says_its_version "$root/usr/bin/smidgit"
# Debian's flags have arrived: hardening=+all links so, and strcpy() and its kind are checked.
check 'Debian: linked with its flags' sh -c 'readelf -d "$1" | grep -q "Flags: NOW.* PIE"' sh "$root/usr/bin/smidgit"
check 'Debian: compiled with its flags' sh -c 'readelf -W --dyn-syms "$1" | grep -q "_chk@"' sh "$root/usr/bin/smidgit"
check 'dpkg -P' into_root -P smidgit
packed
check 'Debian: nothing stays' same /dev/null "$tmp/list"

# Again somewhere else, from a tree without git.
source_to "$tmp/elsewhere"
check 'make deb, without git' env DEB_BUILD_OPTIONS=nocheck make -C "$tmp/elsewhere" deb
check 'the same package' cmp "$deb" "$tmp/elsewhere/$deb"
without_tools() {
	PATH=$tmp/bin src/build/deb.sh "$tmp/none"
}
mkdir "$tmp/bin"
check_fails 1 'without the tools' without_tools
said 'dpkg-dev debhelper lintian'

# --- The others: their compilers are this one, by a name that each of them has to use.
host=$tmp/host target=$tmp/target
mkdir "$host" "$target"
for name in cc gcc c99; do printf '#!/bin/sh\necho "the compiler of the host: $*" >&2\nexit 1\n' >"$host/$name"; done
printf '#!/bin/sh\necho " $* " >>%s/log\nexec %s "$@"\n' "$target" "$(command -v gcc)" >"$target/target-cc"
chmod +x "$host"/* "$target"/*
# compiled OPTIONS: all that was compiled, with these.
compiled() {
	grep -e ' -c ' "$target/log" >"$tmp/compiled" || return
	for option in $1; do
		! grep -vF -e " $option " "$tmp/compiled" || return
	done
}
linked() {
	grep -F -e " $1 " "$target/log" | grep -q -e '-o smidgit '
}
# tree_for SYSTEM: a source, for which nothing has been compiled.
tree_for() {
	: >"$target/log"
	source_to "$tmp/$1/smidgit-$version"
}

check 'APKBUILD: sh -n' sh -n $packages/alpine/APKBUILD
apk() {
	sh -eu -c '. "$0"; eval "echo \"$1\""' "$top/$packages/alpine/APKBUILD" "$1"
}
check 'APKBUILD: version' test "$(apk '$pkgname $pkgver')" = "smidgit $version"
for name in pkgrel pkgdesc url arch license source; do check "APKBUILD: $name" test -n "$(apk "\$$name")"; done
check 'APKBUILD: license' test "$(apk '$license')" = MIT
tree_for alpine
# As abuild: its directories, its flags in the environment, sh -e, each function in $builddir.
cat >"$tmp/abuild" <<'EOF'
startdir=$1 srcdir=$2 pkgdir=$2/pkg
. "$startdir/APKBUILD"
builddir=${builddir:-$srcdir/$pkgname-$pkgver}
export CC=target-cc CFLAGS='-O0 -DFOR_ALPINE' LDFLAGS='-Wl,--as-needed'
for step in build check package; do
	cd "$builddir"
	$step
done
EOF
check 'APKBUILD: build, check, package' env PATH="$target:$host:$PATH" MAKEFLAGS="$jobs" sh -e "$tmp/abuild" \
	"$top/$packages/alpine" "$tmp/alpine"
check 'APKBUILD: its flags' compiled '-O0 -DFOR_ALPINE'
check 'APKBUILD: the linker'"'"'s' linked -Wl,--as-needed
files "$tmp/alpine/pkg"
check 'APKBUILD: these files' are ./usr/bin/smidgit ./usr/share/bash-completion/completions/smidgit \
	./usr/share/fish/vendor_completions.d/smidgit.fish ./usr/share/licenses/smidgit/LICENSE \
	./usr/share/man/man1/smidgit.1 \
	./usr/share/zsh/site-functions/_smidgit
check 'APKBUILD: it runs' says_its_version "$tmp/alpine/pkg/usr/bin/smidgit"

# OpenWrt's rules.mk and package.mk, as far as a package's Makefile sees them.
mkdir -p "$tmp/openwrt/include"
cat >"$tmp/openwrt/rules.mk" <<'EOF'
INCLUDE_DIR := $(TOPDIR)/include
TARGET_CONFIGURE_OPTS = AR="ar" CC="target-cc"
TARGET_CFLAGS = -O0 -DFOR_OPENWRT
TARGET_CPPFLAGS = -DCPP_OPENWRT
TARGET_LDFLAGS = -Wl,--as-needed
INSTALL_DIR := install -d -m0755
INSTALL_BIN := install -m0755
EOF
cat >"$tmp/openwrt/include/package.mk" <<'EOF'
PKG_BUILD_DIR = $(TOPDIR)/$(PKG_NAME)-$(PKG_VERSION)
define BuildPackage
$(eval $(call Package/$(1)))
compile:
	$$(call Build/Compile)
	$$(call Package/$(1)/install,$$(TOPDIR)/to)
field-%:
	@echo '$$($$*)'
endef
EOF
openwrt() {
	make -s -f "$top/$packages/openwrt/Makefile" TOPDIR="$tmp/openwrt" "$@"
}
check 'OpenWrt: version' test "$(openwrt field-PKG_VERSION)" = "$version"
for name in PKG_SOURCE PKG_LICENSE PKG_MAINTAINER SECTION CATEGORY TITLE; do
	check "OpenWrt: $name" test -n "$(openwrt "field-$name")"
done
check 'OpenWrt: depends' test "$(openwrt field-DEPENDS)" = '+libmbedtls +zlib +ca-bundle'
tree_for openwrt
check 'OpenWrt: compile, install' env PATH="$target:$host:$PATH" make "$jobs" -f "$top/$packages/openwrt/Makefile" \
	TOPDIR="$tmp/openwrt" compile
check 'OpenWrt: its flags' compiled '-O0 -DFOR_OPENWRT -DCPP_OPENWRT'
check 'OpenWrt: the linker'"'"'s' linked -Wl,--as-needed
files "$tmp/openwrt/to"
check 'OpenWrt: these files' are ./usr/bin/smidgit
check 'OpenWrt: it runs' says_its_version "$tmp/openwrt/to/usr/bin/smidgit"

# Buildroot, whose generic-package runs the commands with $(@D) as the place of the source.
mkdir -p "$tmp/buildroot"
cat >"$tmp/buildroot/stub.mk" <<'EOF'
TARGET_MAKE_ENV = PATH="$(PATH)"
TARGET_CONFIGURE_OPTS = AR="ar" CC="target-cc" CFLAGS="-O0 -DFOR_BUILDROOT" LDFLAGS="-Wl,--as-needed"
INSTALL = install
TARGET_DIR = $(TOP)/to
define generic-package
$(TOP)/smidgit-$(SMIDGIT_VERSION)/.stamp_target_installed:
	$$(SMIDGIT_BUILD_CMDS)
	$$(SMIDGIT_INSTALL_TARGET_CMDS)
field-%:
	@echo '$$(SMIDGIT_$$*)'
endef
include $(PACKAGE)/smidgit.mk
EOF
buildroot() {
	make -s -f "$tmp/buildroot/stub.mk" TOP="$tmp/buildroot" PACKAGE="$top/$packages/buildroot" "$@"
}
check 'Buildroot: version' test "$(buildroot field-VERSION)" = "$version"
for name in SITE LICENSE LICENSE_FILES; do check "Buildroot: $name" test -n "$(buildroot field-$name)"; done
check 'Buildroot: depends' test "$(buildroot field-DEPENDENCIES)" = 'mbedtls zlib'
tree_for buildroot
check 'Buildroot: build, install' env PATH="$target:$host:$PATH" make "$jobs" -f "$tmp/buildroot/stub.mk" \
	TOP="$tmp/buildroot" PACKAGE="$top/$packages/buildroot" "$tmp/buildroot/smidgit-$version/.stamp_target_installed"
check 'Buildroot: its flags' compiled '-O0 -DFOR_BUILDROOT'
check 'Buildroot: the linker'"'"'s' linked -Wl,--as-needed
files "$tmp/buildroot/to"
check 'Buildroot: these files' are ./usr/bin/smidgit
check 'Buildroot: it runs' says_its_version "$tmp/buildroot/to/usr/bin/smidgit"

# Config.in, read by a program that knows the language: it can be chosen with threads alone, and brings what
# smidgit.mk depends on.
cat >"$tmp/Kconfig" <<EOF
config BR2_USE_MMU
	def_bool y
config BR2_TOOLCHAIN_HAS_THREADS
	bool "threads"
config BR2_PACKAGE_MBEDTLS
	bool
config BR2_PACKAGE_ZLIB
	bool
config BR2_PACKAGE_CA_CERTIFICATES
	bool
source "$top/$packages/buildroot/Config.in"
EOF
cat >"$tmp/kconfig.py" <<'EOF'
import sys, kconfiglib
config = kconfiglib.Kconfig(sys.argv[1])
value = lambda name: config.syms["BR2_" + name].str_value
chosen = config.syms["BR2_PACKAGE_SMIDGIT"]
chosen.set_value("y")
assert value("PACKAGE_SMIDGIT") == "n", "chosen without threads"
config.syms["BR2_TOOLCHAIN_HAS_THREADS"].set_value("y")
for name in "SMIDGIT", "MBEDTLS", "ZLIB", "CA_CERTIFICATES":
    assert value("PACKAGE_" + name) == "y", name
assert not config.warnings, config.warnings
EOF
python=/usr/bin/python3 # Debian's, whatever else is in the way: the library is Debian's, too
if $python -c 'import kconfiglib' 2>/dev/null; then
	check 'Buildroot: Config.in' $python "$tmp/kconfig.py" "$tmp/Kconfig"
else
	echo 'left out: Config.in: python3-kconfiglib is not there'
fi
finish
