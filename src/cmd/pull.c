/* SPDX-License-Identifier: MIT */
/* smidgit pull: fetch, then the branch goes forward to what was fetched; it is never merged. */
#include "client/workspace.h"
#include "cmd/commands.h"
#include "cmd/fetch.h"
#include "objects/commits.h"
#include "objects/peel.h"
#include "repo/shallow.h"
#include "system/fs.h"
#include "system/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pull {
    struct fetch_command fetch;
    struct workspace workspace;
    bool ff_only; /* there is no other way here */
};

#define FETCH_HEAD_MAX ((size_t)1 << 30) /* bytes */

static void defaults(void *self, struct fault *fault)
{
    struct pull *pull = self;
    fetch_command_defaults(&pull->fetch, fault);
    pull->fetch.verb = "pull";
}

/* The one commit that FETCH_HEAD says is for merging. */
static int find_target(struct workspace *workspace, struct oid *out)
{
    char *text;
    size_t size, found = 0;
    if (fs_read(workspace->repository.git_dir, "FETCH_HEAD", FETCH_HEAD_MAX, true, &text, &size,
                workspace->fault) < 0)
        return -1;
    for (const char *at = text, *lf; at && (lf = strchr(at, '\n')) != NULL; at = lf + 1) {
        size_t hex = strspn(at, "0123456789abcdef");
        if (strncmp(at + hex, "\t\t", 2) == 0 && oid_parse(at, hex, out) == 0)
            found++;
    }
    free(text);
    if (found == 1)
        return 0;
    return fault_set(workspace->fault, FAULT_LOCAL,
                     found ? "pull: several branches cannot be taken at once"
                           : "pull: nothing that was fetched is for this branch: set "
                             "branch.NAME.merge, or name the branch");
}

static int forward(struct pull *pull, const struct oid *target)
{
    struct workspace *workspace = &pull->workspace;
    char from[OID_HEX], to[OID_HEX];
    const struct oid *head = &workspace->head.oid;
    const char *action = pull->fetch.action;
    char message[1024 + 32];
    if (workspace_index(workspace, true) < 0 ||
        workspace_move(workspace, head, target, false, "merge") < 0)
        return -1;
    snprintf(message, sizeof message, head->len ? "%s: Fast-forward" : "initial pull", action);
    if (workspace_move_head(workspace, target, message) < 0)
        return -1;
    if (head->len && !pull->fetch.fetch.transfer.connection.quiet)
        printf("Updating %.*s..%.*s\nFast-forward\n", (int)odb_abbreviation(workspace->odb, head),
               oid_hex(head, from), (int)odb_abbreviation(workspace->odb, target),
               oid_hex(target, to));
    return 0;
}

/* Whether the branch can go forward to TARGET: 1, 0 when it is there or further, -1. */
static int is_forward(struct workspace *workspace, const struct oid *target)
{
    struct commits commits;
    struct shallow_list shallow;
    char hex[OID_HEX];
    const struct oid *head = &workspace->head.oid;
    if (head->len == 0)
        return 1;
    shallow_open(&shallow);
    int rc = shallow_read(workspace->repository.common_dir, workspace->repository.oid_len, &shallow,
                          workspace->fault);
    shallow_sort(&shallow);
    commits_open(&commits, workspace->odb, shallow.oids, shallow.count, workspace->fault);
    int behind = rc < 0 ? -1 : commits_is_ancestor(&commits, target, head);
    int ahead = behind == 0 ? commits_is_ancestor(&commits, head, target) : -1;
    commits_close(&commits);
    shallow_close(&shallow);
    if (behind != 0)
        return behind < 0 ? -1 : 0;
    if (ahead == 0)
        return fault_set(workspace->fault, FAULT_LOCAL,
                         "not possible to fast-forward: the branch here has commits that were not "
                         "fetched. 'smidgit reset --hard %.10s' takes the remote's state instead, "
                         "and local commits and changes are lost",
                         oid_hex(target, hex));
    return ahead;
}

static int merge(struct pull *pull, struct fault *fault)
{
    struct workspace *workspace = &pull->workspace;
    struct oid target = {.len = 0};
    const struct connection *connection = &pull->fetch.fetch.transfer.connection;
    if (workspace_open(workspace, fault) < 0)
        return -1;
    if (faccessat(workspace->repository.git_dir, "MERGE_HEAD", F_OK, 0) == 0)
        return fault_set(fault, FAULT_LOCAL,
                         "a merge is not finished: commit it (reset --hard gives it up)");
    if (find_target(workspace, &target) < 0 ||
        peel_to_commit(workspace->odb, &target, &target, fault) < 0)
        return -1;
    workspace->progress = progress_wanted(connection->quiet, connection->progress);
    int rc = is_forward(workspace, &target);
    if (rc >= 0 && workspace_orig_head(workspace) < 0)
        return -1;
    if (rc == 0 && !connection->quiet)
        puts("Already up to date.");
    return rc > 0 ? forward(pull, &target) : rc;
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct pull *pull = self;
    int rc = fetch_command_run(&pull->fetch, count, arguments);
    if (rc == 0 && pull->fetch.fetch.rejected > 0)
        rc = fault_set(fault, FAULT_NO, "some references could not be updated");
    if (rc == 0) {
        rc = merge(pull, fault);
        workspace_close(&pull->workspace);
    }
    fetch_command_close(&pull->fetch);
    return rc;
}

static const struct option options[] = {
    {"ff-only", 0, OPTION_FLAG, offsetof(struct pull, ff_only),
     .help = "what is always done here: no merge"},
    {.kind = OPTION_REST, .offset = offsetof(struct pull, fetch), .rest = fetch_options},
};

const struct command pull_command = {
    .name = "pull",
    .summary = "fetch, and bring the branch and its files forward",
    .usage = "pull [--ff-only] [OPTION...] [REMOTE [REFSPEC]]",
    .options = options,
    .size = sizeof(struct pull),
    .defaults = defaults,
    .run = run,
};
