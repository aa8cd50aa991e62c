/* SPDX-License-Identifier: MIT */
/* How what is explained is told: as text, as a page, as data. One function for each thing there is
 * to tell; all texts are whole and may be shown on a terminal. */
#ifndef SMIDGIT_EXPLAIN_FORM_H
#define SMIDGIT_EXPLAIN_FORM_H

#include "client/explain_words.h"
#include "proto/oid.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* An entry of a pack, for a map of it. */
struct explain_bar {
    const char *type; /* "commit", ..., "ofs-delta" */
    uint64_t offset, end, size;
    uint64_t base;  /* the offset of its base; 0: none, or not here */
    uint32_t depth; /* on how many others it stands */
};

enum { EXPLAIN_NODES_MAX = 80 }; /* in a picture */

/* An object in a picture, and one that leads to another. */
struct explain_node {
    const char *type;
    char name[OID_HEX], label[64]; /* the label is what a tree calls it, or "" */
};
struct explain_edge {
    size_t from, to;
};

/* Bytes of a message that belong together. */
struct explain_field {
    const char *name;
    size_t size;
    const struct explain_word *word; /* or NULL */
};

/* What one side says: a line of a head, a pkt-line, a piece of a pack. */
struct explain_said {
    char side;        /* 'C' or 'S' */
    const char *part; /* "head", "pkt-line", "pack" */
    const char *text; /* as it may be shown, perhaps cut */
    const unsigned char *bytes;
    size_t size;                        /* as they went over the wire; 0: they are not known */
    const struct explain_field *fields; /* of all the bytes, in their order */
    size_t field_count;
    bool timed;
    uint64_t us; /* since the conversation began */
};

enum { EXPLAIN_ROUNDS_MAX = 256, EXPLAIN_ROUND_TEXT = 512 };

/* A request and its response. */
struct explain_round {
    char request[EXPLAIN_ROUND_TEXT], answer[EXPLAIN_ROUND_TEXT]; /* first lines, may be shown */
    bool timed;                                                   /* so it is known ... */
    uint64_t asked_us, answered_us, ended_us; /* when, since the conversation began, */
    uint64_t bytes[2];                        /* and how much the bodies of both have */
};

struct explain_form {
    void (*begin)(FILE *out, const char *what); /* before all, ... */
    void (*end)(FILE *out);                     /* ... and behind it */
    void (*begin_file)(FILE *out, const char *what);
    void (*end_file)(FILE *out);
    void (*heading)(FILE *out, const char *text);
    void (*row)(FILE *out, uint64_t offset, const unsigned char *bytes, size_t size,
                const char *text);
    void (*note)(FILE *out, const char *text);
    void (*line)(FILE *out, const char *text);                             /* of a table */
    void (*means)(FILE *out, const struct explain_word *word, bool again); /* AGAIN: was told */
    void (*says)(FILE *out, const struct explain_said *said);
    void (*rounds)(FILE *out, const struct explain_round *rounds, size_t count);
    /* Pictures; NULL: this form has none. */
    void (*map)(FILE *out, const struct explain_bar *bars, size_t count, uint64_t size);
    void (*graph)(FILE *out, const struct explain_node *nodes, size_t count,
                  const struct explain_edge *edges, size_t edge_count);
};

extern const struct explain_form explain_as_text, explain_as_html, explain_as_json;

#endif
