/* SPDX-License-Identifier: MIT */
#include "worktree/update_conflicts.h"

#include "system/texts.h"

#include <stdlib.h>
#include <string.h>

int update_conflicts_add(struct update_conflicts *conflicts, const char *path,
                         enum conflict_kind kind, struct fault *fault)
{
    size_t count = conflicts->count[kind];
    if (count > 0 && strcmp(conflicts->paths[kind][count - 1], path) == 0)
        return 0;
    const char **more = realloc(conflicts->paths[kind], (count + 1) * sizeof *more);
    if (more)
        conflicts->paths[kind] = more;
    const char *kept = more ? texts_keep(&conflicts->texts, path, strlen(path)) : NULL;
    if (kept == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for what stands in the way");
    more[conflicts->count[kind]++] = kept;
    return 0;
}

void update_conflicts_free(struct update_conflicts *conflicts)
{
    texts_free(conflicts->texts);
    for (int kind = 0; kind < CONFLICT_KINDS; kind++)
        free(conflicts->paths[kind]);
    *conflicts = (struct update_conflicts){.texts = NULL};
}
