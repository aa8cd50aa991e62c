/* SPDX-License-Identifier: MIT */
/* Where the words come from: addresses of documents, and files of this program's source. */
#ifndef SMIDGIT_EXPLAIN_LINKS_H
#define SMIDGIT_EXPLAIN_LINKS_H

#include "client/explain_words.h"

/* The address of WORD's document, at its section: git's own pages, or an RFC. OUT has EXPLAIN_URL
 * bytes; returns it. */
enum { EXPLAIN_URL = 256 };
const char *explain_url(const struct explain_word *word, char out[EXPLAIN_URL]);

/* The file here that has WORD's function: "proto/pkt.c"; NULL when there is none. */
const char *explain_source(const struct explain_word *word);

#endif
