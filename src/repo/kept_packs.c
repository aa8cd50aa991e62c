/* SPDX-License-Identifier: MIT */
#include "repo/kept_packs.h"

#include "system/fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TAKEN_DEEP = 4 /* runs in turn that were killed while they read what another had kept */ };

bool kept_is_own(int at, const char *name, struct stat *st)
{
    return fstatat(at, name, st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st->st_mode) &&
           st->st_uid == geteuid() && st->st_nlink == 1;
}

/* Opens the directory PATH and follows no link on the way: what only looks like a left-over may
 * lead to somebody's repository (P16). A descriptor or -1. */
static int open_below(int at, const char *path)
{
    int fd = fcntl(at, F_DUPFD_CLOEXEC, 0);
    while (fd >= 0 && *path) {
        char name[16];
        size_t length = strcspn(path, "/");
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(fd);
        fd = below;
        path += length + (path[length] == '/');
    }
    return fd;
}

bool kept_in_directory(int at, const char *path, enum kept_packs which, kept_each *each,
                       void *context)
{
    bool enough = false;
    int fd = open_below(at, path);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL && fd >= 0)
        close(fd);
    for (struct dirent *entry; dir && !enough && (entry = readdir(dir)) != NULL;) {
        const char *name = entry->d_name;
        size_t length = strlen(name);
        struct stat st;
        bool whole = length > 5 && strcmp(name + length - 5, ".pack") == 0;
        bool wanted = whole || (which == KEPT_ALL && strncmp(name, "tmp_pack_", 9) == 0);
        enough = wanted && kept_is_own(fd, name, &st) && each(context, fd, name, &st);
    }
    if (dir)
        closedir(dir);
    return enough;
}

static const char *const packs_in[] = {"repo/.git/objects/pack", "repo/objects/pack", NULL};

bool kept_in_all(int at, const char *prefix, enum kept_packs which, kept_each *each, void *context)
{
    static const char *const bundles[] = {BUNDLES, NULL};
    char kept[(TAKEN_DEEP + 2) * sizeof KEPT], path[sizeof kept + 32]; /* PREFIX is one of them */
    bool enough = false;
    snprintf(kept, sizeof kept, "%s", prefix);
    for (int deep = 0; !enough && deep < TAKEN_DEEP; deep++) {
        const char *const *below = which == KEPT_BUNDLES ? bundles : packs_in;
        for (; *below && !enough; below++) {
            snprintf(path, sizeof path, "%s%s", kept, *below);
            enough = kept_in_directory(at, path, which, each, context);
        }
        strcat(kept, KEPT "/");
    }
    return enough;
}

static bool add_size(void *context, int dir, const char *name, const struct stat *st)
{
    (void)dir, (void)name;
    *(uint64_t *)context += (uint64_t)st->st_size;
    return false;
}

uint64_t kept_size_in_all(int at, const char *prefix, enum kept_packs which)
{
    uint64_t sum = 0;
    kept_in_all(at, prefix, which, add_size, &sum);
    return sum;
}

static bool move_up(void *context, int dir, const char *name, const struct stat *st)
{
    (void)st;
    renameat(dir, name, *(int *)context, name);
    return false;
}

void kept_lift(int stage)
{
    struct fault ignored;
    int up = -1, kept = open_below(stage, KEPT);
    for (const char *const *in = packs_in; *in && up < 0 && kept >= 0; in++)
        up = open_below(kept, *in);
    if (up >= 0) {
        fault_clear(&ignored);
        kept_in_all(kept, KEPT "/", KEPT_ALL, move_up, &up);
        fs_remove(kept, KEPT, &ignored);
        close(up);
    }
    if (kept >= 0)
        close(kept);
}
