/* SPDX-License-Identifier: MIT */
#include "cmd/options.h"

#include "proto/bytes.h"
#include "proto/url.h"

#include <limits.h>
#include <string.h>

struct options {
    int argc, next; /* next: of argv to look at */
    char **argv;
    const struct option *table;
    struct fault *fault;
};

static bool takes_value(enum option_kind kind)
{
    return kind != OPTION_FLAG && kind != OPTION_UNFLAG && kind != OPTION_OPTIONAL;
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

/* Stores VALUE in OPTION's place. 0, or -1 when it is not of the option's form. */
static int store(const struct option *option, const char *value)
{
    uint64_t number;
    switch (option->kind) {
    case OPTION_FLAG:
    case OPTION_UNFLAG:
        *(bool *)option->value = option->kind == OPTION_FLAG;
        return 0;
    case OPTION_TEXT:
    case OPTION_OPTIONAL:
        *(const char **)option->value = value;
        return 0;
    case OPTION_LIST:
        if (((struct list *)option->value)->count == LIST_MAX)
            return -1;
        ((struct list *)option->value)->items[((struct list *)option->value)->count++] = value;
        return 0;
    case OPTION_NUMBER:
        if (bytes_decimal(value, strlen(value), &number) < 0 || number < 1 || number > INT_MAX)
            return -1;
        *(unsigned long *)option->value = (unsigned long)number;
        return 0;
    case OPTION_FD:
        if (bytes_decimal(value, strlen(value), &number) < 0 || number > INT_MAX)
            return -1;
        *(int *)option->value = (int)number;
        return 0;
    case OPTION_SIZE:
        return parse_size(value, option->value);
    case OPTION_SECONDS:
        return parse_seconds(value, option->value);
    }
    return -1;
}

/* NAME[0..SIZE) got VALUE, which is the URL when its own one was forgotten: "--depth URL". */
static int bad_value(struct options *options, const char *name, size_t size, const char *value)
{
    return fault_set(options->fault, FAULT_USAGE, "option %.*s: '%s' is no value for it", (int)size,
                     name, url_shown(value));
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
    const struct option *option = options->table;
    while (option->name || option->letter) {
        if (option->name && strlen(option->name) == length &&
            memcmp(option->name, name, length) == 0)
            break;
        option++;
    }
    if (!option->name && !option->letter)
        return fault_set(options->fault, FAULT_USAGE, "unknown option '%.*s'", (int)length + 2,
                         argument);
    const char *value = equals ? equals + 1 : NULL;
    if (value && (option->kind == OPTION_FLAG || option->kind == OPTION_UNFLAG))
        return fault_set(options->fault, FAULT_USAGE, "option '--%s' takes no value", option->name);
    if (!value && takes_value(option->kind))
        value = next_argument(options);
    if (!value && takes_value(option->kind))
        return fault_set(options->fault, FAULT_USAGE, "option '--%s' requires a value",
                         option->name);
    return store(option, value ? value : "") < 0 ? bad_value(options, argument, length + 2, value)
                                                 : 0;
}

/* short = "-" 1*letter [ value ] / "-" 1*letter SP value */
static int parse_short(struct options *options, const char *argument)
{
    for (const char *letter = argument + 1; *letter; letter++) {
        const struct option *option = options->table;
        while ((option->name || option->letter) && option->letter != *letter)
            option++;
        if (!option->letter)
            return fault_set(options->fault, FAULT_USAGE, "unknown option '-%c'", *letter);
        if (!takes_value(option->kind)) {
            store(option, "");
            continue;
        }
        const char *value = letter[1] ? letter + 1 : next_argument(options);
        if (!value)
            return fault_set(options->fault, FAULT_USAGE, "option '-%c' requires a value", *letter);
        return store(option, value) < 0
                   ? bad_value(options, argument, (size_t)(letter + 1 - argument), value)
                   : 0;
    }
    return 0;
}

int options_parse(int argc, char **argv, const struct option *table, int *rest, bool *help,
                  struct fault *fault)
{
    struct options options = {argc, 1, argv, table, fault};
    bool only_arguments = false;
    *rest = 0;
    while (options.next < argc) {
        char *argument = argv[options.next++];
        int rc = 0;
        if (only_arguments || argument[0] != '-' || argument[1] == '\0')
            argv[1 + (*rest)++] = argument;
        else if (strcmp(argument, "--") == 0)
            only_arguments = true;
        else if (strcmp(argument, "-h") == 0 || strcmp(argument, "--help") == 0)
            *help = true;
        else
            rc = argument[1] == '-' ? parse_long(&options, argument)
                                    : parse_short(&options, argument);
        if (rc < 0)
            return -1;
    }
    return 0;
}
