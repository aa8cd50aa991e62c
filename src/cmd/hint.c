/* SPDX-License-Identifier: MIT */
#include "cmd/hint.h"

#include <stdio.h>
#include <string.h>

enum { HINT_WIDTH = 80 - 6 }; /* characters behind "hint: " */

const char *hint_cut(struct fault *fault)
{
    char *hint = strstr(fault->text, FAULT_HINT);
    if (!hint)
        return NULL;
    *hint = '\0';
    return hint + sizeof FAULT_HINT - 1;
}

void hint_show(const char *hint)
{
    for (const char *text = hint ? hint : ""; *text;) {
        size_t size = strlen(text);
        if (size > HINT_WIDTH) {
            for (size = HINT_WIDTH; size > 0 && text[size] != ' ';)
                size--;
            if (size == 0)
                size = strcspn(text, " ");
        }
        fprintf(stderr, "hint: %.*s\n", (int)size, text);
        text += size;
        text += strspn(text, " ");
    }
}
