# SPDX-License-Identifier: MIT
# Every allocation fails once, every system call fails once or is interrupted, and every transfer
# moves fewer bytes than it was asked for: what was to be made is whole or not there, one sentence
# says why, the exit code is one of the README's, and nothing is left over but what the next run removes.
# Usage: [FAULTS=all] BUILD=build tests/faults.sh; without "all", a part of it that takes two minutes.
[ ! -d /dev/shm ] || [ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "${0%/*}/cmd/lib.sh"
all=${FAULTS:-}
fixture kinds four-objects
certificate
serve_remembering
plain=http://localhost:$port/kinds.git address=$url/kinds.git
serve_remembering --tls "$cert" "$key"
secure=https://localhost:$port/four-objects.git
work=$tmp/work log=$tmp/run.log runs=0 whole=0 tidied=0
mkdir "$work"
for library in bare short; do
	preload $library ||
		not_ok "$library.c"
done

# What each command makes when nothing is wrong. Only the index knows when that was.
command_of() {
	case $1 in
	clone) set -- clone -q --threads 1 "$address" "$work/t" ;;
	bare) set -- clone -q --threads 1 --bare "$address" "$work/t" ;;
	into) set -- clone -q --threads 1 "$address" "$work/t" ;;
	threads) set -- clone -q --threads 3 "$plain" "$work/t" ;;
	export) set -- export -q --threads 1 "$address" "$work/t" ;;
	list) set -- ls-remote "$address" ;;
	named) set -- ls-remote "$plain" ;;
	secure) set -- ls-remote --cacert "$cert" "$secure" ;;
	esac
	command=$*
}
anew() {
	rm -rf "$work" && mkdir "$work"
	[ "$what" != into ] || mkdir "$work/t"
}

# tidy: what could not be removed, because that was the call that failed, is recognised by the next
# run, which removes it.
tidy() {
	left=$(cd "$work" && find . -name '*smidgit-*' -prune)
	[ -n "$left" ] || return 0
	tidied=$((tidied + 1))
	case $what in
	into) find "$work/t" -mindepth 1 -maxdepth 1 ! -name '*smidgit-*' -exec rm -rf {} + ;;
	*) rm -rf "$work/t" ;;
	esac
	"$SMIDGIT" $command >"$tmp/diff" 2>&1 && left=$(cd "$work" && find . -name '*smidgit-*') && [ -z "$left" ]
}

# When a probe of the file system fails, links or executable bits count as missing: git must agree.
is_whole() {
	whole=$((whole + 1))
	if diff -r -x index -x '*smidgit-*' -I 'clone: from ' --no-dereference "$tmp/whole.$what" "$work/t" \
		>"$tmp/diff" 2>&1; then
		{ [ -z "$all" ] && [ $((whole % 16)) -ne 0 ]; } && return 0
	elif ! grep -q -e 'symlinks = false' -e 'filemode = false' "$work/t/.git/config" "$work/t/config" 2>/dev/null; then
		[ "$what" = export ] && ! grep -v ' is a symbolic link while ' "$tmp/diff"
		return
	fi
	[ ! -d "$work/t/.git" ] ||
		case $(git -C "$work/t" status --porcelain 2>&1) in '' | '?? .git.smidgit-'*) ;; *) return 1 ;; esac
}

# judge STATUS CODES: all is there, or the exit is one of CODES, with a sentence, and nothing is there.
# The last call of all makes the new name durable: when it fails, the sentence says what there is.
judge() {
	left=
	: >"$tmp/diff"
	case $1:$what in
	0:named | 0:list | 0:secure)
		cmp "$tmp/whole.$what" "$tmp/out" >"$tmp/diff" 2>&1
		return
		;;
	0:*)
		is_whole && tidy
		return
		;;
	esac
	# glibc 2.36 ends the program itself when its probe of addresses cannot take a connect() back.
	if [ "$1" -eq 134 ] && grep -q 'getaddrinfo: Assertion' "$tmp/said"; then tidy; return; fi
	case " $2 " in *" $1 "*) ;; *) return 1 ;; esac
	sentences=0 complete=
	while read -r line; do
		case $line in 'fatal: '*) sentences=$((sentences + 1)) ;; esac
		case $line in *': it is there and complete, '*) complete=yes ;; esac
	done <"$tmp/said"
	[ $sentences -eq 1 ] || return 1
	if [ -n "$complete" ]; then
		is_whole && tidy
		return
	fi
	left=$(cd "$work" && find . ! -name . ! -path '*smidgit-*')
	case $what:$left in *: | into:./t) tidy ;; *) return 1 ;; esac
}

# show NAME STATUS: what went wrong.
show() {
	failed=$((failed + 1))
	printf 'failed: %s: exit %s%s\n' "$1" "$2" "${left:+, left: $(printf %.200s "$left")}"
	sed 's/^/  /' "$tmp/said" "$tmp/diff" 2>/dev/null | head -n 8
}

undisturbed() {
	what=$1
	command_of "$what"
	anew
	"$SMIDGIT" $command >"$tmp/out" 2>"$tmp/said" </dev/null || show "$what: undisturbed" $?
	if [ -d "$work/t" ]; then
		rm -rf "$tmp/whole.$what" && mv "$work/t" "$tmp/whole.$what"
	else
		cp "$tmp/out" "$tmp/whole.$what"
	fi
}

