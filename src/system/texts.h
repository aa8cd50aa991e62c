/* SPDX-License-Identifier: MIT */
/* Many short texts that are kept until all of them are dropped: in chunks that never move. */
#ifndef SMIDGIT_TEXTS_H
#define SMIDGIT_TEXTS_H

#include <stddef.h>

struct texts; /* NULL: none yet */

/* A copy of TEXT[0..SIZE) with a NUL behind it; NULL without memory. */
const char *texts_keep(struct texts **texts, const char *text, size_t size);
void texts_free(struct texts *texts); /* NULL is fine */

#endif
