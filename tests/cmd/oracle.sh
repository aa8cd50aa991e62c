# SPDX-License-Identifier: MIT
# Sourced after lib.sh. Stock git is the oracle: what smidgit cloned is compared with what git
# cloned from the same address with the same options.
#
#   oracle NAME URL [OPTION...]    clones twice, compares everything; $ours and $theirs stay
#   oracle_follow NAME URL REPO    afterwards: git pull and git push work from $ours; REPO is the
#                                  served repository on disk, a scratch copy

oracle_run=0

# Cut from a repository what has to be the same.
oracle_refs() {
	git -C "$1" for-each-ref --format='%(refname) %(objectname) %(*objectname) %(symref)'
	cat "$(oracle_dir "$1")/HEAD"
}
oracle_dir() { if [ -d "$1/.git" ]; then echo "$1/.git"; else echo "$1"; fi; }
oracle_objects() { git -C "$1" rev-list --all --objects $(oracle_head "$1") | sort; }
oracle_head() { git -C "$1" rev-parse -q --verify HEAD; }
# What dangles is left out: git asks for tags that --no-tags then leaves without a reference.
oracle_fsck() {
	git -C "$1" fsck --full --strict --no-progress --no-dangling 2>&1 | sort
}
oracle_config() { git config --file "$(oracle_dir "$1")/config" --list | sort; }
oracle_shallow() { sort "$(oracle_dir "$1")/shallow" 2>/dev/null; }
oracle_index() { [ ! -e "$1/.git/index" ] || git -C "$1" ls-files --stage; }
oracle_status() { [ ! -d "$1/.git" ] || git -C "$1" status --porcelain --branch; }
oracle_modes() {
	(cd "$1" && find . -path ./.git -prune -o -printf '%p %y %m %l\0' | sort -z)
}
oracle_bytes() {
	(cd "$1" && find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 -r sha1sum)
}
# Every object is in a pack that git finds sound, and nothing else lies about.
oracle_store() {
	find "$(oracle_dir "$1")" -name '*.idx' -exec git verify-pack {} +
	find "$(oracle_dir "$1")" \( -name '*.lock' -o -name 'tmp_*' -o -name '*smidgit*' \) -print
}

oracle_logs() {
	(cd "$(oracle_dir "$1")" && find logs -type f 2>/dev/null | sort | while IFS= read -r log; do
		printf '%s: %s %s\n' "$log" "$(cut -d ' ' -f 1,2 "$log")" "$(cut -f 2 "$log")"
	done)
}

oracle_same() {
	"oracle_$2" "$theirs" >"$tmp/theirs.txt" 2>&1
	"oracle_$2" "$ours" >"$tmp/ours.txt" 2>&1
	check "$1: $2" diff -au "$tmp/theirs.txt" "$tmp/ours.txt"
}

oracle() {
	oracle_name=$1 oracle_url=$2
	shift 2
	oracle_run=$((oracle_run + 1))
	theirs=$tmp/theirs.$oracle_run ours=$tmp/ours.$oracle_run
	# Options that only one of them knows.
	git_trust="-c http.sslCAInfo=${cert:-}"
	[ -n "${cert:-}" ] || git_trust=
	# shellcheck disable=SC2086
	git $git_trust -c protocol.version="${protocol:-2}" clone -q "$@" "$oracle_url" "$theirs" \
		>"$tmp/git.log" 2>&1 </dev/null || sed 's/^/git: /' "$tmp/git.log"
	check "$oracle_name: clone" \
		"$SMIDGIT" clone -q ${cert:+--cacert "$cert"} "$@" "$oracle_url" "$ours"
	[ -d "$ours" ] || return 0
	if [ -n "$git_trust" ]; then git config --file "$(oracle_dir "$ours")/config" --unset-all http.sslCAInfo; fi
	for part in refs objects fsck config shallow logs index status store; do
		oracle_same "$oracle_name" $part
	done
	[ ! -d "$ours/.git" ] || for part in modes bytes; do oracle_same "$oracle_name" $part; done
}

# oracle_follow: another person pushes, we pull; we commit and push, the server has it.
oracle_follow() {
	other=$tmp/other.$oracle_run
	follow_branch=$(git -C "$ours" symbolic-ref --short HEAD)
	check "$1: a third clone" git clone -q "$3" "$other"
	echo theirs >"$other/from-there"
	git -C "$other" add from-there
	git -C "$other" commit -q -m 'From there'
	check "$1: the other pushes" git -C "$other" push -q origin "$follow_branch"
	check "$1: git pull" git -C "$ours" ${cert:+-c http.sslCAInfo="$cert"} pull -q
	check "$1: pulled" same "$other/from-there" "$ours/from-there"
	echo ours >"$ours/from-here"
	git -C "$ours" add from-here
	git -C "$ours" commit -q -m 'From here'
	check "$1: git push" git -C "$ours" ${cert:+-c http.sslCAInfo="$cert"} push -q
	check "$1: pushed" test "$(git -C "$3" rev-parse "$follow_branch")" = "$(git -C "$ours" rev-parse HEAD)"
	check "$1: status afterwards" test -z "$(git -C "$ours" status --porcelain)"
}
