# SPDX-License-Identifier: MIT
# Clones and fetches whose line breaks, and those that go on with what an earlier run has kept, killed
# at each of their calls that change something on disk, and so that the power goes with it: nothing is
# there or all of it, no reference has moved or all have, and the same command ends well and leaves
# nothing beside it.
# FAULTS=all: at each of them; otherwise at each twelfth. WHATS: only these of clone, into, bundle,
# steps, fetch, deepen.
. "${0%/*}/lib.sh"
unless_sanitized
killed=$tmp/killed.so
preload killed || not_ok 'killed.c'
root=$tmp/root
mkdir "$root"
# Few objects, of some size.
git init -q -b main "$tmp/up"
for n in 1 2 3 4 5 6; do
	head -c 50000 /dev/urandom >"$tmp/up/$n"
	git -C "$tmp/up" add -A && git -C "$tmp/up" commit -qm "$n"
	[ $n -ne 2 ] || git clone -q --bare "$tmp/up" "$root/old.git"
done
git clone -q --bare "$tmp/up" "$root/h.git"
# Whose newest commit fits between two breaks.
git init -q -b main "$tmp/up2"
for n in 1 2 3 4 5 6; do
	head -c 50000 /dev/urandom >"$tmp/up2/file"
	git -C "$tmp/up2" add -A && git -C "$tmp/up2" commit -qm "$n"
done
git clone -q --bare "$tmp/up2" "$root/s.git"
export GIT_HTTP_MAX_RETRIES=1
mkdir "$tmp/files"
git -C "$root/h.git" bundle create -q "$tmp/files/all.bundle" main

lines() {
	stop_servers
	if [ "$what" = bundle ]; then
		serve --files "$tmp/files" ${bundles:+--port "$bundles"} --cut 140000
		bundles=$port bundle=$url/all.bundle
	fi
	serve --root "$root" --remember "$tmp/answers" ${usual:+--port "$usual"} "$@"
	usual=$port
}
listed() {
	git -C "$1" for-each-ref && git -C "$1" rev-list --objects --all
	git -C "$1" status --porcelain=v2 --branch | grep -v '^? \.git\.smidgit-'
}
left() { find "$work" \( -name '*smidgit-*' -o -name '*.lock' -o -name 'tmp_*' \) -print -quit; }

# clone: $work/t is to be made; bundle: beginning with one that breaks off; steps: in steps; into: it is there,
# and empty; fetch: it has the first two commits, and is to have all of them; deepen: the last two, and so.
run() {
	case $what in
	clone | into) "$@" "$SMIDGIT" clone "$url/h.git" "$work/t" ;;
	bundle) "$@" "$SMIDGIT" clone --bundle-uri="$bundle" "$url/h.git" "$work/t" ;;
	steps) "$@" "$SMIDGIT" clone "$url/s.git" "$work/t" ;;
	fetch) "$@" "$SMIDGIT" -C "$work/t" fetch ;;
	deepen) "$@" "$SMIDGIT" -C "$work/t" fetch --unshallow ;;
	esac
}
# counts, dies: what run is told so that it counts its calls, or is killed at call $at of them.
counts() { KILLED_COUNT=$tmp/count LD_PRELOAD=$killed "$@"; }
dies() { KILLED_AT=$at LD_PRELOAD=$killed "$@"; }
dies_by_power() { POWER_LOST=1 KILLED_AT=$at LD_PRELOAD=$killed "$@"; }
# Where the history of a repository begins and ends.
ends_of() {
	git -C "$1" for-each-ref
	cat "$1/.git/shallow" 2>/dev/null || :
}
as_it_was() {
	case $what in
	clone | bundle | steps) [ ! -e "$work/t" ] ;;
	# What was moved there without .git the next run moves back.
	into) [ ! -e "$work/t/.git" ] ;;
	fetch | deepen) untouched || { ends_of "$work/t" | cmp -s - "$tmp/ends" &&
		[ -z "$(git -C "$work/t" fsck --no-dangling 2>&1)" ]; } ;;
	esac
}
# untouched: each file is as it was when git said that all is well, but for what is kept of packs and what was
# noted of the run.
untouched() {
	alike -g -x '*smidgit-*' -x '*.lock' -x .git/FETCH_HEAD "$tmp/$what/t" "$work/t" >"$tmp/alike"
}
as_gits() { listed "$work/t" >"$tmp/listed" 2>&1 && same "$tmp/wanted" "$tmp/listed"; }
# whole: what listed says is the same as of the repository that git has made. It is when the files are those of
# the run that nobody killed, and git finds the objects.
whole() {
	alike -g -x .git/objects -x .git/logs -x .git/FETCH_HEAD "$tmp/whole/t" "$work/t" >"$tmp/alike" &&
		[ "$(git -C "$work/t" rev-list --objects --all 2>&1)" = "$objects" ] && return
	as_gits
}
# exact: every file is as after that run, which has made what git has, and left nothing.
exact() { alike -g -x .git/FETCH_HEAD "$tmp/whole" "$work" >"$tmp/alike"; }
# die FROM HOW: begins as FROM is. What an earlier run has kept outlasts a kill.
die() {
	work=$tmp/work.$at.$2
	cp -a "$1" "$work"
	run "$2" >"$tmp/first" 2>&1
	[ $? -eq 137 ] || { cat "$tmp/first"; return 1; }
	was=
	as_it_was || { was=other && whole; } || { echo 'neither as it was nor whole'; return 1; }
	[ -n "$there" ] || [ -z "$was" ] || return 0
	still=
	if [ "$going_on" = yes ] && [ "$2" = dies ]; then
		# Bundles of which all is there are of no use to another run.
		in=$work
		[ "$what" != bundle ] || in="$work/*smidgit-*/bundles"
		still=$(find "$work" -path "$in/*smidgit-*.pack")
		[ -z "$still" ] || [ -z "$there" ] || ! git -C "$work/t" cat-file -e "$last_one" 2>/dev/null || still=
	fi
	run >"$tmp/second" 2>&1 || { cat "$tmp/first" "$tmp/second"; return 1; }
	[ -z "$still" ] || grep -q 'Going on' "$tmp/second" || { cat "$tmp/first" "$tmp/second"; return 1; }
	exact && return
	whole || return 1
	[ -z "$(left)" ] || { echo "left: $(left)"; return 1; }
}
whole_and_nothing_left() { as_gits && [ -z "$(left)" ]; }
# every NAME FROM
every() {
	rm -rf "$tmp/whole" "$tmp"/work*
	work=$tmp/whole
	cp -a "$2" "$work"
	check "$1: not killed" run counts
	check "$1: is whole" whole_and_nothing_left
	read -r count <"$tmp/count"
	check "$1: has calls to be killed at ($count)" test "$count" -gt 20
	# Where a line breaks that is read in turns with a file, there are some more calls or less.
	[ "$what" != bundle ] || count=$((count - 8))
	at=1
	while [ "$at" -le "$count" ]; do
		check "$1: killed at call $at of $count" die "$2" dies
		[ $step -eq 1 ] || at=$((at + step / 2))
		[ "$at" -le "$count" ] || break
		check "$1: the power lost at call $at of $count" die "$2" dies_by_power
		at=$((at + (step + 1) / 2))
	done
}

