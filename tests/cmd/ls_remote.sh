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
check_fails 2 'no URL' "$SMIDGIT" ls-remote
check_fails 2 'unknown option' "$SMIDGIT" ls-remote --no-such "$url/empty.git"
check_fails 3 'nobody listens' "$SMIDGIT" ls-remote http://127.0.0.1:1/x.git
finish
