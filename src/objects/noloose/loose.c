/* SPDX-License-Identifier: MIT */
/* For what reads only the pack that it has received itself. */
#include "objects/loose.h"

static void missing(const struct oid *oid, struct fault *fault)
{
    char hex[OID_HEX];
    fault_set(fault, FAULT_PROTOCOL, "object %s is missing", oid_hex(oid, hex));
}

bool loose_has(int git_dir, const struct oid *oid)
{
    (void)git_dir;
    (void)oid;
    return false;
}

bool loose_next(int git_dir, const struct oid *first, unsigned digits, void **at, struct oid *out)
{
    (void)git_dir;
    (void)first;
    (void)digits;
    (void)at;
    (void)out;
    return false;
}

unsigned loose_shared(int git_dir, const struct oid *oid)
{
    (void)git_dir;
    (void)oid;
    return 0;
}

int loose_size(int git_dir, struct inflate *inflate, const struct oid *oid, enum object_type *type,
               uint64_t *size, struct fault *fault)
{
    (void)git_dir;
    (void)inflate;
    (void)type;
    (void)size;
    missing(oid, fault);
    return -1;
}

int loose_read(int git_dir, struct inflate *inflate, const struct oid *oid, size_t max,
               enum object_type *type, struct buffer **out, struct fault *fault)
{
    (void)git_dir;
    (void)inflate;
    (void)max;
    (void)type;
    (void)out;
    missing(oid, fault);
    return -1;
}

int loose_stream(int git_dir, struct inflate *inflate, const struct oid *oid,
                 enum object_type *type,
                 int (*piece)(void *context, const unsigned char *bytes, size_t size),
                 void *context, struct fault *fault)
{
    (void)git_dir;
    (void)inflate;
    (void)type;
    (void)piece;
    (void)context;
    missing(oid, fault);
    return -1;
}
