/* SPDX-License-Identifier: MIT */
/* As one page that needs nothing else: no script, no network, no library. What can be folded is
 * <details>, which keyboards and screen readers know; what a stranger has written is escaped, and
 * the page's own policy lets nothing run even if it were not. */
#include "client/explain_form.h"

#include <string.h>

enum {
    HEX_BYTES = 64, /* shown of a row */
    MAP_WIDTH = 1000,
    ARCS_MAX = 1000 /* entries that are joined to their bases */
};

static const char style[] =
    ":root{color-scheme:light "
    "dark;--line:#c8ccd0;--soft:#5a6570;--c:#0b62a8;--s:#8a4b08;--back:#f6f7f8;"
    "--commit:#c2571a;--tree:#2c7a3f;--blob:#2767b0;--tag:#8b3fa0;--delta:#8a949c}"
    "@media(prefers-color-scheme:dark){:root{--line:#3c444c;--soft:#a3adb6;--c:#7fc0f5;--s:#f0b473;"
    "--back:#1b2026;"
    "--commit:#f0905a;--tree:#6cc47f;--blob:#6aa8ee;--tag:#c98ade;--delta:#8a949c}}"
    "body{font:16px/1.45 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.5rem}h2{font-size:1.2rem;overflow-wrap:anywhere;margin-top:2.5rem}"
    "code{font:.85rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere}"
    "details{border-left:3px solid var(--line);padding:.1rem 0 .1rem .8rem;margin:.6rem 0}"
    "summary{font-weight:600;cursor:pointer;overflow-wrap:anywhere}"
    ".r{display:grid;grid-template-columns:5.5rem minmax(8rem,19rem) 1fr;gap:.1rem "
    ".8rem;padding:.15rem 0;"
    "border-top:1px solid var(--line)}.r .o{color:var(--soft);text-align:right}"
    ".n,.m{margin:.1rem 0 .1rem 6.3rem}.n{white-space:pre-wrap;overflow-wrap:anywhere}"
    ".m{color:var(--soft);font-size:.92rem}.m cite{font-style:normal}"
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

static void row(FILE *out, uint64_t offset, const unsigned char *bytes, size_t size,
                const char *text)
{
    fprintf(out, "<div class=\"r\"><code class=\"o\">%llu</code><code>",
            (unsigned long long)offset);
    for (size_t i = 0; i < size && i < HEX_BYTES; i++)
        fprintf(out, "%s%02x", i > 0 ? " " : "", bytes[i]);
    tagged(out, size > HEX_BYTES ? " ...</code><span>" : "</code><span>", text, "</span></div>\n");
}

static void note(FILE *out, const char *text)
{
    tagged(out, "<div class=\"n\">", text, "</div>\n");
}

static void line(FILE *out, const char *text)
{
    tagged(out, "<pre>", text, "</pre>\n");
}

static void means(FILE *out, const struct explain_word *word)
{
    tagged(out, "<div class=\"m\"><b>", word->word, "</b>: ");
    put(out, word->sentence);
    tagged(out, ". <cite>", word->document, ", &quot;");
    tagged(out, "", word->section, "&quot;</cite>");
    if (word->function)
        tagged(out, " <code>", word->function, "()</code>");
    fputs("</div>\n", out);
}

static void says(FILE *out, char side, const char *text)
{
    fprintf(out, "<div class=\"%c\"><b>%s</b> <code>", side == 'C' ? 'c' : 's',
            side == 'C' ? "client &rarr;" : "&larr; server");
    tagged(out, "", text, "</code></div>\n");
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

const struct explain_form explain_as_html = {begin, end,  begin_file, end_file, heading, row,
                                             note,  line, means,      says,     map,     graph};
