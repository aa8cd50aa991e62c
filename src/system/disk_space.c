/* SPDX-License-Identifier: MIT */
#include "system/disk_space.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/statvfs.h>

enum { AMOUNT_TEXT = 32, KIB_SHOWN = 10 * 1024 * 1024 }; /* smaller sizes are shown in KiB */

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void disk_space_open(struct disk_space *space, int fd)
{
    struct statvfs st;
    *space = (struct disk_space){.block = 1, .bytes_free = UINT64_MAX, .files_free = UINT64_MAX};
    if (fstatvfs(fd, &st) < 0)
        return;
    uint64_t block = st.f_frsize ? st.f_frsize : st.f_bsize;
    if (st.f_blocks > 0 && block > 0 && st.f_bavail <= UINT64_MAX / block) {
        space->block = block;
        space->bytes_free = (uint64_t)st.f_bavail * block;
    }
    if (st.f_files > 0)
        space->files_free = st.f_favail;
}

void disk_space_add(struct disk_space *space, uint64_t size)
{
    uint64_t over = size % space->block;
    space->bytes = plus(space->bytes, plus(size, over ? space->block - over : 0));
    space->files = plus(space->files, 1);
}

void disk_space_add_directories(struct disk_space *space, uint64_t count)
{
    space->files = plus(space->files, count);
}

/* Up for what is wanted, down for what is free: the two never look the same. */
static const char *amount(uint64_t bytes, bool up, char out[AMOUNT_TEXT])
{
    unsigned shift = bytes < KIB_SHOWN ? 10 : 20;
    uint64_t rest = bytes & (((uint64_t)1 << shift) - 1);
    snprintf(out, AMOUNT_TEXT, "%" PRIu64 " %s", (bytes >> shift) + (up && rest),
             shift == 10 ? "KiB" : "MiB");
    return out;
}

int disk_space_check(const struct disk_space *space, const char *what, struct fault *fault)
{
    char wanted[AMOUNT_TEXT], left[AMOUNT_TEXT];
    if (space->bytes > space->bytes_free)
        return fault_set(fault, FAULT_LOCAL, "no room on the disk: %s needs %s, %s are free", what,
                         amount(space->bytes, true, wanted),
                         amount(space->bytes_free, false, left));
    if (space->files > space->files_free)
        return fault_set(fault, FAULT_LOCAL,
                         "no room on the disk: %s needs %" PRIu64 " inodes, %" PRIu64 " are free",
                         what, space->files, space->files_free);
    return 0;
}
