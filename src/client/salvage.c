/* SPDX-License-Identifier: MIT */
#include "client/salvage.h"

#include "objects/pack_join.h"
#include "repo/kept.h"
#include "repo/kept_bundles.h"
#include "system/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WHAT_MAX = URL_MAX + OID_HEX + PART_MAX + 8 };

struct salvage {
    struct salvager *self;
    struct odb *odb;                   /* over what has come, when something has */
    struct missing missing;            /* to begin with, all that is wanted */
    uint32_t announced;                /* objects, by the first pack */
    struct receive_result last, total; /* what the server has sent */
    uint64_t bytes;                    /* of all packs, kept ones included */
    char *what, *steps, *bundled;      /* names of what is kept: see name_what() */
    bool begun;                        /* a part has come, */
    bool taken;                        /* and some of it in an earlier run, */
    bool unread;                       /* which has still to be read */
    bool stepping;                     /* all of it by steps */
    bool bundling;                     /* what comes is not the server's, and no part of this */
    bool refused;                      /* the server gives no objects by name */
};

/* v2 takes any object's name; v0 where the server says so. */
static bool takes_any(const struct caps *caps)
{
    return caps->version == 2 ||
           (caps->allow_reachable_sha1_in_want && caps->allow_tip_sha1_in_want);
}

/* Whether something may come from elsewhere. */
static bool has_elsewhere(const struct salvager *self)
{
    return kept_bundles_known() && self->elsewhere;
}

static bool can_filter(const struct salvage *salvage)
{
    const struct caps *caps = remote_caps(salvage->self->remote);
    return caps->fetch_filter || caps->filter;
}

/* Whether a later run can go on by name: with a part of the history it has to ask for its commits
 * alone before. */
static bool goes_on_by_name(const struct salvage *salvage)
{
    const struct salvager *self = salvage->self;
    return takes_any(remote_caps(self->remote)) && (self->ends == NULL || can_filter(salvage));
}

static bool goes_on_by_steps(struct salvager *self)
{
    return self->can_step && self->can_step(self);
}

static bool goes_on(const struct salvage *salvage)
{
    return goes_on_by_name(salvage) || goes_on_by_steps(salvage->self);
}

/* Whose packs these are, for a later run. */
static int note(const struct salvage *salvage)
{
    const struct salvager *self = salvage->self;
    const char *what = salvage->bundling   ? salvage->bundled
                       : salvage->stepping ? salvage->steps
                                           : salvage->what;
    bool of_use = salvage->bundling || goes_on(salvage);
    return self->never_kept || !of_use ? 0 : kept_note(self->stage, what, salvage->announced);
}

/* Of the first ASKED of what is missing, and of what they led to, that has not come which REST
 * lists. 0; 1: nothing has; -1. */
static int account(struct salvage *salvage, size_t asked, const struct receive_rest *rest)
{
    bool begun = salvage->begun;
    int rc = missing_account(&salvage->missing, salvage->odb, asked, rest, salvage->self->fault);
    salvage->begun = true;
    if (rc >= 0 && salvage->announced != rest->announced) {
        salvage->announced = rest->announced;
        if (note(salvage) < 0)
            return -1;
    }
    return rc == 1 && !begun ? 0 : rc;
}

static void tell(const struct salvage *salvage)
{
    const struct salvager *self = salvage->self;
    if (!self->quiet)
        fprintf(stderr,
                "warning: %s\nwarning: what came is kept; %zu objects are asked for by name\n",
                self->fault->text, salvage->missing.count);
}

/* Makes one of the packs, or of all but the largest. 0 or -1. */
static int join(const struct salvager *self, uint32_t from, bool all)
{
    return pack_join(self->stage->git_dir, self->hash, from, all, !self->no_sync && !all,
                     self->fault);
}

/* The odb is to see the new pack, too. Each pack takes a descriptor. 0 or -1. */
static int reopen(struct salvage *salvage)
{
    struct salvager *self = salvage->self;
    self->odb(self, false);
    salvage->odb = join(self, PACK_JOIN_FROM, false) < 0 ? NULL : self->odb(self, true);
    return salvage->odb ? 0 : -1;
}

/* One request and its pack. *ASKED: for how many objects. 0; 1: nothing new came; -1: nor did a
 * pack, as the fault says. */
