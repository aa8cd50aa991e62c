/* SPDX-License-Identifier: MIT */
#include "oid.h"

#include "bytes.h"

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

int oid_parse(const char *hex, size_t size, struct oid *out)
{
    if (size != 2 * OID_SHA1 && size != 2 * OID_SHA256)
        return -1;
    struct oid oid = {.len = (unsigned char)(size / 2)};
    for (size_t i = 0; i < size / 2; i++) {
        int high = bytes_hex(hex[2 * i]), low = bytes_hex(hex[2 * i + 1]);
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

unsigned oid_shared(const struct oid *a, const struct oid *b)
{
    unsigned digits = 0;
    for (size_t i = 0; i < a->len; i++, digits += 2) {
        if (a->id[i] == b->id[i])
            continue;
        return digits + (a->id[i] >> 4 == b->id[i] >> 4);
    }
    return digits;
}
