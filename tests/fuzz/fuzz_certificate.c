/* SPDX-License-Identifier: MIT */
/* A server's chain, judged without a connection. The input is a byte that says how, and
 * certificates in DER, of which the last is the trusted one. A chain that is accepted is for its
 * host and for its time, has no weak hash or key, and is refused when any bit of what was signed is
 * another.
 */
#include "proto/bytes.h"
#include "system/base64.h"
#include "tls/certtime.h"
#include "tls/chain.h"

#include "../unit/scratch.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

#include <stdint.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { CERTIFICATES = 12, DEPTH = 40, DER_MAX = 8192 };

struct chain {
    struct der_span certificates[CERTIFICATES];
    size_t count;
    const char *host, *date;
    int64_t now;    /* of date */
    uint32_t flags; /* of the handshake */
    unsigned bit;   /* which one is changed in the end */
};

static void is_inside(struct der_span part, struct der_span whole)
{
    if (part.at < whole.at || part.size > whole.size ||
        (size_t)(part.at - whole.at) > whole.size - part.size)
        abort();
}

static void look_at_elements(struct der_span in, unsigned depth)
{
    struct der_span before = in, content, whole;
    unsigned char tag;
    for (; der_next(&in, &tag, &content) == 0; before = in) {
        is_inside(content, before);
        is_inside(in, before);
        struct der_span again = before, other = before;
        if (der_whole(&again, tag, &whole) < 0 || again.at != in.at || whole.at != before.at ||
            whole.size != (size_t)(in.at - before.at) || content.at + content.size != in.at ||
            der_expect(&other, (unsigned char)(tag + 1), &whole) == 0 || other.at != before.at ||
            other.size != before.size)
            abort();
        if (depth < DEPTH)
            look_at_elements(content, depth + 1);
    }
    if (in.at != before.at || in.size != before.size)
        abort();
}

static void is_text(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 127)
            abort();
}

static int64_t seconds(const mbedtls_x509_time *at)
{
    return certtime_seconds(at->year, at->mon, at->day) + (at->hour * 60 + at->min) * 60 + at->sec;
}

static void look_at_time(const mbedtls_x509_time *at)
{
    char expected[CERTTIME_SIZE], got[CERTTIME_SIZE];
    snprintf(expected, sizeof expected, "%04d-%02d-%02d %02d:%02d UTC", at->year, at->mon, at->day,
             at->hour, at->min);
    certtime_format(seconds(at), got);
    if (seconds(at) >= 0 && strcmp(got, expected) != 0)
        abort();
}

static void look_at_names(struct der_span der)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1", "::1"};
    struct fault fault = {.class = FAULT_NONE};
    struct certname names;
    if (certname_parse(der.at, der.size, &names, &fault) < 0) {
        if (fault.class != FAULT_TLS)
            abort();
        return;
    }
    is_inside(names.issuer, der);
    is_inside(names.subject, der);
    if (names.alternatives.at)
        is_inside(names.alternatives, der);
    if (names.constraints.at)
        is_inside(names.constraints, der);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        fault_clear(&fault);
        if ((certname_check(&names, hosts[i], &fault) < 0) != (fault.class == FAULT_TLS))
            abort();
        is_text(fault.text);
    }
}

static void trust_last(const struct chain *chain)
{
    static char text[BASE64_LENGTH(DER_MAX) + 1];
    struct der_span last = chain->certificates[chain->count - 1];
    FILE *file = fopen("trusted.pem", "w");
    base64_format(last.at, last.size, text);
    fputs("-----BEGIN CERTIFICATE-----\n", file);
    for (const char *at = text; *at; at += strnlen(at, 64))
        fprintf(file, "%.64s\n", at);
    fputs("-----END CERTIFICATE-----\n", file);
    fclose(file);
}

/* The handshake would have ended where the library cannot read one of them. */
static int read_sent(const struct chain *chain, mbedtls_x509_crt *sent)
{
    size_t count = chain->count > 1 ? chain->count - 1 : 1;
    mbedtls_x509_crt_init(sent);
    for (size_t i = 0; i < count; i++)
        if (mbedtls_x509_crt_parse_der(sent, chain->certificates[i].at,
                                       chain->certificates[i].size) != 0)
            return -1;
    return 0;
}

