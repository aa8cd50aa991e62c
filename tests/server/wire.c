/* SPDX-License-Identifier: MIT */
/* Plain or TLS, whole or in drips. */
#include "server.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
#include <psa/crypto.h>
#endif

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct wire {
    size_t written; /* bytes */
    int fd;
    const struct options *options;
    bool tls;
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_x509_crt certificate, client_ca;
    mbedtls_pk_context key;
    char in[16384]; /* what has come in and was not asked for yet */
    size_t at, end;
};

static int send_bytes(void *context, const unsigned char *bytes, size_t size)
{
    struct wire *wire = context;
    ssize_t sent = send(wire->fd, bytes, size, MSG_NOSIGNAL);
    return sent < 0 ? MBEDTLS_ERR_SSL_INTERNAL_ERROR : (int)sent;
}

/* Waits no longer than the server lives. */
static ssize_t receive_some(struct wire *wire, void *bytes, size_t size)
{
    struct pollfd fd = {.fd = wire->fd, .events = POLLIN};
    while (poll(&fd, 1, 200) <= 0)
        if (getppid() != wire->options->server)
            _exit(0);
    return recv(wire->fd, bytes, size, 0);
}

static int receive_bytes(void *context, unsigned char *bytes, size_t size)
{
    ssize_t got = receive_some(context, bytes, size);
    return got < 0 ? MBEDTLS_ERR_SSL_INTERNAL_ERROR : (int)got;
}

#if MBEDTLS_VERSION_NUMBER < 0x03000000
static int parse_key(struct wire *wire)
{
    return mbedtls_pk_parse_keyfile(&wire->key, wire->options->key, NULL);
}

static void configure_version(struct wire *wire)
{
    const char *newest = wire->options->max_tls;
    if (newest && strcmp(newest, "1.1") == 0)
        mbedtls_ssl_conf_max_version(&wire->config, MBEDTLS_SSL_MAJOR_VERSION_3,
                                     MBEDTLS_SSL_MINOR_VERSION_2);
}
#else
static int parse_key(struct wire *wire)
{
    return mbedtls_pk_parse_keyfile(&wire->key, wire->options->key, NULL, mbedtls_ctr_drbg_random,
                                    &wire->random);
}

static void configure_version(struct wire *wire)
{
    const char *newest = wire->options->max_tls;
    if (newest && strcmp(newest, "1.1") == 0)
        die("this mbedTLS does not speak TLS 1.1");
    if (newest)
        mbedtls_ssl_conf_max_tls_version(&wire->config, MBEDTLS_SSL_VERSION_TLS1_2);
}
#endif

