/* SPDX-License-Identifier: MIT */
/* Command lines, spelled as git spells them: a table says what there is, where its value goes, and
 * what the help says of it. */
#ifndef SMIDGIT_OPTIONS_H
#define SMIDGIT_OPTIONS_H

#include "proto/fault.h"
#include "system/list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_kind {
    OPTION_FLAG,     /* bool: true */
    OPTION_TEXT,     /* const char *: the value */
    OPTION_OPTIONAL, /* const char *: "" or the value after '=' */
    OPTION_NUMBER,   /* unsigned long: decimal, at least 1 */
    OPTION_LIST,     /* struct list: one value more */
    OPTION_FD,       /* int: a file descriptor, from 0 */
    OPTION_SIZE,     /* uint64_t: bytes, with k, m or g (KiB, MiB, GiB) */
    OPTION_SECONDS,  /* unsigned: milliseconds; the value is in seconds, "0.1" is 100 ms */
    OPTION_REST      /* no option but a table's last row: `rest` goes on with a struct that stands
                        inside this table's, or is NULL */
};

struct option {
    const char *name; /* without dashes; NULL: none; "": "--" itself, an OPTION_NUMBER that says
                         how many arguments stand before it, and 1 */
    char letter;      /* 0: none */
    enum option_kind kind : 8;
    unsigned offset; /* of the value in the table's struct */
    union {
        const char *word; /* what stands for the value: "NAME", "SIZE"; NULL: it takes none */
        const struct option *rest;
    };
    const char *help; /* NULL: not listed; another one's says it */
};

/* Parses ARGV[1..ARGC) by TABLE into SELF, its struct. What is no option is moved to the front of
 * ARGV[1..], *REST says how many; "--" ends options. FAULT_USAGE with the option's name. *HELP is
 * set by -h and --help. 0 or -1. */
int options_parse(int argc, char **argv, const struct option *table, void *self, int *rest,
                  bool *help, struct fault *fault);

/* The place in SELF of what option NAME of TABLE says; NULL when it has none of that name. */
void *options_place(const struct option *table, void *self, const char *name);

/* Writes a line for every row of TABLE that has one. */
void options_help(const struct option *table, FILE *out);

#endif
