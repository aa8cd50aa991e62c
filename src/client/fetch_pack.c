/* SPDX-License-Identifier: MIT */
/* Over HTTP a server remembers nothing (gitprotocol-http, "Stateless RPC"): each round tells it
 * again what it has acknowledged, and some commits more.
 *
 *   C: want..., have...                 as many as double each round
 *   S: ACK of those it knows            "ready", and v2 sends the pack behind it
 *   C: want..., have (all that is common), done
 *   S: pack
 */
#include "client/fetch_pack.h"

#include "client/deepened.h"
#include "client/negotiate.h"
#include "client/salvage.h"
#include "objects/peel.h"
#include "repo/quarantine.h"
#include "system/array.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    FIRST_HAVES = 16,          /* of the first round, as git has it */
    MOST_HAVES = 16384,        /* of one round */
    IN_VAIN_MAX = 256,         /* haves in turn that the server does not know: no more are told */
    PARTS_CACHE = 1024 * 1024, /* bytes of bases kept of packs that broke off */
    ROUNDS_MAX = 100           /* a server that never sends a pack */
};

struct conversation {
    struct fetch_listener listener;
    const struct fetch_pack *fetch;
    struct commits commits;
    struct negotiate negotiate;
    struct oid *haves, *common;
    size_t have_count, common_count, common_room;
    size_t in_vain;
    bool over;                    /* there is nothing more to be told, */
    bool closed;                  /* nor to be heard */
    struct shallow_list *shallow; /* as it will be */
    struct shallow_list both;     /* and as it is */
    struct staging quarantine;
    struct odb *parts; /* what came of packs that broke off; NULL: nothing has */
};

/* What is asked for by one request, whose answer is the pack. */
struct question {
    const struct oid *wants;
    size_t want_count;
    bool first, filtered;
};

static int no_memory(const struct conversation *talk)
{
    return fault_set(talk->fetch->fault, FAULT_LIMIT, "no memory to negotiate");
}

static int acknowledged(struct fetch_listener *listener, const struct oid *oid)
{
    struct conversation *talk = (struct conversation *)listener;
    bool is_new;
    if (talk->closed)
        return 0;
    if (negotiate_acknowledged(&talk->negotiate, oid, &is_new) < 0)
        return -1;
    if (!is_new)
        return 0;
    struct oid *more =
        array_room(talk->common, talk->common_count, &talk->common_room, sizeof *more);
    if (more == NULL)
        return no_memory(talk);
    talk->common = more;
    talk->common[talk->common_count++] = *oid;
    talk->in_vain = 0;
    return 0;
}

static int shallow_changed(struct fetch_listener *listener, const struct oid *oid, bool shallow)
{
    struct conversation *talk = (struct conversation *)listener;
    struct shallow_list *list = talk->shallow;
    /* Of what has come already, the server's word makes no commit whole, nor a shallow one. */
    if (talk->parts)
        return 0;
    return list->listener.shallow(&list->listener, oid, shallow);
}

/* What is here and a commit, or leads to one: 1, 0, -1. A tag of a tree or a blob is no fault;
 * damage shows when it is walked to. */
static int commit_of(const struct fetch_pack *fetch, const struct oid *oid, struct oid *out)
{
    if (oid->len == 0 || !odb_has(fetch->odb, oid))
        return 0;
    if (peel_to_commit(fetch->odb, oid, out, fetch->fault) == 0)
        return 1;
    if (fetch->fault->class != FAULT_PROTOCOL)
        return -1;
    fault_clear(fetch->fault);
    return 0;
}

