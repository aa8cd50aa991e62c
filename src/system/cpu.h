/* SPDX-License-Identifier: MIT */
/* Which implementation of a hash this processor runs best. */
#ifndef SMIDGIT_CPU_H
#define SMIDGIT_CPU_H

#include "proto/hash.h"

const struct hash_ops *hash_best_sha1(void);
const struct hash_ops *hash_best_sha256(void);

#endif
