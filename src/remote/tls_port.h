/* SPDX-License-Identifier: MIT */
/* http where the server waits for TLS: it closes the connection, or sends an alert before that. */
#ifndef SMIDGIT_TLS_PORT_H
#define SMIDGIT_TLS_PORT_H

#include "proto/fault.h"

#include <stdbool.h>

enum { TLS_PORT_ALERT = 21 }; /* the first byte of such a record (RFC 8446, 5.1) */

/* An answer to http has failed, and LIKELY for that reason: asks so behind the sentence. */
void tls_port_ask(bool likely, struct fault *fault);

#endif
