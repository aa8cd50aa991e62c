/* SPDX-License-Identifier: MIT */
#include "cpu.h"

#include "sha1.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>

enum { LEAF1_ECX_OSXSAVE = 1 << 27, LEAF7_EBX_AVX2 = 1 << 5, LEAF7_EBX_SHA = 1 << 29 };

/* XCR0, bits 1 and 2: the system saves the SSE and AVX registers. */
static bool saves_avx(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & LEAF1_ECX_OSXSAVE))
        return false;
    __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    return (a & 6) == 6;
}

/* __builtin_cpu_supports() would bring a table of 6 KB. */
static bool has_sha_and_avx2(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & LEAF7_EBX_SHA && b & LEAF7_EBX_AVX2 &&
           saves_avx();
}

const struct hash_ops *hash_best_sha1(void)
{
    return has_sha_and_avx2() ? &hash_sha1_x86 : &hash_sha1;
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
