/* SPDX-License-Identifier: MIT */
/* TLS by mbedTLS 2.28 or 3.6: this file, tls/chain.c and tls/settings.c are all that knows it.
 *
 * TLS 1.2 (RFC 5246) and, where the library has it, 1.3 (RFC 8446). The library shakes hands
 * without a trust store and hands over the peer's certificates (mode OPTIONAL); they are judged in
 * tls/chain.c before a single byte is sent. So only those trusted certificates are ever parsed that
 * a chain asks for, and each reason for a refusal can have its own sentence. A stream that ends
 * without close_notify was cut (T4): that is never an end of file. Renegotiation, session tickets
 * and early data are off.
 */
#include "tls/tls.h"

#include "system/random.h"
#include "system/wipe.h"
#include "tls/carrier.h"
#include "tls/chain.h"
#include "tls/identity.h"
#include "tls/pinned_key.h"
#include "tls/settings.h"
#include "tls/trust.h"

#include <mbedtls/ssl.h>
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
#include <psa/crypto.h>
#endif

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if !defined(MBEDTLS_SSL_KEEP_PEER_CERTIFICATE)
#error "mbedTLS must be built with MBEDTLS_SSL_KEEP_PEER_CERTIFICATE"
#endif

enum {
    RECORD = 16 * 1024, /* bytes of plaintext in a TLS record at most */
    OUT_SIZE = 8 * 1024,
    HOST_SIZE = 256
};

struct tls {
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    struct net *net;
    struct tls *outer;
    struct fault *fault;
    bool ready;   /* hands were shaken and the peer is right */
    bool parting; /* what is sent now may get lost */
    bool starved; /* an allocation failed; the library goes on at times, with wrong values */
    struct reader reader;
    struct writer writer;
    size_t used; /* bytes in out */
    char description[96], warning[CHAIN_WARNING];
    unsigned char in[RECORD], out[OUT_SIZE];
};

/* The library's calls into the connection. The sentence is the connection's. */
static int send_bytes(void *context, const unsigned char *bytes, size_t size)
{
    struct tls *tls = context;
    int sent = size > RECORD ? RECORD : (int)size;
    tls->starved = tls->starved || errno == ENOMEM;
    if (tls->parting)
        carrier_farewell(tls->net, tls->outer, bytes, (size_t)sent);
    else if (carrier_send(tls->net, tls->outer, bytes, (size_t)sent) < 0)
        return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
    return sent;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t capacity)
{
    struct tls *tls = context;
    size_t got;
    tls->starved = tls->starved || errno == ENOMEM;
    int rc =
        carrier_receive(tls->net, tls->outer, bytes, capacity > RECORD ? RECORD : capacity, &got);
    if (rc < 0)
        return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
    return rc == 0 ? 0 : (int)got;
}

/* Sentences. */

enum { ALERT_CERTIFICATE_REQUIRED = 116 }; /* RFC 8446, 6.2; mbedTLS 2.28 has no name for it */

#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
#define PROTOCOL_VERSION "protocol too old: the server does not speak TLS 1.2 or later"
#else
/* An older server would have answered with its own version. */
#define PROTOCOL_VERSION \
    "protocol too new: the server wants TLS 1.3, which this build does not have"
#endif
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define LATER_LIBRARY "; the static build has a later one"
#else
#define LATER_LIBRARY ""
#endif

static const char *alert_reason(unsigned char alert)
{
    switch (alert) {
    case MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE:
    case MBEDTLS_SSL_ALERT_MSG_INSUFFICIENT_SECURITY:
        return "no agreement: the server has a key of a kind that is not taken here (Ed25519, "
               "RSA-PSS, in small builds P-521), wants a certificate from the client, or shares no "
               "cipher that is still safe";
    case ALERT_CERTIFICATE_REQUIRED:
        return "the server wants a certificate from the client";
    case MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION:
        return PROTOCOL_VERSION;
    case MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME:
        return "the server does not know the host name that was asked for";
    default:
        return "the server broke TLS off";
    }
}

