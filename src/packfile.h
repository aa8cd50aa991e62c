/* SPDX-License-Identifier: MIT */
/* The files of a pack under way, in objects/pack: temporary names until both are whole. */
#ifndef SMIDGIT_PACKFILE_H
#define SMIDGIT_PACKFILE_H

#include "hash.h"
#include "objtable.h"

struct packfile {
    int dir;                          /* objects/pack */
    int pack;                         /* descriptor of the .pack, for reading too */
    char pack_name[48], idx_name[48]; /* temporary; "" when there is none */
    bool sync;
    struct fault *fault;
};

/* Opens GIT_DIR/objects/pack and a temporary .pack in it. Whatever happened, packfile_close()
 * follows. 0 or -1. */
int packfile_open(struct packfile *file, int git_dir, bool sync, struct fault *fault);

/* Whether the disk has room for what a pack of COUNT objects takes at least, with its .idx: 0 or
 * -1. */
int packfile_room(const struct packfile *file, size_t oid_len, uint32_t count);

/* Writes the .idx of TABLE, which is sorted. 0 or -1. */
int packfile_write_idx(struct packfile *file, const struct hash_ops *hash, struct objtable *table,
                       const struct oid *pack_hash);

/* Gives both their names, the .pack first: a .idx without its pack would be taken for damage. */
int packfile_publish(struct packfile *file, const struct oid *pack_hash);

/* Removes what still has a temporary name. */
void packfile_close(struct packfile *file);

#endif
