/* SPDX-License-Identifier: MIT */
#include "client/salvage.h"

#include "client/shallow_steps.h"
#include "objects/pack_join.h"
#include "proto/bytes.h"
#include "repo/kept.h"
#include "system/file.h"
#include "system/oids.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WANTS_MOST = 65536 /* of one request: 3 MB. git http-backend takes 10 (http.maxRequestBuffer) */
};

/* What has still to come. Blobs stand last: they are asked for when all trees are there, so that
 * the server sees all of them and can make deltas of most. */
struct missing {
    struct oid *oids;
    size_t count, blobs;
};

struct salvage {
    struct download *download;
    struct missing missing;      /* to begin with, all that the refmap wants */
    uint32_t announced;          /* objects, by the first pack */
    size_t most;                 /* wants of one request */
    struct receive_result total; /* what the server has sent */
    uint64_t bytes;              /* of all packs, kept ones included */
    char *url;                   /* without user info */
    bool begun;                  /* a part has come, */
    bool taken;                  /* and some of it in an earlier run */
    bool refused;                /* the server gives no objects by name */
};

static int no_memory(const struct salvage *salvage)
{
    return fault_set(salvage->download->fault, FAULT_LIMIT,
                     "no memory for a list of what is missing");
}

/* v2 takes any object's name; v0 where the server says so. */
static bool takes_any(const struct caps *caps)
{
    return caps->version == 2 ||
           (caps->allow_reachable_sha1_in_want && caps->allow_tip_sha1_in_want);
}

/* A part of a history would have to be kept with its limits; what is put into a directory that is
 * there already is staged in it, and is in its way. */
static bool can_be_kept(const struct download *download)
{
    return download->stage.fresh && download->depth == 0 && download->stage.kind != REPO_FILES &&
           !download->transfer.no_resume;
}

/* Whose packs these are, for a later run. */
static int note(const struct salvage *salvage)
{
    return can_be_kept(salvage->download)
               ? kept_note(&salvage->download->stage, salvage->url, salvage->announced)
               : 0;
}

/* Adds those of FROM[0..COUNT) to MISSING that have not come. */
static void add_missing(struct missing *missing, struct odb *odb, const struct oid *from,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!odb_has(odb, &from[i]))
            missing->oids[missing->count++] = from[i];
}

/* The first ASKED of what is missing were asked for, and what REST lists has not come of them. 0;
 * 1: and nothing has; -1. */
static int account(struct salvage *salvage, size_t asked, const struct receive_rest *rest)
{
    const struct missing before = salvage->missing;
    struct odb *odb = salvage->download->odb;
    size_t links = before.count - before.blobs, rest_links = rest->count - rest->blobs;
    size_t links_asked = asked < links ? asked : links, blobs_asked = asked - links_asked;
    struct missing now = {.oids = malloc((rest->count + before.count) * sizeof *now.oids + 1)};
    if (now.oids == NULL)
        return no_memory(salvage);
    add_missing(&now, odb, before.oids, asked);
    bool vain = salvage->begun && asked > 0 && now.count == asked;
    now.count = 0;
    add_missing(&now, odb, rest->oids, rest_links);
    add_missing(&now, odb, before.oids + links_asked, links - links_asked);
    /* What trees of several packs link to is in the list several times. */
    size_t links_now = now.count = oids_sort(now.oids, now.count);
    add_missing(&now, odb, rest->oids + rest_links, rest->blobs);
    add_missing(&now, odb, before.oids + links + blobs_asked, before.blobs - blobs_asked);
    now.blobs = oids_sort(now.oids + links_now, now.count - links_now);
    now.count = links_now + now.blobs;
    free(before.oids);
    salvage->missing = now;
    salvage->begun = true;
    if (salvage->announced != rest->announced) {
        salvage->announced = rest->announced;
        return note(salvage) < 0 ? -1 : vain;
    }
    return vain;
}

static void tell(const struct salvage *salvage)
{
    const struct download *download = salvage->download;
    if (!download->transfer.connection.quiet)
        fprintf(stderr,
                "warning: %s\nwarning: what came is kept; %zu objects are asked for by name\n",
                download->fault->text, salvage->missing.count);
}

/* How many of what is missing are asked for at once: the first of them. */
static size_t wants(const struct salvage *salvage, bool filtered)
{
    const struct missing *missing = &salvage->missing;
    size_t links = missing->count - missing->blobs;
    size_t all = filtered && links > 0 ? links : missing->count;
    return all < salvage->most ? all : salvage->most;
}

/* What came in many packs is to be one, as any clone's, if there are at least FROM. 0 or -1. */
static int join(struct download *download, uint32_t from)
{
    return pack_join(download->stage.git_dir, download->hash, from, !download->transfer.no_sync,
                     download->fault);
}

