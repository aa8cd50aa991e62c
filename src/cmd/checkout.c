/* SPDX-License-Identifier: MIT */
/* smidgit checkout: another branch or commit in the working tree, or single files as they were. */
#include "client/branches.h"
#include "cmd/commands.h"
#include "cmd/paths.h"
#include "objects/peel.h"
#include "proto/bytes.h"
#include "proto/refs.h"
#include "repo/refdb.h"
#include "system/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct checkout {
    struct workspace workspace;
    struct paths paths;
    bool force, detach, quiet;
    const char *create, *recreate; /* -b, -B */
    unsigned long dashes;          /* arguments before "--", and 1 */
    struct fault *fault;
};

static const char heads[] = "refs/heads/", remotes[] = "refs/remotes/";

/* The only remote-tracking branch of that name: "main" for refs/remotes/origin/main. */
static const struct local_ref *tracked_called(const struct checkout *checkout, const char *name)
{
    const struct local_refs *refs = &checkout->workspace.refs;
    const struct local_ref *found = NULL;
    for (size_t i = 0; i < refs->count; i++) {
        const char *tail = refs->refs[i].name;
        if (strncmp(tail, remotes, sizeof remotes - 1) != 0 || refs->refs[i].target)
            continue;
        tail = strchr(tail + sizeof remotes - 1, '/');
        if (tail == NULL || strcmp(tail + 1, name) != 0)
            continue;
        if (found)
            return NULL;
        found = &refs->refs[i];
    }
    return found;
}

/* What a reflog calls where HEAD is: the branch, or an id. */
static const char *place(const struct local_head *head, char hex[OID_HEX])
{
    if (head->branch)
        return strncmp(head->branch, heads, sizeof heads - 1) == 0 ? head->branch + sizeof heads - 1
                                                                   : head->branch;
    return oid_hex(&head->oid, hex);
}

static void say(const struct checkout *checkout, const char *format, const char *name)
{
    if (!checkout->quiet)
        fprintf(stderr, format, name);
}

/* What HEAD was detached at is hard to find again. */
static int say_previous(struct checkout *checkout, const struct oid *new)
{
    const struct local_head *head = &checkout->workspace.head;
    char subject[1024];
    if (head->branch || checkout->quiet || oid_equal(&head->oid, new))
        return 0;
    if (workspace_subject(&checkout->workspace, &head->oid, subject, sizeof subject) < 0)
        return -1;
    fprintf(stderr, "Previous HEAD position was %s\n", subject);
    return 0;
}

static bool stays(const struct checkout *checkout, const char *asked)
{
    return !checkout->detach && strcmp(asked, "HEAD") == 0;
}

/* Files, index and HEAD to COMMIT; BRANCH: the full name, or NULL to detach, but for "HEAD", which
 * is where we are. ASKED: how it was called. */
static int go(struct checkout *checkout, const char *branch, const struct oid *commit,
              const char *asked)
{
    struct workspace *workspace = &checkout->workspace;
    char message[2 * REFS_NAME_MAX + 64], hex[OID_HEX];
    if (workspace_move(workspace, &workspace->head.oid, commit, checkout->force, "checkout") < 0 ||
        say_previous(checkout, commit) < 0)
        return -1;
    if (branch == NULL && stays(checkout, asked))
        return 0;
    snprintf(message, sizeof message, "checkout: moving from %s to %s",
             place(&workspace->head, hex), asked);
    return workspace_set_head(workspace, branch, commit, message);
}

static int switch_to(struct checkout *checkout, const struct local_ref *branch, const char *name)
{
    const struct local_head *head = &checkout->workspace.head;
    struct oid commit;
    bool already = head->branch && strcmp(head->branch, branch->name) == 0;
    if ((!already && branches_elsewhere(&checkout->workspace, branch->name) < 0) ||
        peel_to_commit(checkout->workspace.odb, &branch->oid, &commit, checkout->fault) < 0)
        return -1;
    if (go(checkout, branch->name, &commit, name) < 0)
        return -1;
    say(checkout, already ? "Already on '%s'\n" : "Switched to branch '%s'\n", name);
    return 0;
}

static int detach(struct checkout *checkout, const char *text)
{
    struct oid commit;
    char subject[1024];
    if (revision_resolve(&checkout->workspace.revisions, text, &commit) < 0 ||
        peel_to_commit(checkout->workspace.odb, &commit, &commit, checkout->fault) < 0 ||
        go(checkout, NULL, &commit, text) < 0 ||
        workspace_subject(&checkout->workspace, &commit, subject, sizeof subject) < 0)
        return -1;
    if (!stays(checkout, text))
        say(checkout, "HEAD is now at %s\n", subject);
    return 0;
}

/* -b NAME [START] */
static int create(struct checkout *checkout, const char *name, const char *start, bool again)
{
    struct workspace *workspace = &checkout->workspace;
    struct new_branch branch;
    char message[2 * REFS_NAME_MAX + 64], hex[OID_HEX];
    if (branches_plan(workspace, name, start, again, &branch) < 0)
        return -1;
    const struct oid *commit = &branch.commit;
    if (commit->len == 0) /* no commit yet: the first one will be on it */
        return refdb_write_symbolic(workspace->repository.git_dir, "HEAD", branch.full, true,
                                    checkout->fault);
    if (workspace_move(workspace, &workspace->head.oid, commit, checkout->force, "checkout") < 0 ||
        branches_make(workspace, &branch, start ? start : "HEAD") < 0)
        return -1;
    snprintf(message, sizeof message, "checkout: moving from %s to %s",
             place(&workspace->head, hex), name);
    if (workspace_set_head(workspace, branch.full, commit, message) < 0)
        return -1;
    say(checkout, "Switched to a new branch '%s'\n", name);
    return 0;
}

