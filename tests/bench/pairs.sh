# SPDX-License-Identifier: MIT
# Sourced by bench.sh: pairs of runs and what is said of them. $results has a line for each row:
# name, then wall, CPU and memory as git, smidgit, ratio.
results=$tmp/results
: >"$results"

programs() {
	tools=$tmp/tools
	mkdir "$tools"
	cc=${CC:-cc}
	check 'timed' "$cc" -O2 -o "$tools/timed" tests/bench/timed.c
	check 'relay' "$cc" -O2 -o "$tools/relay" tests/bench/relay.c
	check 'drain' "$cc" -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -Iproto -Isrc -o "$tools/drain" tests/bench/drain.c \
		"$BUILD/libsmidgit.a" -lmbedtls -lmbedx509 -lmbedcrypto -lz -pthread
}

# Other builds of smidgit: $built and $portable.
variants() {
	check 'static build' make static
	check 'portable build' make BUILD=build-portable OUT=build-portable/smidgit \
		CHOSEN_='commands cpu_portable netrc notices thin trace work_threads' build-portable/smidgit
	check 'libdeflate build' make INFLATE=libdeflate BUILD=build-libdeflate OUT=build-libdeflate/smidgit-libdeflate \
		build-libdeflate/smidgit-libdeflate
	portable=$PWD/build-portable/smidgit
	built="$PWD/smidgit-static $PWD/build-libdeflate/smidgit-libdeflate"
}

heading() {
	printf '\n%s\n' "$1"
	printf '%-24s %26s %26s %26s\n' '' 'wall, s' 'CPU, s' 'memory, MB'
	printf '%-24s %26s %26s %26s\n' '' 'git smidgit ratio' 'git smidgit ratio' 'git smidgit ratio'
}

# once OUT COMMAND...: its figures are appended to OUT. No output, no input, nothing left behind.
once() {
	out=$1
	shift
	rm -rf "$tmp/clone"
	"$tools/timed" "$tmp/one" "$@" >"$tmp/said" 2>&1 </dev/null || {
		cat "$tmp/said" >&2
		not_ok "$*"
	}
	cat "$tmp/one" >>"$out"
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# figures COLUMN UNIT: git's median, ours, median ratio of the pairs.
figures() {
	theirs=$(awk -v c="$1" '{ print $c }' "$tmp/git" | median)
	ours=$(awk -v c="$1" '{ print $c }' "$tmp/ours" | median)
	ratio=$(paste "$tmp/git" "$tmp/ours" | awk -v c="$1" '{ print ($c > 0 ? $(c + 4) / $c : 1) }' | median)
	echo "$theirs $ours $ratio" | awk -v unit="$2" '{ printf " %.4g %.4g %.2f", $1 / unit, $2 / unit, $3 }'
}

# row NAME GIT-COMMAND... -- OUR-COMMAND...
row() {
	name=$1
	shift
	: >"$tmp/git"
	: >"$tmp/ours"
	for turn in $(seq "$pairs"); do
		alternate "$turn" "$@"
	done
	line="$(figures 1 1)$(figures 2 1)$(figures 3 1000)"
	echo "$name|$line" >>"$results"
	# shellcheck disable=SC2086
	set -- $line
	printf '%-24s %12s %7s %5s %12s %7s %5s %12s %7s %5s\n' "$name" "$@"
}

# The order changes with each turn.
alternate() {
	turn=$1
	shift
	theirs='' count=0
	for word in "$@"; do
		[ "$word" != -- ] || break
		count=$((count + 1))
	done
	if [ $((turn % 2)) -eq 1 ]; then
		first "$count" "$@"
		second "$count" "$@"
	else
		second "$count" "$@"
		first "$count" "$@"
	fi
}
first() {
	left=$1
	shift
	taken=
	while [ "$left" -gt 0 ]; do
		taken="$taken $1"
		shift
		left=$((left - 1))
	done
	# shellcheck disable=SC2086
	once "$tmp/git" $taken
}
second() {
	shift $(($1 + 2))
	once "$tmp/ours" "$@"
}

# clone_pairs REPOSITORY NAME PROGRAM OPTION...; what was cloned is compared, outside of the timing.
clone_pairs() {
	repository=$1 title=$2 program=$3
	shift 3
	case " $* " in
	*' --threads 1 '*) plain=--bare ;;
	*' --mem 24M '*) plain=--bare ;;
	*) plain=$* ;;
	esac
	# shellcheck disable=SC2086
	row "$title" git clone $plain "$url/$repository.git" "$tmp/clone" -- \
		"$program" clone "$@" "$url/$repository.git" "$tmp/clone"
	same_work "$repository" "$program" "$@"
}

# The last clone of each program has the same objects and files.
same_work() {
	repository=$1 program=$2
	shift 2
	rm -rf "$tmp/clone" "$tmp/theirs"
	# shellcheck disable=SC2086
	check "git's clone" git clone -q $plain "$url/$repository.git" "$tmp/theirs"
	check "$title: clone" "$program" clone -q "$@" "$url/$repository.git" "$tmp/clone"
	check "$title: objects" test "$(contents "$tmp/clone")" = "$(contents "$tmp/theirs")"
	case $plain in
	*--bare*) ;;
	*) check "$title: files" test -z "$(git -C "$tmp/clone" status --porcelain)" ;;
	esac
	rm -rf "$tmp/clone" "$tmp/theirs"
}
contents() {
	git -C "$1" cat-file --batch-all-objects --batch-check | sha1sum
}

