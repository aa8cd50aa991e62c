/* SPDX-License-Identifier: MIT */
/* SHA-1: which disturbance vectors have all their bit conditions met, LANES blocks side by side.
 *
 * Every condition compares two bits of W[35..64], and what holds for a vector of K holds for the
 * next K one step later. So the bits are turned: a plane is bit i of all those words, as one word
 * with bit t - 35 for step t. One XOR of two shifted planes then is the same condition for every K.
 * A block's planes are in one lane of vectors, so all that follows serves LANES blocks at once.
 *
 * Who includes this defines LANES (1, or a power of two where the compiler has vectors) and, where
 * functions need it, TARGET, an attribute.
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
TARGET static inline void turn(WORDS x[8])
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

/* W: W[35..66] of each lane. Byte k of row s is of step 35 + 8 k + s. */
TARGET static inline void find_planes(const WORDS w[SUSPECT_WORDS], WORDS planes[PLANES])
{
    for (unsigned s = 0; s < 8; s++) {
        WORDS a = w[s], b = w[s + 8], c = w[s + 16], d = w[s + 24];
        planes[s] = (a & 0xffU) | (b & 0xffU) << 8 | (c & 0xffU) << 16 | d << 24;
        planes[s + 8] = a >> 24 | (b >> 16 & 0xff00U) | (c >> 8 & 0xff0000U) | (d & 0xff000000U);
    }
    turn(planes);
    turn(planes + 8);
}

/* The suspects of each class, as sets of bits, in each lane. */
TARGET static inline void find_suspects(const WORDS planes[PLANES], WORDS suspects[SHA1_CLASSES])
{
    WORDS fails, out[SHA1_CLASSES] = {planes[0] ^ planes[0]};
    for (unsigned i = 1; i < SHA1_CLASSES; i++)
        out[i] = out[0];
#define CLASS(...)
#define PAIR(i, j, n, v) fails = PLANE(i) ^ PLANE(j) >> (n) ^ -(uint32_t)(v);
#define ALL UINT32_MAX
#define RULE(class, offset, set)                                            \
    out[class] |= ((offset) < 0 ? fails << ((offset) < 0 ? -(offset) : 0)   \
                                : fails >> ((offset) < 0 ? 0 : (offset))) & \
                  (set);
#include "sha1_check.h"
#undef CLASS
#undef PAIR
#undef ALL
#undef RULE
#define CLASS(vectors, ...) (vectors),
    static const uint32_t all[] = {
#define PAIR(i, j, n, v)
#define RULE(class, offset, set)
#include "sha1_check.h"
#undef CLASS
#undef PAIR
#undef RULE
    };
    for (unsigned i = 0; i < SHA1_CLASSES; i++)
        suspects[i] = ~out[i] & all[i];
}

/* Blocks whose W[35..66] are in the lanes, the first COUNT of them: notes an attack. */
TARGET static inline void judge(struct sha1 *sha1, const WORDS w[SUSPECT_WORDS],
                                const unsigned char *bytes, size_t count,
                                const struct sha1_passage *passages)
{
    WORDS planes[PLANES], suspects[SHA1_CLASSES];
    uint32_t sets[SHA1_CLASSES][LANES];
    find_planes(w, planes);
    find_suspects(planes, suspects);
    memcpy(sets, suspects, sizeof sets);
    for (size_t lane = 0; lane < count; lane++) {
        const uint32_t of_lane[] = {sets[0][lane], sets[1][lane], sets[2][lane], sets[3][lane]};
        if ((of_lane[0] | of_lane[1] | of_lane[2] | of_lane[3]) &&
            sha1_is_attack(bytes + lane * SHA1_BLOCK, of_lane, &passages[lane]))
            sha1->attacked = true;
    }
}
