/* SPDX-License-Identifier: MIT */
#include "repo/shallow.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    return oid_compare(a, b);
}

int shallow_add(struct shallow_list *list, const struct oid *oid)
{
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 16;
        struct oid *oids = realloc(list->oids, room * sizeof *oids);
        if (oids == NULL)
            return -1;
        list->oids = oids;
        list->room = room;
    }
    list->oids[list->count++] = *oid;
    return 0;
}

static int heard(struct fetch_listener *listener, const struct oid *oid, bool shallow)
{
    struct shallow_list *list = (struct shallow_list *)listener;
    if (shallow)
        return shallow_add(list, oid);
    for (size_t i = 0; i < list->count; i++)
        if (oid_equal(&list->oids[i], oid))
            list->oids[i--] = list->oids[--list->count];
    return 0;
}

void shallow_open(struct shallow_list *list)
{
    *list = (struct shallow_list){.listener = {.shallow = heard}};
}

void shallow_close(struct shallow_list *list)
{
    free(list->oids);
    list->oids = NULL;
}

void shallow_sort(struct shallow_list *list)
{
    size_t kept = 0;
    if (list->count > 0)
        qsort(list->oids, list->count, sizeof *list->oids, compare);
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || !oid_equal(&list->oids[kept - 1], &list->oids[i]))
            list->oids[kept++] = list->oids[i];
    list->count = kept;
}
