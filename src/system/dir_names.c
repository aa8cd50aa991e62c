/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* d_type */
#include "system/dir_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    /* Names at a time, and the bytes of them; each level of a tree that is walked has so many. What
     * has more than 26 KB musl takes from the kernel anew for each directory, and gives it back. */
    BATCH = 512,
    BATCH_BYTES = BATCH * 32,
    TYPE_SHIFT = 12,
    NAME_SIZE = 4096 /* bytes of a name with its NUL: more than any file system has */
};

struct dir_names {
    DIR *dir;
    size_t count, at; /* names of this batch, and those that were given */
    const char *names[BATCH];
    char bytes[BATCH_BYTES]; /* of each its type, then its name with a NUL */
};

struct dir_names *dir_names_open(int fd)
{
    struct dir_names *names = malloc(sizeof *names);
    DIR *dir = names ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        free(names);
        close(fd);
        return NULL;
    }
    rewinddir(dir); /* it may have been read before */
    names->dir = dir;
    names->count = names->at = 0;
    return names;
}

void dir_names_close(struct dir_names *names)
{
    closedir(names->dir);
    free(names);
}

#ifdef DT_UNKNOWN
static unsigned char type_of(const struct dirent *entry)
{
    return entry->d_type; /* DT_DIR is S_IFDIR >> TYPE_SHIFT, and so on; DT_UNKNOWN is 0 */
}
#else
static unsigned char type_of(const struct dirent *entry)
{
    (void)entry;
    return 0;
}
#endif

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* 0, or -1 as errno says. */
static int fill(struct dir_names *names)
{
    size_t used = 0;
    names->count = names->at = 0;
    while (names->count < BATCH && used + 1 + NAME_SIZE <= sizeof names->bytes) {
        errno = 0;
        const struct dirent *entry = readdir(names->dir);
        if (entry == NULL && errno != 0)
            return -1;
        if (entry == NULL)
            break;
        size_t size = strlen(entry->d_name) + 1;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (size > NAME_SIZE) {
            errno = ENAMETOOLONG;
            return -1;
        }
        names->bytes[used++] = (char)type_of(entry);
        names->names[names->count++] = memcpy(names->bytes + used, entry->d_name, size);
        used += size;
    }
    qsort(names->names, names->count, sizeof *names->names, compare);
    return 0;
}

int dir_names_next(struct dir_names *names, const char **name, mode_t *kind)
{
    if (names->at == names->count && fill(names) < 0)
        return -1;
    if (names->at == names->count)
        return 0;
    *name = names->names[names->at++];
    *kind = (mode_t)(unsigned char)(*name)[-1] << TYPE_SHIFT;
    return 1;
}

int dir_names_kind(int at, const char *name, mode_t *kind)
{
    struct stat st;
    if (*kind != 0)
        return 0;
    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    *kind = st.st_mode & S_IFMT;
    return 0;
}
