/* SPDX-License-Identifier: MIT */
#include "client/detached.h"

#include "objects/peel.h"
#include "proto/refs.h"
#include "system/fs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFLOG_MAX = 256 << 20 /* bytes */ };

/* The line of the reflog TEXT[0..SIZE) where HEAD was last moved by checkout: the id behind it in
 * *OID, and the name that it moved to, which ends with its line; NULL. */
static char *last_move(char *text, size_t size, size_t digits, struct oid *oid)
{
    static const char moving[] = "\tcheckout: moving from ", to[] = " to ";
    for (char *end = text + size; end > text;) {
        char *line = --end;
        *end = '\0'; /* the line's LF */
        while (line > text && line[-1] != '\n')
            line--;
        char *move = strstr(line, moving),
             *name = move ? strstr(move + sizeof moving - 1, to) : NULL;
        if (name && (size_t)(end - line) > 2 * digits &&
            oid_parse(line + digits + 1, digits, oid) == 0)
            return name + sizeof to - 1;
        end = line;
    }
    return NULL;
}

int detached_describe(struct workspace *workspace, char *out, size_t size)
{
    char *text, hex[OID_HEX];
    size_t length;
    struct oid oid, commit;
    struct fault unimportant;
    fault_clear(&unimportant);
    *out = '\0';
    if (fs_read(workspace->repository.git_dir, "logs/HEAD", REFLOG_MAX, false, &text, &length,
                workspace->fault) < 0)
        return -1;
    const char *name =
        text ? last_move(text, length, 2 * workspace->repository.oid_len, &oid) : NULL;
    const struct local_ref *ref = name ? revision_ref(&workspace->revisions, name) : NULL;
    const char *shown = NULL;
    if (ref && peel_to_commit(workspace->odb, &ref->oid, &commit, &unimportant) == 0 &&
        oid_equal(&commit, &oid))
        shown = ref->name;
    if (shown && strncmp(shown, "refs/tags/", 10) == 0)
        shown += 10;
    else if (shown && strncmp(shown, "refs/remotes/", 13) == 0)
        shown += 13;
    else if (name && shown == NULL) {
        oid_hex(&oid, hex)[odb_abbreviation(workspace->odb, &oid)] = '\0';
        shown = hex;
    }
    if (shown)
        snprintf(out, size, "HEAD detached %s %s",
                 oid_equal(&workspace->head.oid, &oid) ? "at" : "from", shown);
    free(text);
    return 0;
}
