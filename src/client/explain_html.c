/* SPDX-License-Identifier: MIT */
/* As one page that needs nothing else: no script, no network, no library. What can be folded is
 * <details>, which keyboards and screen readers know; what a stranger has written is escaped, and
 * the page's own policy lets nothing run even if it were not. */
#include "client/explain_form.h"
#include "client/explain_links.h"

#include <inttypes.h>
#include <string.h>

enum {
    HEX_AT_ONCE = 32, /* bytes of a row that are shown as it is; */
    HEX_FOLDED = 16,  /* of a longer one so many, */
    HEX_BYTES = 1024, /* and when it, or a message, is opened */
    COLOURS = 5,      /* of fields */
    MAP_WIDTH = 1000,
    ARCS_MAX = 1000 /* entries that are joined to their bases */
};

static const char style[] =
    ":root{color-scheme:light "
    "dark;--line:#c8ccd0;--soft:#5a6570;--c:#0b62a8;--s:#8a4b08;--back:#f6f7f8;"
    "--f0:#cfe3ff;--f1:#ffe1b8;--f2:#d3f0d0;--f3:#f3d6f5;--f4:#e3e6ea;"
    "--commit:#c2571a;--tree:#2c7a3f;--blob:#2767b0;--tag:#8b3fa0;--delta:#8a949c}"
    "@media(prefers-color-scheme:dark){:root{--line:#3c444c;--soft:#a3adb6;--c:#7fc0f5;--s:#f0b473;"
    "--back:#1b2026;--f0:#163c66;--f1:#5a3b08;--f2:#1c4a26;--f3:#51265a;--f4:#3a424b;"
    "--commit:#f0905a;--tree:#6cc47f;--blob:#6aa8ee;--tag:#c98ade;--delta:#8a949c}}"
    "body{font:16px/1.45 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.5rem;overflow-wrap:anywhere}h2{font-size:1.2rem;overflow-wrap:anywhere;margin-"
    "top:2.5rem}"
    "code{font:.85rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere}"
    "details{border-left:3px solid var(--line);padding:.1rem 0 .1rem .8rem;margin:.6rem 0}"
    "summary{font-weight:600;cursor:pointer;overflow-wrap:anywhere}"
    ".r{display:grid;grid-template-columns:5.5rem minmax(8rem,19rem) 1fr;gap:.1rem "
    ".8rem;padding:.15rem 0;"
    "border-top:1px solid var(--line)}.r .o{color:var(--soft);text-align:right}"
    ".n,.m{margin:.1rem 0 .1rem 6.3rem}.n{white-space:pre-wrap;overflow-wrap:anywhere}"
    ".m{color:var(--soft);font-size:.92rem}cite{font-style:normal}"
    ".x{position:relative;padding:0 .15em;border-radius:3px}.x:focus{outline:2px solid var(--c)}"
    ".x:hover::after,.x:focus::after{content:attr(title);position:absolute;left:0;top:100%;"
    "z-index:1;width:max-content;max-width:16rem;padding:.1rem .5rem;font-family:system-ui;"
    "background:CanvasText;color:Canvas;border-radius:4px}"
    ".f0,.r:nth-of-type(5n+1) .x{background:var(--f0)}"
    ".f1,.r:nth-of-type(5n+2) .x{background:var(--f1)}"
    ".f2,.r:nth-of-type(5n+3) .x{background:var(--f2)}"
    ".f3,.r:nth-of-type(5n+4) .x{background:var(--f3)}"
    ".f4,.r:nth-of-type(5n) .x{background:var(--f4)}"
    ".c,.s,.l{border:0}.l{padding:0;margin:0}.l summary{font-weight:400}"
    ".c summary,.s summary{font-weight:400}.w{padding:.3rem 0;font-size:.92rem}"
    ".w p{margin:.3rem 0}small{color:var(--soft);font-size:.85rem}a{color:var(--c)}"
    ".q{list-style:none;margin:0 0 1rem;padding:0 .5rem;border:solid var(--line);"
    "border-width:0 2px}.q li{padding:.5rem 0}.q div{padding:.2rem 1rem;overflow-wrap:anywhere;"
    "border-bottom:2px solid;position:relative}.q div::after{content:'';position:absolute;"
    "bottom:-7px;border:6px solid transparent}.q .a{border-color:var(--c)}"
    ".q .a::after{right:-8px;border-left-color:var(--c)}.q .b{border-color:var(--s);"
    "text-align:right}.q .b::after{left:-8px;border-right-color:var(--s)}"
    ".q p{margin:.3rem 0 0;text-align:center}"
    ".h{display:flex;justify-content:space-between}"
    ".c,.s{padding:.15rem .6rem;margin:.15rem 0;background:var(--back)}"
    ".c{margin-right:22%;border-left:4px solid var(--c)}.s{margin-left:22%;border-right:4px solid "
    "var(--s)}"
    ".r>*{min-width:0;overflow-wrap:anywhere}.m{overflow-wrap:anywhere}"
    ".c b{color:var(--c)}.s b{color:var(--s)}pre{overflow-x:auto;margin:.2rem 0}"
    "svg{width:100%;height:auto;display:block}.commit{fill:var(--commit)}.tree{fill:var(--tree)}"
    ".blob{fill:var(--blob)}.tag{fill:var(--tag)}.ofs-delta,.ref-delta{fill:var(--delta)}"
    "text{font:13px "
    "ui-monospace,monospace;fill:currentColor}path{fill:none;stroke:var(--soft);stroke-width:.6}"
    "@media(max-width:44rem){.r{grid-template-columns:1fr}.r "
    ".o{text-align:left}.n,.m{margin-left:0}"
    ".x{position:static}.x:hover::after,.x:focus::after{left:1rem;top:auto;margin-top:1.3rem}"
    ".c{margin-right:6%}.s{margin-left:6%}pre{white-space:pre-wrap}}"
    "@media print{details{break-inside:avoid-page}}";

