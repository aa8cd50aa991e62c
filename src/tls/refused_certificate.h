/* SPDX-License-Identifier: MIT */
/* Why a chain of certificates is refused. For src/tls only: the library's types show here. */
#ifndef SMIDGIT_REFUSED_CERTIFICATE_H
#define SMIDGIT_REFUSED_CERTIFICATE_H

#include "tls/chain.h"

#include <stdbool.h>

enum { REFUSED_CERTIFICATE_LINKS_MAX = 16, REFUSED_CERTIFICATE_RSA_BITS_MIN = 2048 };

/* One chain while it is judged. */
struct judge {
    mbedtls_x509_crt *peer; /* the server's certificate, the others follow */
    mbedtls_x509_crt roots; /* trusted ones that may have issued one of them */
    const struct trust *store;
    size_t trusted; /* certificates in store */
    struct fault *fault;
    int64_t clock; /* seconds since 1970: of the machine, or of --date */
    int64_t now;   /* by which dates are judged: later than clock when that was never set */
    bool given;    /* by --date */
    uint32_t flags;
    mbedtls_x509_crt *culprit[32];    /* by flag: the one nearest to the server's own */
    bool leaf_trusted;                /* the server's certificate itself is in store */
    const mbedtls_x509_crt *unusable; /* the store has its issuer, but the library refused that: */
    int unusable_code;
    /* From the server's own to the root. */
    const mbedtls_x509_crt *path[REFUSED_CERTIFICATE_LINKS_MAX];
    size_t path_length;
};

/* A window into a certificate of the library's. */
struct der_span refused_certificate_span(const mbedtls_x509_buf *buf);

/* The most telling of the reasons in JUDGE's flags, as its fault: -1; 0 when there is none. */
int refused_certificate_verdict(const struct judge *judge);

#endif
