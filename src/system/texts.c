/* SPDX-License-Identifier: MIT */
#include "system/texts.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 * 1024 };

struct texts {
    struct texts *next;
    size_t used, room;
    char bytes[];
};

const char *texts_keep(struct texts **texts, const char *text, size_t size)
{
    if (!*texts || size >= (*texts)->room - (*texts)->used) {
        size_t room = size >= CHUNK ? size + 1 : CHUNK;
        struct texts *fresh = malloc(sizeof *fresh + room);
        if (!fresh)
            return NULL;
        fresh->next = *texts;
        fresh->used = 0;
        fresh->room = room;
        *texts = fresh;
    }
    char *kept = (*texts)->bytes + (*texts)->used;
    memcpy(kept, text, size);
    kept[size] = '\0';
    (*texts)->used += size + 1;
    return kept;
}

void texts_free(struct texts *texts)
{
    while (texts) {
        struct texts *next = texts->next;
        free(texts);
        texts = next;
    }
}
