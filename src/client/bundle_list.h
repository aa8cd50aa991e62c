/* SPDX-License-Identifier: MIT */
/* Lists of bundles (technical/bundle-uri, "Bundle Lists"): git's configuration format, or the
 * key=value lines of a git server. */
#ifndef SMIDGIT_BUNDLE_LIST_H
#define SMIDGIT_BUNDLE_LIST_H

#include "proto/bundle.h"
#include "proto/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BUNDLE_LIST_TEXT = 1 << 20, /* bytes of a list */
    BUNDLE_LIST_MAX = 1000      /* bundles in it */
};

struct listed_bundle {
    const char *id, *uri; /* uri: as it stands there; NULL: none */
    uint64_t token;       /* creationToken: older bundles have smaller ones; 0: none */
    bool filtered;        /* objects are missing in it */
    bool done;            /* for who takes them */
};

struct bundle_list {
    struct listed_bundle *bundles;
    size_t count, room;
    const char *version, *mode;
    bool any; /* one of them is enough; else all are needed */
    struct texts *texts;
};

/* Takes KEY, "bundle.version", "bundle.ID.uri", and VALUE; keys that are not known are ignored.
 * FAULT_PROTOCOL: one that is given twice, or a value that is none; FAULT_LIMIT. 0 or -1. */
int bundle_list_add(struct bundle_list *list, const char *key, const char *value,
                    struct fault *fault);

/* Adds all of TEXT[0..SIZE), behind which a NUL stands. 0, or -1 and FAULT_PROTOCOL. */
int bundle_list_parse(struct bundle_list *list, const char *text, size_t size, struct fault *fault);

/* When nothing more is to be added: checks version and mode (FAULT_PROTOCOL), and sorts the oldest
 * bundles to the front, as the others need them. 0 or -1. */
int bundle_list_end(struct bundle_list *list, struct fault *fault);

/* Adds and ends all of a file that begins with FIRST and goes on in IN. 0, or -1 and also
 * FAULT_LIMIT. */
int bundle_list_read(struct bundle_list *list, struct reader *in,
                     const unsigned char first[BUNDLE_SIGNATURE], struct fault *fault);

void bundle_list_free(struct bundle_list *list); /* zeros are fine */

#endif
