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

#include <inttypes.h>
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

static struct fault *fault_of(const struct refs_reader *refs)
{
    return refs->pkt->below->fault;
}

static int malformed(const struct refs_reader *refs, const char *what)
{
    const char *text;
    size_t size = pkt_text(refs->pkt, &text);
    return fault_set(fault_of(refs), FAULT_PROTOCOL,
                     "references: line at byte %" PRIu64 ": %s: \"%.*s\"", refs->pkt->offset, what,
                     size > 100 ? 100 : (int)size, text);
}

/* The next line of TEXT, "ERR " handled: 1, 0 at a flush, -1. */
static int next_line(struct refs_reader *refs, const char **text, size_t *size)
{
    struct pkt_reader *pkt = refs->pkt;
    if (!refs->at_line && pkt_need(pkt) < 0)
        return -1;
    refs->at_line = false;
    if (pkt->kind == PKT_FLUSH)
        return 0;
    if (pkt->kind != PKT_DATA)
        return malformed(refs, "a delimiter");
    *size = pkt_text(pkt, text);
    if (*size >= 4 && memcmp(*text, "ERR ", 4) == 0)
        return fault_set(fault_of(refs), FAULT_REFUSED, "the server says: %.*s",
                         *size > 804 ? 800 : (int)*size - 4, *text + 4);
    return 1;
}

static bool is_text(const char *text, size_t size, const char *word)
{
    return size == strlen(word) && memcmp(text, word, size) == 0;
}