static int one_request(struct salvage *salvage, size_t *asked)
{
    struct salvager *self = salvage->self;
    const struct caps *caps = remote_caps(self->remote);
    const struct missing *missing = &salvage->missing;
    struct receive_rest rest = {.filtered =
                                    (salvage->begun || salvage->unread) && can_filter(salvage),
                                .announced = salvage->announced};
    struct receive_result received;
    bool any = !salvage->refused && takes_any(caps);
    *asked = any ? missing_wants(missing, rest.filtered) : missing->count;
    int rc = self->request(self, missing->oids, *asked, any ? &rest : NULL, &received);
    if (rc == 0) {
        salvage->last = received;
        salvage->total.objects += received.objects;
        salvage->total.bytes += received.bytes;
        salvage->bytes += received.bytes;
    }
    if (rc == 0 && *asked == missing->count && !rest.filtered && !rest.broken) {
        salvage->missing.count = 0; /* receive_pack() has seen to that */
        return 0;
    }
    if (rc == 0)
        rc = reopen(salvage);
    if (rc == 0)
        rc = account(salvage, *asked, &rest);
    free(rest.oids);
    if (rc == 1 && !rest.broken)
        return fault_set(self->fault, FAULT_PROTOCOL,
                         "the server sends nothing of what it is asked for by name");
    if (rest.broken && rc >= 0)
        *self->fault = rest.why;
    return rc;
}

/* As if nothing had come: the server refuses what salvage asks for. What has come may lead to what
 * it has no more, and goes (R11). */
static int begin(struct salvage *salvage)
{
    struct salvager *self = salvage->self;
    if (missing_begin(&salvage->missing, self->wants, self->want_count, self->fault) < 0)
        return -1;
    if (salvage->begun) {
        self->odb(self, false);
        salvage->odb = NULL;
        if (staging_drop_packs(self->stage) < 0)
            return -1;
    }
    salvage->bytes = 0;
    salvage->begun = false;
    return 0;
}

/* Whether objects cannot be asked for by name, or what is below trees would come with them again
 * and again; and there is another way. */
static bool needs_steps(const struct salvage *salvage)
{
    struct salvager *self = salvage->self;
    const struct caps *caps = remote_caps(self->remote);
    bool by_name = takes_any(caps) && !salvage->refused;
    bool exactly =
        can_filter(salvage) || (salvage->begun && salvage->missing.blobs == salvage->missing.count);
    return !(by_name && (exactly || !salvage->begun)) && goes_on_by_steps(self);
}

/* All steps, from the beginning. 0 or -1. */
static int by_steps(struct salvage *salvage)
{
    struct salvager *self = salvage->self;
    struct receive_result *total = &salvage->total;
    if (!self->quiet)
        fprintf(
            stderr,
            "warning: %s\nwarning: the server gives no objects by name, or not alone: once more "
            "from the newest commits on, in steps\n",
            self->fault->text);
    salvage->begun = false;
    salvage->bytes = 0;
    salvage->last = (struct receive_result){0};
    salvage->stepping = true;
    if (remote_again(self->remote, true) < 0 || note(salvage) < 0)
        return -1;
    int rc = self->step(self, NULL, total);
    salvage->bytes = total->bytes;
    return rc;
}

/* Reads the pack in FD as if it came from the server. What is damaged has not been kept. 0 or -1.
 */
static int read_kept(struct salvage *salvage, int fd)
{
    struct salvager *self = salvage->self;
    struct fault *fault = self->fault;
    struct receive_rest rest = {.filtered = true, .announced = salvage->announced};
    struct receive_result received;
    struct kept_reader in;
    kept_reader_open(&in, fd, fault);
    int rc = self->receive(self, &in.reader, NULL, 0, &rest, &received);
    if (rc == 0) {
        salvage->bytes += received.bytes;
        rc = reopen(salvage) < 0 || account(salvage, 0, &rest) < 0 ? -1 : 0;
    } else if (fault->class == FAULT_NETWORK || fault->class == FAULT_PROTOCOL) {
        fault_clear(fault);
        rc = 0;
    }
    free(rest.oids);
    return rc;
}

/* Reads all that an earlier run has kept. 0 or -1. */
static int read_all_kept(struct salvage *salvage)
{
    struct salvager *self = salvage->self;
    uint64_t before = salvage->bytes;
    int rc = 0;
    salvage->unread = false;
    enum kept_packs which = salvage->stepping ? KEPT_FINISHED : KEPT_ALL;
    int fd = -1;
    while (rc == 0 && (fd = kept_next(self->stage, which, fd)) >= 0)
        rc = read_kept(salvage, fd);
    if (fd >= 0)
        close(fd);
    bool steps_left = salvage->stepping && salvage->missing.count > 0;
    if (rc == 0 && salvage->begun && !steps_left && !self->quiet)
        fprintf(stderr,
                "Going on with %" PRIu64
                " KiB that an earlier run has kept; %zu objects are asked for by name.\n",
                (salvage->bytes - before) / 1024, salvage->missing.count);
    return rc;
}

/* How many objects can be spoken of in the packs of steps: they lack parents of the oldest commits,
 * whose number is not told. */
static uint32_t objects_in_steps(struct staging *stage)
{
    uint64_t objects = kept_objects(stage, KEPT_FINISHED);
    return objects < UINT32_MAX / 2 ? (uint32_t)(2 * objects) : UINT32_MAX;
}

