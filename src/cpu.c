/* SPDX-License-Identifier: MIT */
#include "cpu.h"

const struct hash_ops *hash_best_sha1(void)
{
    return &hash_sha1;
}

const struct hash_ops *hash_best_sha256(void)
{
    return &hash_sha256;
}
