/* SPDX-License-Identifier: MIT */
/* pkt-line (gitprotocol-common, "pkt-line Format"). */
#ifndef PROTO_PKT_H
#define PROTO_PKT_H

#include "oid.h"
#include "stream.h"

enum { PKT_MAX = 65520, PKT_DATA_MAX = PKT_MAX - 4 };

enum pkt_kind { PKT_DATA, PKT_FLUSH, PKT_DELIM, PKT_RESPONSE_END };

/* Told of every pkt-line that goes by; for --trace. Bytes are as on the wire, without length. */
struct pkt_watch {
    void (*line)(struct pkt_watch *, char side, enum pkt_kind kind, const unsigned char *data,
                 size_t size); /* side 'C' or 'S' */
};

/* Reads pkt-lines from BELOW. A line's bytes are in the window of the reader below when they are
 * whole there, else in `buffer`. */
struct pkt_reader {
    struct reader *below;
    struct pkt_watch *watch; /* or NULL */
    enum pkt_kind kind;      /* of the last line read */
    const unsigned char *data;
    size_t size;     /* bytes; 0 unless PKT_DATA */
    uint64_t offset; /* of the line's first length digit, in the stream */
    unsigned char buffer[PKT_DATA_MAX];
};

void pkt_open(struct pkt_reader *pkt, struct reader *below, struct pkt_watch *watch);

/* The next line: 1; 0 when the stream ends at a line's boundary (never taken for a flush); -1. */
int pkt_read(struct pkt_reader *pkt);

/* As pkt_read(), and the end of the stream is a FAULT_PROTOCOL. 0 or -1. */
int pkt_need(struct pkt_reader *pkt);

/* The line as text: without one LF at its end. Holds until the next read. A NUL inside is the
 * caller's to judge. Returns the size. */
size_t pkt_text(const struct pkt_reader *pkt, const char **out);

/* A cursor over the line at hand, for the parsers of what servers say. */
struct pkt_line {
    struct pkt_reader *pkt;
    const char *parser;   /* "references": begins its sentences */
    const char *text;     /* the line, without one LF at its end */
    const char *at, *end; /* what is not taken yet */
};

/* The next line: 1, 0 at a flush, delimiter or response-end (pkt->kind says which), -1. "ERR "
 * begins the server's last words wherever a line may stand: FAULT_REFUSED. */
int pkt_line_next(struct pkt_line *line);

/* Takes TEXT when the line goes on with it. */
bool pkt_line_take(struct pkt_line *line, const char *text);

/* Takes the 2 * LEN hexadecimal digits of an object id when the line goes on with them. */
bool pkt_line_oid(struct pkt_line *line, size_t len, struct oid *out);

/* Takes what stands before the next blank, or before the end. Returns its size. */
size_t pkt_line_word(struct pkt_line *line, const char **out);

/* Whether REST is all that is left. */
bool pkt_line_is(const struct pkt_line *line, const char *rest);

/* FAULT_PROTOCOL that says WHAT is wrong, where the line begins and what it is. -1. */
int pkt_line_fault(const struct pkt_line *line, const char *what);

/* FAULT_REFUSED with the words of the server, cut where they are too long. -1. */
int pkt_refused(const struct pkt_reader *pkt, const char *words, size_t size);

/* Writing. 0 or -1. */
struct pkt_writer {
    struct writer *below;
    struct pkt_watch *watch; /* or NULL */
};
int pkt_write(struct pkt_writer *pkt, const void *data, size_t size);
int pkt_format(struct pkt_writer *pkt, const char *format, ...) FAULT_PRINTF(2, 3);
int pkt_flush(struct pkt_writer *pkt);
int pkt_delim(struct pkt_writer *pkt);

#endif
