/* SPDX-License-Identifier: MIT */
#include "client/explain_talk.h"

#include "client/explain_rounds.h"
#include "client/talk_line.h"
#include "proto/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PKT_HEAD = 4,
    SHOWN = 220,   /* bytes of a line, unless all is shown */
    CARET_MAX = 4, /* bytes that one may become */
    ALIKE = 2,     /* of lines that are alike so many are shown */
    FIELDS_MAX = 4
};

/* Where in the conversation a line stands. */
struct talk {
    struct explained *file;
    unsigned lengths;       /* pkt-lines whose length was taken apart */
    char last[2];           /* side and band of the line before, */
    unsigned alike, passed; /* how many such came, and how many of them were not shown */
};

/* What a line is made of. */
struct message {
    const struct talk_line *line;
    const char *part;
    bool long_one; /* a piece of a pack is cut also when all is shown */
    struct explain_field fields[FIELDS_MAX];
    size_t field_count;
};

static void add_field(struct message *message, const char *name, size_t size,
                      const struct explain_word *word)
{
    message->fields[message->field_count++] = (struct explain_field){name, size, word};
}

/* The last field has what is left of the bytes; the lines of a head end with what --trace leaves
 * out. */
static int show(const struct talk *talk, struct message *message)
{
    const struct talk_line *line = message->line;
    const struct explain *explain = talk->file->explain;
    bool whole = explain->all && !message->long_one;
    size_t shown = whole || line->size < SHOWN ? line->size : SHOWN, named = 0,
           room = shown * CARET_MAX + sizeof " ...";
    char *text = malloc(room);
    unsigned char *bytes = malloc(line->size + 2);
    if (text == NULL || bytes == NULL) {
        free(text);
        free(bytes);
        return fault_set(explain->fault, FAULT_LIMIT, "no memory for a line of %zu bytes",
                         line->size);
    }
    size_t length = bytes_caret(line->text, shown, "", text, room);
    memcpy(text + length, " ...", shown < line->size ? sizeof " ..." : 0);
    struct explain_said said = {.side = line->side,
                                .part = message->part,
                                .text = text,
                                .bytes = bytes,
                                .timed = line->timed,
                                .us = line->us,
                                .fields = message->fields};
    if (line->part != TALK_OTHER)
        said.size = talk_bytes(line->text, line->size, bytes);
    if (line->part == TALK_HEAD) {
        memcpy(bytes + said.size, "\r\n", 2);
        said.size += 2;
    }
    for (size_t i = 0; i < message->field_count && named < said.size; i++) {
        struct explain_field *field = &message->fields[i];
        if (i + 1 == message->field_count || field->size > said.size - named)
            field->size = said.size - named;
        named += field->size;
        said.field_count++;
    }
    explain->form->says(explain->out, &said);
    free(text);
    free(bytes);
    return 0;
}

static void tell_passed(struct talk *talk)
{
    char number[32];
    if (talk->passed > 0)
        explain_line(talk->file, "   ... %s lines like these",
                     explain_number(talk->passed, number));
    talk->passed = talk->alike = 0;
}

/* The row of the first word of TEXT that the table has as one of KINDS; or NULL. */
static const struct explain_word *find_word(const char *const *kinds, const char *text, size_t size)
{
    const struct explain_word *row = NULL;
    size_t length = 0;
    while (length < size && !strchr(" =\n\\", text[length]))
        length++;
    for (; *kinds && row == NULL; kinds++)
        row = explain_word_find(*kinds, text, length);
    return row;
}

/* A message that is opened has it at each of its fields; so once is enough below them. */
static void tell_word(struct talk *talk, const struct explain_word *row)
{
    if (row && !explain_told(talk->file, row))
        explain_word(talk->file, row);
}

/* Words with spaces between: the capabilities of version 0, the features of a command of version 2.
 */
static void tell_list(struct talk *talk, const char *text, size_t size)
{
    static const char *const kinds[] = {"capability", NULL};
    for (size_t at = 0; at < size;) {
        const char *space = memchr(text + at, ' ', size - at);
        size_t length = space ? (size_t)(space - text) - at : size - at;
        tell_word(talk, find_word(kinds, text + at, length));
        at += length + 1;
    }
}

static int tell_head(struct talk *talk, const struct talk_line *line)
{
    static const char *const kinds[] = {"http", NULL};
    struct message message = {.line = line, .part = "head"};
    const char *text = line->text, *colon = memchr(text, ':', line->size),
               *space = memchr(text, ' ', line->size);
    bool status = line->size > 12 && memcmp(text, "HTTP/1.", 7) == 0,
         named = !status && colon && space > colon;
    size_t length = named ? (size_t)(colon - text) : line->size;
    const struct explain_word *word =
        status ? find_word(kinds, text + 9, 3) : find_word(kinds, text, length);
    /* Of what is in every head a picture says where it is defined, and a text nothing. */
    const struct explain_word *common =
        explain_word_find("http", line->size > 0 ? "field" : "end", line->size > 0 ? 5 : 3);
    if (named)
        add_field(&message, "name of a header field", length, word ? word : common);
    add_field(&message,
              line->size == 0     ? "empty line: the head ends"
              : named             ? "its value"
              : line->side == 'C' ? "request line"
                                  : "status line",
              0, named || !word ? common : word);
    if (show(talk, &message) < 0)
        return -1;
    tell_word(talk, word);
    return 0;
}

