/* SPDX-License-Identifier: MIT */
/* No extension TREE: who never compares an index with a commit has no use for it. */
#include "worktree/tree_cache.h"

int tree_cache_open(struct odb *odb, const struct hash_ops *hash, struct tree_cache_maker **out,
                    struct fault *fault)
{
    (void)odb, (void)hash, (void)fault;
    *out = NULL;
    return 0;
}

int tree_cache_add(struct tree_cache_maker *maker, const struct index_entry *entry)
{
    (void)maker, (void)entry;
    return 0;
}

int tree_cache_end(struct tree_cache_maker *maker, const unsigned char **bytes, size_t *size)
{
    (void)maker, (void)bytes;
    *size = 0;
    return 0;
}

void tree_cache_close(struct tree_cache_maker *maker)
{
    (void)maker;
}
