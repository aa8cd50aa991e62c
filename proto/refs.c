/* SPDX-License-Identifier: MIT */
/* The server's references.
 *
 *   v0, v1 (gitprotocol-pack, "Reference Discovery"; gitprotocol-http wraps it):
 *     [ PKT("# service=git-upload-pack" LF) flush ] [ PKT("version 1" LF) ]
 *     PKT(id SP name NUL capabilities LF) *PKT(id SP name LF) *PKT("shallow " id LF) flush
 *   v2 (gitprotocol-v2):
 *     [ the same wrapping ] PKT("version 2" LF) capabilities flush
 *     ls-refs: *PKT((id / "unborn") SP name *(SP attribute) LF) flush
 *              attribute = "symref-target:" name / "peeled:" id
 *
 * Format notes
 * - v0 lists "name^{}" right behind an annotated tag: what it points to.
 * - No other line has the null id. An empty v0 repository lists it with "capabilities^{}", or
 *   nothing at all.
 * - "ERR " begins a line that ends everything: the server's words.
 */
#include "refs.h"

#include <stdio.h>
#include <string.h>

static bool bad_character(unsigned char c)
{
    return c < 0x21 || c == 0x7f || strchr("~^:?*[\\", c) != NULL;
}

/* component = not beginning with '.', not ending with ".lock" */
static bool component_valid(const char *at, size_t size)
{
    if (size == 0 || at[0] == '.')
        return false;
    return size < 5 || memcmp(at + size - 5, ".lock", 5) != 0;
}

bool refs_name_valid(const char *name, size_t size, bool one_level)
{
    size_t from = 0;
    if (size == 0 || size >= REFS_NAME_MAX || name[size - 1] == '.' ||
        (size == 1 && name[0] == '@'))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (bad_character((unsigned char)name[i]))
            return false;
        if (i > 0 &&
            ((name[i] == '.' && name[i - 1] == '.') || (name[i] == '{' && name[i - 1] == '@')))
            return false;
        if (name[i] != '/')
            continue;
        if (!component_valid(name + from, i - from))
            return false;
        from = i + 1;
    }
    return component_valid(name + from, size - from) && (one_level || from > 0);
}

static int malformed(const struct refs_reader *refs, const char *what)
{
    return pkt_line_fault(&refs->line, what);
}

/* The next line: 1, 0 at a flush, -1. */
static int next_line(struct refs_reader *refs)
{
    enum pkt_kind *kind = &refs->line.pkt->kind;
    bool here = refs->at_line;
    refs->at_line = false;
    int rc = here ? *kind == PKT_DATA : pkt_line_next(&refs->line);
    return rc == 0 && *kind != PKT_FLUSH ? malformed(refs, "a delimiter") : rc;
}

/* A dumb server's info/refs: id TAB name LF, without pkt-lines. The id's first four digits were
 * taken for a length, of a line that is malformed or longer than all there is. */
static bool is_dumb(const struct pkt_reader *pkt)
{
    uint64_t taken = reader_tell(pkt->below) - pkt->offset;
    size_t size = taken > 4 && taken <= PKT_MAX ? (size_t)taken - 4 : 0, digits = 0;
    while (digits < size && strchr("0123456789abcdef", pkt->data[digits]) && pkt->data[digits])
        digits++;
    return digits < size && pkt->data[digits] == '\t' &&
           (digits == 2 * OID_SHA1 - 4 || digits == 2 * OID_SHA256 - 4);
}

/* Whether the line at hand is a first line of v0: "shallow", or an id and a name. */
static bool begins_v0(struct pkt_line line)
{
    struct pkt_line longer = line;
    struct oid oid;
    return pkt_line_take(&line, "shallow ") ||
           (pkt_line_oid(&line, OID_SHA1, &oid) && pkt_line_take(&line, " ")) ||
           (pkt_line_oid(&longer, OID_SHA256, &oid) && pkt_line_take(&longer, " "));
}

/* service = PKT("# service=" name LF) flush */
static int skip_service(struct refs_reader *refs)
{
    if (!pkt_line_is(&refs->line, "git-upload-pack"))
        return malformed(refs, "not the service that was asked for");
    int rc = next_line(refs);
    return rc == 1 ? malformed(refs, "a flush expected") : rc;
}