#if !defined(MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION)
#define MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION
#endif

static int code_fault(struct tls *tls, int code, const char *doing)
{
    unsigned number = (unsigned)-code;
    if (tls->starved || chain_out_of_memory(code))
        return fault_set(tls->fault, FAULT_LIMIT, "out of memory in %s", doing);
    if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
        unsigned char alert = tls->ssl.MBEDTLS_PRIVATE(in_msg)[1];
        return fault_set(tls->fault, FAULT_TLS, "%s (alert %u in %s)", alert_reason(alert), alert,
                         doing);
    }
    if (code == MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION)
        return fault_set(tls->fault, FAULT_TLS,
                         "protocol too old: the server does not speak TLS 1.2 or later");
    if (code == MBEDTLS_ERR_SSL_CONN_EOF || code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
        return fault_set(tls->fault, FAULT_TLS, "the connection was cut in %s", doing);
    if (code == MBEDTLS_ERR_SSL_INVALID_RECORD && !tls->ready)
        return fault_set(tls->fault, FAULT_TLS,
                         "the server does not speak TLS on this port (is it http://?)");
    if (code == MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE)
        return fault_set(tls->fault, FAULT_TLS,
                         "the server needs something that mbedTLS " MBEDTLS_VERSION_STRING
                         " does not have in %s (it sends its certificate in several small TLS "
                         "records, perhaps)" LATER_LIBRARY,
                         doing);
    /* The same number stands for an extension of another type than it should be. */
    if (code == MBEDTLS_ERR_X509_INVALID_EXTENSIONS + MBEDTLS_ERR_ASN1_UNEXPECTED_TAG ||
        code == MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE)
        return fault_set(tls->fault, FAULT_TLS,
                         "the server sent a certificate with a critical extension this program "
                         "cannot judge (name constraints, for one), or with a damaged one");
    if (number >= 0x2000 && number < 0x3000)
        return fault_set(tls->fault, FAULT_TLS,
                         "the server's certificate cannot be read: damaged, or of an outdated or "
                         "unknown kind (mbedTLS error -0x%04x)",
                         number);
    return fault_set(tls->fault, FAULT_TLS, "%s failed (mbedTLS error -0x%04x)", doing, number);
}

/* Opening. */

/* The library's source of random numbers. */
static int give_random(void *context, unsigned char *bytes, size_t size)
{
    struct tls *tls = context;
    return random_bytes(bytes, size, tls->fault) < 0 ? MBEDTLS_ERR_SSL_INTERNAL_ERROR : 0;
}

/* TLS 1.3 is built on the library's PSA interface, which has to be started. It says "insufficient
 * entropy" also when it has no memory to gather any; so the kernel is asked first. */
static int start_library(struct tls *tls)
{
    unsigned char probe[1];
    if (random_bytes(probe, sizeof probe, tls->fault) < 0)
        return -1;
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
    psa_status_t status = psa_crypto_init();
    if (status == PSA_ERROR_INSUFFICIENT_MEMORY || status == PSA_ERROR_INSUFFICIENT_ENTROPY)
        return fault_set(tls->fault, FAULT_LIMIT, "out of memory for TLS");
    if (status != PSA_SUCCESS)
        return fault_set(tls->fault, FAULT_TLS, "TLS cannot be started (error %d)", (int)status);
#endif
    return 0;
}

#if defined(MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG)
psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context,
                                             uint8_t *bytes, size_t size, size_t *got)
{
    struct fault fault;
    (void)context;
    fault_clear(&fault);
    *got = random_bytes(bytes, size, &fault) < 0 ? 0 : size;
    return *got == size ? PSA_SUCCESS : PSA_ERROR_INSUFFICIENT_ENTROPY;
}
#endif

