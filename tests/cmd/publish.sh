# SPDX-License-Identifier: MIT
# SIGKILL at every call that changes something on disk: the target is complete or absent, the next
# run succeeds, and nothing of the dead one stays. (Stock git leaves a part of it at 26 of 29 points.)
# A refused run removes nothing (P16): what one that had published left goes with the next that is not.
. "${0%/*}/lib.sh"
fixture kinds
killed=$tmp/killed.so
unless_sanitized
preload killed || not_ok 'killed.c'
nolocks=$tmp/nolocks.so
preload nolocks || not_ok 'nolocks.c'
serve_remembering
repo=$url/kinds.git
tip=$(git --git-dir="$FIXTURES/kinds.git" rev-parse HEAD)

# whole DIR: a repository that stock git has nothing to say of, but for the staging directory of a
# run that died after it had published. What status says is that of a clone nobody disturbed. Nearly always
# all files are that clone's, of which git has listed every object: then status alone is asked.
whole() {
	found=unknown
	if [ -e "$1/.git" ]; then
		! alike -g "$tmp/undisturbed" "$1" >"$tmp/alike" || found=
	elif alike -g "$tmp/undisturbed.git" "$1" >"$tmp/alike"; then
		found=
		return
	fi
	[ -z "$found" ] || git -C "$1" rev-list --all --objects >/dev/null || return 1
	if [ ! -e "$1/.git" ]; then
		test "$(git -C "$1" rev-parse HEAD)" = "$tip"
		return
	fi
	status=$(git -C "$1" status --porcelain=v2 --branch)
	case $status in "$undisturbed" | "$undisturbed
? .git.smidgit-"*) return 0 ;; esac
	echo "status: $status"
	return 1
}
"$SMIDGIT" clone -q "$repo" "$tmp/undisturbed"
"$SMIDGIT" clone -q --bare "$repo" "$tmp/undisturbed.git"
for clone in "$tmp/undisturbed" "$tmp/undisturbed.git"; do
	check 'git reads every object of it' git -C "$clone" rev-list --all --objects
	check 'and has its tip' test "$(git -C "$clone" rev-parse HEAD)" = "$tip"
done
undisturbed=$(git -C "$tmp/undisturbed" status --porcelain=v2 --branch)
check 'a clone nobody disturbed' test "${undisturbed%%
*}" = "# branch.oid $tip"

