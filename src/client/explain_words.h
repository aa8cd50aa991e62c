/* SPDX-License-Identifier: MIT */
/* What the fields, capabilities and instructions of git's formats mean: one sentence each, with the
 * document and section that define it, and the function here that reads it. Everything that
 * explains takes its words from this one table. */
#ifndef SMIDGIT_EXPLAIN_WORDS_H
#define SMIDGIT_EXPLAIN_WORDS_H

#include <stddef.h>

enum { EXPLAIN_WORDS_MAX = 256 };

struct explain_word {
    const char *kind;     /* "pack", "delta", "idx", "index", "refs", "loose", "capability", ... */
    const char *word;     /* as it stands on the wire, or what git's documents call the field */
    const char *sentence; /* without a full stop */
    const char *document, *section;
    const char *function; /* "pack_read_entry"; NULL: nothing here reads it */
};

extern const struct explain_word explain_words[];
extern const size_t explain_words_count;

/* The row of WORD[0..SIZE); NULL: there is none. */
const struct explain_word *explain_word_find(const char *kind, const char *word, size_t size);

#endif