/* [ service ] [ version ] */
static int discover(struct refs_reader *refs)
{
    struct pkt_line *line = &refs->line;
    int rc = next_line(refs);
    if (rc == 1 && pkt_line_take(line, "# service=")) {
        if (skip_service(refs) < 0)
            return -1;
        rc = next_line(refs);
    }
    if (rc < 0)
        return -1;
    if (rc == 1 && pkt_line_is(line, "version 2")) {
        refs->caps->version = 2;
        return caps_read_v2(line->pkt, refs->caps);
    }
    if (rc == 1 && pkt_line_is(line, "version 1"))
        refs->caps->version = 1;
    else if (rc == 1 && pkt_line_take(line, "version "))
        return malformed(refs, "not a version that was asked for");
    else if (rc == 1 && !begins_v0(*line))
        return malformed(refs, "neither \"version 2\" nor a reference");
    else
        refs->at_line = true;
    return 0;
}

int refs_discover(struct refs_reader *refs, struct pkt_reader *pkt, struct caps *caps)
{
    struct fault *fault = pkt->below->fault;
    uint64_t start = reader_tell(pkt->below);
    *refs = (struct refs_reader){.line = {.pkt = pkt, .parser = "references"}, .caps = caps};
    *caps = (struct caps){.oid_len = OID_SHA1};
    if (discover(refs) == 0)
        return 0;
    if (fault->class != FAULT_PROTOCOL || pkt->offset != start || !is_dumb(pkt))
        return -1;
    fault_clear(fault);
    return fault_set(fault, FAULT_PROTOCOL,
                     "the server only speaks the dumb protocol: it serves files, not git");
}

