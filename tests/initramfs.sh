# SPDX-License-Identifier: MIT
# `make initramfs`: boots Debian's kernel with an image of tests/boot/init.c, the static smidgit, a
# certificate and the modules of a network card, made by the lines of tests/boot/README.md. The machine's
# clock says 1970, smidgit was built two years before the server's certificate becomes valid.
. "${0%/*}/cmd/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

# Linux 6.1 starts with 72M; for a clone of 7,555 objects on a tmpfs of half the memory it takes 88M.
ram=96M
build_time=$(date -ud '2013-01-01' +%s)
limit=170 # seconds before the machine counts as stuck; 13 are usual
kernel=${KERNEL:-$top/.sources/kernel}
check 'kernel (make deps)' ls "$kernel"/boot/vmlinuz-*
check 'smidgit of 2013' make -s static SUFFIX=-2013 MUSL_DIR="$top/build-musl" \
	VENDOR_BUILD=build-static SOURCE_DATE_EPOCH="$build_time"
check 'init' "$top/build-musl/bin/musl-gcc" -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
	-Werror -D_GNU_SOURCE -I. -Os -static -s -o "$tmp/my-init" tests/boot/*.c proto/sha1.c \
		proto/sha1_attack.c proto/oid.c proto/bytes.c
[ "$failed" -eq 0 ] || finish

sh fixtures/certs/make-certs.sh "$BUILD/certs" || exit 2
certs=$BUILD/certs
fixture kinds history
mkdir -p "$tmp/image/lists"
for name in kinds history; do
	git -C "$FIXTURES/$name.git" ls-tree -r HEAD >"$tmp/image/lists/$name"
done
commit=$(git -C "$FIXTURES/kinds.git" rev-parse HEAD)
serve --tls "$certs/boot.pem" "$certs/boot.key" --user anna --password secret

# The lines of tests/boot/README.md, for this kernel.
cp smidgit-static-2013 "$tmp/smidgit-static"
cp "$certs/root.pem" "$tmp/ca.pem"
echo secret >"$tmp/password"
sed -n 's/^    //p' tests/boot/README.md | grep -v '^/smidgit' >"$tmp/lines"
version=$(basename "$kernel"/lib/modules/*)
image() {
	cd "$tmp" && MODPROBE_OPTIONS="-d $kernel -S $version" sh -eu lines
}
check 'lines of tests/boot/README.md' image
(cd "$tmp/image" && find . -type f ! -path './modules/*' | sort) >"$tmp/content"
printf './%s\n' ca.pem init lists/history lists/kinds password smidgit >"$tmp/expected"
check 'nothing else is in the image' same "$tmp/expected" "$tmp/content"

boot() {
	timeout "$limit" qemu-system-x86_64 -accel tcg -m $ram -nodefaults -display none -no-reboot \
		-serial "file:$tmp/console" -rtc base=1970-01-01 -netdev user,id=net \
		-device virtio-net-pci,netdev=net,romfile= -kernel "$kernel"/boot/vmlinuz-"$version" \
		-initrd "$tmp/initramfs.gz" -append "console=ttyS0 panic=-1 -- $commit $port"
}
check 'the machine boots and powers off' boot
tr '\r' '\n' <"$tmp/console" | grep -v -e '^\[ ' -e '^Receiving' -e '^remote:' -e '^$' | tee "$tmp/said"
: >"$tmp/check.log"
said() {
	if grep -q -x -e "$1" "$tmp/said"; then ok; else not_ok "the console does not say: $1"; fi
}
for name in 'modules' 'network' 'tmpfs' 'the clock says 1970' 'clone' 'files of the clone' \
	'repository of the clone' 'export by name' 'files of every kind' \
	'no repository in the export' 'wrong password' 'no resolver' \
	'unexpected commit' 'no room' 'nothing else is left'; do
	said "boot: passed $name"
done
said "warning: this machine's clock says 1970-01-01.* judged as if it were 2013-01-01.*"
[ "$failed" -eq 0 ] || grep '^\[ ' "$tmp/console" | tail -n 20
finish
