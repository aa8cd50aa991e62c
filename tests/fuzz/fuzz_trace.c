/* SPDX-License-Identifier: MIT */
/* A line of a head in the trace: nothing behind the colon of a header with secrets is shown,
 * however the line is written; nor are control bytes. The input is the line; its first byte says
 * which side it is from. */
#include "remote/trace.h"

#include "proto/bytes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Whether LINE begins with NAME and a colon. */
static bool is_header(const char *line, size_t size, const char *name)
{
    size_t length = strlen(name);
    if (size <= length || line[length] != ':')
        return false;
    for (size_t i = 0; i < length; i++)
        if (bytes_lower(line[i]) != name[i])
            return false;
    return true;
}

static bool holds(const char *text, size_t size, const char *part, size_t length)
{
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(text + i, part, length) == 0)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const secret[] = {"authorization", "proxy-authorization", "cookie",
                                         "set-cookie"};
    struct trace trace = {.out = NULL};
    char *shown = NULL;
    size_t used = 0;
    if (size < 2)
        return 0;
    const char *line = (const char *)bytes + 1;
    size--;
    trace.out = open_memstream(&shown, &used);
    trace_head(&trace, bytes[0] & 1 ? 'C' : 'S', line, size);
    fclose(trace.out);
    for (size_t i = 0; i + 1 < used; i++)
        if ((unsigned char)shown[i] < ' ' || shown[i] == 127)
            abort();
    if (used == 0 || shown[used - 1] != '\n')
        abort();
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        if (is_header(line, size, secret[i])) {
            size_t value = strlen(secret[i]) + 1;
            while (value < size && (line[value] == ' ' || line[value] == '\t'))
                value++;
            /* "C: ", the name and its colon come first. A short value may stand in "<redacted>". */
            size_t from = 3 + strlen(secret[i]) + 1;
            if (size - value > 10 &&
                (used < from || holds(shown + from, used - from, line + value, size - value)))
                abort();
        }
    free(shown);
    return 0;
}
