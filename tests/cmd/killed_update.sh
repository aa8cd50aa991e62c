# SPDX-License-Identifier: MIT
# fetch, pull, checkout and reset, killed at each of their calls that change something on disk: every
# reference is at its old or at its new value, no object is missing, and the next run finishes what
# that one began and leaves nothing behind.
# FAULTS=all: at each of them; otherwise at each second.
. "${0%/*}/lib.sh"
unless_sanitized
[ "${FAULTS:-}" = all ] && step=1 || step=2
killed=$tmp/killed.so
preload killed || not_ok 'killed.c'
root=$tmp/root
mkdir "$root"
git init -q --bare -b main "$root/r.git"
up=$tmp/up
git init -q -b main "$up"
commit() {
	git -C "$up" add -A
	GIT_AUTHOR_DATE=@1700000000 GIT_COMMITTER_DATE=@1700000000 git -C "$up" commit -qm "$1"
}
mkdir "$up/dir"
for f in a b dir/c dir/d; do echo "$f" >"$up/$f"; done
commit one
git -C "$up" branch gone
git -C "$up" push -q "$root/r.git" main gone
serve_remembering --root "$root"
base=$tmp/base
git clone -q --template= "$url/r.git" "$base"
echo changed >"$up/a"
rm -r "$up/dir"
echo file >"$up/dir"
mkdir "$up/new"
echo new >"$up/new/e"
ln -s a "$up/link"
commit two
git -C "$up" tag -a -m tag v1
git -C "$up" branch topic
git -C "$up" push -q "$root/r.git" main topic v1 :gone

state() {
	(cd "$1" && find . -path ./.git -prune -o -type l -printf '%p -> %l\n' | LC_ALL=C sort &&
		find . -path ./.git -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 -r cksum)
	git -C "$1" ls-files -s
	git -C "$1" for-each-ref --format='%(refname) %(objectname)'
	git -C "$1" symbolic-ref -q HEAD || git -C "$1" rev-parse HEAD
}
refs_of() {
	git -C "$1" show-ref --head
}
# old_or_new: each of the references in $now is as before, or as after a run that nobody killed. Read
# here: a grep for each is a process.
old_or_new() {
	while read -r line; do
		case "
$old
$new
" in *"
$line
"*) ;; *)
			echo "neither old nor new: $line"
			return 1
			;;
		esac
	done <<-EOF
		$now
	EOF
}
# as_whole: all of it is as after a run that nobody killed, which git has been asked about: nothing is missing,
# and nothing left.
as_whole() { alike -g -x .git/FETCH_HEAD -x .git/ORIG_HEAD "$tmp/whole" "$w" >"$tmp/alike"; }
# as_wanted: what state() shows is the same. Packs, and what is noted of a run, are each run's own.
as_wanted() {
	alike -g -x .git/objects -x .git/logs -x .git/FETCH_HEAD -x .git/ORIG_HEAD "$tmp/whole" "$w" >"$tmp/alike" && return
	state "$w" >"$tmp/after"
	same "$tmp/wanted" "$tmp/after"
}

left() { find "$w/.git" -name '*.lock' -o -name 'smidgit*' -o -name 'tmp_objdir*'; }

# die N: runs the command, killed at its call N, and looks at what is left. All copies go at once, later.
die() {
	w=$tmp/w.$1
	cp -a "$from" "$w"
	KILLED_AT=$1 LD_PRELOAD=$killed "$SMIDGIT" -C "$w" $command >"$tmp/first" 2>&1
	[ $? -eq 137 ] || return 1
	now=$(refs_of "$w") && old_or_new || return 1
	said=$(git -C "$w" fsck --full --connectivity-only 2>&1)
	case $said in *missing* | *broken* | *error*)
		echo "$said"
		return 1
		;;
	esac
	"$SMIDGIT" -C "$w" $next || { cat "$tmp/first"; return 1; }
	as_whole && return
	[ "$next" != "$command" ] || as_wanted || return 1
	git -C "$w" fsck --full --strict || return 1
	# Packs that were not finished stay, as git's do; and what another command can go on with, until it does.
	if [ "$next" != "$command" ] && [ -n "$(left)" ]; then
		"$SMIDGIT" -C "$w" $command && git -C "$w" fsck --full --strict || return 1
	fi
	[ -z "$(left)" ] || { echo "left: $(left)"; return 1; }
}

# sound: git says so of both ends of what is killed on the way.
sound() {
	git -C "$from" fsck --full --strict && git -C "$tmp/whole" fsck --full --strict && [ -z "$(left)" ]
}

# every NAME FROM COMMAND [NEXT]: the next run is another command.
every() {
	from=$2 command=$3 next=${4:-$3}
	rm -rf "$tmp"/w.* "$tmp/whole"
	w=$tmp/whole
	cp -a "$from" "$w"
	old=$(refs_of "$from")
	KILLED_COUNT=$tmp/count LD_PRELOAD=$killed "$SMIDGIT" -C "$w" $command >"$tmp/check.log" 2>&1 ||
		not_ok "$1: not killed"
	state "$w" >"$tmp/wanted"
	sound >"$tmp/check.log" 2>&1 || not_ok "$1: before, and not killed"
	new=$(refs_of "$w")
	count=$(cat "$tmp/count")
	check "$1: has calls to be killed at ($count)" test "$count" -gt 5
	at=1
	while [ "$at" -le "$count" ]; do
		check "$1: killed at call $at of $count" die "$at"
		at=$((at + step))
	done
}

every fetch "$base" 'fetch -q --prune'
every pull "$base" 'pull -q'
cp -a "$base" "$tmp/fetched"
git -C "$tmp/fetched" fetch -q --prune
git -C "$tmp/fetched" branch -q two origin/main
every checkout "$tmp/fetched" 'checkout -q two'
every detach "$tmp/fetched" 'checkout -q origin/main'
every reset "$tmp/fetched" 'reset -q --hard origin/main'

# History that begins later here: it does so for whoever comes next.
git clone -q --template= --depth 1 "$url/r.git" "$tmp/shallow"
echo four >"$up/a" && commit four
echo five >"$up/a" && commit five
git -C "$up" push -q "$root/r.git" main
every 'a shallow fetch' "$tmp/shallow" 'fetch -q --depth 1' 'fetch -q'
every 'a deeper fetch' "$tmp/shallow" 'fetch -q --unshallow' 'fetch -q'
finish
