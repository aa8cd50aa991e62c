/* SPDX-License-Identifier: MIT */
/* git's configuration files, writing.
 *
 *   [section "subsection"]      in the subsection '"' and '\' are escaped, LF and NUL cannot be
 *   TAB key = value             the value in quotes where it begins or ends with a space or holds
 *                               ';' or '#'; '"' and '\' escaped, LF as \n, TAB as \t
 */
#include "repo/config.h"

#include <string.h>

int config_write_section(struct writer *out, const char *section, const char *subsection)
{
    if (subsection == NULL)
        return writer_text(out, "[%s]\n", section);
    if (strpbrk(subsection, "\n\r"))
        return fault_set(out->fault, FAULT_USAGE, "config: a line end in a section's name");
    if (writer_text(out, "[%s \"", section) < 0)
        return -1;
    for (; *subsection; subsection++) {
        if ((*subsection == '"' || *subsection == '\\') && writer_put(out, "\\", 1) < 0)
            return -1;
        if (writer_put(out, subsection, 1) < 0)
            return -1;
    }
    return writer_put(out, "\"]\n", 3);
}

static int put_escaped(struct writer *out, char c)
{
    switch (c) {
    case '"':
        return writer_put(out, "\\\"", 2);
    case '\\':
        return writer_put(out, "\\\\", 2);
    case '\n':
        return writer_put(out, "\\n", 2);
    case '\t':
        return writer_put(out, "\\t", 2);
    default:
        return writer_put(out, &c, 1);
    }
}

int config_write_value(struct writer *out, const char *key, const char *value)
{
    size_t length = strlen(value);
    bool quote = length > 0 && (value[0] == ' ' || value[length - 1] == ' ');
    if (strpbrk(value, ";#\r"))
        quote = true;
    if (strchr(value, '\r'))
        return fault_set(out->fault, FAULT_USAGE, "config: a CR in the value of %s", key);
    if (writer_text(out, "\t%s = %s", key, quote ? "\"" : "") < 0)
        return -1;
    for (; *value; value++)
        if (put_escaped(out, *value) < 0)
            return -1;
    return writer_text(out, "%s\n", quote ? "\"" : "");
}
