/* SPDX-License-Identifier: MIT */
#include "receive/full_disk.h"

#include "system/disk_space.h"

int full_disk(int fd, uint64_t written, uint32_t done, uint32_t count, struct fault *fault)
{
    struct disk_space space;
    struct fault full;
    fault_clear(&full);
    disk_space_open(&space, fd);
    disk_space_add(&space, written / (done + 1) * (count - done));
    if (disk_space_check(&space, "the rest of the pack, as it seems,", &full) < 0)
        *fault = full;
    return -1;
}