static bool begins(const char *text, size_t size, const char *word)
{
    return size >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
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
static bool begins_v0(const char *text, size_t size)
{
    struct oid oid;
    const char *space = memchr(text, ' ', size);
    return begins(text, size, "shallow ") ||
           (space && oid_parse(text, (size_t)(space - text), &oid) == 0);
}

/* service = PKT("# service=" name LF) flush */
static int skip_service(struct refs_reader *refs, const char *text, size_t size)
{
    if (!is_text(text, size, "# service=git-upload-pack"))
        return malformed(refs, "not the service that was asked for");
    int rc = next_line(refs, &text, &size);
    return rc == 1 ? malformed(refs, "a flush expected") : rc;
}

/* [ service ] [ version ] */
static int discover(struct refs_reader *refs, struct pkt_reader *pkt, struct caps *caps)
{
    const char *text;
    size_t size;
    int rc = next_line(refs, &text, &size);
    if (rc == 1 && begins(text, size, "# service=")) {
        if (skip_service(refs, text, size) < 0)
            return -1;
        rc = next_line(refs, &text, &size);
    }
    if (rc < 0)
        return -1;
    if (rc == 1 && is_text(text, size, "version 2")) {
        caps->version = 2;
        return caps_read_v2(pkt, caps);
    }
    if (rc == 1 && is_text(text, size, "version 1"))
        caps->version = 1;
    else if (rc == 1 && begins(text, size, "version "))
        return malformed(refs, "not a version that was asked for");
    else if (rc == 1 && !begins_v0(text, size))
        return malformed(refs, "neither \"version 2\" nor a reference");
    else
        refs->at_line = true;
    return 0;
}

int refs_discover(struct refs_reader *refs, struct pkt_reader *pkt, struct caps *caps)
{
    struct fault *fault = pkt->below->fault;
    uint64_t start = reader_tell(pkt->below);
    *refs = (struct refs_reader){.pkt = pkt, .caps = caps};
    *caps = (struct caps){.oid_len = OID_SHA1};
    if (discover(refs, pkt, caps) == 0)
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
    *refs = (struct refs_reader){.pkt = pkt, .caps = caps, .started = true};
}

static int take_name(struct refs_reader *refs, const char *text, size_t size,
                     char out[REFS_NAME_MAX])
{
    if (!refs_name_valid(text, size, true))
        return malformed(refs, "no name that a reference may have");
    memcpy(out, text, size);
    out[size] = '\0';
    return 0;
}

/* attribute = "symref-target:" name / "peeled:" id ; others are ignored */
static int take_attribute(struct refs_reader *refs, const char *text, size_t size, struct ref *ref)
{
    if (begins(text, size, "symref-target:")) {
        if (ref->symref_target || !refs_name_valid(text + 14, size - 14, false))
            return malformed(refs, "a symref-target that is none");
        memcpy(refs->target, text + 14, size - 14);
        refs->target[size - 14] = '\0';
        ref->symref_target = refs->target;
    } else if (begins(text, size, "peeled:")) {
        if (ref->has_peeled || size - 7 != 2 * refs->caps->oid_len ||
            oid_parse(text + 7, size - 7, &ref->peeled) < 0)
            return malformed(refs, "a peeled id that is none");
        ref->has_peeled = true;
    }
    return 0;
}

/* (id / "unborn") SP name *(SP attribute) */
static int parse_ls_line(struct refs_reader *refs, const char *text, size_t size, struct ref *out)
{
    struct ref ref = {.name = refs->name};
    const char *end = text + size, *space = memchr(text, ' ', size);
    if (space == NULL || memchr(text, '\0', size))
        return malformed(refs, "no reference");
    ref.unborn = is_text(text, (size_t)(space - text), "unborn");
    if (ref.unborn)
        ref.oid.len = (unsigned char)refs->caps->oid_len;
    else if ((size_t)(space - text) != 2 * refs->caps->oid_len ||
             oid_parse(text, (size_t)(space - text), &ref.oid) < 0 || oid_is_null(&ref.oid))
        return malformed(refs, "no object id");
    for (bool first = true; space != NULL; first = false) {
        const char *word = space + 1;
        space = memchr(word, ' ', (size_t)(end - word));
        size_t length = (size_t)((space ? space : end) - word);
        if ((first ? take_name(refs, word, length, refs->name)
                   : take_attribute(refs, word, length, &ref)) < 0)
            return -1;
    }
    if (ref.unborn && ref.symref_target == NULL)
        return malformed(refs, "unborn, but no symref-target");
    *out = ref;
    return 1;
}

static int next_ls(struct refs_reader *refs, struct ref *out)
{
    const char *text;
    size_t size;
    int rc = next_line(refs, &text, &size);
    refs->ended = rc == 0;
    return rc == 1 ? parse_ls_line(refs, text, size, out) : rc;
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
static int take_caps(struct refs_reader *refs, const char *text, size_t *size)
{
    const char *nul = memchr(text, '\0', *size);
    if (refs->started)
        return nul ? malformed(refs, "a NUL on a later line") : 0;
    refs->started = true;
    if (nul == NULL)
        return 0;
    size_t length = (size_t)(nul - text);
    if (caps_parse_v0(nul + 1, *size - length - 1, refs->caps, refs->head_target,
                      sizeof refs->head_target, fault_of(refs)) < 0)
        return -1;
    if (refs->head_target[0] &&
        !refs_name_valid(refs->head_target, strlen(refs->head_target), false))
        return malformed(refs, "HEAD points to no name that a reference may have");
    *size = length;
    return 0;
}

/* "shallow " id */
static int take_shallow(struct refs_reader *refs, const char *text, size_t size)
{
    struct oid oid;
    if (size - 8 != 2 * refs->caps->oid_len || oid_parse(text + 8, size - 8, &oid) < 0)
        return malformed(refs, "no object id");
    refs->listed = true;
    if (refs->shallow)
        refs->shallow(refs->context, &oid);
    return 0;
}

/* id SP name; the name "x^{}" belongs to x. 1 when OUT is given, 0 when the line was only held. */
static int take_ref(struct refs_reader *refs, const char *text, size_t size, struct ref *out)
{
    struct oid oid;
    size_t hex = 2 * refs->caps->oid_len;
    if (size < hex + 2 || text[hex] != ' ' || oid_parse(text, hex, &oid) < 0 || oid_is_null(&oid))
        return malformed(refs, "no object id and name");
    const char *name = text + hex + 1;
    size_t length = size - hex - 1;
    if (length > 3 && memcmp(name + length - 3, "^{}", 3) == 0) {
        if (!refs->held || !is_text(name, length - 3, refs->held_name))
            return malformed(refs, "peels no reference before it");
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
    return take_name(refs, name, length, refs->held_name) < 0 ? -1 : give;
}

/* The first line of an empty repository: the null id SP "capabilities^{}" */
static bool is_empty(const struct refs_reader *refs, const char *text, size_t size)
{
    struct oid oid;
    size_t hex = 2 * refs->caps->oid_len;
    return size > hex && is_text(text + hex, size - hex, " capabilities^{}") &&
           oid_parse(text, hex, &oid) == 0 && oid_is_null(&oid);
}

/* 1 when OUT is given, 0 when the line gave none, -1. */
static int take_line(struct refs_reader *refs, const char *text, size_t size, struct ref *out)
{
    bool first = !refs->started;
    if (take_caps(refs, text, &size) < 0)
        return -1;
    if (begins(text, size, "shallow "))
        return take_shallow(refs, text, size);
    if (refs->listed)
        return malformed(refs, "only shallow lines may stand here");
    refs->listed = first && is_empty(refs, text, size);
    return refs->listed ? 0 : take_ref(refs, text, size, out);
}

int refs_next(struct refs_reader *refs, struct ref *out)
{
    const char *text;
    size_t size;
    if (refs->ended)
        return refs->held ? give_held(refs, out) : 0;
    if (refs->caps->version == 2)
        return next_ls(refs, out);
    for (;;) {
        int rc = next_line(refs, &text, &size);
        if (rc == 0) {
            refs->ended = true;
            return refs->held ? give_held(refs, out) : 0;
        }
        if (rc == 1)
            rc = take_line(refs, text, size, out);
        if (rc != 0)
            return rc;
    }
}
