/* SPDX-License-Identifier: MIT */
#include "client/explain_text.h"

#include "proto/bytes.h"

#include <stdarg.h>
#include <string.h>

enum { HEX_BYTES = 10, MARGIN = 42, WIDTH = 100 };

void explain_row(const struct explained *file, uint64_t offset, size_t size, const char *format,
                 ...)
{
    FILE *out = file->explain->out;
    const unsigned char *bytes = file->bytes + offset;
    size_t shown = size > HEX_BYTES ? HEX_BYTES - 1 : size;
    va_list arguments;
    fprintf(out, "%9llu ", (unsigned long long)offset);
    for (size_t i = 0; i < shown; i++)
        fprintf(out, " %02x", bytes[i]);
    fprintf(out, "%s%*s", size > shown ? " .." : "",
            (int)(3 * (HEX_BYTES - shown - (size > shown))) + 2, "");
    va_start(arguments, format);
    vfprintf(out, format, arguments);
    va_end(arguments);
    putc('\n', out);
}

void explain_note(const struct explained *file, const char *format, ...)
{
    va_list arguments;
    fprintf(file->explain->out, "%*s", MARGIN, "");
    va_start(arguments, format);
    vfprintf(file->explain->out, format, arguments);
    va_end(arguments);
    putc('\n', file->explain->out);
}

/* TEXT below a row, in lines that end before WIDTH. */
static void wrapped(FILE *out, const char *text)
{
    while (*text) {
        size_t length = strlen(text), room = WIDTH - MARGIN;
        if (length > room) {
            length = room;
            while (length > 0 && text[length] != ' ')
                length--;
            if (length == 0)
                length = strcspn(text, " ");
        }
        fprintf(out, "%*s%.*s\n", MARGIN, "", (int)length, text);
        text += length + (text[length] == ' ');
    }
}

void explain_means(struct explained *file, const char *kind, const char *word)
{
    char text[1024];
    const struct explain_word *row = explain_word_find(kind, word, strlen(word));
    if (row == NULL)
        return;
    size_t number = (size_t)(row - explain_words), at = number / 64;
    uint64_t bit = (uint64_t)1 << number % 64;
    if (file->told[at] & bit)
        return;
    file->told[at] |= bit;
    bool named = strcmp(kind, "capability") == 0;
    snprintf(text, sizeof text, "%s%s%s. [%s, \"%s\"%s%s%s]", named ? word : "", named ? ": " : "",
             row->sentence, row->document, row->section, row->function ? "; " : "",
             row->function ? row->function : "", row->function ? "()" : "");
    wrapped(file->explain->out, text);
}

void explain_heading(const struct explained *file, const char *format, ...)
{
    va_list arguments;
    putc('\n', file->explain->out);
    va_start(arguments, format);
    vfprintf(file->explain->out, format, arguments);
    va_end(arguments);
    putc('\n', file->explain->out);
}

const char *explain_quoted(const unsigned char *text, size_t size, char out[EXPLAIN_QUOTED])
{
    enum { SHOWN = 48 };
    size_t shown = size > SHOWN ? SHOWN : size;
    size_t length = bytes_caret((const char *)text, shown, "", out + 1, EXPLAIN_QUOTED - 8);
    out[0] = '"';
    snprintf(out + 1 + length, EXPLAIN_QUOTED - 1 - length, size > shown ? "\" ..." : "\"");
    return out;
}

const char *explain_number(uint64_t number, char out[32])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number), used = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}