/* What an earlier run has kept is the beginning of this one, also when this one is killed while it
 * reads that. How far a part of the history goes only the server knows, who is asked for its
 * commits before. 0 or -1. */
static int take_kept(struct salvage *salvage)
{
    struct salvager *self = salvage->self;
    bool any = !self->never_kept && goes_on_by_name(salvage);
    bool steps = !self->never_kept && goes_on_by_steps(self);
    bool bundles = !self->never_kept && has_elsewhere(self);
    const char *const ways[] = {any ? salvage->what : "", steps ? salvage->steps : "",
                                bundles ? salvage->bundled : ""};
    int way = kept_take(self->stage, ways, 3, &salvage->announced);
    salvage->stepping = way == 2;
    salvage->taken = way == 1 || way == 2;
    if (way == 3)
        kept_drop(self->stage);
    salvage->unread = way == 1 && self->ends;
    if (salvage->stepping)
        salvage->announced = objects_in_steps(self->stage);
    if (note(salvage) < 0)
        return -1;
    return salvage->taken && !salvage->unread ? read_all_kept(salvage) : 0;
}

/* What is to be had elsewhere. Packs that a run leaves which is killed meanwhile are not taken for
 * what the server has sent. 0 or -1. */
static int take_elsewhere(struct salvage *salvage)
{
    struct salvager *self = salvage->self;
    salvage->taken = salvage->stepping = false;
    salvage->announced = 0;
    salvage->bundling = true;
    int rc = note(salvage) < 0 ? -1 : self->elsewhere(self, &salvage->last);
    if (rc > 0) {
        salvage->missing.count = 0;
        return 0;
    }
    salvage->bundling = rc < 0;
    return rc < 0 || note(salvage) < 0 ? -1 : 0;
}

/* When there is no other try, the next run goes on, if it may: with what the server has sent, or
 * with a bundle, whichever is more. */
static void stay(struct salvage *salvage)
{
    struct salvager *self = salvage->self;
    struct fault why = *self->fault;
    uint64_t bundles = has_elsewhere(self) ? kept_bundles_size(self->stage->stage) : 0;
    bool packs = (salvage->unread || salvage->bytes > bundles) && goes_on(salvage);
    if (why.class != FAULT_NETWORK || self->never_kept || !(packs || bundles > 0))
        return;
    if (packs) {
        kept_bundles_drop(self->stage);
        kept_stay(self->stage, salvage->unread ? kept_bytes(self->stage) : salvage->bytes);
        return;
    }
    fault_clear(self->fault);
    salvage->bundling = true;
    int rc = staging_drop_packs(self->stage) < 0 ? -1 : note(salvage);
    *self->fault = why;
    if (rc == 0)
        kept_stay(self->stage, bundles);
}

/* The disk may have room without what is kept of a bundle. Whether there is another try. */
static bool make_room(struct salvage *salvage)
{
    struct salvager *self = salvage->self;
    if (self->fault->class != FAULT_LOCAL || kept_bundles_size(self->stage->stage) == 0)
        return false;
    kept_bundles_drop(self->stage);
    self->fault->class = FAULT_NETWORK;
    return begin(salvage) == 0 && remote_again(self->remote, true) == 0;
}

static void drop_kept(struct salvage *salvage)
{
    if (salvage->unread)
        kept_drop(salvage->self->stage);
    salvage->unread = false;
}

/* Whether the server has refused what is missing, or what an earlier run has kept does not go with
 * it: its history may be another one by now, and larger than the pack was that was kept. */
static bool is_in_vain(const struct salvage *salvage)
{
    enum fault_class class = salvage->self->fault->class;
    return class == FAULT_REFUSED || (class == FAULT_PROTOCOL && salvage->taken);
}

/* The steps after those that an earlier run has come to. 0, also when they are not whole: then
 * nothing is; or -1. */
static int more_steps(struct salvage *salvage)
{
    struct salvager *self = salvage->self;
    int rc = salvage->begun ? self->step(self, &salvage->missing, &salvage->total) : 1;
    salvage->bytes += salvage->total.bytes;
    if (rc == 0)
        salvage->missing.count = 0;
    if (rc < 0 && is_in_vain(salvage)) {
        self->fault->class = FAULT_NETWORK;
        rc = remote_again(self->remote, true) < 0 ? -1 : 1;
    }
    if (rc <= 0)
        return rc;
    salvage->stepping = salvage->taken = false;
    return begin(salvage) < 0 || note(salvage) < 0 ? -1 : 0;
}

/* Of parts nobody has seen whether they go together: an object that one links to as a blob may have
 * come as a tree in another. So one pack is made of them, and read as if it came from the server
 * (R11, K12): what is written meanwhile takes its place. 0 or -1. */
