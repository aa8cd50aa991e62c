/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* madvise() */
#include "system/file_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int file_map_open(struct file_map *map, int at, const char *path, size_t max, struct fault *fault)
{
    struct stat st;
    *map = (struct file_map){.size = 0};
    /* A FIFO would not let go of open(). */
    int fd = openat(at, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return 0;
    int rc = fd < 0 || fstat(fd, &st) < 0
                 ? fault_set(fault, FAULT_LOCAL, "cannot read '%s': %s", path, strerror(errno))
             : !S_ISREG(st.st_mode) ? fault_set(fault, FAULT_LOCAL, "'%s' is not a file", path)
             : st.st_size == 0      ? fault_set(fault, FAULT_PROTOCOL, "'%s' is empty", path)
             : (uintmax_t)st.st_size > max
                 ? fault_set(fault, FAULT_LIMIT, "'%s' is larger than %zu bytes", path, max)
                 : 1;
    if (rc == 1) {
        void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED)
            rc = fault_set(fault, FAULT_LIMIT, "no memory to map '%s'", path);
        else
            *map = (struct file_map){bytes, (size_t)st.st_size};
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

void file_map_forget(const struct file_map *map)
{
#ifdef MADV_DONTNEED
    if (map->bytes)
        madvise((void *)(uintptr_t)map->bytes, map->size, MADV_DONTNEED);
#else
    (void)map;
#endif
}

void file_map_close(struct file_map *map)
{
    if (map->bytes)
        munmap((void *)(uintptr_t)map->bytes, map->size);
    *map = (struct file_map){.size = 0};
}
