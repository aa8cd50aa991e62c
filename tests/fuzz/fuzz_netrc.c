/* SPDX-License-Identifier: MIT */
#include "netrc.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct netrc_entry entry = {0};
    struct fault fault;
    fault_clear(&fault);
    int rc = netrc_find((const char *)data, size, "h", size & 1 ? "u" : NULL, &entry, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        __builtin_trap();
    if (rc == 1 && strlen(entry.user) + strlen(entry.password) > size)
        __builtin_trap();
    return 0;
}
