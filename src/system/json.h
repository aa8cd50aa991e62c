/* SPDX-License-Identifier: MIT */
/* One JSON object a line (RFC 8259), for programs to read. */
#ifndef SMIDGIT_JSON_H
#define SMIDGIT_JSON_H

#include "proto/oid.h"

#include <stdint.h>
#include <stdio.h>

/* An object that is being written; begins as {OUT, '{'}. */
struct json {
    FILE *out;
    char before; /* the next field: '{' or ',' */
};

/* The field KEY, which needs no escape. What a VALUE has of bytes that are no UTF-8 becomes U+FFFD,
 * one each; control characters are escaped, DEL and C1 controls too. NULL: no such field. */
void json_text(struct json *json, const char *key, const char *value);

/* In hexadecimal. NULL, or one of no length: no such field. */
void json_oid(struct json *json, const char *key, const struct oid *value);

void json_number(struct json *json, const char *key, uint64_t value);

/* Ends object, which has a field at least, and line. */
void json_end(struct json *json);

#endif
