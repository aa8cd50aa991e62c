/* SPDX-License-Identifier: MIT */
/* smidgit reset --hard: files, index and branch as a commit has them; local changes are lost. */
#include "client/workspace.h"
#include "cmd/commands.h"
#include "objects/peel.h"
#include "system/progress.h"

#include <stdio.h>

struct reset {
    struct workspace workspace;
    bool hard, quiet;
};

static int work(struct reset *reset, const char *revision, struct fault *fault)
{
    struct workspace *workspace = &reset->workspace;
    struct oid commit;
    char message[1024], subject[1024];
    if (workspace_open(workspace, fault) < 0 || workspace_index(workspace, true) < 0 ||
        revision_resolve(&workspace->revisions, revision, &commit) < 0 ||
        peel_to_commit(workspace->odb, &commit, &commit, fault) < 0)
        return -1;
    workspace->progress = progress_wanted(reset->quiet, false);
    snprintf(message, sizeof message, "reset: moving to %.900s", revision);
    if (workspace_move(workspace, &workspace->head.oid, &commit, true, "reset") < 0 ||
        workspace_orig_head(workspace) < 0 || workspace_move_head(workspace, &commit, message) < 0)
        return -1;
    if (reset->quiet)
        return 0;
    if (workspace_subject(workspace, &commit, subject, sizeof subject) < 0)
        return -1;
    printf("HEAD is now at %s\n", subject);
    return 0;
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct reset *reset = self;
    if (!reset->hard || count > 1)
        return fault_set(fault, FAULT_USAGE,
                         count > 1 ? "reset: at most one revision" : "reset: only with --hard");
    int rc = work(reset, count ? arguments[0] : "HEAD", fault);
    workspace_close(&reset->workspace);
    return rc;
}

static const struct option options[] = {
    {"hard", 0, OPTION_FLAG, offsetof(struct reset, hard),
     .help = "files, index and branch; local changes are lost"},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct reset, quiet), .help = "errors only"},
    {.kind = OPTION_REST},
};

const struct command reset_command = {
    .name = "reset",
    .summary = "files, index and branch as a commit has them",
    .usage = "reset --hard [REVISION]",
    .options = options,
    .size = sizeof(struct reset),
    .run = run,
};