# --- allocations: of the program and its libraries, those of the C library included
# allocations WHAT FIRST STEP: the first FIRST allocations, then each STEPth, fail one by one.
allocations() {
	undisturbed "$1"
	BARE_COUNT=$tmp/count LD_PRELOAD=$tmp/bare.so "$SMIDGIT" $command >"$tmp/out" 2>&1 </dev/null
	read -r count <"$tmp/count"
	n=1 before=$failed first=$runs
	# How many a handshake takes differs from run to run.
	while [ $n -le $((count + 20)) ]; do
		anew
		BARE_FAIL=$n LD_PRELOAD=$tmp/bare.so timeout 20 "$SMIDGIT" $command >"$tmp/out" 2>"$tmp/said" </dev/null
		status=$?
		runs=$((runs + 1))
		if judge $status 9; then ok; else show "$what: allocation $n of $count" $status; fi
		if [ $n -lt "$2" ] || [ $n -ge $((count - 20)) ]; then n=$((n + 1)); else n=$((n + $3)); fi
	done
	echo "$what: $count allocations, $((runs - first)) runs, $((failed - before)) failed"
}

# --- transfers: nothing but short ones
short() {
	undisturbed "$1"
	for most in 1 7 4095; do
		anew
		SHORT=$most LD_PRELOAD=$tmp/short.so timeout 60 "$SMIDGIT" $command >"$tmp/out" 2>"$tmp/said" </dev/null
		status=$?
		runs=$((runs + 1))
		if judge $status ''; then ok; else show "$what: at most $most bytes a call" $status; fi
	done
}

# --- system calls
# How each call can fail; the first is tried always, the others with "all".
errors_of() {
	case $1 in
	write | pwrite64) echo ENOSPC EIO EINTR ;;
	read | pread64) echo EIO EINTR ;;
	openat) echo EIO EMFILE ENOSPC EINTR EACCES ENOMEM ;;
	fsync | syncfs) echo EIO ENOSPC EINTR ;;
	connect | poll) echo EINTR ENOMEM ;;
	sendto | recvfrom) echo EINTR ECONNRESET EAGAIN ;;
	mmap) echo ENOMEM ;;
	clone3 | clone) echo EAGAIN ;;
	getrandom) echo EINTR EAGAIN ENOSYS ;;
	mkdirat | renameat | symlinkat) echo EIO ENOSPC ;;
	socket) echo EMFILE EAFNOSUPPORT ;;
	*) echo EIO ;;
	esac
}

# What the loader does, what cannot fail, and what nobody can do anything about. A brk that fails says
# so with an address, which strace does not know.
passed_over() {
	case $1 in
	execve | exit | exit_group | rt_sig* | rseq | set_* | arch_prctl | munmap | mprotect | madvise | getpid | \
		gettid | brk | futex | sched_* | restart_syscall | tgkill | uname | access) return 0 ;;
	esac
	return 1
}

# calls FILE: how often each system call is in a trace.
calls() {
	sed -n 's/^[0-9]* *\([a-z_0-9]*\)(.*/\1/p' "$1" | sort | uniq -c
}

# system_calls WHAT [CALLS]: each system call of the command, or only these, fails.
system_calls() {
	only=${2:-}
	undisturbed "$1"
	first=$runs before=$failed
	anew
	strace -f -o "$tmp/trace" "$SMIDGIT" $command >"$tmp/out" 2>&1 </dev/null
	calls "$tmp/trace" >"$tmp/calls"
	while read -r count call <&3; do
		passed_over "$call" && continue
		case ${only:-" $call "} in *" $call "*) ;; *) continue ;; esac
		begin=$(awk -v call="$call" '$2 == call { print $1 }' "$tmp/loader")
		for error in $(errors_of "$call"); do
			n=${begin:-0}
			while n=$((n + 1)) && [ $n -le $((count + 3)) ]; do
				anew
						timeout 20 strace -f --seccomp-bpf -o "$tmp/trace" -e trace="$call" \
					-e inject="$call:error=$error:when=$n" "$SMIDGIT" $command \
					>"$tmp/out" 2>"$tmp/said" </dev/null
				status=$?
				runs=$((runs + 1))
				if judge $status '3 4 7 8 9'; then ok; else
					show "$what: $call $n of $count, $error" $status
					grep INJECTED "$tmp/trace"
				fi
				grep -q INJECTED "$tmp/trace" || break
			done
			[ -n "$all" ] || break
		done
	done 3<"$tmp/calls"
	echo "$what: $((runs - first)) runs with a failing system call, $((failed - before)) failed"
}

export LC_ALL=C
if [ -n "$all" ]; then
	for what in named clone threads export; do allocations $what 0 1; done
	allocations secure 60 11
else
	for what in named threads export; do allocations $what 0 1; done
	allocations secure 60 397
fi
for what in clone export named secure; do short $what; done
if strace -o /dev/null -e inject=write:error=EIO:when=1 true 2>/dev/null; then
	strace -f -o "$tmp/trace" "$SMIDGIT" version >/dev/null
	calls "$tmp/trace" | grep -v ' write$' >"$tmp/loader"
	if [ -n "$all" ]; then
		for what in clone into bare export threads list secure; do system_calls $what; done
	else
		for what in clone list; do system_calls $what; done
		for what in into export; do system_calls $what ' fsync getdents64 newfstatat renameat unlinkat '; done
	fi
else
	echo 'left out: failing system calls; strace is missing or may not trace'
fi
echo "$runs runs; $tidied left something that the next run removed"
finish
