/* SPDX-License-Identifier: MIT */
/* DER, the encoding of certificates: one element after the other. */
#ifndef SMIDGIT_DER_H
#define SMIDGIT_DER_H

#include <stddef.h>

struct der_span {
    const unsigned char *at;
    size_t size; /* bytes */
};

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BITS = 0x03,
    DER_OCTETS = 0x04,
    DER_OID = 0x06,
    DER_UTF8 = 0x0c,
    DER_PRINTABLE = 0x13,
    DER_UTC = 0x17,         /* YYMMDDHHMMSSZ, 1950 to 2049 */
    DER_GENERALIZED = 0x18, /* YYYYMMDDHHMMSSZ */
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_VERSION = 0xa0,   /* [0] in TBSCertificate */
    DER_EXTENSIONS = 0xa3 /* [3] */
};

/* Each takes one element off IN, and returns 0; or -1 and leaves IN alone. */
int der_next(struct der_span *in, unsigned char *tag, struct der_span *content);
/* One with TAG. */
int der_expect(struct der_span *in, unsigned char tag, struct der_span *content);
/* One with TAG; *WHOLE has its header too. */
int der_whole(struct der_span *in, unsigned char tag, struct der_span *whole);

#endif
