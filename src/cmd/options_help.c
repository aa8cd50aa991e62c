/* SPDX-License-Identifier: MIT */
/* What `smidgit help COMMAND` says of the options: its own and the usual ones, then the rest. */
#include "cmd/options.h"

#include <string.h>

enum { HELP_COLUMN = 27, WIDTH = 80 };

/* Of those that commands share, the usual ones. */
static const char usual[] =
    " json quiet verbose progress user cacert trace prune tags no-tags all force"
    " dry-run depth unshallow ";

/* A value for the options whose help has none. */
static const char examples[] =
    "\nbranch v1.2\ndepth 1\ndeepen 50\norigin upstream\ninitial-branch main\nmax-count 10"
    "\npath docs\nexpect ls-remote shows it\nif-changed ls-remote shows it\nmax-unpacked 2g"
    "\nthreads 2\ncacert ca.pem\ncert me.pem\ndate @1700000000\nuser alice\npassword-fd 3 3<token"
    "\nresolve git.example.org:443:192.0.2.7\n";

/* What follows NAME where it stands between BEFORE and AFTER in TEXT; NULL: it does not. */
static const char *find(const char *text, const char *name, char before, char after)
{
    size_t length = strlen(name);
    for (const char *at = text; (at = strstr(at, name)) != NULL; at++)
        if (at > text && at[-1] == before && at[length] == after)
            return at + length + 1;
    return NULL;
}

/* "  -b, --branch NAME        check out this branch, tag or object id, like v1.2" */
static void show(const struct option *row, FILE *out)
{
    const char *like = row->name && row->word ? find(examples, row->name, '\n', ' ') : NULL;
    int length = like ? (int)strcspn(like, "\n") : 0, used = fprintf(out, "  ");
    if (row->letter)
        used += fprintf(out, row->name ? "-%c, " : "-%c", row->letter);
    if (row->name)
        used += fprintf(out, "--%s", row->name);
    if (row->word)
        used += fprintf(out, row->kind == OPTION_OPTIONAL ? "[=%s]" : " %s", row->word);
    used += fprintf(out, " %*s%s", used < HELP_COLUMN ? HELP_COLUMN - 1 - used : 0, "", row->help);
    if (like && used + length + 7 > WIDTH)
        fprintf(out, "\n%*slike %.*s", HELP_COLUMN, "", length, like);
    else if (like)
        fprintf(out, ", like %.*s", length, like);
    putc('\n', out);
}

/* The rows of TABLE that are OFTEN needed, or those that are not; BEFORE them, if it is not NULL.
 */
static void list(const struct option *table, bool often, const char *before, FILE *out)
{
    bool own = true;
    for (const struct option *row = table; row;) {
        if (row->kind == OPTION_REST) {
            own = false;
            row = row->rest;
            continue;
        }
        if (row->help && often == (own || (row->name && find(usual, row->name, ' ', ' ')))) {
            if (before)
                fputs(before, out);
            before = NULL;
            show(row, out);
        }
        row++;
    }
}

void options_help(const struct option *table, FILE *out)
{
    list(table, true, NULL, out);
    list(table, false, "\nseldom needed:\n", out);
}
