/* SPDX-License-Identifier: MIT */
/* .git/packed-refs of any content: what is given out has names that a reference may have. */
#include "proto/refs.h"
#include "repo/refdb.h"

#include <stdlib.h>
#include <string.h>

static int use(void *context, const struct refdb_entry *entry)
{
    size_t *count = context;
    if (!refs_name_valid(entry->name, strlen(entry->name), false) || entry->oid->len == 0)
        abort();
    ++*count;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault fault;
    size_t count = 0;
    char *copy = malloc(size + !size);
    if (copy == NULL)
        return 0;
    if (size > 0)
        memcpy(copy, data, size);
    fault_clear(&fault);
    int rc = refdb_read_packed(copy, size, use, &count, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        abort();
    free(copy);
    return 0;
}
