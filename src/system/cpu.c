/* SPDX-License-Identifier: MIT */
#include "system/cpu.h"

#include "proto/sha1.h"
#include "proto/sha256.h"

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
static bool has(unsigned leaf7_ebx)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & leaf7_ebx) == leaf7_ebx;
}

const struct hash_ops *hash_best_sha1(void)
{
    return has(LEAF7_EBX_SHA | LEAF7_EBX_AVX2) && saves_avx() ? &hash_sha1_x86 : &hash_sha1;
}

/* Every CPU with these has SSE 4.1 too. */
const struct hash_ops *hash_best_sha256(void)
{
    return has(LEAF7_EBX_SHA) ? &hash_sha256_x86 : &hash_sha256;
}

#elif defined(__AARCH64EL__) && defined(__GNUC__) && defined(__linux__)
#include <sys/auxv.h>

enum { HWCAP_HAS_SHA1 = 1 << 5, HWCAP_HAS_SHA2 = 1 << 6 };

const struct hash_ops *hash_best_sha1(void)
{
    return getauxval(AT_HWCAP) & HWCAP_HAS_SHA1 ? &hash_sha1_arm : &hash_sha1;
}

const struct hash_ops *hash_best_sha256(void)
{
    return getauxval(AT_HWCAP) & HWCAP_HAS_SHA2 ? &hash_sha256_arm : &hash_sha256;
}

#else
const struct hash_ops *hash_best_sha1(void)
{
    return &hash_sha1;
}

const struct hash_ops *hash_best_sha256(void)
{
    return &hash_sha256;
}
#endif
