/* SPDX-License-Identifier: MIT */
/* Certificate chains (RFC 5280, section 6), judged (T1-T3, T5 of the hostile table).
 *
 *   server's certificate <- intermediate <- ... <- root
 *   \___________ sent by the server __________/    \_ in the trust store
 *
 * The library finds the path and checks signatures, CA flags, path lengths and key usage of
 * issuers. Judged here: the clock, hashes and key sizes (a profile), what the certificate may be
 * used for, the name, and the name constraints of each authority (tls/certlimit.c). Limits: a chain
 * of MBEDTLS_X509_MAX_INTERMEDIATE_CA (8) intermediates; RSA from 2048 bits; SHA-2.
 *
 * What is trusted is trusted for its name and its key: the library gets it without its signature,
 * which it may not know how to check, and with its name constraints allowed to be critical. In what
 * the server sends, the library refuses whatever is critical and unknown to it, in the handshake.
 * A server's certificate that is itself among the trusted ones needs no authority.
 */
#include "tls/chain.h"

#include "tls/builtin_encoding.h"
#include "tls/certlimit.h"
#include "tls/certtime.h"
#include "tls/date.h"
#include "tls/refused_certificate.h"

#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/ssl.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    TRUSTED_MAX = 16 * 1024, /* bytes of a trusted certificate without its signature */
    TIME_FLAGS = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE
};

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
    REFUSED_CERTIFICATE_RSA_BITS_MIN};

static int64_t seconds(const mbedtls_x509_time *at)
{
    return certtime_seconds(at->year, at->mon, at->day) + (at->hour * 60 + at->min) * 60 + at->sec;
}

/* The trust store. */

/* The first of the peer's certificates that SUBJECT may have issued. */
static const mbedtls_x509_crt *issued(const struct judge *judge, struct der_span subject)
{
    const mbedtls_x509_crt *at = judge->peer;
    while (at && !certname_alike(subject, refused_certificate_span(&at->issuer_raw)))
        at = at->next;
    return at;
}

static bool wanted(void *context, const struct certname *names)
{
    struct judge *judge = context;
    return issued(judge, names->subject) ||
           certname_alike(names->subject, refused_certificate_span(&judge->peer->subject_raw));
}

/* The library's question about an extension that it does not know: 0 lets it pass. */
static int judge_extension(void *context, const mbedtls_x509_crt *certificate,
                           const mbedtls_x509_buf *oid, int critical, const unsigned char *at,
                           const unsigned char *end)
{
    (void)context, (void)certificate, (void)critical, (void)at, (void)end;
    return MBEDTLS_OID_CMP(MBEDTLS_OID_NAME_CONSTRAINTS, oid) == 0
               ? 0
               : MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE;
}

/* One that this library cannot read is as good as absent, but for the sentence. */
static int candidate(void *context, const unsigned char *der, size_t size)
{
    struct judge *judge = context;
    unsigned char room[TRUSTED_MAX];
    struct der_span bare = {der, size};
    struct certname names;
    struct fault ignored = {.class = FAULT_NONE};
    if (size == judge->peer->raw.len && memcmp(der, judge->peer->raw.p, size) == 0) {
        judge->leaf_trusted = true;
        return 0;
    }
    builtin_encoding_unsigned(bare, room, sizeof room, &bare);
    errno = 0;
    int code = mbedtls_x509_crt_parse_der_with_ext_cb(&judge->roots, bare.at, bare.size, 1,
                                                      judge_extension, NULL);
    if (code < 0 && chain_out_of_memory(code))
        return fault_set(judge->fault, FAULT_LIMIT, "out of memory for certificates");
    if (code < 0 && certname_parse(der, size, &names, &ignored) == 0) {
        judge->unusable = issued(judge, names.subject);
        judge->unusable_code = code;
    }
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
    if (judge->leaf_trusted)
        *flags &= depth > 0 ? 0 : ~(uint32_t)MBEDTLS_X509_BADCERT_NOT_TRUSTED;
    if (depth < 0 || depth >= REFUSED_CERTIFICATE_LINKS_MAX)
        return MBEDTLS_ERR_X509_FATAL_ERROR;
    judge->path[depth] = certificate;
    if ((size_t)depth >= judge->path_length)
        judge->path_length = (size_t)depth + 1;
    for (unsigned bit = 0; bit < 32; bit++)
        if (*flags >> bit & 1)
            judge->culprit[bit] = certificate;
    return 0;
}