/* Tips: what the server shows and is here, then all references of the repository. */
static int add_tips(struct conversation *talk)
{
    const struct fetch_pack *fetch = talk->fetch;
    struct oid commit;
    for (size_t i = 0; i < fetch->refs->count; i++) {
        const struct remote_ref *ref = &fetch->refs->refs[i];
        const struct oid *end = ref->has_peeled ? remote_ref_peeled(ref) : &ref->oid;
        int rc = commit_of(fetch, end, &commit);
        if (rc < 0 || (rc == 1 && negotiate_known(&talk->negotiate, &commit) < 0))
            return -1;
    }
    for (size_t i = 0; i < fetch->local->count; i++) {
        const struct local_ref *ref = &fetch->local->refs[i];
        int rc = commit_of(fetch, ref->peeled.len ? &ref->peeled : &ref->oid, &commit);
        if (rc < 0 || (rc == 1 && negotiate_tip(&talk->negotiate, &commit) < 0))
            return -1;
    }
    return 0;
}

/* The haves of the next round: at most MOST. */
static int collect(struct conversation *talk, size_t most)
{
    int rc = 1;
    talk->have_count = 0;
    while (talk->have_count < most &&
           (rc = negotiate_next(&talk->negotiate, &talk->haves[talk->have_count])) == 1)
        talk->have_count++;
    talk->in_vain += talk->have_count;
    if (rc == 0 || (talk->common_count > 0 && talk->in_vain > IN_VAIN_MAX))
        talk->over = true;
    return rc < 0 ? -1 : 0;
}

/* What is shallow here, before the server says what becomes of it: v0 says it in each round. */
static int reset_shallow(const struct conversation *talk)
{
    const struct shallow_list *before = talk->fetch->shallow;
    talk->shallow->count = 0;
    for (size_t i = 0; i < before->count; i++)
        if (shallow_add(talk->shallow, &before->oids[i]) < 0)
            return no_memory(talk);
    return 0;
}

static int remember_both(struct conversation *talk)
{
    const struct shallow_list *before = talk->fetch->shallow, *after = talk->shallow;
    talk->both.count = 0;
    for (size_t i = 0; i < before->count + after->count; i++)
        if (shallow_add(&talk->both,
                        i < before->count ? &before->oids[i] : &after->oids[i - before->count]) < 0)
            return no_memory(talk);
    shallow_sort(&talk->both);
    return 0;
}

/* Of what is missing after a break the server is told where history ends, now and then: so what is
 * common leads to nothing that has still to come. */
static int one_round(struct conversation *talk, const struct question *question, bool done,
                     enum fetch_answer *answer, struct reader **pack)
{
    const struct fetch_pack *fetch = talk->fetch;
    const struct shallow_list *shallow = question->first ? fetch->shallow : &talk->both;
    const struct fetch_request request = {
        .wants = question->wants,
        .want_count = question->want_count,
        .haves = talk->haves,
        .have_count = talk->have_count,
        .common = talk->common,
        .common_count = talk->common_count,
        .shallows = shallow->oids,
        .shallow_count = shallow->count,
        .filter = question->filtered ? "tree:0" : NULL,
        .depth = question->first ? fetch->depth : 0,
        .deepen_relative = question->first && fetch->deepen_relative,
        .deepen_since = question->first ? fetch->deepen_since : NULL,
        .thin_pack = true,
        .include_tag = fetch->include_tag,
        .no_progress = fetch->no_progress,
        .done = done,
    };
    if (question->first && reset_shallow(talk) < 0)
        return -1;
    return remote_fetch(fetch->remote, &request, &talk->listener, answer, pack);
}

/* Rounds until the server sends the pack. */
static int negotiate(struct conversation *talk, const struct question *question,
                     struct reader **pack)
{
    enum fetch_answer answer = FETCH_NEGOTIATE;
    size_t most = FIRST_HAVES;
    for (int rounds = 0; answer != FETCH_PACK; rounds++) {
        if (rounds == ROUNDS_MAX)
            return fault_set(talk->fetch->fault, FAULT_PROTOCOL,
                             "the server has sent no pack after %d rounds of negotiation",
                             ROUNDS_MAX);
        /* What was told before a break is told again: the answer may not have come, and to the last
         * round v2 gives none but the pack. */
        bool again = rounds == 0 && talk->have_count > 0;
        if (!again)
            talk->have_count = 0;
        if (!again && answer == FETCH_NEGOTIATE && !talk->over && collect(talk, most) < 0)
            return -1;
        if (one_round(talk, question, talk->over || answer == FETCH_READY, &answer, pack) < 0)
            return -1;
        if (most < MOST_HAVES)
            most *= 2;
    }
    return 0;
}

