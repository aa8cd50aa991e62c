/* SPDX-License-Identifier: MIT */
#include "repo/quarantine.h"

#include "system/file.h"
#include "system/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "tmp_objdir"
#define PACKS "objects/pack"

int quarantine_open(struct staging *quarantine, int git_dir, struct fault *fault)
{
    return staging_open_packs(quarantine, git_dir, NAME, fault);
}

static int copy_bytes(int from, int to, const char *name, struct fault *fault)
{
    struct file_reader in;
    struct stat st;
    int rc = fstat(from, &st);
    if (rc < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot read %s: %s", name, strerror(errno));
    file_read_open(&in, from, 0, (uint64_t)st.st_size, name, fault);
    while ((rc = reader_fill(&in.reader)) == 1) {
        if (fs_put(to, in.reader.at, (size_t)(in.reader.end - in.reader.at), name, fault) < 0)
            return -1;
        in.reader.at = in.reader.end;
    }
    return rc;
}

/* Where objects/pack is on another file system. The name until then is one that git's prune knows.
 */
static int copy(int from, int to, const char *name, bool sync, struct fault *fault)
{
    char scratch[64];
    snprintf(scratch, sizeof scratch, "tmp_pack_copy_%ld", (long)getpid());
    unlinkat(to, scratch, 0);
    int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int out = openat(to, scratch, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
    int rc = in < 0 || out < 0 ? fault_set(fault, FAULT_LOCAL, "cannot copy %s to " PACKS ": %s",
                                           name, strerror(errno))
                               : copy_bytes(in, out, name, fault);
    if (rc == 0 && sync)
        rc = fs_sync_file(out, name, fault);
    if (rc == 0 && renameat(to, scratch, to, name) < 0)
        rc = fault_set(fault, FAULT_LOCAL, "cannot rename %s: %s", scratch, strerror(errno));
    if (rc < 0)
        unlinkat(to, scratch, 0);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return rc;
}

static int move_one(int from, int to, const char *name, bool sync, struct fault *fault)
{
    if (renameat(from, name, to, name) == 0)
        return 0;
    return errno == EXDEV ? copy(from, to, name, sync, fault)
                          : fault_set(fault, FAULT_LOCAL, "cannot move %s to " PACKS ": %s", name,
                                      strerror(errno));
}

/* Moves what ends in SUFFIX and is no scratch file. */
static int move(struct staging *quarantine, int from, int to, const char *suffix, bool sync)
{
    int rc = 0, list = fs_open_dir(from, ".", quarantine->fault);
    DIR *dir = list < 0 ? NULL : fdopendir(list);
    if (dir == NULL && list >= 0)
        close(list);
    if (dir == NULL)
        return fault_set(quarantine->fault, FAULT_LOCAL, "cannot list the new packs: %s",
                         strerror(errno));
    for (struct dirent *entry; rc == 0 && (entry = readdir(dir)) != NULL;) {
        const char *name = entry->d_name, *dot = strrchr(name, '.');
        if (strncmp(name, "pack-", 5) == 0 && dot && strcmp(dot, suffix) == 0)
            rc = move_one(from, to, name, sync, quarantine->fault);
    }
    closedir(dir);
    return rc;
}

int quarantine_publish(struct staging *quarantine, int git_dir, bool sync)
{
    struct fault *fault = quarantine->fault;
    int from = fs_open_dir(quarantine->git_dir, PACKS, fault);
    int to = from < 0 ? -1 : fs_open_dir(git_dir, PACKS, fault);
    int rc = to < 0 ? -1 : 0;
    /* An index is what makes others see a pack. */
    if (rc == 0 && (move(quarantine, from, to, ".pack", sync) < 0 ||
                    move(quarantine, from, to, ".idx", sync) < 0))
        rc = -1;
    if (rc == 0 && sync)
        rc = fs_sync_dir(to, ".", fault);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return rc;
}
