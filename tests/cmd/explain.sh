# SPDX-License-Identifier: MIT
# smidgit explain beside what stock git says of the same files; and files that are broken.
. "${0%/*}/lib.sh"
explain() {
	"$SMIDGIT" explain "$@"
}
fixture kinds history
cp -R "$FIXTURES/history.git" "$tmp/history.git"
cd "$tmp/history.git" || exit 2
git repack -adfq --depth=50 && git pack-refs --all
pack=$(echo objects/pack/*.pack) idx=$(echo objects/pack/*.idx)

# Each entry of a pack: name, type in the pack, inflated size, bytes in the pack, offset; git's way.
git verify-pack -v "$idx" | awk 'length($1) == 40 { print $1, $3, $4, $5 }' | sort >"$tmp/expected"
explain --all "$pack" >"$tmp/told"
awk '/^Entry / {
		gsub(/,/, "")
		packed = $7 - $5; at = $5
		size = ""
	}
	/^ *= [0-9]+ bytes, inflated/ && size == "" { size = $2 }
	/^ *name: / { print $2, size, packed, at }' "$tmp/told" | sort >"$tmp/seen"
check 'every entry: name, size, bytes, offset' same "$tmp/expected" "$tmp/seen"
check 'and there are some' test "$(grep -c . "$tmp/seen")" -gt 1000
deepest=$(git verify-pack -v "$idx" | sed -n 's/^chain length = \([0-9]*\):.*/\1/p' | sort -n | tail -n 1)
check "the deepest chain: $deepest" grep -qx "deltas on top of each other: at most $deepest" "$tmp/told"
explain "$pack" >"$tmp/folded"
check 'folded, it is short' test "$(grep -c . "$tmp/folded")" -lt 250
check 'each kind once' test "$(grep -c '^Entry ' "$tmp/folded")" -eq \
	"$(sed -n '/^What is in it/,/^deltas/p' "$tmp/folded" | grep -c '^[a-z][a-z-]*  ')"
check 'nothing is without its word' test "$(sed -n 's/.*explain_means([a-z&]*, \("[a-z]*"\), \("[^"]*"\)).*/\1, \2/p' \
	"$top"/src/client/explain*.c | while IFS= read -r word; do grep -qF "$word" "$top/src/client/explain_words.c" || echo "$word"; done | wc -l)" -eq 0
check 'functions that are there' sh -c '
	cd "$1" && grep -oE "\"[a-z0-9_]+\"\}" src/client/explain_words.c | tr -d "\"}" | sort -u | while read -r name; do
		grep -qE "\b$name\(" proto/*.h src/*/*.h || { echo "$name"; exit 1; }
	done' sh "$top"

# A function is in the file that is said to have it.
check 'and in their files' sh -c '
	cd "$1" && for name in $(sed -n "s/.*\"\([a-z0-9_]*\)\"\},*$/\1/p" src/client/explain_words.c | sort -u); do
		prefix=$(sed -n "s/^ *{\"\([a-z_]*_\)\", \"\([a-z_/]*\.c\)\"},$/\1 \2/p" src/client/explain_links.c |
			while read -r begin file; do case $name in "$begin"*) echo "$file"; break ;; esac; done)
		[ "$prefix" ] && grep -qE "^[a-z].*\b$name\(" "$prefix" || { echo "$name: $prefix"; exit 1; }
	done' sh "$top"

# One entry with all that it stands on: the last of the chain is none itself.
name=$(git verify-pack -v "$idx" | awk '$6 == '"$deepest"' { print $1; exit }')
offset=$(git verify-pack -v "$idx" | awk '$6 == '"$deepest"' { print $5; exit }')
explain "$pack" "$name" >"$tmp/one"
check 'one entry, by name' grep -q "name: $name" "$tmp/one"
check 'and its whole chain' test "$(grep -c '^Entry' "$tmp/one")" -eq $((deepest + 1))
explain "$pack@$offset" >"$tmp/other"
check 'the same by its offset' same "$tmp/one" "$tmp/other"
# What the instructions yield: each delta's add up to the result.
check 'copies and inserts make the result' awk '
	/ it makes [0-9]+$/ { if (made != result) exit 1; result = $NF; made = 0 }
	match($0, /(copy|insert) [0-9]+ bytes/) { split(substr($0, RSTART), word, " "); made += word[2] }
	END { exit made != result || !result }' "$tmp/told"

