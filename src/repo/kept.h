/* SPDX-License-Identifier: MIT */
/* What a clone or a fetch has kept whose line broke for good. Its staging directory
 * (repo/staging.h) stays, with one more file in it:
 *
 *   from = what LF announced LF     whose packs these are: a URL, and more that has to be the same;
 *                                   objects of the first pack, by its header
 *
 * and, of a clone that begins with bundles, the pack of one, as it was sent and as far as it came:
 *
 *   bundles/NAME.pack               (repo/kept_bundles.h)
 *
 * The next one of the same to the same target moves the directory into its own one, as "kept",
 * and reads the packs again as if they came from the server: nothing else in it is believed (K9,
 * P16). A run that was killed leaves the same, but of a bundle only what it had from an earlier
 * one. What is older than two weeks is removed like any left-over. */
#ifndef SMIDGIT_KEPT_H
#define SMIDGIT_KEPT_H

#include "repo/kept_packs.h"
#include "repo/staging.h"
#include "system/file.h"

#include <stdint.h>

/* Whether the left-over directory STAGE, which is verifiably ours, may be waited for: it is young
 * enough, and has a pack, or a bundle's. */
bool kept_waits(int stage);

/* Writes down whose packs STAGE will hold. 0 or -1. */
int kept_note(struct staging *stage, const char *what, uint32_t announced);

/* Takes over what an earlier run has kept of one of WHATS[0..COUNT). What was kept for another
 * stays where that may go on, too, but for those that are the same up to " of "; otherwise it is
 * removed: a target is cloned once. The number of the one, from 1, and *ANNOUNCED; 0: there is
 * nothing. */
int kept_take(struct staging *stage, const char *const whats[], size_t count, uint32_t *announced);

/* Removes what was kept for others, where it may not stay (kept_take()). */
void kept_alone(struct staging *stage);

/* How many objects those packs hold that were taken over, by their headers. */
uint64_t kept_objects(struct staging *stage, enum kept_packs which);

/* And how many bytes they have. */
uint64_t kept_bytes(struct staging *stage);

/* The next pack of what was taken over, open for reading: a descriptor. DONE is the one before it,
 * or -1: it is closed, and that pack goes. -1: no more, and "kept" is removed. */
int kept_next(struct staging *stage, enum kept_packs which, int done);

/* Removes what was taken over. */
void kept_drop(struct staging *stage);

/* The pack in STAGE's git_dir, open for reading: a descriptor or -1. */
int kept_pack(struct staging *stage);

/* Reads such a pack in FD. It has broken off, as the line had: FAULT_NETWORK at its end. */
struct kept_reader {
    struct reader reader;
    struct file_reader file;
};
void kept_reader_open(struct kept_reader *in, int fd, struct fault *fault);

/* STAGE has been published: no run can go on with it. Whether nothing of what is kept is left in
 * it. */
bool kept_forget(struct staging *stage);

/* Closing STAGE is to leave it where it is, with BYTES of packs; its fault says so, too. */
void kept_stay(struct staging *stage, uint64_t bytes);
bool kept_stays(const struct staging *stage);

#endif
