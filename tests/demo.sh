# SPDX-License-Identifier: MIT
# `make demo`: a loopback HTTPS server with Basic auth in front of stock git; smidgit clones from it,
# shows the conversation and the files; stock git says what it thinks of the result.
. "${0%/*}/cmd/lib.sh"
fixture four-objects
certificate
serve --tls "$cert" "$key" --user anna --password secret
cd "$tmp" || exit 2

step() {
	printf '\n\033[1m$ %s\033[0m\n' "$1"
}
[ -t 1 ] || step() { printf '\n$ %s\n' "$1"; }

# shown NAME TEXT COMMAND...: shows TEXT as what a person types, runs the command, counts.
shown() {
	shown_name=$1
	step "$2"
	shift 2
	if "$@" 2>&1; then ok; else
		: >"$tmp/check.log"
		not_ok "$shown_name"
	fi
}

address=https://anna@localhost:$port/four-objects.git
printf '#!/bin/sh\ncase $1 in Username*) echo anna ;; *) echo secret ;; esac\n' >askpass
chmod +x askpass
GIT_ASKPASS=$tmp/askpass
export GIT_ASKPASS
echo "A server of git's own (git http-backend) listens at https://localhost:$port, with TLS and a password."
shown 'clone' "smidgit clone --progress --trace=conversation --cacert cert.pem $address" \
	"$SMIDGIT" clone --progress --trace=conversation --cacert "$cert" "$address"
shown 'conversation' 'cat conversation' cat conversation
shown 'files' 'find four-objects -type f -not -path "*/hooks/*" | sort' \
	sh -c 'find four-objects -type f -not -path "*/hooks/*" | sort'
shown 'content' 'cat four-objects/docs/greeting.txt' cat four-objects/docs/greeting.txt
echo
echo 'What stock git says of it:'
shown 'fsck' 'git fsck --full --strict' git -C four-objects fsck --full --strict
shown 'status' 'git status' git -C four-objects status
shown 'log' 'git log --stat' git --no-pager -C four-objects log --stat
shown 'pull' 'git pull' git -C four-objects -c http.sslCAInfo="$cert" pull
check 'status is clean' test -z "$(git -C four-objects status --porcelain)"
check 'no secret in the conversation' sh -c '! grep -q -e secret -e YW5uYTpzZWNyZXQ conversation'
echo
finish
