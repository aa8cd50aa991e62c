# SPDX-License-Identifier: MIT
# Sourced: rounds of runs. $figures has a line for each run: row, client, wall, CPU, memory (KiB),
# when it ended; and "row" lines that say what a row is.
figures=$work/figures
clone=$work/clone

# What each run is started by: words before the command.
confined=
# Seconds that a run may take: four times what git has taken. 0: as many as it likes.
most=0

# put_away: the last clone. ext4 looks at each inode that was removed in the last five minutes before it
# makes a new one, which takes most of the next run's time where they are many: those clones go at the end.
away=0
put_away() {
	[ -e "$clone" ] || return 0
	if [ "$(find "$clone" | head -n 1000 | wc -l)" -lt 1000 ]; then
		rm -rf "$clone"
	else
		away=$((away + 1))
		mkdir -p "$work/away" && mv "$clone" "$work/away/$away"
	fi
}

# once OUT CLIENT REPOSITORY OPTIONS: one run, timed. Nothing of an earlier one is left on the disk
# or waits to be written. 1: it was stopped.
once() {
	out=$1 from=$url/$3.git client_is=$2
	program "$2"
	put_away
	sync -f "$work"
	# shellcheck disable=SC2086
	case $2/$4 in
	*/ls-remote) set -- "$program" ls-remote "$from" ;;
	server/--depth*) set -- "$program" "$cert" 1 "$from" ;;
	server/*) set -- "$program" "$cert" 0 "$from" ;;
	libgit2/*) set -- "$program" "$cert" "$from" "$clone" $4 ;;
	*) set -- "$program" clone $extra $4 "$from" "$clone" ;;
	esac
	# shellcheck disable=SC2086
	HOME=$client_home GIT_SSL_CAINFO=$cert "$programs/timed" "$out" "$most" $confined ${preload:+env} \
		${preload:+"LD_PRELOAD=$preload"} "$@" >"$tmp/said" 2>"$tmp/check.log" </dev/null
	status=$?
	[ $status -ne 124 ] || return 1
	[ $status -eq 0 ] || not_ok "$*"
	[ "$client_is" != git ] || most=$(awk '{ print 5 + int(4 * $1) }' "$out")
}

# result CLIENT OPTIONS: what a run has made, in a few words that are the same for all clients.
result() {
	case $1/$2 in
	server/*) ;;
	*/ls-remote) sha1sum <"$tmp/said" ;;
	*)
		git -C "$clone" rev-parse HEAD
		cat "$clone"/.git/objects/pack/*.idx | git show-index | cut -d ' ' -f 2 | sha1sum
		;;
	esac
}

# correct CLIENT OPTIONS: as git's clone; in the first round files and a small one's objects too.
correct() {
	made=$(result "$1" "$2")
	case $1 in
	git) made_by_git=$made ;;
	server) [ "$(cat "$tmp/said")" -gt 0 ] || not_ok "$row: nothing received" ;;
	*) [ "$made" = "$made_by_git" ] || not_ok "$row: $1 and git differ" ;;
	esac
	case $round/$1/$2 in
	*/server/* | */ls-remote) ;;
	1/*/-n) [ ! -s "$clone/.git/index" ] || not_ok "$row: $1: an index" ;;
	1/*) [ -z "$(git -C "$clone" status --porcelain)" ] || not_ok "$row: $1: status" ;;
	esac
	case $round/$1/$row in
	1/server/*) ;;
	1/*/*1k*) check "$row: $1: fsck" git -C "$clone" fsck --full --strict ;;
	esac
}

# row TITLE ROUNDS REPOSITORY OPTIONS CLIENTS: the rounds, then their lines of the table. Each round
# begins with another client than the one before it.
row() {
	row=$1 rounds=$2 repository=$3 options=$4 here=
	for client in $5; do ! program "$client" || here="$here $client"; done
	echo "row|$row|$(sizes "$repository")" >>"$figures"
	most=0 stopped=
	: >"$tmp/warm"
	once "$tmp/warm" git "$repository" "$options"
	for round in $(seq "$rounds"); do
		# shellcheck disable=SC2086
		set -- $here
		# shellcheck disable=SC2046
		if [ $((round % 2)) -eq 0 ]; then set -- $(backwards "$@"); fi
		for client in "$@"; do
			case " $stopped " in *" $client "*) continue ;; esac
			: >"$tmp/one"
			once "$tmp/one" "$client" "$repository" "$options" || {
				stopped="$stopped $client"
				not_ok "$row: $(called "$client"): stopped after $most s, four times what git takes"
				continue
			}
			correct "$client" "$options"
			echo "run|$row|$client|$round|$(called "$client")|$(cat "$tmp/one")" >>"$figures"
		done
	done
	most=0
	put_away
	printf '\n%s: %s; %d rounds\n' "$row" "$(facts "$repository")" "$rounds"
	awk -f tests/bench/median.awk -v want="$row" -f tests/bench/table.awk "$figures"
}

backwards() {
	printf '%s\n' "$@" | awk '{ line[NR] = $0 } END { while (NR) print line[NR--] }'
}

# tails TITLE REPOSITORY: from the last byte that is read until the end, in runs of their own.
tails() {
	for client in git smidgit; do
		for round in $(seq "$pairs"); do
			: >"$tmp/one"
			export LASTBYTE="$tmp/last"
			preload=$programs/lastbyte.so
			once "$tmp/one" "$client" "$2" -n
			preload=
			echo "tail|$1|$client|$(cat "$tmp/one")|$(cat "$tmp/last")" >>"$figures"
		done
	done
	put_away
	awk -f tests/bench/median.awk -v want="$1" -f tests/bench/tail.awk "$figures"
}
