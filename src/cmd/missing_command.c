/* SPDX-License-Identifier: MIT */
#include "cmd/missing_command.h"

#include "cmd/commands.h"
#include "proto/url.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 32, DISTANCE_MAX = 2 }; /* of a word that may have meant a command */

/* What git(1) lists as its main commands, and those of the others that people type. */
static const char gits_own[] =
    " add am apply archive bisect blame bundle cat-file cherry-pick citool commit describe diff "
    "difftool filter-branch format-patch fsck gc grep gui hash-object instaweb lfs ls-files "
    "ls-tree maintenance merge mergetool mv notes push range-diff rebase reflog repack replace "
    "restore revert rm send-email shortlog show show-branch show-ref sparse-checkout stash "
    "submodule switch symbolic-ref tag update-index update-ref whatchanged worktree ";

static bool is_gits(const char *name)
{
    char word[NAME_MAX_LENGTH + 2];
    if (!*name || strchr(name, ' ') || strlen(name) >= NAME_MAX_LENGTH)
        return false;
    snprintf(word, sizeof word, " %s ", name);
    return strstr(gits_own, word) != NULL;
}

/* How many letters must be put in, left out, changed or swapped with the next to make B of A. */
static unsigned distance(const char *a, const char *b)
{
    unsigned rows[3][NAME_MAX_LENGTH + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    size_t length = strlen(b);
    for (unsigned j = 0; j <= length; j++)
        row[j] = j;
    for (unsigned i = 0; a[i]; i++) {
        unsigned *spare = before;
        before = last;
        last = row;
        row = spare;
        row[0] = i + 1;
        for (size_t j = 0; j < length; j++) {
            unsigned least = last[j] + (a[i] != b[j]);
            if (least > last[j + 1] + 1)
                least = last[j + 1] + 1;
            if (least > row[j] + 1)
                least = row[j] + 1;
            if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] && least > before[j - 1] + 1)
                least = before[j - 1] + 1;
            row[j + 1] = least;
        }
    }
    return row[length];
}

static const char *nearest(const char *name)
{
    const char *found = NULL;
    unsigned least = DISTANCE_MAX + 1;
    if (strlen(name) >= NAME_MAX_LENGTH)
        return NULL;
    for (const struct command *const *command = commands; *command; command++) {
        unsigned changes = distance(name, (*command)->name);
        if (changes < least && changes < strlen(name)) {
            least = changes;
            found = (*command)->name;
        }
    }
    return found;
}

int missing_command(const char *name, struct fault *fault)
{
    const char *near = is_gits(name) ? NULL : nearest(name);
    if (near)
        return fault_set(fault, FAULT_USAGE,
                         "'%s' is not a smidgit command. The nearest one is '%s'.", name, near);
    if (!is_gits(name))
        return fault_set(fault, FAULT_USAGE, "'%s' is not a smidgit command. See 'smidgit help'.",
                         url_shown(name));
    fault_set(fault, FAULT_USAGE, "smidgit has no '%s' yet", name);
    size_t used = strlen(fault->text);
    for (const struct command *const *command = commands; *command; command++)
        used +=
            (size_t)snprintf(fault->text + used, sizeof fault->text - used, "%s %s",
                             command == commands ? FAULT_HINT "There are:" : ",", (*command)->name);
    return -1;
}
