/* SPDX-License-Identifier: MIT */
/* The files of a pack under way, in objects/pack: temporary names until both are whole. */
#ifndef SMIDGIT_NEW_PACK_H
#define SMIDGIT_NEW_PACK_H

#include "proto/hash.h"
#include "receive/arrivals.h"

struct new_pack {
    int dir;                          /* objects/pack */
    int pack;                         /* descriptor of the .pack, for reading too */
    char pack_name[48], idx_name[48]; /* temporary; "" when there is none */
    bool sync;
    struct fault *fault;
};

/* Opens GIT_DIR/objects/pack and a temporary .pack in it. Whatever happened, new_pack_close()
 * follows. 0 or -1. */
int new_pack_open(struct new_pack *file, int git_dir, bool sync, struct fault *fault);

/* Whether the disk has room for what a pack of COUNT objects takes at least, with its .idx: 0 or
 * -1. */
int new_pack_room(const struct new_pack *file, size_t oid_len, uint32_t count);

/* Writes the .idx of TABLE, which is sorted. 0 or -1. */
int new_pack_write_idx(struct new_pack *file, const struct hash_ops *hash, struct arrivals *table,
                       const struct oid *pack_hash);

/* Gives both their names, the .pack first: a .idx without its pack would be taken for damage. */
int new_pack_publish(struct new_pack *file, const struct oid *pack_hash);

/* Removes what still has a temporary name. */
void new_pack_close(struct new_pack *file);

#endif
