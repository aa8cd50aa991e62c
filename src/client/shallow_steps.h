/* SPDX-License-Identifier: MIT */
/* A clone over a line that breaks, from a server that gives no objects by name, or not without all
 * that is below them: it grows by steps, each of which is a fetch like any other.
 *
 *   C: want (all tips), deepen 1                     the newest commits and their files
 *   C: want, shallow, have (all tips), deepen 2, 4, 8, ...   what is older
 *
 * A step that breaks off is lost, and half of it is next; after one that holds, twice as much. So
 * what has to fit between two breaks is the tips alone, and then what one commit has changed. At
 * all times the staging repository is a whole, shallow one. */
#ifndef SMIDGIT_SHALLOW_STEPS_H
#define SMIDGIT_SHALLOW_STEPS_H

#include "client/download.h"
#include "client/missing.h"

/* Whether the server can be asked so. */
bool shallow_steps_possible(const struct download *download);

/* Fetches what the refmap wants, to download->depth; *TOTAL says how much that was. LACKS: the odb
 * has what an earlier run has come to, but for these; NULL: what has come so far is forgotten. Of
 * tries with the smallest step so many in turn may bring nothing as for any request
 * (remote_again()). 0; 1: what is in the odb is no whole history of these tips; -1. */
int shallow_steps(struct download *download, const struct missing *lacks,
                  struct receive_result *total);

#endif
