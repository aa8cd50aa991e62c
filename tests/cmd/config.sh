# SPDX-License-Identifier: MIT
# smidgit config beside git's: the same answers, and files that are the same byte for byte.
. "${0%/*}/lib.sh"
export GIT_CONFIG_SYSTEM="$tmp/system" GIT_CONFIG_NOSYSTEM=
w=$tmp/w
git init -q -b main "$w"
mkdir "$w/dir" "$tmp/nowhere"
in=$w

# both ARGUMENT...: the same output and exit code; 5, 128 and 129 are 8, or 1 where nothing is removed.
both() {
	(cd "$in" && git config "$@") >"$tmp/git.out" 2>/dev/null
	echo "exit $?" | sed 's/ \(12[89]\|[2-9]\)$/ 8/' >>"$tmp/git.out"
	(cd "$in" && "$SMIDGIT" config "$@") >"$tmp/smidgit.out" 2>/dev/null
	echo "exit $?" | sed 's/ [2-9]$/ 8/' >>"$tmp/smidgit.out"
	check "config $* in $in" same "$tmp/git.out" "$tmp/smidgit.out"
}
cat >"$tmp/begin" <<'EOF'
# a comment
[core]
	bare = false
	Key = one
[User "Some.Body"]
	Name = A B # c
	flag
	empty =
	quoted = " x ; y"
[many]
	x = 1
	X = 2
[Section "with \"quotes\" and \\"]
	lines = a\
 b\nc
EOF
cp "$tmp/begin" "$w/.git/config.test"
cp "$tmp/begin" "$tmp/system"
git config --global some.thing user
for in in "$w" "$w/dir" "$w/.git" "$tmp/nowhere"; do
	both -f "$tmp/begin" --list
	both -f "$tmp/begin" --list --show-origin
	both --list
	both --list --show-origin
	both -l --global
	both --local --list --show-origin
	both --system --list
	for name in core.bare CORE.KEY user.Some.Body.name USER.some.body.name User.Some.Body.flag user.Some.Body.empty user.Some.Body.quoted \
		many.x 'section.with "quotes" and \.lines' user.name user.none no.thing some.thing; do
		both "$name"
		both --get "$name"
		both --get-all "$name"
		both --show-origin "$name"
		both --global "$name"
		both --local "$name"
		both --system --get "$name"
		both --file "$tmp/begin" "$name"
	done
done
in=$w
both -f "$tmp/nothing" a.b
both -f "$tmp/nothing" --list
both --local --global a.b

# written ARGUMENT...: to the same file.
written() {
	cp "$tmp/text" "$tmp/git.config"
	cp "$tmp/text" "$tmp/smidgit.config"
	git config -f "$tmp/git.config" "$@" >/dev/null 2>&1
	"$SMIDGIT" config -f "$tmp/smidgit.config" "$@" >/dev/null 2>&1
	check "config $*" same "$tmp/git.config" "$tmp/smidgit.config"
}
cp "$tmp/begin" "$tmp/text"
for value in plain '' ' blanks ' 'a;b' 'a#b' 'quote"s' 'back\slash' 'tab	x' 'two
lines' 'caf'"$(printf '\303\251')"; do
	for name in core.bare core.new New.Name User.Some.Body.Name user.some.body.Name a.B.c many.y; do
		written "$name" "$value"
	done
	git config -f "$tmp/smidgit.config" a.b "$value"
	check "reads what git wrote: $value" test "$("$SMIDGIT" config -f "$tmp/smidgit.config" a.b)" = "$value"
	"$SMIDGIT" config -f "$tmp/smidgit.config" a.b "$value"
	check "git reads it: $value" test "$(git config -f "$tmp/smidgit.config" a.b)" = "$value"
done
for name in core.bare core.key user.Some.Body.flag user.Some.Body.name many.x no.thing user.none nodot; do
	written --unset "$name"
done
written many.x 3
for name in core.bare many.x many.new User.Some.Body.Name no.thing nodot; do
	written --add "$name" more
	written --unset-all "$name"
done
while IFS= read -r text; do
	printf "$text" >"$tmp/text"
	written --unset a.b
	written a.c d
	written a.b d
	written --add a.b d
	written --unset-all a.b
done <<-'EOF'
	[a]\n\tb = c\n
	[a]\n\tb = c\n\tb = d\n\td = e\n
	[a]\n\tb = c\n[z]\n\tx = y\n[a]\n\tb = d\n[y]\n
	[a]\n\tb = c\n[z]\n\tx = y\n
	[z]\n\tx = y\n[a]\n\tb = c\n
	[z]\n\tx = y\n[a]\n\tb = c\n[y]\n\tx = y\n
	[a]\n\tb = c\n\td = e\n
	[a]\n# comment\n\tb = c\n
	# comment\n[a]\n\tb = c\n
	[a]\n\tb = c\n# comment\n
	[a]\n\tb = c\n; comment\n[z]\n\tx = y\n
	[a]\n\tb = c
	[a] b = c\n
	[a]\n
	[a][z]\n
	[a]\n\tx = y\n[a][z]\n\tx = y\n
EOF
# In the repository and for the user.
both user.name Somebody
both user.name
both --local core.editor vi
check 'git reads it' test "$(git -C "$w" config user.name)" = Somebody
both --global alias.x y
both --global alias.x
both --system a.b c
both --system a.b
check 'removes' "$SMIDGIT" -C "$w" config --unset user.name
both user.name
in=$tmp/nowhere
both a.b c
both --local a.b
both --local a.b c
for name in nodot 'a.b c' .b a. a.1b; do
	check_fails 2 "no name: $name" "$SMIDGIT" config "$name"
	check_fails 2 "no name: $name" "$SMIDGIT" config -f "$tmp/text" "$name" x
