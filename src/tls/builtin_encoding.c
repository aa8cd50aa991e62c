/* SPDX-License-Identifier: MIT */
/* A table of root certificates, as small as they get without compressing them:
 *
 *   table = count frame*count root*
 *   frame = size before[size] size after[size] key-size    what keys of one kind have in common;
 *                                                          sizes: one byte, key-size: two
 *   root  = path frame since[7] until[7] name key[key-size] constraints?
 *   since, until = the digits of YYYYMMDDHHMMSS, two a byte
 *   name  = the subject: a Name in DER, which knows its size
 *   constraints = NameConstraints in DER, when path has its highest bit set
 *
 * A SubjectPublicKeyInfo is `before key after`: for RSA the key is the modulus, and the algorithm,
 * the lengths and the exponent around it are the same in all keys of a size.
 *
 * The library takes trusted certificates, not names and keys (RFC 5914 would call them trust
 * anchors). So one is made, with the extension that makes it an authority, when a chain asks for
 * it. Nobody looks at a trusted certificate's signature (RFC 5280, 6.1): there is an empty one.
 */
#include "tls/builtin_encoding.h"

#include "proto/bytes.h"

#include <stdbool.h>
#include <string.h>

enum { KEY_SIZE = 2 };

static const unsigned char no_algorithm[] = {
    DER_SEQUENCE, 10,   DER_OID, 8,    0x2a, 0x86,
    0x48,         0xce, 0x3d,    0x04, 0x03, 0x02}; /* ecdsa-with-SHA256 */
static const unsigned char no_signature[] = {DER_BITS, 2, 0, 0};

/* Takes SIZE bytes off IN. 0 or -1. */
static int take(struct der_span *in, size_t size, struct der_span *out)
{
    if (size > in->size)
        return -1;
    *out = (struct der_span){in->at, size};
    in->at += size;
    in->size -= size;
    return 0;
}

static int take_counted(struct der_span *in, struct der_span *out)
{
    struct der_span count;
    return take(in, 1, &count) < 0 ? -1 : take(in, count.at[0], out);
}

static int take_frame(struct der_span *in, struct root *out)
{
    struct der_span size;
    if (take_counted(in, &out->before) < 0 || take_counted(in, &out->after) < 0 ||
        take(in, KEY_SIZE, &size) < 0)
        return -1;
    out->key.size = bytes_get16(size.at);
    return 0;
}

/* count frame*: *OUT gets the parts of frame NUMBER, IN is behind the last. */
static int take_frames(struct der_span *in, unsigned number, struct root *out)
{
    struct der_span count;
    struct root other;
    if (take(in, 1, &count) < 0 || number >= count.at[0])
        return -1;
    for (unsigned i = 0; i < count.at[0]; i++)
        if (take_frame(in, i == number ? out : &other) < 0)
            return -1;
    return 0;
}

static int take_root(struct der_span *in, struct der_span table, struct root *out)
{
    struct root root;
    struct der_span head, since, until;
    if (take(in, 2, &head) < 0 || take_frames(&table, head.at[1], &root) < 0 ||
        take(in, ROOT_TIME, &since) < 0 || take(in, ROOT_TIME, &until) < 0 ||
        der_whole(in, DER_SEQUENCE, &root.name) < 0 || take(in, root.key.size, &root.key) < 0)
        return -1;
    root.path = head.at[0] & (ROOT_CONSTRAINED - 1);
    root.constraints = (struct der_span){NULL, 0};
    if (root.path > ROOT_PATH_MAX + 1 ||
        (head.at[0] & ROOT_CONSTRAINED && der_whole(in, DER_SEQUENCE, &root.constraints) < 0))
        return -1;
    root.since = since.at;
    root.until = until.at;
    *out = root;
    return 0;
}

int builtin_encoding_next(struct der_span table, size_t *at, struct root *out)
{
    struct der_span rest = table;
    struct root ignored;
    if (*at == 0 && take_frames(&rest, 0, &ignored) < 0)
        return -1;
    if (*at > 0)
        rest = (struct der_span){table.at + *at, table.size - *at};
    if (rest.size == 0)
        return 0;
    if (take_root(&rest, table, out) < 0)
        return -1;
    *at = (size_t)(rest.at - table.at);
    return 1;
}

/* DER written from its end: a length is known when what it counts is there. */
struct back {
    unsigned char *start, *at;
    bool full;
};

static void put(struct back *back, const void *bytes, size_t size)
{
    if (size > (size_t)(back->at - back->start))
        back->full = true;
    else if (size > 0)
        memcpy(back->at -= size, bytes, size);
}

/* The header of an element that ends at END. */
static void wrap(struct back *back, unsigned char tag, const unsigned char *end)
{
    size_t size = (size_t)(end - back->at);
    unsigned char header[] = {tag, 0x82, (unsigned char)(size >> 8), (unsigned char)size};
    if (size > 0xff) {
        put(back, header, 4);
        return;
    }
    put(back, header + 3, 1);
    if (size > 0x7f)
        put(back, "\x81", 1);
    put(back, header, 1);
}

static void put_time(struct back *back, const unsigned char *time)
{
    unsigned char text[2 + 2 * ROOT_TIME + 1] = {DER_GENERALIZED, 2 * ROOT_TIME + 1};
    for (size_t i = 0; i < ROOT_TIME; i++) {
        text[2 + 2 * i] = (unsigned char)('0' + (time[i] >> 4));
        text[3 + 2 * i] = (unsigned char)('0' + (time[i] & 15));
    }
    text[sizeof text - 1] = 'Z';
    put(back, text, sizeof text);
}