int refs_write_ls(struct pkt_writer *out, const struct caps *caps, const char *agent,
                  const char *const *prefixes, size_t count)
{
    if (pkt_format(out, "command=ls-refs\n") < 0 || pkt_format(out, "agent=%s", agent) < 0)
        return -1;
    if (caps->object_format &&
        pkt_format(out, "object-format=%s", caps->oid_len == OID_SHA256 ? "sha256" : "sha1") < 0)
        return -1;
    if (pkt_delim(out) < 0 || pkt_format(out, "peel\n") < 0 || pkt_format(out, "symrefs\n") < 0)
        return -1;
    if (caps->ls_refs_unborn && pkt_format(out, "unborn\n") < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (pkt_format(out, "ref-prefix %s\n", prefixes[i]) < 0)
            return -1;
    return pkt_flush(out);
}

void refs_open_ls(struct refs_reader *refs, struct pkt_reader *pkt, struct caps *caps)
{
    *refs = (struct refs_reader){
        .line = {.pkt = pkt, .parser = "references"}, .caps = caps, .started = true};
}

static int take_name(struct refs_reader *refs, const char *text, size_t size,
                     char out[REFS_NAME_MAX])
{
    if (!refs_name_valid(text, size, true))
        return malformed(refs, "an invalid reference name");
    memcpy(out, text, size);
    out[size] = '\0';
    return 0;
}

/* attribute = "symref-target:" name / "peeled:" id ; others are ignored */
static int take_attribute(struct refs_reader *refs, struct ref *ref)
{
    struct pkt_line *line = &refs->line;
    const char *word;
    if (pkt_line_take(line, "symref-target:")) {
        size_t size = pkt_line_word(line, &word);
        if (ref->symref_target || !refs_name_valid(word, size, false))
            return malformed(refs, "an invalid symref-target");
        memcpy(refs->target, word, size);
        refs->target[size] = '\0';
        ref->symref_target = refs->target;
    } else if (pkt_line_take(line, "peeled:")) {
        bool valid = pkt_line_oid(line, refs->caps->oid_len, &ref->peeled);
        if (ref->has_peeled || !valid || pkt_line_word(line, &word) > 0)
            return malformed(refs, "an invalid peeled id");
        ref->has_peeled = true;
    } else {
        pkt_line_word(line, &word);
    }
    return 0;
}

/* (id / "unborn") SP name *(SP attribute) */
static int parse_ls_line(struct refs_reader *refs, struct ref *out)
{
    struct pkt_line *line = &refs->line;
    struct ref ref = {.name = refs->name};
    const char *word;
    if (memchr(line->at, '\0', (size_t)(line->end - line->at)))
        return malformed(refs, "no reference");
    ref.unborn = pkt_line_take(line, "unborn");
    if (ref.unborn)
        ref.oid.len = (unsigned char)refs->caps->oid_len;
    else if (!pkt_line_oid(line, refs->caps->oid_len, &ref.oid) || oid_is_null(&ref.oid))
        return malformed(refs, "no object id");
    if (!pkt_line_take(line, " "))
        return malformed(refs, pkt_line_is(line, "") ? "no reference" : "no object id");
    size_t size = pkt_line_word(line, &word);
    if (take_name(refs, word, size, refs->name) < 0)
        return -1;
    while (pkt_line_take(line, " "))
        if (take_attribute(refs, &ref) < 0)
            return -1;
    if (ref.unborn && ref.symref_target == NULL)
        return malformed(refs, "unborn, but without a symref-target");
    *out = ref;
    return 1;
}

static int next_ls(struct refs_reader *refs, struct ref *out)
{
    int rc = next_line(refs);
    refs->ended = rc == 0;
    return rc == 1 ? parse_ls_line(refs, out) : rc;
}

/* Gives the reference that was held back. */
static int give_held(struct refs_reader *refs, struct ref *out)
{
    memcpy(refs->name, refs->held_name, sizeof refs->name);
    *out = (struct ref){.name = refs->name, .oid = refs->held_oid};
    if (strcmp(refs->name, "HEAD") == 0 && refs->head_target[0])
        out->symref_target = refs->head_target;
    refs->held = false;
    return 1;
}

/* The first line has the capabilities behind a NUL; no other may have one. */
static int take_caps(struct refs_reader *refs)
{
    struct pkt_line *line = &refs->line;
    const char *nul = memchr(line->at, '\0', (size_t)(line->end - line->at));
    if (refs->started)
        return nul ? malformed(refs, "a NUL on a later line") : 0;
    refs->started = true;
    if (nul == NULL)
        return 0;
    if (caps_parse_v0(nul + 1, (size_t)(line->end - nul - 1), refs->caps, refs->head_target,
                      sizeof refs->head_target, line->pkt->below->fault) < 0)
        return -1;
    if (refs->head_target[0] &&
        !refs_name_valid(refs->head_target, strlen(refs->head_target), false))
        return malformed(refs, "HEAD points to an invalid reference name");
    line->end = nul;
    return 0;
}

/* "shallow " id */
static int take_shallow(struct refs_reader *refs)
{
    struct oid oid;
    if (!pkt_line_oid(&refs->line, refs->caps->oid_len, &oid) || !pkt_line_is(&refs->line, ""))
        return malformed(refs, "no object id");
    refs->listed = true;
    if (refs->shallow)
        refs->shallow(refs->context, &oid);
    return 0;
}

/* id SP name; the name "x^{}" belongs to x. 1 when OUT is given, 0 when the line was only held. */
static int take_ref(struct refs_reader *refs, struct ref *out)
{
    struct pkt_line *line = &refs->line;
    struct oid oid;
    if (!pkt_line_oid(line, refs->caps->oid_len, &oid) || oid_is_null(&oid) ||
        !pkt_line_take(line, " ") || pkt_line_is(line, ""))
        return malformed(refs, "no object id and name");
    size_t length = (size_t)(line->end - line->at);
    if (length > 3 && memcmp(line->end - 3, "^{}", 3) == 0) {
        if (!refs->held || !pkt_line_take(line, refs->held_name) || !pkt_line_is(line, "^{}"))
            return malformed(refs, "a peeled id (^{}) without its reference before it");
        give_held(refs, out);
        out->peeled = oid;
        out->has_peeled = true;
        return 1;
    }
    bool give = refs->held;
    if (give)
        give_held(refs, out);
    refs->held = true;
    refs->held_oid = oid;
    return take_name(refs, line->at, length, refs->held_name) < 0 ? -1 : give;
}

/* The first line of an empty repository: the null id SP "capabilities^{}" */
static bool is_empty(const struct refs_reader *refs)
{
    struct pkt_line line = refs->line;
    struct oid oid;
    return pkt_line_oid(&line, refs->caps->oid_len, &oid) && oid_is_null(&oid) &&
           pkt_line_is(&line, " capabilities^{}");
}

/* 1 when OUT is given, 0 when the line gave none, -1. */
static int take_line(struct refs_reader *refs, struct ref *out)
{
    bool first = !refs->started;
    if (take_caps(refs) < 0)
        return -1;
    if (pkt_line_take(&refs->line, "shallow "))
        return take_shallow(refs);
    if (refs->listed)
        return malformed(refs, "only shallow lines may stand here");
    refs->listed = first && is_empty(refs);
    return refs->listed ? 0 : take_ref(refs, out);
}

int refs_next(struct refs_reader *refs, struct ref *out)
{
    int rc = 0;
    if (!refs->ended && refs->caps->version == 2)
        return next_ls(refs, out);
    while (!refs->ended && rc == 0) {
        rc = next_line(refs);
        refs->ended = rc == 0;
        if (rc == 1)
            rc = take_line(refs, out);
    }
    return refs->ended && refs->held ? give_held(refs, out) : rc;
}
