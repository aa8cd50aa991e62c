/* SPDX-License-Identifier: MIT */
#include "repo/config_edit.h"

#include "repo/config.h"
#include "repo/config_parse.h"
#include "repo/settings.h"
#include "system/fs.h"
#include "system/growing_writer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CONFIG_PATH_MAX = 4096 };

enum edit { SET_LINE, ADD_LINE, CUT_SECTION };

/* What is looked for, and where it was found. */
struct search {
    struct config_listener listener;
    const char *text, *name;  /* section and key in lower case */
    const char *given;        /* as it is to be written */
    size_t size, section_len; /* of the name: up to its last dot */
    bool have_section, inside;
    size_t lines;                /* with that name */
    size_t from, to;             /* of the last of them */
    size_t end;                  /* behind the last line of the last section of that name */
    size_t head, body;           /* where the section of the last head begins, and what is in it */
    size_t line_head, line_body; /* of the section where the line is */
    size_t line_end;             /* where that ends; 0: nothing was seen behind it */
};

static size_t behind_line(const struct search *search, size_t at)
{
    const char *lf = memchr(search->text + at, '\n', search->size - at);
    return lf ? (size_t)(lf - search->text) + 1 : search->size;
}

static int see_section(struct config_listener *listener, const struct config_section *section)
{
    struct search *search = (struct search *)listener;
    search->head = section->from;
    search->body = section->to;
    if (search->end > section->from) /* this one begins on the line of that one */
        search->end = section->from;
    if (search->lines > 0 && search->line_end == 0)
        search->line_end = section->from;
    search->inside = strlen(section->name) == search->section_len &&
                     memcmp(section->name, search->name, search->section_len) == 0;
    if (search->inside) {
        search->have_section = true;
        search->end = behind_line(search, section->to);
    }
    return 0;
}

static int see_line(struct config_listener *listener, const struct config_line *line)
{
    struct search *search = (struct search *)listener;
    if (search->inside)
        search->end = line->to;
    if (strcmp(line->name, search->name) != 0)
        return 0;
    search->lines++;
    search->from = line->from;
    search->to = line->to;
    search->line_head = search->head;
    search->line_body = search->body;
    search->line_end = 0;
    return 0;
}

static int put(struct writer *out, const char *text, size_t size)
{
    return size > 0 ? writer_put(out, text, size) : 0;
}

/* [section "sub"] for the name's part up to its last dot. */
static int put_section(struct writer *out, const char *name, size_t length)
{
    char *section = malloc(length + 1), *dot;
    if (section == NULL)
        return fault_set(out->fault, FAULT_LIMIT, "no memory to change a setting");
    memcpy(section, name, length);
    section[length] = '\0';
    dot = strchr(section, '.');
    if (dot)
        *dot = '\0';
    int rc = config_write_section(out, section, dot ? dot + 1 : NULL);
    free(section);
    return rc;
}

static bool is_blank(const char *text, size_t from, size_t to)
{
    while (from < to && strchr(" \t\r\n", text[from]))
        from++;
    return from == to;
}

/* Whether the section of the line has nothing else in it, and no comment before it: then it goes,
 * too. */
static bool is_last(const struct search *search)
{
    const char *text = search->text;
    size_t at = search->line_head;
    while (at > 0 && is_blank(text, at - 1, at))
        at--;
    while (at > 0 && text[at - 1] != '\n')
        at--;
    while (text[at] == ' ' || text[at] == '\t')
        at++;
    return text[at] != '#' && text[at] != ';' && is_blank(text, search->line_body, search->from) &&
           is_blank(text, search->to, search->line_end ? search->line_end : search->size);
}

/* The text with the line in its place: where one of that name stands, at the end of its section, or
 * in a new section at the end. */
static int rewrite(const struct search *search, const char *value, struct writer *out)
{
    const char *text = search->text, *key = search->given + search->section_len + 1;
    size_t until = search->lines > 0      ? search->from
                   : search->have_section ? search->end
                                          : search->size;
    size_t from = search->lines > 0 ? search->to : until;
    if (value == NULL && is_last(search)) {
        until = search->line_head;
        from = search->line_end ? search->line_end : search->size;
    }
    /* The blanks before the key are its own. */
    while (search->lines > 0 && until > 0 && (text[until - 1] == ' ' || text[until - 1] == '\t'))
        until--;
    if (put(out, text, until) < 0)
        return -1;
    if (until > 0 && text[until - 1] != '\n' && value && writer_put(out, "\n", 1) < 0)
        return -1;
    if (!search->have_section && put_section(out, search->given, search->section_len) < 0)
        return -1;
    if (value && config_write_value(out, key, value) < 0)
        return -1;
    return put(out, text + from, search->size - from);
}

