/* SPDX-License-Identifier: MIT */
/* All of the options in one list: there are not many. */
#include "cmd/options.h"

enum { HELP_COLUMN = 27 };

/* "  -b, --branch NAME        check out this branch, tag or object id" */
void options_help(const struct option *table, FILE *out)
{
    for (const struct option *row = table; row;) {
        if (row->kind == OPTION_REST) {
            row = row->rest;
            continue;
        }
        if (row->help) {
            int used = fprintf(out, "  ");
            if (row->letter)
                used += fprintf(out, row->name ? "-%c, " : "-%c", row->letter);
            if (row->name)
                used += fprintf(out, "--%s", row->name);
            if (row->word)
                used += fprintf(out, row->kind == OPTION_OPTIONAL ? "[=%s]" : " %s", row->word);
            fprintf(out, "%*s%s\n", HELP_COLUMN - used, "", row->help);
        }
        row++;
    }
}
