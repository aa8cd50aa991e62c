/* SPDX-License-Identifier: MIT */
/* Object ids in an array, sorted. */
#ifndef SMIDGIT_OIDS_H
#define SMIDGIT_OIDS_H

#include "proto/oid.h"

#include <stdbool.h>
#include <stddef.h>

/* Sorts OIDS[0..COUNT) and keeps each once. How many are left. OIDS may be NULL when COUNT is 0. */
size_t oids_sort(struct oid *oids, size_t count);

/* Whether OID is among SORTED[0..COUNT), which may be NULL when COUNT is 0. */
bool oids_have(const struct oid *sorted, size_t count, const struct oid *oid);

#endif