static void put(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            putc(*text, out);
        }
}

static void tagged(FILE *out, const char *before, const char *text, const char *after)
{
    fputs(before, out);
    put(out, text);
    fputs(after, out);
}

static void begin(FILE *out, const char *what)
{
    fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'\">"
          "<meta name=\"referrer\" content=\"no-referrer\">"
          "<meta name=\"viewport\" content=\"width=device-width\">",
          out);
    tagged(out, "<title>", what, "</title>");
    fprintf(out, "<style>%s</style></head><body><main>\n", style);
    tagged(out, "<h1>", what, "</h1>\n");
}

static void end(FILE *out)
{
    fputs("</main></body></html>\n", out);
}

/* Before the first heading there is nothing: what a heading closes is there all the same. */
static void begin_file(FILE *out, const char *what)
{
    tagged(out, "<section><h2>", what, "</h2><details hidden><summary>-</summary><div>\n");
}

static void end_file(FILE *out)
{
    fputs("</div></details></section>\n", out);
}

static void heading(FILE *out, const char *text)
{
    tagged(out, "</div></details><details open><summary>", text, "</summary><div>\n");
}

/* BYTES[0..SIZE) of the field NAME, which those see who point at it, or come to it by keyboard. */
static void field(FILE *out, unsigned colour, const char *name, const unsigned char *bytes,
                  size_t size)
{
    fprintf(out, "<span class=\"x f%u\" tabindex=\"0\"", colour);
    tagged(out, " title=\"", name, "\">");
    for (size_t i = 0; i < size && i < HEX_BYTES; i++)
        fprintf(out, "%s%02x", i > 0 ? " " : "", bytes[i]);
    fputs("</span> ", out);
    if (size > HEX_BYTES)
        fprintf(out, "and %zu bytes more ", size - HEX_BYTES);
}

/* Its colour comes from its place among the rows. */
static void row(FILE *out, uint64_t offset, const unsigned char *bytes, size_t size,
                const char *text)
{
    fprintf(out, "<div class=\"r\"><code class=\"o\">%" PRIu64 "</code><code>", offset);
    if (size > HEX_AT_ONCE) {
        tagged(out, "<details class=\"l\"><summary><span class=\"x\" title=\"", text, "\">");
        for (size_t i = 0; i < HEX_FOLDED; i++)
            fprintf(out, "%02x ", bytes[i]);
        fputs("...</span></summary>", out);
    }
    field(out, COLOURS, text, bytes, size);
    if (size > HEX_AT_ONCE)
        fputs("</details>", out);
    tagged(out, "</code><span>", text, "</span></div>\n");
}

static void note(FILE *out, const char *text)
{
    tagged(out, "<p class=\"n\">", text, "</p>\n");
}

