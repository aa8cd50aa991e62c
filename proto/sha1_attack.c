/* SPDX-License-Identifier: MIT */
/* SHA-1: does this block end a collision attack along one of these disturbance vectors?
 *
 * Of random blocks 4.8% have a suspect; what follows costs about as much as compressing twice.
 */
#include "sha1.h"

#include <string.h>

static uint32_t rol(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static uint32_t choose(uint32_t b, uint32_t c, uint32_t d)
{
    return d ^ (b & (c ^ d));
}

static uint32_t parity(uint32_t b, uint32_t c, uint32_t d)
{
    return b ^ c ^ d;
}

static uint32_t majority(uint32_t b, uint32_t c, uint32_t d)
{
    return (b & c) + (d & (b ^ c));
}

enum { LONGEST = 91 };

struct class
{
    uint32_t vectors; /* bit K - 35 */
    unsigned last, late;
    uint32_t differences[LONGEST];
};

static const struct class classes[SHA1_CLASSES] = {
#define CLASS(vectors, last, late, ...) {vectors, last, late, {__VA_ARGS__}},
#define PAIR(i, j, n, v)
#define RULE(class, offset, set)
#include "sha1_check.h"
#undef CLASS
#undef PAIR
#undef RULE
};

/* Steps FROM (at least 40) to TO - 1. */
static void forward(uint32_t s[5], const uint32_t w[80], unsigned from, unsigned to)
{
    uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4];
    for (unsigned t = from; t < to; t++) {
        uint32_t mixed = t < 60 ? majority(b, c, d) + 0x8f1bbcdc : parity(b, c, d) + 0xca62c1d6;
        uint32_t next = rol(a, 5) + mixed + e + w[t];
        e = d;
        d = c;
        c = rol(b, 30);
        b = a;
        a = next;
    }
    s[0] = a, s[1] = b, s[2] = c, s[3] = d, s[4] = e;
}

/* Step T undone: the words change roles, what was A is E afterwards. */
#define UNDO(f, k, t, a, b, c, d, e) (c = rol(c, 2), a -= rol(b, 5) + f(c, d, e) + (k) + w[t])
#define UNDO_FIVE(f, k, low)              \
    for (; t > (low); t -= 5) {           \
        UNDO(f, k, t - 1, a, b, c, d, e); \
        UNDO(f, k, t - 2, b, c, d, e, a); \
        UNDO(f, k, t - 3, c, d, e, a, b); \
        UNDO(f, k, t - 4, d, e, a, b, c); \
        UNDO(f, k, t - 5, e, a, b, c, d); \
    }

/* From the state before step FROM (55 or 65) to the one before step 0. */
static void backward(uint32_t s[5], const uint32_t w[80], unsigned from)
{
    uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4];
    unsigned t = from;
    UNDO_FIVE(parity, 0xca62c1d6, 60);
    UNDO_FIVE(majority, 0x8f1bbcdc, 40);
    UNDO_FIVE(parity, 0x6ed9eba1, 20);
    UNDO_FIVE(choose, 0x5a827999, 0);
    s[0] = a, s[1] = b, s[2] = c, s[3] = d, s[4] = e;
}

/* The state before step 58, of the real message, to the sibling's before step 55. */
static void backward_three(uint32_t s[5], const uint32_t w[80])
{
    uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4];
    UNDO(majority, 0x8f1bbcdc, 57, a, b, c, d, e);
    UNDO(majority, 0x8f1bbcdc, 56, b, c, d, e, a);
    UNDO(majority, 0x8f1bbcdc, 55, c, d, e, a, b);
    s[0] = d, s[1] = e, s[2] = a, s[3] = b, s[4] = c;
}

/* DIFFERENCES: of the sibling to W, all eighty. */
static bool is_sibling(const uint32_t w[80], const uint32_t *differences, bool late,
                       const struct sha1_passage *passage)
{
    uint32_t sibling[80], in[5], out[5];
    for (unsigned t = 0; t < 80; t++)
        sibling[t] = w[t] ^ differences[t];
    memcpy(in, late ? passage->at64 : passage->at56, sizeof in);
    forward(in, w, late ? 64 : 56, late ? 65 : 58);
    memcpy(out, in, sizeof out);
    forward(out, sibling, late ? 65 : 58, 80);
    if (!late)
        backward_three(in, sibling);
    backward(in, sibling, late ? 65 : 55);
    uint32_t differs = 0;
    for (unsigned i = 0; i < 5; i++)
        differs |= (in[i] + out[i]) ^ passage->after[i];
    return differs == 0;
}

bool sha1_is_attack(const uint32_t w[80], const uint32_t suspects[SHA1_CLASSES],
                    const struct sha1_passage *passage)
{
    for (const struct class *class = classes; class < classes + SHA1_CLASSES; class ++) {
        uint32_t left = suspects[class - classes] & class->vectors;
        for (unsigned k = 35; left; k++, left >>= 1)
            if (left & 1 &&
                is_sibling(w, class->differences + (class->last - k), k >= class->late, passage))
                return true;
    }
    return false;
}
