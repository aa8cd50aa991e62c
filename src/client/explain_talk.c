/* SPDX-License-Identifier: MIT */
#include "client/explain_talk.h"

#include "proto/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PKT_HEAD = 4,
    SHOWN = 220,   /* bytes of a line, unless all is shown */
    CARET_MAX = 4, /* bytes that one may become */
    ALIKE = 2,     /* of lines that are alike so many are shown */
    WORD_MAX = 64
};

/* Where in the conversation a line stands. */
struct talk {
    struct explained *file;
    bool in_head;           /* of an HTTP request or response */
    bool listed;            /* references were told what they are */
    unsigned lengths;       /* pkt-lines whose length was taken apart */
    char last[2];           /* side and band of the line before, */
    unsigned alike, passed; /* how many such came, and how many of them were not shown */
};

static void show(const struct talk *talk, char side, const char *line, size_t size)
{
    const struct explain *explain = talk->file->explain;
    size_t shown = explain->all || size < SHOWN ? size : SHOWN,
           room = shown * CARET_MAX + sizeof " ...";
    char *text = malloc(room);
    if (text == NULL)
        return;
    size_t length = bytes_caret(line, shown, "", text, room);
    memcpy(text + length, " ...", shown < size ? sizeof " ..." : 0);
    explain->form->says(explain->out, side, text);
    free(text);
}

static void tell_passed(struct talk *talk)
{
    char number[32];
    if (talk->passed > 0)
        explain_line(talk->file, "   ... %s lines like these",
                     explain_number(talk->passed, number));
    talk->passed = talk->alike = 0;
}

/* The first word of TEXT that the table has as one of KINDS, told. */
static bool tell_word(struct talk *talk, const char *const *kinds, const char *text, size_t size)
{
    size_t length = 0;
    char word[WORD_MAX];
    while (length < size && !strchr(" =\n\\", text[length]))
        length++;
    for (; *kinds; kinds++)
        if (length < sizeof word && explain_word_find(*kinds, text, length)) {
            memcpy(word, text, length);
            word[length] = '\0';
            explain_means(talk->file, *kinds, word);
            return true;
        }
    return false;
}

/* Words with spaces between: the capabilities of version 0, the features of a command of version 2.
 */
static void tell_list(struct talk *talk, const char *text, size_t size)
{
    static const char *const kinds[] = {"capability", NULL};
    for (size_t at = 0; at < size;) {
        const char *space = memchr(text + at, ' ', size - at);
        size_t length = space ? (size_t)(space - text) - at : size - at;
        tell_word(talk, kinds, text + at, length);
        at += length + 1;
    }
}

static void tell_head(struct talk *talk, const char *line, size_t size)
{
    static const char *const kinds[] = {"http", NULL};
    const char *colon = memchr(line, ':', size);
    char status[4] = "";
    if (size > 12 && memcmp(line, "HTTP/1.", 7) == 0)
        memcpy(status, line + 9, 3);
    if (*status)
        tell_word(talk, kinds, status, 3);
    else
        tell_word(talk, kinds, line,
                  colon && memchr(line, ' ', size) > (const void *)colon ? (size_t)(colon - line)
                                                                         : size);
}

/* A pkt-line's text, after its length. */
static void tell_pkt(struct talk *talk, char side, const char *text, size_t size)
{
    static const char *const asked[] = {"request", "capability", NULL}, *const said[] = {
                                                                            "answer", "capability",
                                                                            NULL};
    const char *nul = NULL;
    struct oid oid;
    for (size_t i = 0; i + 2 < size && nul == NULL; i++)
        if (memcmp(text + i, "\\0", 2) == 0)
            nul = text + i + 2;
    if (size > 2 * OID_SHA1 && oid_parse(text, 2 * OID_SHA1, &oid) == 0) {
        explain_means(talk->file, "answer", "reference");
        if (nul)
            tell_list(talk, nul, size - (size_t)(nul - text));
        return;
    }
    tell_word(talk, side == 'C' ? asked : said, text, size);
    const char *equals = memchr(text, '=', size);
    if (equals && side == 'S')
        tell_list(talk, equals + 1, size - (size_t)(equals + 1 - text));
}