/* The odb is to see the new pack, too. Each pack takes a descriptor. 0 or -1. */
static int reopen(struct download *download)
{
    odb_close(download->odb);
    download->odb = NULL;
    return join(download, PACK_JOIN_FROM) < 0 ? -1 : download_open_odb(download);
}

/* One request and its pack. *ASKED: for how many objects. 0; 1: nothing new came; -1: nor did a
 * pack, as the fault says. */
static int one_request(struct salvage *salvage, size_t *asked)
{
    struct download *download = salvage->download;
    const struct caps *caps = remote_caps(download->remote);
    struct receive_rest rest = {.filtered = salvage->begun && (caps->fetch_filter || caps->filter),
                                .announced = salvage->announced};
    bool any = !salvage->refused && takes_any(caps);
    *asked = any ? wants(salvage, rest.filtered) : salvage->missing.count;
    int rc = download_pack(download, salvage->missing.oids, *asked, any ? &rest : NULL);
    if (rc == 0) {
        salvage->total.objects += download->received.objects;
        salvage->total.bytes += download->received.bytes;
        salvage->bytes += download->received.bytes;
    }
    if (rc == 0 && *asked == salvage->missing.count && !rest.filtered && !rest.broken) {
        salvage->missing.count = 0; /* receive_pack() has seen to that */
        return 0;
    }
    if (rc == 0)
        rc = reopen(download);
    if (rc == 0)
        rc = account(salvage, *asked, &rest);
    free(rest.oids);
    if (rc == 1 && !rest.broken)
        return fault_set(download->fault, FAULT_PROTOCOL,
                         "the server sends nothing of what it is asked for by name");
    if (rest.broken && rc >= 0)
        *download->fault = rest.why;
    return rc;
}

/* A request for ASKED objects brought nothing: perhaps the first of them does not fit between two
 * breaks. Half as many are next, and others. */
static void ask_for_less(struct salvage *salvage, size_t asked)
{
    struct oid *oids = salvage->missing.oids;
    for (size_t i = 0; i < asked / 2; i++) {
        struct oid kept = oids[i];
        oids[i] = oids[asked - 1 - i];
        oids[asked - 1 - i] = kept;
    }
    salvage->most = asked > 1 ? asked / 2 : 1;
}

/* As if nothing had come: the server refuses what salvage asks for. What has come may lead to what
 * it has no more, and goes (R11). */
static int begin(struct salvage *salvage)
{
    struct download *download = salvage->download;
    const struct refmap *refmap = &download->refmap;
    size_t size = refmap->want_count * sizeof *refmap->wants;
    free(salvage->missing.oids);
    salvage->missing = (struct missing){malloc(size), refmap->want_count, 0};
    if (salvage->missing.oids == NULL)
        return no_memory(salvage);
    if (salvage->begun && download_drop_packs(download) < 0)
        return -1;
    salvage->bytes = 0;
    salvage->begun = false;
    memcpy(salvage->missing.oids, refmap->wants, size);
    return 0;
}

/* Whether objects cannot be asked for by name, or what is below trees would come with them again
 * and again; and there is another way. */
static bool needs_steps(const struct salvage *salvage)
{
    const struct caps *caps = remote_caps(salvage->download->remote);
    bool by_name = takes_any(caps) && !salvage->refused;
    bool exactly = caps->fetch_filter || caps->filter ||
                   (salvage->begun && salvage->missing.blobs == salvage->missing.count);
    return !(by_name && (exactly || !salvage->begun)) && shallow_steps_possible(salvage->download);
}

static int by_steps(struct salvage *salvage)
{
    struct download *download = salvage->download;
    if (!download->transfer.connection.quiet)
        fprintf(
            stderr,
            "warning: %s\nwarning: the server gives no objects by name, or not alone: once more "
            "from the newest commits on, in steps\n",
            download->fault->text);
    salvage->begun = false;
    if (remote_again(download->remote, true) < 0)
        return -1;
    return shallow_steps(download, &salvage->total);
}

/* A pack that was kept, of which no more came. */
struct kept_reader {
    struct reader reader;
    struct file_reader file;
};

static int kept_more(struct reader *reader)
{
    int rc = reader_pass(reader, &((struct kept_reader *)reader)->file.reader);
    return rc != 0 ? rc : fault_set(reader->fault, FAULT_NETWORK, "no more was kept");
}

/* Reads the pack in FD as if it came from the server. What is damaged has not been kept. 0 or -1.
 */
