/* SPDX-License-Identifier: MIT */
/* What stands at a URL and is no repository (RFC 9110, 9.3.1): a bundle, a list of bundles. It is
 * asked for without credentials of any kind. */
#ifndef SMIDGIT_RESOURCE_H
#define SMIDGIT_RESOURCE_H

#include "remote/http_session.h"

struct resource;

/* Asks for URL and follows redirects, but not from https to http. OPTIONS have a
 * `custom` without extra headers, and no secrets; URL's room outlives the resource. NULL:
 * FAULT_NETWORK, FAULT_TLS, or FAULT_REFUSED when the answer is anything but 200. */
struct resource *resource_open(const struct url *url, const struct http_session_options *options,
                               struct fault *fault);
void resource_close(struct resource *resource); /* NULL is fine */

/* Its bytes, until resource_close(); whoever needs all of them asks reader_end(). When the
 * connection breaks it is asked for the rest, by Range and If-Range, as often as custom->retries
 * says in turn without a byte. */
struct reader *resource_reader(struct resource *resource);

/* Passes over the next SIZE bytes, without their coming where the server knows ranges: only for a
 * resource with an ETag, and to its end at most. 0 or -1 as resource_reader(). */
int resource_skip(struct resource *resource, uint64_t size);

/* The ETag, when by it, and by a size that is known, the same bytes can be asked for again: a
 * strong one; else "". */
const char *resource_etag(const struct resource *resource);

/* How many bytes are to come, as the server says; UINT64_MAX: it does not. */
uint64_t resource_size(const struct resource *resource);

#endif
