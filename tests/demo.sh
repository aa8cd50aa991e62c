# SPDX-License-Identifier: MIT
# `make demo`: the first minute of a new user, on a pseudo terminal: a loopback server that answers as
# a hosting service does, the wrong password, the right token, what git says of the clone, the second
# clone, a pull. Every step is a command as it is typed, and counts.
. "${0%/*}/cmd/lib.sh"
certificate
password=my-mail-password token=4f2c9ad1e07b
mkdir -p "$tmp/served/team" "$tmp/bin" "$tmp/work"
ln -s "$SMIDGIT" "$tmp/bin/smidgit"
PATH=$tmp/bin:$PATH
git config --global http.sslCAInfo "$cert"
git config --global init.defaultBranch main
[ -t 1 ] || TERM=dumb
export PATH TERM

# commits FIRST LAST FROM: a stream for git fast-import; each adds a day's values to the project.
commits() {
	for day in $(seq "$1" "$2"); do
		printf 'commit refs/heads/main\ncommitter Bob <bob@example.org> %d +0000\n' $((1700000000 + day * 86400))
		printf 'data <<.\nValues of day %d\n.\n%s\n' "$day" "${3:-}"
		[ "$day" -gt 1 ] || printf 'M %s\ndata <<.\n%s\n.\n' \
			'644 inline README.md' 'A sensor on the roof, and what it measures.' \
			'755 inline read.sh' "$(printf '#!/bin/sh\ncat /sys/bus/w1/devices/*/temperature')"
		printf 'M 644 inline values/day-%03d.txt\ndata <<.\n%s\n.\n' "$day" "$(seq $((day * 7)) $((day * 7 + 99)))"
	done
}
bare=$tmp/served/team/sensor.git
git init -q --bare "$bare"
commits 1 60 | git -C "$bare" fast-import --quiet || not_ok 'the repository of the demo'
serve --tls "$cert" "$key" --user alice --password "$token" --root "$tmp/served" --realm Gitea
cd "$tmp/work" || exit 2

bold='' plain=''
[ ! -t 1 ] || bold=$(printf '\033[1m') plain=$(printf '\033[0m')
# says TEXT: what the next command shows.
says() {
	printf '\n# %s\n' "$1"
}
# types CODE ANSWER COMMAND: COMMAND at the prompt, on a terminal where ANSWER is typed when it asks.
# What is no terminal gets the lines as they stand there in the end.
types() {
	printf '%s$ %s%s\n' "$bold" "$3" "$plain"
	set -- "$1" "$3" ${2:+"$2"} -- sh -c "$3"
	code=$1 name=$2
	shift 2
	# Who has no answer fails instead of waiting for one.
	GIT_TERMINAL_PROMPT=1
	[ "$1" != -- ] || GIT_TERMINAL_PROMPT=0
	export GIT_TERMINAL_PROMPT
	if [ -t 1 ]; then
		"$BUILD/tests/tools/typist" "$@"
	else
		"$BUILD/tests/tools/typist" "$@" >"$tmp/shown"
	fi
	status=$?
	[ -t 1 ] || sed "s/$(printf '\r')\$//; s/.*$(printf '\r')//" "$tmp/shown"
	if [ "$status" -eq "$code" ]; then ok; else not_ok "$name (exit $status, expected $code)"; fi
}

address=https://alice@localhost:$port/team/sensor.git
echo 'A git server on this machine answers as Gitea does. ~ is a directory of the'
echo 'demo, whose .gitconfig trusts the certificate of the server (http.sslCAInfo).'
types 0 '' 'smidgit config --global credential.helper store'
says 'Alice gives the password of her account. She is told what is wanted instead:'
types 5 "$password" "smidgit clone $address"
says 'She gives her access token. It is right, and kept in ~/.git-credentials:'
types 0 "$token" "smidgit clone --trace=talk $address"
says 'What she has now, and what stock git says of it:'
types 0 '' 'cd sensor && ls'
GIT_PAGER='cat'
export GIT_PAGER
cd sensor 2>/dev/null || not_ok 'there is no clone'
types 0 '' 'git status'
types 0 '' 'git log --oneline -1'
types 0 '' 'git fsck --full --strict'
says 'A second clone asks nothing:'
cd ..
types 0 '' "smidgit clone -q $address again"
says 'Bob has made a commit on the server. Alice gets it:'
commits 61 61 'from refs/heads/main^0' | git -C "$bare" fast-import --quiet || not_ok 'a commit on the server'
cd sensor 2>/dev/null || not_ok 'there is no clone'
types 0 '' 'smidgit pull'
cd ..
check 'all of it has come' git -C sensor diff --quiet --exit-code "$(git -C "$bare" rev-parse main)"
# shellcheck disable=SC2016
check 'the secrets are where they belong' sh -c \
	'! grep -r -F -q -e "$1" -e "$2" -e "$(printf %s "alice:$2" | openssl base64)" .' sh "$password" "$token"
check 'the trace can be kept' cp talk "$BUILD/demo.trace"
cat <<EOT

The whole conversation of the clone, without secrets: ${BUILD#"$top/"}/demo.trace
Try next:
  ./smidgit clone https://USER@HOST/TEAM/REPO.git  with a token of your own
  ./smidgit export URL DIR                         the files alone, without .git
  ./smidgit help                                   the other commands
EOT
finish
