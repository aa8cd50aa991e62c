/* SPDX-License-Identifier: MIT */
/* The packs in a staging directory that an earlier run has left (repo/kept.h): no link is followed
 * to one, and none is of another user (P16). */
#ifndef SMIDGIT_KEPT_PACKS_H
#define SMIDGIT_KEPT_PACKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define KEPT "kept"       /* a staging directory that was taken over, in another */
#define BUNDLES "bundles" /* packs of bundles, in a staging directory */

enum kept_packs {
    KEPT_ALL,      /* what was to become a pack is one, too */
    KEPT_FINISHED, /* and here it is not */
    KEPT_BUNDLES   /* those of bundles alone (repo/kept_bundles.h) */
};

/* Whether NAME in AT is a regular file of this user's with one name. */
bool kept_is_own(int at, const char *name, struct stat *st);

/* What is done with each pack: one file in the directory DIR. True: no other is looked at. */
typedef bool kept_each(void *context, int dir, const char *name, const struct stat *st);

/* Packs in the directory PATH below AT. Whether EACH said that it was enough. */
bool kept_in_directory(int at, const char *path, enum kept_packs which, kept_each *each,
                       void *context);

/* The packs of a clone, or of a bare one, at PREFIX in AT, or its bundles; and of what that had
 * taken over itself. */
bool kept_in_all(int at, const char *prefix, enum kept_packs which, kept_each *each, void *context);

/* The bytes of all of them. */
uint64_t kept_size_in_all(int at, const char *prefix, enum kept_packs which);

/* STAGE has taken another directory over: packs that this had taken over itself are put among its
 * own ones. Otherwise each run that receives nothing would put them one directory further down. */
void kept_lift(int stage);

#endif
