/* SPDX-License-Identifier: MIT */
#include "cmd/hint.h"

#include <stdio.h>
#include <string.h>

enum { HINT_WIDTH = 80 - 6 }; /* characters behind "hint: " */

void hint_show(const char *text)
{
    while (*text) {
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
