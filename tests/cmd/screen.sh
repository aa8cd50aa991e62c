# SPDX-License-Identifier: MIT
# What stands on a terminal, in which order, and what is left there when somebody presses Ctrl-C.
. "${0%/*}/lib.sh"
fixture history
typist=$BUILD/tests/tools/typist
serve
repo=$url/history.git

# The server's last words come before the line is closed, on every run.
for run in 1 2 3 4 5; do
	check "clone $run" sh -c '"$1" -- "$SMIDGIT" clone --no-sync "$2" "$3" >"$4"' sh "$typist" "$repo" "$tmp/a$run" "$tmp/shown"
	tr '\r' '\n' <"$tmp/shown" | sed -n 's/^remote: Total .*/total/p; s/^Receiving objects: 100%.*, done\. *$/done/p' >"$tmp/order"
	check "clone $run: remote: Total, then done" test "$(tr '\n' ' ' <"$tmp/order")" = 'total done '
done
stop_servers

# stalled [OPTION...]: a clone from a server that stops amid the pack, until its progress is shown. $pid
# is the leader of all that runs on its terminal.
stalled() {
	rm -f "$tmp/pid"
	: >"$tmp/shown"
	"$typist" -- bash -c 'echo $$ >"$1"; shift; "$@"; echo "went on after $?"' sh "$tmp/pid" \
		"$SMIDGIT" clone --no-sync "$@" "$repo" "$tmp/stalled" >"$tmp/shown" &
	typing=$!
	tries=0
	until grep -q 'Receiving objects: ' "$tmp/shown"; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || break
		sleep 0.02
	done
	read -r pid <"$tmp/pid"
}
serve --drip 1000 --drip-from 100000
repo=$url/history.git
stalled
kill -s INT -- "-$pid"
wait $typing
status=$?
check "Ctrl-C: the script stops, by the same signal: $status" test $status -eq 130
check 'Ctrl-C: nothing went on' sh -c '! grep -q "went on" "$1"' sh "$tmp/shown"
printf 'fatal: interrupted\r\n' >"$tmp/expected"
tail -n 1 "$tmp/shown" >"$tmp/last"
check 'Ctrl-C: interrupted, on a line of its own' same "$tmp/expected" "$tmp/last"
check 'Ctrl-C: nothing left' test ! -e "$tmp/stalled"
check 'Ctrl-C: nothing beside it' test -z "$(find "$tmp" -maxdepth 1 -name 'stalled*')"

# A signal that another program sends ends it in the same way, and it cleans up before.
for row in TERM:143 HUP:129; do
	"$SMIDGIT" clone -q --no-sync "$repo" "$tmp/stalled" 2>"$tmp/err" &
	cloning=$!
	until ls -d "$tmp"/stalled.smidgit-* >"$tmp/out" 2>&1; do sleep 0.02; done
	kill -"${row%:*}" $cloning
	wait $cloning
	status=$?
	check "${row%:*}: $status" test $status -eq "${row#*:}"
	check "${row%:*}: one sentence" test "$(cat "$tmp/err")" = 'fatal: interrupted'
	check "${row%:*}: nothing left" test -z "$(find "$tmp" -maxdepth 1 -name 'stalled*')"
done
finish
