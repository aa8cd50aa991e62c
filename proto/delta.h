/* SPDX-License-Identifier: MIT */
/* Deltas (gitformat-pack, "Deltified representation"): copy from the base, or insert. */
#ifndef PROTO_DELTA_H
#define PROTO_DELTA_H

#include "stream.h"

struct delta {
    struct reader *in;
    uint64_t base_size, result_size; /* bytes, as the delta says */
    uint64_t made;                   /* bytes of the result so far */
    /* the instruction at hand, after delta_next() */
    enum { DELTA_COPY, DELTA_INSERT } kind;
    uint64_t offset; /* DELTA_COPY: in the base */
    uint64_t size;   /* bytes copied; DELTA_INSERT: bytes that follow on `in`, at most 127 */
};

/* Reads the two sizes. BASE_SIZE is the real one: a difference is a FAULT_PROTOCOL (K5). */
int delta_open(struct delta *delta, struct reader *in, uint64_t base_size);

/* The next instruction, its bounds checked: 1, 0 when the result is whole and IN ends, -1. */
int delta_next(struct delta *delta);

/* Reads the size that the delta BYTES[0..SIZE) says its result has. 0 or -1. */
int delta_result_size(const unsigned char *bytes, size_t size, uint64_t *out, struct fault *fault);

/* Applies the delta BYTES[0..SIZE) to BASE. RESULT has room for RESULT_SIZE bytes, which must be
 * the size that the delta says. 0 or -1. */
int delta_apply(const unsigned char *bytes, size_t size, const unsigned char *base,
                size_t base_size, unsigned char *result, size_t result_size, struct fault *fault);

#endif
