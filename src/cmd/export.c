/* SPDX-License-Identifier: MIT */
/* smidgit export: the files of one commit and nothing else. A pack of depth 1 goes into the staging
 * directory, the files are written from it, and only they are published. */
#include "cmd/commands.h"
#include "cmd/download_options.h"
#include "cmd/json_output.h"
#include "objects/peel.h"

#include <stdio.h>
#include <string.h>

struct export
{
    struct download download;
    /* Full object ids, or NULL, and what they are. */
    const char *expect, *if_changed;
    struct oid expected, known;
    struct pathset paths;
};

static const char *name_of(const struct export *export)
{
    const char *branch = export->download.take.branch;
    return branch ? branch : "HEAD";
}

static int unexpected(const struct export *export, const struct oid *is)
{
    char hex[OID_HEX];
    return fault_set(export->download.fault, FAULT_PROTOCOL,
                     "refused: '%s' is %s on the server, and --expect says %s", name_of(export),
                     oid_hex(is, hex), export->expect);
}

/* Whether the list of references says that it is OID: by the id of the reference, or by that of
 * what a tag points to. */
static bool is_listed(const struct export *export, const struct oid *oid)
{
    const struct reflist *refs = &export->download.refs;
    const struct oid *head = &export->download.refmap.head_oid;
    bool is = oid_equal(head, oid);
    for (size_t i = 0; !is && i < refs->count; i++)
        is = oid_equal(&refs->refs[i].oid, head) && refs->refs[i].has_peeled &&
             oid_equal(remote_ref_peeled(&refs->refs[i]), oid);
    return is;
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
    if (export->expect && !is_listed(export, &export->expected))
        return unexpected(export, &download->refmap.head_oid);
    if (export->if_changed && is_listed(export, &export->known)) {
        fault_set(download->fault, FAULT_NO, "'%s' is still %s", name_of(export),
                  export->if_changed);
        if (!download->transfer.connection.quiet)
            fprintf(stderr, "%s\n", download->fault->text);
        return -1;
    }
    return 0;
}

static int export_to(struct export *export)
{
    struct download *download = &export->download;
    /* Nothing is touched before it is known that something is to be done. */
    if ((export->if_changed && list(export) < 0) ||
        staging_open(&download->stage, download->directory, REPO_FILES, download->fault) < 0 ||
        (!export->if_changed && list(export) < 0) || staging_skeleton(&download->stage) < 0 ||
        download_fetch(download, "export") < 0 || check_commit(export) < 0 ||
        download_checkout(download, -1, export->paths.paths.count > 0 ? &export->paths : NULL) < 0)
        return -1;
    if (staging_publish(&download->stage, !download->transfer.no_sync) < 0)
        return -1;
    return json_download(download, "export");
}

static int parse_id(const char *text, const char *option, struct oid *out, struct fault *fault)
{
    return text && oid_parse(text, strlen(text), out) < 0
               ? fault_set(fault, FAULT_USAGE,
                           "option '--%s': a full object id is needed, not '%s'", option, text)
               : 0;
}

static int check_options(struct export *export, int count, char **arguments)
{
    struct download *download = &export->download;
    if (count != 2)
        return fault_set(download->fault, FAULT_USAGE, "export: a URL and a directory are needed");
    if (parse_id(export->expect, "expect", &export->expected, download->fault) < 0 ||
        parse_id(export->if_changed, "if-changed", &export->known, download->fault) < 0)
        return -1;
    /* The references come with the first answer then. */
    if (export->if_changed && !download->transfer.connection.protocol)
        download->transfer.connection.protocol = "0";
    download->depth = 1;
    download->take.single_branch = download->take.no_tags = true;
    if (pathset_open(&export->paths, download->fault) < 0)
        return -1;
    return download_options_ready(download, arguments[0], arguments[1]);
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
    {"if-changed", 0, OPTION_TEXT, offsetof(struct export, if_changed), .word = "OID",
     .help = "exit with 1 while the commit is OID"},
    {"path", 0, OPTION_LIST, offsetof(struct export, paths.paths), .word = "PATH",
     .help = "only this file or directory; can be given again"},
    {.kind = OPTION_REST,
     .offset = offsetof(struct export, download.transfer),
     .rest = json_transfer_options},
};

const struct command export_command = {
    .name = "export",
    .summary = "write the files of a commit into a new directory, without .git",
    .usage = "export [-b NAME] [--expect OID] [--if-changed OID]\n"
             "           [--path PATH]... [OPTION...] URL DIR",
    .options = options,
    .size = sizeof(struct export),
    .defaults = download_options_defaults,
    .run = run,
};
