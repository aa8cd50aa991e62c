#!/bin/sh
# SPDX-License-Identifier: MIT
# The lessons, run: run.sh N shows page N with what its commands say on this machine (make lesson-N); run.sh check
# compares all pages with that; run.sh record writes them anew.
#
# A command of a page stands behind "    $ ", goes on behind "    > ", and what it says is below it. All pages
# are run one after the other in one directory by one shell: later ones use what earlier ones have made. There
# are $server (localhost and the port of a server that has course.git), and $ca, whom to trust.
. tests/cmd/lib.sh
course=$top/proto/course
what=${1:-}

# The same objects everywhere, in a pack.
repository() {
	GIT_AUTHOR_NAME='Ada' GIT_AUTHOR_EMAIL=ada@example.org GIT_COMMITTER_NAME='Ada' GIT_COMMITTER_EMAIL=ada@example.org
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
	git init -q -b main "$tmp/work" && cd "$tmp/work" || return 1
	mkdir notes && seq 1 200 >notes/numbers && echo 'Hello, git' >hello && git add -A
	GIT_AUTHOR_DATE='@1700000000 +0000' GIT_COMMITTER_DATE='@1700000000 +0000' git commit -qm 'First commit'
	sed -i '100s/.*/one hundred/' notes/numbers && git add -A
	GIT_AUTHOR_DATE='@1700000100 +0000' GIT_COMMITTER_DATE='@1700000100 +0000' git commit -qm 'A number in words'
	printf '#!/bin/sh\ncat hello\n' >greet && chmod +x greet && git add -A
	GIT_AUTHOR_DATE='@1700000200 +0000' GIT_COMMITTER_DATE='@1700000200 +0000' git commit -qm 'Greet'
	mkdir "$tmp/served" && git clone -q --bare . "$tmp/served/course.git" && cd "$top" || return 1
	git -C "$tmp/served/course.git" repack -adfq
}

# follow PAGE: the page with what its commands say now.
follow() {
	command='' waiting=''
	while IFS= read -r line <&3 || [ -n "$line" ]; do
		case $line in
		'    $ '* | '    > '*) ;;
		'    '*) [ -n "$waiting" ] && continue ;;
		esac
		case $line in
		'    > '*)
			command=$command'
'${line#'    > '}
			printf '%s\n' "$line" >&4
			continue
			;;
		esac
		if [ -n "$waiting" ]; then
			eval "$command" >"$tmp/said" 2>&1 </dev/null || echo "(exit $?)" >>"$tmp/said"
			sed 's/^/    /' "$tmp/said" >&4
			waiting=''
		fi
		case $line in '    $ '*) command=${line#'    $ '} waiting=yes ;; esac
		printf '%s\n' "$line" >&4
	done 3<"$1" 4>"$2"
}

# What another git says differs in its lengths and its capabilities; where something fails, and what the clone has
# become, does not.
essence() {
	grep -e '(exit ' -e 'no length' -e '^    [0-9a-f]\{7\} ' -e '^    \./' -e 'same pack' "$1"
}
same_page() {
	case $(git --version) in
	*' 2.39.'*) check "lesson $number" same "$page" "$tmp/page.$number" ;;
	*)
		[ "$number" -ne 1 ] || echo 'left out: the bytes of the lessons, which were recorded with git 2.39'
		essence "$page" >"$tmp/expected"
		essence "$tmp/page.$number" >"$tmp/essence"
		check "lesson $number, its essence" same "$tmp/expected" "$tmp/essence"
		;;
	esac
}

certificate
repository || exit 2
serve --tls "$cert" "$key" --root "$tmp/served"
server=localhost:$port ca=$cert
export server ca
mkdir "$tmp/lesson" && cd "$tmp/lesson" || exit 2
for page in "$course"/[1-8]-*.md; do
	number=${page##*/} number=${number%%-*}
	follow "$page" "$tmp/page.$number"
	case $what in
	"$number")
		cat "$tmp/page.$number"
		exit
		;;
	record) cp "$tmp/page.$number" "$page" ;;
	check) same_page ;;
	esac
done
case $what in
check) finish ;;
record) ;;
*) echo 'which lesson? 1 to 8' >&2 && exit 2 ;;
esac
