/* SPDX-License-Identifier: MIT */
#include "cmd/options.h"

#include "cmd/option_form.h"
#include "proto/bytes.h"
#include "proto/url.h"

#include <limits.h>
#include <string.h>

struct options {
    int argc, next; /* next: of argv to look at */
    char **argv;
    const struct option *table;
    void *self;
    struct fault *fault;
};

static bool takes_value(enum option_kind kind)
{
    return kind != OPTION_FLAG && kind != OPTION_OPTIONAL;
}

/* The row for LETTER or, if that is 0, for NAME[0..LENGTH), and the PLACE of its value; or NULL. */
static const struct option *find(const struct options *options, char letter, const char *name,
                                 size_t length, void **place)
{
    const struct option *row = options->table;
    char *self = options->self;
    while (row) {
        if (row->kind == OPTION_REST) {
            self += row->offset;
            row = row->rest;
        } else if (letter ? row->letter == letter
                          : row->name && strncmp(row->name, name, length) == 0 &&
                                row->name[length] == '\0') {
            *place = self + row->offset;
            return row;
        } else {
            row++;
        }
    }
    return NULL;
}

/* size = 1*DIGIT [ "k" / "m" / "g" ] */
static int parse_size(const char *text, uint64_t *out)
{
    static const char units[] = "kKmMgG";
    size_t length = strlen(text);
    const char *unit = length > 0 ? strchr(units, text[length - 1]) : NULL;
    uint64_t value, scale = 1;
    if (unit != NULL && *unit != '\0') {
        scale = (uint64_t)1 << (10 * ((unit - units) / 2 + 1));
        length--;
    }
    if (bytes_decimal(text, length, &value) < 0 || bytes_multiply(value, scale, out) < 0)
        return -1;
    return 0;
}

/* seconds = 1*DIGIT [ "." 1*3DIGIT ] */
static int parse_seconds(const char *text, unsigned *milliseconds)
{
    const char *point = strchr(text, '.');
    size_t whole = point ? (size_t)(point - text) : strlen(text);
    uint64_t value, part = 0;
    if (bytes_decimal(text, whole, &value) < 0 || value > UINT_MAX / 1000 - 1)
        return -1;
    if (point) {
        size_t digits = strlen(point + 1);
        if (digits > 3 || bytes_decimal(point + 1, digits, &part) < 0)
            return -1;
        for (; digits < 3; digits++)
            part *= 10;
    }
    *milliseconds = (unsigned)(value * 1000 + part);
    return 0;
}

/* Stores VALUE in PLACE. 0, or -1 when it is not of the KIND's form. */
static int store(enum option_kind kind, void *place, const char *value)
{
    struct list *list = place;
    uint64_t number;
    switch (kind) {
    case OPTION_FLAG:
        *(bool *)place = true;
        return 0;
    case OPTION_TEXT:
    case OPTION_OPTIONAL:
        *(const char **)place = value;
        return 0;
    case OPTION_LIST:
        if (list->count == LIST_MAX)
            return -1;
        list->items[list->count++] = value;
        return 0;
    case OPTION_NUMBER:
        if (bytes_decimal(value, strlen(value), &number) < 0 || number < 1 || number > INT_MAX)
            return -1;
        *(unsigned long *)place = (unsigned long)number;
        return 0;
    case OPTION_FD:
        if (bytes_decimal(value, strlen(value), &number) < 0 || number > INT_MAX)
            return -1;
        *(int *)place = (int)number;
        return 0;
    case OPTION_SIZE:
        return parse_size(value, place);
    case OPTION_SECONDS:
        return parse_seconds(value, place);
    case OPTION_REST:
        break;
    }
    return -1;
}

/* NAME[0..SIZE) got VALUE, which is the URL when its own one was forgotten: "--depth URL". */
static int bad_value(struct options *options, const char *name, size_t size, const char *value,
                     enum option_kind kind)
{
    return fault_set(options->fault, FAULT_USAGE, "option %.*s: '%s' is no value for it%s",
                     (int)size, name, url_shown(value), option_form(kind));
}

static const char *next_argument(struct options *options)
{
    return options->next < options->argc ? options->argv[options->next++] : NULL;
}

/* long = "--" name [ "=" value ] / "--" name SP value */
static int parse_long(struct options *options, const char *argument)
{
    const char *name = argument + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    void *place;
    const struct option *option = find(options, 0, name, length, &place);
    if (option == NULL)
        return fault_set(options->fault, FAULT_USAGE, "unknown option '%.*s'", (int)length + 2,
                         argument);
    const char *value = equals ? equals + 1 : NULL;
    if (value && option->kind == OPTION_FLAG)
        return fault_set(options->fault, FAULT_USAGE, "option '--%s' takes no value", option->name);
    if (!value && takes_value(option->kind))
        value = next_argument(options);
    if (!value && takes_value(option->kind))
        return fault_set(options->fault, FAULT_USAGE, "option '--%s' requires a value",
                         option->name);
    return store(option->kind, place, value ? value : "") < 0
               ? bad_value(options, argument, length + 2, value, option->kind)
               : 0;
}

/* short = "-" 1*letter [ value ] / "-" 1*letter SP value */
static int parse_short(struct options *options, const char *argument)
{
    for (const char *letter = argument + 1; *letter; letter++) {
        void *place;
        const struct option *option = find(options, *letter, NULL, 0, &place);
        if (option == NULL)
            return fault_set(options->fault, FAULT_USAGE, "unknown option '-%c'", *letter);
        if (option->kind == OPTION_FLAG) {
            store(option->kind, place, "");
            continue;
        }
        if (option->kind == OPTION_OPTIONAL)
            return store(option->kind, place, letter + 1);
        const char *value = letter[1] ? letter + 1 : next_argument(options);
        if (!value)
            return fault_set(options->fault, FAULT_USAGE, "option '-%c' requires a value", *letter);
        return store(option->kind, place, value) < 0
                   ? bad_value(options, argument, (size_t)(letter + 1 - argument), value,
                               option->kind)
                   : 0;
    }
    return 0;
}

int options_parse(int argc, char **argv, const struct option *table, void *self, int *rest,
                  bool *help, struct fault *fault)
{
    struct options options = {argc, 1, argv, table, self, fault};
    bool only_arguments = false;
    void *place;
    *rest = 0;
    while (options.next < argc) {
        char *argument = argv[options.next++];
        int rc = 0;
        if (only_arguments || argument[0] != '-' || argument[1] == '\0')
            argv[1 + (*rest)++] = argument;
        else if (strcmp(argument, "--") == 0) {
            only_arguments = true;
            if (find(&options, 0, "", 0, &place))
                *(unsigned long *)place = (unsigned long)*rest + 1;
        } else if (strcmp(argument, "--help") == 0 ||
                   (strcmp(argument, "-h") == 0 &&
                    (argc == 2 || find(&options, 'h', NULL, 0, &place) == NULL)))
            *help = true;
        else
            rc = argument[1] == '-' ? parse_long(&options, argument)
                                    : parse_short(&options, argument);
        if (rc < 0)
            return -1;
    }
    return 0;
}

void *options_place(const struct option *table, void *self, const char *name)
{
    const struct options options = {.table = table, .self = self};
    void *place = NULL;
    find(&options, 0, name, strlen(name), &place);
    return place;
}
