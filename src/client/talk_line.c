/* SPDX-License-Identifier: MIT */
#include "client/talk_line.h"

#include "proto/bytes.h"

#include <string.h>

void talk_open(struct talk_reader *talk, const void *text, size_t size)
{
    *talk = (struct talk_reader){.at = text, .end = (const char *)text + size};
}

static bool is_pkt(const char *line, size_t size)
{
    enum { DIGITS = 4 };
    size_t digits = 0;
    while (digits < DIGITS && digits < size && bytes_hex(line[digits]) >= 0)
        digits++;
    return digits == DIGITS;
}

static bool begins_head(const char *line, size_t size)
{
    static const char *const first[] = {"GET ", "POST ", "HTTP/1."};
    for (size_t i = 0; i < 3; i++)
        if (size >= strlen(first[i]) && memcmp(line, first[i], strlen(first[i])) == 0)
            return true;
    return false;
}

/* side [SP 1*DIGIT] ":" [SP text]: returns the bytes before the text, 0 when this is none. */
static size_t read_side(struct talk_reader *talk, struct talk_line *line)
{
    size_t at = 1;
    uint64_t us = 0;
    if (line->size < 2 || strchr("CSP", *line->text) == NULL)
        return 0;
    if (line->text[at] == ' ') {
        size_t first = ++at;
        for (; at < line->size && line->text[at] >= '0' && line->text[at] <= '9'; at++)
            us = us * 10 + (uint64_t)(line->text[at] - '0');
        enum { DIGITS_MAX = 18 };
        if (at == first || at - first > DIGITS_MAX)
            return 0;
        line->timed = true;
    }
    if (at == line->size || line->text[at++] != ':')
        return 0;
    if (line->timed && !talk->started)
        talk->start = us;
    talk->started = talk->started || line->timed;
    line->us = us > talk->start ? us - talk->start : 0;
    return at < line->size && line->text[at] == ' ' ? at + 1 : at;
}

int talk_next(struct talk_reader *talk, struct talk_line *out, struct fault *fault)
{
    struct talk_line line = {.text = talk->at};
    if (talk->at == talk->end)
        return 0;
    const char *newline = memchr(talk->at, '\n', (size_t)(talk->end - talk->at));
    line.size = (size_t)((newline ? newline : talk->end) - talk->at);
    talk->at += line.size + (newline != NULL);
    talk->number++;
    bool note = line.size >= 3 && memcmp(line.text, "== ", 3) == 0;
    size_t before = note ? 3 : read_side(talk, &line);
    if (before == 0)
        return fault_set(fault, FAULT_PROTOCOL, "line %u is of no conversation", talk->number);
    char side = *line.text;
    line.text += before;
    line.size -= before;
    if (!note) {
        line.side = side == 'C' ? 'C' : 'S';
        line.begins_head = !talk->in_head && side != 'P' && begins_head(line.text, line.size);
        talk->in_head = talk->in_head || line.begins_head;
        line.part = side == 'P'                    ? TALK_PACK
                    : talk->in_head                ? TALK_HEAD
                    : is_pkt(line.text, line.size) ? TALK_PKT
                                                   : TALK_OTHER;
        talk->in_head = talk->in_head && line.size > 0;
    }
    *out = line;
    return 1;
}

size_t talk_bytes(const char *text, size_t size, unsigned char *out)
{
    size_t used = 0;
    for (size_t at = 0; at < size; at++) {
        char c = text[at];
        if (c == '\\' && at + 1 < size) {
            c = text[++at];
            if (c == 'x' && at + 2 < size && bytes_hex(text[at + 1]) >= 0 &&
                bytes_hex(text[at + 2]) >= 0) {
                c = (char)(bytes_hex(text[at + 1]) << 4 | bytes_hex(text[at + 2]));
                at += 2;
            } else
                c = (char)(c == 'n' ? '\n' : c == '0' ? '\0' : c);
        }
        if (out)
            out[used] = (unsigned char)c;
        used++;
    }
    return used;
}
