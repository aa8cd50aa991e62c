# SPDX-License-Identifier: MIT
# The tail of one row (want).
END {
	printf "last byte until exit: smidgit %.3f s, %.1f%% of the whole; git %.3f s, %.1f%%\n",
		tail("seconds", want, "smidgit"), tail("share", want, "smidgit"), tail("seconds", want, "git"), tail("share", want, "git")
}
