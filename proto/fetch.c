/* SPDX-License-Identifier: MIT */
/* Asking for a pack.
 *
 * v2 (gitprotocol-v2, "fetch"):
 *   C: command=fetch, capabilities, delim, arguments, flush
 *   S: [ "acknowledgments" ... delim ] [ "shallow-info" ... delim ] "packfile" bands flush
 *
 * v0 (gitprotocol-pack, "Packfile Negotiation"; gitprotocol-http, stateless):
 *   C: want lines (the first with capabilities), shallow, deepen, filter, flush, have lines, done
 *   S: [ shallow and unshallow lines, flush ] *ACK ( NAK / ACK ) pack
 *
 * Format notes
 * - multi_ack is asked for even without haves: Azure DevOps refuses a client that does not.
 * - A v2 server that is shallow itself sends shallow-info unasked; it is taken.
 */
#include "fetch.h"

#include <string.h>

enum { FETCH_LINES_MAX = 4 << 20 }; /* acknowledgments and shallow lines of one answer (R9) */

static int write_oids(struct pkt_writer *out, const char *word, const struct oid *oids,
                      size_t count)
{
    char hex[OID_HEX];
    for (size_t i = 0; i < count; i++)
        if (pkt_format(out, "%s %s\n", word, oid_hex(&oids[i], hex)) < 0)
            return -1;
    return 0;
}

/* The server must have offered to understand what is in the request. */
static int check_offered(struct pkt_writer *out, const struct caps *caps,
                         const struct fetch_request *request)
{
    bool deepens = request->depth > 0 || request->deepen_since || request->shallow_count > 0;
    if (deepens && !(caps->version == 2 ? caps->fetch_shallow : caps->shallow))
        return fault_set(out->below->fault, FAULT_REFUSED,
                         "the server does not offer shallow clones");
    if (caps->version != 2 && ((request->deepen_since && !caps->deepen_since) ||
                               (request->deepen_relative && !caps->deepen_relative)))
        return fault_set(out->below->fault, FAULT_REFUSED, "the server does not offer to deepen %s",
                         request->deepen_since ? "by date" : "from where history ends here");
    return 0;
}

/* shallow, deepen and filter lines are the same in both versions. */
static int write_limits(struct pkt_writer *out, const struct fetch_request *request, bool filter)
{
    if (write_oids(out, "shallow", request->shallows, request->shallow_count) < 0)
        return -1;
    if (request->depth > 0 && pkt_format(out, "deepen %lu\n", request->depth) < 0)
        return -1;
    if (request->deepen_since && pkt_format(out, "deepen-since %s\n", request->deepen_since) < 0)
        return -1;
    if (filter && request->filter && pkt_format(out, "filter %s\n", request->filter) < 0)
        return -1;
    return 0;
}

static int write_flag(struct pkt_writer *out, bool wanted, const char *line)
{
    return wanted ? pkt_format(out, "%s\n", line) : 0;
}

static int write_v2(struct pkt_writer *out, const struct caps *caps,
                    const struct fetch_request *request)
{
    if (pkt_format(out, "command=fetch") < 0 || pkt_format(out, "agent=%s", request->agent) < 0)
        return -1;
    if (caps->object_format &&
        pkt_format(out, "object-format=%s", caps->oid_len == OID_SHA256 ? "sha256" : "sha1") < 0)
        return -1;
    if (pkt_delim(out) < 0 || write_flag(out, request->thin_pack, "thin-pack") < 0 ||
        write_flag(out, request->no_progress, "no-progress") < 0 ||
        write_flag(out, request->include_tag, "include-tag") < 0 ||
        write_flag(out, true, "ofs-delta") < 0)
        return -1;
    if (write_limits(out, request, caps->fetch_filter) < 0 ||
        write_flag(out, request->deepen_relative, "deepen-relative") < 0)
        return -1;
    if (write_oids(out, "want", request->wants, request->want_count) < 0 ||
        write_oids(out, "have", request->common, request->common_count) < 0 ||
        write_oids(out, "have", request->haves, request->have_count) < 0)
        return -1;
    return write_flag(out, request->done, "done") < 0 ? -1 : pkt_flush(out);
}

struct words {
    char text[1024];
    size_t used;
};

static void word(struct words *words, bool wanted, const char *name, const char *value)
{
    size_t name_len = strlen(name), value_len = strlen(value);
    if (!wanted || words->used + name_len + value_len + 2 > sizeof words->text)
        return;
    words->text[words->used++] = ' ';
    memcpy(words->text + words->used, name, name_len);
    memcpy(words->text + words->used + name_len, value, value_len);
    words->used += name_len + value_len;
    words->text[words->used] = '\0';
}

