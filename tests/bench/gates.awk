# SPDX-License-Identifier: MIT
# Cost by size, then what is wanted, reached or not.
function scaling(n, row, cpu) {
	print "\nCost of smidgit in CPU, full clones without checkout"
	for (n = 1; n <= 4; n++) {
		row = "full clone " sizes[n] ", -n"
		if (!(row in objects)) continue
		cpu = typical(row, "smidgit", 2)
		each[sizes[n]] = cpu / objects[row]
		printf "%7d objects: %6.2f us an object, %5.2f ns a byte of object, %6.1f ns a byte of pack\n", objects[row],
			1e6 * cpu / objects[row], 1e9 * cpu / bytes[row], 1e9 * cpu / pack[row]
		largest = sizes[n]
	}
}
function judge(what, is, most) {
	printf "%-12s %-58s %6.2f, wanted at most %.2f\n", is <= most ? "reached" : "NOT reached", what, is, most
}
function gate(row, client, wall, cpu, memory) {
	if (!((row, client) in rounds)) return
	if (wall) judge(row ", " name[client] ": wall", ratio(row, client, "git", 1), wall)
	judge(row ", " name[client] ": CPU", ratio(row, client, "git", 2), cpu)
	judge(row ", " name[client] ": memory", ratio(row, client, "git", 3), memory)
}
END {
	split("1k 10k 100k 400k", sizes, " ")
	scaling()
	print "\nWhat is wanted (ratio to git in the same round, unless it says otherwise)"
	for (n = 3; n <= 4; n++) {
		gate("full clone " sizes[n] ", -n", "smidgit", .45, .44, .30)
		gate("full clone " sizes[n] ", -n", "libdeflate", .41, .40, .30)
		if (("full clone " sizes[n] ", -n", "smidgit") in tails)
			judge("full clone " sizes[n] ", -n: tail in percent", tail("share", "full clone " sizes[n] ", -n", "smidgit"), 8)
	}
	gate("full clone 400k, -n", "static", .50, .50, .26)
	for (n = 2; n <= 4; n++) {
		depth = "depth 1 of " sizes[n]
		if (!((depth, "smidgit") in rounds)) continue
		judge(depth ", smidgit: wall against the server alone", ratio(depth, "smidgit", "server", 1), 1.10)
		gate(depth, "smidgit", 0, .55, .35)
	}
	gate("20,000 files", "smidgit", .60, .60, .35)
	gate("full clone 10k, -n", "smidgit", .40, .40, .35)
	gate("1,000 objects", "smidgit", .45, .30, .25)
	gate("ls-remote", "smidgit", .60, .40, .25)
	judge("cost of an object, " largest " against 10k", each[largest] / each["10k"], 1.3)
}
