# SPDX-License-Identifier: MIT
# No old SSE instruction runs while the upper halves of vector registers are in use (upper_halves.awk),
# in the program under test and in what each compiler makes of the hashes: linked, because objects
# made for optimisation across files hold no code. With UPPER_HALVES=all every compiler and level is
# tried (make lint does), else the one where all that is usually inlined is a call.
. "${0%/*}/lib.sh"

case $(uname -m) in
x86_64) ;;
*)
	echo "left out: upper_halves.sh, only x86-64 has these instructions"
	ok
	finish
	;;
esac

# judged PROGRAM: $wide and $old are how many instructions of either kind it holds.
judged() {
	objdump -d --no-show-raw-insn "$1" | awk -f tests/upper_halves.awk >"$tmp/judged"
	judged_status=$?
	cat "$tmp/judged"
	return $judged_status
}

# The judge finds what it is there for, also behind a jump and a call, and takes what is right.
planted() {
	printf '.globl _start\n_start:\n%s\n' "$1" >"$tmp/planted.s"
	gcc -nostdlib -static -o "$tmp/planted" "$tmp/planted.s" && judged "$tmp/planted"
}
planted_fault() {
	check_fails 1 "the judge finds: $1" planted "$1"
	said 'the upper halves are in use'
}
planted_fault 'vpxor %ymm0,%ymm0,%ymm0; sha1nexte %xmm1,%xmm2; vzeroupper; ret'
planted_fault 'jmp 2f; 1: pxor %xmm1,%xmm1; vzeroupper; ret; 2: vpxor %ymm0,%ymm0,%ymm0; jmp 1b'
planted_fault 'vpxor %ymm0,%ymm0,%ymm0; ret'
planted_fault 'vpxor %ymm0,%ymm0,%ymm0; call _start; vzeroupper; ret'
planted_fault 'vpxor %ymm0,%ymm0,%ymm0; jmp *%rax'
check 'the judge takes what is right' planted \
	'vpxor %ymm0,%ymm0,%ymm0; vpxor %xmm1,%xmm1,%xmm1; vzeroupper; sha1nexte %xmm1,%xmm2; ret'

case ${SANITIZE:-} in
'') check "$SMIDGIT" judged "$SMIDGIT" ;;
esac

flags='-std=c11 -I. -Isrc -D_POSIX_C_SOURCE=200809L'
build_and_judge() {
	compiler=$1
	shift
	# shellcheck disable=SC2086
	$compiler $flags "$@" -o "$tmp/hashes" proto/sha*.c proto/oid.c proto/fault.c proto/bytes.c \
		src/system/cpu.c tests/unit/t_hash.c -lmbedcrypto && judged "$tmp/hashes"
}
compilers=gcc levels=-O0 modes=-fno-lto
case ${UPPER_HALVES:-} in
all) compilers='gcc clang' levels='-O0 -O1 -O2 -O3 -Os' modes='-fno-lto -flto' ;;
esac
for compiler in $compilers; do
	for level in $levels; do
		for mode in $modes; do
			check "$compiler $level $mode" build_and_judge "$compiler" "$level" "$mode"
			check "$compiler $level $mode has both kinds" grep -E '^[1-9][0-9]+ wide, [1-9][0-9]+ old' "$tmp/judged"
		done
	done
done
finish
