# SPDX-License-Identifier: MIT
# A host with IPv6 and IPv4 addresses of which some are dead (RFC 8305), in a network of its own: one end of
# a cable that swallows all that is sent into it.
. "${0%/*}/lib.sh"
if [ -z "${CABLE:-}" ]; then
	why=
	for needed in ip unshare strace; do command -v $needed >/dev/null || why="$why no $needed,"; done
	unshare -n -m sh -c 'ip link set lo up && ip link add cable type veth peer name end' 2>"$tmp/why" || why="$why $(cat "$tmp/why")"
	if [ "$why" ]; then
		echo "left out: addresses that are dead:$why"
		ok
		finish
	fi
	rm -rf "$tmp"
	trap - EXIT
	exec env CABLE=1 unshare -n -m sh "$0"
fi
fixture four-objects
cable() {
	ip link set lo up && ip link add cable type veth peer name end && ip link set cable up && ip link set end up &&
		ip -6 addr add 2001:db8::2/64 dev cable nodad && ip addr add 192.0.2.2/24 dev cable &&
		for n in 3 4 5; do
			ip -6 neigh add 2001:db8::$n lladdr 02:00:00:00:00:01 dev cable &&
				ip neigh add 192.0.2.$n lladdr 02:00:00:00:00:01 dev cable || return 1
		done
}
check 'a cable' cable
# named ADDRESS...: what the name stands for.
cp /etc/hosts "$tmp/hosts"
check 'a table of hosts' mount --bind "$tmp/hosts" /etc/hosts
named() { printf '%s two.example\n' "$@" >"$tmp/hosts"; }
serve
# asks OPTION...: the addresses that are tried, in their order, in $tried. (The C library asks the kernel by
# sockets of its own which of them it would take first; these do not wait.)
asks() {
	# A sanitizer's look for leaks does not go with being traced.
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 strace -f -e trace=connect -o "$tmp/calls" "$SMIDGIT" ls-remote "$@" "http://two.example:$port/four-objects.git"
	asked=$?
	tried=$(sed -n "/EINPROGRESS/!d;s/.*htons($port).*inet_addr(\"\([0-9.]*\)\").*/\1/p;s/.*htons($port).*AF_INET6, \"\([0-9a-f:]*\)\".*/\1/p" "$tmp/calls" | tr '\n' ' ')
	return $asked
}
goes() {
	check "$1" asks
	check "$1: in this order: $tried" test "$tried" = "$2 "
}
named 127.0.0.1
goes 'IPv4 alone' 127.0.0.1
named ::1 127.0.0.1
goes 'IPv6 refuses' '::1 127.0.0.1'
named 2001:db8::3 127.0.0.1
goes 'IPv6 swallows' '2001:db8::3 127.0.0.1'
named 2001:db8::3 2001:db8::4 2001:db8::5 127.0.0.1
goes 'three of IPv6 swallow: IPv4 is the second to be tried' '2001:db8::3 127.0.0.1'
named 2001:db9::1 127.0.0.1
goes 'no way to IPv6' '127.0.0.1'
named 2001:db8::3 192.0.2.3
check_fails 3 'nobody answers' asks --connect-timeout 1
said 'cannot connect to two.example'
umount /etc/hosts
stop_servers
finish
