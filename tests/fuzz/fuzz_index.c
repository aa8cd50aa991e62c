/* SPDX-License-Identifier: MIT */
/* .git/index of any content. The hash behind it is made to fit, so that the rest is reached. */
#include "worktree/index.h"

#include <stdlib.h>
#include <string.h>

static int use(void *context, const struct index_entry *entry)
{
    size_t *total = context;
    for (size_t i = 0; i < entry->path_len; i++)
        *total += (unsigned char)entry->path[i];
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault fault;
    union hash hash;
    struct oid oid;
    size_t total = 0;
    unsigned char *copy = malloc(size + 1);
    if (copy == NULL)
        return 0;
    if (size > 0)
        memcpy(copy, data, size);
    if (size >= 20) {
        hash_sha1.begin(&hash);
        hash_sha1.add(&hash, copy, size - 20);
        hash_sha1.end(&hash, &oid);
        memcpy(copy + size - 20, oid.id, 20);
    }
    fault_clear(&fault);
    int rc = index_read(copy, size, &hash_sha1, use, &total, NULL, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        abort();
    free(copy);
    return 0;
}
