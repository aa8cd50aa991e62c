/* SPDX-License-Identifier: MIT */
/* SOCKS version 5 (RFC 1928), and how it asks for a password (RFC 1929).
 *
 *   C: 05 | NMETHODS | METHODS              00 nothing is asked for, 02 a user name and a password
 *   S: 05 | METHOD                          FF none of these
 *   C: 01 | ULEN | UNAME | PLEN | PASSWD    if it is 02
 *   S: 01 | STATUS                          00 is yes
 *   C: 05 | 01 | 00 | ATYP | DST.ADDR | DST.PORT    01 is CONNECT
 *   S: 05 | REP | 00 | ATYP | BND.ADDR | BND.PORT   REP 00 is yes; whatever follows is the server's
 *
 * An address is 4 bytes (ATYP 01), a length and a name (03), or 16 bytes (04); a port is two bytes,
 * the higher one first.
 */
#ifndef SMIDGIT_SOCKS_H
#define SMIDGIT_SOCKS_H

#include "net/net.h"
#include "net/resolve.h"

struct socks_request {
    const char *host; /* a name of 255 bytes at most, or an address without brackets and zone */
    unsigned port;
    const struct resolve_address *address; /* what the proxy gets instead of the host, or NULL */
    const char *user, *password;           /* of 255 bytes at most; user NULL: none */
};

/* Has the proxy at the other end of NET connect to what REQUEST says; after that the connection is
 * the server's. It may take the connection's connect_ms. 0; -1 with FAULT_AUTH (the proxy wants a
 * password, or another one), FAULT_REFUSED (it does not connect to this), FAULT_NETWORK (it
 * cannot), FAULT_PROTOCOL, FAULT_LIMIT (a text of over 255 bytes). */
int socks_connect(struct net *net, const struct socks_request *request, struct fault *fault);

/* The same over any stream: IN gives no more bytes than are asked for when it is to be used after
 * this, and OUT sends what it is given. */
int socks_shake(struct reader *in, struct writer *out, const struct socks_request *request,
                struct fault *fault);

#endif
