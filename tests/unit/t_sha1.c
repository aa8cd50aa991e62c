/* SPDX-License-Identifier: MIT */
/* The search for SHA-1 collision attacks against the figures as they are published, taken
 * literally: one condition, one vector and one step after the other. */
#if defined(__GNUC__)
#define LANES 4
#else
#define LANES 1
#endif
#define INLINE static inline
#include "proto/sha1_suspects.h"
#include "t.h"

enum { VECTORS = 32, CONDITIONS = 373, ROUNDS = 4000, FIRST_K = 35 };

struct vector {
    char type[3];
    int k, b, step;
    unsigned dm[16];
};

struct condition {
    char type[3];
    int k, b, a, i, other, j, v;
};

static struct vector vectors[VECTORS];
static struct condition conditions[CONDITIONS];

static void read_vectors(void)
{
    char line[1024];
    int rows = 0, used, more;
    FILE *file = fopen("fixtures/sha1-collision/dv.tsv", "r");
    while (file && fgets(line, sizeof line, file)) {
        struct vector row;
        if (sscanf(line, "%2[I] %d %d %d%n", row.type, &row.k, &row.b, &row.step, &used) != 4)
            continue;
        for (int t = 0; t < 16; t++, used += more)
            CHECK(sscanf(line + used, "%x%n", &row.dm[t], &more) == 1, "word %d of a vector", t);
        if (rows < VECTORS)
            vectors[rows] = row;
        rows++;
    }
    CHECK(rows == VECTORS, "%d vectors", rows);
    if (file)
        fclose(file);
}

static void read_conditions(void)
{
    char line[1024];
    int rows = 0;
    FILE *file = fopen("fixtures/sha1-collision/ubc.tsv", "r");
    while (file && fgets(line, sizeof line, file)) {
        struct condition c;
        if (sscanf(line, "%2[I] %d %d %d %d %d %d %d", c.type, &c.k, &c.b, &c.a, &c.i, &c.other,
                   &c.j, &c.v) != 8)
            continue;
        if (rows < CONDITIONS)
            conditions[rows] = c;
        rows++;
    }
    CHECK(rows == CONDITIONS, "%d conditions", rows);
    if (file)
        fclose(file);
}

static uint32_t random_word(void)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(state >> 32);
}

static int class_of(const char *type, int b)
{
    return (strcmp(type, "II") == 0) * 2 + (b == 2);
}

static bool is_of(const struct condition *c, const struct vector *vector)
{
    return strcmp(c->type, vector->type) == 0 && c->k == vector->k && c->b == vector->b;
}

static bool holds(const struct condition *c, const uint32_t w[80])
{
    return ((w[c->a] >> c->i ^ w[c->other] >> c->j) & 1) == (uint32_t)c->v;
}

/* Several passes: a bit may be in more than one condition. */
static void satisfy(const struct vector *vector, uint32_t w[80])
{
    for (int pass = 0; pass < 8; pass++)
        for (int i = 0; i < CONDITIONS; i++)
            if (is_of(&conditions[i], vector) && !holds(&conditions[i], w))
                w[conditions[i].a] ^= (uint32_t)1 << conditions[i].i;
}

static void expected(const uint32_t w[80], uint32_t sets[SHA1_CLASSES])
{
    memset(sets, 0, SHA1_CLASSES * sizeof *sets);
    for (int n = 0; n < VECTORS; n++) {
        bool all = true;
        for (int i = 0; i < CONDITIONS; i++)
            all = all && (!is_of(&conditions[i], &vectors[n]) || holds(&conditions[i], w));
        if (all)
            sets[class_of(vectors[n].type, vectors[n].b)] |= (uint32_t)1
                                                             << (vectors[n].k - FIRST_K);
    }
}

