/* SPDX-License-Identifier: MIT */
#include "cpu.h"

#include "sha1.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>

/* CPUID leaf 7, EBX bit 29: the SHA extensions. */
static bool has_sha(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b >> 29 & 1;
}

const struct hash_ops *hash_best_sha1(void)
{
    return has_sha() && __builtin_cpu_supports("avx2") ? &hash_sha1_x86 : &hash_sha1;
}
#else
const struct hash_ops *hash_best_sha1(void)
{
    return &hash_sha1;
}
#endif

const struct hash_ops *hash_best_sha256(void)
{
    return &hash_sha256;
}
