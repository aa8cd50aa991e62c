/* SPDX-License-Identifier: MIT */
/* The trusted roots in this program: those of `make CA_BUNDLE=FILE` (tls/bundle/builtin_roots.c),
 * or none (tls/builtin_roots.c). */
#ifndef SMIDGIT_BUILTIN_ROOTS_H
#define SMIDGIT_BUILTIN_ROOTS_H

#include "proto/fault.h"
#include "tls/certname.h"

#include <stdbool.h>
#include <stddef.h>

/* How many, from which file, from when; or "none". For `version -v`. */
const char *builtin_roots_origin(void);

/* True when there are any. */
bool builtin_roots_exist(void);

/* As trust_search(), over these roots. What CERTIFICATE gets is no certificate that anybody
 * signed (tls/builtin_encoding.c). */
int builtin_roots_search(bool (*wanted)(void *context, const struct certname *names),
                         int (*certificate)(void *context, const unsigned char *der, size_t size),
                         void *context, size_t *count, struct fault *fault);

#endif
