# SPDX-License-Identifier: MIT
# Does an old SSE instruction run while the upper half of a YMM register is in use?
#
#     objdump -d --no-show-raw-insn PROGRAM | awk -f tests/upper_halves.awk
#
# prints each place where one can, then how many instructions it has seen of either kind; exits 1
# when there is such a place, 2 when the input is no listing. Since 2021 Intel's CPUs take some 150
# cycles for each of these instructions (LLVM issue 142368).
#
# An instruction that names a YMM or ZMM register makes the upper halves dirty, vzeroupper and
# vzeroall clean them. Whatever follows, straight on or by a jump, inherits that. A function is
# entered clean and has to leave clean: a call, a return or a jump through a register or a table is
# a fault while they are dirty, so that no names of functions are needed, and a stripped program
# can be judged. The dynamic loader's own trampolines, which save registers, are not in the program.

/^ *[0-9a-f]+:\t/ {
	split($0, part, "\t")
	at = part[1]
	gsub(/[ :]/, "", at)
	text = part[2]
	sub(/^(notrack|bnd|rep|repz|repnz|lock|cs|ds|data16|rex(\.[WRXB]+)?) +/, "", text)
	split(text, word, /[ ]+/)
	count++
	where[count] = at
	place[at] = count
	line[count] = text
	goes[count] = word[1] ~ /^(j|loop)/ && word[2] ~ /^[0-9a-f]+$/ ? word[2] : ""
	if (word[1] ~ /^vzero(upper|all)$/)
		kind[count] = "clean"
	else if (text ~ /%[yz]mm[0-9]/)
		kind[count] = "dirty"
	else if (word[1] !~ /^v/ && text ~ /%xmm[0-9]/)
		kind[count] = "old"
	else if (word[1] ~ /^(call|ret|syscall|iret)/ || text ~ /^jmp[qw]? +\*/)
		kind[count] = "leaves"
	else
		kind[count] = ""
	if (kind[count] == "dirty")
		wides++
	if (kind[count] == "old")
		olds++
	# What stands behind these is not reached from them.
	ends[count] = word[1] ~ /^(jmp|ret|ud2|hlt)/
	next
}

END {
	if (!count) {
		print "no listing of instructions"
		exit 2
	}
	for (i = 1; i <= count; i++)
		if (kind[i] == "dirty")
			todo[++top] = i
	while (top > 0) {
		i = todo[top--]
		if (done[i]++)
			continue
		if (!ends[i])
			spread(i + 1)
		if (goes[i] != "" && (goes[i] in place))
			spread(place[goes[i]])
	}
	printf "%d wide, %d old, %d faults\n", wides, olds, faults
	exit faults > 0
}

# Instruction I is reached with dirty halves.
function spread(i)
{
	if (i > count || reached[i]++)
		return
	if (kind[i] == "old" || kind[i] == "leaves") {
		faults++
		print where[i] ": " line[i] ": the upper halves are in use"
	}
	if (kind[i] != "clean")
		todo[++top] = i
}
