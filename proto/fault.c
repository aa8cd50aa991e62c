/* SPDX-License-Identifier: MIT */
#include "fault.h"

#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void fault_clear(struct fault *fault)
{
    fault->class = FAULT_NONE;
    fault->text[0] = '\0';
}

static void format_safely(char *out, size_t size, const char *format, va_list args)
{
    char raw[FAULT_TEXT];
    int length = vsnprintf(raw, sizeof raw, format, args);
    size_t used = length < 0 ? 0 : (size_t)length < sizeof raw ? (size_t)length : sizeof raw - 1;
    bytes_caret(raw, used, "", out, size);
}

int fault_set(struct fault *fault, enum fault_class class, const char *format, ...)
{
    if (fault->class != FAULT_NONE)
        return -1;
    va_list args;
    va_start(args, format);
    format_safely(fault->text, sizeof fault->text, format, args);
    va_end(args);
    fault->class = class;
    return -1;
}

int fault_wrap(struct fault *fault, const char *format, ...)
{
    if (fault->class == FAULT_NONE)
        return -1;
    char purpose[FAULT_TEXT], leaf[FAULT_TEXT];
    va_list args;
    va_start(args, format);
    format_safely(purpose, sizeof purpose - 2, format, args);
    va_end(args);
    strcat(purpose, ": ");
    memcpy(leaf, fault->text, sizeof leaf);
    size_t head = strlen(purpose), tail = strlen(leaf);
    size_t room = sizeof fault->text - 1 - tail;
    size_t cut = head > room ? head - room : 0;
    memcpy(fault->text, purpose + cut, head - cut);
    memcpy(fault->text + head - cut, leaf, tail + 1);
    return -1;
}
