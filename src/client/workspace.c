/* SPDX-License-Identifier: MIT */
#include "client/workspace.h"

#include "client/unsupported.h"
#include "objects/commit_text.h"
#include "objects/peel.h"
#include "proto/bytes.h"
#include "proto/object.h"
#include "proto/refs.h"
#include "repo/committer.h"
#include "repo/ref_update.h"
#include "repo/refdb.h"
#include "system/cpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CACHE = 512 * 1024 /* bytes of bases */ };

int workspace_reread(struct workspace *workspace)
{
    local_refs_free(&workspace->refs);
    free(workspace->head.branch);
    workspace->head.branch = NULL;
    if (local_refs_read(workspace->repository.common_dir, &workspace->refs, workspace->fault) < 0)
        return -1;
    return local_head_read(workspace->repository.git_dir, &workspace->refs, &workspace->head,
                           workspace->fault);
}

int workspace_open(struct workspace *workspace, struct fault *fault)
{
    struct repository *repository = &workspace->repository;
    bool modes, links;
    workspace->fault = fault;
    workspace->lock.held = false;
    if (repository_open(repository, fault) < 0)
        return -1;
    workspace->hash = repository->oid_len == OID_SHA256 ? hash_best_sha256() : hash_best_sha1();
    if (workspace_reread(workspace) < 0 ||
        settings_flag(&repository->settings, "core.filemode", true, &modes, fault) < 0 ||
        settings_flag(&repository->settings, "core.symlinks", true, &links, fault) < 0)
        return -1;
    if (repository_own(repository, "GIT_OBJECT_DIRECTORY", repository->common_dir, "objects",
                       fault) < 0)
        return -1;
    workspace->odb = odb_open_shared(repository->common_dir, workspace->hash, CACHE, fault);
    if (workspace->odb == NULL)
        return -1;
    workspace->revisions = (struct revision_source){.git_dir = repository->git_dir,
                                                    .common_dir = repository->common_dir,
                                                    .refs = &workspace->refs,
                                                    .odb = workspace->odb,
                                                    .oid_len = repository->oid_len,
                                                    .fault = fault};
    workspace->files = (struct file_options){.hash = workspace->hash,
                                             .work_dir = repository->work_dir,
                                             .no_modes = !modes,
                                             .no_symlinks = !links};
    return 0;
}

void workspace_close(struct workspace *workspace)
{
    index_lock_release(&workspace->lock);
    index_list_free(&workspace->index);
    commits_close(&workspace->history);
    shallow_close(&workspace->shallow);
    odb_close(workspace->odb);
    local_refs_free(&workspace->refs);
    free(workspace->head.branch);
    repository_close(&workspace->repository);
}

int workspace_index(struct workspace *workspace, bool locked)
{
    if (workspace->repository.work_dir < 0)
        return fault_set(workspace->fault, FAULT_LOCAL,
                         "this operation must be run in a work tree");
    if (repository_own(&workspace->repository, "GIT_INDEX_FILE", workspace->repository.git_dir,
                       "index", workspace->fault) < 0)
        return -1;
    if (locked)
        unsupported_warn(&workspace->repository.settings,
                         UNSUPPORTED_WRITES | UNSUPPORTED_COMPARES);
    if (locked && index_lock_take(&workspace->lock, &workspace->repository.lock,
                                  workspace->repository.git_dir, workspace->fault) < 0)
        return -1;
    return index_list_read(workspace->repository.git_dir, workspace->hash, &workspace->index,
                           workspace->fault);
}

static void show_conflicts(const struct update_conflicts *conflicts, const char *command)
{
    static const struct {
        const char *before, *middle, *after;
    } words[CONFLICT_KINDS] = {
        {"Your local changes to the following files would be overwritten by ",
         "Please commit your "
         "changes or stash them before you ",
         ".\n"},
        {"The following untracked working tree files would be overwritten by ",
         "Please move or remove them before you ", ".\n"},
        {"Updating the following directories would lose untracked files in them", NULL, NULL},
        {"The following files are marked assume-unchanged or skip-worktree, and have local changes",
         NULL, NULL},
    };
    char shown[2 * OBJECT_PATH_MAX];
    bool checkout = strcmp(command, "checkout") == 0;
    for (int kind = 0; kind < CONFLICT_KINDS; kind++) {
        if (conflicts->count[kind] == 0)
            continue;
        fprintf(stderr, "error: %s%s:\n", words[kind].before, words[kind].after ? command : "");
        for (size_t i = 0; i < conflicts->count[kind]; i++) {
            const char *path = conflicts->paths[kind][i];
            bytes_caret(path, strlen(path), "", shown, sizeof shown);
            fprintf(stderr, "\t%s\n", shown);
        }
        if (words[kind].after)
            fprintf(stderr, "%s%s%s", words[kind].middle, checkout ? "switch branches" : "merge",
                    words[kind].after);
        else
            fputs("\n", stderr);
    }
    fputs("Aborting\n", stderr);
}

