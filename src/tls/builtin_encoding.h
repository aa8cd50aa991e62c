/* SPDX-License-Identifier: MIT */
/* Root certificates cut down to what a verification needs, and made whole again
 * (tls/builtin_encoding.c). */
#ifndef SMIDGIT_BUILTIN_ENCODING_H
#define SMIDGIT_BUILTIN_ENCODING_H

#include "tls/der.h"

enum {
    ROOT_TIME = 7,       /* bytes of a date */
    ROOT_PATH_MAX = 100, /* a root's limit on authorities below it; a higher one counts as none */
    ROOT_CONSTRAINED = 0x80,    /* a bit beside the path: there are name constraints */
    ROOT_CERTIFICATE_MAX = 4096 /* bytes; most are taken by a name, twice, and a key */
};

/* Windows into a table. */
struct root {
    unsigned char path;                 /* authorities allowed below it, and one; 0: any number */
    const unsigned char *since, *until; /* ROOT_TIME bytes each */
    struct der_span name;
    struct der_span before, key, after; /* one after the other: its SubjectPublicKeyInfo */
    struct der_span constraints;        /* NameConstraints; none when its size is 0 */
};

/* Takes the root at *AT off TABLE; *AT is 0 for the first. 1; 0 at the end; -1: no such table. */
int builtin_encoding_next(struct der_span table, size_t *at, struct root *out);

/* A certificate with ROOT's name, key, dates and path length, signed by nobody. *DER is a window
 * into OUT[0..ROOT_CERTIFICATE_MAX). 0, or -1 when it does not fit. */
int builtin_encoding_certificate(const struct root *root, unsigned char *out, struct der_span *der);

/* The certificate DER[0..SIZE) as it is, but signed by nobody: a trusted certificate's own
 * signature is not judged, and a library that lacks its hash need not know of it. *OUT is a window
 * into ROOM[0..CAPACITY). 0, or -1: no certificate, or it does not fit. */
int builtin_encoding_unsigned(struct der_span der, unsigned char *room, size_t capacity,
                              struct der_span *out);

/* The texts of NAME as they may be shown on a terminal, cut when there is no room: "US, Some
 * Company, Root R1". */
void builtin_encoding_show(struct der_span name, char *out, size_t capacity);

#endif
