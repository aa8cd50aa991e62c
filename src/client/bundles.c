/* SPDX-License-Identifier: MIT */
/* A bundle is received as any pack is: in one pass, every object named, nothing missing (R11). What
 * stands in its header are promises until then.
 *
 *   POST           command=bundle-uri, where settings say so: a list
 *   GET list       more of them, each by its URL; the oldest first
 *   GET bundle     signature, capabilities, prerequisites, references; the pack
 *   POST           want what is still missing; have what the bundles lead to
 *
 * A bundle of a list whose prerequisites are not here is asked for again when another has come.
 *
 * What came of one that stands on nothing else is kept for a later run, when it broke off for good
 * or the git server went away behind it (client/bundle_part.h). In this run it is of no use: a part
 * of what somebody else sends has nothing to do with what the git server would send.
 */
#include "client/bundles.h"

#include "client/bundle_list.h"
#include "client/bundle_part.h"
#include "client/bundle_rest.h"
#include "client/bundle_session.h"
#include "proto/bundle.h"
#include "remote/resource.h"
#include "repo/kept_bundles.h"
#include "system/array.h"
#include "system/disk_space.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CACHE = 1024 * 1024, /* bytes of bases kept while the rest is asked for */
    LISTS_DEEP = 4,      /* lists in lists, as git has it */
    ASKED_MAX = 2000,    /* URLs that are asked for in all */
    WARNINGS_MAX = 10    /* that are shown */
};

struct bundles {
    struct bundle_listener listener;
    struct download *download;
    struct connection connection; /* for the servers of bundles */
    struct odb *odb;              /* NULL: no bundle has come */
    struct oid *tips;             /* what the bundles lead to */
    size_t tip_count, tip_room;
    /* of the bundle at hand */
    bool needs; /* it has prerequisites */
    struct oid missing;
    size_t missing_count;
    unsigned asked, warnings;
    char first[BUNDLE_PART_NAME]; /* the name to keep the first one by; "": it cannot be */
    struct oid first_pack;        /* its pack, when it came whole */
    uint64_t kept;                /* bytes, of what this run knows to be of use */
    bool anew;                    /* what was kept of it is of no use */
    struct fault fault;
};

/* A URL, and the room that it stands in. */
struct address {
    struct url url;
    char *room;
};

static int take_line(struct bundle_listener *listener, const struct bundle_line *line)
{
    struct bundles *bundles = (struct bundles *)listener;
    if (line->oid.len != bundles->download->hash->oid_len)
        return fault_set(&bundles->fault, FAULT_REFUSED,
                         "bundle: its object ids are not of the repository's kind");
    if (line->kind == BUNDLE_PREREQUISITE) {
        bundles->needs = true;
        if (bundles->odb && odb_has(bundles->odb, &line->oid))
            return 0;
        bundles->missing = line->oid;
        bundles->missing_count++;
        return 0;
    }
    struct oid *tips =
        array_room(bundles->tips, bundles->tip_count, &bundles->tip_room, sizeof *tips);
    if (tips == NULL)
        return fault_set(&bundles->fault, FAULT_LIMIT, "no memory for a bundle's references");
    bundles->tips = tips;
    bundles->tips[bundles->tip_count++] = line->oid;
    return 0;
}

static bool has_room(struct bundles *bundles, uint64_t size)
{
    struct disk_space space;
    disk_space_open(&space, bundles->download->stage.git_dir);
    disk_space_add(&space, size);
    return disk_space_check(&space, "the bundle", &bundles->fault) == 0;
}

static void drop_part(struct bundles *bundles)
{
    kept_bundles_drop(&bundles->download->stage);
    bundles->kept = 0;
}

/* What is kept may be in the way. 0 or -1. */
static int check_space(struct bundles *bundles, const struct resource *resource)
{
    uint64_t size = resource_size(resource);
    if (size == UINT64_MAX || has_room(bundles, size))
        return 0;
    if (kept_bundles_size(bundles->download->stage.stage) == 0)
        return -1;
    fault_clear(&bundles->fault);
    drop_part(bundles);
    return has_room(bundles, size) ? 0 : -1;
}

static int open_odb(struct bundles *bundles)
{
    const struct download *download = bundles->download;
    odb_close(bundles->odb);
    bundles->odb = odb_open(download->stage.git_dir, download->hash, CACHE, &bundles->fault);
    return bundles->odb ? 0 : -1;
}

/* A pack that broke off, as REST says, is of use to a later run alone. -1, with what broke it off;
 * with the download's fault when nothing can go on. */
