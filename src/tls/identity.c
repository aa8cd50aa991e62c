/* SPDX-License-Identifier: MIT */
#include "tls/identity.h"

#include "system/fs.h"
#include "system/random.h"
#include "system/wipe.h"

#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
#include <psa/crypto.h>
#endif

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 256 * 1024 /* bytes of a certificate with its chain, or of a key */ };

struct identity {
    mbedtls_x509_crt chain;
    mbedtls_pk_context key;
};

static int give_random(void *context, unsigned char *bytes, size_t size)
{
    return random_bytes(bytes, size, context) < 0 ? MBEDTLS_ERR_PK_ALLOC_FAILED : 0;
}

static int parse_key(struct identity *identity, const char *text, size_t size, const char *password,
                     struct fault *fault)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const unsigned char *word = (const unsigned char *)password;
    size_t length = password ? strlen(password) : 0;
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    (void)fault;
    (void)give_random;
    return mbedtls_pk_parse_key(&identity->key, bytes, size, word, length);
#else
    return mbedtls_pk_parse_key(&identity->key, bytes, size, word, length, give_random, fault);
#endif
}

static bool is_pair(struct identity *identity, struct fault *fault)
{
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    (void)fault;
    return mbedtls_pk_check_pair(&identity->chain.pk, &identity->key) == 0;
#else
    return mbedtls_pk_check_pair(&identity->chain.pk, &identity->key, give_random, fault) == 0;
#endif
}

/* The text of a file with its NUL. */
static int read_text(const char *path, const char *what, char **text, size_t *size,
                     struct fault *fault)
{
    struct fault why;
    fault_clear(&why);
    if (fs_read(AT_FDCWD, path, FILE_MAX, false, text, size, &why) < 0)
        return fault_set(fault, FAULT_TLS, "cannot read the client's %s: %s", what, why.text);
    if (*text == NULL)
        return fault_set(fault, FAULT_TLS, "cannot read the client's %s: there is no file '%.400s'",
                         what, path);
    ++*size;
    return 0;
}

static int read_chain(struct identity *identity, const char *path, struct fault *fault)
{
    char *text;
    size_t size;
    if (read_text(path, "certificate", &text, &size, fault) < 0)
        return -1;
    int code = mbedtls_x509_crt_parse(&identity->chain, (const unsigned char *)text, size);
    wipe(text, size);
    free(text);
    return code == 0 ? 0
                     : fault_set(fault, FAULT_TLS,
                                 "the client's certificate in '%.400s' cannot be read: it has to "
                                 "be in PEM form (mbedTLS error -0x%04x)",
                                 path, (unsigned)-code);
}

/* 1, 0: a password is needed, -1. */
static int read_key(struct identity *identity, const char *path, const char *password,
                    struct fault *fault)
{
    char *text;
    size_t size;
    if (read_text(path, "key", &text, &size, fault) < 0)
        return -1;
    int code = parse_key(identity, text, size, password, fault);
    bool encrypted = strstr(text, "ENCRYPTED") != NULL;
    wipe(text, size);
    free(text);
    if (fault->class != FAULT_NONE)
        return -1;
    if (code == MBEDTLS_ERR_PK_PASSWORD_REQUIRED && password == NULL)
        return 0;
    if (code == MBEDTLS_ERR_PK_PASSWORD_MISMATCH)
        return fault_set(fault, FAULT_TLS, "wrong password for the client's key in '%.400s'", path);
    if (code != 0 && encrypted)
        return fault_set(fault, FAULT_TLS,
                         "the client's key in '%.400s' is encrypted in a way that this build does "
                         "not read; 'openssl pkey' writes it without",
                         path);
    return code == 0 ? 1
                     : fault_set(fault, FAULT_TLS,
                                 "the client's key in '%.400s' cannot be read (mbedTLS error "
                                 "-0x%04x)",
                                 path, (unsigned)-code);
}

int identity_open(const char *cert_file, const char *key_file, const char *password,
                  struct identity **out, struct fault *fault)
{
    struct identity *identity = malloc(sizeof *identity);
    if (!identity)
        return fault_set(fault, FAULT_LIMIT, "out of memory for TLS");
    wipe_guard();
    mbedtls_x509_crt_init(&identity->chain);
    mbedtls_pk_init(&identity->key);
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
    if (psa_crypto_init() != PSA_SUCCESS) {
        identity_close(identity);
        return fault_set(fault, FAULT_LIMIT, "out of memory for TLS");
    }
#endif
    int rc = read_chain(identity, cert_file, fault) < 0
                 ? -1
                 : read_key(identity, key_file ? key_file : cert_file, password, fault);
    if (rc > 0 && !is_pair(identity, fault))
        rc = fault_set(fault, FAULT_TLS,
                       "the client's key in '%.200s' is not that of the certificate in '%.200s'",
                       key_file ? key_file : cert_file, cert_file);
    if (rc > 0)
        *out = identity;
    else
        identity_close(identity);
    return rc;
}

void identity_close(struct identity *identity)
{
    if (!identity)
        return;
    mbedtls_x509_crt_free(&identity->chain);
    mbedtls_pk_free(&identity->key);
    free(identity);
}

int identity_present(struct identity *identity, void *config)
{
    return mbedtls_ssl_conf_own_cert(config, &identity->chain, &identity->key);
}
