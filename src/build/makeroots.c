/* SPDX-License-Identifier: MIT */
/* makeroots FILE: a bundle of certificates in PEM as C, in the form that src/tls/builtin_encoding.c
 * describes.
 *
 * For the machine that builds. What is left of a certificate is its subject, key, dates, path
 * length and name constraints, so one that says more, or that is no authority, is refused instead
 * of being taken for more than it is. The same file gives the same C, wherever and whenever it is
 * made.
 */
#include "proto/hash.h"
#include "tls/builtin_encoding.h"
#include "tls/certname.h"
#include "tls/trust.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TABLE_MAX = 1 << 20,
    RECORD_MAX = ROOT_CERTIFICATE_MAX,
    FRAMES_MAX = 64,
    FRAME_BYTES_MAX = 128,
    KEY_CERT_SIGN = 0x04, /* in the first byte of keyUsage */
    SHOWN = 200
};

struct frame {
    struct der_span before, after;
    size_t key_size;
    unsigned char bytes[FRAME_BYTES_MAX]; /* before, after */
};

struct made {
    struct fault *fault;
    struct frame frames[FRAMES_MAX];
    unsigned frame_count;
    size_t count, seen, size;
    unsigned char newest[ROOT_TIME];
    unsigned char table[TABLE_MAX]; /* roots, without frames */
};

/* What is kept of a certificate. */
struct kept {
    bool extended, authority;
    unsigned char path;
    unsigned char since[ROOT_TIME], until[ROOT_TIME];
    struct der_span name, key; /* key: SubjectPublicKeyInfo */
    struct der_span constraints;
};

static bool same(struct der_span a, const void *bytes, size_t size)
{
    return a.size == size && memcmp(a.at, bytes, size) == 0;
}

/* UTCTime's years are those from 1950 to 2049. 0 or -1. */
static int parse_time(struct der_span *in, unsigned char out[ROOT_TIME])
{
    char digits[2 * ROOT_TIME + 1];
    unsigned char tag;
    struct der_span text;
    if (der_next(in, &tag, &text) < 0 || text.size == 0 || text.at[text.size - 1] != 'Z')
        return -1;
    if (tag == DER_UTC && text.size == 13) {
        memcpy(digits, text.at[0] >= '5' ? "19" : "20", 2);
        memcpy(digits + 2, text.at, 12);
    } else if (tag == DER_GENERALIZED && text.size == 15) {
        memcpy(digits, text.at, 14);
    } else {
        return -1;
    }
    digits[2 * ROOT_TIME] = '\0';
    if (strspn(digits, "0123456789") != 2 * ROOT_TIME)
        return -1;
    for (size_t i = 0; i < ROOT_TIME; i++)
        out[i] = (unsigned char)((digits[2 * i] - '0') << 4 | (digits[2 * i + 1] - '0'));
    return 0;
}

/* SEQUENCE { BOOLEAN?, INTEGER? } */
static int parse_constraints(struct der_span value, struct kept *out)
{
    struct der_span body, authority, length;
    if (der_expect(&value, DER_SEQUENCE, &body) < 0)
        return -1;
    out->authority = der_expect(&body, DER_BOOLEAN, &authority) == 0 && authority.size == 1 &&
                     authority.at[0] != 0;
    if (der_expect(&body, DER_INTEGER, &length) < 0)
        return body.size == 0 ? 0 : -1;
    if (length.size == 1 && length.at[0] < ROOT_PATH_MAX)
        out->path = (unsigned char)(length.at[0] + 1);
    return length.size > 0 && length.at[0] < 0x80 ? 0 : -1;
}

/* Extension = SEQUENCE { OID BOOLEAN? OCTET STRING }. NULL, or why not. */
static const char *parse_extension(struct der_span in, struct kept *out)
{
    struct der_span oid, truth, value, bits;
    if (der_expect(&in, DER_OID, &oid) < 0)
        return "has an extension that cannot be read";
    bool critical = der_expect(&in, DER_BOOLEAN, &truth) == 0 && truth.size == 1 && truth.at[0];
    if (der_expect(&in, DER_OCTETS, &value) < 0)
        return "has an extension that cannot be read";
    if (same(oid, "\x55\x1d\x13", 3))
        return parse_constraints(value, out) < 0 ? "has basic constraints that cannot be read"
                                                 : NULL;
    if (same(oid, "\x55\x1d\x0f", 3))
        return der_expect(&value, DER_BITS, &bits) < 0 || bits.size < 2 ||
                       !(bits.at[1] & KEY_CERT_SIGN)
                   ? "must not sign certificates (key usage)"
                   : NULL;
    if (same(oid, "\x55\x1d\x1e", 3))
        return der_whole(&value, DER_SEQUENCE, &out->constraints) < 0 || value.size != 0
                   ? "has an extension that cannot be read"
                   : NULL;
    return critical ? "has a critical extension that a built-in root cannot keep" : NULL;
}

