/* SPDX-License-Identifier: MIT */
#include "repo/kept_bundles.h"

#include "repo/kept_packs.h"
#include "system/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool kept_bundles_known(void)
{
    return true;
}

/* Where the pack of the bundle NAME is in a staging directory. */
static void bundle_path(char out[NAME_MAX + 16], const char *name)
{
    snprintf(out, NAME_MAX + 16, BUNDLES "/%s", name);
}

static bool take(void *context, int dir, const char *name, const struct stat *st)
{
    struct staging *stage = context;
    char path[NAME_MAX + 16];
    (void)st;
    bundle_path(path, name);
    mkdirat(stage->stage, BUNDLES, 0700);
    renameat(dir, name, stage->stage, path);
    return false;
}

int kept_bundle_open(struct staging *stage, const char *name)
{
    char path[NAME_MAX + 16];
    struct stat st;
    bundle_path(path, name);
    return kept_is_own(stage->stage, path, &st)
               ? openat(stage->stage, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
               : -1;
}

int kept_bundle_keep(struct staging *stage, const char *from, const char *name)
{
    char to[NAME_MAX + 16];
    bundle_path(to, name);
    kept_bundles_drop(stage);
    if (fs_make_dirs(stage->stage, BUNDLES, stage->fault) < 0)
        return -1;
    return renameat(stage->git_dir, from, stage->stage, to) == 0
               ? 0
               : fault_set(stage->fault, FAULT_LOCAL, "cannot keep what came of a bundle: %s",
                           strerror(errno));
}

void kept_bundles_take(struct staging *stage)
{
    kept_in_all(stage->stage, KEPT "/", KEPT_BUNDLES, take, stage);
}

uint64_t kept_bundles_size(int stage)
{
    return kept_size_in_all(stage, "", KEPT_BUNDLES);
}

bool kept_bundles_drop(struct staging *stage)
{
    struct fault ignored;
    fault_clear(&ignored);
    return fs_remove(stage->stage, BUNDLES, &ignored) == 0;
}
