/* SPDX-License-Identifier: MIT */
/* The trusted roots in this program: those of `make CA_BUNDLE=FILE` (roots.c), or none
 * (roots_none.c). */
#ifndef SMIDGIT_ROOTS_H
#define SMIDGIT_ROOTS_H

#include "certname.h"
#include "fault.h"

#include <stdbool.h>
#include <stddef.h>

/* How many, from which file, from when; or "none". For `version -v`. */
const char *roots_origin(void);

/* True when there are any. */
bool roots_exist(void);

/* As castore_search(), over these roots. What CERTIFICATE gets is no certificate that anybody
 * signed (root.c). */
int roots_search(bool (*wanted)(void *context, const struct certname *names),
                 int (*certificate)(void *context, const unsigned char *der, size_t size),
                 void *context, size_t *count, struct fault *fault);

#endif
