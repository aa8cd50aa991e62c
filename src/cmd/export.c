/* SPDX-License-Identifier: MIT */
/* smidgit export: the files of one commit and nothing else. A pack of depth 1 goes into the staging
 * directory, the files are written from it, and only they are published. */
#include "cmd/commands.h"
#include "cmd/download_options.h"
#include "objects/peel.h"

#include <string.h>

struct export
{
    struct download download;
    const char *expect; /* --expect: a full object id, or NULL */
    struct oid expected;
    struct pathset paths;
};

static int unexpected(const struct export *export, const struct oid *is)
{
    char hex[OID_HEX];
    return fault_set(export->download.fault, FAULT_PROTOCOL,
                     "refused: '%s' is %s on the server, and --expect says %s",
                     export->download.take.branch ? export->download.take.branch : "HEAD",
                     oid_hex(is, hex), export->expect);
}

/* What the list of references says already: the id of the reference, and of what a tag points to.
 */
static int check_list(const struct export *export)
{
    const struct download *download = &export->download;
    const struct reflist *refs = &download->refs;
    const struct oid *head = &download->refmap.head_oid;
    if (export->expect == NULL || oid_equal(head, &export->expected))
        return 0;
    for (size_t i = 0; i < refs->count; i++)
        if (oid_equal(&refs->refs[i].oid, head) && refs->refs[i].has_peeled &&
            oid_equal(remote_ref_peeled(&refs->refs[i]), &export->expected))
            return 0;
    return unexpected(export, head);
}

static int check_commit(const struct export *export)
{
    const struct download *download = &export->download;
    struct oid commit;
    if (export->expect == NULL || oid_equal(&download->refmap.head_oid, &export->expected))
        return 0;
    if (peel_to_commit(download->odb, &download->refmap.head_oid, &commit, download->fault) < 0)
        return -1;
    return oid_equal(&commit, &export->expected) ? 0 : unexpected(export, &commit);
}

static int list(struct export *export)
{
    struct download *download = &export->download;
    if (download_list(download) < 0)
        return -1;
    if (download->refmap.head == HEAD_UNBORN || download->refmap.empty)
        return fault_set(download->fault, FAULT_REFUSED,
                         "there is nothing to export: the repository has no commit at HEAD");
    return check_list(export);
}

static int export_to(struct export *export)
{
    struct download *download = &export->download;
    if (staging_open(&download->stage, download->directory, REPO_FILES, download->fault) < 0 ||
        list(export) < 0 || staging_skeleton(&download->stage) < 0 ||
        download_fetch(download, "export") < 0 || check_commit(export) < 0 ||
        download_checkout(download, -1, export->paths.paths.count > 0 ? &export->paths : NULL) < 0)
        return -1;
    return staging_publish(&download->stage, !download->transfer.no_sync);
}

static int check_options(struct export *export, int count, char **arguments)
{
    struct download *download = &export->download;
    if (count != 2)
        return fault_set(download->fault, FAULT_USAGE, "export: a URL and a directory are needed");
    if (download_options_directory(download, arguments[1]) < 0)
        return -1;
    if (export->expect && oid_parse(export->expect, strlen(export->expect), &export->expected) < 0)
        return fault_set(download->fault, FAULT_USAGE,
                         "option '--expect': a full object id is needed, not '%s'", export->expect);
    download->depth = 1;
    download->take.single_branch = download->take.no_tags = true;
    if (connection_url(arguments[0], &download->url, download->fault) < 0 ||
        pathset_open(&export->paths, download->fault) < 0)
        return -1;
    return server_options_ready(&download->transfer.connection, download->fault);
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct export *export = self;
    (void)fault;
    int rc = check_options(export, count, arguments);
    if (rc == 0)
        rc = export_to(export);
    download_close(&export->download);
    return rc;
}

static const struct option options[] = {
    {"branch", 'b', OPTION_TEXT, offsetof(struct export, download.take.branch), .word = "NAME",
     .help = "the files of this branch, tag or object id"},
    {"expect", 0, OPTION_TEXT, offsetof(struct export, expect), .word = "OID",
     .help = "refuse any other commit than OID"},
    {"path", 0, OPTION_LIST, offsetof(struct export, paths.paths), .word = "PATH",
     .help = "only this file or directory; can be given again"},
    {.kind = OPTION_REST,
     .offset = offsetof(struct export, download.transfer),
     .rest = transfer_options},
};

const struct command export_command = {
    .name = "export",
    .summary = "write the files of a commit into a new directory, without .git",
    .usage = "export [-b NAME] [--expect OID] [--path PATH]... [OPTION...] URL DIR",
    .options = options,
    .size = sizeof(struct export),
    .defaults = download_options_defaults,
    .run = run,
};
