/* SPDX-License-Identifier: MIT */
#include "transfer.h"

#include "cpu.h"
#include "indexer.h"
#include "peel.h"
#include "worktree.h"

enum {
    CHECKOUT_CACHE = 8 * 1024 * 1024, /* bytes of bases kept while files are written, */
    CHECKOUT_SHARE = 4,               /* and at most this part of --mem */
    FILE_COST = 300                   /* bytes that a file of the working tree takes meanwhile */
};

void transfer_open(struct transfer *transfer, struct fault *fault)
{
    *transfer = (struct transfer){.take.origin = "origin", .fault = fault};
    connect_defaults(&transfer->connect);
    shallow_open(&transfer->shallow);
}

void transfer_close(struct transfer *transfer)
{
    odb_close(transfer->odb);
    remote_close(transfer->remote);
    if (transfer->stage.fault)
        repo_stage_close(&transfer->stage);
    trace_close(&transfer->connect.trace);
    remote_refs_free(&transfer->refs);
    mapping_free(&transfer->mapping);
    shallow_close(&transfer->shallow);
}

int transfer_list(struct transfer *transfer)
{
    static const char *const all[] = {"refs/", "HEAD"};
    static const char *const usual[] = {"HEAD", "refs/heads/", "refs/tags/"};
    transfer->remote = remote_open(&transfer->url, &transfer->connect.remote, transfer->fault);
    if (transfer->remote == NULL)
        return -1;
    int rc = transfer->take.mirror ? remote_list(transfer->remote, all, 2, &transfer->refs)
                                   : remote_list(transfer->remote, usual, 3, &transfer->refs);
    if (rc < 0)
        return -1;
    transfer->hash = remote_caps(transfer->remote)->oid_len == OID_SHA256 ? hash_best_sha256()
                                                                          : hash_best_sha1();
    return mapping_choose(&transfer->take, &transfer->refs, &transfer->mapping, transfer->fault);
}

static int fetch_pack(struct transfer *transfer)
{
    struct indexer_result result;
    struct reader *pack;
    enum fetch_answer answer;
    struct fetch_request request = {
        .wants = transfer->mapping.wants,
        .want_count = transfer->mapping.want_count,
        .depth = transfer->depth,
        .include_tag = !transfer->take.no_tags,
        .thin_pack = remote_caps(transfer->remote)->version < 2, /* dulwich insists on the word */
        .no_progress = !progress_wanted(transfer->connect.quiet, transfer->connect.progress),
        .done = true,
    };
    if (remote_fetch(transfer->remote, &request, &transfer->shallow.listener, &answer, &pack) < 0)
        return -1;
    if (answer != FETCH_PACK)
        return fault_set(transfer->fault, FAULT_PROTOCOL, "the server sent no pack");
    shallow_sort(&transfer->shallow);
    struct indexer_options options = {
        .git_dir = transfer->stage.git_dir,
        .hash = transfer->hash,
        .memory = transfer->memory,
        .shallow = transfer->shallow.oids,
        .shallow_count = transfer->shallow.count,
        .sync = !transfer->no_sync && transfer->stage.kind != REPO_FILES,
        .threads = (unsigned)transfer->threads,
        .progress = progress_wanted(transfer->connect.quiet, transfer->connect.progress),
    };
    if (indexer_run(pack, &options, request.wants, request.want_count, &result, transfer->fault) <
        0)
        return -1;
    return remote_pack_end(transfer->remote);
}

/* The pack, and what comes with it; nothing at all of an empty repository. */
int transfer_fetch(struct transfer *transfer, const char *command)
{
    char shown[URL_MAX];
    if (transfer->mapping.want_count == 0)
        return 0;
    for (size_t i = 0; i < transfer->refs.shallow_count; i++)
        if (shallow_add(&transfer->shallow, &transfer->refs.shallow[i]) < 0)
            return fault_set(transfer->fault, FAULT_LIMIT, "no memory for shallow commits");
    if (fetch_pack(transfer) < 0)
        return transfer->fault->class == FAULT_PROTOCOL || transfer->fault->class == FAULT_LIMIT
                   ? fault_wrap(transfer->fault, "%s: %s", command,
                                url_format(&transfer->url, shown))
                   : -1;
    uint64_t cache = transfer->memory ? transfer->memory / CHECKOUT_SHARE : CHECKOUT_CACHE;
    transfer->odb =
        odb_open(transfer->stage.git_dir, transfer->hash,
                 cache < CHECKOUT_CACHE ? (size_t)cache : CHECKOUT_CACHE, transfer->fault);
    return transfer->odb ? 0 : -1;
}

int transfer_checkout(struct transfer *transfer, int git_dir, struct pathset *paths)
{
    struct oid tree;
    struct worktree_options options = {
        .odb = transfer->odb,
        .hash = transfer->hash,
        .git_dir = git_dir,
        .work_dir = transfer->stage.work_dir,
        .paths = paths,
        .entries_max = transfer->memory / FILE_COST,
        .progress = progress_wanted(transfer->connect.quiet, transfer->connect.progress),
    };
    if (peel_to_tree(transfer->odb, &transfer->mapping.head_oid, &tree, transfer->fault) < 0)
        return -1;
    return worktree_checkout(&options, &tree, transfer->fault);
}
