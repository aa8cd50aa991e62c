/* SPDX-License-Identifier: MIT */
#include "client/bundle_rest.h"

#include "client/fetch_pack.h"

#include <stdlib.h>

int bundle_rest_fetch(struct download *download, struct odb *odb, const struct oid *tips,
                      size_t tip_count)
{
    struct refmap *refmap = &download->refmap;
    struct local_refs local = {.refs = calloc(tip_count + 1, sizeof *local.refs)};
    struct oid *wants = malloc((refmap->want_count + 1) * sizeof *wants);
    size_t count = 0;
    int rc = local.refs && wants
                 ? 0
                 : fault_set(download->fault, FAULT_LIMIT, "no memory for references");
    for (size_t i = 0; rc == 0 && i < tip_count; i++)
        local.refs[local.count++].oid = tips[i];
    for (size_t i = 0; rc == 0 && i < refmap->want_count; i++)
        if (!odb_has(odb, &refmap->wants[i]))
            wants[count++] = refmap->wants[i];
    if (rc == 0 && count > 0)
        rc = download_begin_shallow(download);
    if (rc == 0 && count > 0) {
        struct shallow_list after;
        const struct fetch_pack fetch = {
            .remote = download->remote,
            .url = &download->url,
            .refs = &download->refs,
            .local = &local,
            .odb = odb,
            .hash = download->hash,
            .git_dir = download->stage.git_dir,
            .wants = wants,
            .want_count = count,
            .shallow = &download->shallow,
            .memory = download->transfer.memory,
            .unpacked_max = download->transfer.unpacked_max,
            .threads = download->transfer.threads,
            .include_tag = !download->take.no_tags,
            .no_progress = !download_progress(download),
            .no_sync = download->transfer.no_sync,
            .no_resume = true,
            .quiet = download->transfer.connection.quiet,
            .received = &download->received,
            .fault = download->fault,
        };
        shallow_open(&after);
        rc = fetch_pack(&fetch, &after);
        shallow_close(&download->shallow);
        download->shallow = after;
    }
    free(local.refs);
    free(wants);
    return rc;
}
