# SPDX-License-Identifier: MIT
# R11: what a server may answer once a clone goes on behind a break. Each answer is written here: what
# is published holds all that it links to, or nothing is published.
. "${0%/*}/lib.sh"
export GIT_HTTP_MAX_RETRIES=2

# Two commits; the tree of the second has two trees with one blob each, and the same in both.
git init -q "$tmp/r"
mkdir "$tmp/r/a" "$tmp/r/b"
echo 'in a' >"$tmp/r/a/x" && echo 'in b' >"$tmp/r/b/y" && echo 'in both' >"$tmp/r/a/z" && cp "$tmp/r/a/z" "$tmp/r/b"
git -C "$tmp/r" commit -q --allow-empty -m first
git -C "$tmp/r" add . && git -C "$tmp/r" commit -q -m second
id() { git -C "$tmp/r" rev-parse "$1"; }
first=$(id HEAD~1) none=$(id HEAD~1:) tip=$(id HEAD) top_tree=$(id HEAD:) a=$(id HEAD:a) b=$(id HEAD:b) x=$(id HEAD:a/x) y=$(id HEAD:b/y) z=$(id HEAD:a/z)
# A commit that no branch has, and a tag of it.
stray=$(git -C "$tmp/r" commit-tree -m stray "$a")

head_of() { printf 'HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-%s\r\n' "$1"; }
line() { printf '%04x%s' $((${#1} + 5)) "$1" && echo; }
# answer NUMBER END: what stands on standard input is the body of an answer, which ends, breaks off, or ends
# without the last chunk.
answer() {
	cat >"$tmp/body"
	size=$(wc -c <"$tmp/body")
	{
		head_of result
		case $2 in
		whole) printf 'Content-Length: %d\r\n\r\n' "$size" ;;
		broken) printf 'Content-Length: %d\r\n\r\n' $((size + 100)) ;;
		tail) printf 'Transfer-Encoding: chunked\r\n\r\n%x\r\n' "$size" ;;
		esac
		cat "$tmp/body"
		[ "$2" != tail ] || printf '\r\n'
	} >"$tmp/answer$1"
}
in_band() { printf '%04x\001' $(($(wc -c <"$1") + 5)) && cat "$1"; }
pack_of() { printf '%s\n' "$@" | git -C "$tmp/r" pack-objects -q --window=0 --stdout; }
# part COUNT ID...: the packet of a pack of COUNT objects that breaks off behind these.
part() {
	announced=$1
	shift
	pack_of "$@" >"$tmp/pack"
	{
		printf 'PACK\0\0\0\002\0\0\0'"\\$(printf %03o "$announced")"
		tail -c +13 "$tmp/pack" | head -c -20
	} >"$tmp/part"
	in_band "$tmp/part"
}
all() {
	pack_of "$@" >"$tmp/pack"
	in_band "$tmp/pack"
	printf 0000
}
{
	line '# service=git-upload-pack' && printf 0000 && line 'version 2' && line 'ls-refs=unborn' && line 'fetch=shallow filter' && printf 0000
} >"$tmp/body"
{
	head_of advertisement
	printf 'Content-Length: %d\r\n\r\n' "$(wc -c <"$tmp/body")"
	cat "$tmp/body"
} >"$tmp/answer1"
lists() {
	{
		line "$tip HEAD symref-target:refs/heads/master"
		line "$tip refs/heads/master"
		[ $# -eq 0 ] || line "$1"
		printf 0000
	} | answer 2 whole
}
lists
# serve_answers N: the answers from 1 to N, then the last again.
serve_answers() {
	stop_servers
	set -- "$1" 1
	raw=
	while [ "$2" -le "$1" ]; do
		raw="$raw --raw $tmp/answer$2"
		set -- "$1" $(($2 + 1))
	done
	# shellcheck disable=SC2086
	serve $raw
	rm -rf "$tmp/c"
}
# The server waits for the next request where it breaks off.
clone() { "$SMIDGIT" clone --idle-timeout 0.2 --bare "$@" "$url/r.git" "$tmp/c"; }
is_whole() { says_nothing git -C "$tmp/c" fsck --full --strict --no-dangling && git -C "$tmp/c" rev-list --objects --all >/dev/null; }

# The answer breaks off behind a pack that is whole: what that pack links to has still to come.
{ line packfile && part 9 "$tip"; } | answer 3 broken
{ line packfile && all "$top_tree" "$a" "$first" "$none"; } | answer 4 tail
{ line packfile && all "$b"; } | answer 5 whole
{ line packfile && all "$y" "$z"; } | answer 6 whole
{ line packfile && all "$x"; } | answer 7 whole
serve_answers 7
check 'no last chunk' clone
check 'no last chunk: whole' is_whole

# Once the pack has come, no commit is made whole by a word.
{ line shallow-info && line "shallow $tip" && printf 0001 && line packfile && part 9 "$tip"; } | answer 3 broken
{ line shallow-info && line "unshallow $tip" && printf 0001 && line packfile && all "$top_tree" "$a" "$b" "$x" "$y" "$z"; } | answer 4 whole
serve_answers 4
check 'unshallow' clone --depth 1
check 'unshallow: whole' is_whole
check 'unshallow: still shallow' grep -q "$tip" "$tmp/c/shallow"

# What came of a history that the server gives no more of is not kept.
lists "$stray refs/tags/stray"
{ line packfile && part 9 "$stray"; } | answer 3 broken
line 'ERR not our ref' | answer 4 whole
{ line packfile && all "$tip" "$first" "$none" "$top_tree" "$a" "$b" "$x" "$y" "$z"; } | answer 5 whole
serve_answers 5
check 'refused by name' clone --single-branch
check 'refused by name: whole' is_whole
check 'refused by name: no tag of what is not whole' test -z "$(git -C "$tmp/c" tag)"
lists

# What is wrong before the break is not the network's fault.
bad=$(printf '100644 \0aaaaaaaaaaaaaaaaaaaa' | git -C "$tmp/r" hash-object -w --literally -t tree --stdin)
{ line packfile && part 9 "$tip" "$bad"; } | answer 3 broken
serve_answers 3
check_fails 7 'an object that is none, then a break' clone

# What is linked to twice is asked for once.
{ line packfile && part 9 "$tip" "$top_tree" "$first" "$none"; } | answer 3 broken
{ line packfile && part 9 "$a"; } | answer 4 broken
{ line packfile && part 9 "$b"; } | answer 5 broken
{ line packfile && all "$x" "$y" "$z"; } | answer 6 whole
serve_answers 6
check 'linked to twice' clone
check 'linked to twice: 2, then 3 and 3' test "$(sed -n 's/.*kept; \(.\) objects.*/\1/p' "$tmp/check.log" | tr -d '\n')" = 233
check 'linked to twice: whole' is_whole

# In steps, too, what a word makes whole has to come.
sed 's/ filter/       /' "$tmp/answer1" >"$tmp/filterless" && cp "$tmp/answer1" "$tmp/filtering" && cp "$tmp/filterless" "$tmp/answer1"
{ line packfile && part 9 "$tip"; } | answer 3 broken
{ line shallow-info && line "shallow $tip" && printf 0001 && line packfile && all "$tip" "$top_tree" "$a" "$b" "$x" "$y" "$z"; } | answer 4 whole
{ line shallow-info && line "unshallow $tip" && printf 0001 && line packfile && all "$x"; } | answer 5 whole
serve_answers 5
clone >"$tmp/check.log" 2>&1
check 'steps, unshallow: nothing, or it is whole' sh -c '! test -e "$1" || git -C "$1" rev-list --objects --all' sh "$tmp/c"
cp "$tmp/filtering" "$tmp/answer1"

# What a directory is called does nothing to the terminal, and what is not removed is said once.
escape=$(printf '\033')
{ line packfile && part 9 "$tip"; } | answer 3 broken
serve_answers 3
mkdir "$tmp/e$escape.smidgit-1-0" && : >"$tmp/e$escape.smidgit-1-0/file"
check_fails 3 'kept' "$SMIDGIT" clone --bare --idle-timeout 0.2 "$url/r.git" "$tmp/e$escape"
cp "$tmp/check.log" "$tmp/said"
said "is kept in 'e^[.smidgit-"
check 'kept: no escape' sh -c '! grep -q -F -e "$1" "$2"' sh "$escape" "$tmp/said"
check 'kept: one warning' test "$(grep -c 'is not removed' "$tmp/said")" -eq 1

# A server that is not well for a moment has not refused what it was asked for.
{ line packfile && part 9 "$tip" "$top_tree" "$a" "$first" "$none"; } | answer 3 broken
printf 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n' >"$tmp/answer4"
{ line packfile && all "$b"; } | answer 5 whole
{ line packfile && all "$x" "$y" "$z"; } | answer 6 whole
serve_answers 6
check 'unwell' clone
said 'trying again in'
check 'unwell: whole' is_whole

# fetch --unshallow: a commit that the server calls whole has its parents, or stays shallow.
{ line shallow-info && line "shallow $tip" && printf 0001 && line packfile && all "$tip" "$top_tree" "$a" "$b" "$x" "$y" "$z"; } | answer 3 whole
serve_answers 3
check 'shallow' clone --depth 1
mv "$tmp/c" "$tmp/e"
{ line shallow-info && line "unshallow $tip" && printf 0001 && line packfile && all "$x"; } | answer 3 whole
serve_answers 3
git -C "$tmp/e" config remote.origin.url "$url/r.git"
check_fails 7 'unshallow without the parents' "$SMIDGIT" -C "$tmp/e" fetch --unshallow --idle-timeout 0.2
said "calls commit $tip whole, but its parent $first is missing"
check 'it stays shallow' test -s "$tmp/e/shallow"

# What a fetch refuses in the end is nowhere in the repository, where the next one would rely on it.
gap=$(git -C "$tmp/r" commit-tree -p "$tip" -m gap "$top_tree")
new=$(git -C "$tmp/r" commit-tree -p "$gap" -m new "$top_tree")
{ line "$new refs/heads/new" && printf 0000; } | answer 2 whole
fetch() { "$SMIDGIT" -C "$1" fetch --idle-timeout 0.2 "$url/r.git" 'refs/heads/*:refs/new/*'; }
{ line shallow-info && line "shallow $new" && line "unshallow $tip" && printf 0001 && line packfile && all "$new"; } | answer 3 whole
serve_answers 3
check_fails 7 'shallow without a gap, and with one' fetch "$tmp/e"
check 'its pack is not there' test "$(ls "$tmp/e/objects/pack"/*.pack | wc -l)" -eq 1
{ line shallow-info && line "shallow $new" && printf 0001 && line packfile && all "$new"; } | answer 3 whole
serve_answers 3
: >"$tmp/e/shallow.lock"
check_fails 8 'another git writes what is shallow' fetch "$tmp/e"
rm "$tmp/e/shallow.lock"
serve_answers 3
check 'the next one, when it is done' fetch "$tmp/e"
check 'its history' test "$(git -C "$tmp/e" rev-list refs/new/new | wc -l)" -eq 1

# An object is what it is linked to as, also when it comes in another pack, or is here already (K12).
odd_tree=$(git -C "$tmp/r" cat-file tree "$a" | LC_ALL=C sed '1s/^100644 x/40000 x/' |
	git -C "$tmp/r" hash-object -w --literally -t tree --stdin)
odd=$(git -C "$tmp/r" commit-tree -p "$first" -m odd "$odd_tree")
check 'a blob as a directory' test "$(git -C "$tmp/r" ls-tree "$odd" x)" = "040000 tree $x	x"
{ line "$odd HEAD symref-target:refs/heads/master" && line "$odd refs/heads/master" && printf 0000; } | answer 2 whole
{ line packfile && all "$odd" "$odd_tree" "$first" "$none" "$x" "$z"; } | answer 3 whole
serve_answers 3
check_fails 7 'a blob as a directory: in one pack' clone
{ line packfile && part 9 "$odd" "$odd_tree" "$first" "$none"; } | answer 3 broken
{ line packfile && all "$x"; } | answer 4 whole
{ line packfile && all "$z"; } | answer 5 whole
serve_answers 5
check_fails 7 'a blob as a directory: in two' clone
said 'is linked to as a tree'
git clone -q --bare "$tmp/r" "$tmp/here"
{ line packfile && all "$odd" "$odd_tree"; } | answer 3 whole
serve_answers 3
check_fails 7 'a blob as a directory: that is here' fetch "$tmp/here"
said "object $x is a blob here, but is linked to as a tree"
mkdir "$tmp/packed" && mv "$tmp"/here/objects/pack/* "$tmp/packed" &&
	cat "$tmp"/packed/*.pack | git -C "$tmp/here" unpack-objects -q
serve_answers 3
check_fails 7 'a blob as a directory: in a file of its own' fetch "$tmp/here"
said "object $x is a blob here, but is linked to as a tree"

# A fetch that goes on, killed at each of its calls: what came in several packs is there as a whole.
if [ -z "${SANITIZE:-}" ]; then
	preload killed || not_ok 'killed.c'
	lists
	{ line packfile && part 9 "$tip" "$top_tree" "$a"; } | answer 3 broken
	{ line packfile && all "$b"; } | answer 4 whole
	{ line packfile && all "$x" "$y" "$z"; } | answer 5 whole
	git init -q --bare --template= "$tmp/old"
	git -C "$tmp/r" push -q "$tmp/old" "$first:refs/heads/old"
	git -C "$tmp/old" repack -a -d -q
	stop_servers
	serve --root "$tmp"
	git=$url/r/.git git_server=$servers servers=
	# killed_at N: and what it says of its calls is in $tmp/count.
	killed_at() {
		rm -rf "$tmp/f" && cp -R "$tmp/old" "$tmp/f"
		serve_answers 5
		(KILLED_AT=$1 KILLED_COUNT=$tmp/count LD_PRELOAD=$tmp/killed.so fetch "$tmp/f")
	}
	check 'not killed' killed_at 0
	check 'not killed: one pack more' test "$(ls "$tmp/f/objects/pack"/*.pack | wc -l)" -eq 2
	# The first half is about the quarantine.
	count=$(cat "$tmp/count") at=$(($(cat "$tmp/count") / 2))
	check "calls to be killed at ($count)" test "$count" -gt 20
	while [ "$at" -le "$count" ]; do
		check_fails 137 "killed at call $at of $count" killed_at "$at"
		check "killed at call $at of $count: git's server" "$SMIDGIT" -C "$tmp/f" fetch "$git" 'refs/heads/*:refs/new/*'
		check "killed at call $at of $count: nothing is missing" git -C "$tmp/f" rev-list --objects --all
		at=$((at + 1))
	done
	servers="$servers $git_server"
fi
stop_servers
finish
