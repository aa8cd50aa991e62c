/* SPDX-License-Identifier: MIT */
/* What is offered in the handshake. For files of src/tls only: the library's types show here. */
#ifndef SMIDGIT_SETTINGS_H
#define SMIDGIT_SETTINGS_H

#include <mbedtls/ssl.h>

/* Versions, ciphers, groups and signatures of a client. 0, or the library's code. */
int settings_client(mbedtls_ssl_config *config);

#endif
