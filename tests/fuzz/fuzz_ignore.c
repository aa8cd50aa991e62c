/* SPDX-License-Identifier: MIT */
/* A .gitignore of any content, and a path of any kind: the text up to the first NUL is the file,
 * the rest the path. What is ignored without the last rule is ignored with it, unless that rule
 * says not; rules that are forgotten have no effect. */
#include "worktree/ignore.h"

#include "../unit/scratch.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static bool ready;
    struct ignore ignore;
    struct fault fault;
    char path[256];
    const uint8_t *nul = size ? memchr(bytes, 0, size) : NULL;
    size_t length = nul ? (size_t)(nul - bytes) : size, rest = nul ? size - length - 1 : 0;
    if (!ready) {
        scratch_open();
        ready = true;
    }
    int fd = open("rules", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0 || write(fd, bytes, length) != (ssize_t)length || close(fd) < 0)
        abort();
    if (rest >= sizeof path)
        rest = sizeof path - 1;
    if (rest > 0)
        memcpy(path, nul + 1, rest);
    path[rest] = '\0';
    fault_clear(&fault);
    ignore_open(&ignore, size & 1, &fault);
    if (ignore_read(&ignore, AT_FDCWD, "rules", 0, true) < 0 || fault.class != FAULT_NONE)
        abort();
    for (int directory = 0; directory < 2; directory++) {
        bool with = ignore_matches(&ignore, path, directory);
        size_t count = ignore.count;
        if (count == 0) {
            if (with)
                abort();
            continue;
        }
        struct ignore_rule last = ignore.rules[count - 1];
        ignore_forget(&ignore, count - 1);
        bool without = ignore_matches(&ignore, path, directory);
        ignore.count = count;
        /* The last rule decides, or nothing changes. */
        if (with != without && with == last.negated)
            abort();
    }
    ignore_close(&ignore);
    return 0;
}
