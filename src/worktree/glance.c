/* SPDX-License-Identifier: MIT */
#include "worktree/glance.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { PART = 256 /* entries */ };
enum { FREE, FIRST, SECOND, DONE }; /* whose a part is; what the second thread has done with */

void glance_open(struct glance *glance, const struct index_list *list,
                 const struct file_options *options)
{
    size_t parts = (list->count + PART - 1) / PART;
    *glance = (struct glance){
        .list = list,
        .options = options,
        .states = calloc(parts + 1, sizeof *glance->states),
        .same = calloc(parts + 1, PART / 8),
    };
    if (glance->states && glance->same)
        glance->parts = parts;
}

void glance_close(struct glance *glance)
{
    free(glance->states);
    free(glance->same);
}

static bool claim(struct glance *glance, size_t part, unsigned whose)
{
    unsigned expected = FREE;
    return atomic_compare_exchange_strong(&glance->states[part], &expected, whose);
}

void glance_run(struct glance *glance)
{
    struct file_options options = *glance->options;
    struct file_place place;
    file_place_open(&place);
    options.place = &place;
    for (size_t part = glance->parts; part > 0 && claim(glance, part - 1, SECOND); part--) {
        size_t behind = part * PART < glance->list->count ? part * PART : glance->list->count;
        for (size_t at = (part - 1) * PART; at < behind; at++)
            if (index_list_unchanged(glance->list, &options, at))
                glance->same[at / 8] |= (unsigned char)(1 << at % 8);
        atomic_store(&glance->states[part - 1], DONE);
    }
    file_place_close(&place);
}

bool glance_same(struct glance *glance, size_t at)
{
    size_t part = at / PART;
    if (part >= glance->parts)
        return false;
    if (glance->here != part + 1) {
        claim(glance, part, FIRST);
        glance->here = part + 1;
    }
    return atomic_load(&glance->states[part]) == DONE && glance->same[at / 8] >> at % 8 & 1;
}