static void list_v0(const struct caps *caps, const struct fetch_request *request,
                    struct words *words)
{
    *words = (struct words){.used = 0};
    word(words, caps->multi_ack_detailed, "multi_ack_detailed", "");
    word(words, caps->multi_ack && !caps->multi_ack_detailed, "multi_ack", "");
    word(words, caps->side_band_64k, "side-band-64k", "");
    word(words, caps->thin_pack && request->thin_pack, "thin-pack", "");
    word(words, caps->no_progress && request->no_progress, "no-progress", "");
    word(words, caps->include_tag && request->include_tag, "include-tag", "");
    word(words, caps->ofs_delta, "ofs-delta", "");
    word(words, request->deepen_since, "deepen-since", "");
    word(words, request->deepen_relative, "deepen-relative", "");
    word(words, caps->filter && request->filter, "filter", "");
    word(words, caps->object_format,
         "object-format=", caps->oid_len == OID_SHA256 ? "sha256" : "sha1");
    word(words, caps->agent[0] != '\0', "agent=", request->agent);
}

static int write_v0(struct pkt_writer *out, const struct caps *caps,
                    const struct fetch_request *request)
{
    struct words words;
    char hex[OID_HEX];
    list_v0(caps, request, &words);
    if (request->want_count > 0 &&
        pkt_format(out, "want %s%s\n", oid_hex(&request->wants[0], hex), words.text) < 0)
        return -1;
    if (request->want_count > 1 &&
        write_oids(out, "want", request->wants + 1, request->want_count - 1) < 0)
        return -1;
    if (write_limits(out, request, caps->filter) < 0 || pkt_flush(out) < 0)
        return -1;
    if (write_oids(out, "have", request->common, request->common_count) < 0 ||
        write_oids(out, "have", request->haves, request->have_count) < 0)
        return -1;
    return request->done ? pkt_format(out, "done\n") : pkt_flush(out);
}

int fetch_write(struct pkt_writer *out, const struct caps *caps,
                const struct fetch_request *request)
{
    if (check_offered(out, caps, request) < 0)
        return -1;
    return caps->version == 2 ? write_v2(out, caps, request) : write_v0(out, caps, request);
}

/* One answer while it is read. */
struct answer {
    struct pkt_line line;
    const struct caps *caps;
    const struct fetch_request *request;
    struct fetch_listener *listener;
    unsigned lines;
    bool ready;
};

static struct fault *fault_of(const struct answer *answer)
{
    return answer->line.pkt->below->fault;
}

static int malformed(struct answer *answer, const char *what)
{
    return pkt_line_fault(&answer->line, what);
}

/* The next line: 1, 0 at a flush or delimiter (pkt->kind says which), -1. */
static int next_line(struct answer *answer)
{
    if (++answer->lines > FETCH_LINES_MAX)
        return fault_set(fault_of(answer), FAULT_LIMIT, "fetch: over %d lines", FETCH_LINES_MAX);
    int rc = pkt_line_next(&answer->line);
    if (rc == 0 && answer->line.pkt->kind == PKT_RESPONSE_END)
        return malformed(answer, "unexpected response-end");
    return rc;
}

static bool is(const struct answer *answer, const char *line)
{
    return pkt_line_is(&answer->line, line);
}

/* WORD SP id */
static bool take_id(struct answer *answer, const char *word_and_blank, struct oid *oid)
{
    return pkt_line_take(&answer->line, word_and_blank) &&
           pkt_line_oid(&answer->line, answer->caps->oid_len, oid);
}

static bool among(const struct oid *oid, const struct oid *oids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (oid_equal(&oids[i], oid))
            return true;
    return false;
}

/* An ACK of what was never sent is a lie (R9). */
static int acknowledge(struct answer *answer, const struct oid *oid)
{
    const struct fetch_request *request = answer->request;
    if (!among(oid, request->haves, request->have_count) &&
        !among(oid, request->common, request->common_count))
        return malformed(answer, "acknowledges what was not sent");
    if (answer->listener && answer->listener->ack)
        return answer->listener->ack(answer->listener, oid);
    return 0;
}

/* ("shallow" / "unshallow") SP id */
static int take_shallow(struct answer *answer)
{
    struct oid oid;
    bool shallow = take_id(answer, "shallow ", &oid);
    if ((!shallow && !take_id(answer, "unshallow ", &oid)) || !is(answer, ""))
        return malformed(answer, "not shallow or unshallow and an object id");
    if (!shallow && !among(&oid, answer->request->shallows, answer->request->shallow_count))
        return malformed(answer, "unshallow of what is not shallow here");
    if (answer->listener && answer->listener->shallow &&
        answer->listener->shallow(answer->listener, &oid, shallow) < 0)
        return fault_set(fault_of(answer), FAULT_LIMIT, "no memory for shallow commits");
    return 0;
}

