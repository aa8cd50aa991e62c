/* SPDX-License-Identifier: MIT */
/* The syntax (git-config, "Syntax"; where it is silent, what git reads):
 *
 *   file     = [ BOM ] *( blank / comment / section / key line )
 *   section  = "[" name [ blanks quoted ] "]"          "[a.B]" is the old form of "[a "b"]"
 *   line     = key [ blanks "=" value ] ( LF / end )    may stand behind a section on its line
 *   key      = letter *( letter / digit / "-" )
 *   value    = blanks at its ends fall away, but for those in quotes; \n \t \b \" \\; a backslash
 *              at the end of a line goes on with the next, and keeps the blanks before it; ";" and
 *              "#" begin a comment
 *   CR LF is LF. What stands before the first section sets nothing.
 */
#include "repo/config_parse.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    const char *text, *at, *end;
    const char *file;
    unsigned long number;
    char name[CONFIG_NAME_MAX]; /* "section.subsection." and the key */
    size_t section;             /* bytes of the section in `name`, with the dot behind it */
    char *value;                /* room for any value in TEXT */
    struct config_listener *listener;
    struct fault *fault;
};

static int malformed(const struct parser *parser)
{
    return fault_set(parser->fault, FAULT_LOCAL, "bad config line %lu in file '%.200s'",
                     parser->number, parser->file);
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name(int c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

static char lower(int c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Something of a line is missing, whose end was read. */
static int incomplete(struct parser *parser)
{
    parser->number--;
    return malformed(parser);
}

/* The next byte, LF for CR LF; -1 at the end, which ends a line for git, too. */
static int next(struct parser *parser)
{
    if (parser->at == parser->end) {
        parser->number++;
        return -1;
    }
    int c = (unsigned char)*parser->at++;
    if (c == '\r' && parser->at < parser->end && *parser->at == '\n') {
        parser->at++;
        c = '\n';
    }
    if (c == '\n')
        parser->number++;
    return c;
}

static int peek(const struct parser *parser)
{
    struct parser copy = {.at = parser->at, .end = parser->end};
    return next(&copy);
}

static void skip_comment(struct parser *parser)
{
    while (peek(parser) >= 0 && next(parser) != '\n')
        ;
}

static int put_name(struct parser *parser, size_t *used, int c)
{
    if (*used + 1 >= sizeof parser->name || c == '\0')
        return malformed(parser);
    parser->name[(*used)++] = (char)c;
    return 0;
}

/* quoted = DQUOTE *( byte / "\" byte ) DQUOTE "]" */
static int parse_subsection(struct parser *parser, size_t *used)
{
    int c;
    do
        c = next(parser);
    while (is_blank(c));
    if (c < 0 || c == '\n')
        return incomplete(parser);
    if (c != '"' || put_name(parser, used, '.') < 0)
        return malformed(parser);
    while ((c = next(parser)) != '"') {
        if (c == '\\')
            c = next(parser);
        if (c < 0 || c == '\n')
            return incomplete(parser);
        if (put_name(parser, used, c) < 0)
            return -1;
    }
    return next(parser) == ']' ? 0 : malformed(parser);
}

/* "[" was read. */
static int parse_section(struct parser *parser)
{
    struct config_section section = {.name = parser->name,
                                     .from = (size_t)(parser->at - parser->text) - 1};
    size_t used = 0;
    int c;
    while ((c = next(parser)) != ']') {
        if (is_blank(c)) {
            if (parse_subsection(parser, &used) < 0)
                return -1;
            break;
        }
        if (c == '\n')
            return incomplete(parser);
        if ((!is_name(c) && c != '.') || put_name(parser, &used, lower(c)) < 0)
            return malformed(parser);
    }
    if (used == 0)
        return malformed(parser);
    parser->name[used] = '\0';
    section.to = (size_t)(parser->at - parser->text);
    if (parser->listener->section && parser->listener->section(parser->listener, &section) < 0)
        return -1;
    if (put_name(parser, &used, '.') < 0)
        return -1;
    parser->section = used;
    return 0;
}

/* The byte behind a backslash in a value; -1: there is no such. */
static int escaped(int c)
{
    switch (c) {
    case 't':
        return '\t';
    case 'b':
        return '\b';
    case 'n':
        return '\n';
    case '\\':
    case '"':
        return c;
    default:
        return -1;
    }
}

/* What stands behind "=", up to the end of its line. */
static int parse_value(struct parser *parser)
{
    size_t used = 0, kept = 0; /* kept: without the blanks at the end */
    bool quoted = false, comment = false;
    for (;;) {
        int c = next(parser);
        if (c < 0 || c == '\n') {
            if (quoted)
                return incomplete(parser);
            parser->value[kept] = '\0';
            return 0;
        }
        if (comment)
            continue;
        if (c == '\0')
            return malformed(parser);
        if (!quoted && is_blank(c)) {
            if (kept > 0)
                parser->value[used++] = (char)c;
            continue;
        }
        if (!quoted && (c == ';' || c == '#')) {
            comment = true;
            continue;
        }
        if (c == '"') {
            quoted = !quoted;
            kept = used;
            continue;
        }
        if (c == '\\') {
            c = next(parser);
            if (c < 0 || c == '\n') {
                kept = used;
                continue;
            }
            c = escaped(c);
            if (c < 0)
                return malformed(parser);
        }
        parser->value[used++] = (char)c;
        kept = used;
    }
}

/* The key's first letter was read. */
static int parse_line(struct parser *parser, int first)
{
    struct config_line line = {.name = parser->name,
                               .number = parser->number,
                               .from = (size_t)(parser->at - parser->text) - 1};
    size_t used = parser->section;
    if (put_name(parser, &used, lower(first)) < 0)
        return -1;
    while (is_name(peek(parser)))
        if (put_name(parser, &used, lower(next(parser))) < 0)
            return -1;
    parser->name[used] = '\0';
    while (peek(parser) == ' ' || peek(parser) == '\t')
        next(parser);
    int c = peek(parser);
    if (c == '=') {
        next(parser);
        if (parse_value(parser) < 0)
            return -1;
        line.value = parser->value;
    } else if (c >= 0 && c != '\n') {
        return malformed(parser);
    } else {
        next(parser);
    }
    line.to = (size_t)(parser->at - parser->text);
    if (parser->section == 0 || parser->listener->line == NULL)
        return 0;
    return parser->listener->line(parser->listener, &line);
}

static int parse(struct parser *parser)
{
    static const char bom[] = "\xef\xbb\xbf";
    size_t matched = 0;
    while (matched < 3 && parser->at < parser->end && *parser->at == bom[matched]) {
        parser->at++;
        matched++;
    }
    if (matched == 1 || matched == 2) {
        next(parser);
        return malformed(parser);
    }
    for (int c; (c = next(parser)) >= 0;) {
        int rc = 0;
        if (c == '\n' || is_blank(c))
            continue;
        if (c == '#' || c == ';')
            skip_comment(parser);
        else if (c == '[')
            rc = parse_section(parser);
        else
            rc = is_letter(c) ? parse_line(parser, c) : malformed(parser);
        if (rc < 0)
            return -1;
    }
    return 0;
}

int config_parse(const char *text, size_t size, const char *name, struct config_listener *listener,
                 struct fault *fault)
{
    struct parser *parser = malloc(sizeof *parser);
    char *value = malloc(size + 1);
    int rc = -1;
    if (parser == NULL || value == NULL) {
        fault_set(fault, FAULT_LIMIT, "no memory for '%.200s'", name);
    } else {
        *parser = (struct parser){.text = text,
                                  .at = text,
                                  .end = text + size,
                                  .file = name,
                                  .number = 1,
                                  .value = value,
                                  .listener = listener,
                                  .fault = fault};
        rc = parse(parser);
    }
    free(parser);
    free(value);
    return rc;
}
