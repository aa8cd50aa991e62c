# SPDX-License-Identifier: MIT
# smidgit clean beside git's: the same is named, and the same is left.
. "${0%/*}/lib.sh"
base=$tmp/base
git init -q -b main --template= "$base"
cd "$base" || exit 2
mkdir -p dir/deep below
echo x >a
echo x >dir/a
echo x >below/a
echo x >place
mkdir kept
echo x >kept/a
printf '*.o\n/ign/\n/gone/\n!keep.o\n' >.gitignore
echo '*.tmp' >below/.gitignore
git add -A
git commit -qm one
mkdir .git/info
echo '*.secret' >>.git/info/exclude
mkdir -p u/sub/deep ui/sub ui/clean ign/sub e/empty dir/u onlyign inner n/d nb gone below/u
for f in new x.o keep.o dir/new dir/y.o u/f u/sub/g ui/f ui/p.o ui/sub/q ui/sub/r.o ui/clean/z ign/f ign/sub/g dir/u/f \
	onlyign/k.o n/f n/d/z nb/f 'a b' 'q"x' "$(printf 'caf\303\251')" below/x.tmp below/u/y.tmp below/u/z a.secret; do
	echo x >"$f"
done
for f in inner n/inner gone/inner '--bare nb/bare'; do git init -q --template= $f; done
ln -s "$tmp" lnk
ln -s nowhere dir/dangling
ln -s ../a u/link
git rm -q --cached below/a
# An ignored directory that has something in it that is not: all else in it is ignored, whatever rules it has.
echo '/kept/' >>.gitignore
mkdir kept/sub
echo x >kept/b
echo x >kept/sub/c
echo '!b' >kept/.gitignore
git config core.excludesFile .git/info/own
echo '*.own' >.git/info/own
touch a.own dir/a.own
# A directory where the index has a file, and a pipe.
rm place
mkdir place
echo x >place/f
mkfifo pipe
cd "$top" || exit 2
echo precious >"$tmp/precious"

# Two copies are copied together, and only when one of them has been changed.
mkdir "$tmp/pair"
cp -a "$base" "$tmp/pair/git"
cp -a "$base" "$tmp/pair/smidgit"
run=$tmp/run
changed=yes

left() {
	(cd "$1" && find . -path ./.git -prune -o -print | LC_ALL=C sort)
	git -C "$1" status --porcelain --ignored
}
# both ARGUMENT...: git names directories beside a repository without their slash, and in no order.
both() {
	if [ -n "$changed" ]; then
		rm -rf "$run"
		cp -a "$tmp/pair" "$run"
	fi
	for who in git smidgit; do
		program=$who
		[ $who = git ] || program=$SMIDGIT
		(cd "$run/$who/$in" && exec "$program" clean "$@") >"$tmp/$who.said" 2>/dev/null </dev/null
		code=$?
		case $code in [2-9] | 12[89]) code=8 ;; esac
		echo "exit $code" >>"$tmp/$who.said"
	done
	# Nearly always all of it is the same byte for byte, also where nothing goes.
	changed=
	if alike "$base" "$run/git" "$base" "$run/smidgit" >"$tmp/alike"; then leaves=true; else
		changed=yes leaves=same_left
		! alike "$run/git" "$run/smidgit" >"$tmp/alike" || leaves=true
	fi
	if alike "$tmp/git.said" "$tmp/smidgit.said" >"$tmp/alike"; then says=true; else
		says=same_out
		for who in git smidgit; do
			sed '/current working directory/d; s|/$||; s| \./| |' "$tmp/$who.said" | LC_ALL=C sort >"$tmp/$who.out"
		done
	fi
	check "clean $* in '$in': says the same" $says
	check "clean $* in '$in': leaves the same" $leaves
}
same_out() { same "$tmp/git.out" "$tmp/smidgit.out"; }
same_left() {
	left "$run/git" >"$tmp/git.left"
	left "$run/smidgit" >"$tmp/smidgit.left"
	same "$tmp/git.left" "$tmp/smidgit.left"
}
for in in '' dir u ui below n; do
	for form in '' -d -x -X -dx -dX; do
		# shellcheck disable=SC2086
		both -n $form
		# shellcheck disable=SC2086
		both -f $form
	done
	both -fdq
	both -f .
done
in=
for path in a new dir u u/f u/sub ui 'dir ui' dir/u/ ign inner n n/d x.o nothing . below onlyign; do
	# shellcheck disable=SC2086
	both -f $path
	# shellcheck disable=SC2086
	both -fx $path
	# shellcheck disable=SC2086
	both -fX $path
done
in=dir both -f ../u ../new
in=dir both -nd ..
in=
both
both -d
both -fxX
both -f ..
both -f -- -n
for who in git smidgit; do
	git -C "$tmp/pair/$who" config clean.requireForce false
	git -C "$tmp/pair/$who" config core.quotePath false
done
base=$tmp/pair/git changed=yes
both
both -dn
check 'a name as it is' grep -qF "$(printf 'caf\303\251')" "$tmp/smidgit.said"
check 'nothing behind a link is touched' test "$(cat "$tmp/precious")" = precious
# Where git says nothing.
check 'a repository that is named' "$SMIDGIT" -C "$run/git" clean -n n/inner
said 'Would skip repository n/inner'
# The order in which they are named, where git has one.
git -C "$run/git" clean -n >"$tmp/git.said"
"$SMIDGIT" -C "$run/git" clean -n >"$tmp/smidgit.said"
check 'in the same order' same "$tmp/git.said" "$tmp/smidgit.said"
# What git finds changed after a command of smidgit, it does not.
check 'git has nothing to say of the index' git -C "$run/smidgit" fsck
git init -q --bare "$tmp/bare"
check_fails 8 'in a bare one' "$SMIDGIT" -C "$tmp/bare" clean -f
check_fails 8 'in no repository' "$SMIDGIT" -C / clean -n
finish
