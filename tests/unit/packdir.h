/* SPDX-License-Identifier: MIT */
/* A bare repository in the scratch directory, and packs in it that no receive has checked. */
#ifndef SMIDGIT_PACKDIR_H
#define SMIDGIT_PACKDIR_H

#include "objects/odb.h"
#include "objects/packidx.h"
#include "packmake.h"
#include "scratch.h"

static int git_dir = -1;

/* An empty one, "repo"; stock git takes it for a repository. */
static inline void new_repo(void)
{
    struct fault fault;
    fault_clear(&fault);
    if (git_dir >= 0)
        close(git_dir);
    if (is_there("repo"))
        fs_remove(AT_FDCWD, "repo", &fault);
    fs_make_dirs(AT_FDCWD, "repo/objects/pack", &fault);
    fs_make_dirs(AT_FDCWD, "repo/refs", &fault);
    file_make("repo/HEAD", "ref: refs/heads/main\n");
    git_dir = fs_open_dir(AT_FDCWD, "repo", &fault);
    CHECK(git_dir >= 0, "%s", fault.text);
}

static inline struct odb *open_odb(size_t cache, struct fault *fault)
{
    fault_clear(fault);
    return odb_open(git_dir, &hash_sha1, cache, fault);
}

/* A shell command in it, with ARGUMENT at "%s": whether it went well. */
static inline bool in_repo(const char *format, const char *argument)
{
    char command[1024];
    int used = snprintf(command, sizeof command, "cd repo && { ");
    used += snprintf(command + used, sizeof command - (size_t)used, format, argument);
    snprintf(command + used, sizeof command - (size_t)used, "; } >/dev/null 2>&1");
    return system(command) == 0;
}

static inline struct packidx_item packdir_item(void *context, uint32_t number)
{
    return ((const struct packidx_item *)context)[number];
}

static inline int packdir_by_name(const void *a, const void *b)
{
    return memcmp(((const struct packidx_item *)a)->id, ((const struct packidx_item *)b)->id, 20);
}

static inline void put_file(const char *name, const void *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "repo/objects/pack/%s", name);
    FILE *out = fopen(path, "wb");
    CHECK(out && fwrite(bytes, 1, size, out) == size && fclose(out) == 0, "%s", path);
}

/* A new repository of PACK, with an index that says COUNT of ITEMS are in it; they are sorted. */
static inline void put_pack(struct packmake *pack, struct packidx_item *items, uint32_t count)
{
    size_t room = 2000 + (size_t)count * 32;
    unsigned char *bytes = malloc(room);
    struct memory_writer out;
    struct oid pack_hash;
    struct fault fault = {.class = FAULT_NONE};
    packmake_end(pack);
    pack_hash = oid_from(pack->bytes + pack->used - 20, 20);
    qsort(items, count, sizeof *items, packdir_by_name);
    writer_memory(&out, bytes, room, "memory", &fault);
    CHECK(packidx_write(&out.writer, &hash_sha1, count, packdir_item, items, &pack_hash) == 0,
          "idx");
    new_repo();
    put_file("pack-made.pack", pack->bytes, pack->used);
    put_file("pack-made.idx", bytes, out.used);
    free(bytes);
}

#endif
