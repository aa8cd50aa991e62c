/* SPDX-License-Identifier: MIT */
#include "system/base64.h"

#include <stdint.h>

size_t base64_format(const unsigned char *in, size_t size, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t used = 0;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t three = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                         (left > 2 ? in[i + 2] : 0);
        out[used++] = digits[three >> 18];
        out[used++] = digits[three >> 12 & 63];
        out[used++] = '=';
        out[used++] = '=';
        if (left > 1)
            out[used - 2] = digits[three >> 6 & 63];
        if (left > 2)
            out[used - 1] = digits[three & 63];
    }
    out[used] = '\0';
    return used;
}
