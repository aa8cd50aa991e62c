/* SPDX-License-Identifier: MIT */
/* The form of what is explained: a row for some bytes, with their offset and their meaning.
 *
 *        4  00 00 00 02                     version: 2
 *           2 is what everybody writes (gitformat-pack, "pack-*.pack files ...": pack_read_header)
 */
#ifndef SMIDGIT_EXPLAIN_TEXT_H
#define SMIDGIT_EXPLAIN_TEXT_H

#include "client/explain.h"
#include "client/explain_words.h"

enum { EXPLAIN_TOLD = EXPLAIN_WORDS_MAX / 64 };

/* Bytes of a file, and of what they are part. */
struct explained {
    const struct explain *explain;
    const char *path;
    const unsigned char *bytes;
    size_t size;
    const struct hash_ops *hash; /* whose names are in it */
    bool trailer_fits;           /* it ends with that hash of all before */
    uint64_t told[EXPLAIN_TOLD]; /* a bit for each row of the words that was told */
};

/* The row of SIZE bytes at OFFSET, and what they are. */
void explain_row(const struct explained *file, uint64_t offset, size_t size, const char *format,
                 ...) FAULT_PRINTF(4, 5);

/* A line below a row. */
void explain_note(const struct explained *file, const char *format, ...) FAULT_PRINTF(2, 3);

/* The sentence of a word and where it comes from; text has it the first time that it is asked for.
 */
bool explain_told(const struct explained *file, const struct explain_word *row);
void explain_word(struct explained *file, const struct explain_word *row);
void explain_means(struct explained *file, const char *kind, const char *word);

/* Says so where the trailer of FILE is neither hash's, as whose names are in it is then only what
 * its name or its size says. */
void explain_trailer_hint(const struct explained *file);

/* 0; -1 with the fault when this program was interrupted, or nobody reads what it writes: loops
 * whose length strangers say ask between two things to tell. */
int explain_stopped(const struct explained *file);

/* A line of its own, of a table. */
void explain_line(const struct explained *file, const char *format, ...) FAULT_PRINTF(2, 3);

/* A heading. */
void explain_heading(const struct explained *file, const char *format, ...) FAULT_PRINTF(2, 3);

/* Up to 48 bytes of TEXT in quotes, as they may be shown; "..." when there are more. OUT has
 * EXPLAIN_QUOTED bytes. */
enum { EXPLAIN_QUOTED = 256 };
const char *explain_quoted(const unsigned char *text, size_t size, char out[EXPLAIN_QUOTED]);

/* The first 120 bytes of TEXT as they may be shown. OUT has EXPLAIN_SHORT bytes. */
enum { EXPLAIN_SHORT = 512 };
const char *explain_short(const void *text, size_t size, char out[EXPLAIN_SHORT]);

/* SIZE as people write it: "1,234,567". OUT has 32 bytes. */
const char *explain_number(uint64_t number, char out[32]);

#endif
