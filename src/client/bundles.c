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
 */
#include "client/bundles.h"

#include "client/bundle_list.h"
#include "client/bundle_rest.h"
#include "client/bundle_session.h"
#include "proto/bundle.h"
#include "remote/resource.h"
#include "system/array.h"
#include "system/disk_space.h"
#include "system/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CACHE = 8 * 1024 * 1024, /* bytes of bases kept while the rest is asked for */
    LISTS_DEEP = 4,          /* lists in lists, as git has it */
    ASKED_MAX = 2000,        /* URLs that are asked for in all */
    WARNINGS_MAX = 10        /* that are shown */
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
    struct fault fault;
};

/* A URL, and the room that it stands in. */
struct place {
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

static int check_space(struct bundles *bundles, const struct resource *resource)
{
    struct disk_space space;
    if (resource_size(resource) == UINT64_MAX)
        return 0;
    disk_space_open(&space, bundles->download->stage.git_dir);
    disk_space_add(&space, resource_size(resource));
    return disk_space_check(&space, "the bundle", &bundles->fault);
}

static int open_odb(struct bundles *bundles)
{
    const struct download *download = bundles->download;
    odb_close(bundles->odb);
    bundles->odb = odb_open(download->stage.git_dir, download->hash, CACHE, &bundles->fault);
    return bundles->odb ? 0 : -1;
}

/* The pack behind the header, with all that the references from tips[FROM] on lead to. 0 or -1. */
static int receive(struct bundles *bundles, struct reader *in, size_t from)
{
    const struct download *download = bundles->download;
    struct receive_result result;
    const struct receive_options options = {
        .git_dir = download->stage.git_dir,
        .hash = download->hash,
        .memory = download->transfer.memory,
        .unpacked_max = download->transfer.unpacked_max,
        .base = bundles->needs ? bundles->odb : NULL,
        .sync = !download->transfer.no_sync,
        .threads = (unsigned)download->transfer.threads,
        .progress = progress_wanted(download->transfer.connection.quiet,
                                    download->transfer.connection.progress),
    };
    if (receive_pack(in, &options, bundles->tips + from, bundles->tip_count - from, &result,
                     &bundles->fault) < 0 ||
        reader_end(in) < 0)
        return -1;
    return open_odb(bundles);
}

/* What is behind the signature: 1; 0 when the bundle needs commits that are not here; -1. */
static int read_bundle(struct bundles *bundles, struct reader *in, int version)
{
    size_t oid_len, from = bundles->tip_count;
    bundles->needs = false;
    bundles->missing_count = 0;
    int rc = bundle_read_head(in, version, &bundles->listener, &oid_len);
    if (rc == 0 && bundles->missing_count == 0)
        rc = receive(bundles, in, from) < 0 ? -1 : 1;
    if (rc <= 0)
        bundles->tip_count = from;
    return rc;
}

/* The repository's URL has its slash at the end taken away; that of a list needs it. */
static int parse(const char *text, struct place *out, struct fault *fault)
{
    size_t size = strlen(text);
    *out = (struct place){.room = malloc(size + 1)};
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
static int parse_listed(const struct url *base, const char *uri, struct place *out,
                        struct fault *fault)
{
    char *text = malloc(URL_MAX);
    *out = (struct place){.room = NULL};
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

/* Without the hint: that is for who has to end. 0, or -1 when interrupted: anything else a clone
 * can do without. */
static int warn(struct bundles *bundles, const char *what)
{
    struct fault *fault = &bundles->fault;
    if (fault->class == FAULT_INTERRUPTED)
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
static int fetch_bundle(struct bundles *bundles, const struct url *url, int depth)
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
        rc = read_bundle(bundles, in, version);
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

/* One that stands in a list: 1; 0 when it did not come, or may come later; -1 when interrupted. */
static int take_listed(struct bundles *bundles, const struct url *base,
                       struct listed_bundle *bundle, int depth)
{
    struct place place;
    int rc = parse_listed(base, bundle->uri, &place, &bundles->fault);
    const struct url *url = rc == 0 ? &place.url : base;
    if (rc == 0)
        rc = fetch_bundle(bundles, url, depth);
    bundle->done = rc != 0;
    if (rc < 0)
        rc = warn_url(bundles, url);
    free(place.room);
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
    struct place place;
    int rc = parse(uri, &place, bundles->download->fault);
    if (rc == 0)
        rc = fetch_bundle(bundles, &place.url, 0);
    if (rc == 0)
        rc = say_useless(bundles);
    if (rc < 0 && bundles->fault.class != FAULT_NONE)
        rc = warn_url(bundles, &place.url);
    free(place.room);
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
    struct place base = {.room = NULL};
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
    struct place place;
    if (download->bundle_uri == NULL)
        return 0;
    if (download->depth > 0)
        return fault_set(download->fault, FAULT_USAGE,
                         "--bundle-uri and --depth cannot go together");
    int rc = parse(download->bundle_uri, &place, download->fault);
    free(place.room);
    return rc;
}

int bundles_fetch(struct download *download)
{
    struct bundles bundles = {.listener = {take_line}, .download = download};
    if (download->stage.kind == REPO_FILES || download->depth > 0)
        return 0;
    int rc = download->bundle_uri ? take_uri(&bundles, download->bundle_uri) : take_offer(&bundles);
    if (rc < 0 && bundles.fault.class == FAULT_INTERRUPTED)
        fault_set(download->fault, FAULT_INTERRUPTED, "%s", bundles.fault.text);
    if (rc == 0 && bundles.odb)
        rc = bundle_rest_fetch(download, bundles.odb, bundles.tips, bundles.tip_count) < 0 ? -1 : 1;
    odb_close(bundles.odb);
    free(bundles.tips);
    return rc;
}
