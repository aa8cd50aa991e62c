/* SPDX-License-Identifier: MIT */
/* Command lines, spelled as git spells them: a table says what there is. */
#ifndef SMIDGIT_OPTIONS_H
#define SMIDGIT_OPTIONS_H

#include "proto/fault.h"

#include "system/list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind {
    OPTION_FLAG,     /* bool: true */
    OPTION_UNFLAG,   /* bool: false */
    OPTION_TEXT,     /* const char *: the value */
    OPTION_OPTIONAL, /* const char *: "" or the value after '=' */
    OPTION_NUMBER,   /* unsigned long: decimal, at least 1 */
    OPTION_LIST,     /* struct list: one value more */
    OPTION_FD,       /* int: a file descriptor, from 0 */
    OPTION_SIZE,     /* uint64_t: bytes, with k, m or g (KiB, MiB, GiB) */
    OPTION_SECONDS   /* unsigned: milliseconds; the value is in seconds, "0.1" is 100 ms */
};

struct option {
    char letter;      /* 0: none */
    const char *name; /* without dashes; NULL: none */
    enum option_kind kind;
    void *value;
};

/* Parses ARGV[1..ARGC) by TABLE (ends with a row without letter and name). What is no option is
 * moved to the front of ARGV[1..], *REST says how many; "--" ends options. FAULT_USAGE with the
 * option's name. *HELP is set by -h and --help. 0 or -1. */
int options_parse(int argc, char **argv, const struct option *table, int *rest, bool *help,
                  struct fault *fault);

#endif
