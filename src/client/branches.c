/* SPDX-License-Identifier: MIT */
#include "client/branches.h"

#include "objects/peel.h"
#include "proto/object.h"
#include "repo/config_edit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char heads[] = "refs/heads/", remotes[] = "refs/remotes/";

const struct local_ref *branches_find(const struct workspace *workspace, const char *name)
{
    char full[REFS_NAME_MAX];
    int length = snprintf(full, sizeof full, "%s%s", heads, name);
    return (size_t)length < sizeof full ? local_refs_find(&workspace->refs, full) : NULL;
}

/* Whether the HEAD in DIR, below the repository's, is on FULL, and not ours. */
static int is_on(const struct workspace *workspace, const char *dir, const char *full)
{
    struct stat here, there;
    struct oid oid;
    char *target = NULL;
    int rc = 0,
        fd = openat(workspace->repository.common_dir, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (fstat(fd, &there) < 0 || fstat(workspace->repository.git_dir, &here) < 0 ||
        here.st_ino != there.st_ino || here.st_dev != there.st_dev)
        rc = local_ref_file(fd, "HEAD", &oid, &target, workspace->fault);
    if (rc > 0)
        rc = target && strcmp(target, full) == 0;
    free(target);
    close(fd);
    return rc;
}

int branches_elsewhere(const struct workspace *workspace, const char *full)
{
    const struct repository *repository = &workspace->repository;
    char path[OBJECT_NAME_MAX + 16];
    struct dirent *entry;
    bool bare;
    if (settings_flag(&repository->settings, "core.bare", false, &bare, workspace->fault) < 0)
        return -1;
    int rc = bare ? 0 : is_on(workspace, ".", full);
    int fd = openat(repository->common_dir, "worktrees", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    while (dir && rc == 0 && (entry = readdir(dir)) != NULL) {
        snprintf(path, sizeof path, "worktrees/%s", entry->d_name);
        if (entry->d_name[0] != '.')
            rc = is_on(workspace, path, full);
    }
    if (dir)
        closedir(dir);
    return rc > 0 ? fault_set(workspace->fault, FAULT_LOCAL,
                              "'%.200s' is checked out in another working tree",
                              full + sizeof heads - 1)
                  : rc;
}

int branches_plan(struct workspace *workspace, const char *name, const char *start, bool again,
                  struct new_branch *out)
{
    *out = (struct new_branch){.start = start, .commit = workspace->head.oid};
    snprintf(out->full, sizeof out->full, "%s%.*s", heads, REFS_NAME_MAX, name);
    if (!refs_name_valid(out->full, strlen(out->full), false) || name[0] == '-' ||
        strcmp(name, "HEAD") == 0)
        return fault_set(workspace->fault, FAULT_USAGE, "'%.200s' is not a valid branch name",
                         name);
    out->again = branches_find(workspace, name) != NULL;
    if (out->again && !again)
        return fault_set(workspace->fault, FAULT_LOCAL, "a branch named '%.200s' already exists",
                         name);
    if (out->again && branches_elsewhere(workspace, out->full) < 0)
        return -1;
    if (start == NULL)
        return 0;
    if (revision_resolve(&workspace->revisions, start, &out->commit) < 0)
        return -1;
    return peel_to_commit(workspace->odb, &out->commit, &out->commit, workspace->fault);
}

/* The new branch follows FROM, refs/remotes/ORIGIN/x, as git sets it up. */
static int track(struct workspace *workspace, const char *name, const struct local_ref *from)
{
    const char *remote = from->name + sizeof remotes - 1, *slash = strchr(remote, '/');
    char origin[REFS_NAME_MAX], merge[REFS_NAME_MAX + sizeof heads], key[2 * REFS_NAME_MAX];
    int dir = workspace->repository.common_dir;
    snprintf(origin, sizeof origin, "%.*s", (int)(slash - remote), remote);
    snprintf(merge, sizeof merge, "%s%s", heads, slash + 1);
    snprintf(key, sizeof key, "branch.%s.remote", name);
    if (config_set(dir, "config", key, origin, workspace->fault) < 0)
        return -1;
    snprintf(key, sizeof key, "branch.%s.merge", name);
    if (config_set(dir, "config", key, merge, workspace->fault) < 0)
        return -1;
    if (!workspace->quiet)
        printf("branch '%s' set up to track '%s'.\n", name, remote);
    return 0;
}

int branches_make(struct workspace *workspace, const struct new_branch *branch, const char *from)
{
    char message[REFS_NAME_MAX + 64];
    const struct local_ref *ref =
        branch->start ? revision_ref(&workspace->revisions, branch->start) : NULL;
    snprintf(message, sizeof message, "branch: %s %.*s",
             branch->again ? "Reset to" : "Created from", REFS_NAME_MAX, from);
    if (workspace_set_ref(workspace, branch->full, &branch->commit, message) < 0)
        return -1;
    return ref && strncmp(ref->name, remotes, sizeof remotes - 1) == 0
               ? track(workspace, branch->full + sizeof heads - 1, ref)
               : 0;
}
