/* SPDX-License-Identifier: MIT */
/* smidgit clone: everything is made in a staging directory and published by one rename. */
#include "client/bundles.h"
#include "client/directory_name.h"
#include "client/unsupported.h"
#include "cmd/clone_settings.h"
#include "cmd/commands.h"
#include "cmd/download_options.h"
#include "cmd/json_output.h"
#include "objects/peel.h"
#include "proto/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct clone {
    struct download download;
    bool no_checkout, all_branches;
    const char *origin; /* as -o says, or NULL */
};

static bool has_object(void *context, const struct oid *oid)
{
    return odb_has(context, oid);
}

/* What git's reflogs say of a clone. A bare repository has none. */
static int write_log(struct download *download, const char *name, const struct oid *oid)
{
    static const char from[] = "clone: from ";
    char who[1024];
    struct oid none = {.len = oid->len};
    if (download->take.bare)
        return 0;
    char *message = malloc(sizeof from + URL_MAX);
    if (!message)
        return fault_set(download->fault, FAULT_LIMIT, "no memory for a reflog");
    memcpy(message, from, sizeof from);
    url_format(&download->url, message + sizeof from - 1, URL_MAX);
    int rc = refdb_log(download->stage.git_dir, name, &none, oid,
                       clone_settings_who(download, who, sizeof who), message, download->fault);
    free(message);
    return rc;
}

/* refs/remotes/origin/HEAD: the branch that the server's HEAD points to, if it was taken. */
static int write_remote_head(struct download *download)
{
    const struct refmap *refmap = &download->refmap;
    char name[REFS_NAME_MAX], target[2 * REFS_NAME_MAX];
    const struct refdb_entry *entry = refmap_remote_head(refmap);
    if (entry == NULL)
        return 0;
    snprintf(name, sizeof name, "%sHEAD", entry->folder);
    snprintf(target, sizeof target, "%s%s", entry->folder, entry->name);
    if (refdb_write_symbolic(download->stage.git_dir, name, target, false, download->fault) < 0)
        return -1;
    return write_log(download, name, entry->oid);
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
        .file_system = &download->stage.file_system,
        .remote = download->take.origin,
        .url = &download->url,
        .said_url = download->transfer.connection.said_url,
        .refspec = refmap->refspec[0] ? refmap->refspec : NULL,
        .branch = follows && !download->take.bare ? refmap->head_name : NULL,
    };
    return repo_write_config(download->stage.git_dir, &config, download->fault) < 0
               ? -1
               : clone_settings_write(download);
}

static int checkout(struct download *download)
{
    if (download->refmap.head == HEAD_BRANCH || download->refmap.head == HEAD_DETACHED)
        return download_checkout(download, download->stage.git_dir, NULL);
    if (!download->refmap.empty && !download->transfer.connection.quiet)
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
        shallow_write(download->stage.git_dir, &download->shallow, download->fault) < 0)
        return -1;
    if (!clone->no_checkout && !download->take.bare && checkout(download) < 0)
        return -1;
    if (staging_publish(&download->stage, !download->transfer.no_sync) < 0)
        return -1;
    return json_download(download, "clone");
}

static void announce(const struct download *download)
{
    char shown[sizeof download->directory * 2];
    if (download->transfer.connection.quiet)
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
        if (download->refmap.empty && !download->transfer.connection.quiet)
            fputs("warning: You appear to have cloned an empty repository.\n", stderr);
        rc = build(clone);
    }
    return rc;
}

static int name_directory(struct download *download)
{
    size_t size = sizeof download->directory;
    if (directory_name(&download->url, download->directory, size - 4, download->fault) < 0)
        return -1;
    if (download->take.bare)
        strcat(download->directory, ".git");
    return 0;
}

static int check_options(struct clone *clone, int count, char **arguments)
{
    struct download *download = &clone->download;
    char name[REFS_NAME_MAX];
    if (count < 1 || count > 2)
        return fault_set(download->fault, FAULT_USAGE,
                         "clone: a URL is needed, and at most a "
                         "directory besides");
    download->take.bare = download->take.bare || download->take.mirror;
    if (download->depth > 0 && !clone->all_branches)
        download->take.single_branch = true;
    if (clone_settings_ready(download) < 0 || bundles_ready(download) < 0 ||
        download_options_ready(download, arguments[0], count == 2 ? arguments[1] : NULL) < 0)
        return -1;
    download->take.origin = clone->origin ? clone->origin : clone_settings_origin(download);
    snprintf(name, sizeof name, "refs/remotes/%s/x", download->take.origin);
    if (!refs_name_valid(name, strlen(name), false))
        return fault_set(download->fault, FAULT_USAGE, "'%s' is not a valid remote name",
                         url_shown(download->take.origin));
    clone_settings_warn(download);
    return count == 2 ? 0 : name_directory(download);
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct clone *clone = self;
    (void)fault;
    int rc = check_options(clone, count, arguments);
    if (rc == 0)
        unsupported_warn(&clone->download.transfer.connection.settings,
                         clone->no_checkout || clone->download.take.bare ? 0 : UNSUPPORTED_WRITES);
    if (rc == 0)
        rc = clone_into(clone);
    download_close(&clone->download);
    return rc;
}

static const struct option options[] = {
    {"branch", 'b', OPTION_TEXT, offsetof(struct clone, download.take.branch), .word = "NAME",
     .help = "check out this branch, tag or object id"},
    {"depth", 0, OPTION_NUMBER, offsetof(struct clone, download.depth), .word = "N",
     .help = "only the last N commits; implies --single-branch"},
    {"origin", 'o', OPTION_TEXT, offsetof(struct clone, origin), .word = "NAME",
     .help = "call the remote NAME instead of origin"},
    {"bare", 0, OPTION_FLAG, offsetof(struct clone, download.take.bare), .help = "no working tree"},
    {"mirror", 0, OPTION_FLAG, offsetof(struct clone, download.take.mirror),
     .help = "bare, with all references as they are"},
    {"no-checkout", 'n', OPTION_FLAG, offsetof(struct clone, no_checkout),
     .help = "write no files"},
    {"no-tags", 0, OPTION_FLAG, offsetof(struct clone, download.take.no_tags),
     .help = "take no tags"},
    {"single-branch", 0, OPTION_FLAG, offsetof(struct clone, download.take.single_branch),
     .help = "take only one branch; --no-single-branch: all"},
    {"no-single-branch", 0, OPTION_FLAG, offsetof(struct clone, all_branches), .help = NULL},
    {.kind = OPTION_REST,
     .offset = offsetof(struct clone, download),
     .rest = clone_settings_options},
};

const struct command clone_command = {
    .name = "clone",
    .summary = "clone a repository into a new directory",
    .usage = "clone [-b NAME] [--depth N] [-o NAME] [--bare] [--mirror] [-n]\n"
             "           [--no-tags] [--single-branch] [OPTION...] URL [DIR]",
    .options = options,
    .size = sizeof(struct clone),
    .defaults = download_options_defaults,
    .run = run,
};
