/* SPDX-License-Identifier: MIT */
#include "system/oids.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    return oid_compare(a, b);
}

size_t oids_sort(struct oid *oids, size_t count)
{
    size_t kept = 0;
    if (count > 0)
        qsort(oids, count, sizeof *oids, compare);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !oid_equal(&oids[kept - 1], &oids[i]))
            oids[kept++] = oids[i];
    return kept;
}

bool oids_have(const struct oid *sorted, size_t count, const struct oid *oid)
{
    return count > 0 && bsearch(oid, sorted, count, sizeof *oid, compare) != NULL;
}