static void line(FILE *out, const char *text)
{
    tagged(out, "<pre>", text, "</pre>\n");
}

/* This program's source has no public address that would not be another version's: so its files
 * are named, not linked. */
static void source(FILE *out, const struct explain_word *word)
{
    char url[EXPLAIN_URL];
    tagged(out, "<cite><a href=\"", explain_url(word, url), "\">");
    tagged(out, "", word->document, ", &quot;");
    tagged(out, "", word->section, "&quot;</a></cite>");
    if (explain_source(word)) {
        tagged(out, " <code>", word->function, "()</code>");
        tagged(out, " in <code>", explain_source(word), "</code>");
    }
}

static void means(FILE *out, const struct explain_word *word, bool again)
{
    tagged(out, "<p class=\"m\"><b>", word->word, "</b>: ");
    if (!again)
        tagged(out, "", word->sentence, ". ");
    source(out, word);
    fputs("</p>\n", out);
}

static void milliseconds(FILE *out, const char *before, uint64_t us, const char *after)
{
    fprintf(out, "%s%" PRIu64 ".%03u ms%s", before, us / 1000, (unsigned)(us % 1000), after);
}

/* Opened, it shows its bytes, and below what each field is. */
static void says(FILE *out, const struct explain_said *said)
{
    const unsigned char *at = said->bytes;
    fprintf(out, "<details class=\"%c\"><summary><b>%s</b> <code>", said->side == 'C' ? 'c' : 's',
            said->side == 'C' ? "client &rarr;" : "&larr; server");
    tagged(out, "", said->text, "</code>");
    if (said->timed)
        milliseconds(out, " <small>", said->us, "</small>");
    fputs("</summary><div class=\"w\"><code>", out);
    for (size_t i = 0; i < said->field_count; i++) {
        field(out, (unsigned)i, said->fields[i].name, at, said->fields[i].size);
        at += said->fields[i].size;
    }
    fputs(said->size > 0 ? "</code>" : "its bytes were not kept</code>", out);
    for (size_t i = 0; i < said->field_count; i++) {
        const struct explain_field *part = &said->fields[i];
        fprintf(out, "<p><span class=\"f%zu\">", i);
        tagged(out, "", part->name, "</span>");
        fprintf(out, ", %zu byte%s ", part->size, part->size == 1 ? "" : "s");
        if (part->word)
            source(out, part->word);
        fputs("</p>", out);
    }
    fputs("</div></details>\n", out);
}

/* An arrow there and one back for each request. */
static void rounds(FILE *out, const struct explain_round *rows, size_t count)
{
    fputs("<div class=\"h\"><b>client</b><b>server</b></div><ol class=\"q\">\n", out);
    for (size_t i = 0; i < count; i++) {
        const struct explain_round *round = &rows[i];
        fprintf(out, "<li><div class=\"a\"><b>%zu</b> <code>", i + 1);
        tagged(out, "", round->request, "</code>");
        if (round->timed) {
            milliseconds(out, " <small>at ", round->asked_us, "</small>");
            if (round->bytes[0] > 0)
                fprintf(out, "<small>, %" PRIu64 " bytes</small>", round->bytes[0]);
        }
        fputs("</div><div class=\"b\"><code>", out);
        put(out, *round->answer ? round->answer : "no answer");
        fputs("</code>", out);
        if (round->timed && *round->answer) {
            milliseconds(out, " <small>at ", round->answered_us, ", ");
            milliseconds(out, "all of it at ", round->ended_us, ", ");
            fprintf(out, "%" PRIu64 " bytes</small>", round->bytes[1]);
        }
        fputs("</div>", out);
        if (round->timed && round->ended_us >= round->asked_us) {
            fprintf(out, "<p><small>round trip %zu: ", i + 1);
            milliseconds(out, "", round->ended_us - round->asked_us, "</small></p>");
        }
        fputs("</li>\n", out);
    }
    fputs("</ol>\n", out);
}

/* A bar for each entry, as wide as it has bytes in the pack; an arc to the base that it is made of.
 */
