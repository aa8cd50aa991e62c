/* SPDX-License-Identifier: MIT */
/* The table of built-in roots, and the certificates made of it. */
#include "pieces.h"
#include "t.h"
#include "tls/builtin_encoding.h"
#include "tls/certname.h"

/* Two frames; a root with path length 1 and a key of the second, one without and of the first. */
#define FRAMES \
    "\2"       \
    "\1K"      \
    "\0"       \
    "\0\2"     \
    "\2<<"     \
    "\1>"      \
    "\0\3"
#define DATES                      \
    "\x20\x15\x01\x02\x03\x04\x05" \
    "\x20\x95\x12\x31\x23\x59\x59"
#define NAME_A                                             \
    "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01" \
    "A"
#define NAME_B                                             \
    "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01" \
    "B"
#define TABLE                        \
    FRAMES "\2\1" DATES NAME_A "key" \
           "\0\0" DATES NAME_B "ke"
#define FIRST (sizeof FRAMES - 1)
#define SECOND (FIRST + 2 + sizeof DATES - 1 + sizeof NAME_A - 1 + 3)

static const char table[] = TABLE;

static struct der_span guarded(const void *bytes, size_t size)
{
    return (struct der_span){pieces_guard(bytes, size), size};
}

/* How many roots are in BYTES; -1 and fewer: damaged after so many, less one. */
static int count(const char *bytes, size_t size)
{
    struct der_span span = guarded(bytes, size);
    struct root root;
    size_t at = 0;
    int rc, roots = 0;
    while ((rc = builtin_encoding_next(span, &at, &root)) > 0)
        roots++;
    return rc == 0 ? roots : -1 - roots;
}

static void tables(void)
{
    struct der_span whole = guarded(table, sizeof table - 1);
    struct root root;
    size_t at = 0;
    CHECK(builtin_encoding_next(whole, &at, &root) == 1, "first");
    CHECK(at == SECOND, "at %zu", at);
    CHECK(root.path == 2, "path %u", root.path);
    CHECK(root.key.size == 3 && memcmp(root.key.at, "key", 3) == 0, "key");
    CHECK(root.before.size == 2 && memcmp(root.before.at, "<<", 2) == 0, "before");
    CHECK(root.after.size == 1 && root.after.at[0] == '>', "after");
    CHECK(root.name.size == sizeof NAME_A - 1 && memcmp(root.name.at, NAME_A, root.name.size) == 0,
          "name");
    CHECK(memcmp(root.since, DATES, ROOT_TIME) == 0, "since");
    CHECK(memcmp(root.until, &DATES[ROOT_TIME], ROOT_TIME) == 0, "until");
    CHECK(builtin_encoding_next(whole, &at, &root) == 1, "second");
    CHECK(root.path == 0 && root.key.size == 2 && root.after.size == 0, "second");
    CHECK(builtin_encoding_next(whole, &at, &root) == 0, "end");
}

static void damaged(void)
{
    char bytes[sizeof table];
    for (size_t size = 0; size < sizeof table; size++) {
        int want = size < SECOND ? -1 : -2;
        if (size == FIRST || size == SECOND || size == sizeof table - 1)
            want = size == FIRST ? 0 : size == SECOND ? 1 : 2;
        CHECK(count(table, size) == want, "cut at %zu: %d", size, count(table, size));
    }
    for (size_t at = 0; at < sizeof table - 1; at++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(bytes, table, sizeof bytes);
            bytes[at] = (char)(bytes[at] ^ (1 << bit));
            CHECK(count(bytes, sizeof table - 1) <= 3, "byte %zu, bit %d", at, bit);
        }
    memcpy(bytes, table, sizeof bytes);
    bytes[FIRST + 1] = 2;
    CHECK(count(bytes, sizeof table - 1) == -1, "a frame that is not there");
    memcpy(bytes, table, sizeof bytes);
    bytes[FIRST] = ROOT_PATH_MAX + 2;
    CHECK(count(bytes, sizeof table - 1) == -1, "a path without end");
    CHECK(count("\0", 1) == -1, "no frames");
}

