/* SPDX-License-Identifier: MIT */
/* Is this the right server? For files of src/tls only: the library's types show here. */
#ifndef SMIDGIT_CHAIN_H
#define SMIDGIT_CHAIN_H

#include "proto/fault.h"
#include "tls/trust.h"

#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include <stdint.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define MBEDTLS_PRIVATE(member) member
#endif

enum { CHAIN_WARNING = 256 };

/* Judges the certificates that the peer sent for HOST, against the trusted ones in STORE. FLAGS is
 * what the library's handshake found about usage and keys. DATE is that of struct tls_options.
 * WARNING gets what the user must be told, or "". 0, or -1 and FAULT_TLS with the reason. */
int chain_verify(mbedtls_x509_crt *peer, uint32_t flags, const char *host,
                 const struct trust *store, const char *date, char warning[CHAIN_WARNING],
                 struct fault *fault);

/* True for the library's many names of "out of memory". Some of its layers say "bad message" when
 * the one below had no memory: calloc()'s errno tells, if it was 0 before. */
int chain_out_of_memory(int code);

#endif
