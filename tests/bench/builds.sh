# SPDX-License-Identifier: MIT
# Sourced: the programs that are compared. builds makes them; what cannot be made is left out of the
# table, and the reason is printed.
build_note=$tmp/builds

# build NAME COMMAND...: 0 when it worked; its output is shown when not.
build() {
	built=$1
	shift
	if "$@" >"$tmp/build.log" 2>&1; then return 0; fi
	echo "$built: not built: $(grep -m 1 -iE 'error|No (such|rule)|cannot' "$tmp/build.log")" >>"$build_note"
	return 1
}

builds() {
	cc=${CC:-cc}
	: >"$build_note"
	programs=$work/programs
	mkdir -p "$programs"
	check 'timed' "$cc" -O2 -o "$programs/timed" tests/bench/timed.c
	check 'lastbyte' "$cc" -O2 -shared -fPIC -o "$programs/lastbyte.so" tests/bench/lastbyte.c
	check 'line' "$cc" -O2 -o "$programs/line" tests/bench/line.c
	check drain "$cc" -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -I. -Isrc -o "$programs/drain" tests/bench/drain.c \
		"$BUILD/libsmidgit.a" -lmbedtls -lmbedx509 -lmbedcrypto -lz -pthread
	static=$PWD/smidgit-static portable=$PWD/build-portable/smidgit libdeflate=$PWD/build-libdeflate/smidgit
	build 'smidgit-static' make static || static=
	[ -z "$quick" ] || return 0
	build 'portable' make CPU=portable BUILD=build-portable OUT=build-portable/smidgit || portable=
	build 'libdeflate' make INFLATE=libdeflate BUILD=build-libdeflate OUT=build-libdeflate/smidgit || libdeflate=
	libgit2=$programs/libgit2
	build 'libgit2' "$cc" -O2 -o "$libgit2" tests/bench/libgit2.c -lgit2 || libgit2=
}

# called CLIENT: what the table calls it, with its build.
called() {
	case $1 in
	git) git --version | sed 's/version //' ;;
	server) echo 'the server alone' ;;
	smidgit) echo 'smidgit' ;;
	static) echo 'smidgit-static' ;;
	portable) echo 'CPU=portable --threads 1' ;;
	memory) echo 'smidgit --mem 24M' ;;
	libdeflate) echo 'INFLATE=libdeflate' ;;
	libgit2) "$libgit2" --version ;;
	esac
}

# program CLIENT: its program and options in $program and $extra; 1 when it is not here.
program() {
	extra=
	case $1 in
	git) program=git ;;
	server) program=$programs/drain ;;
	smidgit) program=$SMIDGIT ;;
	static) program=$static ;;
	portable) program=$portable extra='--threads 1' ;;
	memory) program=$SMIDGIT extra='--mem 24M' ;;
	libdeflate) program=$libdeflate ;;
	libgit2) program=$libgit2 ;;
	esac
	[ "$program" ]
}
