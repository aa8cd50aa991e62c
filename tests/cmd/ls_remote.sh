# SPDX-License-Identifier: MIT
# `smidgit ls-remote` says what `git ls-remote` says, and exits as it does.
. "${0%/*}/lib.sh"
fixture four-objects many-refs empty unborn detached octopus odd

# same_list NAME ARGUMENT...: both print the same and exit alike.
same_list() {
	list_name=$1
	shift
	git -c protocol.version="$protocol" ls-remote "$@" >"$tmp/theirs" 2>/dev/null </dev/null
	theirs=$?
	# git's 2 for "nothing matches" is a usage error here: the answer "no" is 1.
	[ $theirs -ne 2 ] || theirs=1
	"$SMIDGIT" ls-remote "$@" >"$tmp/ours" 2>"$tmp/errors" </dev/null
	ours=$?
	check "$list_name: the same lines (version $protocol)" diff -au "$tmp/theirs" "$tmp/ours"
	check "$list_name: exit $ours, expected $theirs (version $protocol)" test $ours -eq $theirs
}

for protocol in 2 0; do
	if [ $protocol = 0 ]; then serve_remembering --version-0; else serve_remembering; fi
	for name in four-objects many-refs empty unborn detached octopus odd; do
		same_list "$name" "$url/$name.git"
		same_list "$name --symref" --symref "$url/$name.git"
	done
	same_list '--heads' --heads "$url/many-refs.git"
	same_list '-h, which alone is help' -h "$url/many-refs.git" trunk
	same_list '--tags' --tags "$url/octopus.git"
	same_list '--heads --tags' --heads --tags "$url/odd.git"
	same_list '-q' -q "$url/octopus.git"
	same_list 'pattern' "$url/many-refs.git" 'topic/00*'
	same_list 'two patterns' "$url/many-refs.git" v1.1 'topic/1?0'
	same_list 'full name' "$url/many-refs.git" refs/heads/trunk
	same_list 'part of a name' "$url/many-refs.git" unk
	same_list 'HEAD' "$url/many-refs.git" HEAD
	same_list 'class' "$url/many-refs.git" 'v2.[0-3]'
	same_list 'nothing' "$url/many-refs.git" no-such
	same_list '--exit-code, nothing' --exit-code "$url/many-refs.git" no-such
	same_list '--exit-code, something' --exit-code "$url/many-refs.git" trunk
	same_list '--exit-code, empty' --exit-code "$url/empty.git"
	stop_servers
done

serve
check_fails 6 'no such repository' "$SMIDGIT" ls-remote "$url/no-such.git"
check_fails 8 'no URL, and no repository' "$SMIDGIT" -C / ls-remote --heads
said 'without a URL: not a git repository'
check_fails 8 'no remote, as there is no repository' "$SMIDGIT" -C / ls-remote origin
said "'origin' is no URL: not a git repository"
check_fails 2 'no URL' "$SMIDGIT" -C / ls-remote git.example.org
said "'git.example.org' is no URL"
check_fails 2 'unknown option' "$SMIDGIT" ls-remote --no-such "$url/empty.git"
check_fails 3 'nobody listens' "$SMIDGIT" ls-remote http://127.0.0.1:1/x.git

# In a repository by the names of its remotes.
git init -q -b main "$tmp/w"
git -C "$tmp/w" remote add first "$url/four-objects.git"
git -C "$tmp/w" remote add second short:many-refs.git
git -C "$tmp/w" config "url.$url/.insteadOf" short:
cd "$tmp/w" || exit 2
same_list 'a remote' second
same_list 'a remote, --heads' --heads second 'topic/1*'
check_fails 2 'more than one, none of them origin' "$SMIDGIT" ls-remote --heads
said "'origin' is neither a remote of this repository nor a URL"
git config branch.main.remote second
same_list 'the remote of the branch' --tags
check 'what it is' "$SMIDGIT" ls-remote --tags
said "From $url/many-refs.git"
check 'nothing beside it' test -z "$("$SMIDGIT" ls-remote -q --tags 2>&1 >/dev/null)"
git remote remove first
git config --unset branch.main.remote
same_list 'the only remote'
check_fails 2 'no remote' "$SMIDGIT" ls-remote third
said "'third' is no URL"
cd "$top" || exit 2
stop_servers

# R8: names may have C1 controls in them, raw or in UTF-8. A terminal gets them in caret form, a pipe as they are.
pkt() {
	printf '%04x' $(($(printf "$1" | wc -c) + 4))
	printf "$1"
}
id=1111111111111111111111111111111111111111
csi='a\2335m\302\235b\303\274'
{
	pkt "$id HEAD\\0symref=HEAD:refs/heads/$csi\n"
	pkt "$id refs/heads/$csi\n"
	pkt "$id refs/tags/$csi\n"
	pkt "$id refs/tags/$csi^{}\n"
	printf 0000
} >"$tmp/body"
serve --status 200 --header 'Content-Type: application/x-git-upload-pack-advertisement' --body "$tmp/body"
named() {
	printf "ref: refs/heads/$1\tHEAD\n$id\tHEAD\n$id\trefs/heads/$1\n$id\trefs/tags/$1\n$id\trefs/tags/$1^{}\n"
}
named "$csi" >"$tmp/raw"
named 'aM-^[5mM-^]b\303\274' >"$tmp/caret"
check 'R8: in a pipe' sh -c '"$1" ls-remote --symref "$2" | cat >"$3"' sh "$SMIDGIT" "$url/r.git" "$tmp/ours"
check 'R8: in a pipe: as they are' cmp "$tmp/raw" "$tmp/ours"
check 'R8: on a terminal' sh -c '"$1" "$2" ls-remote --symref "$3" | tr -d "\r" >"$4"' sh "$BUILD/tests/tools/terminal" \
	"$SMIDGIT" "$url/r.git" "$tmp/ours"
check 'R8: on a terminal: in caret form' diff -au "$tmp/caret" "$tmp/ours"
finish
