# SPDX-License-Identifier: MIT
# smidgit status beside git status, in every form, on the same states of a working tree. git is told to
# find no renames.
. "${0%/*}/lib.sh"
git config --global status.renames false
git config --global advice.statusHints true
w=$tmp/w
git init -q -b main --template= "$tmp/one"
mkdir -p "$tmp/one/.git/info" "$tmp/one/dir/deep" "$tmp/one/sub dir"
for f in a b c dir/a dir/deep/b 'sub dir/with blank'; do echo "$f" >"$tmp/one/$f"; done
ln -s a "$tmp/one/link"
git -C "$tmp/one" add -A
git -C "$tmp/one" commit -qm one
begin() {
	rm -rf "$w"
	cp -R "$tmp/one" "$w"
	git -C "$w" update-index -q --refresh
}

mkdir "$tmp/git" "$tmp/smidgit"
# both NAME [ARGUMENT...]: the output is the same, wherever it is called. What both said is looked at in
# finish_group, of all forms together.
group=0
both() {
	group=$((group + 1))
	eval "name_$group=\$1"
	shift
	eval "form_$group=\$*"
	(cd "$w${in:+/$in}" && exec git --no-optional-locks status "$@") >"$tmp/git/$group" 2>&1
	(cd "$w${in:+/$in}" && exec "$SMIDGIT" status "$@") >"$tmp/smidgit/$group" 2>&1
}
finish_group() {
	# git 2.39 has other words here than its successors.
	alike "$tmp/git" "$tmp/smidgit" >"$tmp/alike" && equal=true || {
		equal=same
		sed -i 's/to merge the remote branch into yours/if you want to integrate the remote branch with yours/' "$tmp"/git/*
	}
	while [ $group -gt 0 ]; do
		eval "check \"\$name_$group: status \$form_$group\" $equal \"\$tmp/git/$group\" \"\$tmp/smidgit/$group\""
		group=$((group - 1))
	done
	rm "$tmp"/git/* "$tmp"/smidgit/*
}
every() {
	for form in '' -s '-sb' --porcelain '--porcelain -b' -uno '-s -uno' '-s -uall' '--porcelain -z' '-s --ignored' '-s -uall --ignored'; do
		# shellcheck disable=SC2086
		both "$1" $form
	done
	for in in dir 'sub dir'; do
		[ ! -d "$w/$in" ] || { both "$1, in $in" -s; both "$1, in $in"; }
	done
	in=
	finish_group
}

begin
every 'clean'
while IFS='|' read -r name change; do
	begin
	(cd "$w" && eval "$change") >/dev/null 2>&1
	every "$name"
done <<-'EOF'
	changed|echo x >>a; echo x >>dir/a
	staged|echo x >>a; git add a
	staged and changed again|echo x >>a; git add a; echo y >>a
	the mode|chmod +x b
	touched|touch a b c
	deleted|rm a dir/deep/b
	deletion staged|git rm -q a
	deletion staged, file there|git rm -q --cached a
	added|echo n >n; git add n
	added, then deleted|echo n >n; git add n; rm n
	intent to add|echo n >n; git add -N n
	intent to add what was removed|git rm -q --cached a; git add -N a
	a link for a file|rm a; ln -s b a
	a file for a link|rm link; echo x >link
	a directory for a file|rm a; mkdir a; echo x >a/x
	a file for a directory|rm -r dir; echo x >dir
	untracked|echo x >new; mkdir u; echo x >u/a; echo x >u/b; mkdir -p e/empty
	untracked below what is tracked|echo x >dir/new; mkdir dir/u; echo x >dir/u/x
	odd names|echo x >'a b'; echo x >'tab	x'; echo x >'quote"x'; echo x >"$(printf 'caf\303\251')"; echo x >'back\x'
	untracked are not asked for|git config status.showUntrackedFiles no; touch new
	untracked are not asked for, staged|git config status.showUntrackedFiles no; touch new; echo x >>a; git add a
	untracked are asked for, all|git config status.showUntrackedFiles all; mkdir u; touch u/a u/b
	short by a setting|git config status.short true; git config status.branch yes; echo x >>dir/a
	long by a setting|git config status.short false; git config status.branch false; echo x >>dir/a
	from the root by a setting|git config status.relativePaths false; echo x >>dir/a; touch 'sub dir/new'
	names without quotes|git config core.quotePath false; echo x >"$(printf 'caf\303\251')"; echo x >"$(printf 'del\177\303\251')"
	ignored|printf '*.o\n/build/\n!keep.o\nlogs/\n' >.gitignore; touch x.o keep.o; mkdir build logs dir/logs; touch build/x logs/x dir/logs/x dir/build
	ignored below|printf '*\n!.gitignore\n' >dir/.gitignore; touch dir/new dir/deep/new
	ignored, and tracked in part|printf 'dir\n' >.gitignore; touch dir/new; mkdir dir/u; touch dir/u/x dir/deep/new; echo '!*' >dir/deep/.gitignore
	no LF behind the last CR|printf '*.y\r\nx.o\r' >.gitignore; touch x.o a.y
	three stars|printf '***/x.o\na/***\n' >.gitignore; mkdir -p u/v; touch x.o u/v/x.o u/v/y
	ignored by exclude|echo '*.x' >>.git/info/exclude; touch a.x dir/b.x
	patterns|printf 'doc/**/x\n**/any\nfoo/*\n!foo/keep\n\\#hash\ntrail  \nq?z\n[a-c].t\n' >.gitignore; mkdir -p doc/a/b foo any2/any; touch doc/x doc/a/x doc/a/b/x any2/any/f foo/y foo/keep '#hash' trail qxz a.t d.t
	a link to a directory|mkdir u; ln -s u ul; ln -s /tmp out
	a repository in it|git init -q inner; echo x >inner/x
	a merge that is not finished|git checkout -qb other; echo o >a; git rm -q b; echo o >c; git commit -qam o; git checkout -q main; echo m >a; echo m >b; git rm -q c; git commit -qam m; git merge other
	detached|git checkout -q --detach; echo x >>a
	detached at a tag|git tag -a -m t v1; git checkout -q v1
	detached at a branch|git branch x; git checkout -q --detach x
	detached, and moved|git checkout -q --detach; git commit -qam more --allow-empty
	detached by nobody knows whom|git checkout -q --detach; rm .git/logs/HEAD
	assume unchanged|git update-index --assume-unchanged a; echo x >>a
	an index without a hash|git update-index --refresh; size=$(wc -c <.git/index); truncate -s $((size - 20)) .git/index; truncate -s "$size" .git/index; echo x >>a
	an index of version 4|git update-index --index-version 4; echo x >>a
EOF
rm -rf "$w"
git init -q -b main "$w"
mkdir "$w/dir" "$w/sub dir"
every 'no commit yet'
echo x >"$w/x"
git -C "$w" add x
every 'no commit yet, added'

# How far both went apart.
begin
git clone -q "$w" "$tmp/clone"
git -C "$w" commit -q --allow-empty -m two
git -C "$tmp/clone" fetch -q
w=$tmp/clone
mkdir -p "$w/sub dir"
every 'behind'
git -C "$w" commit -q --allow-empty -m mine
every 'apart'
git -C "$w" reset -q --hard origin/main
git -C "$w" commit -q --allow-empty -m mine
every 'ahead'
git -C "$w" update-ref -d refs/remotes/origin/main
every 'what it followed is gone'

# Files that are the same after all are noted as such; twenty thousand that nobody touched are not read.
begin
touch -d '2001-01-01' "$w"/a "$w"/b
check 'refreshes' "$SMIDGIT" -C "$w" status
check 'the index is up to date' git -C "$w" diff-files --quiet
# What was changed within the second in which the index was written stays changed for git, which looks at seconds.
echo 1 >"$w/a"
touch -d '2001-01-01 00:00:00.1' "$w/a"
git -C "$w" add a
touch -d '2001-01-01 00:00:00.5' "$w/.git/index"
echo 2 >"$w/a"
touch -d '2001-01-01 00:00:00.3' "$w/a"
touch "$w/b"
check 'refreshes, with something changed in the same second' "$SMIDGIT" -C "$w" status
check_fails 1 'git still sees it' git -c core.trustctime=false -C "$w" diff-files --quiet

# In a directory of thousands the index is gone through a few times, not to and fro for each file, and what
# the directory says of a name needs no call of its own.
begin
(cd "$w" && seq 5000 | xargs touch && git add -A)
few_passes() {
	strace -f -qq -e trace=madvise -o "$tmp/calls" "$SMIDGIT" -C "$w" "$@" && test "$(wc -l <"$tmp/calls")" -lt 200
}
# few_looks MOST ARGUMENT...
few_looks() {
	most=$1
	shift
	strace -f -qq -e trace=%%stat -o "$tmp/calls" "$SMIDGIT" -C "$w" "$@" >"$tmp/smidgit.out" &&
		test "$(grep -vc "resumed>" "$tmp/calls")" -lt "$most"
}
if may_trace; then
	check 'status: few passes' few_passes status -s
	check 'clean: few passes' few_passes clean -n
	check 'clean: what is in the index need not be looked at' few_looks 200 clean -n
	git -C "$w" commit -q -m many
	git -C "$w" tag many
	check 'reset: one look at each file' few_looks 5500 reset -q --hard
	check 'checkout of paths: few passes' few_passes checkout HEAD -- .
	(cd "$w" && mkdir heap && seq 5000 | sed 's,^,heap/,' | xargs touch)
	check 'clean: nor what the directory says enough of' few_looks 200 clean -ndx
	check 'which is all said' test "$(wc -l <"$tmp/smidgit.out")" -lt 100
	check 'status: one look at each file that is tracked' few_looks 5500 status -s -uall
	check 'and the others are said' test "$(grep -c '^?? heap/' "$tmp/smidgit.out")" = 5000
	rm -r "$w/heap"
	git -C "$w" rm -q --cached '*5'
	check 'status of what is removed: few passes' few_passes status -s
	check 'reset: few passes' few_passes reset -q --hard HEAD~
	check 'checkout of paths that come: few passes' few_passes checkout -q many -- .
	git -C "$w" reset -q --hard
else
	echo 'left out: how often status goes through the index: no strace, or sanitizers'
fi
(cd "$w" && seq 5000 | xargs touch && git add '*3')
both 'in a large directory' -s
finish_group
: >"$w/not-tracked"
check 'a mode of newer gits' test -z "$("$SMIDGIT" -C "$w" -c status.showUntrackedFiles=false status -s | grep '?')"
check 'another' "$SMIDGIT" -C "$w" -c status.showUntrackedFiles=true status -s
said '?? '
check_fails 2 'a mode that is none' "$SMIDGIT" -C "$w" status -unone
check_fails 8 'a mode that is none, by a setting' "$SMIDGIT" -C "$w" -c status.showUntrackedFiles=none status
said "Invalid untracked files mode 'none'"
check_fails 8 'in no repository' "$SMIDGIT" -C / status
git init -q --bare "$tmp/bare"
check_fails 8 'in a bare one' "$SMIDGIT" -C "$tmp/bare" status
said 'must be run in a work tree'
finish
