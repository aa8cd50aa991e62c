/* SPDX-License-Identifier: MIT */
/* What git does when it misses an object (reprepare_packed_git()). */
#include "objects/packset.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NANO = 1000000000,    /* of a second */
    TRIES = 10,           /* packs that go while their directory is read */
    TICK_NANO = 20000000, /* a file system's clock may tell no shorter times apart (10 ms), */
    TICK_SECONDS = 2      /* or, where it counts whole seconds (ext3, FAT), these */
};

static struct oid trailer(const struct packset *set, uint32_t pack)
{
    const struct packidx *idx = &set->packs[pack].idx;
    return oid_from(idx->bytes + idx->size - 2 * set->oid_len, set->oid_len);
}

/* Whether one of the first COUNT packs ends with HASH. */
static bool is_known(const struct packset *set, uint32_t count, const struct oid *hash)
{
    for (uint32_t i = 0; i < count; i++) {
        struct oid other = trailer(set, i);
        if (oid_equal(&other, hash))
            return true;
    }
    return false;
}

/* "pack-HASH.idx" says its pack's hash, as a rule; others are opened for it. 1: a new pack was
 * added, 0: it is known, -1: it cannot be read. */
static int add_new(struct packset *set, const char *name)
{
    const char *hex = name + strlen("pack-");
    struct oid hash = {.len = 0};
    if (oid_parse(hex, strlen(hex) - strlen(".idx"), &hash) == 0 &&
        is_known(set, set->count, &hash))
        return 0;
    uint32_t before = set->count;
    int rc = packset_add(set, name);
    if (rc == 0) {
        hash = trailer(set, before);
        if (!is_known(set, before, &hash))
            return 1;
    }
    if (set->count > before)
        packset_drop(set);
    return rc;
}

/* One pass. False: something could not be read, as when it went meanwhile. */
static bool read_once(struct packset *set)
{
    int fd = openat(set->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    bool whole = true;
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    while ((entry = readdir(dir)) != NULL)
        if (packset_is_idx(entry->d_name) && add_new(set, entry->d_name) < 0)
            whole = false;
    closedir(dir);
    return whole;
}

/* Whether the directory is as it was, and was so for so long that a change would show. Notes how
 * it is. */
static bool is_same(struct packset *set)
{
    struct stat st;
    struct timespec now, none = {.tv_sec = 0};
    if (fstat(set->dir, &st) < 0)
        return true;
    if (st.st_mtim.tv_sec == set->seen.tv_sec && st.st_mtim.tv_nsec == set->seen.tv_nsec)
        return true;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t age =
                (int64_t)(now.tv_sec - st.st_mtim.tv_sec) * NANO + now.tv_nsec - st.st_mtim.tv_nsec,
            tick = st.st_mtim.tv_nsec == 0 ? (int64_t)TICK_SECONDS * NANO : TICK_NANO;
    set->seen = age > tick ? st.st_mtim : none;
    return false;
}

bool packset_again(struct packset *set, bool surely)
{
    struct fault ignored, *fault = set->fault;
    uint32_t before = set->count;
    if (is_same(set) && !surely)
        return false;
    set->fault = &ignored;
    for (int tries = 0; tries < TRIES; tries++) {
        fault_clear(&ignored);
        if (read_once(set))
            break;
    }
    set->fault = fault;
    return set->count > before;
}
