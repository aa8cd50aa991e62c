/* SPDX-License-Identifier: MIT */
/* Where an object is. */
#ifndef SMIDGIT_PLACE_H
#define SMIDGIT_PLACE_H

#include <stdint.h>

/* Packs, and bytes of one: the first bit of a place's number is left to whoever sorts them. */
enum { PLACE_PACK_BITS = 12, PLACE_OFFSET_BITS = 51 };

struct place {
    uint32_t pack;   /* its number in the set of packs */
    uint64_t offset; /* of its entry there, in bytes */
};

/* All of it in one number, whose order is that of packs and offsets. */
static inline uint64_t place_number(const struct place *place)
{
    return (uint64_t)place->pack << PLACE_OFFSET_BITS | place->offset;
}

static inline struct place place_numbered(uint64_t number)
{
    return (struct place){(uint32_t)(number >> PLACE_OFFSET_BITS),
                          number & (((uint64_t)1 << PLACE_OFFSET_BITS) - 1)};
}

#endif
