/* SPDX-License-Identifier: MIT */
/* Big-endian integers, overflow-checked arithmetic, and text that is safe to show. */
#ifndef PROTO_BYTES_H
#define PROTO_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Big-endian integers at P (git's formats use network byte order throughout). */
uint16_t bytes_get16(const unsigned char *p);
uint32_t bytes_get32(const unsigned char *p);
uint64_t bytes_get64(const unsigned char *p);
void bytes_put16(unsigned char *p, uint16_t value);
void bytes_put32(unsigned char *p, uint32_t value);
void bytes_put64(unsigned char *p, uint64_t value);

/* *OUT = A + B, or A * B. 0, or -1 and *OUT untouched when it does not fit. */
int bytes_add(uint64_t a, uint64_t b, uint64_t *out);
int bytes_multiply(uint64_t a, uint64_t b, uint64_t *out);

/* A decimal number that fills TEXT[0..SIZE) whole: digits only, no sign, fits 64 bits. 0 or -1. */
int bytes_decimal(const char *text, size_t size, uint64_t *out);

/* The value of a hexadecimal digit, or -1. */
int bytes_hex(char c);

/* C as a lower-case letter; only ASCII letters change, as the protocol knows no locale. */
char bytes_lower(char c);

/* Length of the valid UTF-8 sequence of two to four bytes at P, of SIZE that are there (RFC 3629),
 * or 0. */
size_t bytes_utf8(const unsigned char *p, size_t size);

/* Copies SIZE bytes of TEXT to OUT[0..CAPACITY) as they may be shown on a terminal: control bytes
 * in caret form (^[ for ESC, ^? for DEL), C1 controls, raw or in UTF-8, as M-^[, valid UTF-8 as it
 * is, other high bytes as \xHH. NUL-terminated and cut at a character when it does not fit.
 * KEEP lists control bytes to leave alone ("" for none). Returns the length written. */
size_t bytes_caret(const char *text, size_t size, const char *keep, char *out, size_t capacity);

#endif
