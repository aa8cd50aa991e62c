/* SPDX-License-Identifier: MIT */
/* SHA-1: which disturbance vectors have all their bit conditions met, LANES blocks side by side.
 *
 * Every condition compares two bits of W[35..64], and what holds for a vector of K holds for the
 * next K one step later. So the bits are turned: a plane is bit i of all those words, as one word
 * with bit t - 35 for step t. One XOR of two shifted planes then is the same condition for every K.
 * A block's planes are in one lane of vectors, so all that follows serves LANES blocks at once.
 *
 * The loops over planes and lanes are unrolled by name: compilers don't at -O2, and the arrays
 * would live in memory. No memcpy() between vectors either: at -O0 it is a call, made while the
 * upper halves of the vectors are in use (sha1_x86.c).
 *
 * Who includes this defines LANES (1, or a power of two where the compiler has vectors) and INLINE,
 * how its functions are declared.
 */
#include "sha1.h"

#include <string.h>

#if defined(__GNUC__)
#define WORDS uint32_t __attribute__((vector_size(4 * LANES)))
#else
#define WORDS uint32_t
_Static_assert(LANES == 1, "this compiler has no vectors");
#endif

enum { SUSPECT_FIRST = 35, SUSPECT_WORDS = 32, PLANES = 16 };

/* Bit i of each W is plane i, or i - 16 when it is from the upper byte. */
#define PLANE(i) planes[(i) < 8 ? (i) : (i)-16]

/* Swaps the bits of x that MASK << N covers with the bits of y that MASK covers. */
#define SWAP(x, y, n, mask)                         \
    do {                                            \
        WORDS differ = ((x) >> (n) ^ (y)) & (mask); \
        (y) ^= differ;                              \
        (x) ^= differ << (n);                       \
    } while (0)

/* Bit 8 k + i of x[s] to bit 8 k + s of x[i]. */
INLINE void turn(WORDS x[8])
{
    SWAP(x[0], x[4], 4, 0x0f0f0f0fU);
    SWAP(x[1], x[5], 4, 0x0f0f0f0fU);
    SWAP(x[2], x[6], 4, 0x0f0f0f0fU);
    SWAP(x[3], x[7], 4, 0x0f0f0f0fU);
    SWAP(x[0], x[2], 2, 0x33333333U);
    SWAP(x[1], x[3], 2, 0x33333333U);
    SWAP(x[4], x[6], 2, 0x33333333U);
    SWAP(x[5], x[7], 2, 0x33333333U);
    SWAP(x[0], x[1], 1, 0x55555555U);
    SWAP(x[2], x[3], 1, 0x55555555U);
    SWAP(x[4], x[5], 1, 0x55555555U);
    SWAP(x[6], x[7], 1, 0x55555555U);
}

/* The planes of bits 0..7, and of bits 24..31, out of W[35..66]. Byte k of row s is of step
 * 35 + 8 k + s. */
INLINE void find_low_planes(const WORDS w[SUSPECT_WORDS], WORDS planes[PLANES])
{
    WORDS x[8];
#pragma GCC unroll 8
    for (unsigned s = 0; s < 8; s++)
        x[s] =
            (w[s] & 0xffU) | (w[s + 8] & 0xffU) << 8 | (w[s + 16] & 0xffU) << 16 | w[s + 24] << 24;
    turn(x);
#pragma GCC unroll 8
    for (unsigned i = 0; i < 8; i++)
        planes[i] = x[i];
}

INLINE void find_high_planes(const WORDS w[SUSPECT_WORDS], WORDS planes[PLANES])
{
    WORDS x[8];
#pragma GCC unroll 8
    for (unsigned s = 0; s < 8; s++)
        x[s] = w[s] >> 24 | (w[s + 8] >> 16 & 0xff00U) | (w[s + 16] >> 8 & 0xff0000U) |
               (w[s + 24] & 0xff000000U);
    turn(x);
#pragma GCC unroll 8
    for (unsigned i = 0; i < 8; i++)
        planes[8 + i] = x[i];
}

/* OFFSET is the distance from K to the first of the two words: which way the bits have to go. */
#define AT_K(x, offset) \
    ((offset) < 0 ? (x) << ((offset) < 0 ? -(offset) : 0) : (x) >> ((offset) < 0 ? 0 : (offset)))

/* The suspects of a class, as a set of bits, in each lane. WANTED is a constant where this is
 * called: the rules of other classes cost nothing. */
INLINE void find_suspects(const WORDS planes[PLANES], int wanted, WORDS *suspects)
{
    static const uint32_t all[] = {
#define CLASS(vectors, ...) vectors,
#define PAIR(i, j, n, v)
#define RULE(class, offset, set)
#include "sha1_check.h"
#undef CLASS
#undef PAIR
#undef RULE
    };
    WORDS fails, out = {0};
#define CLASS(...)
#define ALL UINT32_MAX
#define PAIR(i, j, n, v) fails = PLANE(i) ^ PLANE(j) >> (n) ^ -(uint32_t)(v);
#define RULE(class, offset, set) \
    if ((class) == wanted)       \
        out |= AT_K(fails, offset) & (set);
#include "sha1_check.h"
#undef CLASS
#undef ALL
#undef PAIR
#undef RULE
    *suspects = ~out & all[wanted];
}

/* Notes an attack if one of the COUNT blocks whose SUSPECTS these are is part of it. Block i has
 * its words at WORDS + I * BLOCK, STEP apart. */
static inline void judge(struct sha1 *sha1, const WORDS suspects[SHA1_CLASSES], size_t count,
                         const uint32_t *words, size_t block, size_t step,
                         const struct sha1_passage *passages)
{
    uint32_t sets[SHA1_CLASSES][LANES], w[80];
    memcpy(sets, suspects, sizeof sets);
    for (size_t i = 0; i < count; i++) {
        const uint32_t of_block[] = {sets[0][i], sets[1][i], sets[2][i], sets[3][i]};
        if (!(of_block[0] | of_block[1] | of_block[2] | of_block[3]))
            continue;
        for (size_t t = 0; t < 80; t++)
            w[t] = words[i * block + t * step];
        if (sha1_is_attack(w, of_block, &passages[i]))
            sha1->attacked = true;
    }
}
