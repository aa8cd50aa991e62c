/* SPDX-License-Identifier: MIT */
#include "repo/quarantine.h"

#include "system/fs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "tmp_objdir"
#define PACKS "objects/pack"

int quarantine_open(struct staging *quarantine, int git_dir, struct fault *fault)
{
    return staging_open_packs(quarantine, git_dir, NAME, fault);
}

/* Moves what ends in SUFFIX and is no scratch file. */
static int move(struct staging *quarantine, int from, int to, const char *suffix)
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
        if (strncmp(name, "pack-", 5) == 0 && dot && strcmp(dot, suffix) == 0 &&
            renameat(from, name, to, name) < 0)
            rc = fault_set(quarantine->fault, FAULT_LOCAL, "cannot move %s to " PACKS ": %s", name,
                           strerror(errno));
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
    if (rc == 0 &&
        (move(quarantine, from, to, ".pack") < 0 || move(quarantine, from, to, ".idx") < 0))
        rc = -1;
    if (rc == 0 && sync)
        rc = fs_sync_dir(to, ".", fault);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return rc;
}