/* The sections that are left out, while the others are copied. */
struct cut {
    struct config_listener listener;
    const char *text, *section;
    size_t from; /* what is behind it is to be copied, unless it is in such a section */
    bool inside;
    struct writer *out;
};

static int see_cut(struct config_listener *listener, const struct config_section *section)
{
    struct cut *cut = (struct cut *)listener;
    bool inside = strcmp(section->name, cut->section) == 0;
    int rc = inside && !cut->inside
                 ? put(cut->out, cut->text + cut->from, section->from - cut->from)
                 : 0;
    if (!inside && cut->inside)
        cut->from = section->from;
    cut->inside = inside;
    return rc;
}

static int cut_section(const char *text, size_t size, const char *path, const char *section,
                       struct writer *out)
{
    struct cut cut = {
        .listener = {.section = see_cut}, .text = text, .section = section, .out = out};
    if (config_parse(text, size, path, &cut.listener, out->fault) < 0)
        return -1;
    return cut.inside ? 0 : put(out, text + cut.from, size - cut.from);
}

static int set_line(const char *text, size_t size, const char *path, const char *given,
                    const char *value, bool add, struct writer *out)
{
    char name[CONFIG_NAME_MAX];
    if (settings_name(given, name) < 0)
        return fault_set(out->fault, FAULT_USAGE, "'%.200s' is no name of a setting", given);
    struct search search = {.listener = {see_line, see_section},
                            .text = text,
                            .size = size,
                            .name = name,
                            .given = given,
                            .section_len = (size_t)(strrchr(name, '.') - name)};
    if (config_parse(text, size, path, &search.listener, out->fault) < 0)
        return -1;
    if (add)
        search.lines = 0;
    if (value == NULL && search.lines == 0)
        return fault_set(out->fault, FAULT_NO, "%s is not set", name);
    if (value && search.lines > 1) /* which of them is meant is for a person to say */
        return fault_set(out->fault, FAULT_LOCAL, "%.200s has multiple values", name);
    return rewrite(&search, value, out);
}

/* NAME is a setting, or the section that is cut. */
static int change(int dir, const char *path, enum edit edit, const char *name, const char *value,
                  struct fault *fault)
{
    struct growing_writer out;
    char *text;
    size_t size;
    struct stat st;
    char real[CONFIG_PATH_MAX];
    if (fs_behind_links(dir, path, real, sizeof real, fault) < 0)
        return -1;
    path = real; /* a link stays one, and /dev/null, too */
    bool there = fstatat(dir, path, &st, 0) == 0;
    if (there && !S_ISREG(st.st_mode))
        return fault_set(fault, FAULT_LOCAL, "'%s' is no regular file", path);
    int fd = fs_lock(dir, path, fault), rc = -1;
    if (fd < 0)
        return -1;
    if (there)
        fchmod(fd, st.st_mode & 07777); /* it may have a password in it */
    if (fs_read(dir, path, CONFIG_FILE_MAX, false, &text, &size, fault) == 0) {
        const char *before = text ? text : "";
        growing_writer_open(&out, CONFIG_FILE_MAX, path, fault);
        rc = edit == CUT_SECTION
                 ? cut_section(before, size, path, name, &out.writer)
                 : set_line(before, size, path, name, value, edit == ADD_LINE, &out.writer);
        if (rc == 0)
            rc = fs_put(fd, out.bytes, out.used, path, fault);
        growing_writer_close(&out);
        free(text);
    }
    return fs_unlock(dir, path, fd, rc, true, fault);
}

int config_set(int dir, const char *path, const char *name, const char *value, struct fault *fault)
{
    return change(dir, path, SET_LINE, name, value, fault);
}

int config_add(int dir, const char *path, const char *name, const char *value, struct fault *fault)
{
    return change(dir, path, ADD_LINE, name, value, fault);
}

int config_remove_section(int dir, const char *path, const char *section, struct fault *fault)
{
    return change(dir, path, CUT_SECTION, section, NULL, fault);
}