static const char made_a[] =
    "\x30\x81\x84\x30\x72\xa0\x03\x02\x01\x02\x02\x01\x01"
    "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02" NAME_A "\x30\x22\x18\x0f"
    "20150102030405Z"
    "\x18\x0f"
    "20951231235959Z" NAME_A "<<key>"
    "\xa3\x16\x30\x14\x30\x12\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x08\x30\x06\x01\x01\xff\x02\x01"
    "\x01"
    "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x03\x02\x00\x00";

/* A root that keeps its name constraints: its highest bit of path says so. */
static void constraints(void)
{
    static const char one[] = FRAMES "\x82\1" DATES NAME_A "key\x30\x04\xa1\x02\x30\x00";
    unsigned char room[ROOT_CERTIFICATE_MAX];
    struct der_span der, whole = guarded(one, sizeof one - 1);
    struct root root;
    size_t at = 0;
    CHECK(builtin_encoding_next(whole, &at, &root) == 1, "first");
    CHECK(root.path == 2 && root.constraints.size == 6, "%zu bytes", root.constraints.size);
    CHECK(builtin_encoding_certificate(&root, room, &der) == 0, "a certificate");
    /* Behind the other extension: this one, not critical. */
    static const char kept[] = "\x30\x0d\x06\x03\x55\x1d\x1e\x04\x06\x30\x04\xa1\x02\x30\x00";
    const size_t tail = sizeof kept - 1 + 12 + 4; /* the algorithm and the signature */
    CHECK(memcmp(der.at + der.size - tail, kept, sizeof kept - 1) == 0, "kept");
    CHECK(builtin_encoding_next(whole, &at, &root) == 0, "end");
    for (size_t size = FIRST + 1; size < sizeof one - 1; size++)
        CHECK(count(one, size) == -1, "cut at %zu", size);
}

/* A trusted certificate with SHA-1 (T5), and the same without. */
static const char sha1[] = "\x30\x2a\x30\x16\xa0\x03\x02\x01\x02\x02\x01\x05"
                           "\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00"
                           "\x05\x01"
                           "K"
                           "\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00"
                           "\x03\x05\x00"
                           "sign";
static const char bare[] = "\x30\x29\x30\x17\xa0\x03\x02\x01\x02\x02\x01\x05"
                           "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
                           "\x05\x01"
                           "K"
                           "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x03\x02\x00\x00";

static void unsigned_ones(void)
{
    unsigned char room[64];
    struct der_span der, in = guarded(sha1, sizeof sha1 - 1);
    CHECK(builtin_encoding_unsigned(in, room, sizeof room, &der) == 0, "taken");
    CHECK(der.size == sizeof bare - 1 && memcmp(der.at, bare, der.size) == 0, "%zu bytes",
          der.size);
    for (size_t size = 0; size < sizeof sha1 - 1; size++)
        CHECK(builtin_encoding_unsigned(guarded(sha1, size), room, sizeof room, &der) < 0,
              "cut at %zu", size);
    for (size_t size = 0; size < sizeof bare - 1; size++)
        CHECK(builtin_encoding_unsigned(in, room, size, &der) < 0, "%zu bytes of room", size);
}

