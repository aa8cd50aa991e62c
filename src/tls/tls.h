/* SPDX-License-Identifier: MIT */
/* TLS as a reader and a writer; when it fails, with the reason. Nothing of the library behind it
 * shows here. */
#ifndef SMIDGIT_TLS_H
#define SMIDGIT_TLS_H

#include "net/net.h"
#include "proto/stream.h"

#include <stdbool.h>

struct identity;
struct tls; /* one connection */

struct tls_options {
    const char *ca_file;    /* --cacert; or NULL: GIT_SSL_CAINFO, SSL_CERT_FILE, SSL_CERT_DIR, then
                               the places where distributions keep the bundle */
    const char *ca_said_by; /* "http.sslCAInfo"; NULL: --cacert */
    bool insecure;          /* --insecure: neither chain nor name are verified; pins are */
    const char *pins;       /* --pinnedpubkey (tls/pinned_key.h), or NULL */
    struct identity *identity; /* --cert (tls/identity.h), or NULL */
    const char *date;          /* --date (tls/date.h), or NULL: what the clock says */
    struct tls *outer;         /* in whose stream this one goes (an https proxy), or NULL */
};

/* Makes the handshake with HOST over NET, which, as OPTIONS->outer, must outlive it and is closed
 * by the caller, and verifies the chain of certificates and the name. NULL and FAULT_TLS with the
 * reason, a sentence for each (T1 to T4). */
struct tls *tls_open(struct net *net, const char *host, const struct tls_options *options,
                     struct fault *fault);
void tls_close(struct tls *tls); /* tells the peer (close_notify); NULL is fine */

struct reader *tls_reader(struct tls *tls); /* owned by tls; its end needs a close_notify */
struct writer *tls_writer(struct tls *tls); /* owned by tls; buffers until tls_flush() */
int tls_flush(struct tls *tls);

/* "TLS 1.3, TLS_AES_128_GCM_SHA256": for --trace and -v. Holds until tls_close(). */
const char *tls_describe(const struct tls *tls);

/* What the user must be told although the server was accepted (a clock that was never set, T3), or
 * NULL. Holds until tls_close(). */
const char *tls_warning(const struct tls *tls);

/* "mbedTLS 2.28.3, TLS 1.2": for `version -v`. */
const char *tls_version(void);

#endif
