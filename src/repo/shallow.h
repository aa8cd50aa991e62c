/* SPDX-License-Identifier: MIT */
/* The commits whose parents the server did not send. */
#ifndef SMIDGIT_SHALLOW_H
#define SMIDGIT_SHALLOW_H

#include "proto/fetch.h"

struct shallow_list {
    struct fetch_listener listener; /* hand &list.listener to remote_fetch() */
    struct oid *oids;
    size_t count, room;
};

void shallow_open(struct shallow_list *list);
void shallow_close(struct shallow_list *list);

/* 0, or -1 when there is no memory. */
int shallow_add(struct shallow_list *list, const struct oid *oid);

/* Sorts the list and removes what is in it twice. */
void shallow_sort(struct shallow_list *list);

#endif
