/* SPDX-License-Identifier: MIT */
#include "atonce.h"

struct atonce *atonce_open(void)
{
    return NULL;
}

void atonce_close(struct atonce *atonce)
{
    (void)atonce;
}

bool atonce_inflate(struct atonce *atonce, struct reader *in, unsigned char *out, uint64_t size)
{
    (void)atonce, (void)in, (void)out, (void)size;
    return false;
}

const char *atonce_version(void)
{
    return "";
}
