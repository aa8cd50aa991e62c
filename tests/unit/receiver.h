/* SPDX-License-Identifier: MIT */
/* Packs made by packmake.h, received into a bare repository in the scratch directory. */
#ifndef SMIDGIT_RECEIVER_H
#define SMIDGIT_RECEIVER_H

#include "packdir.h"
#include "receive/receive.h"

#include <dirent.h>
#include <sys/statvfs.h>

static const char text[] = "a line of text that is the base of what follows\n";

/* The disk is what the test says, in blocks of 512 bytes; 0: one that does not know. */
static unsigned long disk_blocks, disk_files;

/* --max-unpacked of run_with(); 0: the usual limit. */
static uint64_t unpacked_max;

/* --threads of it. */
static unsigned thread_count;

int fstatvfs(int fd, struct statvfs *out)
{
    (void)fd;
    *out = (struct statvfs){.f_frsize = 512, .f_blocks = disk_blocks, .f_bavail = disk_blocks};
    out->f_files = out->f_favail = disk_files;
    return 0;
}

/* A reader that shows STEP bytes at a time. */
struct steps {
    struct reader reader;
    const unsigned char *from, *to;
    size_t step;
};

static inline int steps_more(struct reader *reader)
{
    struct steps *steps = (struct steps *)reader;
    size_t left = (size_t)(steps->to - steps->from), take = left < steps->step ? left : steps->step;
    reader->at = steps->from;
    reader->end = steps->from += take;
    reader->offset += take;
    return take > 0;
}

static inline int files_left(void)
{
    int count = 0, fd = openat(git_dir, "objects/pack", O_RDONLY | O_DIRECTORY);
    DIR *dir = fdopendir(fd);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static inline int run_with(struct packmake *pack, size_t step, struct odb *base, uint64_t memory,
                           const struct oid *want, struct receive_result *result,
                           struct fault *fault)
{
    struct steps steps = {.reader = {.more = steps_more, .name = "memory", .fault = fault},
                          .from = pack->bytes,
                          .to = pack->bytes + pack->used,
                          .step = step};
    struct receive_options options = {.git_dir = git_dir,
                                      .hash = &hash_sha1,
                                      .base = base,
                                      .memory = memory,
                                      .unpacked_max = unpacked_max,
                                      .threads = thread_count};
    fault_clear(fault);
    return receive_pack(&steps.reader, &options, want, want ? 1 : 0, result, fault);
}

static inline void verify(const char *what)
{
    CHECK(system("git verify-pack repo/objects/pack/*.idx") == 0, "git verify-pack: %s", what);
}

/* What must be refused, and the words for it. */
struct hostile {
    const char *why, *words;
    enum fault_class class;
    void (*make)(struct packmake *);
};

static inline void hostile(const struct hostile *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct packmake pack;
        struct receive_result result;
        struct fault fault;
        packmake_begin(&pack);
        rows[i].make(&pack);
        for (size_t step = 1; step < 100000; step *= 7) {
            int rc = run_with(&pack, step, NULL, 0, NULL, &result, &fault);
            CHECK(rc < 0 && fault.class == rows[i].class && strstr(fault.text, rows[i].words),
                  "%s, by %zu: %s", rows[i].why, step, fault.text);
            CHECK(files_left() == 0, "%s left files", rows[i].why);
        }
        free(pack.bytes);
    }
}

#endif
