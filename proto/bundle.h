/* SPDX-License-Identifier: MIT */
/* Bundles: a pack, and in front of it what it leads to and what it needs (gitformat-bundle); and
 * how a server says where they are (gitprotocol-v2, "bundle-uri"). */
#ifndef PROTO_BUNDLE_H
#define PROTO_BUNDLE_H

#include "caps.h"

enum {
    BUNDLE_SIGNATURE = 16,     /* bytes of the first line, with its LF */
    BUNDLE_HEAD_MAX = 64 << 20 /* bytes in front of the pack: as many as a server's references */
};

/* 2 or 3 when a bundle begins with FIRST; 0 when none does. */
int bundle_version(const unsigned char first[BUNDLE_SIGNATURE]);

enum bundle_kind { BUNDLE_CAPABILITY, BUNDLE_PREREQUISITE, BUNDLE_REFERENCE };

/* A line of the header, behind the first. */
struct bundle_line {
    enum bundle_kind kind;
    struct oid oid;   /* of a prerequisite or reference */
    const char *text; /* the capability, the prerequisite's comment, the reference's name: */
    size_t size;      /* bytes of it, in the line; its end is not marked */
};

/* Parses TEXT[0..SIZE), a line without its LF, of a bundle of VERSION whose ids have OID_LEN bytes.
 * 0; -1 when it is none of the three. */
int bundle_parse_line(const char *text, size_t size, int version, size_t oid_len,
                      struct bundle_line *out);

/* Told of prerequisites and references, in the order of the header; -1 stops. The line holds until
 * the function returns. */
struct bundle_listener {
    int (*line)(struct bundle_listener *, const struct bundle_line *);
};

/* Reads the header of a bundle of VERSION from behind its signature to the empty line; the pack is
 * next then. *OID_LEN is that of its ids: OID_SHA1 unless "@object-format" says otherwise.
 * FAULT_PROTOCOL: a line that may not stand there; FAULT_REFUSED: a capability that is not known,
 * "filter" among them, whose pack lacks objects; FAULT_LIMIT: over BUNDLE_HEAD_MAX. 0 or -1. */
int bundle_read_head(struct reader *in, int version, struct bundle_listener *listener,
                     size_t *oid_len);

/* Asks where bundles are; CAPS have to say that the server understands. 0 or -1. */
int bundle_write_ask(struct pkt_writer *out, const struct caps *caps, const char *agent);

enum { BUNDLE_KEY_MAX = 1024 }; /* bytes of a key or a value, with its NUL */

/* The answer: calls PAIR for each line KEY=VALUE, up to the flush; -1 from it stops.
 * FAULT_PROTOCOL: another line, or a text with a NUL or of more than BUNDLE_KEY_MAX; FAULT_LIMIT:
 * over BUNDLE_PAIRS_MAX lines. 0 or -1. */
enum { BUNDLE_PAIRS_MAX = 10000 };
int bundle_read_pairs(struct pkt_reader *pkt,
                      int (*pair)(void *context, const char *key, const char *value),
                      void *context);

#endif