static int keep_part(struct bundles *bundles, const struct oid *pack,
                     const struct receive_rest *rest)
{
    struct download *download = bundles->download;
    if (bundle_part_keep(&download->stage, bundles->first, pack, rest->announced, &bundles->kept) <
        0)
        fault_clear(download->fault);
    if (staging_drop_packs(&download->stage) == 0)
        bundles->fault = rest->why;
    return -1;
}

/* The pack that comes from IN, with all that the references from tips[FROM] on lead to. PART: it
 * may break off. 0 or -1. */
static int receive(struct bundles *bundles, struct reader *in, bool part, size_t from)
{
    struct download *download = bundles->download;
    struct receive_result result;
    struct receive_rest rest = {.announced = 0};
    const struct receive_options options = {
        .git_dir = download->stage.git_dir,
        .hash = download->hash,
        .memory = download->transfer.memory,
        .unpacked_max = download->transfer.unpacked_max,
        .base = bundles->needs ? bundles->odb : NULL,
        .sync = !download->transfer.no_sync,
        .threads = (unsigned)download->transfer.threads,
        .progress = download_progress(download),
        .rest = part ? &rest : NULL,
    };
    int rc = receive_pack(in, &options, bundles->tips + from, bundles->tip_count - from, &result,
                          &bundles->fault);
    free(rest.oids);
    if (rc == 0 && rest.broken)
        return keep_part(bundles, &result.pack_hash, &rest);
    if (rc == 0 && reader_end(in) < 0) {
        rc = -1;
        if (bundles->odb == NULL)
            staging_drop_packs(&download->stage);
    }
    if (rc < 0 || open_odb(bundles) < 0)
        return -1;
    if (part)
        bundles->first_pack = result.pack_hash;
    return 0;
}

/* The pack of a bundle that stands on nothing else, from URL: what an earlier run has kept of it,
 * then the rest. When that does not go together, or the rest is not to be had, it is once more
 * asked for from its beginning. 0 or -1. */
static int receive_first(struct bundles *bundles, const struct url *url, struct resource *resource,
                         size_t from)
{
    struct download *download = bundles->download;
    struct bundle_part part;
    char shown[URL_MAX];
    bundle_part_name(download->hash, url_format(url, shown, sizeof shown), resource_etag(resource),
                     bundles->first);
    bundle_part_open(&part, &download->stage, bundles->anew ? NULL : bundles->first, resource,
                     &bundles->fault);
    if (part.size > bundles->kept)
        bundles->kept = part.size;
    if (part.size > 0 && !download->transfer.connection.quiet)
        fprintf(stderr,
                "Going on with %" PRIu64 " KiB of the bundle that an earlier run has kept.\n",
                part.size / 1024);
    int rc = receive(bundles, &part.reader, true, from);
    bundle_part_close(&part);
    enum fault_class class = bundles->fault.class;
    bundles->anew = rc < 0 && part.size > 0 && class != FAULT_INTERRUPTED &&
                    (class != FAULT_NETWORK || !part.passed);
    if (bundles->anew && class != FAULT_NETWORK)
        drop_part(bundles);
    return rc;
}

/* What is behind the signature: 1; 0 when the bundle needs commits that are not here; -1. */
static int read_bundle(struct bundles *bundles, const struct url *url, struct resource *resource,
                       int version)
{
    struct reader *in = resource_reader(resource);
    size_t oid_len, from = bundles->tip_count;
    bundles->needs = false;
    bundles->missing_count = 0;
    int rc = bundle_read_head(in, version, &bundles->listener, &oid_len);
    bool first =
        bundles->odb == NULL && !bundles->download->transfer.no_resume && *resource_etag(resource);
    if (rc == 0 && bundles->missing_count == 0) {
        rc =
            first ? receive_first(bundles, url, resource, from) : receive(bundles, in, false, from);
        rc = rc < 0 ? -1 : 1;
    }
    if (rc <= 0)
        bundles->tip_count = from;
    return rc;
}