/* What is common is known: history is not walked any further. */
static void close_negotiation(struct conversation *talk)
{
    if (!talk->closed) {
        negotiate_close(&talk->negotiate);
        commits_close(&talk->commits);
    }
    talk->over = talk->closed = true;
}

/* How a fetch is asked for. */
struct asking {
    struct salvager salvager;
    struct conversation *talk;
};

static int receive(struct salvager *self, struct reader *pack, const struct oid *wants,
                   size_t count, struct receive_rest *rest, struct receive_result *out)
{
    const struct conversation *talk = ((struct asking *)self)->talk;
    const struct fetch_pack *fetch = talk->fetch;
    const struct receive_options options = {
        .git_dir = talk->quarantine.git_dir,
        .hash = fetch->hash,
        .memory = fetch->memory,
        .unpacked_max = fetch->unpacked_max,
        .base = fetch->odb,
        .shallow = talk->shallow->oids,
        .shallow_count = talk->shallow->count,
        .sync = !fetch->no_sync,
        .threads = (unsigned)fetch->threads,
        .progress = !fetch->no_progress,
        .rest = rest,
    };
    return receive_pack(pack, &options, wants, count, out, fetch->fault);
}

/* All of the history: where it ends need not be asked. */
static bool wants_all(const struct fetch_pack *fetch)
{
    return fetch->depth == FETCH_DEPTH_ALL && !fetch->deepen_relative;
}

/* What an earlier run has kept, or all that has come, once more. */
static int receive_kept(struct salvager *self, struct reader *pack, const struct oid *wants,
                        size_t count, struct receive_rest *rest, struct receive_result *out)
{
    struct conversation *talk = ((struct asking *)self)->talk;
    const struct fetch_pack *fetch = talk->fetch;
    bool all = rest && wants_all(fetch);
    if (all && talk->parts == NULL) {
        talk->shallow->count = 0;
        if (remember_both(talk) < 0)
            return -1;
    }
    int rc = receive(self, pack, wants, count, rest, out);
    return rc == 0 && all ? deepened_rest(fetch->odb, fetch->shallow->oids, fetch->shallow->count,
                                          talk->shallow, rest, self->fault)
                          : rc;
}

static int request(struct salvager *self, const struct oid *wants, size_t count,
                   struct receive_rest *rest, struct receive_result *out)
{
    struct conversation *talk = ((struct asking *)self)->talk;
    const struct question question = {
        .wants = wants,
        .want_count = count,
        .first = rest == NULL || talk->parts == NULL,
        .filtered = rest && rest->filtered,
    };
    struct reader *pack = NULL;
    if (negotiate(talk, &question, &pack) < 0)
        return -1;
    close_negotiation(talk);
    shallow_sort(talk->shallow);
    if (question.first && remember_both(talk) < 0)
        return -1;
    if (receive(self, pack, wants, count, rest, out) < 0)
        return -1;
    if (rest == NULL || !rest->broken)
        return remote_pack_end(self->remote);
    const struct shallow_list *before = talk->fetch->shallow;
    return question.first ? deepened_rest(talk->fetch->odb, before->oids, before->count,
                                          talk->shallow, rest, self->fault)
                          : 0;
}

static struct odb *odb(struct salvager *self, bool open)
{
    struct conversation *talk = ((struct asking *)self)->talk;
    struct odb *whole = talk->fetch->odb;
    odb_also(whole, NULL);
    odb_close(talk->parts);
    talk->parts =
        open ? odb_open(talk->quarantine.git_dir, self->hash, PARTS_CACHE, self->fault) : NULL;
    odb_also(whole, talk->parts);
    return talk->parts ? whole : NULL;
}

/* Of two that are sorted. */
static bool is_same(const struct shallow_list *a, const struct shallow_list *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = oid_equal(&a->oids[i], &b->oids[i]);
    return same;
}