static void prepare_tls(struct wire *wire)
{
    mbedtls_ssl_init(&wire->ssl);
    mbedtls_ssl_config_init(&wire->config);
    mbedtls_entropy_init(&wire->entropy);
    mbedtls_ctr_drbg_init(&wire->random);
    mbedtls_x509_crt_init(&wire->certificate);
    mbedtls_pk_init(&wire->key);
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
    psa_crypto_init();
#endif
    if (mbedtls_ctr_drbg_seed(&wire->random, mbedtls_entropy_func, &wire->entropy, NULL, 0) != 0)
        die("no entropy");
    if (mbedtls_x509_crt_parse_file(&wire->certificate, wire->options->certificate) != 0 ||
        parse_key(wire) != 0)
        die("cannot read the certificate or its key");
    if (mbedtls_ssl_config_defaults(&wire->config, MBEDTLS_SSL_IS_SERVER,
                                    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT) != 0)
        die("out of memory");
    configure_version(wire);
    mbedtls_x509_crt_init(&wire->client_ca);
    if (wire->options->client_ca) {
        if (mbedtls_x509_crt_parse_file(&wire->client_ca, wire->options->client_ca) != 0)
            die("cannot read --client-ca");
        mbedtls_ssl_conf_ca_chain(&wire->config, &wire->client_ca, NULL);
        mbedtls_ssl_conf_authmode(&wire->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    }
    mbedtls_ssl_conf_rng(&wire->config, mbedtls_ctr_drbg_random, &wire->random);
}

static bool shake_hands(struct wire *wire)
{
    prepare_tls(wire);
    if (mbedtls_ssl_conf_own_cert(&wire->config, &wire->certificate, &wire->key) != 0 ||
        mbedtls_ssl_setup(&wire->ssl, &wire->config) != 0)
        die("out of memory");
    mbedtls_ssl_set_bio(&wire->ssl, wire, send_bytes, receive_bytes, NULL);
    return mbedtls_ssl_handshake(&wire->ssl) == 0;
}

struct wire *wire_open(int fd, const struct options *options)
{
    struct wire *wire = calloc(1, sizeof *wire);
    if (!wire)
        die("out of memory");
    wire->fd = fd;
    wire->options = options;
    wire->tls = options->certificate != NULL;
    if (!wire->tls || shake_hands(wire))
        return wire;
    /* The alert must not be lost by a reset: the client has closed when it has read it. */
    shutdown(fd, SHUT_WR);
    for (char drain[512]; receive_some(wire, drain, sizeof drain) > 0;)
        ;
    return NULL;
}

static ssize_t fill(struct wire *wire)
{
    if (!wire->tls)
        return receive_some(wire, wire->in, sizeof wire->in);
    return mbedtls_ssl_read(&wire->ssl, (unsigned char *)wire->in, sizeof wire->in);
}

ssize_t wire_read(struct wire *wire, void *bytes, size_t size)
{
    if (wire->at == wire->end) {
        ssize_t got = fill(wire);
        if (got <= 0)
            return 0;
        wire->at = 0;
        wire->end = (size_t)got;
    }
    if (size > wire->end - wire->at)
        size = wire->end - wire->at;
    memcpy(bytes, wire->in + wire->at, size);
    wire->at += size;
    return (ssize_t)size;
}

static void write_some(struct wire *wire, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = wire->tls ? mbedtls_ssl_write(&wire->ssl, bytes, size)
                                 : send(wire->fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            _exit(0);
        bytes += sent;
        size -= (size_t)sent;
    }
}

void wire_write(struct wire *wire, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    size_t from = wire->options->drip_from, left = wire->written < from ? from - wire->written : 0;
    size_t at_once = wire->options->drip_ms == 0 || size < left ? size : left;
    write_some(wire, at, at_once);
    wire->written += at_once;
    at += at_once;
    size -= at_once;
    for (; size > 0; size--) {
        poll(NULL, 0, (int)wire->options->drip_ms);
        if (getppid() != wire->options->server)
            _exit(0);
        if (!wire->options->warn)
            write_some(wire, at++, 1);
        else if (mbedtls_ssl_send_alert_message(&wire->ssl, MBEDTLS_SSL_ALERT_LEVEL_WARNING,
                                                MBEDTLS_SSL_ALERT_MSG_NO_RENEGOTIATION) < 0)
            _exit(0);
    }
}

void wire_text(struct wire *wire, const char *text)
{
    wire_write(wire, text, strlen(text));
}

void wire_close(struct wire *wire)
{
    char drain[4096];
    if (wire->tls)
        mbedtls_ssl_close_notify(&wire->ssl);
    shutdown(wire->fd, SHUT_WR);
    while (receive_some(wire, drain, sizeof drain) > 0)
        ;
    if (wire->tls) {
        mbedtls_ssl_free(&wire->ssl);
        mbedtls_ssl_config_free(&wire->config);
        mbedtls_x509_crt_free(&wire->certificate);
        mbedtls_pk_free(&wire->key);
        mbedtls_ctr_drbg_free(&wire->random);
        mbedtls_entropy_free(&wire->entropy);
    }
    close(wire->fd);
    free(wire);
}

void wire_abort(struct wire *wire)
{
    char drain[4096];
    shutdown(wire->fd, SHUT_WR);
    while (receive_some(wire, drain, sizeof drain) > 0)
        ;
    _exit(0);
}
