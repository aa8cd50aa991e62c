/* SPDX-License-Identifier: MIT */
/* A configuration file: names are as their header says, places lie in the text and follow each
 * other, and the numbers of lines are right. A value that is written and parsed again is the same,
 * with the same name. */
#include "repo/config.h"
#include "repo/config_parse.h"
#include "system/growing_writer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct looking {
    struct config_listener listener;
    const char *text;
    size_t size, reached; /* what was told last ends there */
    char *section;        /* the one that is told at the moment, or NULL */
};

/* One line that is expected, and nothing else. */
struct expecting {
    struct config_listener listener;
    const char *name, *value;
    unsigned lines;
};

static bool is_lower_name(const char *from, const char *to)
{
    for (; from < to; from++)
        if (!(*from >= 'a' && *from <= 'z') && !(*from >= '0' && *from <= '9') && *from != '-')
            return false;
    return true;
}

static void look_at_place(struct looking *looking, size_t from, size_t to)
{
    if (from < looking->reached || from >= to || to > looking->size)
        abort();
    looking->reached = to;
}

static int section(struct config_listener *listener, const struct config_section *section)
{
    struct looking *looking = (struct looking *)listener;
    const char *dot = strchr(section->name, '.');
    look_at_place(looking, section->from, section->to);
    if (looking->text[section->from] != '[' || looking->text[section->to - 1] != ']' ||
        strlen(section->name) >= CONFIG_NAME_MAX ||
        !is_lower_name(section->name, dot ? dot : section->name + strlen(section->name)))
        abort();
    free(looking->section);
    looking->section = strdup(section->name);
    return 0;
}

static int expected(struct config_listener *listener, const struct config_line *line)
{
    struct expecting *expecting = (struct expecting *)listener;
    if (strcmp(line->name, expecting->name) != 0 || line->value == NULL ||
        strcmp(line->value, expecting->value) != 0)
        abort();
    expecting->lines++;
    return 0;
}

/* Line ends in a subsection and carriage returns in a value are never written. */
static void write_again(const struct config_line *line)
{
    struct fault fault = {.class = FAULT_NONE};
    struct growing_writer out;
    char *section = strdup(line->name), *subsection = NULL;
    char *key = strrchr(section, '.'), *dot = strchr(section, '.');
    *key++ = '\0';
    if (dot + 1 != key) {
        *dot = '\0';
        subsection = dot + 1;
    }
    bool refused = strchr(line->value, '\r') || (subsection && strchr(subsection, '\r'));
    growing_writer_open(&out, SIZE_MAX / 2, "config", &fault);
    int rc = config_write_section(&out.writer, section, subsection);
    if (rc == 0)
        rc = config_write_value(&out.writer, key, line->value);
    if ((rc < 0) != refused || (rc < 0) != (fault.class == FAULT_USAGE))
        abort();
    if (rc == 0) {
        struct expecting expecting = {{expected, NULL}, line->name, line->value, 0};
        if (writer_put(&out.writer, "", 1) < 0 ||
            config_parse((char *)out.bytes, out.used - 1, "again", &expecting.listener, &fault) <
                0 ||
            expecting.lines != 1)
            abort();
    }
    growing_writer_close(&out);
    free(section);
}

static int line(struct config_listener *listener, const struct config_line *line)
{
    struct looking *looking = (struct looking *)listener;
    const char *key = strrchr(line->name, '.');
    unsigned long number = 1;
    look_at_place(looking, line->from, line->to);
    for (size_t i = 0; i < line->from; i++)
        number += looking->text[i] == '\n';
    if (number != line->number || key == NULL || looking->section == NULL)
        abort();
    size_t section = strlen(looking->section);
    if (strncmp(line->name, looking->section, section) != 0 || line->name + section != key ||
        key[1] < 'a' || key[1] > 'z' || !is_lower_name(key + 1, key + strlen(key)) ||
        strlen(line->name) >= CONFIG_NAME_MAX ||
        (line->value && strlen(line->value) >= line->to - line->from))
        abort();
    if (line->value)
        write_again(line);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct fault fault = {.class = FAULT_NONE};
    char *text = malloc(size + 1);
    struct looking looking = {.listener = {line, section}, .text = text, .size = size};
    memcpy(text, bytes, size);
    text[size] = '\0';
    int rc = config_parse(text, size, "fuzz", &looking.listener, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE) || (rc < 0 && fault.class != FAULT_LOCAL))
        abort();
    free(looking.section);
    free(text);
    return 0;
}