libgit2_row() {
	if ! "${CC:-cc}" -O2 -o "$tools/libgit2" tests/bench/libgit2.c -lgit2 2>/dev/null; then
		echo 'libgit2: not installed'
		return
	fi
	: >"$tmp/libgit2"
	for turn in $(seq "$pairs"); do
		once "$tmp/libgit2" "$tools/libgit2" "$cert" "$url/$1.git" "$tmp/clone"
	done
	printf '%s, with checkout: wall %s s, CPU %s s, memory %s KiB\n' "$("$tools/libgit2" --version)" \
		"$(awk '{ print $1 }' "$tmp/libgit2" | median)" "$(awk '{ print $2 }' "$tmp/libgit2" | median)" \
		"$(awk '{ print $3 }' "$tmp/libgit2" | median)"
}

# value NAME COLUMN: of the results.
value() {
	awk -F'|' -v name="$1" -v c="$2" '$1 == name { split($2, v, " "); print v[c] }' "$results"
}

drained() {
	: >"$tmp/drain"
	for turn in $(seq "$pairs"); do
		once "$tmp/drain" "$tools/drain" "$cert" "$2" "$url/$1.git"
	done
	wall=$(awk '{ print $1 }' "$tmp/drain" | median)
	cpu=$(awk '{ print $2 }' "$tmp/drain" | median)
	bytes=$(cat "$tmp/said")
}

# The same request, the pack thrown away: the server, TLS, HTTP and side-band.
server_alone() {
	printf '\nThe server alone (the same request, the pack thrown away)\n'
	for size in "$@"; do
		drained "$size" 0
		awk -v n="$size" -v b="$bytes" -v w="$wall" -v c="$cpu" -v ours="$(value "$size objects" 5)" \
			-v all="$(value "$size objects" 2)" 'BEGIN {
			printf "%-24s %.1f MB: wall %.3f s (%.0f%% of the clone), TLS and HTTP %.3f s of CPU (%.0f%%)\n",
				n " objects", b / 1e6, w, 100 * w / all, c, 100 * c / ours }'
	done
}
depth_alone() {
	drained "$1" 1
	awk -v n="$1" -v b="$bytes" -v w="$wall" -v c="$cpu" -v all="$(value "depth 1 of $1" 2)" 'BEGIN {
		printf "%-24s %.1f MB: wall %.3f s, the clone takes %.0f%% more\n", "depth 1 of " n, b / 1e6, w,
			100 * (all - w) / w }' | tee "$tmp/depth"
}

# From the server's last bytes to the end of the program, through a relay that notes the time.
tails() {
	printf '\nThe tail: last byte received until exit, --bare\n'
	"$tools/relay" "$tmp/port" "$port" "$tmp/stamp" &
	servers="$servers $!"
	while [ ! -s "$tmp/port" ]; do sleep 0.05; done
	for size in "$@"; do
		: >"$tmp/tail"
		for turn in $(seq "$pairs"); do
			once "$tmp/ours" "$SMIDGIT" clone --bare "https://localhost:$(cat "$tmp/port")/$size.git" "$tmp/clone"
			awk -v stamp="$(cat "$tmp/stamp")" '{ print $4 - stamp, 100 * ($4 - stamp) / $1 }' "$tmp/one" >>"$tmp/tail"
		done
		printf '%-24s %.3f s, %.1f%% of the whole\n' "$size objects" "$(awk '{ print $1 }' "$tmp/tail" | median)" \
			"$(awk '{ print $2 }' "$tmp/tail" | median)"
	done | tee "$tmp/tails"
}

scaling() {
	printf '\nCost of smidgit (CPU) by size\n'
	for size in "$@"; do
		git -C "$repos/$size.git" cat-file --batch-all-objects --batch-check='%(objectsize)' |
			awk -v n="$size" -v c="$(value "$size objects" 5)" '{ s += $1 } END {
				printf "%-24s %d objects of %.1f KB: %.2f us each, %.2f ns a byte\n", n, NR, s / NR / 1e3, 1e6 * c / NR,
					1e9 * c / s }'
	done | tee "$tmp/scaling"
	sed -n -e 's/^10k .*: \([0-9.]*\) us.*/\1/p' -e 's/^400k .*: \([0-9.]*\) us.*/\1/p' "$tmp/scaling" |
		paste -s | awk 'NF == 2 { printf "from 10k to 400k an object costs %.2f times as much\n", $2 / $1 }'
}

# gate NAME WALL CPU MEMORY: what the project wants to reach.
gate() {
	[ -n "$(value "$1" 3)" ] || return 0
	for pair in "wall 3 $2" "CPU 6 $3" "memory 9 $4"; do
		# shellcheck disable=SC2086
		set -- "$1" $pair
		[ "$4" = - ] || awk -v name="$1" -v what="$2" -v is="$(value "$1" "$3")" -v most="$4" 'BEGIN {
			printf "%-12s %-24s %-7s %.2f, wanted: %.2f\n", is <= most ? "reached" : "NOT reached", name, what, is, most }'
	done
}
gates() {
	printf '\nWhat is wanted, as a ratio to git\n'
	gate '100k objects' 0.40 0.40 0.30
	gate '400k objects' 0.40 0.40 0.30
	gate smidgit-libdeflate 0.35 0.33 0.30
	gate "depth 1 of $largest" - 0.60 0.40
	gate '20,000 files' 0.60 0.60 0.40
	gate '1k objects' 0.50 0.30 0.25
	gate ls-remote 0.60 0.40 0.25
	value ls-remote 1 >/dev/null
}
