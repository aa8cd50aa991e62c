# SPDX-License-Identifier: MIT
# Sourced: what a repository sees after the day it was cloned. Each run works on a copy of the same
# repository; what it leaves is compared with what git leaves.

# behind COMMITS REPOSITORY: $work/behind-COMMITS, a repository whose branch is so many commits behind
# the server's.
behind() {
	behind=$work/behind-$1
	[ ! -d "$behind" ] || return 0
	tip=$(git --git-dir "$root/$2.git" rev-parse "HEAD~$1")
	git init -q -b main "$behind.new"
	git --git-dir "$root/$2.git" branch -f bench-behind "$tip"
	git -C "$behind.new" fetch -q "$root/$2.git" bench-behind:refs/remotes/origin/main
	git --git-dir "$root/$2.git" branch -q -D bench-behind
	git -C "$behind.new" repack -adq
	git -C "$behind.new" update-ref refs/heads/main refs/remotes/origin/main
	git -C "$behind.new" remote add -t "$(git --git-dir "$root/$2.git" symbolic-ref --short HEAD)" origin "$url/$2.git"
	mv "$behind.new" "$behind"
}

# files: $work/files, 20,000 of them, and the branches one and two, of which 100 differ.
files() {
	files=$work/files
	[ ! -d "$files" ] || return 0
	git clone -q "$root/many-files.git" "$files.new"
	git -C "$files.new" branch -q one
	git -C "$files.new" checkout -q -b two
	git -C "$files.new" ls-files | awk 'NR % 200 == 0' | while read -r file; do echo more >>"$files.new/$file"; done
	git -C "$files.new" commit -qam 'a hundred files'
	git -C "$files.new" checkout -q one
	mv "$files.new" "$files"
}

# day TITLE ROUNDS FROM COMMAND...: the rounds of one row. FROM is copied for each run; with $back, a
# command of git, it is worked in, and $back undoes what was done.
day() {
	row=$1 rounds=$2 from=$3
	shift 3
	echo "row|$row|" >>"$figures"
	for round in $(seq "$rounds"); do
		order='git smidgit static'
		[ $((round % 2)) -eq 1 ] || order='static smidgit git'
		made_by=
		for client in $order; do
			program "$client" || continue
			at=$from
			if [ -z "$back" ]; then
				at=$clone
				rm -rf "$at"
				cp -a "$from" "$at"
				git -C "$at" config remote.origin.url \
					"$(git -C "$from" config remote.origin.url | sed "s|^https*://[^/]*|$url|")"
			fi
			git -C "$at" update-index -q --refresh
			sync -f "$work"
			: >"$tmp/one"
			HOME=$client_home GIT_SSL_CAINFO=$cert "$programs/timed" "$tmp/one" 0 "$program" -C "$at" "$@" \
				>"$tmp/said" 2>"$tmp/check.log" </dev/null || not_ok "$row: $client: $*"
			made=$({ git -C "$at" for-each-ref; git -C "$at" ls-files -s; git -C "$at" status --porcelain; cat "$tmp/said"; } | sha1sum)
			# shellcheck disable=SC2086
			[ -z "$back" ] || git -C "$at" $back
			[ "${made_by:-$made}" = "$made" ] || not_ok "$row: $client and another differ"
			made_by=$made
			echo "run|$row|$client|$round|$(called "$client")|$(cat "$tmp/one")" >>"$figures"
		done
	done
	rm -rf "$clone"
	printf '\n%s; %d rounds\n' "$row" "$rounds"
	awk -f tests/bench/median.awk -v want="$row" -f tests/bench/table.awk "$figures"
}

days() {
	for commits in 0 10 2000; do behind $commits "$1"; done
	files
	back=
	day "fetch, nothing new" "$many" "$work/behind-0" fetch -q
	day "fetch of 10 commits" "$many" "$work/behind-10" fetch -q
	day "fetch after 2,000 commits" "$pairs" "$work/behind-2000" fetch -q
	back='checkout -qf one'
	day "status, 20,000 unmodified files" "$pairs" "$files" status --porcelain
	day "checkout, 100 of 20,000 files differ" "$pairs" "$files" checkout -q two
}
