/* SPDX-License-Identifier: MIT */
#include "remote/netrc.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct netrc_entry entry = {0};
    struct fault fault;
    fault_clear(&fault);
    struct netrc_query query = {"h", size & 1 ? "u" : NULL, size & 2};
    int rc = netrc_find((const char *)data, size, &query, &entry, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        __builtin_trap();
    if (rc == 1 && strlen(entry.user) + strlen(entry.password) > size)
        __builtin_trap();
    return 0;
}