static int read_all(struct salvager *self)
{
    struct receive_result received;
    struct file_reader in;
    struct stat st;
    if (join(self, 2, true) < 0)
        return -1;
    int fd = kept_pack(self->stage);
    if (fd < 0 || fstat(fd, &st) < 0)
        return fault_set(self->fault, FAULT_LOCAL, "what has come is not there any more");
    file_read_open(&in, fd, 0, (uint64_t)st.st_size, "what has come", self->fault);
    int rc = self->receive(self, &in.reader, self->wants, self->want_count, NULL, &received);
    close(fd);
    return rc;
}

/* What is fetched, in one line, as a whole, by steps, and as bundles that begin it: the URL without
 * user info, and the depth. A part of a history is another one when the tips have moved: of commits
 * behind its end, which came before, all the history would be missing. */
static void name_what(struct salvage *salvage)
{
    const struct salvager *self = salvage->self;
    union hash hash;
    struct oid wants;
    char hex[OID_HEX];
    self->hash->begin(&hash);
    for (size_t i = 0; i < self->want_count; i++)
        self->hash->add(&hash, self->wants[i].id, self->wants[i].len);
    for (size_t i = 0; self->ends && i < self->ends->count; i++)
        self->hash->add(&hash, self->ends->oids[i].id, self->ends->oids[i].len);
    self->hash->end(&hash, &wants);
    url_format(self->url, salvage->what, URL_MAX);
    int length = snprintf(salvage->steps, WHAT_MAX, "%s", salvage->what);
    if (has_elsewhere(self))
        snprintf(salvage->bundled, WHAT_MAX, "%s bundles", salvage->what);
    snprintf(salvage->steps + length, WHAT_MAX - URL_MAX, " steps to %lu of %s", self->depth,
             oid_hex(&wants, hex));
    if (self->part)
        snprintf(salvage->what + length, WHAT_MAX - URL_MAX, " %s%s%s", self->part,
                 self->ends ? " of " : "", self->ends ? hex : "");
}

int salvage_all(struct salvager *self, struct receive_result *out)
{
    struct salvage salvage = {.self = self, .what = malloc(3 * WHAT_MAX)};
    struct fault *fault = self->fault;
    size_t asked;
    if (salvage.what == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a URL");
    salvage.steps = salvage.what + WHAT_MAX;
    salvage.bundled = salvage.steps + WHAT_MAX;
    name_what(&salvage);
    int rc = begin(&salvage);
    if (rc == 0)
        rc = take_kept(&salvage);
    if (rc == 0 && !salvage.begun && !salvage.unread && has_elsewhere(self))
        rc = take_elsewhere(&salvage);
    if (rc == 0 && salvage.stepping && salvage.missing.count > 0)
        rc = more_steps(&salvage);
    while (rc == 0 && salvage.missing.count > 0) {
        int got = one_request(&salvage, &asked);
        if (got < 0 && make_room(&salvage))
            continue;
        if (got >= 0 && salvage.unread) {
            struct fault why = *fault;
            fault_clear(fault);
            rc = read_all_kept(&salvage);
            if (rc < 0)
                break;
            *fault = why;
        }
        if (got == 0 && fault->class == FAULT_NONE) {
            missing_ask_for_more(&salvage.missing);
            continue;
        }
        if (got < 0 && salvage.begun && fault->class == FAULT_REFUSED &&
            remote_unwell(self->remote))
            fault->class = FAULT_NETWORK;
        bool anew = got < 0 && (salvage.begun || salvage.unread) && is_in_vain(&salvage);
        if (anew) {
            drop_kept(&salvage);
            salvage.refused = !salvage.taken;
            salvage.taken = false;
            salvage.announced = 0;
            fault->class = FAULT_NETWORK; /* what it was before: another try may follow */
        }
        if (fault->class == FAULT_NETWORK && needs_steps(&salvage)) {
            rc = by_steps(&salvage);
            break;
        }
        if (anew || salvage.refused)
            rc = begin(&salvage);
        else if (got != 0 && salvage.begun)
            missing_ask_for_less(&salvage.missing, asked);
        if (got >= 0)
            tell(&salvage);
        if (rc == 0)
            rc = remote_again(self->remote, got == 0);
    }
    self->odb(self, false);
    if (rc < 0)
        stay(&salvage);
    else
        kept_bundles_drop(self->stage);
    free(salvage.what);
    missing_free(&salvage.missing);
    *out = salvage.last;
    /* What an earlier run has kept counts for nothing in TOTAL, and is packs all the same. */
    if (rc == 0 && (salvage.begun || salvage.last.objects < salvage.total.objects)) {
        rc = self->stage->kind == REPO_FILES ? 0 : read_all(self);
        *out = salvage.total;
    }
    return rc;
}