/* The repository's URL has its slash at the end taken away; that of a list needs it. */
static int parse(const char *text, struct address *out, struct fault *fault)
{
    size_t size = strlen(text);
    *out = (struct address){.room = malloc(size + 1)};
    if (out->room == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a URL");
    if (url_parse(text, out->room, &out->url, fault) < 0)
        return fault_wrap(fault, "bundle URI");
    if (out->url.has_user)
        return fault_set(fault, FAULT_USAGE, "bundle URI: it may have no user or password in it");
    if (text[size - 1] == '/')
        strcat(out->url.path, "/");
    return 0;
}

/* Where a list at BASE says that a bundle is. */
static int parse_listed(const struct url *base, const char *uri, struct address *out,
                        struct fault *fault)
{
    char *text = malloc(URL_MAX);
    *out = (struct address){.room = NULL};
    if (text == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a URL");
    int rc = url_resolve(base, "", uri, text, fault);
    if (rc == 0)
        rc = parse(text, out, fault);
    if (rc == 0 && base->https && !out->url.https)
        rc = fault_set(fault, FAULT_REFUSED, "it leads from https to http (%s)", out->url.host);
    free(text);
    return rc;
}

/* Without the hint: that is for who has to end. 0, or -1 when interrupted, or when what came
 * cannot be removed: anything else a clone can do without. */
static int warn(struct bundles *bundles, const char *what)
{
    struct fault *fault = &bundles->fault;
    if (fault->class == FAULT_INTERRUPTED || bundles->download->fault->class != FAULT_NONE)
        return -1;
    if (bundles->warnings++ < WARNINGS_MAX)
        fprintf(stderr, "warning: %s: %.*s; the clone goes on without it\n", what,
                (int)strcspn(fault->text, "\n"), fault->text);
    fault_clear(fault);
    return 0;
}

static int warn_url(struct bundles *bundles, const struct url *url)
{
    char shown[512], what[600];
    snprintf(what, sizeof what, "bundle '%s'", url_format(url, shown, sizeof shown));
    return warn(bundles, what);
}

static int say_useless(struct bundles *bundles)
{
    char hex[OID_HEX];
    if (bundles->missing_count == 0)
        return fault_set(&bundles->fault, FAULT_REFUSED, "it lists no bundle that can be used");
    return fault_set(&bundles->fault, FAULT_REFUSED,
                     "it needs commit %s, which is not here (%zu in all)",
                     oid_hex(&bundles->missing, hex), bundles->missing_count);
}

static int take_list(struct bundles *bundles, const struct url *base, struct bundle_list *list,
                     int depth);

/* A bundle or a list: 1; 0 when the bundle needs commits that are not here; -1. */
static int fetch_once(struct bundles *bundles, const struct url *url, int depth)
{
    struct http_session_options options;
    struct bundle_list list = {.count = 0};
    unsigned char first[BUNDLE_SIGNATURE];
    int version = 0;
    if (bundles->asked++ == ASKED_MAX)
        return fault_set(&bundles->fault, FAULT_LIMIT, "over %d URLs are asked for", ASKED_MAX);
    if (bundle_session(bundles->download, url, &bundles->connection, &options, &bundles->fault) < 0)
        return -1;
    struct resource *resource = resource_open(url, &options, &bundles->fault);
    struct reader *in = resource ? resource_reader(resource) : NULL;
    int rc = resource ? check_space(bundles, resource) : -1;
    if (rc == 0)
        rc = reader_read(in, first, sizeof first);
    if (rc == 0 && (version = bundle_version(first)) != 0)
        rc = read_bundle(bundles, url, resource, version);
    else if (rc == 0 && depth == LISTS_DEEP)
        rc = fault_set(&bundles->fault, FAULT_LIMIT, "lists in over %d lists", LISTS_DEEP);
    else if (rc == 0)
        rc = bundle_list_read(&list, in, first, &bundles->fault);
    resource_close(resource);
    if (rc == 0 && version == 0)
        rc = take_list(bundles, url, &list, depth + 1);
    bundle_list_free(&list);
    return rc;
}

static int fetch_bundle(struct bundles *bundles, const struct url *url, int depth)
{
    bundles->anew = false;
    int rc = fetch_once(bundles, url, depth);
    if (rc < 0 && bundles->anew && bundles->download->fault->class == FAULT_NONE) {
        fault_clear(&bundles->fault);
        rc = fetch_once(bundles, url, depth);
    }
    return rc;
}

/* One that stands in a list: 1; 0 when it did not come, or may come later; -1 as warn(). */
static int take_listed(struct bundles *bundles, const struct url *base,
                       struct listed_bundle *bundle, int depth)
{
    struct address address;
    int rc = parse_listed(base, bundle->uri, &address, &bundles->fault);
    const struct url *url = rc == 0 ? &address.url : base;
    if (rc == 0)
        rc = fetch_bundle(bundles, url, depth);
    bundle->done = rc != 0;
    if (rc < 0)
        rc = warn_url(bundles, url);
    free(address.room);
    return rc;
}

/* As long as one comes, others may that need it. 1: at least one has come; 0; -1. */
static int take_list(struct bundles *bundles, const struct url *base, struct bundle_list *list,
                     int depth)
{
    int taken = 0;
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < list->count; i++) {
            struct listed_bundle *bundle = &list->bundles[i];
            if (bundle->done || bundle->filtered || bundle->uri == NULL)
                continue;
            int rc = take_listed(bundles, base, bundle, depth);
            if (rc < 0)
                return -1;
            more = more || rc == 1;
            taken = taken || rc == 1;
            if (rc == 1 && list->any)
                return 1;
        }
    }
    return taken;
}

