/* SPDX-License-Identifier: MIT */
/* As data: an object a line, which has "is" and what belongs to that. */
#include "client/explain_form.h"
#include "client/explain_links.h"
#include "system/json.h"

#include <inttypes.h>

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

static void hex(struct json *json, const unsigned char *bytes, size_t size)
{
    fputs(",\"hex\":\"", json->out);
    for (size_t i = 0; i < size; i++)
        fprintf(json->out, "%02x", bytes[i]);
    putc('"', json->out);
}

static void milliseconds(struct json *json, const char *key, uint64_t us)
{
    fprintf(json->out, ",\"%s\":%" PRIu64 ".%03u", key, us / 1000, (unsigned)(us % 1000));
}

/* All of its bytes, in hexadecimal, as they are. */
static void row(FILE *out, uint64_t offset, const unsigned char *bytes, size_t size,
                const char *text)
{
    struct json json = object(out, "bytes");
    json_number(&json, "offset", offset);
    json_text(&json, "text", text);
    hex(&json, bytes, size);
    json_end(&json);
}

static void means(FILE *out, const struct explain_word *word, bool again)
{
    char url[EXPLAIN_URL];
    if (again)
        return;
    struct json json = object(out, "word");
    json_text(&json, "kind", word->kind);
    json_text(&json, "word", word->word);
    json_text(&json, "sentence", word->sentence);
    json_text(&json, "document", word->document);
    json_text(&json, "section", word->section);
    json_text(&json, "url", explain_url(word, url));
    json_text(&json, "function", word->function);
    json_text(&json, "source", explain_source(word));
    json_end(&json);
}

static void says(FILE *out, const struct explain_said *said)
{
    struct json json = object(out, said->side == 'C' ? "client" : "server");
    json_text(&json, "part", said->part);
    json_text(&json, "text", said->text);
    if (said->size > 0)
        hex(&json, said->bytes, said->size);
    if (said->timed)
        milliseconds(&json, "ms", said->us);
    json_end(&json);
}

static void rounds(FILE *out, const struct explain_round *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct json json = object(out, "round trip");
        json_number(&json, "number", i + 1);
        json_text(&json, "request", rows[i].request);
        json_text(&json, "answer", rows[i].answer);
        if (rows[i].timed) {
            json_number(&json, "sent", rows[i].bytes[0]);
            json_number(&json, "received", rows[i].bytes[1]);
            milliseconds(&json, "ms", rows[i].asked_us);
            milliseconds(&json, "answered_ms", rows[i].answered_us);
            milliseconds(&json, "ended_ms", rows[i].ended_us);
        }
        json_end(&json);
    }
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

const struct explain_form explain_as_json = {
    begin, nothing, begin_file, nothing, heading, row, note, line, means, says, rounds, map, graph};
