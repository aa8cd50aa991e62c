/* SPDX-License-Identifier: MIT */
/* Capabilities.
 *
 *   v0, v1 (gitprotocol-capabilities):  capability-list = capability *( SP capability )
 *   v2 (gitprotocol-v2):  PKT-LINE("version 2" LF) *PKT-LINE(key [ "=" value ] LF) flush-pkt
 *
 * Format notes
 * - What is unknown is ignored, packfile-uris among it: nobody asked for them.
 * - v0's "symref" may be there more than once, and "object-format" if it says the same again;
 *   nothing else may.
 */
#include "caps.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { CAPS_LINES_MAX = 200, CAPS_WORDS_MAX = 200 }; /* git sends about ten */

struct word {
    const char *name;
    size_t name_len;
    const char *value; /* behind '='; NULL when there is none */
    size_t value_len;
};

static bool word_is(const struct word *word, const char *name)
{
    return word->name_len == strlen(name) && memcmp(word->name, name, word->name_len) == 0;
}

static struct word split(const char *text, size_t size)
{
    const char *equals = memchr(text, '=', size);
    size_t length = equals ? (size_t)(equals - text) : size;
    return (struct word){text, length, equals ? equals + 1 : NULL, equals ? size - length - 1 : 0};
}

static int set_object_format(const struct word *word, struct caps *caps, struct fault *fault)
{
    bool again = caps->object_format;
    size_t before = caps->oid_len;
    caps->object_format = true;
    if (word->value_len == 4 && memcmp(word->value, "sha1", 4) == 0)
        caps->oid_len = OID_SHA1;
    else if (word->value_len == 6 && memcmp(word->value, "sha256", 6) == 0)
        caps->oid_len = OID_SHA256;
    else
        return fault_set(fault, FAULT_PROTOCOL, "capabilities: object format '%.*s' is unknown",
                         (int)(word->value_len > 40 ? 40 : word->value_len),
                         word->value ? word->value : "");
    if (again && caps->oid_len != before)
        return fault_set(fault, FAULT_PROTOCOL, "capabilities: two object formats");
    return 0;
}

static void set_agent(const struct word *word, struct caps *caps)
{
    snprintf(caps->agent, sizeof caps->agent, "%.*s",
             (int)(word->value_len < sizeof caps->agent ? word->value_len : sizeof caps->agent - 1),
             word->value ? word->value : "");
}

static const struct {
    const char *name;
    size_t place;
} flags[] = {
    {"multi_ack", offsetof(struct caps, multi_ack)},
    {"multi_ack_detailed", offsetof(struct caps, multi_ack_detailed)},
    {"no-done", offsetof(struct caps, no_done)},
    {"thin-pack", offsetof(struct caps, thin_pack)},
    {"side-band", offsetof(struct caps, side_band)},
    {"side-band-64k", offsetof(struct caps, side_band_64k)},
    {"ofs-delta", offsetof(struct caps, ofs_delta)},
    {"no-progress", offsetof(struct caps, no_progress)},
    {"include-tag", offsetof(struct caps, include_tag)},
    {"shallow", offsetof(struct caps, shallow)},
    {"deepen-since", offsetof(struct caps, deepen_since)},
    {"deepen-not", offsetof(struct caps, deepen_not)},
    {"deepen-relative", offsetof(struct caps, deepen_relative)},
    {"filter", offsetof(struct caps, filter)},
    {"allow-tip-sha1-in-want", offsetof(struct caps, allow_tip_sha1_in_want)},
    {"allow-reachable-sha1-in-want", offsetof(struct caps, allow_reachable_sha1_in_want)},
};

static int given_twice(const struct word *word, struct fault *fault)
{
    return fault_set(fault, FAULT_PROTOCOL, "capabilities: '%.*s' is given twice",
                     (int)(word->name_len > 60 ? 60 : word->name_len), word->name);
}

/* "symref=HEAD:refs/heads/main"; of other references it is ignored */
static int set_head_target(const struct word *word, char *target, size_t size, struct fault *fault)
{
    if (word->value_len < 5 || memcmp(word->value, "HEAD:", 5) != 0)
        return 0;
    size_t length = word->value_len - 5;
    if (target[0])
        return fault_set(fault, FAULT_PROTOCOL, "capabilities: HEAD points to two references");
    if (length == 0 || length >= size)
        return fault_set(fault, FAULT_PROTOCOL,
                         "capabilities: HEAD points to a name of %zu bytes, 1 to %zu expected",
                         length, size - 1);
    memcpy(target, word->value + 5, length);
    target[length] = '\0';
    return 0;
}

