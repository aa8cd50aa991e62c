/* SPDX-License-Identifier: MIT */
/* All packs of a repository: which object is where, and the entry there. */
#ifndef SMIDGIT_PACKSET_H
#define SMIDGIT_PACKSET_H

#include "objects/packidx.h"
#include "objects/place.h"
#include "proto/pack.h"
#include "system/file.h"

#include <time.h>

/* Packs at most; each takes two mappings or descriptors of the process. */
enum { PACKSET_MAX = 1 << PLACE_PACK_BITS };

struct packset_pack {
    int fd;
    uint64_t size; /* bytes of the .pack */
    struct packidx idx;
    struct file_map map; /* of the index */
};

struct packset {
    int dir; /* objects/pack */
    size_t oid_len;
    struct packset_pack *packs;
    uint32_t count;
    struct timespec seen; /* when what packset_again() has read was last changed; 0: not known */
    struct fault *fault;
};

/* Opens every pack-*.idx in GIT_DIR/objects/pack with its .pack: the index is checked whole, the
 * pack's head and trailer against it (K9). Whatever happened, packset_close() follows. 0 or -1. */
int packset_open(struct packset *set, int git_dir, size_t oid_len, struct fault *fault);
void packset_close(struct packset *set);

/* One more pack, the one that the index NAME belongs to; packset_drop() takes the last one away,
 * and follows a -1. */
int packset_add(struct packset *set, const char *name);
void packset_drop(struct packset *set);

bool packset_is_idx(const char *name); /* "pack-*.idx" */

/* Adds the packs that somebody else (git gc) has made since objects/pack was read: what is in them
 * may have been elsewhere then. The others stay, and keep their numbers, though their files may be
 * gone. SURELY: reads the directory even if it has not changed. Whether there are new ones. */
bool packset_again(struct packset *set, bool surely);

/* What the pack is called by: the hash at its end, which its index has too; len 0 when its file has
 * another name. */
struct oid packset_name(const struct packset *set, uint32_t pack);

bool packset_find(const struct packset *set, const struct oid *oid, struct place *out);

/* The head of the entry at PLACE; IN is left at its zlib stream. It is of zeros, or was used for
 * another entry of SET, which may lie nearby. 0 or -1. */
int packset_entry(const struct packset *set, const struct place *place, struct file_reader *in,
                  struct pack_entry *entry);

/* The head alone, of which no more is read. 0 or -1. */
int packset_head(const struct packset *set, const struct place *place, struct pack_entry *entry);

/* Where the base of the delta ENTRY at PLACE is: in the same pack. 0 or -1. */
int packset_base(const struct packset *set, const struct place *place,
                 const struct pack_entry *entry, struct place *base);

#endif
