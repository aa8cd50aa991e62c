/* SPDX-License-Identifier: MIT */
/* An HTTP answer, head and body, as a row of a table. */
#ifndef SMIDGIT_ANSWER_H
#define SMIDGIT_ANSWER_H

#include "pieces.h"
#include "proto/http.h"
#include "t.h"

struct row {
    const char *why, *bytes;
    size_t size;
    enum fault_class class; /* FAULT_NONE: the body below is what comes out */
    const char *words;
};

#define OK "HTTP/1.1 200 OK\r\n"

/* For pieces_all(): reads both, and compares with the row CONTEXT. */
static inline void answer_run(struct reader *in, void *context)
{
    const struct row *row = context;
    struct http_head head;
    struct http_body body;
    bool fresh;
    char got[64];
    size_t used = 0;
    int rc = http_read_head(in, &head, &fresh);
    if (rc == 0) {
        http_body_open(&body, in, &head);
        while ((rc = reader_fill(&body.reader)) == 1 && used < sizeof got - 1)
            got[used++] = (char)*body.reader.at++;
    }
    got[used] = '\0';
    if (row->class == FAULT_NONE) {
        CHECK(rc == 0 && strcmp(got, row->words) == 0, "%s: \"%s\" %s", row->why, got,
              in->fault->text);
        CHECK(http_body_finished(&body), "%s: not finished", row->why);
    } else {
        CHECK(rc < 0 && in->fault->class == row->class && strstr(in->fault->text, row->words),
              "%s: %s", row->why, in->fault->text);
    }
}

#endif