git show-index <"$idx" | awk '{ print $2, $1 }' >"$tmp/expected"
explain --all "$idx" | awk '
	/^[A-Z]/ { part = $1 }
	part == "Names" && length($NF) == 40 { name[++names] = $NF }
	part == "Offsets" && / is at byte / { for (i = 1; i < NF; i++) if ($i == "byte") print name[++n], $(i + 1) }' >"$tmp/seen"
check '.idx: names and offsets' same "$tmp/expected" "$tmp/seen"

git clone -q "$FIXTURES/kinds.git" "$tmp/kinds"
for version in 2 3 4; do
	git -C "$tmp/kinds" update-index --index-version $version
	[ $version -ne 3 ] || git -C "$tmp/kinds" update-index --skip-worktree "$(git -C "$tmp/kinds" ls-files | head -n 1)"
	check "index version $version" explain --all "$tmp/kinds/.git/index"
	said "version $version"
done
git -C "$tmp/kinds" update-index --index-version 2
git -C "$tmp/kinds" update-index --no-skip-worktree "$(git -C "$tmp/kinds" ls-files | head -n 1)"
git -C "$tmp/kinds" update-index --index-version 2
git -C "$tmp/kinds" ls-files -s | awk '{ print $2 }' >"$tmp/expected"
explain --all "$tmp/kinds/.git/index" | awk 'NF > 1 && $(NF - 1) == "blob" { print $NF }' >"$tmp/seen"
check 'index: blobs' same "$tmp/expected" "$tmp/seen"

# Every extension, those before TREE, too: by name, and nothing of the file is left out.
GIT_TEST_INDEX_THREADS=2 GIT_TEST_UNTRACKED_CACHE=1 git -C "$tmp/kinds" -c core.untrackedCache=true update-index --force-write-index --untracked-cache
for version in 2 4; do
	GIT_TEST_INDEX_THREADS=2 git -C "$tmp/kinds" update-index --index-version $version
	check "extensions, version $version" explain --all "$tmp/kinds/.git/index"
	for name in IEOT TREE UNTR EOIE; do
		said "Extension \"$name\""
		[ "$(grep -ca "$name" "$tmp/kinds/.git/index")" -gt 0 ] || not_ok "git has not written $name"
	done
	cp "$tmp/kinds/.git/index" "$tmp/index.$version"
done
git -C "$tmp/kinds" update-index --index-version 2

explain --all packed-refs | sed -n 's/^ *[0-9]*  \([0-9a-f][0-9a-f] \)*\.\. *//p' >"$tmp/seen"
check 'packed-refs, as they are' same packed-refs "$tmp/seen"

echo precious >"$tmp/file"
git init -q --bare "$tmp/loose"
git tag -a -m 'a tag' told HEAD
for type in blob commit tree tag; do
	case $type in
	blob) oid=$(git hash-object -w "$tmp/file") ;;
	tree) oid=$(git rev-parse HEAD^{tree}) ;;
	*) oid=$(git for-each-ref --format='%(objecttype) %(objectname)' | awk -v t=$type '$1 == t { print $2; exit }') ;;
	esac
	[ -n "$oid" ] || { check "a $type" false; continue; }
	git cat-file "$type" "$oid" | git --git-dir="$tmp/loose" hash-object -w -t "$type" --stdin >"$tmp/out"
	file=$(echo "$oid" | sed "s|^..|$tmp/loose/objects/&/|")
	check "loose $type" explain "$file"
	said "name: $oid"
done

