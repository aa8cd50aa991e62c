/* SPDX-License-Identifier: MIT */
/* A file of rules (gitignore, "PATTERN FORMAT"):
 *
 *   file = [ BOM ] *( [ "#" comment / rule ] [ CR ] LF )     the last LF may be missing
 *   rule = [ "!" ] [ "/" ] pattern [ "/" ]       blanks at the end fall away, unless "\ "
 */
#include "worktree/ignore.h"

#include "system/array.h"
#include "system/fs.h"
#include "system/pathmatch.h"
#include "system/texts.h"
#include "system/wildmatch.h"

#include <stdlib.h>
#include <string.h>

void ignore_open(struct ignore *ignore, bool fold, struct fault *fault)
{
    *ignore = (struct ignore){.fold = fold, .fault = fault};
}

void ignore_close(struct ignore *ignore)
{
    texts_free(ignore->texts);
    free(ignore->rules);
    *ignore = (struct ignore){.count = 0};
}

void ignore_forget(struct ignore *ignore, size_t count)
{
    ignore->count = count;
}

static int no_memory(const struct ignore *ignore)
{
    return fault_set(ignore->fault, FAULT_LIMIT, "no memory for the rules of .gitignore");
}

/* Without the blanks at its end: "\ " is one that stays. */
static size_t trim(const char *line, size_t size)
{
    size_t kept = 0;
    for (size_t i = 0; i < size; i++) {
        if (line[i] == '\\' && i + 1 < size)
            kept = ++i + 1;
        else if (line[i] != ' ')
            kept = i + 1;
    }
    return kept;
}

static int add_rule(struct ignore *ignore, const char *line, size_t size, size_t base)
{
    struct ignore_rule rule = {.base = base};
    size = trim(line, size);
    if (size > 0 && *line == '!') {
        rule.negated = true;
        line++;
        size--;
    }
    if (size > 0 && line[size - 1] == '/') {
        rule.directories = true;
        size--;
    }
    rule.anywhere = memchr(line, '/', size) == NULL;
    if (size > 0 && *line == '/') {
        line++;
        size--;
    }
    if (size == 0)
        return 0;
    struct ignore_rule *more =
        array_room(ignore->rules, ignore->count, &ignore->room, sizeof *more);
    if (more == NULL)
        return no_memory(ignore);
    ignore->rules = more;
    rule.pattern = texts_keep(&ignore->texts, line, size);
    if (rule.pattern == NULL)
        return no_memory(ignore);
    if (!ignore->fold && strchr("*?[\\", *rule.pattern) == NULL)
        rule.first = *rule.pattern;
    ignore->rules[ignore->count++] = rule;
    return 0;
}

int ignore_read(struct ignore *ignore, int at, const char *path, size_t base, bool nofollow)
{
    char *text;
    size_t size;
    int rc = 0;
    if (fs_read(at, path, IGNORE_FILE_MAX, nofollow, &text, &size, ignore->fault) < 0)
        return -1;
    const char *from = text, *end = text + size;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        from += 3;
    while (rc == 0 && text && from < end) {
        const char *lf = memchr(from, '\n', (size_t)(end - from)), *stop = lf ? lf : end;
        size_t length = (size_t)(stop - from);
        if (length > 0 && from[length - 1] == '\r')
            length--;
        if (length > 0 && *from != '#')
            rc = add_rule(ignore, from, length, base);
        from = stop + 1;
    }
    free(text);
    return rc;
}

static bool name_matches(const struct ignore *ignore, const char *pattern, const char *name)
{
    return ignore->fold ? pathmatch(pattern, name, true) : wildmatch(pattern, name);
}

bool ignore_matches(const struct ignore *ignore, const char *path, bool directory)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (ignore->all)
        return true;
    for (size_t i = ignore->count; i > 0; i--) {
        const struct ignore_rule *rule = &ignore->rules[i - 1];
        const char *text = rule->anywhere ? name : path + rule->base;
        if ((rule->directories && !directory) || (rule->first && rule->first != *text))
            continue;
        if (rule->anywhere ? name_matches(ignore, rule->pattern, text)
                           : pathmatch(rule->pattern, text, ignore->fold))
            return !rule->negated;
    }
    return false;
}
