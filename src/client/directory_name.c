/* SPDX-License-Identifier: MIT */
#include "client/directory_name.h"

#include "proto/bytes.h"

#include <string.h>

enum { DIRECTORY_NAME_MAX = 4096 }; /* bytes, with NUL: no system takes a longer path */

/* Percent-decodes; the URL was checked when it was parsed. */
static void decode(const char *from, size_t size, char *out)
{
    for (size_t i = 0; i < size; i++) {
        *out = from[i];
        if (from[i] == '%') {
            *out = (char)(bytes_hex(from[i + 1]) * 16 + bytes_hex(from[i + 2]));
            i += 2;
        }
        out++;
    }
    *out = '\0';
}

/* The name is as it is written. It is judged decoded too: a server or a person may read it so. */
int directory_name(const struct url *url, char *out, size_t size, struct fault *fault)
{
    char name[DIRECTORY_NAME_MAX] = "";
    size_t end = strcspn(url->path, "?"), from;
    while (end > 0 && url->path[end - 1] == '/')
        end--;
    if (end >= 5 && memcmp(url->path + end - 5, "/.git", 5) == 0)
        end -= 5; /* "repo/.git" is called repo */
    for (from = end; from > 0 && url->path[from - 1] != '/'; from--)
        ;
    if (end - from > 4 && memcmp(url->path + end - 4, ".git", 4) == 0)
        end -= 4;
    size_t length = end - from;
    if (length < size && length < sizeof name)
        decode(url->path + from, length, name);
    if (name[0] == '\0' || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        strcmp(name, ".git") == 0)
        return fault_set(fault, FAULT_USAGE,
                         "the URL's path gives no directory name: say where to clone to");
    memcpy(out, url->path + from, length);
    out[length] = '\0';
    return 0;
}