/* Lines up to the delimiter that must end a section before the pack. */
static int read_shallow_info(struct answer *answer)
{
    int rc;
    while ((rc = next_line(answer)) == 1)
        if (take_shallow(answer) < 0)
            return -1;
    if (rc == 0 && answer->line.pkt->kind != PKT_DELIM)
        return malformed(answer, "shallow-info ends without a pack");
    return rc;
}

/* ("NAK" / "ACK" SP id / "ready") up to a delimiter (the pack follows) or a flush. */
static int read_acknowledgments(struct answer *answer)
{
    struct oid oid;
    int rc;
    while ((rc = next_line(answer)) == 1) {
        if (is(answer, "NAK"))
            continue;
        if (is(answer, "ready")) {
            answer->ready = true;
        } else if (!take_id(answer, "ACK ", &oid) || !is(answer, "")) {
            return malformed(answer, "not NAK, ACK or ready");
        } else if (acknowledge(answer, &oid) < 0) {
            return -1;
        }
    }
    if (rc == 0 && answer->ready != (answer->line.pkt->kind == PKT_DELIM))
        return malformed(answer, answer->ready ? "ready without a pack" : "a pack without ready");
    return rc;
}

static int read_v2(struct answer *answer, enum fetch_answer *out)
{
    bool shallow_read = false;
    int rc = next_line(answer);
    if (rc == 1 && !answer->request->done) {
        if (!is(answer, "acknowledgments"))
            return malformed(answer, "unexpected section, acknowledgments expected");
        if (read_acknowledgments(answer) < 0)
            return -1;
        if (!answer->ready) {
            *out = FETCH_NEGOTIATE;
            return 0;
        }
        rc = next_line(answer);
    }
    while (rc == 1 && !shallow_read && is(answer, "shallow-info")) {
        shallow_read = true;
        if (read_shallow_info(answer) < 0)
            return -1;
        rc = next_line(answer);
    }
    if (rc < 0)
        return -1;
    if (rc == 0 || !is(answer, "packfile"))
        return malformed(answer, "unexpected section");
    *out = FETCH_PACK;
    return 0;
}

/* status = "continue" / "common" / "ready" */
static int take_ack_v0(struct answer *answer, bool *last)
{
    struct oid oid;
    if (!take_id(answer, "ACK ", &oid))
        return malformed(answer, "not ACK or NAK");
    *last = is(answer, "");
    if (is(answer, " ready"))
        answer->ready = true;
    else if (!*last && !is(answer, " common") && !is(answer, " continue"))
        return malformed(answer, "an ACK of a kind that does not exist");
    return acknowledge(answer, &oid);
}

/* *ACK ( NAK / ACK ): with done, a plain ACK or a NAK comes right before the pack; without, a NAK
 * ends the round. */
static int read_acks_v0(struct answer *answer, enum fetch_answer *out)
{
    bool last = false;
    while (!last) {
        int rc = next_line(answer);
        if (rc < 0)
            return -1;
        if (rc == 0)
            return malformed(answer, "a flush among acknowledgments");
        if (is(answer, "NAK"))
            last = true;
        else if (take_ack_v0(answer, &last) < 0)
            return -1;
    }
    if (answer->request->done)
        *out = FETCH_PACK;
    else
        *out = answer->ready ? FETCH_READY : FETCH_NEGOTIATE;
    return 0;
}

static int read_v0(struct answer *answer, enum fetch_answer *out)
{
    int rc = 0;
    bool deepens = answer->request->depth > 0 || answer->request->deepen_since;
    while (deepens && (rc = next_line(answer)) == 1)
        if (take_shallow(answer) < 0)
            return -1;
    if (rc < 0)
        return -1;
    if (deepens && answer->line.pkt->kind != PKT_FLUSH)
        return malformed(answer, "unexpected delimiter");
    return read_acks_v0(answer, out);
}

int fetch_read(struct pkt_reader *pkt, const struct caps *caps, const struct fetch_request *request,
               struct fetch_listener *listener, enum fetch_answer *out, bool *sideband)
{
    struct answer answer = {.line = {.pkt = pkt, .parser = "fetch"},
                            .caps = caps,
                            .request = request,
                            .listener = listener};
    *sideband = caps->version == 2 || caps->side_band_64k;
    return caps->version == 2 ? read_v2(&answer, out) : read_v0(&answer, out);
}
