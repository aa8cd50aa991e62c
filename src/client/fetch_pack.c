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

#include "client/negotiate.h"
#include "objects/peel.h"
#include "system/array.h"

#include <stdlib.h>

enum {
    FIRST_HAVES = 16,   /* of the first round, as git has it */
    MOST_HAVES = 16384, /* of one round */
    IN_VAIN_MAX = 256,  /* haves in turn that the server does not know: no more are told */
    ROUNDS_MAX = 100    /* a server that never sends a pack */
};

struct conversation {
    struct fetch_listener listener;
    const struct fetch_pack *fetch;
    struct commits commits;
    struct negotiate negotiate;
    struct oid *haves, *common;
    size_t have_count, common_count, common_room;
    size_t in_vain;
    bool over; /* there is nothing more to be told */
    struct shallow_list *shallow;
};

static int no_memory(const struct conversation *talk)
{
    return fault_set(talk->fetch->fault, FAULT_LIMIT, "no memory to negotiate");
}

static int acknowledged(struct fetch_listener *listener, const struct oid *oid)
{
    struct conversation *talk = (struct conversation *)listener;
    bool is_new;
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
    struct shallow_list *list = ((struct conversation *)listener)->shallow;
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

static int one_round(struct conversation *talk, bool done, enum fetch_answer *answer,
                     struct reader **pack)
{
    const struct fetch_pack *fetch = talk->fetch;
    const struct fetch_request request = {
        .wants = fetch->wants,
        .want_count = fetch->want_count,
        .haves = talk->haves,
        .have_count = talk->have_count,
        .common = talk->common,
        .common_count = talk->common_count,
        .shallows = fetch->shallow->oids,
        .shallow_count = fetch->shallow->count,
        .depth = fetch->depth,
        .deepen_relative = fetch->deepen_relative,
        .deepen_since = fetch->deepen_since,
        .thin_pack = true,
        .include_tag = fetch->include_tag,
        .no_progress = fetch->no_progress,
        .done = done,
    };
    if (reset_shallow(talk) < 0)
        return -1;
    return remote_fetch(fetch->remote, &request, &talk->listener, answer, pack);
}

/* Rounds until the server sends the pack. */
static int negotiate(struct conversation *talk, struct reader **pack)
{
    enum fetch_answer answer = FETCH_NEGOTIATE;
    size_t most = FIRST_HAVES;
    for (int rounds = 0; answer != FETCH_PACK; rounds++) {
        if (rounds == ROUNDS_MAX)
            return fault_set(talk->fetch->fault, FAULT_PROTOCOL,
                             "the server has sent no pack after %d rounds of negotiation",
                             ROUNDS_MAX);
        talk->have_count = 0;
        if (answer == FETCH_NEGOTIATE && collect(talk, most) < 0)
            return -1;
        if (one_round(talk, talk->over || answer == FETCH_READY, &answer, pack) < 0)
            return -1;
        if (most < MOST_HAVES)
            most *= 2;
    }
    return 0;
}

static int store(struct conversation *talk, struct reader *pack)
{
    const struct fetch_pack *fetch = talk->fetch;
    struct receive_result result;
    shallow_sort(talk->shallow);
    const struct receive_options options = {
        .git_dir = fetch->git_dir,
        .hash = fetch->hash,
        .memory = fetch->memory,
        .unpacked_max = fetch->unpacked_max,
        .base = fetch->odb,
        .shallow = talk->shallow->oids,
        .shallow_count = talk->shallow->count,
        .sync = !fetch->no_sync,
        .threads = (unsigned)fetch->threads,
        .progress = !fetch->no_progress,
    };
    if (receive_pack(pack, &options, fetch->wants, fetch->want_count, &result, fetch->fault) < 0)
        return -1;
    if (fetch->received)
        *fetch->received = result;
    return remote_pack_end(fetch->remote);
}

int fetch_pack(const struct fetch_pack *fetch, struct shallow_list *shallow_after)
{
    struct conversation talk = {.listener = {acknowledged, shallow_changed},
                                .fetch = fetch,
                                .haves = malloc(MOST_HAVES * sizeof *talk.haves),
                                .shallow = shallow_after};
    struct reader *pack = NULL;
    commits_open(&talk.commits, fetch->odb, fetch->shallow->oids, fetch->shallow->count,
                 fetch->fault);
    negotiate_open(&talk.negotiate, &talk.commits);
    int rc = talk.haves ? 0 : no_memory(&talk);
    if (rc == 0)
        rc = add_tips(&talk);
    if (rc == 0)
        rc = negotiate(&talk, &pack);
    negotiate_close(&talk.negotiate);
    commits_close(&talk.commits);
    if (rc == 0)
        rc = store(&talk, pack);
    free(talk.haves);
    free(talk.common);
    return rc;
}