static const char *parse_extensions(struct der_span rest, struct kept *out)
{
    unsigned char tag;
    const char *why = NULL;
    struct der_span content, list, extension;
    while (rest.size > 0 && !out->extended) {
        if (der_next(&rest, &tag, &content) < 0)
            return "cannot be read";
        out->extended = tag == DER_EXTENSIONS;
    }
    if (!out->extended)
        return NULL;
    if (der_expect(&content, DER_SEQUENCE, &list) < 0)
        return "has extensions that cannot be read";
    while (list.size > 0 && !why)
        why = der_expect(&list, DER_SEQUENCE, &extension) < 0 ? "has extensions that cannot be read"
                                                              : parse_extension(extension, out);
    return why;
}

/* A version 1 certificate is an authority when somebody trusts it: that is how those were. */
static const char *parse(struct der_span in, struct kept *out)
{
    struct der_span whole, body, skipped, validity;
    *out = (struct kept){.extended = false};
    if (der_expect(&in, DER_SEQUENCE, &whole) < 0 || der_expect(&whole, DER_SEQUENCE, &body) < 0)
        return "cannot be read";
    bool versioned = der_expect(&body, DER_VERSION, &skipped) == 0;
    if (der_expect(&body, DER_INTEGER, &skipped) < 0 ||
        der_expect(&body, DER_SEQUENCE, &skipped) < 0 ||
        der_expect(&body, DER_SEQUENCE, &skipped) < 0 ||
        der_expect(&body, DER_SEQUENCE, &validity) < 0 ||
        der_whole(&body, DER_SEQUENCE, &out->name) < 0 ||
        der_whole(&body, DER_SEQUENCE, &out->key) < 0)
        return "cannot be read";
    if (parse_time(&validity, out->since) < 0 || parse_time(&validity, out->until) < 0)
        return "has dates that cannot be read";
    const char *why = parse_extensions(body, out);
    if (!why && !out->authority && (versioned || out->extended))
        return "is no certificate authority";
    return why;
}

/* SubjectPublicKeyInfo = SEQUENCE { SEQUENCE, BIT STRING }; in it, for RSA, SEQUENCE { INTEGER,
 * INTEGER }: the first is what differs from key to key. Else: what follows the count of unused
 * bits. */
static int find_key(struct der_span key, struct der_span *out)
{
    struct der_span body, skipped, bits, numbers, modulus, exponent;
    if (der_expect(&key, DER_SEQUENCE, &body) < 0 ||
        der_expect(&body, DER_SEQUENCE, &skipped) < 0 || der_expect(&body, DER_BITS, &bits) < 0 ||
        bits.size < 2 || body.size != 0)
        return -1;
    *out = (struct der_span){bits.at + 1, bits.size - 1};
    bits = *out;
    if (der_expect(&bits, DER_SEQUENCE, &numbers) == 0 &&
        der_expect(&numbers, DER_INTEGER, &modulus) == 0 &&
        der_expect(&numbers, DER_INTEGER, &exponent) == 0 && modulus.size > 1 && bits.size == 0 &&
        numbers.size == 0)
        *out = (struct der_span){modulus.at + (modulus.at[0] == 0),
                                 modulus.size - (modulus.at[0] == 0)};
    return 0;
}

/* The number of the frame around WINDOW in KEY, a new one if need be. -1: there are too many. */
static int frame_of(struct made *made, struct der_span key, struct der_span window)
{
    struct der_span before = {key.at, (size_t)(window.at - key.at)};
    struct der_span after = {window.at + window.size, key.size - before.size - window.size};
    for (unsigned i = 0; i < made->frame_count; i++)
        if (same(before, made->frames[i].before.at, made->frames[i].before.size) &&
            same(after, made->frames[i].after.at, made->frames[i].after.size) &&
            made->frames[i].key_size == window.size)
            return (int)i;
    if (made->frame_count == FRAMES_MAX || before.size + after.size > FRAME_BYTES_MAX)
        return -1;
    struct frame *frame = &made->frames[made->frame_count];
    memcpy(frame->bytes, before.at, before.size);
    if (after.size > 0)
        memcpy(frame->bytes + before.size, after.at, after.size);
    frame->before = (struct der_span){frame->bytes, before.size};
    frame->after = (struct der_span){frame->bytes + before.size, after.size};
    frame->key_size = window.size;
    return (int)made->frame_count++;
}

static void put(struct made *made, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(made->table + made->size, bytes, size);
    made->size += size;
}

/* Adds a root; one that is there already adds nothing. NULL, or why not. */
static const char *add(struct made *made, const struct kept *kept)
{
    struct der_span window, der;
    unsigned char room[ROOT_CERTIFICATE_MAX];
    size_t from = made->size;
    int frame;
    if (find_key(kept->key, &window) < 0)
        return "has a key that cannot be read";
    struct root root = {kept->path, kept->since, kept->until, kept->name,
                        kept->key,  {NULL, 0},   {NULL, 0},   kept->constraints};
    if (builtin_encoding_certificate(&root, room, &der) < 0)
        return "has a name or a key that is too long";
    if ((frame = frame_of(made, kept->key, window)) < 0)
        return "has a key of one kind too many";
    if (TABLE_MAX - made->size < RECORD_MAX)
        return "is one too many";
    unsigned char constrained = kept->constraints.size > 0 ? ROOT_CONSTRAINED : 0;
    unsigned char head[] = {kept->path | constrained, (unsigned char)frame};
    put(made, head, sizeof head);
    put(made, kept->since, ROOT_TIME);
    put(made, kept->until, ROOT_TIME);
    put(made, kept->name.at, kept->name.size);
    put(made, window.at, window.size);
    put(made, kept->constraints.at, kept->constraints.size);
    size_t size = made->size - from;
    for (size_t at = 0; at + size <= from; at++)
        if (memcmp(made->table + at, made->table + from, size) == 0) {
            made->size = from;
            return NULL;
        }
    made->count++;
    if (memcmp(kept->since, made->newest, ROOT_TIME) > 0)
        memcpy(made->newest, kept->since, ROOT_TIME);
    return NULL;
}

