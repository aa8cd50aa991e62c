/* SPDX-License-Identifier: MIT */
#include "repo/committer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PART_MAX = 256 }; /* bytes of a name or an address */

/* The variable ONE, what is CONFIGURED, the variable TWO, or OTHERWISE; without '<', '>' and
 * control bytes. */
static void part(const char *one, const char *configured, const char *two, const char *otherwise,
                 char out[PART_MAX])
{
    const char *value = getenv(one);
    size_t used = 0;
    if (value == NULL || *value == '\0')
        value = configured;
    if (value == NULL || *value == '\0')
        value = getenv(two);
    if (value == NULL || *value == '\0')
        value = otherwise;
    for (; *value && used + 1 < PART_MAX; value++)
        if ((unsigned char)*value >= 0x20 && *value != '<' && *value != '>' && *value != 0x7f)
            out[used++] = *value;
    out[used] = '\0';
}

char *committer_format(const char *user_name, const char *user_email, char *out, size_t size)
{
    char name[PART_MAX], email[PART_MAX], host[PART_MAX / 2], user[PART_MAX], address[2 * PART_MAX];
    if (gethostname(host, sizeof host) < 0)
        strcpy(host, "localhost");
    host[sizeof host - 1] = '\0';
    part("USER", NULL, "LOGNAME", "smidgit", user);
    part("GIT_COMMITTER_NAME", user_name, "USER", "smidgit", name);
    snprintf(address, sizeof address, "%s@%s", user, host);
    part("GIT_COMMITTER_EMAIL", user_email, "EMAIL", address, email);
    snprintf(out, size, "%s <%s>", name, email);
    return out;
}

char *committer_configured(const struct settings *settings, char *out, size_t size)
{
    const struct setting *name = settings_find(settings, "user.name");
    const struct setting *email = settings_find(settings, "user.email");
    return committer_format(name ? name->value : NULL, email ? email->value : NULL, out, size);
}