# A conversation: every line of the trace is told as it is, and what each is for.
serve
export TMPDIR="$tmp/temporary"
mkdir "$TMPDIR"
for protocol in 2 0; do
	check "a URL, protocol $protocol" explain --all --protocol $protocol "$url/history.git"
	cp "$tmp/check.log" "$tmp/told"
	check 'nothing is left' test -z "$(ls -A "$TMPDIR")"
	"$SMIDGIT" clone -q --no-sync --trace="$tmp/trace.$protocol" --protocol $protocol "$url/history.git" "$tmp/traced.$protocol"
	# Progress comes as it comes.
	for file in told trace.$protocol; do
		grep '^[CS]: ' "$tmp/$file" | grep -v -e '^S: ....\\x0[12]' -e '^S: PACK' -e '^C: Host:' -e '^C: $' -e '^S: $' |
			cat >"$tmp/lines.${file%.*}"
	done
	check "protocol $protocol: every line" same "$tmp/lines.trace" "$tmp/lines.told"
	check "protocol $protocol: the pack" grep -q '^clone/.git/objects/pack/pack-.*: a pack, ' "$tmp/told"
	check "protocol $protocol: the index" grep -q '^clone/.git/index: the index of a working tree' "$tmp/told"
	check "protocol $protocol: the name of the commit" grep -q "name: $(git -C "$FIXTURES/history.git" rev-parse HEAD)" "$tmp/told"
	check "a trace, protocol $protocol" explain "$tmp/trace.$protocol"
	said 'pkt-line Format'
	said 'side-band 1: the pack'
done
# Stopped while nobody reads on: it dies of the signal, but the clone is gone.
mkfifo "$tmp/reader"
"$SMIDGIT" explain --all "$url/history.git" >"$tmp/reader" 2>"$tmp/stopped.log" &
stopped=$!
exec 9<"$tmp/reader"
read -r line <&9
kill -TERM "$stopped"
wait "$stopped"
check 'stopped: it says so' test $? -eq 143
exec 9<&-
check 'stopped: nothing is left' test -z "$(ls -A "$TMPDIR")"
unset TMPDIR
check 'folded, it is short' test "$(explain "$tmp/trace.2" | grep -c .)" -lt 200
check_fails 3 'a page of no server' explain --html "$tmp/titled.html" http://127.0.0.1:1/x.git --user hidden
check 'options are not its title' sh -c '! grep -q hidden "$1"' sh "$tmp/titled.html"
serve --user anna --password secret
printf '#!/bin/sh\necho secret\n' >"$tmp/askpass" && chmod +x "$tmp/askpass"
check 'no secret is told' env GIT_ASKPASS="$tmp/askpass" "$SMIDGIT" explain --all "http://anna@127.0.0.1:$port/kinds.git"
said 'Authorization: <redacted>'
check 'neither is it in the bytes' sh -c '! grep -q -e secret -e YW5uYTpzZWNyZXQ "$1"' sh "$tmp/check.log"
check 'as data' env GIT_ASKPASS="$tmp/askpass" "$SMIDGIT" explain --all --json "http://anna@127.0.0.1:$port/kinds.git"
said "$(printf 'Authorization: <redacted>' | od -An -tx1 | tr -d ' \n')"
check 'nor in hexadecimal' sh -c '! grep -q "$(printf YW5uYTpzZWNyZXQ | od -An -tx1 | tr -d " \n")" "$1"' sh "$tmp/check.log"
check_fails 5 'a clone that is refused is told all the same' env GIT_ASKPASS=/bin/false "$SMIDGIT" explain "$url/kinds.git"
said 'say who you are'
# What --trace does not write, and what looks odd, but may come.
for line in 'C: GET / HTTP/1.1\nX' 'C 12' 'C 12x: 0000' 'C : 0000' 'C 1234567890123456789: 0000' 'Q 12: 0000' 'C: 0000\n\n'; do
	printf "C: 0000\n$line\n" >"$tmp/broken.trace"
	check_fails 7 "no conversation: $line" explain "$tmp/broken.trace"
	said 'is of no conversation'
done
for line in 'C 9: 0000\nS 1: 0000' 'S 1: 0005\\x01\\' 'S 1: 0009\\x' 'P 1: \\x4' 'S 1: ' 'S 1:' 'S 1: fff0\\x01PACK'; do
	printf "== \n$line" >"$tmp/odd.trace"
	check "odd, but a conversation: $line" explain --all --json "$tmp/odd.trace"
done
printf 'C: GET / HTTP/1.1\nX\n' >"$tmp/broken.trace"
printf 'C: 0003\n' >"$tmp/short.trace"
check 'a length that is shorter than itself' explain "$tmp/short.trace"
check 'of that nothing is counted' sh -c '! grep -q 4294967295 "$1"' sh "$tmp/check.log"
check_fails 7 'no conversation' explain "$tmp/broken.trace"
said 'line 2'
# What the protocol code knows has its word: capabilities, arguments and answers.
grep -ohE '"[a-z][a-z0-9_-]+=?"' "$top/proto/caps.c" "$top/proto/fetch.c" | tr -d '"=' | sort -u |
	grep -v -x -e sha1 -e sha256 -e capabilities -e references -e common -e continue -e fetch.h -e caps.h |
	while read -r word; do grep -qE "^    \{\"(capability|request|answer)\", \"$word\"" "$top/src/client/explain_words.c" || echo "$word"; done >"$tmp/unknown"
