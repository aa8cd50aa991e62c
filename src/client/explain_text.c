/* SPDX-License-Identifier: MIT */
#include "client/explain_text.h"

#include "proto/bytes.h"
#include "system/interrupt.h"

#include <stdarg.h>
#include <string.h>

enum { TEXT_MAX = 2048 }; /* of a row or a line: what is longer is cut */

#define FORMATTED(text, format)                          \
    do {                                                 \
        va_list arguments;                               \
        va_start(arguments, format);                     \
        vsnprintf(text, sizeof text, format, arguments); \
        va_end(arguments);                               \
    } while (0)

void explain_row(const struct explained *file, uint64_t offset, size_t size, const char *format,
                 ...)
{
    char text[TEXT_MAX];
    FORMATTED(text, format);
    file->explain->form->row(file->explain->out, offset, file->bytes + offset, size, text);
}

void explain_note(const struct explained *file, const char *format, ...)
{
    char text[TEXT_MAX];
    FORMATTED(text, format);
    file->explain->form->note(file->explain->out, text);
}

void explain_line(const struct explained *file, const char *format, ...)
{
    char text[TEXT_MAX];
    FORMATTED(text, format);
    file->explain->form->line(file->explain->out, text);
}

void explain_heading(const struct explained *file, const char *format, ...)
{
    char text[TEXT_MAX];
    FORMATTED(text, format);
    file->explain->form->heading(file->explain->out, text);
}

void explain_trailer_hint(const struct explained *file)
{
    if (!file->trailer_fits)
        explain_note(file, "the trailer fits neither hash; names are read as those of %s",
                     file->hash->name);
}

int explain_stopped(const struct explained *file)
{
    if (interrupt_seen)
        return fault_set(file->explain->fault, FAULT_INTERRUPTED, "interrupted");
    if (ferror(file->explain->out))
        return fault_set(file->explain->fault, FAULT_LOCAL, "cannot write what is explained");
    return 0;
}

bool explain_told(const struct explained *file, const struct explain_word *row)
{
    size_t number = (size_t)(row - explain_words);
    return file->told[number / 64] >> number % 64 & 1;
}

void explain_word(struct explained *file, const struct explain_word *row)
{
    size_t number = (size_t)(row - explain_words);
    bool again = explain_told(file, row);
    file->told[number / 64] |= (uint64_t)1 << number % 64;
    file->explain->form->means(file->explain->out, row, again);
}

void explain_means(struct explained *file, const char *kind, const char *word)
{
    const struct explain_word *row = explain_word_find(kind, word, strlen(word));
    if (row)
        explain_word(file, row);
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

const char *explain_short(const void *text, size_t size, char out[EXPLAIN_SHORT])
{
    enum { SHOWN = 120 };
    bytes_caret(text, size < SHOWN ? size : SHOWN, "", out, EXPLAIN_SHORT);
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