/* The name goes out as SNI; an address and the dot at the end of a name don't (RFC 6066). */
static int name_peer(struct tls *tls, const char *host, char name[HOST_SIZE])
{
    size_t length = strlen(host);
    if (length >= HOST_SIZE)
        return fault_set(tls->fault, FAULT_TLS, "the host's name is longer than a name can be");
    memcpy(name, host, length + 1);
    if (length > 0 && name[length - 1] == '.')
        name[length - 1] = '\0';
    int code = mbedtls_ssl_set_hostname(&tls->ssl, certname_is_address(name) ? NULL : name);
    return code == 0 ? 0 : code_fault(tls, code, "setting up TLS");
}

static int shake_hands(struct tls *tls)
{
    int code;
    errno = 0; /* out of memory shows there */
    net_deadline_begin(tls->net, "the TLS handshake", net_limits(tls->net)->connect_ms,
                       "--connect-timeout");
    do
        code = mbedtls_ssl_handshake(&tls->ssl);
    while (code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE);
    net_deadline_end(tls->net);
    return code == 0 ? 0 : code_fault(tls, code, "the TLS handshake");
}

static int verify(struct tls *tls, const char *host, const struct trust *store,
                  const struct tls_options *options)
{
    const mbedtls_x509_crt *peer = mbedtls_ssl_get_peer_cert(&tls->ssl);
    if (!peer)
        return fault_set(tls->fault, FAULT_TLS, "the server sent no certificate");
    /* The library's verification takes a chain that it could change, and doesn't. */
    mbedtls_x509_crt *chain = (mbedtls_x509_crt *)(uintptr_t)peer;
    int rc = 0;
    if (!options->insecure)
        rc = chain_verify(chain, mbedtls_ssl_get_verify_result(&tls->ssl), host, store,
                          options->date, tls->warning, tls->fault);
    if (rc == 0 && options->pins)
        rc = pinned_key_check(options->pins, peer->pk_raw.p, peer->pk_raw.len, tls->fault);
    if (rc == 0)
        return 0;
    tls->parting = true;
    mbedtls_ssl_send_alert_message(&tls->ssl, MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                   MBEDTLS_SSL_ALERT_MSG_BAD_CERT);
    return -1;
}

/* "TLSv1.2" and "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256" as the RFCs write them. */
static void describe(struct tls *tls)
{
    const char *version = mbedtls_ssl_get_version(&tls->ssl);
    const char *suite = mbedtls_ssl_get_ciphersuite(&tls->ssl);
    bool newest = suite && strncmp(suite, "TLS1-3-", 7) == 0;
    int used = snprintf(tls->description, sizeof tls->description, "TLS %s, %s%s",
                        version && strlen(version) > 4 ? version + 4 : "?", newest ? "TLS_" : "",
                        suite ? suite + (newest ? 7 : 0) : "?");
    for (int i = 0; i < used && i < (int)sizeof tls->description; i++)
        if (tls->description[i] == '-')
            tls->description[i] = '_';
}

static int open_verified(struct tls *tls, const char *host, const struct tls_options *options)
{
    struct trust store = {.path = NULL};
    char name[HOST_SIZE];
    if (!options->insecure && trust_locate(&store, options->ca_file, tls->fault) < 0)
        return -1;
    if (options->ca_file && options->ca_said_by)
        store.said_by = options->ca_said_by;
    if (start_library(tls) < 0)
        return -1;
    int code = settings_client(&tls->config);
    mbedtls_ssl_conf_rng(&tls->config, give_random, tls);
    if (code == 0 && options->identity)
        code = identity_present(options->identity, &tls->config);
    if (code == 0)
        code = mbedtls_ssl_setup(&tls->ssl, &tls->config);
    if (code != 0)
        return code_fault(tls, code, "setting up TLS");
    mbedtls_ssl_set_bio(&tls->ssl, tls, send_bytes, receive_bytes, NULL);
    if (name_peer(tls, host, name) < 0 || shake_hands(tls) < 0)
        return -1;
    if ((!options->insecure || options->pins) && verify(tls, name, &store, options) < 0)
        return -1;
    describe(tls);
    tls->ready = true;
    return 0;
}