/* --bundle-uri. 0 or -1. */
static int take_uri(struct bundles *bundles, const char *uri)
{
    struct address address;
    int rc = parse(uri, &address, bundles->download->fault);
    if (rc == 0)
        rc = fetch_bundle(bundles, &address.url, 0);
    if (rc == 0)
        rc = say_useless(bundles);
    if (rc < 0 && bundles->fault.class != FAULT_NONE)
        rc = warn_url(bundles, &address.url);
    free(address.room);
    return rc < 0 ? -1 : 0;
}

struct offer {
    struct bundle_list list;
    struct fault *fault;
};

static int add_pair(void *context, const char *key, const char *value)
{
    struct offer *offer = context;
    return bundle_list_add(&offer->list, key, value, offer->fault);
}

/* What the git server's list says is relative to the repository, as to a directory. */
static int take_offered(struct bundles *bundles, struct bundle_list *list)
{
    struct address base = {.room = NULL};
    char *text = malloc(URL_MAX + 1);
    if (text == NULL)
        return fault_set(&bundles->fault, FAULT_LIMIT, "no memory for a URL");
    url_format(remote_url(bundles->download->remote), text, URL_MAX);
    int rc = parse(strcat(text, "/"), &base, &bundles->fault);
    if (rc == 0)
        rc = bundle_list_end(list, &bundles->fault);
    if (rc == 0)
        rc = take_list(bundles, &base.url, list, 0);
    free(base.room);
    free(text);
    return rc;
}

/* The bundles that the git server offers (R10): it is asked where the user's settings say so. 0 or
 * -1. */
static int take_offer(struct bundles *bundles)
{
    const struct download *download = bundles->download;
    const struct caps *caps = remote_caps(download->remote);
    struct offer offer = {.fault = download->fault};
    bool wanted;
    if (settings_flag(&download->transfer.connection.settings, "transfer.bundleuri", false, &wanted,
                      download->fault) < 0)
        return -1;
    if (!wanted || !caps->bundle_uri)
        return 0;
    int rc = remote_bundles(download->remote, add_pair, &offer);
    if (rc < 0) {
        bundles->fault = *download->fault;
        fault_clear(download->fault);
    } else if (offer.list.count > 0) {
        rc = take_offered(bundles, &offer.list);
    }
    bundle_list_free(&offer.list);
    return rc < 0 ? warn(bundles, "bundles of the git server") : 0;
}

int bundles_ready(struct download *download)
{
    struct address address;
    if (download->bundle_uri == NULL)
        return 0;
    if (download->depth > 0)
        return fault_set(download->fault, FAULT_USAGE,
                         "--bundle-uri and --depth cannot go together");
    int rc = parse(download->bundle_uri, &address, download->fault);
    free(address.room);
    return rc;
}

bool bundles_wanted(const struct download *download)
{
    struct fault ignored;
    bool offers = false;
    fault_clear(&ignored);
    if (download->stage.kind == REPO_FILES || download->depth > 0)
        return false;
    int rc = settings_flag(&download->transfer.connection.settings, "transfer.bundleuri", false,
                           &offers, &ignored);
    return download->bundle_uri || offers || rc < 0;
}

/* The git server went away behind the bundles: the next run goes on with the first, if that can be
 * kept, and nothing else of them is of use to it. */
static void keep_first(struct bundles *bundles)
{
    struct download *download = bundles->download;
    struct fault why = *download->fault;
    fault_clear(download->fault);
    if (bundles->first_pack.len > 0)
        bundle_part_keep(&download->stage, bundles->first, &bundles->first_pack, 0, &bundles->kept);
    staging_drop_packs(&download->stage);
    *download->fault = why;
}

int bundles_fetch(struct download *download)
{
    struct bundles bundles = {.listener = {take_line}, .download = download};
    int rc = download->bundle_uri ? take_uri(&bundles, download->bundle_uri) : take_offer(&bundles);
    if (rc < 0 && bundles.fault.class == FAULT_INTERRUPTED)
        fault_set(download->fault, FAULT_INTERRUPTED, "%s", bundles.fault.text);
    if (rc == 0 && bundles.odb)
        rc = bundle_rest_fetch(download, bundles.odb, bundles.tips, bundles.tip_count) < 0 ? -1 : 1;
    odb_close(bundles.odb);
    if (rc < 0 && download->fault->class == FAULT_NETWORK)
        keep_first(&bundles);
    free(bundles.tips);
    return rc;
}