done

# The newer spelling, which git 2.39 does not have.
check 'set' "$SMIDGIT" -C "$w" config set new.Key value
check 'get' test "$("$SMIDGIT" -C "$w" config get new.key)" = value
check 'get --all' test "$("$SMIDGIT" config get --all -f "$tmp/begin" many.x | wc -l)" = 2
check 'unset' "$SMIDGIT" -C "$w" config unset new.key
check 'add, as containers do' "$SMIDGIT" config --global --add safe.directory '*'
check 'add another' "$SMIDGIT" config --global --add safe.directory /x
check 'both' test "$(git config --global --get-all safe.directory | tr '\n' ,)" = '*,/x,'
check 'unset --all' "$SMIDGIT" config unset --all --global safe.directory
check_fails 1 'none is left' git config --global safe.directory
check_fails 1 'get what is not there' "$SMIDGIT" -C "$w" config get new.key
check 'list' "$SMIDGIT" -C "$w" config list --local
said 'core.bare=false'
check_fails 8 'several values' "$SMIDGIT" config set -f "$tmp/begin" many.x 3
check 'from the command line' test "$("$SMIDGIT" -c a.B=c config a.b)" = c
git config -f "$tmp/named" named.b 1
check 'the file of the environment' test "$(GIT_CONFIG=$tmp/named "$SMIDGIT" -C "$w" config named.b)" = 1
GIT_CONFIG=$tmp/named check 'is written' "$SMIDGIT" -C "$w" config named.b 2
check 'and no other' test "$(git config -f "$tmp/named" named.b),$(git -C "$w" config named.b)" = 2,
# git -c, to its hooks and aliases.
cat >"$tmp/values" <<-'EOF'
	"$SMIDGIT" config user.x && "$SMIDGIT" config "A.it's.y" && "$SMIDGIT" config a.none &&
		"$SMIDGIT" -c user.x=more config user.x
EOF
check 'from the command line of git' git -c user.x="it's a=b! \\ " -c "A.it's.y=" -c a.none \
	-c alias.said="!sh '$tmp/values'" said
printf '%s\n' "it's a=b! \\ " '' '' more >"$tmp/want"
mv "$tmp/check.log" "$tmp/got"
check 'as it was said' same "$tmp/want" "$tmp/got"
GIT_CONFIG_PARAMETERS="'a.b=c d' 'a.b' 'e.f.g'='h'" check 'of older ones' "$SMIDGIT" config --get-all a.b
said 'c d'
for bad in "'" \\ "\\'a.b'" "'a.b'\\" "'a.b'='" "'a.b'=c" "'a.b'x" a.b "'ab'='c'" "'a.b'='c'\\'"; do
	GIT_CONFIG_PARAMETERS=$bad check_fails 2 "malformed: $bad" "$SMIDGIT" config a.b
done

# A link stays a link, and what others may not read stays so.
chmod 600 "$tmp/text"
ln -s text "$tmp/link"
check 'through a link' "$SMIDGIT" config -f "$tmp/link" a.b secret
check 'the link is there' test -h "$tmp/link"
check 'the mode is there' test "$(stat -c %a "$tmp/text")" = 600
ln -s dir/there "$tmp/early"
mkdir "$tmp/dir"
check 'through a link to what is not there yet' "$SMIDGIT" config -f "$tmp/early" a.b c
check 'is where that leads' test -h "$tmp/early" -a -f "$tmp/dir/there"
ln -s loop "$tmp/loop"
check_fails 8 'a link to itself' "$SMIDGIT" config -f "$tmp/loop" a.b c
cp "$w/.git/config" "$tmp/real"
ln -sf "$tmp/real" "$w/.git/config"
check 'remote add' "$SMIDGIT" -C "$w" remote add x https://h.example/x
check 'the repository keeps its link' test -h "$w/.git/config"
check 'and what it leads to has it' grep -q h.example/x "$tmp/real"
# Who has no HOME has no such file, and /.gitconfig is nobody's.
check_fails 8 'no HOME' env -u HOME -u GIT_CONFIG_GLOBAL "$SMIDGIT" config --global a.b c
said 'HOME is not set'
# git's documents say that /dev/null is for who wants none of these files.
for name in GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM; do
	check "$name=/dev/null" env $name=/dev/null "$SMIDGIT" -C "$w" rev-parse --git-dir
done
for name in /dev/null "$tmp/text"; do
	check "HOME=$name is no directory" env -u GIT_CONFIG_GLOBAL HOME="$name" "$SMIDGIT" -C "$w" status
done
both -f /dev/null --list
both -f /dev/null a.b
check_fails 8 'which nothing is written into' "$SMIDGIT" config -f /dev/null a.b c
check_fails 8 'and what has no end is not read' "$SMIDGIT" config -f /dev/zero a.b
printf '[broken' >"$tmp/broken"
check_fails 8 'a broken file' "$SMIDGIT" config -f "$tmp/broken" a.b c
check 'is as it was' test "$(cat "$tmp/broken")" = '[broken'
printf '[broken' >>"$w/.git/config"
check_fails 8 'a broken repository' "$SMIDGIT" -C "$w" config a.b
finish
