/* SPDX-License-Identifier: MIT */
/* smidgit clone: everything is made in a staging directory and published by one rename. */
#include "client/directory_name.h"
#include "client/download.h"
#include "cmd/main.h"
#include "cmd/server_options.h"
#include "objects/peel.h"
#include "proto/bytes.h"
#include "repo/committer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct clone {
    struct download download;
    bool no_checkout, all_branches;
};

static bool has_object(void *context, const struct oid *oid)
{
    return odb_has(context, oid);
}

/* What git's reflogs say of a clone. A bare repository has none. */
static int write_log(struct download *download, const char *name, const struct oid *oid)
{
    char url[URL_MAX], message[URL_MAX + 16], who[1024];
    struct oid none = {.len = oid->len};
    if (download->take.bare)
        return 0;
    snprintf(message, sizeof message, "clone: from %s", url_format(&download->url, url));
    return refdb_log(download->stage.git_dir, name, &none, oid, committer_format(who, sizeof who),
                     message, download->fault);
}

/* refs/remotes/origin/HEAD: the branch that the server's HEAD points to, if it was taken. */
static int write_remote_head(struct download *download)
{
    const struct refmap *refmap = &download->refmap;
    char name[REFS_NAME_MAX], target[2 * REFS_NAME_MAX];
    if (!refmap->remote_head[0] || download->take.bare)
        return 0;
    snprintf(name, sizeof name, "refs/remotes/%s/HEAD", download->take.origin);
    snprintf(target, sizeof target, "refs/remotes/%s/%s", download->take.origin,
             refmap->remote_head + strlen("refs/heads/"));
    const struct refdb_entry *entry = refmap_find(refmap, target);
    if (entry == NULL)
        return 0;
    if (refdb_write_symbolic(download->stage.git_dir, name, target, false, download->fault) < 0)
        return -1;
    return write_log(download, name, &entry->oid);
}

static int write_refs(struct download *download)
{
    struct refmap *refmap = &download->refmap;
    if (refmap->follow_tags && download->odb &&
        refmap_follow_tags(refmap, &download->refs, has_object, download->odb, download->fault) < 0)
        return -1;
    if (refdb_write_packed(download->stage.git_dir, refmap->entries, refmap->count, false,
                           download->fault) < 0)
        return -1;
    return write_remote_head(download);
}

static int write_head(struct download *download)
{
    const struct refmap *refmap = &download->refmap;
    const char *name = refmap->head_name;
    int git_dir = download->stage.git_dir;
    struct oid commit;
    if (refmap->head == HEAD_UNBORN)
        return refdb_write_symbolic(git_dir, "HEAD", name, false, download->fault);
    if (peel_to_commit(download->odb, &refmap->head_oid, &commit, download->fault) < 0 ||
        write_log(download, "HEAD", &commit) < 0)
        return -1;
    if (refmap->head == HEAD_DETACHED)
        return refdb_write_detached(git_dir, &commit, false, download->fault);
    if (!download->take.bare &&
        (refdb_write_loose(git_dir, name, &commit, false, download->fault) < 0 ||
         write_log(download, name, &commit) < 0))
        return -1;
    return refdb_write_symbolic(git_dir, "HEAD", name, false, download->fault);
}

static int write_config(struct download *download)
{
    const struct refmap *refmap = &download->refmap;
    bool follows = refmap->head == HEAD_BRANCH || refmap->head == HEAD_UNBORN;
    struct repo_config config = {
        .bare = download->take.bare,
        .mirror = download->take.mirror,
        .no_tags = download->take.no_tags,
        .sha256 = download->hash->oid_len == OID_SHA256,
        .remote = download->take.origin,
        .url = &download->url,
        .refspec = refmap->refspec[0] ? refmap->refspec : NULL,
        .branch = follows && !download->take.bare ? refmap->head_name : NULL,
    };
    return repo_write_config(download->stage.git_dir, &config, download->fault);
}

static int checkout(struct download *download)
{
    if (download->refmap.head == HEAD_BRANCH || download->refmap.head == HEAD_DETACHED)
        return download_checkout(download, download->stage.git_dir, NULL);
    if (!download->refmap.empty && !download->connection.quiet)
        fputs("warning: remote HEAD refers to nonexistent ref, unable to checkout\n", stderr);
    return 0;
}

