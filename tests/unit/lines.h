/* SPDX-License-Identifier: MIT */
/* pkt-lines from a text that can be read: "version 2|ls-refs|0000". Each part becomes a line with
 * an LF; "0000", "0001" and "0002" stand for themselves, "!" at a part's start for its bytes as
 * they are, "$" for a NUL. */
#ifndef SMIDGIT_LINES_H
#define SMIDGIT_LINES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline size_t lines_part(const char *part, size_t size, char *out)
{
    if (size == 4 && memcmp(part, "000", 3) == 0 && part[3] < '3') {
        memcpy(out, part, 4);
        return 4;
    }
    if (size > 0 && *part == '!') {
        memcpy(out, part + 1, size - 1);
        return size - 1;
    }
    char length[5];
    snprintf(length, sizeof length, "%04x", (unsigned)size + 5);
    memcpy(out, length, 4);
    for (size_t i = 0; i < size; i++)
        out[4 + i] = part[i] == '$' ? '\0' : part[i];
    out[4 + size] = '\n';
    return size + 5;
}

/* The bytes of TEXT in OUT[0..ROOM). Returns how many. */
static inline size_t lines_make(const char *text, char *out, size_t room)
{
    size_t used = 0;
    while (*text) {
        size_t size = strcspn(text, "|");
        if (used + size + 5 > room)
            abort();
        used += lines_part(text, size, out + used);
        text += size + (text[size] == '|');
    }
    return used;
}

#endif
