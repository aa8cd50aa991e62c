/* SPDX-License-Identifier: MIT */
/* Which object leads to which, in a pack that is small enough for a picture. */
#ifndef SMIDGIT_EXPLAIN_GRAPH_H
#define SMIDGIT_EXPLAIN_GRAPH_H

#include "client/explain_text.h"
#include "proto/pack.h"

struct explain_whole {
    enum object_type type;
    unsigned char *bytes;
    size_t size;
};

/* Tells of OBJECTS[0..COUNT), at most EXPLAIN_NODES_MAX, which one leads to which. */
void explain_graph(const struct explained *file, const struct explain_whole *objects, size_t count);

#endif
