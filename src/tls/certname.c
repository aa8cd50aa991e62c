/* SPDX-License-Identifier: MIT */
/* The names in an X.509 certificate (RFC 5280, 4.1 and 4.2.1.6), in DER (X.690):
 *
 *   Certificate    SEQUENCE { TBSCertificate, ... }
 *   TBSCertificate SEQUENCE { [0] version?, serial, algorithm, ISSUER, validity, SUBJECT,
 *                             public key, [1]?, [2]?, [3] SEQUENCE OF Extension ? }
 *   Extension      SEQUENCE { OBJECT IDENTIFIER, BOOLEAN?, OCTET STRING }
 *   subjectAltName SEQUENCE OF ( [2] dNSName | [7] iPAddress | others, which don't count )
 *   nameConstraints SEQUENCE { ... }, see tls/certlimit.c
 *
 * What a public authority issues has dNSNames only, some hundreds at most. Matching is RFC
 * 9525, 6.3: case-insensitive; "*" only as the whole leftmost label, for exactly one label, with at
 * least two labels after it. A name with NUL (T1: "good.example\0.evil.example") spoils the whole
 * certificate.
 */
#include "tls/certname.h"

#include "proto/bytes.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum {
    SHOWN_MAX = 500, /* bytes of names in a sentence: it should still be one */
    NAME_MAX_SHOWN = 80
};

static const unsigned char alternative_name[] = {0x55, 0x1d, 0x11}; /* 2.5.29.17 */
static const unsigned char name_constraints[] = {0x55, 0x1d, 0x1e}; /* 2.5.29.30 */

static bool is_oid(struct der_span oid, const unsigned char bytes[3])
{
    return oid.size == 3 && memcmp(oid.at, bytes, 3) == 0;
}

/* Extension = SEQUENCE { OID BOOLEAN? OCTET STRING } */
static int parse_extension(struct der_span extension, struct certname *out)
{
    struct der_span oid, critical, value;
    if (der_expect(&extension, DER_OID, &oid) < 0)
        return -1;
    der_expect(&extension, DER_BOOLEAN, &critical);
    if (der_expect(&extension, DER_OCTETS, &value) < 0 || extension.size != 0)
        return -1;
    struct der_span *list = is_oid(oid, alternative_name)   ? &out->alternatives
                            : is_oid(oid, name_constraints) ? &out->constraints
                                                            : NULL;
    if (!list)
        return 0;
    if (list->at)
        return -1;
    return der_expect(&value, DER_SEQUENCE, list) < 0 || value.size != 0 ? -1 : 0;
}

/* [3] SEQUENCE OF Extension, the last part of a TBSCertificate, and not in every one */
static int parse_extensions(struct der_span rest, struct certname *out)
{
    unsigned char tag = 0;
    struct der_span content, list, extension;
    while (rest.size > 0 && tag != DER_EXTENSIONS)
        if (der_next(&rest, &tag, &content) < 0)
            return -1;
    if (tag != DER_EXTENSIONS)
        return 0;
    if (der_expect(&content, DER_SEQUENCE, &list) < 0)
        return -1;
    while (list.size > 0)
        if (der_expect(&list, DER_SEQUENCE, &extension) < 0 || parse_extension(extension, out) < 0)
            return -1;
    return 0;
}

/* TBSCertificate, up to the public key */
static int parse_certificate(struct der_span in, struct certname *out)
{
    struct der_span certificate, body, skipped;
    if (der_expect(&in, DER_SEQUENCE, &certificate) < 0 ||
        der_expect(&certificate, DER_SEQUENCE, &body) < 0)
        return -1;
    der_expect(&body, DER_VERSION, &skipped);
    if (der_expect(&body, DER_INTEGER, &skipped) < 0 ||
        der_expect(&body, DER_SEQUENCE, &skipped) < 0 ||
        der_whole(&body, DER_SEQUENCE, &out->issuer) < 0 ||
        der_expect(&body, DER_SEQUENCE, &skipped) < 0 ||
        der_whole(&body, DER_SEQUENCE, &out->subject) < 0 ||
        der_expect(&body, DER_SEQUENCE, &skipped) < 0)
        return -1;
    return parse_extensions(body, out);
}

int certname_parse(const unsigned char *der, size_t size, struct certname *out, struct fault *fault)
{
    struct certname names = {.issuer = {NULL, 0}};
    if (parse_certificate((struct der_span){der, size}, &names) < 0)
        return fault_set(fault, FAULT_TLS, "the names in a certificate cannot be read (not DER)");
    *out = names;
    return 0;
}

/* No locale has a say in this. */
static unsigned char folded(unsigned char byte)
{
    return byte == DER_UTF8 ? DER_PRINTABLE : (unsigned char)bytes_lower((char)byte);
}

bool certname_alike(struct der_span a, struct der_span b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (folded(a.at[i]) != folded(b.at[i]))
            return false;
    return true;
}

