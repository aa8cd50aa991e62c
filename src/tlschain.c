/* SPDX-License-Identifier: MIT */
/* Certificate chains (RFC 5280, section 6), and why one is refused (T1-T3 of the hostile table).
 *
 *   server's certificate <- intermediate <- ... <- root
 *   \___________ sent by the server __________/    \_ in the trust store
 *
 * The library finds the path and checks signatures, CA flags, path lengths and key usage of
 * issuers. Judged here: the clock, hashes and key sizes (a profile), what the certificate may be
 * used for, the name, and which sentence says it best. Limits: a chain of MBEDTLS_X509_MAX_
 * INTERMEDIATE_CA (8) intermediates; RSA from 2048 bits; SHA-2.
 * Name constraints are not evaluated: the library refuses certificates where they are critical.
 */
#include "tlschain.h"

#include "certtime.h"
#include "tls.h"

#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DN_SIZE = 200, NOW_SIZE = 3 * CERTTIME_SIZE, LINKS_MAX = 16, RSA_BITS_MIN = 2048 };

enum { TIME_FLAGS = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE };

/* The handshake ran without trust store: what it says about trust, names and time is not ours. */
static const uint32_t handshake_ignored = MBEDTLS_X509_BADCERT_NOT_TRUSTED |
                                          MBEDTLS_X509_BADCERT_CN_MISMATCH | TIME_FLAGS |
                                          MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK;

static const mbedtls_x509_crt_profile profile = {
    MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    0xfffffff, /* every signature algorithm the library has */
    MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP521R1),
    RSA_BITS_MIN};

struct judge {
    mbedtls_x509_crt *peer; /* the server's certificate, the others follow */
    mbedtls_x509_crt roots; /* trusted ones that may have issued one of them */
    const struct castore *store;
    size_t trusted; /* certificates in store */
    struct fault *fault;
    int64_t clock; /* seconds since 1970: of the machine, or of --date */
    int64_t now;   /* by which dates are judged: later than clock when that was never set */
    bool given;    /* by --date */
    uint32_t flags;
    mbedtls_x509_crt *culprit[32]; /* by flag: the one nearest to the server's own */
};

static int64_t seconds(const mbedtls_x509_time *at)
{
    return certtime_seconds(at->year, at->mon, at->day) + (at->hour * 60 + at->min) * 60 + at->sec;
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

static struct der_span span(const mbedtls_x509_buf *buf)
{
    return (struct der_span){buf->p, buf->len};
}

static bool issued_by(const mbedtls_x509_crt *child, const mbedtls_x509_crt *parent)
{
    return certname_alike(span(&child->issuer_raw), span(&parent->subject_raw));
}

/* The trust store. */

static bool wanted(void *context, const struct certname *names)
{
    struct judge *judge = context;
    for (const mbedtls_x509_crt *at = judge->peer; at; at = at->next)
        if (certname_alike(names->subject, span(&at->issuer_raw)))
            return true;
    return false;
}

/* One that this library cannot read is as good as absent. */
static int candidate(void *context, const unsigned char *der, size_t size)
{
    struct judge *judge = context;
    errno = 0;
    int code = mbedtls_x509_crt_parse_der(&judge->roots, der, size);
    if (code < 0 && tlschain_out_of_memory(code))
        return fault_set(judge->fault, FAULT_LIMIT, "out of memory for certificates");
    return 0;
}

static bool is_root(const struct judge *judge, const mbedtls_x509_crt *certificate)
{
    for (const mbedtls_x509_crt *root = &judge->roots; root; root = root->next)
        if (root == certificate)
            return true;
    return false;
}

/* The key exchanges that are offered sign, so the server's key must be for signatures. An
 * intermediate that restricts what its certificates are for must allow servers. */
static uint32_t usage_flags(const struct judge *judge, const mbedtls_x509_crt *certificate,
                            int depth)
{
    uint32_t flags = 0;
    if (depth == 0 &&
        mbedtls_x509_crt_check_key_usage(certificate, MBEDTLS_X509_KU_DIGITAL_SIGNATURE) != 0)
        flags |= MBEDTLS_X509_BADCERT_KEY_USAGE;
    if (!is_root(judge, certificate) &&
        mbedtls_x509_crt_check_extended_key_usage(certificate, MBEDTLS_OID_SERVER_AUTH,
                                                  MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)) != 0)
        flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    return flags;
}

