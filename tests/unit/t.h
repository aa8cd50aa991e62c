/* SPDX-License-Identifier: MIT */
/* The whole test framework: CHECK counts, T_DONE prints "N passed, N failed". */
#ifndef SMIDGIT_T_H
#define SMIDGIT_T_H

#include <stdio.h>
#include <string.h>

static int t_passed, t_failed;

/* Counts one check; a failure shows where, and a formatted note of what was got. */
#define CHECK(condition, ...)                                              \
    do {                                                                   \
        if (condition) {                                                   \
            t_passed++;                                                    \
        } else {                                                           \
            t_failed++;                                                    \
            printf("%s:%d: failed: %s: ", __FILE__, __LINE__, #condition); \
            printf(__VA_ARGS__);                                           \
            putchar('\n');                                                 \
        }                                                                  \
    } while (0)

#define CHECK_TEXT(got, want) \
    CHECK(strcmp((got), (want)) == 0, "got \"%s\", expected \"%s\"", (got), (want))

/* The last statement of main(). */
#define T_DONE() (printf("%d passed, %d failed\n", t_passed, t_failed), t_failed ? 1 : 0)

#endif
