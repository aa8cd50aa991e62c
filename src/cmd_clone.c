/* SPDX-License-Identifier: MIT */
/* smidgit clone: everything is made in a staging directory and published by one rename. */
#include "bytes.h"
#include "ident.h"
#include "main.h"
#include "peel.h"
#include "target.h"
#include "transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct clone {
    struct transfer transfer;
    bool no_checkout, all_branches;
};

static bool has_object(void *context, const struct oid *oid)
{
    return odb_has(context, oid);
}

/* What git's reflogs say of a clone. A bare repository has none. */
static int write_log(struct transfer *transfer, const char *name, const struct oid *oid)
{
    char url[URL_MAX], message[URL_MAX + 16], who[1024];
    struct oid none = {.len = oid->len};
    if (transfer->take.bare)
        return 0;
    snprintf(message, sizeof message, "clone: from %s", url_format(&transfer->url, url));
    return refdb_log(transfer->stage.git_dir, name, &none, oid, ident_format(who, sizeof who),
                     message, transfer->fault);
}

/* refs/remotes/origin/HEAD: the branch that the server's HEAD points to, if it was taken. */
static int write_remote_head(struct transfer *transfer)
{
    const struct mapping *mapping = &transfer->mapping;
    char name[REFS_NAME_MAX], target[2 * REFS_NAME_MAX];
    if (!mapping->remote_head[0] || transfer->take.bare)
        return 0;
    snprintf(name, sizeof name, "refs/remotes/%s/HEAD", transfer->take.origin);
    snprintf(target, sizeof target, "refs/remotes/%s/%s", transfer->take.origin,
             mapping->remote_head + strlen("refs/heads/"));
    const struct refdb_entry *entry = mapping_find(mapping, target);
    if (entry == NULL)
        return 0;
    if (refdb_write_symbolic(transfer->stage.git_dir, name, target, false, transfer->fault) < 0)
        return -1;
    return write_log(transfer, name, &entry->oid);
}

static int write_refs(struct transfer *transfer)
{
    struct mapping *mapping = &transfer->mapping;
    if (mapping->follow_tags && transfer->odb &&
        mapping_follow_tags(mapping, &transfer->refs, has_object, transfer->odb, transfer->fault) <
            0)
        return -1;
    if (refdb_write_packed(transfer->stage.git_dir, mapping->entries, mapping->count, false,
                           transfer->fault) < 0)
        return -1;
    return write_remote_head(transfer);
}

static int write_head(struct transfer *transfer)
{
    const struct mapping *mapping = &transfer->mapping;
    const char *name = mapping->head_name;
    int git_dir = transfer->stage.git_dir;
    struct oid commit;
    if (mapping->head == HEAD_UNBORN)
        return refdb_write_symbolic(git_dir, "HEAD", name, false, transfer->fault);
    if (peel_to_commit(transfer->odb, &mapping->head_oid, &commit, transfer->fault) < 0 ||
        write_log(transfer, "HEAD", &commit) < 0)
        return -1;
    if (mapping->head == HEAD_DETACHED)
        return refdb_write_detached(git_dir, &commit, false, transfer->fault);
    if (!transfer->take.bare &&
        (refdb_write_loose(git_dir, name, &commit, false, transfer->fault) < 0 ||
         write_log(transfer, name, &commit) < 0))
        return -1;
    return refdb_write_symbolic(git_dir, "HEAD", name, false, transfer->fault);
}

static int write_config(struct transfer *transfer)
{
    const struct mapping *mapping = &transfer->mapping;
    bool follows = mapping->head == HEAD_BRANCH || mapping->head == HEAD_UNBORN;
    struct repo_config config = {
        .bare = transfer->take.bare,
        .mirror = transfer->take.mirror,
        .no_tags = transfer->take.no_tags,
        .sha256 = transfer->hash->oid_len == OID_SHA256,
        .remote = transfer->take.origin,
        .url = &transfer->url,
        .refspec = mapping->refspec[0] ? mapping->refspec : NULL,
        .branch = follows && !transfer->take.bare ? mapping->head_name : NULL,
    };
    return repo_write_config(transfer->stage.git_dir, &config, transfer->fault);
}

static int checkout(struct transfer *transfer)
{
    if (transfer->mapping.head == HEAD_BRANCH || transfer->mapping.head == HEAD_DETACHED)
        return transfer_checkout(transfer, transfer->stage.git_dir, NULL);
    if (!transfer->mapping.empty && !transfer->connect.quiet)
        fputs("warning: remote HEAD refers to nonexistent ref, unable to checkout\n", stderr);
    return 0;
}

static int build(struct clone *clone)
{
    struct transfer *transfer = &clone->transfer;
    if (repo_stage_skeleton(&transfer->stage) < 0 || transfer_fetch(transfer, "clone") < 0 ||
        write_refs(transfer) < 0 || write_head(transfer) < 0 || write_config(transfer) < 0)
        return -1;
    if (transfer->shallow.count > 0 &&
        repo_write_shallow(transfer->stage.git_dir, transfer->shallow.oids, transfer->shallow.count,
                           transfer->fault) < 0)
        return -1;
    if (!clone->no_checkout && !transfer->take.bare && checkout(transfer) < 0)
        return -1;
    return repo_stage_publish(&transfer->stage, !transfer->no_sync);
}

