/* SPDX-License-Identifier: MIT */
/* The index's extension TREE of any content. */
#include "worktree/tree_cache.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault fault;
    struct tree_cache cache;
    unsigned char *copy = malloc(size + 1);
    if (copy == NULL)
        return 0;
    if (size > 0)
        memcpy(copy, data, size);
    fault_clear(&fault);
    if (tree_cache_read(&cache, copy, size, OID_SHA1, &fault) < 0)
        abort();
    for (size_t i = 0; i < cache.count; i++) {
        const struct cached_tree *found = tree_cache_find(&cache, cache.trees[i].path);
        if (found == NULL || strcmp(found->path, cache.trees[i].path) != 0)
            abort();
    }
    tree_cache_free(&cache);
    free(copy);
    return 0;
}
