/* SPDX-License-Identifier: MIT */
#include "objects/entry_types.h"

#include <stdlib.h>

enum { KNOWN = 8192, NOTED = 64 };

struct entry_type {
    uint64_t number; /* place_number() */
    enum object_type type;
};

void entry_types_close(struct entry_types *types)
{
    free(types->known);
}

static struct entry_type *slot(const struct entry_types *types, uint64_t number)
{
    return &types->known[(number ^ number >> 10) % KNOWN];
}

enum object_type entry_types_find(struct entry_types *types, const struct packset *packs,
                                  struct place place)
{
    uint64_t noted[NOTED];
    size_t count = 0;
    enum object_type type = OBJECT_NONE;
    uint32_t steps = 0, most = packs->packs[place.pack].idx.count;
    if (types->known == NULL)
        types->known = calloc(KNOWN, sizeof *types->known);
    if (types->known == NULL)
        return OBJECT_NONE;
    do {
        struct pack_entry entry;
        uint64_t number = place_number(&place);
        if (slot(types, number)->number == number) {
            type = slot(types, number)->type;
            break;
        }
        if (count < NOTED)
            noted[count++] = number;
        if (packset_head(packs, &place, &entry) < 0)
            break;
        if (!pack_is_delta(entry.type)) {
            type = entry.type;
            break;
        }
        if (packset_base(packs, &place, &entry, &place) < 0)
            break;
    } while (steps++ < most);
    for (size_t i = 0; i < count; i++)
        *slot(types, noted[i]) = (struct entry_type){noted[i], type};
    return type;
}