static int take_v0(const struct word *word, struct caps *caps, char *target, size_t target_size,
                   struct fault *fault)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        bool *flag = (bool *)((char *)caps + flags[i].place);
        if (!word_is(word, flags[i].name))
            continue;
        if (*flag)
            return given_twice(word, fault);
        *flag = true;
        return 0;
    }
    if (word_is(word, "symref"))
        return set_head_target(word, target, target_size, fault);
    if (word_is(word, "object-format"))
        return set_object_format(word, caps, fault);
    if (word_is(word, "agent") && caps->agent[0])
        return given_twice(word, fault);
    if (word_is(word, "agent"))
        set_agent(word, caps);
    return 0;
}

int caps_parse_v0(const char *text, size_t size, struct caps *out, char *head_target,
                  size_t head_size, struct fault *fault)
{
    unsigned words = 0;
    head_target[0] = '\0';
    if (memchr(text, '\0', size))
        return fault_set(fault, FAULT_PROTOCOL, "capabilities: a NUL among them");
    while (size > 0) {
        const char *space = memchr(text, ' ', size);
        size_t length = space ? (size_t)(space - text) : size;
        struct word word = split(text, length);
        if (length > 0 && ++words > CAPS_WORDS_MAX)
            return fault_set(fault, FAULT_LIMIT, "capabilities: more than %d", CAPS_WORDS_MAX);
        if (length > 0 && take_v0(&word, out, head_target, head_size, fault) < 0)
            return -1;
        text += space ? length + 1 : length;
        size -= space ? length + 1 : length;
    }
    return 0;
}

static bool lists(const struct word *word, const char *feature)
{
    size_t length = strlen(feature);
    if (word->value == NULL)
        return false;
    for (const char *at = word->value, *end = at + word->value_len; at < end;) {
        const char *space = memchr(at, ' ', (size_t)(end - at));
        const char *stop = space ? space : end;
        if ((size_t)(stop - at) == length && memcmp(at, feature, length) == 0)
            return true;
        at = stop + 1;
    }
    return false;
}

static int take_v2(const struct word *word, struct caps *caps, struct fault *fault)
{
    if (word_is(word, "agent")) {
        if (caps->agent[0])
            return given_twice(word, fault);
        set_agent(word, caps);
    }
    if (word_is(word, "object-format"))
        return caps->object_format ? given_twice(word, fault)
                                   : set_object_format(word, caps, fault);
    if (word_is(word, "ls-refs")) {
        if (caps->ls_refs)
            return given_twice(word, fault);
        caps->ls_refs = true;
        caps->ls_refs_unborn = lists(word, "unborn");
    }
    if (word_is(word, "fetch")) {
        if (caps->fetch)
            return given_twice(word, fault);
        caps->fetch = true;
        caps->fetch_shallow = lists(word, "shallow");
        caps->fetch_filter = lists(word, "filter");
    }
    if (word_is(word, "bundle-uri"))
        caps->bundle_uri = true;
    return 0;
}

int caps_read_v2(struct pkt_reader *pkt, struct caps *out)
{
    struct fault *fault = pkt->below->fault;
    struct pkt_line line = {.pkt = pkt, .parser = "capabilities"};
    int rc;
    for (unsigned lines = 0; (rc = pkt_line_next(&line)) == 1; lines++) {
        size_t size = (size_t)(line.end - line.at);
        struct word word = split(line.at, size);
        if (memchr(line.at, '\0', size))
            return pkt_line_fault(&line, "a NUL");
        if (lines == CAPS_LINES_MAX)
            return fault_set(fault, FAULT_LIMIT, "capabilities: more than %d lines",
                             CAPS_LINES_MAX);
        if (take_v2(&word, out, fault) < 0)
            return -1;
    }
    return rc == 0 && pkt->kind != PKT_FLUSH ? pkt_line_fault(&line, "a delimiter") : rc;
}