static int build(struct clone *clone)
{
    struct download *download = &clone->download;
    if (staging_skeleton(&download->stage) < 0 || download_fetch(download, "clone") < 0 ||
        write_refs(download) < 0 || write_head(download) < 0 || write_config(download) < 0)
        return -1;
    if (download->shallow.count > 0 &&
        repo_write_shallow(download->stage.git_dir, download->shallow.oids, download->shallow.count,
                           download->fault) < 0)
        return -1;
    if (!clone->no_checkout && !download->take.bare && checkout(download) < 0)
        return -1;
    return staging_publish(&download->stage, !download->no_sync);
}

static void announce(const struct download *download)
{
    char shown[sizeof download->directory * 2];
    if (download->connection.quiet)
        return;
    bytes_caret(download->directory, strlen(download->directory), "", shown, sizeof shown);
    fprintf(stderr,
            download->take.bare ? "Cloning into bare repository '%s'...\n"
                                : "Cloning into '%s'...\n",
            shown);
}

static int clone_into(struct clone *clone)
{
    struct download *download = &clone->download;
    enum repo_kind kind = download->take.bare ? REPO_BARE : REPO_WORKTREE;
    int rc = staging_open(&download->stage, download->directory, kind, download->fault);
    if (rc == 0) {
        announce(download);
        rc = download_list(download);
    }
    if (rc == 0) {
        if (download->refmap.empty && !download->connection.quiet)
            fputs("warning: You appear to have cloned an empty repository.\n", stderr);
        rc = build(clone);
    }
    return rc;
}

static int name_directory(struct download *download, const char *directory)
{
    size_t size = sizeof download->directory;
    if (directory) {
        if (strlen(directory) >= size || directory[0] == '\0')
            return fault_set(download->fault, FAULT_USAGE, "'%.40s' is no usable directory name",
                             directory);
        strcpy(download->directory, directory);
        return 0;
    }
    if (directory_name(&download->url, download->directory, size - 4, download->fault) < 0)
        return -1;
    if (download->take.bare)
        strcat(download->directory, ".git");
    return 0;
}

static int check_options(struct clone *clone, int rest, char **arguments)
{
    struct download *download = &clone->download;
    char name[REFS_NAME_MAX];
    if (rest < 1 || rest > 2)
        return fault_set(download->fault, FAULT_USAGE,
                         "clone: a URL is needed, and at most a "
                         "directory besides");
    snprintf(name, sizeof name, "refs/remotes/%s/x", download->take.origin);
    if (!refs_name_valid(name, strlen(name), false))
        return fault_set(download->fault, FAULT_USAGE, "'%s' is not a valid remote name",
                         url_shown(download->take.origin));
    download->take.bare = download->take.bare || download->take.mirror;
    if (download->depth > 0 && !clone->all_branches)
        download->take.single_branch = true;
    if (server_options_url(arguments[0], &download->url, download->fault) < 0 ||
        name_directory(download, rest == 2 ? arguments[1] : NULL) < 0)
        return -1;
    return server_options_ready(&download->connection, download->fault);
}

static int parse(struct clone *clone, int argc, char **argv, bool *help)
{
    struct download *download = &clone->download;
    int rest;
    const struct option table[] = {
        {'b', "branch", OPTION_TEXT, &download->take.branch},
        {0, "depth", OPTION_NUMBER, &download->depth},
        {'o', "origin", OPTION_TEXT, &download->take.origin},
        {0, "bare", OPTION_FLAG, &download->take.bare},
        {0, "mirror", OPTION_FLAG, &download->take.mirror},
        {'n', "no-checkout", OPTION_FLAG, &clone->no_checkout},
        {0, "no-tags", OPTION_FLAG, &download->take.no_tags},
        {0, "single-branch", OPTION_FLAG, &download->take.single_branch},
        {0, "no-single-branch", OPTION_FLAG, &clone->all_branches},
        DOWNLOAD_OPTIONS(download),
        {0, NULL, OPTION_FLAG, NULL},
    };
    if (options_parse(argc, argv, table, &rest, help, download->fault) < 0)
        return -1;
    return *help ? 0 : check_options(clone, rest, argv + 1);
}

static int run(int argc, char **argv, struct fault *fault)
{
    bool help = false;
    struct clone *clone = calloc(1, sizeof *clone);
    if (clone == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to clone with");
    download_open(&clone->download, fault);
    int rc = parse(clone, argc, argv, &help);
    if (rc == 0)
        rc = help ? main_help(&command_clone) : clone_into(clone);
    download_close(&clone->download);
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
        "  --single-branch          take only one branch; --no-single-branch: all\n" DOWNLOAD_HELP,
    .connects = true,
};