/* Reading and writing. */

static int tls_more(struct reader *reader)
{
    struct tls *tls = (struct tls *)(void *)((char *)reader - offsetof(struct tls, reader));
    int got;
    do
        got = mbedtls_ssl_read(&tls->ssl, tls->in, sizeof tls->in);
    while (got == MBEDTLS_ERR_SSL_WANT_READ || got == MBEDTLS_ERR_SSL_WANT_WRITE
#if defined(MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
           || got == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
#endif
    );
    if (got == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
        return 0;
    if (got == 0 || got == MBEDTLS_ERR_SSL_CONN_EOF)
        return fault_set(tls->fault, FAULT_NETWORK,
                         "the connection was cut: it ended without TLS's close_notify");
    if (got < 0)
        return code_fault(tls, got, "receiving by TLS");
    reader->at = tls->in;
    reader->end = tls->in + got;
    reader->offset += (size_t)got;
    return 1;
}

static int send_plain(struct tls *tls, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        int sent = mbedtls_ssl_write(&tls->ssl, bytes, size);
        if (sent == MBEDTLS_ERR_SSL_WANT_READ || sent == MBEDTLS_ERR_SSL_WANT_WRITE)
            continue;
        if (sent <= 0)
            return code_fault(tls, sent, "sending by TLS");
        bytes += sent;
        size -= (size_t)sent;
    }
    return 0;
}

int tls_flush(struct tls *tls)
{
    size_t used = tls->used;
    tls->used = 0;
    int rc = send_plain(tls, tls->out, used);
    wipe(tls->out, used); /* there was a password in it */
    return rc;
}

static int tls_put(struct writer *writer, const void *bytes, size_t size)
{
    struct tls *tls = (struct tls *)(void *)((char *)writer - offsetof(struct tls, writer));
    if (size > sizeof tls->out - tls->used && tls_flush(tls) < 0)
        return -1;
    if (size > sizeof tls->out)
        return send_plain(tls, bytes, size);
    if (size > 0)
        memcpy(tls->out + tls->used, bytes, size);
    tls->used += size;
    return 0;
}

struct tls *tls_open(struct net *net, const char *host, const struct tls_options *options,
                     struct fault *fault)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls) {
        fault_set(fault, FAULT_LIMIT, "out of memory for TLS");
        return NULL;
    }
    tls->net = net;
    tls->outer = options->outer;
    tls->fault = fault;
    tls->reader = (struct reader){.more = tls_more, .name = "TLS", .fault = fault};
    tls->writer = (struct writer){.put = tls_put, .name = "TLS", .fault = fault};
    mbedtls_ssl_init(&tls->ssl);
    mbedtls_ssl_config_init(&tls->config);
    if (open_verified(tls, host, options) == 0)
        return tls;
    tls_close(tls);
    return NULL;
}

void tls_close(struct tls *tls)
{
    if (!tls)
        return;
    tls->parting = true;
    if (tls->ready)
        mbedtls_ssl_close_notify(&tls->ssl);
    mbedtls_ssl_free(&tls->ssl);
    mbedtls_ssl_config_free(&tls->config);
    wipe(tls->out, sizeof tls->out);
    wipe(tls->in, sizeof tls->in);
    free(tls);
}

struct reader *tls_reader(struct tls *tls)
{
    return &tls->reader;
}

struct writer *tls_writer(struct tls *tls)
{
    return &tls->writer;
}

const char *tls_describe(const struct tls *tls)
{
    return tls->description;
}

const char *tls_warning(const struct tls *tls)
{
    return tls->warning[0] ? tls->warning : NULL;
}

const char *tls_version(void)
{
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
    return "mbedTLS " MBEDTLS_VERSION_STRING ", TLS 1.3";
#else
    return "mbedTLS " MBEDTLS_VERSION_STRING ", TLS 1.2";
#endif
}
