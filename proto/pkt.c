/* SPDX-License-Identifier: MIT */
/* pkt-line (gitprotocol-common, "pkt-line Format").
 *
 *   pkt-line  = 4HEXDIG *OCTET     the four digits count themselves: 0005..fff0
 *   flush-pkt = "0000"   delim-pkt = "0001"   response-end-pkt = "0002"
 *
 * Format notes
 * - "0003" does not exist; "0004" is a line without data, which nobody should send.
 * - 65520 bytes are the most (fff0); fff1 to ffff do not exist.
 * - The digits are hexadecimal digits and nothing else: no sign, no blank.
 */
#include "pkt.h"

#include "bytes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 800, SHOWN_MAX = 100 }; /* bytes in a sentence: the server's words, a line */

void pkt_open(struct pkt_reader *pkt, struct reader *below, struct pkt_watch *watch)
{
    pkt->below = below;
    pkt->watch = watch;
    pkt->kind = PKT_FLUSH;
    pkt->data = pkt->buffer;
    pkt->size = 0;
    pkt->offset = reader_tell(below);
}

/* 4HEXDIG */
static int parse_length(struct pkt_reader *pkt, const unsigned char text[4], size_t *out)
{
    size_t length = 0;
    for (int i = 0; i < 4; i++) {
        int value = bytes_hex((char)text[i]);
        if (value < 0)
            return fault_set(pkt->below->fault, FAULT_PROTOCOL,
                             "pkt-line at byte %" PRIu64 ": \"%.4s\" is no length", pkt->offset,
                             (const char *)text);
        length = length << 4 | (size_t)value;
    }
    if (length == 3 || length > PKT_MAX)
        return fault_set(pkt->below->fault, FAULT_PROTOCOL,
                         "pkt-line at byte %" PRIu64 ": length %.4s does not exist", pkt->offset,
                         (const char *)text);
    *out = length;
    return 0;
}

/* The SIZE bytes of a line: where they are, or gathered in the buffer. */
static int take_data(struct pkt_reader *pkt, size_t size)
{
    struct reader *below = pkt->below;
    pkt->size = size;
    if (size > 0 && reader_fill(below) < 0)
        return -1;
    if ((size_t)(below->end - below->at) >= size) {
        pkt->data = below->at;
        below->at += size;
        return 0;
    }
    pkt->data = pkt->buffer;
    return reader_read(below, pkt->buffer, size);
}

static void watch(struct pkt_watch *watch, char side, enum pkt_kind kind, const void *data,
                  size_t size)
{
    if (watch)
        watch->line(watch, side, kind, data, size);
}

int pkt_read(struct pkt_reader *pkt)
{
    static const enum pkt_kind special[] = {PKT_FLUSH, PKT_DELIM, PKT_RESPONSE_END};
    unsigned char text[4];
    size_t length = 0;
    pkt->offset = reader_tell(pkt->below);
    pkt->size = 0;
    int rc = reader_fill(pkt->below);
    if (rc <= 0)
        return rc;
    if (reader_read(pkt->below, text, sizeof text) < 0 || parse_length(pkt, text, &length) < 0)
        return -1;
    pkt->kind = length < 3 ? special[length] : PKT_DATA;
    if (length > 4 && take_data(pkt, length - 4) < 0)
        return -1;
    watch(pkt->watch, 'S', pkt->kind, pkt->data, pkt->size);
    return 1;
}

int pkt_need(struct pkt_reader *pkt)
{
    int rc = pkt_read(pkt);
    if (rc == 0)
        return fault_set(pkt->below->fault, FAULT_PROTOCOL,
                         "%s: ends at byte %" PRIu64 " where a pkt-line is due", pkt->below->name,
                         pkt->offset);
    return rc < 0 ? -1 : 0;
}

size_t pkt_text(const struct pkt_reader *pkt, const char **out)
{
    *out = (const char *)pkt->data;
    return pkt->size > 0 && pkt->data[pkt->size - 1] == '\n' ? pkt->size - 1 : pkt->size;
}

int pkt_refused(const struct pkt_reader *pkt, const char *words, size_t size)
{
    while (size > 0 && words[size - 1] == '\n')
        size--;
    return fault_set(pkt->below->fault, FAULT_REFUSED, "the server says: %.*s",
                     size > WORDS_MAX ? WORDS_MAX : (int)size, words);
}

int pkt_line_next(struct pkt_line *line)
{
    struct pkt_reader *pkt = line->pkt;
    line->text = line->at = line->end = "";
    if (pkt_need(pkt) < 0)
        return -1;
    if (pkt->kind != PKT_DATA)
        return 0;
    size_t size = pkt_text(pkt, &line->text);
    line->at = line->text;
    line->end = line->text + size;
    if (pkt_line_take(line, "ERR "))
        return pkt_refused(pkt, line->at, (size_t)(line->end - line->at));
    return 1;
}

bool pkt_line_take(struct pkt_line *line, const char *text)
{
    size_t size = strlen(text);
    if ((size_t)(line->end - line->at) < size || memcmp(line->at, text, size) != 0)
        return false;
    line->at += size;
    return true;
}

bool pkt_line_oid(struct pkt_line *line, size_t len, struct oid *out)
{
    if ((size_t)(line->end - line->at) < 2 * len || oid_parse(line->at, 2 * len, out) < 0)
        return false;
    line->at += 2 * len;
    return true;
}

size_t pkt_line_word(struct pkt_line *line, const char **out)
{
    const char *blank = memchr(line->at, ' ', (size_t)(line->end - line->at));
    *out = line->at;
    line->at = blank ? blank : line->end;
    return (size_t)(line->at - *out);
}

bool pkt_line_is(const struct pkt_line *line, const char *rest)
{
    size_t size = strlen(rest);
    return (size_t)(line->end - line->at) == size && memcmp(line->at, rest, size) == 0;
}

int pkt_line_fault(const struct pkt_line *line, const char *what)
{
    size_t size = (size_t)(line->end - line->text);
    return fault_set(line->pkt->below->fault, FAULT_PROTOCOL,
                     "%s: line at byte %" PRIu64 ": %s: \"%.*s\"", line->parser, line->pkt->offset,
                     what, size > SHOWN_MAX ? SHOWN_MAX : (int)size, line->text);
}

int pkt_write(struct pkt_writer *pkt, const void *data, size_t size)
{
    char length[5];
    if (size > PKT_DATA_MAX)
        return fault_set(pkt->below->fault, FAULT_LIMIT, "a pkt-line of %zu bytes", size);
    snprintf(length, sizeof length, "%04x", (unsigned)(size + 4));
    watch(pkt->watch, 'C', PKT_DATA, data, size);
    if (writer_put(pkt->below, length, 4) < 0)
        return -1;
    return writer_put(pkt->below, data, size);
}

int pkt_format(struct pkt_writer *pkt, const char *format, ...)
{
    char text[WRITER_TEXT];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof text)
        return fault_set(pkt->below->fault, FAULT_LIMIT, "a request line of over %d bytes",
                         WRITER_TEXT - 1);
    return pkt_write(pkt, text, (size_t)length);
}

int pkt_flush(struct pkt_writer *pkt)
{
    watch(pkt->watch, 'C', PKT_FLUSH, NULL, 0);
    return writer_put(pkt->below, "0000", 4);
}

int pkt_delim(struct pkt_writer *pkt)
{
    watch(pkt->watch, 'C', PKT_DELIM, NULL, 0);
    return writer_put(pkt->below, "0001", 4);
}