static int verify(const struct chain *chain, mbedtls_x509_crt *sent)
{
    const struct trust store = {.path = "trusted.pem", .said_by = "--cacert"};
    struct fault fault = {.class = FAULT_NONE};
    char warning[CHAIN_WARNING];
    int rc = chain_verify(sent, chain->flags, chain->host, &store, chain->date, warning, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE) || (rc < 0 && fault.class != FAULT_TLS))
        abort();
    is_text(fault.text);
    is_text(warning);
    return rc;
}

static void look_at_accepted(const struct chain *chain, const mbedtls_x509_crt *own)
{
    struct fault fault = {.class = FAULT_NONE};
    struct certname names;
    struct der_span last = chain->certificates[chain->count - 1];
    bool trusted = own->raw.len == last.size && memcmp(own->raw.p, last.at, last.size) == 0;
    mbedtls_md_type_t hash = own->MBEDTLS_PRIVATE(sig_md);
    if (certname_parse(own->raw.p, own->raw.len, &names, &fault) < 0 ||
        certname_check(&names, chain->host, &fault) < 0 || chain->flags != 0)
        abort();
    /* Without a date it is this machine's, which has gone on since. */
    int64_t now = chain->date ? chain->now : (int64_t)time(NULL) - 60;
    if (seconds(&own->valid_to) < now || (chain->date && seconds(&own->valid_from) > now))
        abort();
    if (!trusted && hash != MBEDTLS_MD_SHA256 && hash != MBEDTLS_MD_SHA384 &&
        hash != MBEDTLS_MD_SHA512)
        abort();
    if (!trusted && mbedtls_pk_can_do(&own->pk, MBEDTLS_PK_RSA) &&
        mbedtls_pk_get_bitlen(&own->pk) < 2048)
        abort();
}

/* The same chain with one bit of its first certificate changed. */
static void change(struct chain *chain, const mbedtls_x509_crt *own)
{
    static unsigned char changed[DER_MAX];
    mbedtls_x509_crt sent;
    size_t at = (size_t)(own->tbs.p - own->raw.p) + chain->bit / 8 % own->tbs.len;
    memcpy(changed, own->raw.p, own->raw.len);
    changed[at] ^= (unsigned char)(1 << chain->bit % 8);
    chain->certificates[0] = (struct der_span){changed, own->raw.len};
    if (read_sent(chain, &sent) == 0 && verify(chain, &sent) == 0)
        abort();
    mbedtls_x509_crt_free(&sent);
}

static void judge(struct chain *chain)
{
    mbedtls_x509_crt sent;
    trust_last(chain);
    if (read_sent(chain, &sent) == 0) {
        for (const mbedtls_x509_crt *at = &sent; at; at = at->next) {
            look_at_time(&at->valid_from);
            look_at_time(&at->valid_to);
        }
        if (verify(chain, &sent) == 0) {
            look_at_accepted(chain, &sent);
            change(chain, &sent);
        }
    }
    mbedtls_x509_crt_free(&sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1", "a.third.example", "10.0.2.2"};
    static const char *const dates[] = {NULL, "@1790000000", "@1400000000", "@3800000000"};
    static const int64_t nows[] = {0, 1790000000, 1400000000, 3800000000};
    struct chain chain = {.count = 0};
    if (size == 0)
        return 0;
    if (scratch_path[0] == '\0') {
        scratch_open();
        atexit(scratch_close);
    }
    chain.host = hosts[bytes[0] & 3];
    chain.date = dates[bytes[0] >> 2 & 3];
    chain.now = nows[bytes[0] >> 2 & 3];
    chain.flags = bytes[0] & 16 ? MBEDTLS_X509_BADCERT_EXT_KEY_USAGE : 0;
    struct der_span rest = {bytes + 1, size - 1};
    look_at_elements(rest, 0);
    for (size_t i = 0; i < size; i++)
        chain.bit = chain.bit * 31 + bytes[i];
    struct der_span whole;
    while (chain.count < CERTIFICATES && der_whole(&rest, DER_SEQUENCE, &whole) == 0 &&
           whole.size <= DER_MAX) {
        look_at_names(whole);
        chain.certificates[chain.count++] = whole;
    }
    if (chain.count > 0)
        judge(&chain);
    return 0;
}
