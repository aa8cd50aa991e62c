/* SPDX-License-Identifier: MIT */
#include "wipe.h"

void wipe(void *bytes, size_t size)
{
    volatile unsigned char *at = bytes;
    while (size-- > 0)
        *at++ = 0;
}
