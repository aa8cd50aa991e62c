/* SPDX-License-Identifier: MIT */
/* Whom a certificate speaks for, and who says so: the names in it (RFC 5280), checked by RFC 9525.
 *
 * The library's own check is not used: mbedTLS 2.28 ignores addresses, and all its versions fall
 * back to the subject's common name.
 */
#ifndef SMIDGIT_CERTNAME_H
#define SMIDGIT_CERTNAME_H

#include "proto/fault.h"
#include "tls/der.h"

#include <stdbool.h>

/* Windows into a certificate's DER. */
struct certname {
    struct der_span issuer, subject; /* each a whole Name, header included */
    struct der_span alternatives;    /* the GeneralNames in subjectAltName; at is NULL when
                                             there is none */
    struct der_span constraints;     /* the lists in nameConstraints; the same */
};

/* Tags of GeneralName. */
enum { CERTNAME_DNS = 0x82, CERTNAME_ADDRESS = 0x87 };

/* Finds the names in the certificate DER[0..SIZE). 0, or -1 and FAULT_TLS: not DER, or two
 * extensions where there may be one. */
int certname_parse(const unsigned char *der, size_t size, struct certname *out,
                   struct fault *fault);

/* True when A and B may be the same Name: letter case and the choice between UTF8String and
 * PrintableString don't count. For finding candidates; it proves nothing. */
bool certname_alike(struct der_span a, struct der_span b);

/* Requires that the certificate is for HOST (a name, or an address without brackets): a DNS name
 * against dNSName, an address against iPAddress, never the common name (T1). 0, or -1 and FAULT_TLS
 * with the names that the certificate has. */
int certname_check(const struct certname *names, const char *host, struct fault *fault);

/* A DNS name or an address as it may be shown on a terminal; "" for what is neither. */
void certname_show(unsigned char tag, struct der_span name, char *out, size_t size);

/* True when HOST is an IPv4 or IPv6 address. */
bool certname_is_address(const char *host);

#endif
