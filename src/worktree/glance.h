/* SPDX-License-Identifier: MIT */
/* Files that are as the index says by their stat data alone. Most are: a second thread looks for
 * them from the end of the index on, until it meets the one that judges all of them from the front.
 * Neither waits for the other. */
#ifndef SMIDGIT_GLANCE_H
#define SMIDGIT_GLANCE_H

#include "worktree/index_list.h"

struct glance {
    const struct index_list *list;
    const struct file_options *options;
    _Atomic unsigned *states; /* of the parts of the index; RISC-V has no atomic bytes */
    unsigned char *same;      /* a bit for each entry */
    size_t parts, here;       /* how many; and 1 + the one the first thread is in */
};

/* Nothing of what is borrowed changes before glance_close(), but by index_list_look(). Without
 * memory nothing is looked at. */
void glance_open(struct glance *glance, const struct index_list *list,
                 const struct file_options *options);
void glance_close(struct glance *glance);

/* The second thread's work. */
void glance_run(struct glance *glance);

/* For the first one, with AT growing: whether the file of entry AT is known to be the same. What is
 * not, it looks at itself, even while the other thread is at it, where the two meet. */
bool glance_same(struct glance *glance, size_t at);

#endif
