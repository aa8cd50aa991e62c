/* SPDX-License-Identifier: MIT */
/* The sentences for chains that are refused (T1-T3, T5 of the hostile table). One reason hides the
 * others: a forgeable signature says more than a date.
 */
#include "tls/refused_certificate.h"

#include "tls/certtime.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

enum { DN_SIZE = 200, NOW_SIZE = 3 * CERTTIME_SIZE };

struct der_span refused_certificate_span(const mbedtls_x509_buf *buf)
{
    return (struct der_span){buf->p, buf->len};
}

static const char *show_date(const mbedtls_x509_time *at, char out[CERTTIME_SIZE])
{
    snprintf(out, CERTTIME_SIZE, "%04d-%02d-%02d %02d:%02d UTC", at->year, at->mon, at->day,
             at->hour, at->min);
    return out;
}

static const char *show_dn(const mbedtls_x509_name *name, char out[DN_SIZE])
{
    if (mbedtls_x509_dn_gets(out, DN_SIZE, name) < 0)
        snprintf(out, DN_SIZE, "(a very long name)");
    return out;
}

static bool issued_alike(const mbedtls_x509_crt *a, const mbedtls_x509_crt *b)
{
    return certname_alike(refused_certificate_span(&a->issuer_raw),
                          refused_certificate_span(&b->issuer_raw));
}

static bool issued_by(const mbedtls_x509_crt *child, const mbedtls_x509_crt *parent)
{
    return certname_alike(refused_certificate_span(&child->issuer_raw),
                          refused_certificate_span(&parent->subject_raw));
}

/* Why NEXT, BELOW other issuers, cannot have issued what it is said to have issued; 0 if it can. */
static int refuse_issuer(const struct judge *judge, const mbedtls_x509_crt *next, int below)
{
    char subject[DN_SIZE];
    int most = next->MBEDTLS_PRIVATE(max_pathlen); /* one more than is written there; 0: none */
    show_dn(&next->subject, subject);
    if (!next->MBEDTLS_PRIVATE(ca_istrue))
        return fault_set(judge->fault, FAULT_TLS,
                         "no authority: a certificate in the chain was issued by '%s', which is no "
                         "certificate authority (CA:FALSE)",
                         subject);
    if (most > 0 && below >= most)
        return fault_set(judge->fault, FAULT_TLS,
                         "chain too long: '%s' allows %d authorities below it, there are %d",
                         subject, most - 1, below);
    return 0;
}

/* It is among the trusted ones, but the library would not read it. */
static int unusable(const struct judge *judge, const char *issuer)
{
    if (judge->unusable_code == MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE)
        return fault_set(judge->fault, FAULT_TLS,
                         "unknown issuer: the trusted certificate '%s' in %s has a critical "
                         "extension this program cannot judge",
                         issuer, judge->store->path);
    return fault_set(judge->fault, FAULT_TLS,
                     "unknown issuer: the trusted certificate '%s' in %s cannot be used: it is "
                     "damaged, or its key is of an unknown kind (mbedTLS error -0x%04x)",
                     issuer, judge->store->path, (unsigned)-judge->unusable_code);
}

static int refuse_untrusted(const struct judge *judge, const mbedtls_x509_crt *last, int below)
{
    char issuer[DN_SIZE], subject[DN_SIZE];
    bool own = issued_by(last, last);
    show_dn(&last->issuer, issuer);
    show_dn(&last->subject, subject);
    if (own && last == judge->peer)
        return fault_set(judge->fault, FAULT_TLS,
                         "self-signed: the server's certificate ('%s') was issued by itself, and "
                         "it is not among the %zu trusted certificates in %s",
                         subject, judge->trusted, judge->store->path);
    for (const mbedtls_x509_crt *root = &judge->roots; root && root->raw.p; root = root->next) {
        if (!issued_by(last, root))
            continue;
        if (!own && root->MBEDTLS_PRIVATE(ca_istrue) && refuse_issuer(judge, root, below) < 0)
            return -1;
        return fault_set(judge->fault, FAULT_TLS,
                         "bad signature: the trusted certificate '%s' in %s has not issued what "
                         "the server sent as its work ('%s')",
                         issuer, judge->store->path, subject);
    }
    if (judge->unusable && issued_alike(judge->unusable, last))
        return unusable(judge, issuer);
    if (last == judge->peer)
        return fault_set(judge->fault, FAULT_TLS,
                         "incomplete chain: the server sent no certificate of its issuer '%s', and "
                         "it is not among the %zu trusted certificates in %s",
                         issuer, judge->trusted, judge->store->path);
    return fault_set(judge->fault, FAULT_TLS,
                     "unknown issuer: '%s' is not among the %zu trusted certificates in %s "
                     "(another file can be named with --cacert)",
                     issuer, judge->trusted, judge->store->path);
}

/* Follows the chain by names, to say where it fails. */
static int untrusted(const struct judge *judge)
{
    const mbedtls_x509_crt *last = judge->peer;
    int links;
    for (links = 0; links < REFUSED_CERTIFICATE_LINKS_MAX && !issued_by(last, last); links++) {
        const mbedtls_x509_crt *next = judge->peer;
        while (next && (next == last || !issued_by(last, next)))
            next = next->next;
        if (!next)
            break;
        if (refuse_issuer(judge, next, links) < 0)
            return -1;
        last = next;
    }
    return refuse_untrusted(judge, last, links);
}

