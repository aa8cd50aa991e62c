/* SPDX-License-Identifier: MIT */
#include "tls/builtin_roots.h"

const char *builtin_roots_origin(void)
{
    return "none";
}

bool builtin_roots_exist(void)
{
    return false;
}

int builtin_roots_search(bool (*wanted)(void *context, const struct certname *names),
                         int (*certificate)(void *context, const unsigned char *der, size_t size),
                         void *context, size_t *count, struct fault *fault)
{
    (void)wanted;
    (void)certificate;
    (void)context;
    (void)fault;
    *count = 0;
    return 0;
}
