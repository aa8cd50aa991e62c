/* SPDX-License-Identifier: MIT */
#include "client/directory_name.h"

#include "proto/bytes.h"

#include <string.h>

/* Percent-decodes what fits; the URL was checked when it was parsed. Returns the whole length. */
static size_t decode(const char *from, size_t size, char *out, size_t room)
{
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        if (used + 1 == room)
            return size;
        if (from[i] != '%') {
            out[used++] = from[i];
            continue;
        }
        out[used++] = (char)(bytes_hex(from[i + 1]) * 16 + bytes_hex(from[i + 2]));
        i += 2;
    }
    out[used] = '\0';
    return used;
}

enum { DIRECTORY_NAME_MAX = 4096 }; /* bytes: no system has a longer path */

int directory_name(const struct url *url, char *out, size_t size, struct fault *fault)
{
    char name[DIRECTORY_NAME_MAX];
    size_t end = strcspn(url->path, "?"), from;
    while (end > 0 && url->path[end - 1] == '/')
        end--;
    if (end >= 5 && memcmp(url->path + end - 5, "/.git", 5) == 0)
        end -= 5; /* "repo/.git" is called repo */
    for (from = end; from > 0 && url->path[from - 1] != '/'; from--)
        ;
    size_t length = decode(url->path + from, end - from, name, sizeof name);
    if (length >= sizeof name)
        length = size;
    else if (length > 4 && strcmp(name + length - 4, ".git") == 0)
        name[length -= 4] = '\0';
    if (length == 0 || length >= size || strchr(name, '/') || strcmp(name, ".") == 0 ||
        strcmp(name, "..") == 0 || strcmp(name, ".git") == 0)
        return fault_set(fault, FAULT_USAGE,
                         "the URL's path gives no directory name: say where to clone to");
    memcpy(out, name, length + 1);
    return 0;
}
