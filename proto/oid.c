/* SPDX-License-Identifier: MIT */
#include "oid.h"

#include <string.h>

struct oid oid_from(const unsigned char *id, size_t len)
{
    struct oid oid = {.len = (unsigned char)len};
    memcpy(oid.id, id, len);
    return oid;
}

char *oid_hex(const struct oid *oid, char out[OID_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < oid->len; i++) {
        out[2 * i] = digits[oid->id[i] >> 4];
        out[2 * i + 1] = digits[oid->id[i] & 15];
    }
    out[2 * (size_t)oid->len] = '\0';
    return out;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int oid_parse(const char *hex, size_t size, struct oid *out)
{
    if (size != 2 * OID_SHA1 && size != 2 * OID_SHA256)
        return -1;
    struct oid oid = {.len = (unsigned char)(size / 2)};
    for (size_t i = 0; i < size / 2; i++) {
        int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        oid.id[i] = (unsigned char)(high << 4 | low);
    }
    *out = oid;
    return 0;
}

bool oid_equal(const struct oid *a, const struct oid *b)
{
    return a->len == b->len && memcmp(a->id, b->id, a->len) == 0;
}

int oid_compare(const struct oid *a, const struct oid *b)
{
    return memcmp(a->id, b->id, OID_MAX);
}

bool oid_is_null(const struct oid *oid)
{
    static const unsigned char zero[OID_MAX];
    return memcmp(oid->id, zero, OID_MAX) == 0;
}