/* HOST as the bytes of an iPAddress: how many, 0 for a name. */
static size_t address_bytes(const char *host, unsigned char out[16])
{
    if (inet_pton(AF_INET, host, out) == 1)
        return 4;
    return inet_pton(AF_INET6, host, out) == 1 ? 16 : 0;
}

bool certname_is_address(const char *host)
{
    unsigned char address[16];
    return address_bytes(host, address) > 0;
}

static bool same_text(const char *a, const char *b, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes_lower(a[i]) != bytes_lower(b[i]))
            return false;
    return true;
}

/* "*." and at least two labels, for a HOST with one label in the star's place. */
static bool match_wildcard(const char *pattern, size_t size, const char *host, size_t host_size)
{
    const char *dot = memchr(host, '.', host_size);
    if (!dot || dot == host || size < 2 || pattern[1] != '.')
        return false;
    const char *tail = pattern + 1; /* ".example.org" */
    size_t tail_size = size - 1, host_tail = host_size - (size_t)(dot - host);
    const char *second = memchr(tail + 1, '.', tail_size - 1);
    if (!second || second == tail + 1 || second + 1 == tail + tail_size ||
        memchr(tail, '*', tail_size))
        return false;
    return tail_size == host_tail && same_text(tail, dot, tail_size);
}

static bool match_name(struct der_span name, const char *host)
{
    const char *pattern = (const char *)name.at;
    size_t size = name.size, host_size = strlen(host);
    if (host_size > 0 && host[host_size - 1] == '.')
        host_size--;
    if (host_size == 0 || size == 0)
        return false;
    if (pattern[0] == '*')
        return match_wildcard(pattern, size, host, host_size);
    return size == host_size && same_text(pattern, host, size);
}

/* Sentences. */

void certname_show(unsigned char tag, struct der_span name, char *out, size_t size)
{
    out[0] = '\0';
    if (tag == CERTNAME_DNS)
        bytes_caret((const char *)name.at, name.size, "", out, size);
    else if (tag == CERTNAME_ADDRESS && name.size == 4)
        inet_ntop(AF_INET, name.at, out, (socklen_t)size);
    else if (tag == CERTNAME_ADDRESS && name.size == 16)
        inet_ntop(AF_INET6, name.at, out, (socklen_t)size);
}

/* An address that stands in the certificate, but as a DNS name, which is no use to anybody. */
static int misplaced(const char *host, struct fault *fault)
{
    return fault_set(fault, FAULT_TLS,
                     "wrong name: the certificate has '%s' as a DNS name, but for an address only "
                     "an iPAddress entry counts, and none is right",
                     host);
}

static int wrong_name(struct der_span list, const char *host, struct fault *fault)
{
    char shown[SHOWN_MAX] = "", one[NAME_MAX_SHOWN];
    size_t used = 0, more = 0;
    struct der_span name;
    unsigned char tag;
    while (list.size > 0 && der_next(&list, &tag, &name) == 0) {
        certname_show(tag, name, one, sizeof one);
        if (tag == CERTNAME_DNS && certname_is_address(host) && strcmp(one, host) == 0)
            return misplaced(host, fault);
        if (one[0] == '\0')
            continue;
        if (used + strlen(one) + 3 > sizeof shown) {
            more++;
            continue;
        }
        used += (size_t)snprintf(shown + used, sizeof shown - used, "%s%s", used ? ", " : "", one);
    }
    if (used == 0)
        return fault_set(fault, FAULT_TLS,
                         "wrong name: the certificate is for no host at all, not for '%s' (its "
                         "common name does not count, only subjectAltName does)",
                         host);
    if (more > 0)
        return fault_set(fault, FAULT_TLS,
                         "wrong name: the certificate is for %s and %zu more, not for '%s'", shown,
                         more, host);
    return fault_set(fault, FAULT_TLS, "wrong name: the certificate is for %s, not for '%s'", shown,
                     host);
}

static int refuse_nul(struct der_span name, struct fault *fault)
{
    char shown[NAME_MAX_SHOWN];
    certname_show(CERTNAME_DNS, name, shown, sizeof shown);
    return fault_set(fault, FAULT_TLS,
                     "the certificate has a name with a NUL byte in it, which is a known trick: %s",
                     shown);
}

int certname_check(const struct certname *names, const char *host, struct fault *fault)
{
    unsigned char address[16], tag;
    size_t address_size = address_bytes(host, address);
    struct der_span list = names->alternatives, name;
    bool found = false;
    while (list.size > 0) {
        if (der_next(&list, &tag, &name) < 0)
            return fault_set(fault, FAULT_TLS,
                             "the certificate's subjectAltName cannot be read (not DER)");
        if (tag == CERTNAME_DNS && name.size > 0 && memchr(name.at, '\0', name.size))
            return refuse_nul(name, fault);
        if (tag == CERTNAME_DNS && address_size == 0 && match_name(name, host))
            found = true;
        if (tag == CERTNAME_ADDRESS && address_size > 0 && name.size == address_size &&
            memcmp(name.at, address, address_size) == 0)
            found = true;
    }
    return found ? 0 : wrong_name(names->alternatives, host, fault);
}
