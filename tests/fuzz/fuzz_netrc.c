/* SPDX-License-Identifier: MIT */
#include "remote/netrc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct netrc_entry entry = {0};
    struct fault fault;
    fault_clear(&fault);
    struct netrc_query query = {"h", size & 1 ? "u" : NULL, size & 2};
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    int rc = netrc_find(text, size, &query, &entry, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        __builtin_trap();
    if (rc == 1 &&
        (entry.user ? strlen(entry.user) : 0) + (entry.password ? strlen(entry.password) : 0) >
            size)
        __builtin_trap();
    free(text);
    return 0;
}
