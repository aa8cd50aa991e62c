# SPDX-License-Identifier: MIT
# `make page`: what explain --html makes of a repository whose names try to run something, in Debian's Chromium: it
# is shown whole, asks for nothing, complains of nothing, and no word of a stranger has become an element.
. "${0%/*}/cmd/lib.sh"
check 'chromium (make deps)' chromium --version
[ "$failed" -eq 0 ] || finish
certificate
mkdir "$tmp/served"
git init -q -b main "$tmp/work"
cd "$tmp/work" || exit 2
folder='<svg onload=alert(1)>' file='"><img src=x onerror=alert(2)>'
mkdir "$folder" && echo '<script>alert(3)</script>' >"$folder/$file"
git add -A
git commit -qm '</title></style></summary><script>alert(4)</script>'
git tag -a -m "<iframe src='https://example.org'></iframe>" "v1'\"&lt;x"
cd "$top" || exit 2
git clone -q --bare "$tmp/work" "$tmp/served/evil.git"
serve --tls "$cert" "$key" --root "$tmp/served"
check 'the page is made' "$SMIDGIT" explain --html "$tmp/page.html" --cacert "$cert" "$url/evil.git"

# browse WIDTH [OPTION...]: the document as the browser has it, in $tmp/dom.
browse() {
	width=$1
	shift
	timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync \
		--disable-background-networking --disable-component-update --user-data-dir="$tmp/profile" \
		--enable-logging=stderr --log-net-log="$tmp/net.json" --net-log-capture-mode=Everything \
		--window-size="$width,900" "$@" "file://$tmp/page.html" 2>"$tmp/browser.log"
}
browse 1200 --dump-dom >"$tmp/dom"
check 'it is shown' test "$(wc -c <"$tmp/dom")" -gt 10000
check 'nothing on the console' sh -c '! grep -E "CONSOLE|Uncaught|Refused|alert" "$1"' sh "$tmp/browser.log"
check 'nothing is asked for' sh -c '! grep -oE "\"url\":\"https?://[^\"]*" "$1" | grep -vE "clients|google|chrome"' sh "$tmp/net.json"
for element in script img iframe object embed link form; do
	check "no <$element>" sh -c '! grep -i "<$1[ >]" "$2"' sh "$element" "$tmp/dom"
done
check 'no element of a stranger has a handler' sh -c '! sed "s/ title=\"[^\"]*\"//g" "$1" | grep -E "<[a-z]+ [^>]*on(load|error)="' sh "$tmp/dom"
check 'their words are there' grep -q '&lt;/title&gt;&lt;/style&gt;&lt;/summary&gt;&lt;script&gt;alert(4)' "$tmp/dom"
check 'every fold is open' test "$(grep -o '<details open=""' "$tmp/dom" | wc -l)" -eq \
	"$(grep -oE '<details( open="")?>' "$tmp/dom" | wc -l)"
check 'and there are many' test "$(grep -o '<details open=""' "$tmp/dom" | wc -l)" -gt 20
check 'messages are folded, and have their bytes' test "$(grep -o '<details class="[cs]"' "$tmp/dom" | wc -l)" -gt 20
check 'round trips, with times' test "$(grep -o 'round trip [123]: [0-9.]* ms' "$tmp/dom" | wc -l)" -eq 3
check 'the code of the page is small' test "$(sed -n 's/.*<style>\(.*\)<\/style>.*/\1/p' "$tmp/page.html" | wc -c)" -lt 40000
for size in 1200 390; do
	browse $size --screenshot="$tmp/$size.png"
	check "a picture, $size wide" test "$(wc -c <"$tmp/$size.png")" -gt 20000
done
finish