check 'all that proto/ knows has a word' same /dev/null "$tmp/unknown"

git bundle create -q "$tmp/thin.bundle" HEAD~1..HEAD main
check 'a bundle' explain "$tmp/thin.bundle"
said 'a commit that has to be there already'
said "name: $(git rev-parse HEAD)"
for line in '@object-format=sha1' '# more' "-$(git rev-parse HEAD)x" "$(git rev-parse HEAD)" '-12 x' 'words'; do
	{ printf '# v2 git bundle\n%s\n\n' "$line" && cat "$pack"; } >"$tmp/odd.bundle"
	check_fails 7 "a bundle with '$line'" explain "$tmp/odd.bundle"
	said 'the line at byte 16 is no capability, prerequisite or reference'
done
{ printf '# v3 git bundle\n@object-format=sha1\n%s HEAD\n\n' "$(git rev-parse HEAD)" && cat "$pack"; } >"$tmp/third.bundle"
check 'a bundle of version 3' explain "$tmp/third.bundle"
said 'what the reader has to know'
printf '# v2 git bundle\nno end' >"$tmp/broken.bundle"
check_fails 7 'a bundle that is cut' explain "$tmp/broken.bundle"

# Broken ones: the sentence says where, and what comes before is told.
size=$(wc -c <"$pack")
for at in 0 3 11 12 40 $((size / 2)) $((size - 20)) $((size - 1)); do
	head -c "$at" "$pack" >"$tmp/broken.pack"
	check_fails 7 "cut at byte $at" explain "$tmp/broken.pack"
done
(cat "$pack" && echo more) >"$tmp/broken.pack"
check_fails 7 'more behind it' explain "$tmp/broken.pack"
printf '\377' | dd of="$tmp/broken.pack" bs=1 seek=200 conv=notrunc 2>/dev/null
check_fails 7 'a byte of a stream' explain "$tmp/broken.pack"
said 'at byte'
check_fails 7 'no file of git' explain "$tmp/file"
said 'is no pack, .idx, index, packed-refs, loose object, bundle or trace'
oid=$(printf '%040d' 1)
printf '%s %s A <a@b> 1700000000 +0000\tcommit: one\n' "$oid" "$oid" >"$tmp/reflog"
check_fails 7 'a reflog is no packed-refs' explain "$tmp/reflog"
check_fails 8 'no file' explain "$tmp/nothing"
check_fails 2 'no argument' explain
said 'a URL or a file is needed'
cp "$tmp/file" "$tmp/kept"
check_fails 2 'a page of nothing' explain --html "$tmp/kept"
check 'its file is as it was' cmp "$tmp/file" "$tmp/kept"
{ explain --all "$pack" || echo $? >"$tmp/status"; } 2>"$tmp/complaint" | head -n 1 >"$tmp/out"
check 'who reads the first line only wants no complaint' test "$(cat "$tmp/status" "$tmp/complaint")" = 141
mkdir "$tmp/empty"
for option in --depth --branch -b --cacert; do
	check_fails 2 "$option without its value" env TMPDIR="$tmp/empty" "$SMIDGIT" explain http://127.0.0.1:1/x.git $option
	said "option '$option' requires a value"
	check 'of that nothing was made' rmdir "$tmp/empty"
	mkdir "$tmp/empty"
done
check_fails 2 'two URLs' explain http://127.0.0.1:1/x.git http://127.0.0.1:1/y.git
check_fails 2 'an offset that is none' explain "$pack@99999999999"
check_fails 2 'no such object' explain "$pack" 0123456789012345678901234567890123456789
check_fails 2 'part of what is no pack' explain "$idx" "$name"

