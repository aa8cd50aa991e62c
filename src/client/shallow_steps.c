/* SPDX-License-Identifier: MIT */
#include "client/shallow_steps.h"

#include "client/deepened.h"
#include "client/history_end.h"
#include "system/oids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HAVES_MOST = 256 /* tips that are told: newer ones imply older ones */ };

/* A list of ids. */
struct some {
    struct oid *oids;
    size_t count;
};

bool shallow_steps_possible(const struct download *download)
{
    const struct caps *caps = remote_caps(download->remote);
    return caps->version == 2 ? caps->fetch_shallow : caps->shallow;
}

static int no_memory(const struct download *download)
{
    return fault_set(download->fault, FAULT_LIMIT, "no memory for shallow commits");
}

static int copy(const struct download *download, const struct oid *oids, size_t count,
                struct some *out)
{
    out->count = count;
    out->oids = malloc(count * sizeof *oids + 1);
    if (out->oids == NULL)
        return no_memory(download);
    if (count > 0)
        memcpy(out->oids, oids, count * sizeof *oids);
    return 0;
}

static int restore(struct download *download, const struct some *before)
{
    download->shallow.count = 0;
    for (size_t i = 0; i < before->count; i++)
        if (shallow_add(&download->shallow, &before->oids[i]) < 0)
            return no_memory(download);
    return 0;
}

static int ask(struct download *download, unsigned long depth, const struct some *before)
{
    const struct refmap *refmap = &download->refmap;
    struct reader *pack;
    enum fetch_answer answer;
    const struct fetch_request request = {
        .wants = refmap->wants,
        .want_count = refmap->want_count,
        .haves = refmap->wants,
        .have_count = download->odb == NULL             ? 0
                      : refmap->want_count < HAVES_MOST ? refmap->want_count
                                                        : HAVES_MOST,
        .shallows = before->oids,
        .shallow_count = before->count,
        .depth = depth,
        .include_tag = !download->take.no_tags,
        .thin_pack = true,
        .no_progress = !download_progress(download),
        .done = true,
    };
    if (remote_fetch(download->remote, &request, &download->shallow.listener, &answer, &pack) < 0)
        return -1;
    if (answer != FETCH_PACK)
        return fault_set(download->fault, FAULT_PROTOCOL, "the server sent no pack");
    shallow_sort(&download->shallow);
    if (download_receive(download, pack, refmap->wants, refmap->want_count, NULL) < 0)
        return -1;
    return remote_pack_end(download->remote);
}

/* One fetch. When it fails, what is shallow is as it was before. 0 or -1. */
static int step(struct download *download, unsigned long depth)
{
    const struct shallow_list *list = &download->shallow;
    struct some before; /* the request's own: the list changes while the answer is read */
    if (copy(download, list->oids, list->count, &before) < 0)
        return -1;
    int rc = ask(download, depth, &before);
    if (rc < 0 && restore(download, &before) < 0)
        rc = -1;
    if (rc == 0) {
        odb_close(download->odb);
        rc = download_open_odb(download);
    }
    if (rc == 0)
        rc = deepened_check(download->odb, before.oids, before.count, &download->shallow,
                            download->fault);
    free(before.oids);
    return rc;
}

/* What an earlier run has come to LACKS these. What ends the history there is what is shallow. 0;
 * 1: it is not whole; -1. */
static int go_on(struct download *download, const struct missing *lacks, unsigned long *reached)
{
    const struct refmap *refmap = &download->refmap;
    struct some missing;
    if (copy(download, lacks->oids, lacks->count, &missing) < 0)
        return -1;
    missing.count = oids_sort(missing.oids, missing.count);
    if (download_begin_shallow(download) < 0) {
        free(missing.oids);
        return -1;
    }
    int rc = history_end_find(download->odb, refmap->wants, refmap->want_count, missing.oids,
                              missing.count, &download->shallow, reached, download->fault);
    shallow_sort(&download->shallow);
    free(missing.oids);
    if (rc == 0 && !download->transfer.connection.quiet)
        fprintf(stderr, "Going on from %lu commits deep, as far as an earlier run has come.\n",
                *reached);
    return rc;
}

/* Without the packs that broke off: what is in the odb has to be whole. 0 or -1. */
static int begin(struct download *download)
{
    return download_drop_packs(download) < 0 ? -1 : download_begin_shallow(download);
}

int shallow_steps(struct download *download, const struct missing *lacks,
                  struct receive_result *total)
{
    unsigned long reached = 0, more = 1;
    unsigned long most = download->depth ? download->depth : FETCH_DEPTH_ALL;
    bool quiet = download->transfer.connection.quiet;
    bool broke = false; /* a pack, since the last step that held */
    *total = (struct receive_result){0};
    int rc = lacks ? go_on(download, lacks, &reached) : begin(download);
    if (rc != 0)
        return rc;
    while (reached < most) {
        if (most - reached < more)
            more = most - reached;
        if (step(download, reached + more) == 0) {
            total->objects += download->received.objects;
            total->bytes += download->received.bytes;
            reached += more;
            more *= 2;
            broke = false;
            /* No history is cut off any more, but where the server's own is. */
            if (download->shallow.count <= download->refs.shallow_count ||
                download->received.objects == 0)
                break;
            continue;
        }
        if (download->fault->class != FAULT_NETWORK)
            return -1;
        if (!quiet && more > 1)
            fprintf(stderr, "warning: %s\nwarning: a smaller step is next: %lu more commits deep\n",
                    download->fault->text, more / 2);
        broke = broke || strncmp(download->fault->text, "pack entry", 10) == 0;
        if (remote_again(download->remote, more > 1) < 0)
            return broke ? fault_wrap(download->fault,
                                      reached == 0
                                          ? "the newest commits do not fit between two breaks"
                                          : "what the next commits have changed does not fit "
                                            "between two breaks")
                         : -1;
        more = more > 1 ? more / 2 : 1;
    }
    return 0;
}
