/* SPDX-License-Identifier: MIT */
/* As text, for a terminal of 100 columns. */
#include "client/explain_form.h"

#include <string.h>

enum { HEX_BYTES = 10, MARGIN = 42, WIDTH = 100 };

static void nothing(FILE *out)
{
    (void)out;
}

static void begin(FILE *out, const char *what)
{
    (void)out;
    (void)what;
}

static void line(FILE *out, const char *text)
{
    fprintf(out, "%s\n", text);
}

static void heading(FILE *out, const char *text)
{
    fprintf(out, "\n%s\n", text);
}

static void begin_file(FILE *out, const char *what)
{
    fprintf(out, "%s\n", what);
}

static void end_file(FILE *out)
{
    fputs("\n\n", out);
}

static void row(FILE *out, uint64_t offset, const unsigned char *bytes, size_t size,
                const char *text)
{
    size_t shown = size > HEX_BYTES ? HEX_BYTES - 1 : size;
    fprintf(out, "%9llu ", (unsigned long long)offset);
    for (size_t i = 0; i < shown; i++)
        fprintf(out, " %02x", bytes[i]);
    fprintf(out, "%s%*s%s\n", size > shown ? " .." : "",
            (int)(3 * (HEX_BYTES - shown - (size > shown))) + 2, "", text);
}

static void note(FILE *out, const char *text)
{
    fprintf(out, "%*s%s\n", MARGIN, "", text);
}

/* In lines that end before WIDTH. */
static void means(FILE *out, const struct explain_word *word, bool again)
{
    char whole[1024];
    const char *text = whole;
    bool named = strcmp(word->kind, "capability") == 0;
    snprintf(whole, sizeof whole, "%s%s%s. [%s, \"%s\"%s%s%s]", named ? word->word : "",
             named ? ": " : "", word->sentence, word->document, word->section,
             word->function ? "; " : "", word->function ? word->function : "",
             word->function ? "()" : "");
    while (*text && !again) {
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

static void says(FILE *out, const struct explain_said *said)
{
    fprintf(out, "%c: %s\n", said->side, said->text);
}

/* Without times, as two runs are to say the same. */
static void rounds(FILE *out, const struct explain_round *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%9zu  %s\n%11s%s\n", i + 1, rows[i].request, "",
                *rows[i].answer ? rows[i].answer : "no answer");
}

const struct explain_form explain_as_text = {begin,  nothing, begin_file, end_file, heading,
                                             row,    note,    line,       means,    says,
                                             rounds, NULL,    NULL};
