# SPDX-License-Identifier: MIT
# Lines that are far and thin: --limit-rate, and clocks that jump while somebody waits.
. "${0%/*}/lib.sh"
fixture history
certificate
serve --tls "$cert" "$key"
repo=$url/history.git
pack=$(cat "$FIXTURES"/history.git/objects/pack/*.pack | wc -c)

# Three seconds for the pack, less the quarter that is given and the eighth that the last piece costs. How
# much longer it takes is the machine's business.
limited() {
	read -r begun _ </proc/uptime
	"$SMIDGIT" clone -q --cacert "$cert" --limit-rate "$((pack / 3))" "$repo" "$tmp/limited" || return
	read -r ended _ </proc/uptime
	echo "$pack bytes from $begun to $ended s"
	awk -v begun="$begun" -v ended="$ended" 'BEGIN { exit ended - begun < 2.6 }'
}
check '--limit-rate: not faster' limited
check '--limit-rate: whole' git -C "$tmp/limited" fsck --full --strict
check '--limit-rate 0: none' "$SMIDGIT" ls-remote --cacert "$cert" --limit-rate 0 "$repo"
check_fails 2 '--min-rate above --limit-rate' "$SMIDGIT" ls-remote --min-rate 2k --limit-rate 1k "$repo"
said "option '--min-rate': more than '--limit-rate'"
check '--min-rate as --limit-rate' "$SMIDGIT" ls-remote --cacert "$cert" --min-rate 1m --limit-rate 1m "$repo"
check_fails 2 '--limit-rate: a size' "$SMIDGIT" ls-remote --limit-rate fast "$repo"

if [ -n "${SANITIZE:-}" ]; then
	echo 'left out: clocks that jump, the sanitizers do not go with LD_PRELOAD'
	finish
fi

# The wall clock jumps by days at each look. Only what is written of it shows that: the reflog.
jumping() {
	LD_PRELOAD=$tmp/clock.so "$SMIDGIT" "$@"
}
check 'tests/preload/clock.c' preload clock
check 'clock jumps: clone' jumping clone --progress --cacert "$cert" --connect-timeout 60 --min-rate-time 60 \
	"$repo" "$tmp/jumping"
check 'clock jumps: whole' git -C "$tmp/jumping" fsck --full --strict
check 'clock jumps: fetch' jumping -C "$tmp/jumping" -c http.sslCAInfo="$cert" fetch
check 'clock jumps: status' jumping -C "$tmp/jumping" status
check 'clock jumps: a clean working tree' test -z "$(jumping -C "$tmp/jumping" status -s)"
written=$(sed -n '$s/.*> \([0-9]*\) .*/\1/p' "$tmp/jumping/.git/logs/HEAD")
off=$(($(date +%s) - written))
check "clock jumps: it did, by $off s" test "${off#-}" -gt 43200
stop_servers

# Limits hold as ever.
serve --silent
check_fails 3 'clock jumps: a silent server' jumping ls-remote --idle-timeout 0.1 "$url/x.git"
said ' 100 ms (--idle-timeout)'
finish
