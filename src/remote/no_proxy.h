/* SPDX-License-Identifier: MIT */
/* no_proxy: the hosts that are asked directly. There is no standard of it; this is curl's form (its
 * manual, "NO_PROXY"), and with ports, as others have it.
 *
 *   list    = entry *( 1*( "," / SP / HTAB ) entry )
 *   entry   = "*" / place [ ":" port ]
 *   place   = name / "." name / address [ "/" bits ] / "[" IPv6address "]" [ "/" bits ]
 *
 *   example.org, .example.org    this host and all below it
 *   192.0.2.0/24, fd00::/8       addresses that begin with as many bits
 *   [::1]:8080, localhost:8080   this port alone
 *   *                            whatever it is
 *
 * Names are compared as they stand: nobody is asked for the address of one.
 */
#ifndef SMIDGIT_NO_PROXY_H
#define SMIDGIT_NO_PROXY_H

#include "proto/url.h"

enum {
    NO_PROXY_ENTRY = 300
}; /* bytes of an entry, with NUL: a name, its port. A longer one fits
      nothing */

/* Whether LIST (of any length; NULL: an empty one) has the host and the port of URL. What is no
 * entry fits nothing. */
bool no_proxy_has(const char *list, const struct url *url);

#endif
