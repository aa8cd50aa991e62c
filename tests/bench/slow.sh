# SPDX-License-Identifier: MIT
# Sourced: a slow and long line (bench/line.c), and a tenth of a processor.

# slow_line MBIT MS REPOSITORY CLIENTS: each clones once. What the line itself takes is its bytes at
# that rate, and its delay for each round trip and for the one that makes the connection.
slow_line() {
	rate=$(($1 * 125000))
	"$programs/line" "$port" "$rate" "$2" "$tmp/line" &
	line=$!
	servers="$servers $line"
	until [ -s "$tmp/line" ]; do sleep 0.05; done
	direct=$url url=https://localhost:$(cat "$tmp/line")
	printf '\na line of %d Mbit/s and %d ms: %s; once each\n' "$1" "$2" "$(facts "$3")"
	for client in $4; do
		program "$client" || continue
		: >"$tmp/one"
		once "$tmp/one" "$client" "$3" -n
		lines=$(wc -l <"$tmp/line")
		kill -USR1 "$line"
		until [ "$(wc -l <"$tmp/line")" -gt "$lines" ]; do sleep 0.05; done
		echo "$(tail -n 1 "$tmp/line") $(cat "$tmp/one")" |
			awk -v name="$(called "$client")" -v rate="$rate" -v delay="$2" '{
				least = $1 / rate + ($3 + 1) * delay / 1000
				printf "%-26s %8.3f s, %.2f of what the line takes for %.1f MB; connections %d, round trips %d\n",
					name, $4, $4 / least, $1 / 1e6, $2, $3 + 1
			}'
	done
	url=$direct
}

# slow_processor ROUNDS REPOSITORY CLIENTS: what the client and its children may take of a second.
slow_processor() {
	for group in /sys/fs/cgroup/cpu /sys/fs/cgroup; do
		mkdir "$group/smidgit-bench" 2>/dev/null || continue
		if echo 10000 >"$group/smidgit-bench/cpu.cfs_quota_us" || echo '10000 100000' >"$group/smidgit-bench/cpu.max"; then
			break
		fi
		rmdir "$group/smidgit-bench"
	done 2>/dev/null
	[ -d "$group/smidgit-bench" ] || {
		printf '\nleft out: a tenth of a processor; no control group can be made here\n'
		return
	}
	printf '#!/bin/sh\necho 0 >%s/smidgit-bench/cgroup.procs && exec "$@"\n' "$group" >"$tmp/confined"
	confined="sh $tmp/confined"
	row "a tenth of a processor, $2, -n" "$1" "$2" -n "$3"
	confined=
	rmdir "$group/smidgit-bench"
}
