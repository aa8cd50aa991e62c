/* SPDX-License-Identifier: MIT */
#include "client/download.h"

#include "client/clone_pack.h"
#include "objects/peel.h"
#include "receive/work.h"
#include "system/cpu.h"
#include "system/progress.h"
#include "worktree/checkout.h"

#include <stdio.h>

enum {
    CHECKOUT_CACHE = 512 * 1024, /* bytes of bases kept while files are written: sixteen times
                                    as much makes no clone faster; */
    CHECKOUT_SHARE = 4           /* and at most this part of --mem */
};

void download_open(struct download *download, struct fault *fault)
{
    *download = (struct download){.take.origin = "origin", .fault = fault};
    connection_defaults(&download->transfer.connection);
    shallow_open(&download->shallow);
}

void download_close(struct download *download)
{
    odb_close(download->odb);
    remote_close(download->remote);
    if (download->stage.fault)
        staging_close(&download->stage);
    connection_close(&download->transfer.connection);
    connection_url_end(&download->url);
    reflist_free(&download->refs);
    refmap_free(&download->refmap);
    shallow_close(&download->shallow);
}

/* Of --mem: what references may take, and later the list of files. 0: no limit. */
static size_t half_of(uint64_t memory)
{
    return memory / 2 > SIZE_MAX ? SIZE_MAX : (size_t)(memory / 2);
}

bool download_progress(const struct download *download)
{
    const struct connection *connection = &download->transfer.connection;
    return progress_wanted(connection->quiet, connection->progress);
}

int download_list(struct download *download)
{
    static const char *const all[] = {"refs/", "HEAD"};
    static const char *const usual[] = {"HEAD", "refs/heads/", "refs/tags/"};
    download->transfer.connection.remote.refs_memory = half_of(download->transfer.memory);
    download->remote =
        remote_open(&download->url, &download->transfer.connection.remote, download->fault);
    if (download->remote == NULL)
        return -1;
    int rc = download->take.mirror ? remote_list(download->remote, all, 2, &download->refs)
                                   : remote_list(download->remote, usual, 3, &download->refs);
    if (rc < 0)
        return -1;
    download->hash = remote_caps(download->remote)->oid_len == OID_SHA256 ? hash_best_sha256()
                                                                          : hash_best_sha1();
    return refmap_choose(&download->take, &download->refs, &download->refmap, download->fault);
}

int download_begin_shallow(struct download *download)
{
    download->shallow.count = 0;
    for (size_t i = 0; i < download->refs.shallow_count; i++)
        if (shallow_add(&download->shallow, &download->refs.shallow[i]) < 0)
            return fault_set(download->fault, FAULT_LIMIT, "no memory for shallow commits");
    return 0;
}

int download_receive(struct download *download, struct reader *pack, const struct oid *wants,
                     size_t want_count, struct receive_rest *rest)
{
    struct receive_options options = {
        .git_dir = download->stage.git_dir,
        .hash = download->hash,
        .memory = download->transfer.memory,
        .unpacked_max = download->transfer.unpacked_max,
        .base = download->odb,
        .shallow = download->shallow.oids,
        .shallow_count = download->shallow.count,
        .sync = !download->transfer.no_sync && download->stage.kind != REPO_FILES,
        .threads = (unsigned)download->transfer.threads,
        .progress = download_progress(download),
        .rest = rest,
    };
    return receive_pack(pack, &options, wants, want_count, &download->received, download->fault);
}

int download_pack(struct download *download, const struct oid *wants, size_t want_count,
                  struct receive_rest *rest)
{
    struct reader *pack;
    enum fetch_answer answer;
    bool first = rest == NULL || download->odb == NULL;
    struct fetch_request request = {
        .wants = wants,
        .want_count = want_count,
        .depth = first ? download->depth : 0,
        .include_tag = !download->take.no_tags,
        .thin_pack = remote_caps(download->remote)->version < 2, /* dulwich insists on the word */
        .no_progress = !download_progress(download),
        .filter = rest && rest->filtered ? "tree:0" : NULL,
        .done = true,
    };
    if (first && download_begin_shallow(download) < 0)
        return -1;
    if (!first) {
        request.shallows = download->shallow.oids;
        request.shallow_count = download->shallow.count;
    }
    /* Of what has come already, the server's word makes no commit whole, nor a shallow one. */
    struct fetch_listener *listener = first ? &download->shallow.listener : NULL;
    if (remote_fetch(download->remote, &request, listener, &answer, &pack) < 0)
        return -1;
    if (answer != FETCH_PACK)
        return fault_set(download->fault, FAULT_PROTOCOL, "the server sent no pack");
    shallow_sort(&download->shallow);
    if (download_receive(download, pack, wants, want_count, rest) < 0)
        return -1;
    return rest && rest->broken ? 0 : remote_pack_end(download->remote);
}

int download_drop_packs(struct download *download)
{
    odb_close(download->odb);
    download->odb = NULL;
    return staging_drop_packs(&download->stage);
}

int download_open_odb(struct download *download)
{
    uint64_t cache =
        download->transfer.memory ? download->transfer.memory / CHECKOUT_SHARE : CHECKOUT_CACHE;
    download->odb =
        odb_open(download->stage.git_dir, download->hash,
                 cache < CHECKOUT_CACHE ? (size_t)cache : CHECKOUT_CACHE, download->fault);
    return download->odb ? 0 : -1;
}

/* The pack, and what comes with it; nothing at all of an empty repository. */
int download_fetch(struct download *download, const char *command)
{
    char shown[1024];
    if (download->refmap.want_count == 0)
        return 0;
    if (clone_pack(download) < 0) {
        enum fault_class class = download->fault->class;
        if (class == FAULT_PROTOCOL || class == FAULT_LIMIT || class == FAULT_LOCAL)
            fault_wrap(download->fault, "%s: %s", command,
                       class == FAULT_LOCAL ? download->directory
                                            : url_format(&download->url, shown, sizeof shown));
        return -1;
    }
    return download_open_odb(download);
}

/* Two caches are not what --mem has been divided for. */
static unsigned writing_threads(const struct transfer *transfer)
{
    if (transfer->memory)
        return 1;
    return transfer->threads ? (unsigned)transfer->threads : work_processors();
}

int download_checkout(struct download *download, int git_dir, struct pathset *paths)
{
    struct oid tree;
    struct checkout_options options = {
        .odb = download->odb,
        .hash = download->hash,
        .git_dir = git_dir,
        .work_dir = download->stage.work_dir,
        .no_symlinks = download->stage.file_system.no_symlinks,
        .paths = paths,
        .threads = writing_threads(&download->transfer),
        .memory = half_of(download->transfer.memory),
        .progress = download_progress(download),
    };
    if (peel_to_tree(download->odb, &download->refmap.head_oid, &tree, download->fault) < 0)
        return -1;
    int rc = checkout_tree(&options, &tree, download->fault);
    if (rc > 0 && !download->transfer.connection.quiet)
        fputs("warning: symlinks are plain files: the file system has none\n", stderr);
    if (rc < 0 && download->fault->class == FAULT_LOCAL)
        fault_wrap(download->fault, "%s", download->directory);
    return rc < 0 ? -1 : 0;
}