static void announce(const struct transfer *transfer)
{
    char shown[sizeof transfer->directory * 2];
    if (transfer->connect.quiet)
        return;
    bytes_caret(transfer->directory, strlen(transfer->directory), "", shown, sizeof shown);
    fprintf(stderr,
            transfer->take.bare ? "Cloning into bare repository '%s'...\n"
                                : "Cloning into '%s'...\n",
            shown);
}

static int clone_into(struct clone *clone)
{
    struct transfer *transfer = &clone->transfer;
    enum repo_kind kind = transfer->take.bare ? REPO_BARE : REPO_WORKTREE;
    int rc = repo_stage_open(&transfer->stage, transfer->directory, kind, transfer->fault);
    if (rc == 0) {
        announce(transfer);
        rc = transfer_list(transfer);
    }
    if (rc == 0) {
        if (transfer->mapping.empty && !transfer->connect.quiet)
            fputs("warning: You appear to have cloned an empty repository.\n", stderr);
        rc = build(clone);
    }
    return rc;
}

static int name_directory(struct transfer *transfer, const char *directory)
{
    size_t size = sizeof transfer->directory;
    if (directory) {
        if (strlen(directory) >= size || directory[0] == '\0')
            return fault_set(transfer->fault, FAULT_USAGE, "'%.40s' is no usable directory name",
                             directory);
        strcpy(transfer->directory, directory);
        return 0;
    }
    if (target_name(&transfer->url, transfer->directory, size - 4, transfer->fault) < 0)
        return -1;
    if (transfer->take.bare)
        strcat(transfer->directory, ".git");
    return 0;
}

static int check_options(struct clone *clone, int rest, char **arguments)
{
    struct transfer *transfer = &clone->transfer;
    char name[REFS_NAME_MAX];
    if (rest < 1 || rest > 2)
        return fault_set(transfer->fault, FAULT_USAGE,
                         "clone: a URL is needed, and at most a "
                         "directory besides");
    snprintf(name, sizeof name, "refs/remotes/%s/x", transfer->take.origin);
    if (!refs_name_valid(name, strlen(name), false))
        return fault_set(transfer->fault, FAULT_USAGE, "'%s' is not a valid remote name",
                         url_shown(transfer->take.origin));
    transfer->take.bare = transfer->take.bare || transfer->take.mirror;
    if (transfer->depth > 0 && !clone->all_branches)
        transfer->take.single_branch = true;
    if (connect_url(arguments[0], &transfer->url, transfer->fault) < 0 ||
        name_directory(transfer, rest == 2 ? arguments[1] : NULL) < 0)
        return -1;
    return connect_ready(&transfer->connect, transfer->fault);
}

static int parse(struct clone *clone, int argc, char **argv, bool *help)
{
    struct transfer *transfer = &clone->transfer;
    int rest;
    const struct option table[] = {
        {'b', "branch", OPTION_TEXT, &transfer->take.branch},
        {0, "depth", OPTION_NUMBER, &transfer->depth},
        {'o', "origin", OPTION_TEXT, &transfer->take.origin},
        {0, "bare", OPTION_FLAG, &transfer->take.bare},
        {0, "mirror", OPTION_FLAG, &transfer->take.mirror},
        {'n', "no-checkout", OPTION_FLAG, &clone->no_checkout},
        {0, "no-tags", OPTION_FLAG, &transfer->take.no_tags},
        {0, "single-branch", OPTION_FLAG, &transfer->take.single_branch},
        {0, "no-single-branch", OPTION_FLAG, &clone->all_branches},
        TRANSFER_OPTIONS(transfer),
        {0, NULL, OPTION_FLAG, NULL},
    };
    if (options_parse(argc, argv, table, &rest, help, transfer->fault) < 0)
        return -1;
    return *help ? 0 : check_options(clone, rest, argv + 1);
}

static int run(int argc, char **argv, struct fault *fault)
{
    bool help = false;
    struct clone *clone = calloc(1, sizeof *clone);
    if (clone == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to clone with");
    transfer_open(&clone->transfer, fault);
    int rc = parse(clone, argc, argv, &help);
    if (rc == 0)
        rc = help ? main_help(&command_clone) : clone_into(clone);
    transfer_close(&clone->transfer);
    free(clone);
    return rc;
}

const struct command command_clone = {
    .name = "clone",
    .run = run,
    .summary = "clone a repository into a new directory",
    .usage = "clone [-b NAME] [--depth N] [-o NAME] [--bare] [--mirror] [-n]\n"
             "           [--no-tags] [--single-branch] [OPTION...] URL [DIR]",
    .options =
        "  -b, --branch NAME        check out this branch, tag or object id\n"
        "  --depth N                only the last N commits; implies --single-branch\n"
        "  -o, --origin NAME        call the remote NAME instead of origin\n"
        "  --bare                   no working tree\n"
        "  --mirror                 bare, with all references as they are\n"
        "  -n, --no-checkout        write no files\n"
        "  --no-tags                take no tags\n"
        "  --single-branch          take only one branch; --no-single-branch: all\n" TRANSFER_HELP,
    .connects = true,
};
