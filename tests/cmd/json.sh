# SPDX-License-Identifier: MIT
# --json of clone, export, fetch and ls-remote: a JSON parser reads each line, and it says what stock
# git's data says.
. "${0%/*}/lib.sh"
fixture octopus empty
if ! perl -MJSON::PP -e 1 2>/dev/null; then
	echo 'left out: perl has no JSON::PP here'
	finish
fi

# fields FIELD...: of each line of $tmp/out, which has to be one object: these fields, "-" for one that
# is not there. Exactly them: "+" and its name for any other.
fields() {
	perl -MJSON::PP -e '
		my %asked = map { $_ => 1 } @ARGV;
		binmode STDOUT, ":utf8";
		while (my $line = <STDIN>) {
			chomp $line;
			my $object = JSON::PP->new->utf8->decode($line);
			ref $object eq "HASH" or die "no object: $line\n";
			print join("\t", map({ $object->{$_} // "-" } @ARGV),
				map({ "+$_" } grep { !$asked{$_} } sort keys %$object)), "\n";
		}' "$@" <"$tmp/out"
}
# run CODE NAME COMMAND...: standard output goes to $tmp/out, standard error to $tmp/err.
run() {
	code=$1 name=$2
	shift 2
	check_fails "$code" "$name" sh -c '"$@" >"$0/out" 2>"$0/err"' "$tmp" "$@"
}
# told NAME EXPECTED FIELD...: the lines are these. TABs stand between fields.
told() {
	name=$1
	printf '%s\n' "$2" >"$tmp/want"
	shift 2
	fields "$@" >"$tmp/got" 2>&1
	check "$name" same "$tmp/want" "$tmp/got"
}
tab=$(printf '\t')
row() { (IFS=$tab && printf '%s' "$*"); }

serve
secret=http://me:very-secret@127.0.0.1:$port
repository=$FIXTURES/octopus.git
head=$(git -C "$repository" rev-parse HEAD)
branch=$(git -C "$repository" symbolic-ref --short HEAD)
commit=$(git -C "$repository" rev-parse 'octopus^{commit}')
tag=$(git -C "$repository" rev-parse octopus)
cd "$tmp" || exit 2

echo ls-remote
every=$(row HEAD "$head" - "refs/heads/$branch" && echo && git -C "$repository" for-each-ref --format="%(refname)$tab%(objectname)$tab%(if)%(*objectname)%(then)%(*objectname)%(else)-%(end)$tab-")
for protocol in 2 0; do
	run 0 "ls-remote, protocol $protocol" "$SMIDGIT" ls-remote --json --protocol $protocol "$secret/octopus.git"
	told "v$protocol: each reference" "$every" ref oid peeled symref
done
check 'a tag is among them' grep -q "$tag$tab$commit" "$tmp/want"
run 0 'ls-remote --tags --refs' "$SMIDGIT" ls-remote --json --tags --refs "$url/octopus.git" octopus
told 'without what it points to' "$(row refs/tags/octopus "$tag" - -)" ref oid peeled symref
run 0 'ls-remote of nothing' "$SMIDGIT" ls-remote --json "$url/empty.git"
check 'nothing: no line' test ! -s "$tmp/out"
run 1 'ls-remote --exit-code' "$SMIDGIT" ls-remote --json --exit-code "$url/octopus.git" none
told 'the answer is no' "$(row 'no reference matches' no 1)" error class exit

echo clone
# cloned DIR: how many objects git counts in it, and the bytes of its pack
cloned() {
	row "$(git -C "$1" count-objects -v | sed -n 's/^in-pack: //p')" "$(cat "$(git -C "$1" rev-parse --absolute-git-dir)"/objects/pack/*.pack | wc -c)"
}
run 0 'clone' "$SMIDGIT" clone --json "$secret/octopus.git" 'a "new" one'
told 'clone: its line' "$(row clone "$url/octopus.git" 'a "new" one' "$(git -C 'a "new" one' rev-parse HEAD)" "$branch" "$(cloned 'a "new" one')")" \
	command url directory head branch objects bytes
check 'clone: HEAD is that of the server' test "$(git -C 'a "new" one' rev-parse HEAD)" = "$head"
check 'clone: progress on standard error' grep -q '^Cloning into' "$tmp/err"
check 'no password' sh -c '! grep -q very-secret "$1/out" "$1/err"' sh "$tmp"
run 0 'clone of a tag' "$SMIDGIT" clone -q --json --bare -b octopus "$url/octopus.git"
told 'a tag: its commit, and no branch' "$(row clone "$url/octopus.git" octopus.git "$commit" - "$(cloned octopus.git)")" \
	command url directory head branch objects bytes
run 0 'clone of nothing' "$SMIDGIT" clone -q --json "$url/empty.git"
told 'nothing: no commit' "$(row clone "$url/empty.git" empty - "$(git -C empty symbolic-ref --short HEAD)" 0 0)" \
	command url directory head branch objects bytes
run 0 'clone as ever' "$SMIDGIT" clone -q "$url/octopus.git" plain
check 'nothing on standard output' test ! -s "$tmp/out"

echo export
run 0 'export' "$SMIDGIT" export -q --json -b octopus "$secret/octopus.git" files
fields command url directory head branch >"$tmp/got" 2>&1
row export "$url/octopus.git" files "$commit" - +bytes +objects >"$tmp/want" && echo >>"$tmp/want"
check 'export: its line' same "$tmp/want" "$tmp/got"
run 1 'export --if-changed' "$SMIDGIT" export --json --if-changed "$head" "$url/octopus.git" other
told 'unchanged' "$(row "'HEAD' is still $head" no 1)" error class exit

echo failures
# failed CODE CLASS COMMAND...: the sentence is the one on standard error.
failed() {
	code=$1 class=$2
	shift 2
	run "$code" "$class" "$@"
	told "$class" "$(row "$(sed -n 's/^\(fatal\|error\): //p' "$tmp/err")" "$class" "$code")" error class exit
	check "$class: a sentence" grep -qE '^(fatal|error): ....' "$tmp/err"
}
failed 2 usage "$SMIDGIT" clone --json
failed 2 usage "$SMIDGIT" fetch --json --depth 3 --unshallow
failed 3 network "$SMIDGIT" clone --json http://me:very-secret@127.0.0.1:1/x.git
failed 6 refused "$SMIDGIT" clone --json "$secret/no-such.git"
failed 6 refused "$SMIDGIT" ls-remote --json "$secret/no-such.git"
check 'refused: no password' sh -c '! grep -q very-secret "$1/out" "$1/err"' sh "$tmp"
failed 8 local "$SMIDGIT" export --json "$url/octopus.git" files
run 6 'a failure as ever' "$SMIDGIT" clone "$url/no-such.git"
check 'nothing on standard output' test ! -s "$tmp/out"

echo fetch
mkdir served
git init -q served/r && git -C served/r commit -q --allow-empty -m one
for name in side gone; do git -C served/r branch $name; done
git -C served/r tag moved
serve --root "$tmp/served"
"$SMIDGIT" clone -q "$url/r/.git" here || not_ok 'clone of r'
old=$(git -C served/r rev-parse HEAD)
git -C served/r commit -q --allow-empty -m two
new=$(git -C served/r rev-parse HEAD)
git -C served/r branch -q -D gone
git -C served/r checkout -q side && git -C served/r commit -q --allow-empty --amend -m other
side=$(git -C served/r rev-parse side)
odd=$(printf 'caf\351"q')
git -C served/r branch "$odd" "$new" && git -C served/r tag -a -m t annotated "$new" && git -C served/r tag -f moved "$new" >/dev/null
git -C served/r checkout -q master
from() { row "$1" "$2" origin "$url/r/.git" "$3" "$4" "$5" "$6"; }
asked='ref from remote url old new result reason'
cd here || exit 2
run 1 'a reference that is rejected' "$SMIDGIT" fetch --json -q --dry-run --no-tags origin refs/heads/side:refs/remotes/origin/side refs/tags/moved:refs/tags/moved
sed '$d' "$tmp/out" >"$tmp/lines" && sed -n '$p' "$tmp/out" >"$tmp/last" && mv "$tmp/lines" "$tmp/out"
# shellcheck disable=SC2086
told 'rejected' "$(from refs/remotes/origin/side refs/heads/side "$old" "$side" rejected non-fast-forward
	echo
	from refs/tags/moved refs/tags/moved "$old" "$new" rejected 'would clobber existing tag')" $asked
mv "$tmp/last" "$tmp/out"
told 'and the failure' "$(row 'some references could not be updated' no 1)" error class exit
run 0 'fetch' "$SMIDGIT" fetch --json --prune
sort "$tmp/out" >"$tmp/sorted" && mv "$tmp/sorted" "$tmp/out"
{
	from refs/remotes/origin/gone - "$old" - pruned -
	echo
	from "refs/remotes/origin/caf$(printf '\357\277\275')\"q" "refs/heads/caf$(printf '\357\277\275')\"q" - "$new" new -
	echo
	from refs/remotes/origin/master refs/heads/master "$old" "$new" forwarded -
	echo
	from refs/remotes/origin/side refs/heads/side "$old" "$side" forced 'forced update'
	echo
	from refs/tags/annotated refs/tags/annotated - "$(git -C ../served/r rev-parse annotated)" new -
	echo
} | sort >"$tmp/want"
# shellcheck disable=SC2086
fields $asked | sort >"$tmp/got"
check 'what became of each' same "$tmp/want" "$tmp/got"
check 'git sees the same' test "$(git rev-parse origin/master origin/side)" = "$new
$side"
check 'no report beside it' sh -c '! grep -q "^From " "$1"' sh "$tmp/err"
run 0 'fetch of nothing new, from all' "$SMIDGIT" fetch --json --all
fields ref result | sort >"$tmp/got"
git for-each-ref --format="%(refname)${tab}unchanged" refs/remotes | grep -v origin/HEAD | sed "s/$(printf '\351')/$(printf '\357\277\275')/" | sort >"$tmp/want"
cut -f1,2 "$tmp/got" | sort >"$tmp/cut"
check 'all are unchanged' same "$tmp/want" "$tmp/cut"
run 0 'fetch into FETCH_HEAD alone' "$SMIDGIT" fetch --json "http://me:very-secret@127.0.0.1:$port/r/.git" master
told 'fetched' "$(row FETCH_HEAD refs/heads/master - "$url/r/.git" - "$new" fetched -)" $asked
check 'fetch: no password' sh -c '! grep -q very-secret "$1/out" "$1/err"' sh "$tmp"
check_fails 2 'pull has no --json' "$SMIDGIT" pull --json
finish