# Small packs that would take much: 64 MiB, and 79 deltas that copy all of it; a delta that is its own base, which
# an .idx can say; a chain of 4,000, each entry of which is told.
cat >"$tmp/hostile.pl" <<'END'
use Compress::Zlib; use Digest::SHA 'sha1';
sub number { my $n = shift; my $out = ''; while ($n > 127) { $out .= chr($n & 127 | 128); $n >>= 7 } $out . chr $n }
sub head { my ($type, $n) = @_; $n > 15 ? chr(128 | $type << 4 | $n & 15) . number($n >> 4) : chr($type << 4 | $n) }
sub distance { my $n = shift; my $out = chr($n & 127); while ($n >>= 7) { $out = chr(--$n & 127 | 128) . $out } $out }
sub copy { my $n = shift; my $out = number($n) x 2;
	for (my $at = 0; $at < $n; $at += 0xffffff) { my $left = $n - $at; $left = 0xffffff if $left > 0xffffff;
		$out .= chr(255) . pack('V', $at) . substr(pack('V', $left), 0, 3) } $out }
sub save { open my $file, '>', shift; binmode $file; my $all = join '', @_; print $file $all, sha1 $all; sha1 $all }
my ($what, $to) = @ARGV;
if ($what eq 'circle') {
	my ($name, $bytes) = ("\x11" x 20, number(5) x 2 . "\1" x (60 << 20));
	my $sum = save "$to.pack", 'PACK', pack('NN', 2, 1), head(7, length $bytes), $name, compress $bytes;
	save "$to.idx", "\377tOc", pack('N*', 2, map { $_ >= 0x11 } 0 .. 255), $name, pack('NN', 0, 12), $sum;
} else {
	my ($bytes, $deltas) = @ARGV[2, 3];
	my @entries = (head(3, $bytes) . compress "\0" x $bytes);
	my $delta = copy $bytes;
	push @entries, head(6, length $delta) . distance(length $entries[-1]) . compress $delta for 1 .. $deltas;
	save "$to.pack", 'PACK', pack('NN', 2, scalar @entries), @entries;
}
END
perl "$tmp/hostile.pl" chain "$tmp/copies" $((64 << 20)) 79
perl "$tmp/hostile.pl" chain "$tmp/chain" 100000 4000
perl "$tmp/hostile.pl" circle "$tmp/circle"
# Sanitizers take more address space than there is.
[ -z "${SANITIZE:-}" ] || echo 'left out: limits of address space'
limited() {
	([ -n "${SANITIZE:-}" ] || ulimit -v 1000000 && timeout 60 "$SMIDGIT" explain "$@")
}
check 'no picture of 5 GiB' limited "$tmp/copies.pack"
check 'a chain of 4,000, each' limited --all "$tmp/chain.pack"
check_fails 9 'a circle' limited "$tmp/circle.pack"
check_fails 9 'a circle, by its offset' limited "$tmp/circle.pack@12"

# As data: an object a line, of which the file, or the conversation, can be made again.
cat >"$tmp/again.pl" <<'END'
use JSON::PP;
binmode STDOUT;
while (<STDIN>) {
	my $it = decode_json $_;
	print pack 'H*', $it->{hex} if $it->{is} eq 'bytes' && $ARGV[0] eq 'bytes';
	print $it->{is} eq 'client' ? 'C: ' : 'S: ', $it->{text}, "\n" if $it->{is} =~ /^(client|server)$/ && $ARGV[0] eq 'lines';
}
END
explain --all --json "$idx" | perl "$tmp/again.pl" bytes >"$tmp/again"
check 'JSON: an .idx, byte for byte' cmp "$idx" "$tmp/again"
for version in 2 4; do
	explain --all --json "$tmp/index.$version" | perl "$tmp/again.pl" bytes >"$tmp/again"
	check "JSON: an index of version $version, byte for byte" cmp "$tmp/index.$version" "$tmp/again"
