/* SPDX-License-Identifier: MIT */
#include "repo/setting_value.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

static bool parse_number(const char *text, intmax_t *out)
{
    static const char units[] = "kmg";
    char *end;
    errno = 0;
    intmax_t number = strtoimax(text, &end, 0), factor = 1;
    if (errno == ERANGE || end == text)
        return false;
    const char *unit = *end ? strchr(units, *end | 0x20) : NULL;
    if (*end && (unit == NULL || end[1]))
        return false;
    for (; unit && unit >= units; unit--)
        factor *= 1024;
    if (number > INT_MAX / factor || number < -INT_MAX / factor)
        return false;
    *out = number * factor;
    return true;
}

int setting_flag(const struct setting *setting, bool otherwise, bool *out, struct fault *fault)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"true", true}, {"yes", true},  {"on", true}, {"false", false},
                 {"no", false},  {"off", false}, {"", false}};
    intmax_t number;
    *out = setting ? true : otherwise;
    if (setting == NULL || setting->value == NULL)
        return 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(setting->value, words[i].text) == 0) {
            *out = words[i].value;
            return 0;
        }
    if (!parse_number(setting->value, &number))
        return fault_set(fault, FAULT_LOCAL, "%.200s:%lu: '%.100s' is no yes or no for %s",
                         setting->file, setting->line, setting->value, setting->name);
    *out = number != 0;
    return 0;
}

int setting_number(const struct setting *setting, unsigned *out, struct fault *fault)
{
    intmax_t number;
    const char *text = setting->value ? setting->value : "";
    if (!parse_number(text, &number) || number < 0)
        return fault_set(fault, FAULT_LOCAL, "%.200s:%lu: '%.100s' is no number for %s",
                         setting->file, setting->line, text, setting->name);
    *out = (unsigned)number;
    return 0;
}