/* What a pkt-line's TEXT, after its length, is; *LIST are the capabilities in it. */
static const struct explain_word *pkt_word(char side, const char *text, size_t size,
                                           const char **list)
{
    static const char *const asked[] = {"request", "capability", NULL}, *const said[] = {
                                                                            "answer", "capability",
                                                                            NULL};
    struct oid oid;
    *list = NULL;
    if (size > 2 * OID_SHA1 && oid_parse(text, 2 * OID_SHA1, &oid) == 0) {
        for (size_t i = 0; i + 2 < size && *list == NULL; i++)
            if (memcmp(text + i, "\\0", 2) == 0)
                *list = text + i + 2;
        return explain_word_find("answer", "reference", strlen("reference"));
    }
    const char *equals = memchr(text, '=', size);
    if (equals && side == 'S')
        *list = equals + 1;
    return find_word(side == 'C' ? asked : said, text, size);
}

/* "0000", and what is said of it; NULL when LINE is longer. */
static const struct explain_word *special_word(const struct talk_line *line)
{
    return line->size == PKT_HEAD ? explain_word_find("pkt", line->text, PKT_HEAD) : NULL;
}

/* The digit of the band that a line has, "0005\x01..."; or 0. */
static char band_of(const struct talk_line *line)
{
    return line->size >= 8 && memcmp(line->text + PKT_HEAD, "\\x0", 3) == 0
               ? line->text[PKT_HEAD + 3]
               : 0;
}

/* Whether a line of a band, or a piece of a pack, is one of many, and not shown. */
static bool pass(struct talk *talk, char side, char band)
{
    if (talk->last[0] != side || talk->last[1] != band || band == 0)
        tell_passed(talk);
    talk->last[0] = side;
    talk->last[1] = band;
    bool passes = band && talk->alike++ >= ALIKE && !talk->file->explain->all;
    talk->passed += passes;
    return passes;
}

/* "0014command=ls-refs\n" */
static int tell_pkt(struct talk *talk, const struct talk_line *line)
{
    struct message message = {.line = line, .part = "pkt-line"};
    const char *text = line->text + PKT_HEAD, *list = NULL;
    size_t size = line->size - PKT_HEAD;
    unsigned length = 0;
    char band = band_of(line), of_band[] = "band 1";
    const struct explain_word *special = special_word(line), *word = NULL;
    if (pass(talk, line->side, band))
        return 0;
    of_band[5] = band;
    if (band)
        word = explain_word_find("band", of_band, strlen(of_band));
    else if (size > 0)
        word = pkt_word(line->side, text, size, &list);
    add_field(&message, "length", PKT_HEAD,
              special ? special : explain_word_find("pkt", "length", strlen("length")));
    if (band)
        add_field(&message, "side-band", 1, word);
    add_field(&message,
              band == '1' ? "pack"
              : band      ? "text for a person"
                          : "text",
              0, band ? NULL : word);
    message.long_one = band == '1';
    if (show(talk, &message) < 0)
        return -1;
    if (special) {
        tell_word(talk, special);
        return 0;
    }
    for (size_t i = 0; i < PKT_HEAD; i++)
        length = length << 4 | (unsigned)bytes_hex(line->text[i]);
    if (length >= PKT_HEAD && (talk->lengths++ < 3 || talk->file->explain->all))
        explain_note(talk->file, "%.4s: %u bytes, %d of length and %u", line->text, length,
                     PKT_HEAD, length - PKT_HEAD);
    tell_word(talk, explain_word_find("pkt", "length", strlen("length")));
    tell_word(talk, word);
    if (list)
        tell_list(talk, list, size - (size_t)(list - text));
    return 0;
}

/* A pack that comes as it is, or what was left out. */
static int tell_rest(struct talk *talk, const struct talk_line *line)
{
    bool is_pack = line->part == TALK_PACK;
    struct message message = {.line = line, .part = "pack", .long_one = is_pack};
    if (pass(talk, line->side, is_pack ? 'P' : 0))
        return 0;
    add_field(&message, "pack", 0, NULL);
    if (show(talk, &message) < 0)
        return -1;
    if (!is_pack && line->size > 8 && memcmp(line->text, "PACK ...", 8) == 0)
        explain_means(talk->file, "band", "band 1");
    return 0;
}

static int tell(struct talk *talk, const struct talk_line *line)
{
    char text[SHOWN * CARET_MAX + 1];
    if (line->part == TALK_NOTE || line->begins_head)
        tell_passed(talk);
    if (line->begins_head)
        explain_heading(talk->file, line->side == 'C' ? "Request" : "Response");
    switch (line->part) {
    case TALK_NOTE:
        bytes_caret(line->text, line->size < SHOWN ? line->size : SHOWN, "", text, sizeof text);
        explain_heading(talk->file, "== %s", text);
        return 0;
    case TALK_HEAD:
        return tell_head(talk, line);
    case TALK_PKT:
        return tell_pkt(talk, line);
    default:
        return tell_rest(talk, line);
    }
}

int explain_talk(struct explained *file)
{
    struct talk talk = {.file = file};
    struct talk_reader reader;
    struct talk_line line;
    int rc;
    if (explain_rounds(file) < 0)
        return -1;
    talk_open(&reader, file->bytes, file->size);
    while ((rc = talk_next(&reader, &line, file->explain->fault)) == 1)
        if (explain_stopped(file) < 0 || tell(&talk, &line) < 0)
            return -1;
    tell_passed(&talk);
    return rc;
}