done
explain --all --json "$tmp/trace.2" | perl "$tmp/again.pl" lines >"$tmp/again"
grep -v '^==' "$tmp/trace.2" | sed 's/^\([CS]\):$/\1: /; ' | grep -v '^S: PACK' >"$tmp/expected"
grep -v '^S: PACK' "$tmp/again" >"$tmp/seen"
check 'JSON: a conversation, line for line' same "$tmp/expected" "$tmp/seen"
# What the server sent is what the test server has kept: a head of CGI, an empty line, the body.
cat >"$tmp/bodies.pl" <<'END'
use JSON::PP;
my ($folder, $count, $head, $out) = ($ARGV[0], 0);
while (<STDIN>) {
	my $it = decode_json $_;
	next if $it->{is} !~ /^(client|server)$/;
	if ($it->{part} ne 'head') { print {$out} pack 'H*', $it->{hex} if $it->{is} eq 'server'; $head = 0; next }
	next if $head || $it->{is} ne 'server';
	$head = 1;
	open $out, '>', "$folder/" . ++$count;
	binmode $out;
}
END
# Bytes that cannot be made smaller: the pack comes in several lines.
git init -q -b main "$tmp/served/bands"
head -c 200000 "$pack" >"$tmp/served/bands/bytes"
git -C "$tmp/served/bands" add bytes
git -C "$tmp/served/bands" commit -q -m bytes
git clone -q --bare "$tmp/served/bands" "$tmp/served/bands.git"
for protocol in 2 0; do
	rm -rf "$tmp/kept" "$tmp/bodies" && mkdir "$tmp/kept" "$tmp/bodies"
	serve --root "$tmp/served" --remember "$tmp/kept"
	"$SMIDGIT" clone -q --no-sync --trace="whole:$tmp/whole.$protocol" --protocol $protocol "$url/bands.git" "$tmp/whole.$protocol.git"
	explain --all --json "$tmp/whole.$protocol" >"$tmp/told"
	perl "$tmp/bodies.pl" "$tmp/bodies" <"$tmp/told"
	for file in "$tmp"/kept/*; do
		perl -0777 -pe 's/^.*?\r\n\r\n//s' "$file" | sha256sum
	done | sort >"$tmp/expected"
	for file in "$tmp"/bodies/*; do sha256sum <"$file"; done | sort >"$tmp/seen"
	check "JSON: the bodies of protocol $protocol, byte for byte" same "$tmp/expected" "$tmp/seen"
	check 'with the pack, in its lines' test "$(grep -c '"part":"pkt-line","text":"....\\\\x01' "$tmp/told")" -gt 3
	explain --all --json "$url/bands.git" --protocol $protocol | perl "$tmp/bodies.pl" "$tmp/bodies"
	for file in "$tmp"/bodies/*; do sha256sum <"$file"; done | sort >"$tmp/seen"
	check "the same of a URL, protocol $protocol" same "$tmp/expected" "$tmp/seen"
done
explain --json "$tmp/whole.2" >"$tmp/told"
check 'JSON: round trips with their times' test "$(grep -c '^{"is":"round trip".*"ms":[0-9]*\.[0-9]*,"answered_ms":' "$tmp/told")" -eq 3
explain --json "$tmp/trace.2" >"$tmp/told"
check 'JSON: no times where the trace has none' sh -c '! grep -q "ms\":" "$1"' sh "$tmp/told"
check 'JSON: but round trips' test "$(grep -c '^{"is":"round trip"' "$tmp/told")" -eq 3
check 'a picture of round trips' explain --html "$tmp/rounds.html" "$tmp/whole.2"
check 'with times' test "$(grep -o 'round trip [123]: [0-9]*\.[0-9]* ms' "$tmp/rounds.html" | wc -l)" -eq 3
check 'and a message opens to its bytes' grep -qF '<span class="x f0" tabindex="0" title="length">30 30 30 30</span>' "$tmp/rounds.html"
explain --html "$tmp/rounds.html" "$tmp/trace.2"
check 'without, where the trace has none' sh -c '! grep -q "[0-9] ms" "$1" && grep -q "class=\"q\"" "$1"' sh "$tmp/rounds.html"
check 'JSON: a pack' sh -c '"$SMIDGIT" explain --json "$1" | perl "$2" none' sh "$pack" "$tmp/again.pl"

# What strangers have written does nothing to a terminal, and to a browser.
git init -q "$tmp/evil"
printf 'x\033]0;owned\007<script>alert(1)</script>\n' >"$tmp/evil/$(printf 'a\033[31m"<img src=x onerror=alert(2)>')"
git -C "$tmp/evil" add -A
git -C "$tmp/evil" commit -qm "$(printf 'red \033[31m</title><script>alert(3)</script>')"
git -C "$tmp/evil" gc -q
cp "$tmp/evil/.git/index" "$tmp/evil.2"
git -C "$tmp/evil" update-index --index-version 4
check 'control bytes' sh -c 'for file; do "$SMIDGIT" explain --all "$file"; done | LC_ALL=C grep -c "[[:cntrl:]]" | grep -qx 0' \
	sh "$tmp"/evil/.git/objects/pack/*.pack "$tmp/evil.2" "$tmp/evil/.git/index"
check 'a page' explain --all --html "$tmp/page.html" "$tmp"/evil/.git/objects/pack/*.pack
check 'the page has what they have written' grep -q '&lt;script&gt;alert(3)' "$tmp/page.html"
check 'nothing of it is an element' sh -c '! grep -qiE "<(script|img|iframe|object|embed|link|base|form)|url\(|@import" "$1"' \
	sh "$tmp/page.html"
check 'its only addresses are those of documents, to go to' sh -c '! sed "s|<a href=\"https://git-scm.com/docs/[a-z0-9-]*#[a-z0-9_-]*\"||g;
	s|<a href=\"https://www.rfc-editor.org/rfc/rfc[0-9]*#section-[0-9.]*\"||g" "$1" | grep -qi "https*:\|href"' sh "$tmp/page.html"
check 'and nothing could run' grep -q "default-src 'none'" "$tmp/page.html"
for element in div details summary section span code svg; do
	check "every <$element> ends" test "$(grep -oE "<$element[ >]" "$tmp/page.html" | wc -l)" -eq \
		"$(grep -o "</$element>" "$tmp/page.html" | wc -l)"
done
check 'the page is small' test "$(explain --html "$tmp/small.html" packed-refs; wc -c <"$tmp/small.html")" -lt 12000
check_fails 8 'a page that cannot be written' explain --html /nowhere/page.html packed-refs
check 'SHA-256' git init -q --object-format=sha256 "$tmp/256"
git -C "$tmp/256" commit -q --allow-empty -m one
name=$(git -C "$tmp/256" rev-parse HEAD)
check 'SHA-256: a loose object' explain "$(echo "$name" | sed "s|^..|$tmp/256/.git/objects/&/|")"
said "name: $name"
git -C "$tmp/256" pack-refs --all
check 'SHA-256: packed references' explain "$tmp/256/.git/packed-refs"
git -C "$tmp/256" gc -q
check 'SHA-256: the pack' explain "$tmp"/256/.git/objects/pack/*.pack
said "name: $(git -C "$tmp/256" rev-parse HEAD)"
check 'SHA-256: a bundle' git -C "$tmp/256" bundle create -q "$tmp/256.bundle" --all
check 'SHA-256: it is read' explain "$tmp/256.bundle"
said "name: $(git -C "$tmp/256" rev-parse HEAD)"
# With a trailer that is broken the name, or the size, says whose names they are.
for form in pack idx; do
	file=$(echo "$tmp"/256/.git/objects/pack/*.$form) broken=$tmp/pack-$name.$form
	{ head -c $(($(wc -c <"$file") - 1)) "$file" && printf x; } >"$broken"
	if [ $form = pack ]; then check_fails 7 "SHA-256: a broken trailer, .$form" explain "$broken"; else check 'SHA-256: a broken trailer' explain "$broken"; fi
	said 'the trailer fits neither hash; names are read as those of sha256'
	said "$(git -C "$tmp/256" rev-parse HEAD)"
done
mv "$tmp/pack-$name.idx" "$tmp/other.idx"
check 'SHA-256: an .idx by its size' explain "$tmp/other.idx"
said "$(git -C "$tmp/256" rev-parse HEAD)"
# A tree's modes are as they are; of a long line it is said how much is not shown.
mkdir "$tmp/256/folder"
awk 'BEGIN { for (i = 0; i < 300; i++) printf "12345678901"; print "end" }' >"$tmp/256/folder/long"
git -C "$tmp/256" add folder && git -C "$tmp/256" commit -q -m folder && git -C "$tmp/256" gc -q
check 'a tree' explain "$tmp"/256/.git/objects/pack/*.pack "$(git -C "$tmp/256" rev-parse HEAD^{tree})"
said '  40000 folder NUL'
blob=$(git -C "$tmp/256" rev-parse HEAD:folder/long)
check 'a long line' explain "$tmp"/256/.git/objects/pack/*.pack "$blob"
said ' ... 3103 bytes more in this line'
finish
