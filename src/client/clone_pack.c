/* SPDX-License-Identifier: MIT */
#include "client/clone_pack.h"

#include "client/bundles.h"
#include "client/salvage.h"
#include "client/shallow_steps.h"

#include <stdio.h>

/* How a clone is asked for. */
struct clone {
    struct salvager salvager;
    struct download *download;
};

static int request(struct salvager *self, const struct oid *wants, size_t count,
                   struct receive_rest *rest, struct receive_result *out)
{
    struct download *download = ((struct clone *)self)->download;
    int rc = download_pack(download, wants, count, rest);
    *out = download->received;
    return rc;
}

static int receive(struct salvager *self, struct reader *pack, const struct oid *wants,
                   size_t count, struct receive_rest *rest, struct receive_result *out)
{
    struct download *download = ((struct clone *)self)->download;
    int rc = download_receive(download, pack, wants, count, rest);
    *out = download->received;
    return rc;
}

static struct odb *odb(struct salvager *self, bool open)
{
    struct download *download = ((struct clone *)self)->download;
    odb_close(download->odb);
    download->odb = NULL;
    if (open)
        download_open_odb(download);
    return download->odb;
}

static bool can_step(struct salvager *self)
{
    return shallow_steps_possible(((struct clone *)self)->download);
}

static int step(struct salvager *self, const struct missing *lacks, struct receive_result *total)
{
    return shallow_steps(((struct clone *)self)->download, lacks, total);
}

static int elsewhere(struct salvager *self, struct receive_result *out)
{
    struct download *download = ((struct clone *)self)->download;
    int rc = bundles_fetch(download);
    if (rc == 1)
        *out = download->received;
    return rc;
}

int clone_pack(struct download *download)
{
    const struct shallow_list none = {.count = 0};
    char part[PART_MAX];
    snprintf(part, sizeof part, "depth %lu", download->depth);
    struct clone clone = {
        .salvager =
            {
                .request = request,
                .receive = receive,
                .odb = odb,
                .can_step = can_step,
                .step = step,
                .elsewhere = bundles_wanted(download) ? elsewhere : NULL,
                .wants = download->refmap.wants,
                .want_count = download->refmap.want_count,
                .remote = download->remote,
                .stage = &download->stage,
                .url = &download->url,
                .hash = download->hash,
                .depth = download->depth,
                .part = download->depth > 0 ? part : NULL,
                .ends = download->depth > 0 ? &none : NULL,
                .never_kept = download->stage.kind == REPO_FILES || download->transfer.no_resume,
                .no_sync = download->transfer.no_sync,
                .quiet = download->transfer.connection.quiet,
                .fault = download->fault,
            },
        .download = download,
    };
    return salvage_all(&clone.salvager, &download->received);
}
