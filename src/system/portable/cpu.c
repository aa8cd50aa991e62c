/* SPDX-License-Identifier: MIT */
/* sys/cpu.h without any CPU's instructions. */
#include "system/cpu.h"

#include "proto/sha1.h"

const struct hash_ops *hash_best_sha1(void)
{
    return &hash_sha1;
}

const struct hash_ops *hash_best_sha256(void)
{
    return &hash_sha256;
}