static bool all(void *context, const struct certname *names)
{
    (void)context;
    (void)names;
    return true;
}

static int certificate(void *context, const unsigned char *der, size_t size)
{
    struct made *made = context;
    struct kept kept;
    char shown[SHOWN];
    const char *why = parse((struct der_span){der, size}, &kept);
    made->seen++;
    if (!why)
        why = add(made, &kept);
    if (!why)
        return 0;
    shown[0] = '\0';
    if (kept.name.at)
        builtin_encoding_show(kept.name, shown, sizeof shown);
    return fault_set(made->fault, FAULT_TLS, "certificate %zu ('%s') %s: take it out of the bundle",
                     made->seen, shown, why);
}

/* How many certificates FILE means to hold, and its SHA-256. */
static int survey(const char *file, size_t *begun, struct oid *hash, struct fault *fault)
{
    static const char begin[] = "-----BEGIN ";
    size_t matched = 0;
    union hash state;
    int c;
    FILE *in = fopen(file, "rb");
    if (!in)
        return fault_set(fault, FAULT_LOCAL, "cannot be opened");
    *begun = 0;
    hash_sha256.begin(&state);
    while ((c = getc(in)) != EOF) {
        hash_sha256.add(&state, &(unsigned char){(unsigned char)c}, 1);
        matched = c == begin[matched] ? matched + 1 : c == '-' ? matched : 0;
        if (begin[matched] == '\0') {
            ++*begun;
            matched = 0;
        }
    }
    fclose(in);
    return hash_sha256.end(&state, hash);
}

/* Output. */

static void print_bytes(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        printf("%u,%s", bytes[i], i % 24 == 23 ? "\n" : "");
    printf("\n");
}

static void print_counted(struct der_span span)
{
    printf("%zu,", span.size);
    print_bytes(span.at, span.size);
}

static void print_table(const struct made *made)
{
    printf("extern const unsigned char roots_table[];\nextern const unsigned long roots_size;\n"
           "extern const char roots_from[];\n\nconst unsigned char roots_table[] = {\n%u,\n",
           made->frame_count);
    for (unsigned i = 0; i < made->frame_count; i++) {
        print_counted(made->frames[i].before);
        print_counted(made->frames[i].after);
        printf("%u,%u,\n", (unsigned)made->frames[i].key_size >> 8,
               (unsigned)made->frames[i].key_size & 0xff);
    }
    print_bytes(made->table, made->size);
    printf("};\nconst unsigned long roots_size = sizeof roots_table;\n");
}

/* FILE's last part, as it may stand in a string. */
static void print_origin(const struct made *made, const char *file, const struct oid *hash)
{
    const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
    printf("const char roots_from[] = \"%zu from ", made->count);
    for (; *name; name++)
        putchar(strchr("\"\\?", *name) || (unsigned char)*name < ' ' || *name > '~' ? '_' : *name);
    printf(", the newest of %02x%02x-%02x-%02x, SHA-256 ", made->newest[0], made->newest[1],
           made->newest[2], made->newest[3]);
    for (size_t i = 0; i < hash->len; i++)
        printf("%02x", hash->id[i]);
    printf("\";\n");
}

static int make(struct made *made, const char *file)
{
    const struct trust store = {.path = file};
    size_t begun, readable;
    struct oid hash;
    if (survey(file, &begun, &hash, made->fault) < 0 ||
        trust_search(&store, all, certificate, made, &readable, made->fault) < 0)
        return -1;
    if (readable != begun)
        return fault_set(made->fault, FAULT_TLS, "%zu of its %zu certificates cannot be read",
                         begun - readable, begun);
    printf("/* Made by src/build/makeroots.c. */\n");
    print_table(made);
    print_origin(made, file, &hash);
    return fflush(stdout) == 0 ? 0 : fault_set(made->fault, FAULT_LOCAL, "cannot write");
}

int main(int argc, char **argv)
{
    struct fault fault;
    struct made *made;
    if (argc != 2 || !(made = calloc(1, sizeof *made))) {
        fprintf(stderr, "usage: makeroots FILE\n");
        return 2;
    }
    fault_clear(&fault);
    made->fault = &fault;
    int rc = make(made, argv[1]);
    if (rc < 0)
        fprintf(stderr, "CA_BUNDLE=%s: %s\n", argv[1], fault.text);
    free(made);
    return rc < 0;
}