/* "0014command=ls-refs\n" */
static void tell_line(struct talk *talk, char side, const char *line, size_t size)
{
    static const char *const specials[] = {"0000", "0001", "0002"};
    unsigned length = 0;
    char band = 0, word[] = "band 1";
    for (size_t i = 0; i < PKT_HEAD && i < size; i++)
        length = length << 4 | (unsigned)bytes_hex(line[i]);
    if (size > 8 && memcmp(line + PKT_HEAD, "\\x0", 3) == 0)
        band = line[PKT_HEAD + 3];
    if (size == 0 || talk->last[0] != side || talk->last[1] != band || band == 0)
        tell_passed(talk);
    talk->last[0] = side;
    talk->last[1] = band;
    if (band && talk->alike++ >= ALIKE && !talk->file->explain->all) {
        talk->passed++;
        return;
    }
    show(talk, side, line, size);
    for (size_t i = 0; i < 3; i++)
        if (size == PKT_HEAD && memcmp(line, specials[i], PKT_HEAD) == 0) {
            explain_means(talk->file, "pkt", specials[i]);
            return;
        }
    if (length >= PKT_HEAD && (talk->lengths++ < 3 || talk->file->explain->all))
        explain_note(talk->file, "%.4s: %u bytes, %d of length and %u", line, length, PKT_HEAD,
                     length - PKT_HEAD);
    explain_means(talk->file, "pkt", "length");
    word[5] = band;
    if (band)
        explain_means(talk->file, "band", word);
    else
        tell_pkt(talk, side, line + PKT_HEAD, size - PKT_HEAD);
}

static bool is_pkt(const char *line, size_t size)
{
    size_t digits = 0;
    while (digits < PKT_HEAD && digits < size && bytes_hex(line[digits]) >= 0)
        digits++;
    return digits == PKT_HEAD;
}

static bool begins_head(const char *line, size_t size)
{
    static const char *const first[] = {"GET ", "POST ", "HTTP/1."};
    for (size_t i = 0; i < 3; i++)
        if (size >= strlen(first[i]) && memcmp(line, first[i], strlen(first[i])) == 0)
            return true;
    return false;
}

static void tell(struct talk *talk, char side, const char *line, size_t size)
{
    if (!talk->in_head && begins_head(line, size)) {
        tell_passed(talk);
        explain_heading(talk->file, side == 'C' ? "Request" : "Response");
        talk->in_head = true;
    }
    if (talk->in_head) {
        show(talk, side, line, size);
        tell_head(talk, line, size);
        talk->in_head = size > 0;
    } else if (is_pkt(line, size))
        tell_line(talk, side, line, size);
    else {
        tell_passed(talk);
        show(talk, side, line, size);
        if (size > 8 && memcmp(line, "PACK ...", 8) == 0)
            explain_means(talk->file, "band", "band 1");
    }
}

int explain_talk(struct explained *file)
{
    struct talk talk = {.file = file};
    unsigned number = 0;
    for (size_t at = 0; at < file->size;) {
        const char *line = (const char *)file->bytes + at;
        const char *newline = memchr(line, '\n', file->size - at);
        size_t size = newline ? (size_t)(newline - line) : file->size - at;
        number++;
        if (explain_stopped(file) < 0)
            return -1;
        if (size >= 3 && memcmp(line, "== ", 3) == 0) {
            char text[SHOWN * 4 + 1];
            tell_passed(&talk);
            bytes_caret(line, size < SHOWN ? size : SHOWN, "", text, sizeof text);
            explain_heading(file, "%s", text);
        } else if (size >= 2 && (*line == 'C' || *line == 'S') && line[1] == ':')
            tell(&talk, *line, line + (size > 2 ? 3 : 2), size > 2 ? size - 3 : 0);
        else
            return fault_set(file->explain->fault, FAULT_PROTOCOL, "line %u is of no conversation",
                             number);
        at += size + 1;
    }
    tell_passed(&talk);
    return 0;
}