static int no_match(struct checkout *checkout, const char *path)
{
    char shown[1024];
    bytes_caret(path, strlen(path), "", shown, sizeof shown);
    fprintf(stderr, "error: pathspec '%s' did not match any file(s) known to git\n", shown);
    return fault_set(checkout->fault, FAULT_NO, "no such path");
}

/* Single files: as REVISION has them, or as the index. */
static int take_paths(struct checkout *checkout, const char *revision, int count, char **arguments)
{
    struct workspace *workspace = &checkout->workspace;
    struct pathset *set = &checkout->paths.set;
    struct update_conflicts conflicts;
    struct oid tree;
    if (paths_open(&checkout->paths, &workspace->repository, count, arguments, checkout->fault) < 0)
        return -1;
    if (revision && (revision_resolve(&workspace->revisions, revision, &tree) < 0 ||
                     peel_to_tree(workspace->odb, &tree, &tree, checkout->fault) < 0))
        return -1;
    const struct update_options options = {
        .odb = workspace->odb,
        .git_dir = workspace->repository.git_dir,
        .lock = &workspace->lock,
        .files = workspace->files,
        .new = revision ? &tree : NULL,
        .force = true,
        /* Beside one that is everything the others have to be there, too. */
        .paths = checkout->paths.all && set->paths.count == 0 ? NULL : set,
        .from_index = revision == NULL,
        .take_all = checkout->paths.all,
        .progress = workspace->progress,
    };
    int rc = update_work_tree(&options, &workspace->index, &conflicts, checkout->fault);
    update_conflicts_free(&conflicts);
    if (rc == 0 || checkout->fault->class != FAULT_REFUSED)
        return rc;
    fault_clear(checkout->fault);
    for (size_t i = 0; i < set->paths.count; i++)
        if (!set->found[i])
            no_match(checkout, set->paths.items[i]);
    return -1;
}

/* One argument: a branch, what a remote has under that name, a revision, a file. */
static int take_one(struct checkout *checkout, char **arguments)
{
    const char *name = arguments[0];
    const struct local_ref *ref = branches_find(&checkout->workspace, name);
    if (ref && !checkout->detach)
        return switch_to(checkout, ref, name);
    if (revision_ref(&checkout->workspace.revisions, name) || strpbrk(name, "^~@") ||
        checkout->detach)
        return detach(checkout, name);
    ref = tracked_called(checkout, name);
    if (ref)
        return create(checkout, name, ref->name, false);
    if (detach(checkout, name) == 0)
        return 0;
    if (checkout->fault->class != FAULT_LOCAL)
        return -1;
    fault_clear(checkout->fault);
    return take_paths(checkout, NULL, 1, arguments);
}

static int work(struct checkout *checkout, int count, char **arguments)
{
    struct workspace *workspace = &checkout->workspace;
    const char *new = checkout->create ? checkout->create : checkout->recreate;
    if (workspace_open(workspace, checkout->fault) < 0 || workspace_index(workspace, true) < 0)
        return -1;
    workspace->progress = progress_wanted(checkout->quiet, false);
    workspace->quiet = checkout->quiet;
    if (new)
        return count > 1
                   ? fault_set(checkout->fault, FAULT_USAGE, "checkout: too many arguments")
                   : create(checkout, new, count ? arguments[0] : NULL, checkout->create == NULL);
    if (checkout->dashes > 2 || (checkout->dashes > 0 && count < (int)checkout->dashes))
        return fault_set(checkout->fault, FAULT_USAGE,
                         "checkout: at most one revision, then -- and paths");
    if (checkout->dashes > 0) {
        int before = (int)checkout->dashes - 1;
        return take_paths(checkout, before ? arguments[0] : NULL, count - before,
                          arguments + before);
    }
    if (count == 0 && checkout->detach)
        return detach(checkout, "HEAD");
    if (count == 0)
        return checkout->force && workspace->head.oid.len
                   ? workspace_move(workspace, &workspace->head.oid, &workspace->head.oid, true,
                                    "checkout")
                   : 0;
    if (count == 1)
        return take_one(checkout, arguments);
    struct oid oid;
    if (revision_resolve(&workspace->revisions, arguments[0], &oid) == 0)
        return take_paths(checkout, arguments[0], count - 1, arguments + 1);
    fault_clear(checkout->fault);
    return take_paths(checkout, NULL, count, arguments);
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct checkout *checkout = self;
    checkout->fault = fault;
    int rc = work(checkout, count, arguments);
    paths_close(&checkout->paths);
    workspace_close(&checkout->workspace);
    return rc;
}

static const struct option options[] = {
    {"", 0, OPTION_NUMBER, offsetof(struct checkout, dashes), .word = NULL, .help = NULL},
    {NULL, 'b', OPTION_TEXT, offsetof(struct checkout, create), .word = "NAME",
     .help = "a new branch, at START or where HEAD is"},
    {NULL, 'B', OPTION_TEXT, offsetof(struct checkout, recreate), .word = "NAME",
     .help = "the same, also when there is one of that name"},
    {"force", 'f', OPTION_FLAG, offsetof(struct checkout, force), .help = "local changes are lost"},
    {"detach", 'd', OPTION_FLAG, offsetof(struct checkout, detach),
     .help = "the commit, not the branch"},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct checkout, quiet), .help = "errors only"},
    {.kind = OPTION_REST},
};

const struct command checkout_command = {
    .name = "checkout",
    .summary = "another branch or commit in the working tree, or files as they were",
    .usage = "checkout [-f] BRANCH|REVISION | -b NAME [START] |\n"
             "           [REVISION] -- PATH...",
    .options = options,
    .size = sizeof(struct checkout),
    .run = run,
};
