/* SPDX-License-Identifier: MIT */
/* Root certificates cut down to what a verification needs, and made whole again (root.c). */
#ifndef SMIDGIT_ROOT_H
#define SMIDGIT_ROOT_H

#include "der.h"

enum {
    ROOT_TIME = 7,              /* bytes of a date */
    ROOT_PATH_MAX = 100,        /* authorities below a root; more are no limit at all */
    ROOT_CERTIFICATE_MAX = 4096 /* bytes; most are taken by a name, twice, and a key */
};

/* Windows into a table. */
struct root {
    unsigned char path;                 /* authorities allowed below it, and one; 0: any number */
    const unsigned char *since, *until; /* ROOT_TIME bytes each */
    struct der_span name;
    struct der_span before, key, after; /* one after the other: its SubjectPublicKeyInfo */
};

/* Takes the root at *AT off TABLE; *AT is 0 for the first. 1; 0 at the end; -1: no such table. */
int root_next(struct der_span table, size_t *at, struct root *out);

/* A certificate with ROOT's name, key, dates and path length, signed by nobody. *DER is a window
 * into OUT[0..ROOT_CERTIFICATE_MAX). 0, or -1 when it does not fit. */
int root_certificate(const struct root *root, unsigned char *out, struct der_span *der);

/* The texts of NAME as they may be shown on a terminal, cut when there is no room: "US, Some
 * Company, Root R1". */
void root_show(struct der_span name, char *out, size_t capacity);

#endif
