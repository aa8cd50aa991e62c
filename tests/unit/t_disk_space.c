/* SPDX-License-Identifier: MIT */
/* Whether it fits, on file systems that say what the row says. */
#include "system/disk_space.h"

#include "t.h"

#include <sys/statvfs.h>

/* The file system at hand; `fails` when it cannot be asked. */
static struct statvfs disk;
static int fails;

int fstatvfs(int fd, struct statvfs *out)
{
    (void)fd;
    *out = disk;
    return fails ? -1 : 0;
}

#define EXABYTES ((uint64_t)1 << 62)

/* Of 100 blocks in all; files 0: a file system that does not count inodes. */
static const struct {
    const char *why;
    unsigned long block, blocks_free, files, files_free;
    uint64_t sizes[4]; /* of files; 0 ends them */
    uint64_t empty, directories;
    const char *words; /* NULL: it fits */
} rows[] = {
    {"nothing", 4096, 0, 10, 0, {0}, 0, 0, NULL},
    {"a file that fits", 4096, 1, 10, 1, {1}, 0, 0, NULL},
    {"to the last byte", 4096, 1, 10, 1, {4096}, 0, 0, NULL},
    {"a byte more", 4096, 1, 10, 1, {4097}, 0, 0, "it needs 8 KiB, 4 KiB are free"},
    {"each file has its own blocks",
     4096,
     1,
     10,
     9,
     {1, 1},
     0,
     0,
     "it needs 8 KiB, 4 KiB are free"},
    {"small blocks", 512, 3, 10, 9, {1, 513}, 0, 0, NULL},
    {"small blocks, one too few", 512, 2, 10, 9, {1, 513}, 0, 0, "it needs 2 KiB, 1 KiB are free"},
    {"a full disk", 4096, 0, 10, 9, {1}, 0, 0, "it needs 4 KiB, 0 KiB are free"},
    {"shown in MiB", 1 << 20, 11, 10, 9, {12582912, 1}, 0, 0, "it needs 13 MiB, 11 MiB are free"},
    {"as many inodes as there are", 4096, 9, 10, 3, {1}, 1, 1, NULL},
    {"an inode too few", 4096, 9, 10, 2, {1}, 1, 1, "it needs 3 inodes, 2 are free"},
    {"inodes of directories alone", 4096, 9, 10, 2, {0}, 0, 3, "it needs 3 inodes, 2 are free"},
    {"no inodes are counted", 4096, 9, 0, 0, {1}, 0, 1000, NULL},
    {"more than 2^64 bytes",
     4096,
     9,
     10,
     9,
     {EXABYTES, EXABYTES, EXABYTES, EXABYTES},
     0,
     0,
     "it needs 17592186044416 MiB"},
    {"more than 2^64 inodes",
     4096,
     9,
     10,
     9,
     {0},
     2,
     UINT64_MAX,
     "it needs 18446744073709551615 inodes"},
};

static int check(size_t i, struct fault *fault)
{
    struct disk_space space;
    fault_clear(fault);
    disk_space_open(&space, 0);
    for (int k = 0; k < 4 && rows[i].sizes[k]; k++)
        disk_space_add(&space, rows[i].sizes[k]);
    for (uint64_t k = 0; k < rows[i].empty; k++)
        disk_space_add(&space, 0);
    disk_space_add_directories(&space, rows[i].directories);
    return disk_space_check(&space, "it", fault);
}

int main(void)
{
    struct fault fault;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        disk = (struct statvfs){.f_frsize = rows[i].block,
                                .f_bsize = 1 << 20, /* not the one that counts */
                                .f_blocks = 100,
                                .f_bavail = rows[i].blocks_free,
                                .f_files = rows[i].files,
                                .f_favail = rows[i].files_free};
        int rc = check(i, &fault);
        CHECK((rc < 0) == (rows[i].words != NULL), "%s: %s", rows[i].why, fault.text);
        if (rc < 0)
            CHECK(fault.class == FAULT_LOCAL && strstr(fault.text, rows[i].words) &&
                      strncmp(fault.text, "no room on the disk: it ", 24) == 0,
                  "%s: %s", rows[i].why, fault.text);
        fails = 1; /* what cannot be asked has room for all */
        CHECK(check(i, &fault) == 0, "%s, unasked: %s", rows[i].why, fault.text);
        fails = 0;
        disk.f_blocks = disk.f_bavail = disk.f_files = disk.f_favail =
            0; /* nor what says nothing */
        CHECK(check(i, &fault) == 0, "%s, unsaid: %s", rows[i].why, fault.text);
    }
    disk = (struct statvfs){.f_frsize = 0, .f_bsize = 4096, .f_blocks = 100, .f_bavail = 0};
    CHECK(check(1, &fault) < 0, "f_bsize counts where there is no f_frsize");
    return T_DONE();
}
