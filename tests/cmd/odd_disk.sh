# SPDX-License-Identifier: MIT
# P17: file systems that cannot do everything. Stock git is the oracle: the config is that of its clone
# on the same file system, and it finds nothing changed in what was written there. And
# links that no file system can have: a sentence says what does without them.
. "${0%/*}/lib.sh"
fixture kinds
odd=$tmp/odd_disk.so
unless_sanitized
preload odd_disk || not_ok 'odd_disk.c'
cd "$tmp" || exit 2
serve
repo=$url/kinds.git
EPERM=1 EACCES=13 EROFS=30

# on DISK COMMAND...: DISK is what odd_disk.c shall make of the disk, as NAME=VALUE
on() {
	on_disk=$1
	shift
	# shellcheck disable=SC2086
	env $on_disk LD_PRELOAD="$odd" "$@"
}
config() {
	git config --file "$1/config" --list
}
# What stands for the links: plain files, with no newline at the end.
contents() {
	(cd "$1" && find . -name .git -prune -o -name 'link-*' -type f -printf '%p ' -exec cat '{}' ';' -printf '.\n' | sort)
}

for disk in ODD_SYMLINKS=$EPERM ODD_SYMLINKS=$EROFS ODD_MODES=1 ODD_CASE=1 \
	"ODD_SYMLINKS=$EACCES ODD_MODES=1 ODD_CASE=1" ODD_NOTHING=1; do
	echo "$disk"
	rm -rf want got want.git got.git
	on "$disk" git clone -q "$repo" want
	on "$disk" git clone -q --bare "$repo" want.git
	check "$disk: clone" on "$disk" "$SMIDGIT" clone -q "$repo" got
	cp check.log said
	check "$disk: and says nothing" test ! -s "$tmp/said"
	check "$disk: clone --bare" on "$disk" "$SMIDGIT" clone -q --bare "$repo" got.git
	for directory in /.git .git; do
		config "want$directory" >want.config
		config "got$directory" >got.config
		check "$disk: config in $directory" same want.config got.config
	done
	contents want >want.links
	contents got >got.links
	check "$disk: links" same want.links got.links
	case $disk in *ODD_MODES*) chmod -x got/run.sh ;; esac
	check "$disk: status" test -z "$(on "$disk" git -C got status --porcelain)"
	git -C want ls-files -s >want.index
	git -C got ls-files -s >got.index
	check "$disk: index" same want.index got.index
done

disk="ODD_SYMLINKS=$EPERM"
check "$disk: five plain files" test "$(on "$disk" "$SMIDGIT" export -q "$repo" plain && contents plain | wc -l)" -eq 5
check 'export says so' on "$disk" "$SMIDGIT" export "$repo" warned
said 'warning: symlinks are plain files: the file system has none'
check 'once' test "$(on "$disk" "$SMIDGIT" clone "$repo" warned2 2>&1 | grep -c 'symlinks are plain')" -eq 1
check 'not where there are none' test -z "$(on "$disk" "$SMIDGIT" export --path dir "$repo" warned3 2>&1)"

echo 'no symlink'
git init -q --bare links.git
# link TEXT: a tree with a file "good", and a symlink "bad" to TEXT
link() {
	# shellcheck disable=SC2059
	printf '100644 blob %s\tgood\n120000 blob %s\tbad\n' "$(echo 1 | git --git-dir=links.git hash-object -w --stdin)" \
		"$(printf "$1" | git --git-dir=links.git hash-object -w --stdin)" | git --git-dir=links.git mktree
}
serve --root "$tmp"
for text in '' 'a\000b' "$(printf %05000d 1)"; do
	code=7
	[ ${#text} -lt 4096 ] || code=9
	commit=$(git --git-dir=links.git commit-tree -m links "$(link "$text")")
	git --git-dir=links.git update-ref refs/heads/master "$commit"
	rm -rf bad rest none plain
	check_fails $code "a target of ${#text} characters" "$SMIDGIT" clone -q "$url/links.git" bad
	said "symlink 'bad' (clone -n and export --path do without it): "
	check 'clone -n' "$SMIDGIT" clone -q -n "$url/links.git" none
	check 'export --path' "$SMIDGIT" export -q --path good "$url/links.git" rest
	check 'the rest' test -f rest/good -a ! -e rest/bad
	check 'where it is a plain file anyway' on "$disk" "$SMIDGIT" clone -q "$url/links.git" plain
	check 'it is whole' test "$(git hash-object plain/bad)" = "$(git --git-dir=links.git rev-parse HEAD:bad)"
done
finish
