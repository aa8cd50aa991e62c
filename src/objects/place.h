/* SPDX-License-Identifier: MIT */
/* Where an object is. */
#ifndef SMIDGIT_PLACE_H
#define SMIDGIT_PLACE_H

#include <stdint.h>

struct place {
    uint32_t pack;   /* its number in the set of packs: below 2^12 */
    uint64_t offset; /* of its entry there, in bytes: below 2^51 */
};

/* All of it in one number, whose order is that of packs and offsets. */
static inline uint64_t place_number(const struct place *place)
{
    return (uint64_t)place->pack << 51 | place->offset;
}

static inline struct place place_numbered(uint64_t number)
{
    return (struct place){(uint32_t)(number >> 51), number & (((uint64_t)1 << 51) - 1)};
}

#endif