/* The time that dates were judged at, and where it is from. */
static const char *show_now(const struct judge *judge, char out[NOW_SIZE])
{
    char now[CERTTIME_SIZE], clock[CERTTIME_SIZE];
    certtime_format(judge->now, now);
    if (judge->given)
        snprintf(out, NOW_SIZE, "--date says %s", now);
    else if (judge->now == judge->clock)
        snprintf(out, NOW_SIZE, "this machine's clock says %s", now);
    else
        snprintf(out, NOW_SIZE,
                 "that is before this program was made, at %s (this machine's clock says %s, which "
                 "does not count)",
                 now, certtime_format(judge->clock, clock));
    return out;
}

static int wrong_time(const struct judge *judge, const mbedtls_x509_crt *culprit, bool expired)
{
    char date[CERTTIME_SIZE], now[NOW_SIZE], subject[DN_SIZE];
    show_dn(&culprit->subject, subject);
    show_now(judge, now);
    if (expired)
        return fault_set(judge->fault, FAULT_TLS,
                         "expired: the certificate of '%s' was valid until %s; %s", subject,
                         show_date(&culprit->valid_to, date), now);
    return fault_set(judge->fault, FAULT_TLS,
                     "not yet valid: the certificate of '%s' is valid from %s; %s: is it right? "
                     "(--date says what time it is)",
                     subject, show_date(&culprit->valid_from, date), now);
}

static int weak_signature(const struct judge *judge, const mbedtls_x509_crt *culprit)
{
    char subject[DN_SIZE];
    const mbedtls_md_type_t hash = culprit->MBEDTLS_PRIVATE(sig_md);
    return fault_set(judge->fault, FAULT_TLS,
                     "weak signature: the certificate of '%s' is signed with %s, which can be "
                     "forged; SHA-256 or better is needed",
                     show_dn(&culprit->subject, subject),
                     hash == MBEDTLS_MD_SHA1  ? "SHA-1"
                     : hash == MBEDTLS_MD_MD5 ? "MD5"
                                              : "an outdated hash");
}

/* The library blames a weak issuer's key on what was signed with it. */
static int weak_key(const struct judge *judge, const mbedtls_x509_crt *culprit)
{
    char name[DN_SIZE];
    size_t bits = mbedtls_pk_get_bitlen(&culprit->pk);
    if (mbedtls_pk_can_do(&culprit->pk, MBEDTLS_PK_RSA) && bits < REFUSED_CERTIFICATE_RSA_BITS_MIN)
        return fault_set(
            judge->fault, FAULT_TLS,
            "weak key: the certificate of '%s' has a key of %zu bits that is not safe; "
            "RSA needs 2048 at least",
            show_dn(&culprit->subject, name), bits);
    return fault_set(judge->fault, FAULT_TLS,
                     "weak key: '%s', which issued a certificate of the chain, has a key that is "
                     "not safe; RSA needs 2048 bits at least",
                     show_dn(&culprit->issuer, name));
}

static int wrong_usage(const struct judge *judge, const mbedtls_x509_crt *culprit)
{
    char subject[DN_SIZE];
    return fault_set(judge->fault, FAULT_TLS,
                     "wrong usage: the certificate of '%s' must not be used by a web server (key "
                     "usage)",
                     show_dn(&culprit->subject, subject));
}

static mbedtls_x509_crt *culprit_of(const struct judge *judge, uint32_t flags)
{
    for (unsigned bit = 0; bit < 32; bit++)
        if (flags >> bit & 1 && judge->culprit[bit])
            return judge->culprit[bit];
    return judge->peer;
}

int refused_certificate_verdict(const struct judge *judge)
{
    static const uint32_t usage = MBEDTLS_X509_BADCERT_KEY_USAGE |
                                  MBEDTLS_X509_BADCERT_EXT_KEY_USAGE |
                                  MBEDTLS_X509_BADCERT_NS_CERT_TYPE;
    static const uint32_t hash = MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK;
    uint32_t flags = judge->flags;
    if (flags & hash)
        return weak_signature(judge, culprit_of(judge, hash));
    if (flags & MBEDTLS_X509_BADCERT_BAD_KEY)
        return weak_key(judge, culprit_of(judge, MBEDTLS_X509_BADCERT_BAD_KEY));
    if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
        return untrusted(judge);
    if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
        return wrong_time(judge, culprit_of(judge, MBEDTLS_X509_BADCERT_EXPIRED), true);
    if (flags & MBEDTLS_X509_BADCERT_FUTURE)
        return wrong_time(judge, culprit_of(judge, MBEDTLS_X509_BADCERT_FUTURE), false);
    if (flags & usage)
        return wrong_usage(judge, culprit_of(judge, usage));
    if (flags != 0)
        return fault_set(judge->fault, FAULT_TLS, "the certificate is refused (flags %#" PRIx32 ")",
                         flags);
    return 0;
}