# In what whole() has found to be that clone's files there is none: it is looked for beside them, by the shell.
no_staging() {
	if [ -z "$found" ]; then
		for name in "$work"/*smidgit-* "$work"/.*smidgit-*; do [ ! -e "$name" ] || found="$found $name"; done
	else
		found=$(find "$work" -name '*smidgit-*')
	fi
	test -z "$found" || echo "staging is left: $found"
	test -z "$found"
}

# absent: what was there before is there, and nothing that git would take for a repository.
absent() {
	case $before in
	new) test ! -e "$work/t" ;;
	*) test ! -e "$work/t/.git" -a ! -e "$work/t/HEAD" ;;
	esac
}

# die N: one run that dies at call N, and the run after it.
die() {
	rm -rf "$work/t"
	[ "$before" = new ] || mkdir "$work/t"
	(
		cd "$work" || exit 1
		KILLED_AT=$1 KILLED_COUNT=$tmp/count LD_PRELOAD=$killed exec "$SMIDGIT" clone -q $bare "$repo" t
	) >"$tmp/first" 2>&1
	if absent; then
		half=$1
		"$SMIDGIT" clone -q --no-sync $bare "$repo" "$work/t" || return 1
	else
		whole "$work/t" || return 1
		find "$work" >"$tmp/before"
		"$SMIDGIT" clone -q $bare "$repo" "$work/t" 2>"$tmp/second" && return 1
		grep -q 'already exists and is not an empty directory' "$tmp/second" || return 1
		find "$work" | same "$tmp/before" - || return 1
		rm -rf "$work/t"
		"$SMIDGIT" clone -q $bare "$repo" "$work/t" || return 1
	fi
	whole "$work/t" && no_staging
}

# die_at N: a run dies at its call N, in what is there.
die_at() {
	KILLED_AT=$1 LD_PRELOAD=$killed "$SMIDGIT" clone -q $bare "$repo" "$work/t" >"$tmp/first" 2>&1
}

# die_again N: a run dies at its last moment before it has published, the next at its call N, when it
# cleans up; the third succeeds. How many calls a run makes depends on the pieces in which the pack
# arrives: when it had published already, it dies earlier next time.
die_again() {
	half=$((half + 1))
	while
		half=$((half - 1))
		[ $half -gt 24 ] || return 1
		rm -rf "$work" && mkdir "$work"
		[ "$before" = new ] || mkdir "$work/t"
		die_at $half
		! absent
	do :; done
	die_at "$1"
	absent || return 1
	"$SMIDGIT" clone -q --no-sync $bare "$repo" "$work/t" && whole "$work/t" && no_staging
}

work=$tmp/work found=unknown
mkdir "$work"
for before in new empty; do
	for bare in '' --bare; do
		check "$before $bare: not killed" die 0
		count=$(cat "$tmp/count" 2>/dev/null || echo 0)
		check "$before $bare: many calls to die at" test "$count" -gt 30
		at=0
		while at=$((at + 1)) && [ $at -le "$count" ]; do
			check "$before $bare: killed at call $at of $count" die $at
		done
		again=0
		while again=$((again + 1)) && [ $again -le 24 ]; do
			check "$before $bare: killed again, at call $again" die_again $again
		done
	done
done

# Two side by side, from a clean start and over what a dead run has left.
rm -rf "$work" && mkdir "$work"
KILLED_AT=20 LD_PRELOAD=$killed "$SMIDGIT" clone -q "$repo" "$work/one" 2>/dev/null
check 'a dead run leaves staging to be found' test -n "$(ls -A "$work")"
"$SMIDGIT" clone -q "$repo" "$work/one" & first=$!
"$SMIDGIT" clone -q "$repo" "$work/one.2" & second=$!
check 'side by side: first' wait $first
check 'side by side: second' wait $second
check 'side by side: both whole' whole "$work/one"
check 'side by side: both whole' whole "$work/one.2"
found=unknown
check 'side by side: no staging' no_staging

# Without locks, and with a name that says so, nobody can tell whether a run is dead.
rm -rf "$work" && mkdir "$work"
KILLED_AT=20 LD_PRELOAD=$killed "$SMIDGIT" clone -q "$repo" "$work/t" 2>/dev/null
left=$(ls -A "$work")
check 'no locks: cloned' env LD_PRELOAD="$nolocks" "$SMIDGIT" clone -q "$repo" "$work/t"
said "warning: '$left' is not removed: without file locks its run may be alive"
check 'no locks: whole' whole "$work/t"
check 'no locks: it stays' test -d "$work/$left"

# Somebody's files beside the target, and in it.
rm -rf "$work" && mkdir -p "$work/t.smidgit-backup/x" "$work/t/.git.smidgit-backup/x"
check_fails 8 'a backup in the target' "$SMIDGIT" clone -q "$repo" "$work/t"
said 'already exists and is not an empty directory'
check 'a backup in the target stays' test -d "$work/t.smidgit-backup/x" -a -d "$work/t/.git.smidgit-backup/x"
rm -r "$work/t"
check 'a backup beside the target' "$SMIDGIT" clone -q "$repo" "$work/t"
check 'a backup beside the target stays' test -d "$work/t.smidgit-backup/x"

# limited LIMIT: a run with the limit of ulimit leaves the whole clone or nothing. "$code" is its end.
limited() {
	found=unknown
	rm -rf "$work" && mkdir "$work"
	[ "$before" = new ] || mkdir "$work/t"
	(ulimit $1 && exec "$SMIDGIT" clone -q "$repo" "$work/t") >"$tmp/first" 2>&1
	code=$?
	if [ $code -eq 0 ]; then whole "$work/t" && no_staging; else
		cat "$tmp/first"
		absent && no_staging && grep -q '^fatal: ' "$tmp/first"
	fi
}
for before in new empty; do
	for count in 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		check "$before: $count descriptors" limited "-n $count"
	done
	for size in 1 2; do
		check "$before: files of $size blocks" limited "-f $size"
		check "$before: files of $size blocks: exit $code" test $code -eq 9
		check "$before: files of $size blocks: $(cat "$tmp/first")" grep -q 'file size limit' "$tmp/first"
	done
done
finish
