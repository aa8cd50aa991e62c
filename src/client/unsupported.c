/* SPDX-License-Identifier: MIT */
#include "client/unsupported.h"

#include <stdio.h>
#include <strings.h>

static const char lines[] = "lines end in files as they do in the repository";

/* Several that come to the same are said once. */
static const struct {
    const char *name, *key;
    const char *value; /* that changes something; NULL: what means yes */
    unsigned what;
    const char *instead;
} table[] = {
    {"core.autocrlf", "core.autocrlf", NULL, UNSUPPORTED_WRITES | UNSUPPORTED_COMPARES, lines},
    {"core.autocrlf", "core.autocrlf", "input", UNSUPPORTED_COMPARES, lines},
    {"core.eol", "core.eol", "crlf", UNSUPPORTED_WRITES | UNSUPPORTED_COMPARES, lines},
    {"core.sparseCheckout", "core.sparsecheckout", NULL, UNSUPPORTED_COMPARES,
     "all files are checked out"},
};

static bool is_on(const struct settings *settings, const char *key, const char *value)
{
    struct fault ignored;
    const struct setting *setting = settings_find(settings, key);
    bool on;
    if (value)
        return setting && setting->value && strcasecmp(setting->value, value) == 0;
    fault_clear(&ignored);
    return settings_flag(settings, key, false, &on, &ignored) == 0 && on;
}

void unsupported_warn(const struct settings *settings, unsigned what)
{
    const char *said = NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].what & what && table[i].instead != said &&
            is_on(settings, table[i].key, table[i].value)) {
            said = table[i].instead;
            fprintf(stderr, "warning: %s is not supported: %s\n", table[i].name, said);
        }
}
