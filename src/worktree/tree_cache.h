/* SPDX-License-Identifier: MIT */
/* The index's extension TREE (gitformat-index, "Cache tree"): which of its directories are, file by
 * file, a tree object that is there. Who compares the index with a commit does not read the trees
 * that are the same. */
#ifndef SMIDGIT_TREE_CACHE_H
#define SMIDGIT_TREE_CACHE_H

#include "objects/odb.h"
#include "worktree/index.h"

struct cached_tree {
    const char *path; /* with a slash at its end; "": the root */
    uint32_t files;   /* entries of the index that are below it */
    struct oid oid;
};

struct tree_cache {
    struct cached_tree *trees; /* sorted by path */
    size_t count, room;
    struct texts *paths;
};

/* Reads the extension's BYTES[0..SIZE). It only saves time: one that is malformed is as good as
 * none. *OUT is to be freed also after a failure. 0, or -1 without memory. */
int tree_cache_read(struct tree_cache *out, const unsigned char *bytes, size_t size, size_t oid_len,
                    struct fault *fault);
void tree_cache_free(struct tree_cache *cache); /* zeros are fine */

/* The directory PATH, which ends in a slash ("": the root), or NULL. */
const struct cached_tree *tree_cache_find(const struct tree_cache *cache, const char *path);

/* Makes the extension while an index is written: from its entries, in their order, and from the
 * trees that ODB has. Without ODB, *OUT is NULL, which all of these take, and nothing is made. 0 or
 * -1. */
struct tree_cache_maker;
int tree_cache_open(struct odb *odb, const struct hash_ops *hash, struct tree_cache_maker **out,
                    struct fault *fault);
int tree_cache_add(struct tree_cache_maker *maker, const struct index_entry *entry); /* 0 or -1 */

/* The extension's bytes, the maker's; *SIZE is 0 when there is nothing to say. 0 or -1. */
int tree_cache_end(struct tree_cache_maker *maker, const unsigned char **bytes, size_t *size);
void tree_cache_close(struct tree_cache_maker *maker);

#endif
