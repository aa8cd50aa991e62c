/* SPDX-License-Identifier: MIT */
#include "client/remotes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool remotes_next(const struct settings *settings, char name[REFS_NAME_MAX])
{
    char best[REFS_NAME_MAX] = "";
    for (size_t i = 0; i < settings->count; i++) {
        const char *full = settings->all[i].name;
        char one[REFS_NAME_MAX];
        if (strncmp(full, "remote.", 7) != 0)
            continue;
        const char *dot = strrchr(full + 7, '.');
        if (dot == NULL || dot == full + 7 || dot - full - 7 >= REFS_NAME_MAX)
            continue;
        size_t length = (size_t)(dot - full - 7);
        memcpy(one, full + 7, length);
        one[length] = '\0';
        if (strcmp(one, name) > 0 && (*best == '\0' || strcmp(one, best) < 0))
            strcpy(best, one);
    }
    strcpy(name, best);
    return *best != '\0';
}

char *remotes_url(const struct settings *settings, const char *url)
{
    static const char before[] = "url.", after[] = ".insteadof";
    const char *base = "";
    size_t base_size = 0, longest = 0;
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->all[i];
        size_t length = strlen(setting->name), size = setting->value ? strlen(setting->value) : 0;
        if (length < sizeof before + sizeof after - 2 || size <= longest ||
            strncmp(setting->name, before, sizeof before - 1) != 0 ||
            strcmp(setting->name + length - (sizeof after - 1), after) != 0 ||
            strncmp(url, setting->value, size) != 0)
            continue;
        base = setting->name + sizeof before - 1;
        base_size = length - (sizeof before - 1) - (sizeof after - 1);
        longest = size;
    }
    size_t room = base_size + strlen(url + longest) + 1;
    char *out = malloc(room);
    if (out)
        snprintf(out, room, "%.*s%s", (int)base_size, base, url + longest);
    return out;
}