/* Every authority's name constraints, over every certificate below it. An intermediate that an
 * authority issued to itself, to change its key, has that authority's name (RFC 5280, 6.1.3). */
static int judge_names(const struct judge *judge, const char *host)
{
    struct certname names[REFUSED_CERTIFICATE_LINKS_MAX];
    size_t left = CERTLIMIT_COMPARISONS;
    for (size_t i = 0; i < judge->path_length; i++)
        if (certname_parse(judge->path[i]->raw.p, judge->path[i]->raw.len, &names[i],
                           judge->fault) < 0)
            return -1;
    if (certname_check(&names[0], host, judge->fault) < 0)
        return -1;
    if (judge->leaf_trusted)
        return 0;
    for (size_t top = judge->path_length - 1; top > 0; top--)
        for (size_t i = 0; i < top; i++) {
            const struct der_span subject = names[i].subject, issuer = names[i].issuer;
            bool own =
                subject.size == issuer.size && memcmp(subject.at, issuer.at, subject.size) == 0;
            if ((i == 0 || !own) &&
                certlimit_check(&names[top], &names[i], &left, judge->fault) < 0)
                return -1;
        }
    return 0;
}

static int judge_chain(struct judge *judge, const char *host)
{
    uint32_t flags = 0;
    if (trust_search(judge->store, wanted, candidate, judge, &judge->trusted, judge->fault) < 0)
        return -1;
    errno = 0;
    int code = mbedtls_x509_crt_verify_with_profile(judge->peer, &judge->roots, NULL, &profile,
                                                    NULL, &flags, link_found, judge);
    if (code != 0 && chain_out_of_memory(code))
        return fault_set(judge->fault, FAULT_LIMIT, "out of memory while verifying a certificate");
    if (code != 0 && code != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED)
        return fault_set(judge->fault, FAULT_TLS,
                         "the chain of certificates cannot be verified: it is too long, or broken "
                         "(mbedTLS error -0x%04x)",
                         (unsigned)-code);
    if (code != 0 && flags == 0)
        return fault_set(judge->fault, FAULT_TLS, "the chain of certificates cannot be verified");
    judge->flags |= flags;
    if (refused_certificate_verdict(judge) < 0)
        return -1;
    if (judge->path_length == 0)
        return fault_set(judge->fault, FAULT_TLS, "the chain of certificates cannot be verified");
    return judge_names(judge, host);
}

int chain_verify(mbedtls_x509_crt *peer, uint32_t flags, const char *host,
                 const struct trust *store, const char *date, char warning[CHAIN_WARNING],
                 struct fault *fault)
{
    char clock[CERTTIME_SIZE], built[CERTTIME_SIZE];
    struct judge judge = {.peer = peer, .store = store, .fault = fault};
    judge.given = date && date_parse(date, &judge.clock) == 0;
    if (!judge.given)
        judge.clock = (int64_t)time(NULL);
    judge.now = judge.given ? judge.clock : date_believe(judge.clock);
    judge.flags = flags & ~handshake_ignored;
    warning[0] = '\0';
    if (judge.now != judge.clock)
        snprintf(warning, CHAIN_WARNING,
                 "this machine's clock says %s and was probably never set: certificates are judged "
                 "as if it were %s (--date says what time it is)",
                 certtime_format(judge.clock, clock), certtime_format(judge.now, built));
    mbedtls_x509_crt_init(&judge.roots);
    int rc = judge_chain(&judge, host);
    mbedtls_x509_crt_free(&judge.roots);
    return rc;
}

int chain_out_of_memory(int code)
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
