# SPDX-License-Identifier: MIT
# Sourced after lib.sh. Stock git is the oracle: what smidgit cloned is compared with what git
# cloned from the same address with the same options.
#
#   oracle NAME URL [OPTION...]    clones twice, compares everything; $ours and $theirs stay
#   oracle_follow NAME URL REPO    afterwards: git pull and git push work from $ours; REPO is the
#                                  served repository on disk, a scratch copy

oracle_run=0

# Each cuts from the repository $1, whose git directory is $2, what has to be the same.
oracle_refs() {
	git -C "$1" for-each-ref --format='%(refname) %(objectname) %(*objectname) %(symref)'
	read -r oracle_head <"$2/HEAD" && echo "$oracle_head"
}
oracle_objects() { git -C "$1" rev-list --all --objects | sort; }
# Packs are verified, too. What dangles is left out: git asks for tags that --no-tags then leaves
# without a reference.
oracle_fsck() { git -C "$1" fsck --full --strict --no-progress --no-dangling 2>&1 | sort; }
oracle_config() { git config --file "$2/config" --list | sort; }
oracle_shallow() { [ ! -e "$2/shallow" ] || sort "$2/shallow"; }
oracle_index() { [ ! -e "$1/.git/index" ] || git -C "$1" ls-files --stage; }
oracle_status() { [ ! -d "$1/.git" ] || git -C "$1" status --porcelain --branch; }
oracle_modes() { [ ! -d "$1/.git" ] || (cd "$1" && find . -path ./.git -prune -o -printf '%p %y %m %l\0' | sort -z); }
oracle_store() { find "$2" \( -name '*.lock' -o -name 'tmp_*' -o -name '*smidgit*' \) -print; }
oracle_logs() {
	[ ! -d "$2/logs" ] || (cd "$2" && find logs -type f -exec awk -F '\t' '
		{ split($1, ids, " "); print FILENAME ": " ids[1] " " ids[2] " " $2 }' {} + | sort)
}
oracle_parts='refs objects fsck config shallow logs index status store modes'

# oracle_cut REPOSITORY PARTS-DIRECTORY
oracle_cut() {
	[ -d "$2" ] || mkdir "$2"
	cut_directory=$1
	[ ! -d "$1/.git" ] || cut_directory=$1/.git
	for part in $oracle_parts; do "oracle_$part" "$1" "$cut_directory" >"$2/$part" 2>&1; done
}

# oracle_alike: all these parts are the same in $theirs and $ours, for certain, in a tenth of the processes:
# the files are the same that refs, config, shallow, logs and modes are cut from, and the entries of the
# index; what git lists of the objects, and says of the files, is; in ours nothing is wrong, or what is in theirs,
# and nothing left over in either.
oracle_alike() {
	their_directory=$theirs our_directory=$ours
	[ ! -d "$theirs/.git" ] || their_directory=$theirs/.git our_directory=$ours/.git
	oracle_files HEAD packed-refs refs config shallow logs index ||
		{ oracle_files HEAD config shallow logs index && oracle_same_refs; } || return 1
	[ "$(git -C "$theirs" rev-list --all --objects)" = "$(git -C "$ours" rev-list --all --objects)" ] || return 1
	says_nothing git -C "$ours" fsck --full --strict --no-progress --no-dangling ||
		[ "$(oracle_fsck "$ours")" = "$(oracle_fsck "$theirs")" ] || return 1
	says_nothing find "$their_directory" "$our_directory" \
		\( -name '*.lock' -o -name 'tmp_*' -o -name '*smidgit*' \) -print || return 1
	[ ! -d "$theirs/.git" ] || status_alike "$theirs" "$ours"
}
# oracle_files NAME...: these files of both repositories are the same, and the files beside .git.
oracle_files() {
	oracle_names=$*
	set --
	[ "$their_directory" = "$theirs" ] || set -- "$theirs" "$ours"
	for file in $oracle_names; do
		[ ! -e "$their_directory/$file" ] && [ ! -e "$our_directory/$file" ] ||
			set -- "$@" "$their_directory/$file" "$our_directory/$file"
	done
	alike -g -n -x .git "$@"
}
# oracle_same_refs: also when one has packed more of them than the other.
oracle_same_refs() {
	[ "$(oracle_refs "$theirs" "$their_directory")" = "$(oracle_refs "$ours" "$our_directory")" ]
}

oracle_same() {
	oracle_diff='diff -au' oracle_bytes=
	if oracle_alike >"$tmp/alike" 2>&1; then oracle_diff=true oracle_bytes=true; else
		oracle_cut "$theirs" "$tmp/theirs.parts"
		oracle_cut "$ours" "$tmp/ours.parts"
	fi
	for part in $oracle_parts; do
		check "$1: $part" $oracle_diff "$tmp/theirs.parts/$part" "$tmp/ours.parts/$part"
	done
	[ ! -d "$ours/.git" ] ||
		check "$1: bytes" ${oracle_bytes:-diff -r --no-dereference -x .git} "$theirs" "$ours"
}

oracle() {
	oracle_name=$1 oracle_url=$2
	shift 2
	oracle_run=$((oracle_run + 1))
	theirs=$tmp/theirs.$oracle_run ours=$tmp/ours.$oracle_run
	# Options that only one of them knows.
	git_trust="-c http.sslCAInfo=${cert:-}"
	if [ -n "${SANITIZE:-}" ]; then
		# What git clones is the same as yesterday: here memory is looked at.
		[ $oracle_run -gt 1 ] || echo 'left out: git clones only beside the normal build'
		check "$oracle_name: clone" "$SMIDGIT" clone -q ${cert:+--cacert "$cert"} "$@" "$oracle_url" "$ours"
		return
	fi
	[ -n "${cert:-}" ] || git_trust=
	# shellcheck disable=SC2086
	GIT_TEMPLATE_DIR= git $git_trust -c protocol.version="${protocol:-2}" clone -q "$@" "$oracle_url" "$theirs" \
		>"$tmp/git.log" 2>&1 </dev/null || sed 's/^/git: /' "$tmp/git.log"
	check "$oracle_name: clone" \
		"$SMIDGIT" clone -q ${cert:+--cacert "$cert"} "$@" "$oracle_url" "$ours"
	[ -d "$ours" ] || return 0
	[ -z "$git_trust" ] || git -C "$ours" config --unset-all http.sslCAInfo
	oracle_same "$oracle_name"
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