what= bundles=
mkdir "$tmp/answers"
lines
work=$tmp/work
mkdir -p "$tmp/clone" "$tmp/bundle" "$tmp/steps" "$tmp/into/t" "$tmp/fetch" "$tmp/deepen"
git clone -q --template= "$url/old.git" "$tmp/fetch/t" && git -C "$tmp/fetch/t" remote set-url origin "$url/h.git"
git clone -q --template= --depth 2 "$url/s.git" "$tmp/deepen/t"
for what in ${WHATS:-clone into bundle steps fetch deepen}; do
	step=12 GIT_HTTP_MAX_RETRIES=1
	[ $what != bundle ] || GIT_HTTP_MAX_RETRIES=0
	[ "${FAULTS:-}" != all ] || step=1
	kind= last=2 cut='--cut 140000' going_on=no
	there= last_one= # of a repository that is there, an object that comes last
	case $what in
	clone) git clone -q "$url/h.git" "$tmp/git" ;;
	bundle)
		last=1 cut=
		rm -rf "$tmp/git" && git clone -q "$url/h.git" "$tmp/git"
		;;
	steps)
		kind=--no-filter last=4
		rm -rf "$tmp/git" && git clone -q "$url/s.git" "$tmp/git"
		;;
	fetch | deepen)
		there=yes last_one=$(git -C "$root/h.git" rev-parse main)
		[ $what = fetch ] || last_one=$(git -C "$root/s.git" rev-list --max-parents=0 main)
		ends_of "$tmp/$what/t" >"$tmp/ends"
		rm -rf "$tmp/git" && cp -a "$tmp/$what/t" "$tmp/git" &&
			git -C "$tmp/git" fetch -q $([ $what = fetch ] || echo --unshallow)
		;;
	esac
	listed "$tmp/git" >"$tmp/wanted"
	objects=$(git -C "$tmp/git" rev-list --objects --all)
	lines $cut
	case $what in into | steps) ;; *) every "$what, the line breaks" "$tmp/$what" ;; esac
	# What a run has kept that gave up.
	rm -rf "$tmp/answers" && mkdir "$tmp/answers"
	nth_pack $last "$(server_goes_away)"
	lines $cut $kind
	echo "$server" >"$tmp/server.pid"
	work=$tmp/work
	cp -a "$tmp/$what" "$work"
	check_fails 3 "$what: gives up" run
	said 'KiB, is kept in'
	usual_packs
	rm -rf "$tmp/answers" && mkdir "$tmp/answers"
	mv "$work" "$tmp/$what.kept"
	going_on=yes
	lines $kind
	every "$what, going on" "$tmp/$what.kept"
done
finish