/* Words that meet all of a vector's conditions, all but one, or that are random. */
static void check_conditions(void)
{
    int wrong = 0;
    unsigned hits[VECTORS] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t w[LANES][80], turned[SUSPECT_WORDS][LANES], sets[SHA1_CLASSES][LANES];
        WORDS words[SUSPECT_WORDS], planes[PLANES], suspects[SHA1_CLASSES];
        for (int lane = 0; lane < LANES; lane++) {
            for (int t = 0; t < 80; t++)
                w[lane][t] = random_word();
            if (lane != 3)
                satisfy(&vectors[(round + lane) % VECTORS], w[lane]);
            const struct condition *c = &conditions[(round * LANES + lane) % CONDITIONS];
            if (lane == 2)
                w[lane][c->a] ^= (uint32_t)1 << c->i;
            for (int t = 0; t < SUSPECT_WORDS; t++)
                turned[t][lane] = w[lane][SUSPECT_FIRST + t];
        }
        memcpy(words, turned, sizeof words);
        find_low_planes(words, planes);
        find_high_planes(words, planes);
        find_suspects(planes, 0, &suspects[0]);
        find_suspects(planes, 1, &suspects[1]);
        find_suspects(planes, 2, &suspects[2]);
        find_suspects(planes, 3, &suspects[3]);
        memcpy(sets, suspects, sizeof sets);
        for (int lane = 0; lane < LANES; lane++) {
            uint32_t right[SHA1_CLASSES];
            expected(w[lane], right);
            for (int class = 0; class < SHA1_CLASSES; class ++)
                wrong += sets[class][lane] != right[class];
            for (int n = 0; n < VECTORS; n++)
                hits[n] +=
                    right[class_of(vectors[n].type, vectors[n].b)] >> (vectors[n].k - FIRST_K) & 1;
        }
    }
    CHECK(wrong == 0, "%d sets of suspects differ", wrong);
    for (int n = 0; n < VECTORS; n++)
        CHECK(hits[n] > 50, "vector %d was hit %u times", n, hits[n]);
}

static uint32_t rol(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static uint32_t mix(int t, const uint32_t s[5])
{
    uint32_t b = s[1], c = s[2], d = s[3];
    return t < 20   ? ((b & c) | (~b & d)) + 0x5a827999
           : t < 40 ? (b ^ c ^ d) + 0x6ed9eba1
           : t < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                    : (b ^ c ^ d) + 0xca62c1d6;
}

static void step(uint32_t s[5], int t, const uint32_t w[80])
{
    uint32_t a = rol(s[0], 5) + mix(t, s) + s[4] + w[t];
    memmove(s + 1, s, 4 * sizeof *s);
    s[2] = rol(s[2], 30);
    s[0] = a;
}

static void step_back(uint32_t s[5], int t, const uint32_t w[80])
{
    uint32_t a = s[0];
    memmove(s, s + 1, 4 * sizeof *s);
    s[1] = rol(s[1], 2);
    s[4] = a - rol(s[0], 5) - mix(t, s) - w[t];
}

static void expand(uint32_t w[80])
{
    for (int t = 16; t < 80; t++)
        w[t] = rol(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
}

/* A chaining value that makes a random block the second half of an attack along VECTOR. */
static void check_attack(const struct vector *vector, unsigned n)
{
    uint32_t w[80], sibling[80], s[5], in[5];
    uint32_t suspects[SHA1_CLASSES] = {0};
    struct sha1_passage passage;
    for (int t = 0; t < 16; t++) {
        w[t] = random_word();
        sibling[t] = w[t] ^ vector->dm[t];
    }
    expand(w);
    expand(sibling);
    for (int i = 0; i < 5; i++)
        s[i] = random_word();
    for (int t = 50; t < 65; t++) {
        if (t == 56)
            memcpy(passage.at56, s, sizeof s);
        if (t == 64)
            memcpy(passage.at64, s, sizeof s);
        if (t == vector->step)
            break;
        step(s, t, w);
    }
    memcpy(in, s, sizeof s);
    for (int t = vector->step; t < 80; t++)
        step(s, t, sibling);
    for (int t = vector->step; t-- > 0;)
        step_back(in, t, sibling);
    for (int i = 0; i < 5; i++)
        passage.after[i] = s[i] + in[i];
    suspects[class_of(vector->type, vector->b)] = (uint32_t)1 << (vector->k - FIRST_K);
    CHECK(sha1_is_attack(w, suspects, &passage), "the attack along vector %u", n);
    passage.after[n % 5] ^= (uint32_t)1 << n;
    CHECK(!sha1_is_attack(w, suspects, &passage), "one bit off vector %u", n);
    passage.after[n % 5] ^= (uint32_t)1 << n;
    memset(suspects, 0, sizeof suspects);
    CHECK(!sha1_is_attack(w, suspects, &passage), "vector %u was no suspect", n);
}

int main(void)
{
    read_vectors();
    read_conditions();
    check_conditions();
    for (unsigned n = 0; n < VECTORS; n++)
        check_attack(&vectors[n], n);
    return T_DONE();
}
