/* SPDX-License-Identifier: MIT */
#include "remote/credential.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t written(const struct credential *credential, char *out)
{
    struct fault fault = {.class = FAULT_NONE};
    struct memory_writer writer;
    writer_memory(&writer, out, (size_t)2 * CREDENTIAL_ROOM, "out", &fault);
    if (credential_write(credential, &writer.writer) < 0)
        __builtin_trap();
    return writer.used;
}

/* What was read can be written, and reads back the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char first[2 * CREDENTIAL_ROOM], second[2 * CREDENTIAL_ROOM];
    struct credential credential = {.room = NULL}, again = {.room = NULL};
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    reader_memory(&in, data, size, "in", &fault);
    int rc = credential_read(&in, &credential);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        __builtin_trap();
    if (rc == 0) {
        size_t used = written(&credential, first);
        reader_memory(&in, first, used, "in", &fault);
        if (credential_read(&in, &again) < 0 || written(&again, second) != used ||
            memcmp(first, second, used) != 0)
            __builtin_trap();
    }
    credential_forget(&credential);
    credential_forget(&again);
    return 0;
}
