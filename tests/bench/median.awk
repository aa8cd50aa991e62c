# SPDX-License-Identifier: MIT
# The lines that rounds.sh writes, and medians of them.
BEGIN { FS = "|" }
function median(list, count, i, j, swap) {
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && list[j - 1] > list[j]; j--) { swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap }
	return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
}
$1 == "row" { split($3, size, " "); objects[$2] = size[1]; pack[$2] = size[2]; bytes[$2] = size[3] }
$1 == "run" {
	split($6, one, " ")
	for (c = 1; c <= 3; c++) figure[$2, $3, $4, c] = one[c] + 0
	if (!(($2, $3) in rounds)) { order[$2] = order[$2] " " $3; name[$3] = $5 }
	rounds[$2, $3] = $4 > rounds[$2, $3] ? $4 : rounds[$2, $3]
}
$1 == "tail" {
	split($4, one, " ")
	n = ++tails[$2, $3]
	tail_seconds[$2, $3, n] = one[4] - $5
	tail_share[$2, $3, n] = one[1] > 0 ? 100 * (one[4] - $5) / one[1] : 100
}
# Column 1 wall, 2 CPU, 3 memory: the median of one client.
function typical(row, client, column, list, r) {
	for (r = 1; r <= rounds[row, client]; r++) list[r] = figure[row, client, r, column]
	return median(list, r - 1)
}
# The median of what the rounds give for one client against another.
function ratio(row, client, other, column, list, r) {
	for (r = 1; r <= rounds[row, client]; r++)
		list[r] = figure[row, other, r, column] > 0 ? figure[row, client, r, column] / figure[row, other, r, column] : 1
	return median(list, r - 1)
}
function tail(what, row, client, list, r) {
	for (r = 1; r <= tails[row, client]; r++) list[r] = what == "share" ? tail_share[row, client, r] : tail_seconds[row, client, r]
	return median(list, r - 1)
}