static int read_kept(struct salvage *salvage, int fd)
{
    struct download *download = salvage->download;
    struct fault *fault = download->fault;
    struct receive_rest rest = {.filtered = true, .announced = salvage->announced};
    struct kept_reader in = {.reader = {.more = kept_more, .name = "kept pack", .fault = fault}};
    struct stat st;
    uint64_t size = fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
    file_read_open(&in.file, fd, 0, size, "kept pack", fault);
    int rc = download_receive(download, &in.reader, NULL, 0, &rest);
    if (rc == 0) {
        salvage->bytes += download->received.bytes;
        rc = reopen(download) < 0 || account(salvage, 0, &rest) < 0 ? -1 : 0;
    } else if (fault->class == FAULT_NETWORK || fault->class == FAULT_PROTOCOL) {
        fault_clear(fault);
        rc = 0;
    }
    free(rest.oids);
    return rc;
}

/* What an earlier run has kept is the beginning of this one. 0 or -1. */
static int take_kept(struct salvage *salvage)
{
    struct download *download = salvage->download;
    struct staging *stage = &download->stage;
    bool any = takes_any(remote_caps(download->remote)) && can_be_kept(download);
    int rc = 0;
    salvage->taken = kept_take(stage, any ? salvage->url : "", &salvage->announced);
    if (salvage->taken) /* also from a run that is killed while it reads them */
        rc = note(salvage);
    if (salvage->taken)
        for (int fd; rc == 0 && (fd = kept_next(stage)) >= 0; close(fd))
            rc = read_kept(salvage, fd);
    if (rc == 0 && salvage->begun && !download->transfer.connection.quiet)
        fprintf(stderr,
                "Going on with %" PRIu64
                " KiB that an earlier run has kept; %zu objects are asked for by name.\n",
                salvage->bytes / 1024, salvage->missing.count);
    return rc;
}

/* Whether the server has refused what is missing, or what an earlier run has kept does not go with
 * it: its history may be another one by now, and larger than the pack was that was kept. */
static bool is_in_vain(const struct salvage *salvage)
{
    enum fault_class class = salvage->download->fault->class;
    return class == FAULT_REFUSED || (class == FAULT_PROTOCOL && salvage->taken);
}

/* There is no other try; the next run goes on, if it may. */
static void keep(const struct salvage *salvage)
{
    struct download *download = salvage->download;
    struct fault *fault = download->fault;
    const char *name = download->stage.stage_name;
    char shown[2 * sizeof download->stage.stage_name];
    size_t used = strlen(fault->text);
    if (fault->class != FAULT_NETWORK || !salvage->begun || !can_be_kept(download))
        return;
    kept_stay(&download->stage);
    bytes_caret(name, strlen(name), "", shown, sizeof shown);
    snprintf(fault->text + used, sizeof fault->text - used,
             FAULT_HINT "what has come, %" PRIu64
                        " KiB, is kept in '%s' for two weeks: the same command goes on with it",
             salvage->bytes / 1024, shown);
}

int salvage_all(struct download *download)
{
    struct salvage salvage = {.download = download, .most = WANTS_MOST, .url = malloc(URL_MAX)};
    size_t asked;
    if (salvage.url == NULL)
        return no_memory(&salvage);
    url_format(&download->url, salvage.url, URL_MAX);
    int rc = begin(&salvage);
    if (rc == 0)
        rc = take_kept(&salvage);
    if (rc == 0)
        rc = note(&salvage);
    while (rc == 0 && salvage.missing.count > 0) {
        int got = one_request(&salvage, &asked);
        if (got == 0 && download->fault->class == FAULT_NONE) {
            salvage.most = salvage.most < WANTS_MOST / 2 ? 2 * salvage.most : WANTS_MOST;
            continue;
        }
        if (got < 0 && salvage.begun && download->fault->class == FAULT_REFUSED &&
            remote_unwell(download->remote))
            download->fault->class = FAULT_NETWORK;
        bool anew = got < 0 && salvage.begun && is_in_vain(&salvage);
        if (anew) {
            salvage.refused = !salvage.taken;
            salvage.taken = false;
            salvage.announced = 0;
            download->fault->class = FAULT_NETWORK; /* what it was before: another try may follow */
        }
        if (download->fault->class == FAULT_NETWORK && needs_steps(&salvage)) {
            rc = by_steps(&salvage);
            break;
        }
        if (anew || salvage.refused)
            rc = begin(&salvage);
        else if (got != 0 && salvage.begun)
            ask_for_less(&salvage, asked);
        if (got >= 0)
            tell(&salvage);
        if (rc == 0)
            rc = remote_again(download->remote, got == 0);
    }
    if (rc < 0)
        keep(&salvage);
    else
        kept_forget(&download->stage);
    free(salvage.url);
    odb_close(download->odb);
    download->odb = NULL;
    free(salvage.missing.oids);
    if (rc == 0 && download->received.objects < salvage.total.objects) {
        download->received = salvage.total;
        rc = download->stage.kind == REPO_FILES ? 0 : join(download, 2);
    }
    return rc;
}