/* Called by the library for every link of the path, the root first. */
static int link_found(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    struct judge *judge = context;
    *flags &= ~(uint32_t)TIME_FLAGS;
    if (seconds(&certificate->valid_to) < judge->now)
        *flags |= MBEDTLS_X509_BADCERT_EXPIRED;
    if (seconds(&certificate->valid_from) > judge->now && judge->now == judge->clock)
        *flags |= MBEDTLS_X509_BADCERT_FUTURE;
    *flags |= usage_flags(judge, certificate, depth);
    for (unsigned bit = 0; bit < 32; bit++)
        if (*flags >> bit & 1)
            judge->culprit[bit] = certificate;
    return 0;
}

/* Sentences. */

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
    for (links = 0; links < LINKS_MAX && !issued_by(last, last); links++) {
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
    if (mbedtls_pk_can_do(&culprit->pk, MBEDTLS_PK_RSA) && bits < RSA_BITS_MIN)
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

/* The most telling of the reasons. */
static int verdict(const struct judge *judge)
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

static int judge_chain(struct judge *judge, const char *host)
{
    struct certname names;
    uint32_t flags = 0;
    if (castore_search(judge->store, wanted, candidate, judge, &judge->trusted, judge->fault) < 0)
        return -1;
    errno = 0;
    int code = mbedtls_x509_crt_verify_with_profile(judge->peer, &judge->roots, NULL, &profile,
                                                    NULL, &flags, link_found, judge);
    if (code != 0 && tlschain_out_of_memory(code))
        return fault_set(judge->fault, FAULT_LIMIT, "out of memory while verifying a certificate");
    if (code != 0 && code != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED)
        return fault_set(judge->fault, FAULT_TLS,
                         "the chain of certificates cannot be verified: it is too long, or broken "
                         "(mbedTLS error -0x%04x)",
                         (unsigned)-code);
    if (code != 0 && flags == 0)
        return fault_set(judge->fault, FAULT_TLS, "the chain of certificates cannot be verified");
    judge->flags |= flags;
    if (verdict(judge) < 0 ||
        certname_parse(judge->peer->raw.p, judge->peer->raw.len, &names, judge->fault) < 0)
        return -1;
    return certname_check(&names, host, judge->fault);
}

int tlschain_verify(mbedtls_x509_crt *peer, uint32_t flags, const char *host,
                    const struct castore *store, const char *date, char warning[TLSCHAIN_WARNING],
                    struct fault *fault)
{
    uint64_t given;
    char clock[CERTTIME_SIZE], built[CERTTIME_SIZE];
    struct judge judge = {.peer = peer, .store = store, .fault = fault};
    judge.given = date && tls_date(date, &given) == 0;
    judge.clock = judge.given ? (int64_t)given : (int64_t)time(NULL);
    judge.now = judge.clock < SMIDGIT_BUILD_TIME && !judge.given ? SMIDGIT_BUILD_TIME : judge.clock;
    judge.flags = flags & ~handshake_ignored;
    warning[0] = '\0';
    if (judge.now != judge.clock)
        snprintf(warning, TLSCHAIN_WARNING,
                 "this machine's clock says %s and was probably never set: certificates are judged "
                 "as if it were %s (--date says what time it is)",
                 certtime_format(judge.clock, clock), certtime_format(judge.now, built));
    mbedtls_x509_crt_init(&judge.roots);
    int rc = judge_chain(&judge, host);
    mbedtls_x509_crt_free(&judge.roots);
    return rc;
}

int tlschain_out_of_memory(int code)
{
    static const int high[] = {MBEDTLS_ERR_SSL_ALLOC_FAILED, MBEDTLS_ERR_X509_ALLOC_FAILED,
                               MBEDTLS_ERR_PK_ALLOC_FAILED, MBEDTLS_ERR_ECP_ALLOC_FAILED,
                               MBEDTLS_ERR_MD_ALLOC_FAILED};
    static const int low[] = {MBEDTLS_ERR_MPI_ALLOC_FAILED, MBEDTLS_ERR_ASN1_ALLOC_FAILED};
    unsigned value = code < 0 ? (unsigned)-code : 0;
    if (code != 0 && errno == ENOMEM)
        return 1;
    for (size_t i = 0; i < sizeof high / sizeof *high; i++)
        if ((value & 0xff80) == (unsigned)-high[i])
            return 1;
    for (size_t i = 0; i < sizeof low / sizeof *low; i++)
        if ((value & 0x7f) == (unsigned)-low[i])
            return 1;
    return 0;
}
