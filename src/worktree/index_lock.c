/* SPDX-License-Identifier: MIT */
#include "worktree/index_lock.h"

#include "system/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The new index is written under this name, and takes index's place by one rename. */
static const char new_name[] = "smidgit-index", new_lock[] = "smidgit-index.lock";

int index_lock_take(struct index_lock *index, struct repo_lock *lock, int git_dir,
                    struct fault *fault)
{
    *index = (struct index_lock){.lock = lock, .git_dir = git_dir};
    if (repo_lock_take(lock, git_dir, "index", fault) < 0)
        return -1;
    index->held = true;
    return 0;
}

int index_lock_write(struct index_lock *index, struct index_list *list,
                     const struct index_change *changes, size_t count,
                     const struct file_options *files, struct odb *odb, bool sync,
                     struct fault *fault)
{
    const struct index_write_options options = {
        .git_dir = index->git_dir, .name = new_name, .hash = files->hash, .odb = odb, .sync = sync};
    unlinkat(index->git_dir, new_lock, 0); /* of a run that was killed */
    if (index_list_write(list, changes, count, files, &options, fault) < 0)
        return -1;
    if (renameat(index->git_dir, new_name, index->git_dir, "index") < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot rename to 'index': %s", strerror(errno));
    return sync ? fs_sync_dir(index->git_dir, ".", fault) : 0;
}

void index_lock_release(struct index_lock *index)
{
    if (index->held)
        repo_lock_drop(index->lock, index->git_dir, "index");
    index->held = false;
}
