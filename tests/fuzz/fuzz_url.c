/* SPDX-License-Identifier: MIT */
/* URLs: what is taken comes back the same, and has no control bytes. Redirects: no way to http, no
 * password to another origin. */
#include "proto/url.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void same_again(const struct url *url)
{
    struct fault fault = {.class = FAULT_NONE};
    struct url again;
    static char text[URL_MAX], twice[URL_MAX], room[URL_MAX];
    url_format(url, text, sizeof text);
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c <= 0x20 || *c == 0x7f)
            abort();
    if (strlen(text) >= URL_MAX - 20)
        return;
    if (url_parse(text, room, &again, &fault) < 0 ||
        strcmp(url_format(&again, twice, sizeof twice), text) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct fault fault = {.class = FAULT_NONE};
    struct url url, from;
    char *text = malloc(size + 1), *room = malloc(size + 1), other[64], *moved = malloc(URL_MAX);
    memcpy(text, bytes, size);
    text[size] = '\0';
    if (url_parse(text, room, &url, &fault) == 0)
        same_again(&url);
    fault_clear(&fault);
    url_parse("https://user:secret@h/a.git", other, &from, &fault);
    if (url_redirect(&from, "/info/refs", text, moved, &url, &fault) == 0) {
        if (!url.https || (url.has_password && !url_same_origin(&from, &url)))
            abort();
    }
    free(text);
    free(room);
    free(moved);
    return 0;
}