static void certificates(void)
{
    unsigned char room[ROOT_CERTIFICATE_MAX];
    struct der_span der, whole = guarded(table, sizeof table - 1);
    struct root root;
    size_t at = 0;
    builtin_encoding_next(whole, &at, &root);
    CHECK(builtin_encoding_certificate(&root, room, &der) == 0, "first");
    CHECK(der.size == sizeof made_a - 1, "%zu bytes, not %zu", der.size, sizeof made_a - 1);
    for (size_t i = 0; i < der.size && i < sizeof made_a - 1; i++)
        CHECK(der.at[i] == (unsigned char)made_a[i], "byte %zu: %02x", i, der.at[i]);
    builtin_encoding_next(whole, &at, &root);
    CHECK(builtin_encoding_certificate(&root, room, &der) == 0, "second");
    CHECK(der.size == sizeof made_a - 1 - 3 - 4, "%zu bytes: no path length, shorter key",
          der.size);
    struct certname names;
    struct fault fault = {.class = FAULT_NONE};
    root.before = (struct der_span){(const unsigned char *)"\x30\x02", 2};
    CHECK(builtin_encoding_certificate(&root, room, &der) == 0, "with a key that is DER");
    CHECK(certname_parse(der.at, der.size, &names, &fault) == 0, "%s", fault.text);
    CHECK(certname_alike(names.subject, root.name), "subject");
    CHECK(certname_alike(names.issuer, root.name), "issuer");
    CHECK(!names.alternatives.at, "no alternative names");
}

/* Every size of a key up to what does not fit: lengths of one, two and three bytes. */
static void sizes(void)
{
    static unsigned char key[ROOT_CERTIFICATE_MAX], room[ROOT_CERTIFICATE_MAX];
    struct der_span der, whole = guarded(table, sizeof table - 1);
    struct certname names;
    struct fault fault = {.class = FAULT_NONE};
    struct root root;
    size_t at = 0, most = 0;
    builtin_encoding_next(whole, &at, &root);
    root.before.size = root.after.size = 0;
    for (size_t size = 2; size <= sizeof key; size++) {
        size_t content = size < 130 ? size - 2 : size < 259 ? size - 3 : size - 4;
        unsigned char head[4] = {DER_SEQUENCE, 0x82, (unsigned char)(content >> 8),
                                 (unsigned char)content};
        if (size < 130)
            head[1] = (unsigned char)content;
        else if (size < 259)
            head[1] = 0x81, head[2] = (unsigned char)content;
        memcpy(key, head, size < sizeof head ? size : sizeof head);
        root.key = (struct der_span){key, size};
        if (builtin_encoding_certificate(&root, room, &der) < 0)
            continue;
        most = size;
        CHECK(der.at >= room && der.at + der.size == room + sizeof room, "size %zu", size);
        CHECK(certname_parse(der.at, der.size, &names, &fault) == 0, "size %zu: %s", size,
              fault.text);
    }
    CHECK(most > 3900 && most < sizeof key - 100, "the largest key has %zu bytes", most);
}

static const char *shown(const void *name, size_t size, size_t capacity)
{
    static char out[64];
    memset(out, 'x', sizeof out);
    builtin_encoding_show(guarded(name, size), out, capacity);
    CHECK(memchr(out, '\0', capacity) != NULL, "ends");
    return out;
}

static void names(void)
{
    static const char hostile[] = "\x30\x1c\x31\x0c\x30\x0a\x06\x03\x55\x04\x06\x13\x03"
                                  "A\x1b["
                                  "\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03"
                                  "B\0C";
    CHECK_TEXT(shown(BYTES(NAME_A), 64), "A");
    CHECK_TEXT(shown(BYTES(hostile), 64), "A^[[, B^@C");
    for (size_t capacity = 1; capacity < 12; capacity++)
        CHECK(strlen(shown(BYTES(hostile), capacity)) < capacity, "capacity %zu", capacity);
    for (size_t size = 0; size < sizeof hostile - 1; size++)
        CHECK_TEXT(shown(hostile, size, 64), "");
    CHECK_TEXT(shown(BYTES("\x30\x00"), 64), "");
    CHECK_TEXT(shown(BYTES("\x30\x02\x31\x05"), 64), "");
}

int main(void)
{
    tables();
    damaged();
    certificates();
    constraints();
    unsigned_ones();
    sizes();
    names();
    return T_DONE();
}
