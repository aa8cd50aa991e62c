/* SPDX-License-Identifier: MIT */
/* index.lock holds "smidgit" LF and is locked by fcntl() while its maker lives. The new index is
 * written beside it and takes index's place by one rename; only then the lock goes. So whatever a
 * killed run leaves can be told from what git leaves. */
#include "worktree/index_lock.h"

#include "system/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char lock_name[] = "index.lock", new_name[] = "smidgit-index";
static const char owner[] = "smidgit\n";

static bool hold(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_SETLK, &lock) == 0;
}

/* Whether the file FD is this program's lock, whose run is dead; it is held then. */
static bool is_left_over(int fd)
{
    char text[sizeof owner];
    ssize_t size = pread(fd, text, sizeof text, 0);
    /* A run that was killed before it could sign leaves nothing in it, as does git for a moment:
     * that is git's. */
    return size == sizeof owner - 1 && memcmp(text, owner, sizeof owner - 1) == 0 && hold(fd);
}

int index_lock_take(struct index_lock *lock, int git_dir, struct fault *fault)
{
    *lock = (struct index_lock){.git_dir = git_dir, .fd = -1};
    int fd = openat(git_dir, lock_name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && is_left_over(fd)) {
        lock->fd = fd;
        return 0;
    }
    if (fd >= 0)
        close(fd);
    fd = fs_lock(git_dir, "index", fault);
    if (fd < 0)
        return -1;
    if (!hold(fd) || fs_put(fd, owner, sizeof owner - 1, lock_name, fault) < 0) {
        close(fd);
        unlinkat(git_dir, lock_name, 0);
        return fault_set(fault, FAULT_LOCAL, "cannot lock the index: %s", strerror(errno));
    }
    lock->fd = fd;
    return 0;
}

int index_lock_write(struct index_lock *lock, const struct file_options *options,
                     struct index_list *list, bool sync, struct fault *fault)
{
    unlinkat(lock->git_dir, "smidgit-index.lock", 0); /* of a run that was killed */
    if (index_list_write(lock->git_dir, new_name, options, list, sync, fault) < 0)
        return -1;
    if (renameat(lock->git_dir, new_name, lock->git_dir, "index") < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot rename to 'index': %s", strerror(errno));
    return sync ? fs_sync_dir(lock->git_dir, ".", fault) : 0;
}

void index_lock_release(struct index_lock *lock)
{
    if (lock->fd < 0)
        return;
    unlinkat(lock->git_dir, lock_name, 0);
    close(lock->fd);
    lock->fd = -1;
}