/* { nameConstraints, ... } */
static void put_constraints(struct back *back, struct der_span constraints)
{
    static const unsigned char oid[] = {DER_OID, 3, 0x55, 0x1d, 0x1e};
    const unsigned char *end = back->at;
    put(back, constraints.at, constraints.size);
    wrap(back, DER_OCTETS, end);
    put(back, oid, sizeof oid);
    wrap(back, DER_SEQUENCE, end);
}

/* [3] { { { basicConstraints, critical, { CA:TRUE, path length? } }, name constraints? } } */
static void put_extensions(struct back *back, const struct root *root)
{
    static const unsigned char oid[] = {DER_OID, 3, 0x55, 0x1d, 0x13, DER_BOOLEAN, 1, 0xff};
    static const unsigned char authority[] = {DER_BOOLEAN, 1, 0xff};
    const unsigned char length[] = {DER_INTEGER, 1, (unsigned char)(root->path - 1)};
    const unsigned char *list_end = back->at;
    if (root->constraints.size > 0)
        put_constraints(back, root->constraints);
    const unsigned char *end = back->at;
    if (root->path > 0)
        put(back, length, sizeof length);
    put(back, authority, sizeof authority);
    wrap(back, DER_SEQUENCE, end);
    wrap(back, DER_OCTETS, end);
    put(back, oid, sizeof oid);
    wrap(back, DER_SEQUENCE, end);
    wrap(back, DER_SEQUENCE, list_end);
    wrap(back, DER_EXTENSIONS, list_end);
}

static void put_validity(struct back *back, const struct root *root)
{
    const unsigned char *end = back->at;
    put_time(back, root->until);
    put_time(back, root->since);
    wrap(back, DER_SEQUENCE, end);
}

/* Certificate = SEQUENCE { TBSCertificate, algorithm, signature } */
int builtin_encoding_certificate(const struct root *root, unsigned char *out, struct der_span *der)
{
    static const unsigned char version_serial[] = {DER_VERSION, 3,           DER_INTEGER, 1,
                                                   2,           DER_INTEGER, 1,           1};
    const unsigned char *end = out + ROOT_CERTIFICATE_MAX;
    struct back back = {out, out + ROOT_CERTIFICATE_MAX, false};
    put(&back, no_signature, sizeof no_signature);
    put(&back, no_algorithm, sizeof no_algorithm);
    const unsigned char *body_end = back.at;
    put_extensions(&back, root);
    put(&back, root->after.at, root->after.size);
    put(&back, root->key.at, root->key.size);
    put(&back, root->before.at, root->before.size);
    put(&back, root->name.at, root->name.size);
    put_validity(&back, root);
    put(&back, root->name.at, root->name.size);
    put(&back, no_algorithm, sizeof no_algorithm);
    put(&back, version_serial, sizeof version_serial);
    wrap(&back, DER_SEQUENCE, body_end);
    wrap(&back, DER_SEQUENCE, end);
    if (back.full)
        return -1;
    *der = (struct der_span){back.at, (size_t)(end - back.at)};
    return 0;
}

/* Certificate = SEQUENCE { TBSCertificate, algorithm, signature }
 * TBSCertificate = SEQUENCE { version?, serial, algorithm, ... } */
int builtin_encoding_unsigned(struct der_span der, unsigned char *room, size_t capacity,
                              struct der_span *out)
{
    struct der_span whole, body, skipped;
    if (der_expect(&der, DER_SEQUENCE, &whole) < 0 || der_expect(&whole, DER_SEQUENCE, &body) < 0)
        return -1;
    const unsigned char *start = body.at;
    der_expect(&body, DER_VERSION, &skipped);
    if (der_expect(&body, DER_INTEGER, &skipped) < 0)
        return -1;
    size_t head = (size_t)(body.at - start);
    if (der_expect(&body, DER_SEQUENCE, &skipped) < 0)
        return -1;
    const unsigned char *end = room + capacity;
    struct back back = {room, room + capacity, false};
    put(&back, no_signature, sizeof no_signature);
    put(&back, no_algorithm, sizeof no_algorithm);
    const unsigned char *body_end = back.at;
    put(&back, body.at, body.size);
    put(&back, no_algorithm, sizeof no_algorithm);
    put(&back, start, head);
    wrap(&back, DER_SEQUENCE, body_end);
    wrap(&back, DER_SEQUENCE, end);
    if (back.full || body_end - back.at > 0xffff)
        return -1;
    *out = (struct der_span){back.at, (size_t)(end - back.at)};
    return 0;
}

/* Name = SEQUENCE OF SET OF SEQUENCE { OBJECT IDENTIFIER, text } */
void builtin_encoding_show(struct der_span name, char *out, size_t capacity)
{
    struct der_span names, set, pair, oid, text;
    unsigned char tag;
    size_t used = 0;
    out[0] = '\0';
    if (der_expect(&name, DER_SEQUENCE, &names) < 0)
        return;
    while (der_expect(&names, DER_SET, &set) == 0)
        while (der_expect(&set, DER_SEQUENCE, &pair) == 0) {
            if (der_expect(&pair, DER_OID, &oid) < 0 || der_next(&pair, &tag, &text) < 0)
                continue;
            if (used > 0)
                used += bytes_caret(", ", 2, "", out + used, capacity - used);
            used += bytes_caret((const char *)text.at, text.size, "", out + used, capacity - used);
        }
}
