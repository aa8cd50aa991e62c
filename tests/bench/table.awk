# SPDX-License-Identifier: MIT
# The lines of one row (want): each client's medians, and its ratio to git.
END {
	printf "%-26s %8s %5s %9s %5s %9s %5s\n", "", "wall, s", "", "CPU, s", "", "peak, MB", ""
	count = split(substr(order[want], 2), clients, " ")
	for (n = 1; n <= count; n++) {
		client = clients[n]
		printf "%-26s", name[client]
		for (c = 1; c <= 3; c++) {
			printf c == 3 ? " %9.1f" : c == 2 ? " %9.3f" : " %8.3f", typical(want, client, c) / (c == 3 ? 976.5625 : 1)
			printf client == "git" ? "      " : " %5.2f", ratio(want, client, "git", c)
		}
		print ""
	}
	if ((want, "server") in rounds && (want, "smidgit") in rounds)
		printf "the server alone takes %.0f%% of smidgit's wall time; TLS, HTTP and side-band %.0f%% of its CPU\n",
			100 / ratio(want, "smidgit", "server", 1), 100 / ratio(want, "smidgit", "server", 2)
}