/* As git does: the next commit is to be no merge with what these name. */
static void forget_merge(const struct workspace *workspace)
{
    static const char *const names[] = {"MERGE_HEAD",       "MERGE_RR",   "MERGE_MSG",
                                        "MERGE_MODE",       "AUTO_MERGE", "SQUASH_MSG",
                                        "CHERRY_PICK_HEAD", "REVERT_HEAD"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlinkat(workspace->repository.git_dir, names[i], 0);
}

int workspace_move(struct workspace *workspace, const struct oid *old, const struct oid *new,
                   bool force, const char *command)
{
    struct oid before, after;
    struct update_conflicts conflicts;
    struct file_place place;
    if ((old->len && peel_to_tree(workspace->odb, old, &before, workspace->fault) < 0) ||
        peel_to_tree(workspace->odb, new, &after, workspace->fault) < 0)
        return -1;
    file_place_open(&place);
    workspace->files.place = &place;
    const struct update_options options = {
        .odb = workspace->odb,
        .git_dir = workspace->repository.git_dir,
        .lock = &workspace->lock,
        .files = workspace->files,
        .old = old->len ? &before : NULL,
        .new = &after,
        .force = force,
        .progress = workspace->progress,
    };
    int rc = update_work_tree(&options, &workspace->index, &conflicts, workspace->fault);
    if (rc == 1) {
        show_conflicts(&conflicts, command);
        rc = fault_set(workspace->fault, FAULT_NO, "files are in the way");
    }
    if (rc == 0)
        forget_merge(workspace);
    update_conflicts_free(&conflicts);
    workspace->files.place = NULL;
    file_place_close(&place);
    return rc;
}

static int log_head(struct workspace *workspace, const struct oid *new, const char *message)
{
    char line[1024];
    struct oid none = {.len = (unsigned char)workspace->repository.oid_len};
    const struct oid *old = workspace->head.oid.len ? &workspace->head.oid : &none;
    return refdb_log(workspace->repository.git_dir, "HEAD", old, new,
                     committer_configured(&workspace->repository.settings, line, sizeof line),
                     message, workspace->fault);
}

int workspace_set_head(struct workspace *workspace, const char *branch, const struct oid *oid,
                       const char *message)
{
    char text[REFS_NAME_MAX + 8], hex[OID_HEX];
    snprintf(text, sizeof text, "%s%s\n", branch ? "ref: " : "",
             branch ? branch : oid_hex(oid, hex));
    if (log_head(workspace, oid, message) < 0)
        return -1;
    return repo_lock_write(&workspace->repository.lock, workspace->repository.git_dir, "HEAD", text,
                           strlen(text), true, workspace->fault);
}

static int change(struct workspace *workspace, int git_dir, const char *name, const struct oid *old,
                  const struct oid *new, const char *message)
{
    char line[1024];
    const struct ref_update_options options = {
        .lock = &workspace->repository.lock,
        .who = committer_configured(&workspace->repository.settings, line, sizeof line),
        .oid_len = workspace->repository.oid_len,
        .sync = true};
    const struct ref_update update = {.name = name, .old = *old, .new = *new, .message = message};
    return ref_update(git_dir, &update, 1, &options, workspace->fault);
}

int workspace_move_head(struct workspace *workspace, const struct oid *oid, const char *message)
{
    const struct local_head *head = &workspace->head;
    if (head->branch == NULL)
        return change(workspace, workspace->repository.git_dir, "HEAD", &head->oid, oid, message);
    if (change(workspace, workspace->repository.common_dir, head->branch, &head->oid, oid,
               message) < 0)
        return -1;
    return log_head(workspace, oid, message);
}

int workspace_set_ref(struct workspace *workspace, const char *name, const struct oid *oid,
                      const char *message)
{
    const struct local_ref *ref = local_refs_find(&workspace->refs, name);
    const struct oid none = {.len = 0};
    return change(workspace, workspace->repository.common_dir, name, ref ? &ref->oid : &none, oid,
                  message);
}

int workspace_subject(struct workspace *workspace, const struct oid *commit, char *out, size_t size)
{
    const unsigned char *bytes;
    enum object_type type;
    size_t length;
    char hex[OID_HEX];
    unsigned digits = odb_abbreviation(workspace->odb, commit);
    if (odb_read(workspace->odb, commit, PEEL_OBJECT_MAX, &type, &bytes, &length) < 0)
        return -1;
    int used = snprintf(out, size, "%.*s ", (int)digits, oid_hex(commit, hex));
    if ((size_t)used < size)
        commit_subject((const char *)bytes, length, out + used, size - (size_t)used);
    return 0;
}

int workspace_orig_head(struct workspace *workspace)
{
    char text[OID_HEX + 1];
    if (workspace->head.oid.len == 0)
        return 0;
    size_t length = strlen(oid_hex(&workspace->head.oid, text));
    text[length] = '\n';
    return repo_lock_replace(&workspace->repository.lock, workspace->repository.git_dir,
                             "ORIG_HEAD", text, length + 1, true, workspace->fault);
}