static void map(FILE *out, const struct explain_bar *bars, size_t count, uint64_t size)
{
    double scale = (double)MAP_WIDTH / (double)size, drawn = -1;
    fprintf(out,
            "<svg viewBox=\"0 0 %d 150\" role=\"img\" aria-label=\"The pack: a bar for each entry, "
            "and an arc from "
            "each delta to its base\">\n",
            MAP_WIDTH);
    for (size_t i = 0; i < count; i++) {
        const struct explain_bar *bar = &bars[i];
        double x = (double)bar->offset * scale, width = (double)(bar->end - bar->offset) * scale;
        if (x + width < drawn + 0.5 && count > ARCS_MAX)
            continue;
        drawn = x + width;
        fprintf(out,
                "<rect class=\"%s\" x=\"%.2f\" y=\"110\" width=\"%.2f\" height=\"36\"><title>%s at "
                "byte %llu: %llu "
                "bytes, inflated %llu</title></rect>\n",
                bar->type, x, width < 0.5 ? 0.5 : width - width / 20, bar->type,
                (unsigned long long)bar->offset, (unsigned long long)(bar->end - bar->offset),
                (unsigned long long)bar->size);
        if (bar->base > 0 && count <= ARCS_MAX) {
            double from = x + width / 2, to = (double)bar->base * scale,
                   high = 108 - (from - to) / 5;
            fprintf(out, "<path d=\"M%.2f 108Q%.2f %.2f %.2f 108\"/>\n", from, (from + to) / 2,
                    high < 2 ? 2 : high, to);
        }
    }
    fputs("</svg>\n<p>", out);
    for (const char *const *type =
             (const char *const[]){"commit", "tree", "blob", "tag", "ofs-delta", NULL};
         *type; type++)
        fprintf(out,
                "<svg viewBox=\"0 0 10 10\" style=\"width:1em;display:inline\" "
                "aria-hidden=\"true\"><rect class=\"%s\" "
                "width=\"10\" height=\"10\"/></svg> %s ",
                *type, *type);
    fputs("</p>\n", out);
}

/* Three columns, from what is named first to what is named last, and a line for each link. */
static void graph(FILE *out, const struct explain_node *nodes, size_t count,
                  const struct explain_edge *edges, size_t edge_count)
{
    enum { STEP = 26, BOX = 230, HIGH = 20, SHORT = 7 };
    static const char *const columns[] = {"commit", "tree", "blob"};
    unsigned used[] = {0, 0, 0}, most = 0, x[EXPLAIN_NODES_MAX], y[EXPLAIN_NODES_MAX];
    for (size_t i = 0; i < count && i < EXPLAIN_NODES_MAX; i++) {
        unsigned column = 0; /* with the commits, their tags */
        for (unsigned c = 1; c < 3; c++)
            column = strcmp(nodes[i].type, columns[c]) == 0 ? c : column;
        x[i] = 10 + column * (BOX + 140);
        y[i] = 10 + STEP * used[column]++;
        most = used[column] > most ? used[column] : most;
    }
    fprintf(out,
            "<svg viewBox=\"0 0 1000 %u\" role=\"img\" aria-label=\"Which object leads to which: "
            "commits, trees, "
            "blobs\">\n",
            most * STEP + 20);
    for (size_t i = 0; i < edge_count; i++) {
        size_t from = edges[i].from, to = edges[i].to;
        if (x[from] == x[to])
            fprintf(out, "<path d=\"M%u %uQ%u %u %u %u\"/>\n", x[from] + BOX, y[from] + HIGH / 2,
                    x[from] + BOX + 40, (y[from] + y[to] + HIGH) / 2, x[to] + BOX,
                    y[to] + HIGH / 2);
        else
            fprintf(out, "<path d=\"M%u %uL%u %u\"/>\n", x[from] + BOX, y[from] + HIGH / 2, x[to],
                    y[to] + HIGH / 2);
    }
    for (size_t i = 0; i < count && i < EXPLAIN_NODES_MAX; i++) {
        fprintf(out,
                "<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" "
                "opacity=\".35\"><title>",
                nodes[i].type, x[i], y[i], BOX, HIGH);
        put(out, nodes[i].name);
        fprintf(out, "</title></rect><text x=\"%u\" y=\"%u\">%s %.*s ", x[i] + 6, y[i] + HIGH - 5,
                nodes[i].type, SHORT, nodes[i].name);
        put(out, nodes[i].label);
        fputs("</text>\n", out);
    }
    fputs("</svg>\n", out);
}

const struct explain_form explain_as_html = {
    begin, end, begin_file, end_file, heading, row, note, line, means, says, rounds, map, graph};
