/* SPDX-License-Identifier: MIT */
#include "client/path_shown.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void path_here(const struct repository *repository, char out[OBJECT_PATH_MAX])
{
    char here[REPOSITORY_PATH_MAX];
    const char *work = repository->work_path;
    size_t length = strcmp(work, "/") == 0 ? 0 : strlen(work);
    *out = '\0';
    if (getcwd(here, sizeof here) && strncmp(here, work, length) == 0 && here[length] == '/' &&
        here[length + 1])
        snprintf(out, OBJECT_PATH_MAX, "%s/", here + length + 1);
}

const char *path_relative(const char *here, const char *path, char out[PATH_RELATIVE_MAX])
{
    size_t same = 0, used = 0;
    if (*here == '\0')
        return path;
    for (size_t i = 0; here[i] && here[i] == path[i]; i++)
        if (here[i] == '/')
            same = i + 1;
    for (const char *slash = here + same; (slash = strchr(slash, '/')) != NULL; slash++)
        if (used + 4 < PATH_RELATIVE_MAX)
            used += (size_t)snprintf(out + used, 4, "../");
    snprintf(out + used, PATH_RELATIVE_MAX - used, "%s", path + same);
    return *out ? out : "./";
}

int path_quotes(const struct settings *settings, unsigned *out, struct fault *fault)
{
    bool high;
    int rc = settings_flag(settings, "core.quotepath", true, &high, fault);
    *out = high ? PATH_QUOTES_HIGH : 0;
    return rc;
}

const char *path_quoted(const char *path, unsigned quotes, char out[PATH_QUOTED_MAX])
{
    static const char names[] = "\a\b\t\n\v\f\r\"\\", letters[] = "abtnvfr\"\\";
    bool needed = quotes & PATH_QUOTES_BLANKS && strchr(path, ' ');
    size_t used = 1;
    out[0] = '"';
    for (const char *at = path; *at; at++) {
        unsigned char c = (unsigned char)*at;
        const char *name = strchr(names, c);
        if (name) {
            out[used++] = '\\';
            out[used++] = letters[name - names];
        } else if (c < 0x20 || c == 0x7f || (c > 0x7f && quotes & PATH_QUOTES_HIGH)) {
            used += (size_t)snprintf(out + used, 5, "\\%03o", c);
        } else {
            out[used++] = (char)c;
            continue;
        }
        needed = true;
    }
    out[used++] = '"';
    out[used] = '\0';
    return needed ? out : path;
}
