# SPDX-License-Identifier: MIT
# smidgit log beside git's, on histories of many shapes and on commits that are odd.
. "${0%/*}/lib.sh"
w=$tmp/w
git init -q -b main "$w"
in_w() { git -C "$w" "$@"; }
# both ARGUMENT...
both() {
	git -C "$w" log "$@" >"$tmp/git.out" 2>/dev/null
	code=$?
	[ $code -ne 128 ] || code=8
	echo "exit $code" >>"$tmp/git.out"
	"$SMIDGIT" -C "$w" log "$@" >"$tmp/smidgit.out" 2>/dev/null
	echo "exit $?" >>"$tmp/smidgit.out"
	check "$name: log $*" same "$tmp/git.out" "$tmp/smidgit.out"
}
every() {
	name=$1
	shift
	both "$@"
	both --oneline "$@"
	both -n 2 "$@"
	both -1 "$@"
	both -12 --oneline "$@"
	both --max-count=3 "$@"
}
name=none
both

# commit MESSAGE [PARENT...]
tree=$(in_w mktree </dev/null)
commit() {
	printf '%b' "$1" | git -C "$w" commit-tree -F - "$tree" ${2:+-p $2} ${3:+-p $3} ${4:+-p $4}
}
at=
for message in 'plain' 'two lines\nin one subject\n\nand a body\n' '\n\n  blanks before\n\n\nand between\n\n\nlines\n\n\n' \
	'tab\tin the subject\n\n\tindented\na\tb\tc\n12345678\tx\ncaf\303\251\tx\n' 'CR LF\r\n\r\nbody\r\n' '' \
	'trailing   \n\nblanks  \t \n' 'no end of line' "$(printf 'long %5000s' x)"; do
	at=$(commit "$message" "$at")
done
in_w update-ref refs/heads/main "$at"
every 'messages'
zone=
for zone in +0000 +0100 -0330 +1400 -1200 +0545; do
	at=$(GIT_AUTHOR_DATE="@1700000000 $zone" GIT_COMMITTER_DATE="@1700000000 $zone" commit "$zone" "$at")
done
for date in 0 1 86399 951782400 4102444800 253402300799; do
	at=$(GIT_AUTHOR_DATE="@$date +0000" commit "$date" "$at")
done
in_w update-ref refs/heads/main "$at"
every 'dates'
both HEAD~3
both "$(in_w rev-parse --short HEAD)" --oneline
both nothing
in_w tag -a -m tag v1 HEAD~5
both v1

# Merges; all in one second, and not.
for dates in same apart backwards; do
	n=0
	dated() {
		n=$((n + 1))
		case $dates in same) d=1700000000 ;; apart) d=$((1700000000 + n)) ;; *) d=$((1700000000 + n * 7919 % 31)) ;; esac
		GIT_AUTHOR_DATE="@$d +0000" GIT_COMMITTER_DATE="@$d +0000" commit "$@"
	}
	a=$(dated root)
	b=$(dated 'other root')
	c=$(dated left "$a")
	d=$(dated right "$b")
	m=$(dated merge "$c" "$d")
	e=$(dated side "$a")
	f=$(dated more "$m")
	o=$(dated octopus "$f" "$e" "$d")
	g=$(dated later "$a")
	h=$(dated last "$o" "$g")
	in_w update-ref refs/heads/main "$h"
	every "merges, dates: $dates"
done

# What git takes, too, and nobody should have written.
odd() {
	printf "tree $tree\nparent $h\n$1" | in_w hash-object -t commit -w --literally --stdin
}
while read -r text; do
	in_w update-ref refs/heads/main "$(odd "$text")"
	name=$text
	both -n 3
	both -3 --oneline
done <<-'EOF'
	author A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\nfine\n
	author A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n
	author A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\nencoding UTF-8\ngpgsig -----BEGIN\n x\n \n y\n\nsigned\n
	author A B  C <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\nblanks in a name
EOF
in_w update-ref refs/heads/main "$(odd 'author A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\n\033[31mred \377\n')"
check 'control bytes are shown' "$SMIDGIT" -C "$w" log -1
said '    ^[[31mred \xff'
in_w update-ref refs/heads/main "$(odd 'author A <a@b> 18446744073709551615 +0000\ncommitter A <a@b> 99999999999999999999 +9999\n\nfar\n')"
check 'a date that is none' "$SMIDGIT" -C "$w" log -1
said 'Thu Jan 1 00:00:00 1970 +0000'

in_w update-ref refs/heads/main "$h"
git clone -q --depth 2 "file://$w" "$tmp/shallow"
w=$tmp/shallow
every 'shallow'
w=$tmp/w
in_w checkout -q --detach main~1
every 'detached'
in_w gc -q
every 'packed'

# For a short id the objects beside it are listed once.
if may_trace; then
	git init -q -b main "$tmp/loose"
	git -C "$tmp/loose" commit -q --allow-empty -m one
	id=$(git -C "$tmp/loose" rev-parse HEAD)
	beside=$(printf %.2s "$id")
	(cd "$tmp/loose/.git/objects/$beside" && seq -f "$(printf %.33s "$id" | tr 0-9a-f a-f0-9)%05g" 200 | xargs touch)
	once() {
		strace -f -qq -e trace=openat -o "$tmp/calls" "$SMIDGIT" -C "$tmp/loose" "$@" >/dev/null &&
			test "$(grep -c "objects/$beside\"" "$tmp/calls")" = 1
	}
	check 'log: objects of their own are listed once' once log --oneline
	check 'rev-parse: objects of their own are listed once' once rev-parse --short HEAD
	check 'rev-parse: and for a short id that is given' once rev-parse "$(printf %.10s "$id")"
else
	echo 'left out: how often the objects of a directory are listed: no strace, or sanitizers'
fi

# Of a long history only what stands between is held, and who reads a line only is not told of it.
git init -q -b main "$tmp/long"
# git's fast-import takes minutes for it where memory is slow.
"$BUILD/tests/tools/packtool" line 60000 2>"$tmp/last" | git -C "$tmp/long" index-pack --stdin >/dev/null
git -C "$tmp/long" update-ref refs/heads/main "$(git -C "$tmp/long" hash-object -t commit "$tmp/last")"
w=$tmp/long name=long
both --oneline
if [ -n "${SANITIZE:-}" ]; then
	echo 'left out: the memory of a long history: sanitizers'
else
	(ulimit -v 40000 && exec "$SMIDGIT" -C "$w" log) >"$tmp/limited" 2>&1
	check 'in little memory' test "$(grep -c '^commit' "$tmp/limited")" = 60000
fi
("$SMIDGIT" -C "$w" log 2>"$tmp/err"; :) | head -n 1 >"$tmp/first"
check 'a reader that leaves' test ! -s "$tmp/err"
check_fails 2 'two revisions' "$SMIDGIT" -C "$w" log HEAD HEAD
check_fails 2 'no number' "$SMIDGIT" -C "$w" log -1x
check_fails 8 'in no repository' "$SMIDGIT" -C / log
finish
