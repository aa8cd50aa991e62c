/* SPDX-License-Identifier: MIT */
/* remote/helpers.h for a build that asks no other program. */
#include "remote/helpers.h"

const bool helpers_available = false;

int helpers_get(const struct helpers *helpers, const struct url *url, const char *user,
                const char *challenge, struct credential *out, struct fault *fault)
{
    (void)helpers, (void)url, (void)user, (void)challenge, (void)out, (void)fault;
    return 0;
}

int helpers_tell(const struct helpers *helpers, bool keep, const struct url *url, const char *user,
                 const char *secret, struct credential *credential, struct fault *fault)
{
    (void)helpers, (void)keep, (void)url, (void)user, (void)secret, (void)credential, (void)fault;
    return 0;
}

void helpers_forget(struct credential *credential)
{
    (void)credential;
}
