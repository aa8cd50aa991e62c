/* SPDX-License-Identifier: MIT */
/* smidgit export: the files of one commit and nothing else. A pack of depth 1 goes into the staging
 * directory, the files are written from it, and only they are published. */
#include "main.h"
#include "peel.h"
#include "transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct export
{
    struct transfer transfer;
    const char *expect; /* --expect: a full object id, or NULL */
    struct oid expected;
    struct pathset paths;
};

static int unexpected(const struct export *export, const struct oid *is)
{
    char hex[OID_HEX];
    return fault_set(export->transfer.fault, FAULT_PROTOCOL,
                     "refused: '%s' is %s on the server, and --expect says %s",
                     export->transfer.take.branch ? export->transfer.take.branch : "HEAD",
                     oid_hex(is, hex), export->expect);
}

/* What the list of references says already: the id of the reference, and of what a tag points to.
 */
static int check_list(const struct export *export)
{
    const struct transfer *transfer = &export->transfer;
    const struct oid *head = &transfer->mapping.head_oid;
    if (export->expect == NULL || oid_equal(head, &export->expected))
        return 0;
    for (size_t i = 0; i < transfer->refs.count; i++)
        if (oid_equal(&transfer->refs.refs[i].oid, head) && transfer->refs.refs[i].peeled.len > 0 &&
            oid_equal(&transfer->refs.refs[i].peeled, &export->expected))
            return 0;
    return unexpected(export, head);
}

static int check_commit(const struct export *export)
{
    const struct transfer *transfer = &export->transfer;
    struct oid commit;
    if (export->expect == NULL || oid_equal(&transfer->mapping.head_oid, &export->expected))
        return 0;
    if (peel_to_commit(transfer->odb, &transfer->mapping.head_oid, &commit, transfer->fault) < 0)
        return -1;
    return oid_equal(&commit, &export->expected) ? 0 : unexpected(export, &commit);
}

static int list(struct export *export)
{
    struct transfer *transfer = &export->transfer;
    if (transfer_list(transfer) < 0)
        return -1;
    if (transfer->mapping.head == HEAD_UNBORN || transfer->mapping.empty)
        return fault_set(transfer->fault, FAULT_REFUSED,
                         "there is nothing to export: the repository has no commit at HEAD");
    return check_list(export);
}

static int export_to(struct export *export)
{
    struct transfer *transfer = &export->transfer;
    if (repo_stage_open(&transfer->stage, transfer->directory, REPO_FILES, transfer->fault) < 0 ||
        list(export) < 0 || repo_stage_skeleton(&transfer->stage) < 0 ||
        transfer_fetch(transfer, "export") < 0 || check_commit(export) < 0 ||
        transfer_checkout(transfer, -1, export->paths.paths.count > 0 ? &export->paths : NULL) < 0)
        return -1;
    return repo_stage_publish(&transfer->stage, !transfer->no_sync);
}

static int check_options(struct export *export, int rest, char **arguments)
{
    struct transfer *transfer = &export->transfer;
    if (rest != 2)
        return fault_set(transfer->fault, FAULT_USAGE, "export: a URL and a directory are needed");
    if (strlen(arguments[1]) >= sizeof transfer->directory || arguments[1][0] == '\0')
        return fault_set(transfer->fault, FAULT_USAGE, "'%.40s' is no usable directory name",
                         arguments[1]);
    strcpy(transfer->directory, arguments[1]);
    if (export->expect && oid_parse(export->expect, strlen(export->expect), &export->expected) < 0)
        return fault_set(transfer->fault, FAULT_USAGE,
                         "option '--expect': a full object id is needed, not '%s'", export->expect);
    transfer->depth = 1;
    transfer->take.single_branch = transfer->take.no_tags = true;
    if (connect_url(arguments[0], &transfer->url, transfer->fault) < 0 ||
        pathset_open(&export->paths, transfer->fault) < 0)
        return -1;
    return connect_ready(&transfer->connect, transfer->fault);
}

static int parse(struct export *export, int argc, char **argv, bool *help)
{
    int rest;
    struct transfer *transfer = &export->transfer;
    const struct option table[] = {
        {'b', "branch", OPTION_TEXT, &transfer->take.branch},
        {0, "expect", OPTION_TEXT, &export->expect},
        {0, "path", OPTION_LIST, &export->paths.paths},
        TRANSFER_OPTIONS(transfer),
        {0, NULL, OPTION_FLAG, NULL},
    };
    if (options_parse(argc, argv, table, &rest, help, transfer->fault) < 0)
        return -1;
    return *help ? 0 : check_options(export, rest, argv + 1);
}

static int run(int argc, char **argv, struct fault *fault)
{
    bool help = false;
    struct export *export = calloc(1, sizeof *export);
    if (export == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to export with");
    transfer_open(&export->transfer, fault);
    int rc = parse(export, argc, argv, &help);
    if (rc == 0)
        rc = help ? main_help(&command_export) : export_to(export);
    transfer_close(&export->transfer);
    free(export);
    return rc;
}

const struct command command_export = {
    .name = "export",
    .run = run,
    .summary = "write the files of a commit into a new directory, without .git",
    .usage = "export [-b NAME] [--expect OID] [--path PATH]... [OPTION...] URL DIR",
    .options = "  -b, --branch NAME        the files of this branch, tag or object id\n"
               "  --expect OID             refuse any other commit than OID\n"
               "  --path PATH              only this file or directory; can be given "
               "again\n" TRANSFER_HELP,
    .connects = true,
};
