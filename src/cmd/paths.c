/* SPDX-License-Identifier: MIT */
#include "cmd/paths.h"

#include "proto/object.h"
#include "system/texts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* PATH's names put behind those of OUT, of which USED bytes are filled; ".." takes one away. -1: it
 * leads out, or is too long. */
static int append(char out[OBJECT_PATH_MAX], size_t *used, const char *path)
{
    while (*path) {
        size_t length = strcspn(path, "/");
        if (length == 2 && memcmp(path, "..", 2) == 0) {
            if (*used == 0)
                return -1;
            while (*used > 0 && out[--*used] != '/')
                ;
        } else if (length > 0 && !(length == 1 && *path == '.')) {
            if (*used + length + 2 > OBJECT_PATH_MAX)
                return -1;
            if (*used > 0)
                out[(*used)++] = '/';
            memcpy(out + *used, path, length);
            *used += length;
        }
        path += length + (path[length] == '/');
    }
    out[*used] = '\0';
    return 0;
}

/* Whether PATH can be but a directory: "a/", "a/.", ".." */
static bool is_directory(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return *name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* ARGUMENT from the current directory as a path below WORK. */
static int resolve(const char *work, const char *argument, char out[OBJECT_PATH_MAX])
{
    char here[REPOSITORY_PATH_MAX];
    size_t used = 0, length = strcmp(work, "/") == 0 ? 0 : strlen(work);
    if (*argument != '/' && getcwd(here, sizeof here) == NULL)
        return -1;
    const char *from = *argument == '/' ? argument : here;
    if (strncmp(from, work, length) != 0 || (from[length] != '/' && from[length] != '\0'))
        return -1;
    if (append(out, &used, from + length) < 0)
        return -1;
    return *argument == '/' ? 0 : append(out, &used, argument);
}

int paths_open(struct paths *paths, const struct repository *repository, int count,
               char *const *arguments, struct fault *fault)
{
    char path[OBJECT_PATH_MAX];
    if (count > LIST_MAX)
        return fault_set(fault, FAULT_USAGE, "over %d paths", LIST_MAX);
    for (int i = 0; i < count; i++) {
        if (resolve(repository->work_path, arguments[i], path) < 0)
            return fault_set(fault, FAULT_USAGE,
                             "'%.400s' is outside of the repository at '%.400s'", arguments[i],
                             repository->work_path);
        size_t length = strlen(path);
        if (length > 0 && length + 1 < sizeof path && is_directory(arguments[i]))
            memcpy(path + length, "/", 2);
        const char *kept = texts_keep(&paths->texts, path, strlen(path));
        if (kept == NULL)
            return fault_set(fault, FAULT_LIMIT, "no memory for paths");
        paths->all = paths->all || *kept == '\0';
        if (*kept)
            paths->set.paths.items[paths->set.paths.count++] = kept;
    }
    return pathset_open(&paths->set, fault);
}

void paths_close(struct paths *paths)
{
    texts_free(paths->texts);
    paths->texts = NULL;
}

struct pathset *paths_set(struct paths *paths)
{
    return paths->all ? NULL : &paths->set;
}
