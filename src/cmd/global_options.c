/* SPDX-License-Identifier: MIT */
#include "cmd/global_options.h"

#include "proto/bytes.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COUNT_MAX = 10000 };

int global_setting(const char *name, const char *value, struct fault *fault)
{
    char key[64], number[64], total[32];
    uint64_t count = 0;
    const char *before = getenv("GIT_CONFIG_COUNT");
    if (before && *before && bytes_decimal(before, strlen(before), &count) < 0)
        return fault_set(fault, FAULT_USAGE, "GIT_CONFIG_COUNT is no number");
    if (count >= COUNT_MAX)
        return fault_set(fault, FAULT_USAGE, "over %d settings", COUNT_MAX);
    snprintf(key, sizeof key, "GIT_CONFIG_KEY_%u", (unsigned)count);
    snprintf(number, sizeof number, "GIT_CONFIG_VALUE_%u", (unsigned)count);
    snprintf(total, sizeof total, "%u", (unsigned)count + 1);
    return setenv(key, name, 1) < 0 || setenv(number, value, 1) < 0 ||
                   setenv("GIT_CONFIG_COUNT", total, 1) < 0
               ? fault_set(fault, FAULT_LIMIT, "no memory for a setting")
               : 0;
}

/* "NAME" alone means true. */
static int add_setting(char *text, struct fault *fault)
{
    char *equals = strchr(text, '=');
    if (equals)
        *equals = '\0';
    int rc = global_setting(text, equals ? equals + 1 : "true", fault);
    if (equals)
        *equals = '=';
    return rc;
}

int global_options(int argc, char **argv, struct fault *fault)
{
    int at = 1;
    while (at < argc && (strcmp(argv[at], "-C") == 0 || strcmp(argv[at], "-c") == 0)) {
        if (at + 1 == argc)
            return fault_set(fault, FAULT_USAGE, "option '%s' needs a value", argv[at]);
        if (argv[at][1] == 'c' && add_setting(argv[at + 1], fault) < 0)
            return -1;
        if (argv[at][1] == 'C' && argv[at + 1][0] && chdir(argv[at + 1]) < 0)
            return fault_set(fault, FAULT_LOCAL, "cannot change to '%.400s': %s", argv[at + 1],
                             strerror(errno));
        at += 2;
    }
    return at - 1;
}