static int write_shallow(const struct fetch_pack *fetch, const struct shallow_list *list)
{
    return shallow_replace(fetch->lock, fetch->git_dir, list, !fetch->no_sync, fetch->fault);
}

/* What is in the repository counts as whole from then on, whatever becomes of this run: a commit is
 * shallow before it is there, and no longer so when all before it is. */
static int publish(struct conversation *talk)
{
    const struct fetch_pack *fetch = talk->fetch;
    const struct shallow_list *both = &talk->both;
    if (remember_both(talk) < 0)
        return -1;
    if (fetch->lock && !is_same(both, fetch->shallow) && write_shallow(fetch, both) < 0)
        return -1;
    if (quarantine_publish(&talk->quarantine, fetch->git_dir, !fetch->no_sync) < 0)
        return -1;
    return fetch->lock && !is_same(both, talk->shallow) ? write_shallow(fetch, talk->shallow) : 0;
}

/* What has come, before it is published. */
static int check_deepened(struct asking *asking)
{
    const struct fetch_pack *fetch = asking->talk->fetch;
    const struct shallow_list *before = fetch->shallow;
    if (fetch->lock == NULL || is_same(before, asking->talk->shallow))
        return 0;
    struct odb *all = odb(&asking->salvager, true);
    int rc =
        all ? deepened_check(all, before->oids, before->count, asking->talk->shallow, fetch->fault)
            : -1;
    odb(&asking->salvager, false);
    return rc;
}

/* Whether the history is to end elsewhere, and how, in words. */
static bool name_part(const struct fetch_pack *fetch, char out[PART_MAX])
{
    if (fetch->deepen_since)
        snprintf(out, PART_MAX, "since %.20s", fetch->deepen_since);
    else
        snprintf(out, PART_MAX, "%s %lu", fetch->deepen_relative ? "deepen" : "depth",
                 fetch->depth);
    return fetch->depth > 0 || fetch->deepen_since;
}

static int get_all(struct conversation *talk)
{
    const struct fetch_pack *fetch = talk->fetch;
    struct receive_result result;
    char part[PART_MAX];
    bool deepens = name_part(fetch, part);
    struct asking asking = {
        .salvager =
            {
                .request = request,
                .receive = receive_kept,
                .odb = odb,
                .wants = fetch->wants,
                .want_count = fetch->want_count,
                .remote = fetch->remote,
                .stage = &talk->quarantine,
                .url = fetch->url,
                .hash = fetch->hash,
                .part = deepens ? part : NULL,
                .ends = deepens && !wants_all(fetch) ? fetch->shallow : NULL,
                .never_kept = fetch->no_resume,
                .no_sync = fetch->no_sync,
                .quiet = fetch->quiet,
                .fault = fetch->fault,
            },
        .talk = talk,
    };
    if (salvage_all(&asking.salvager, &result) < 0)
        return -1;
    if (fetch->received)
        *fetch->received = result;
    return check_deepened(&asking) < 0 ? -1 : publish(talk);
}

int fetch_pack(const struct fetch_pack *fetch, struct shallow_list *shallow_after)
{
    struct conversation talk = {.listener = {acknowledged, shallow_changed},
                                .fetch = fetch,
                                .haves = malloc(MOST_HAVES * sizeof *talk.haves),
                                .shallow = shallow_after};
    commits_open(&talk.commits, fetch->odb, fetch->shallow->oids, fetch->shallow->count,
                 fetch->fault);
    negotiate_open(&talk.negotiate, &talk.commits);
    shallow_open(&talk.both);
    int rc = quarantine_open(&talk.quarantine, fetch->git_dir, fetch->fault);
    if (rc == 0)
        rc = talk.haves ? reset_shallow(&talk) : no_memory(&talk);
    if (rc == 0)
        rc = add_tips(&talk);
    if (rc == 0)
        rc = get_all(&talk);
    close_negotiation(&talk);
    staging_close(&talk.quarantine);
    shallow_close(&talk.both);
    free(talk.haves);
    free(talk.common);
    return rc;
}
