/* SPDX-License-Identifier: MIT */
/* As data: an object a line, which has "is" and what belongs to that. */
#include "client/explain_form.h"
#include "system/json.h"

static void nothing(FILE *out)
{
    (void)out;
}

static struct json object(FILE *out, const char *is)
{
    struct json json = {out, '{'};
    json_text(&json, "is", is);
    return json;
}

static void begin(FILE *out, const char *what)
{
    (void)out;
    (void)what;
}

static void with_text(FILE *out, const char *is, const char *text)
{
    struct json json = object(out, is);
    json_text(&json, "text", text);
    json_end(&json);
}

static void begin_file(FILE *out, const char *what)
{
    with_text(out, "file", what);
}

static void heading(FILE *out, const char *text)
{
    with_text(out, "heading", text);
}

static void note(FILE *out, const char *text)
{
    with_text(out, "note", text);
}

static void line(FILE *out, const char *text)
{
    with_text(out, "line", text);
}

/* All of its bytes, in hexadecimal, as they are. */
static void row(FILE *out, uint64_t offset, const unsigned char *bytes, size_t size,
                const char *text)
{
    struct json json = object(out, "bytes");
    json_number(&json, "offset", offset);
    json_text(&json, "text", text);
    fputs(",\"hex\":\"", out);
    for (size_t i = 0; i < size; i++)
        fprintf(out, "%02x", bytes[i]);
    putc('"', out);
    json_end(&json);
}

static void means(FILE *out, const struct explain_word *word)
{
    struct json json = object(out, "word");
    json_text(&json, "kind", word->kind);
    json_text(&json, "word", word->word);
    json_text(&json, "sentence", word->sentence);
    json_text(&json, "document", word->document);
    json_text(&json, "section", word->section);
    json_text(&json, "function", word->function);
    json_end(&json);
}

static void says(FILE *out, char side, const char *text)
{
    with_text(out, side == 'C' ? "client" : "server", text);
}

static void map(FILE *out, const struct explain_bar *bars, size_t count, uint64_t size)
{
    (void)size;
    for (size_t i = 0; i < count; i++) {
        struct json json = object(out, "entry");
        json_text(&json, "type", bars[i].type);
        json_number(&json, "offset", bars[i].offset);
        json_number(&json, "end", bars[i].end);
        json_number(&json, "size", bars[i].size);
        if (bars[i].base > 0)
            json_number(&json, "base", bars[i].base);
        json_end(&json);
    }
}

static void graph(FILE *out, const struct explain_node *nodes, size_t count,
                  const struct explain_edge *edges, size_t edge_count)
{
    (void)count;
    for (size_t i = 0; i < edge_count; i++) {
        struct json json = object(out, "link");
        json_text(&json, "from", nodes[edges[i].from].name);
        json_text(&json, "to", nodes[edges[i].to].name);
        json_end(&json);
    }
}

const struct explain_form explain_as_json = {begin, nothing, begin_file, nothing, heading, row,
                                             note,  line,    means,      says,    map,     graph};
