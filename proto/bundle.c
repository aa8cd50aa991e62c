/* SPDX-License-Identifier: MIT */
/* Bundles (gitformat-bundle), and the answer that says where they are (gitprotocol-v2):
 *
 *   bundle       = signature *capability *prerequisite *reference LF pack
 *   signature    = "# v2 git bundle" LF | "# v3 git bundle" LF
 *   capability   = "@" key [ "=" value ] LF                version 3 only
 *   prerequisite = "-" oid [ SP comment ] LF
 *   reference    = oid SP name LF
 *
 *   answer       = *PKT-LINE(key "=" value LF) flush-pkt
 *
 * Format notes
 * - A comment is a commit's subject, of any length; no more than fits is looked at.
 * - In version 3, "object-format" and "filter" are known; whoever does not know a capability has to
 *   refuse the bundle.
 */
#include "bundle.h"

#include "refs.h"

#include <string.h>

enum {
    KEPT_MAX = 2 * OID_MAX + 2 + REFS_NAME_MAX, /* bytes that are kept of a line */
    SHOWN_MAX = 100                             /* bytes of one in a sentence */
};

int bundle_version(const unsigned char first[BUNDLE_SIGNATURE])
{
    for (int version = 2; version <= 3; version++)
        if (memcmp(first, version == 2 ? "# v2 git bundle\n" : "# v3 git bundle\n",
                   BUNDLE_SIGNATURE) == 0)
            return version;
    return 0;
}

int bundle_parse_line(const char *text, size_t size, int version, size_t oid_len,
                      struct bundle_line *out)
{
    struct bundle_line line = {.kind = BUNDLE_REFERENCE};
    if (size > 0 && *text == '@' && version == 3) {
        *out = (struct bundle_line){.text = text + 1, .size = size - 1};
        return 0;
    }
    if (size > 0 && *text == '-')
        line.kind = BUNDLE_PREREQUISITE;
    size_t from = line.kind == BUNDLE_PREREQUISITE, at = from + 2 * oid_len;
    if (size < at || oid_parse(text + from, 2 * oid_len, &line.oid) < 0 ||
        (size > at && text[at] != ' ') || (line.kind == BUNDLE_REFERENCE && size < at + 2))
        return -1;
    at += size > at;
    line.text = text + at;
    line.size = size - at;
    *out = line;
    return 0;
}

static bool says(const struct bundle_line *line, const char *text)
{
    return line->size == strlen(text) && memcmp(line->text, text, line->size) == 0;
}

static int take_capability(const struct bundle_line *line, size_t *oid_len, struct fault *fault)
{
    if (says(line, "object-format=sha1"))
        *oid_len = OID_SHA1;
    else if (says(line, "object-format=sha256"))
        *oid_len = OID_SHA256;
    else
        return fault_set(fault, FAULT_REFUSED, "bundle: capability '%.*s' is not supported",
                         (int)(line->size < SHOWN_MAX ? line->size : SHOWN_MAX), line->text);
    return 0;
}

/* One line without its LF, of which KEPT_MAX bytes are kept; *SIZE is how many it has. 0 or -1. */
static int read_line(struct reader *in, char text[KEPT_MAX], size_t *size, uint64_t end)
{
    unsigned char byte;
    for (*size = 0;; ++*size) {
        int rc = reader_byte(in, &byte);
        if (rc == 0)
            return fault_set(in->fault, FAULT_PROTOCOL, "bundle: its header is cut");
        if (rc < 0)
            return -1;
        if (byte == '\n')
            return 0;
        if (reader_tell(in) >= end)
            return fault_set(in->fault, FAULT_LIMIT, "bundle: a header of over %d bytes",
                             BUNDLE_HEAD_MAX);
        if (*size < KEPT_MAX)
            text[*size] = (char)byte;
    }
}

int bundle_read_head(struct reader *in, int version, struct bundle_listener *listener,
                     size_t *oid_len)
{
    char text[KEPT_MAX];
    size_t size, length = OID_SHA1;
    enum bundle_kind before = BUNDLE_CAPABILITY;
    uint64_t end = reader_tell(in) + BUNDLE_HEAD_MAX;
    for (;;) {
        struct bundle_line line;
        if (read_line(in, text, &size, end) < 0)
            return -1;
        if (size == 0)
            break;
        size_t kept = size < KEPT_MAX ? size : KEPT_MAX;
        if (bundle_parse_line(text, kept, version, length, &line) < 0 || line.kind < before ||
            (line.kind == BUNDLE_REFERENCE &&
             (kept < size || !refs_name_valid(line.text, line.size, true))))
            return fault_set(in->fault, FAULT_PROTOCOL,
                             "bundle: '%.*s' is no line that may stand there",
                             (int)(kept < SHOWN_MAX ? kept : SHOWN_MAX), text);
        before = line.kind;
        int rc = line.kind == BUNDLE_CAPABILITY ? take_capability(&line, &length, in->fault)
                                                : listener->line(listener, &line);
        if (rc < 0)
            return -1;
    }
    *oid_len = length;
    return 0;
}

int bundle_write_ask(struct pkt_writer *out, const struct caps *caps, const char *agent)
{
    if (pkt_format(out, "command=bundle-uri\n") < 0 || pkt_format(out, "agent=%s", agent) < 0)
        return -1;
    if (caps->object_format &&
        pkt_format(out, "object-format=%s", caps->oid_len == OID_SHA256 ? "sha256" : "sha1") < 0)
        return -1;
    return pkt_delim(out) < 0 ? -1 : pkt_flush(out);
}

/* TEXT[0..SIZE) with a NUL behind it. */
static int copy(char out[BUNDLE_KEY_MAX], const char *text, size_t size)
{
    if (size == 0 || size >= BUNDLE_KEY_MAX || memchr(text, '\0', size))
        return -1;
    memcpy(out, text, size);
    out[size] = '\0';
    return 0;
}

int bundle_read_pairs(struct pkt_reader *pkt,
                      int (*pair)(void *context, const char *key, const char *value), void *context)
{
    struct pkt_line line = {.pkt = pkt, .parser = "bundle-uri"};
    char key[BUNDLE_KEY_MAX], value[BUNDLE_KEY_MAX];
    int rc;
    for (unsigned lines = 0; (rc = pkt_line_next(&line)) == 1; lines++) {
        const char *equals = memchr(line.at, '=', (size_t)(line.end - line.at));
        if (lines == BUNDLE_PAIRS_MAX)
            return fault_set(pkt->below->fault, FAULT_LIMIT, "bundle-uri: more than %d lines",
                             BUNDLE_PAIRS_MAX);
        if (equals == NULL || copy(key, line.at, (size_t)(equals - line.at)) < 0 ||
            copy(value, equals + 1, (size_t)(line.end - equals - 1)) < 0)
            return pkt_line_fault(&line, "no key=value");
        if (pair(context, key, value) < 0)
            return -1;
    }
    return rc == 0 && pkt->kind != PKT_FLUSH ? pkt_line_fault(&line, "a delimiter") : rc;
}
