/* SPDX-License-Identifier: MIT */
#include "worktree/pathset.h"

#include "proto/object.h"

#include <string.h>

static int bad_path(const char *path, const char *why, struct fault *fault)
{
    return fault_set(fault, FAULT_USAGE, "option '--path': '%s' %s", path, why);
}

/* path = name *( "/" name ) */
static int check_path(const char *path, size_t length, struct fault *fault)
{
    if (length == 0)
        return bad_path(path, "is no path below the root", fault);
    for (size_t at = 0; at < length;) {
        const char *slash = memchr(path + at, '/', length - at);
        size_t size = slash ? (size_t)(slash - (path + at)) : length - at;
        if (size == 0)
            return bad_path(path, "is not relative, or has an empty name in it", fault);
        if (object_name_refused(path + at, size, false))
            return bad_path(path, "has a name in it that no working tree has", fault);
        at += size + 1;
    }
    return 0;
}

int pathset_open(struct pathset *set, struct fault *fault)
{
    for (size_t i = 0; i < set->paths.count; i++) {
        const char *path = set->paths.items[i];
        size_t length = strlen(path);
        while (length > 1 && path[length - 1] == '/')
            length--;
        if (check_path(path, length, fault) < 0)
            return -1;
        set->lengths[i] = length;
    }
    return 0;
}

/* WHOLE begins with PART, and that ends where one of its names does. */
static bool begins_with(const char *whole, size_t whole_length, const char *part, size_t length)
{
    return whole_length >= length && memcmp(whole, part, length) == 0 &&
           (whole_length == length || whole[length] == '/');
}

static bool take(struct pathset *set, const char *path, size_t length, bool directory, bool file)
{
    bool takes = false;
    for (size_t i = 0; i < set->paths.count; i++) {
        const char *wanted = set->paths.items[i];
        size_t wanted_length = set->lengths[i];
        if (file && length == wanted_length && wanted[length] == '/')
            continue;
        if (begins_with(path, length, wanted, wanted_length))
            takes = set->found[i] = true;
        else if (directory && begins_with(wanted, wanted_length, path, length))
            takes = true;
    }
    return takes;
}

bool pathset_takes(struct pathset *set, const char *path, size_t length, bool directory)
{
    return take(set, path, length, directory, false);
}

bool pathset_takes_file(struct pathset *set, const char *path, size_t length, bool module)
{
    return take(set, path, length, false, !module);
}

int pathset_all_found(const struct pathset *set, struct fault *fault)
{
    for (size_t i = 0; i < set->paths.count; i++)
        if (!set->found[i])
            return fault_set(fault, FAULT_REFUSED, "path '%s' is not in that commit",
                             set->paths.items[i]);
    return 0;
}
