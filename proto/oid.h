/* SPDX-License-Identifier: MIT */
/* Object ids: SHA-1 (20 bytes) or SHA-256 (32 bytes), and their hexadecimal form. */
#ifndef PROTO_OID_H
#define PROTO_OID_H

#include <stdbool.h>
#include <stddef.h>

enum { OID_SHA1 = 20, OID_SHA256 = 32, OID_MAX = 32, OID_HEX = 2 * OID_MAX + 1 };

struct oid {
    unsigned char id[OID_MAX]; /* bytes past len are 0 */
    unsigned char len;         /* OID_SHA1 or OID_SHA256 */
};

/* LEN bytes at ID as an oid. */
struct oid oid_from(const unsigned char *id, size_t len);

/* The 2 * len hexadecimal digits and a NUL. Returns OUT. */
char *oid_hex(const struct oid *oid, char out[OID_HEX]);

/* Parses HEX[0..SIZE), which must be 40 or 64 hexadecimal digits and nothing else. 0, or -1 and
 * *OUT is as it was. */
int oid_parse(const char *hex, size_t size, struct oid *out);

bool oid_equal(const struct oid *a, const struct oid *b);
int oid_compare(const struct oid *a, const struct oid *b); /* <0, 0, >0 as memcmp */
unsigned oid_shared(const struct oid *a,
                    const struct oid *b); /* hexadecimal digits, from the first */
bool oid_is_null(const struct oid *oid);

#endif
