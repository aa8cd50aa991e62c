/* SPDX-License-Identifier: MIT */
#include "lines.h"
#include "pieces.h"
#include "proto/bundle.h"
#include "proto/refs.h"
#include "t.h"

#include <stdlib.h>

#define ONE "1111111111111111111111111111111111111111"
#define TWO "2222222222222222222222222222222222222222"
#define LONG "333333333333333333333333"

struct row {
    const char *why, *text;
    enum fault_class class;
    const char *got; /* as the listener writes it down, or the fault's words */
};

/* '$' stands for a NUL. */
static const struct row rows[] = {
    {"git's", "# v2 git bundle\n" ONE " refs/heads/main\n" ONE " HEAD\n\nPACK", 0,
     "20 1 refs/heads/main|1 HEAD|PACK"},
    {"prerequisites", "# v2 git bundle\n-" ONE " a subject\n-" TWO "\n" TWO " refs/x/y\n\nPACK", 0,
     "20 -1 a subject|-2 |2 refs/x/y|PACK"},
    {"a comment may be empty, and look like a name",
     "# v2 git bundle\n-" ONE " \n-" ONE " HEAD\n\n", 0, "20 -1 |-1 HEAD|"},
    {"no references", "# v2 git bundle\n\nPACK", 0, "20 PACK"},
    {"version 3", "# v3 git bundle\n@object-format=sha1\n" ONE " HEAD\n\nPACK", 0,
     "20 1 HEAD|PACK"},
    {"SHA-256", "# v3 git bundle\n@object-format=sha256\n" ONE LONG " HEAD\n\n", 0, "32 1 HEAD|"},
    {"a NUL in a comment is nobody's affair", "# v2 git bundle\n-" ONE " a$b\n\n", 0, "20 -1 a$b|"},
    {"no version 4", "# v4 git bundle\n\nPACK", FAULT_PROTOCOL, "no bundle"},
    {"no line end", "# v2 git bundle\r\n\nPACK", FAULT_PROTOCOL, "no bundle"},
    {"a pack", "PACK$$$\2$$$\1abcdefgh", FAULT_PROTOCOL, "no bundle"},
    {"R6: cut in the signature", "# v2 git", FAULT_PROTOCOL, "ends"},
    {"R6: cut behind it", "# v2 git bundle\n", FAULT_PROTOCOL, "its header is cut"},
    {"R6: cut in a line", "# v2 git bundle\n" ONE " refs/hea", FAULT_PROTOCOL, "its header is cut"},
    {"R6: the empty line is missing", "# v2 git bundle\n" ONE " HEAD\n", FAULT_PROTOCOL,
     "its header is cut"},
    {"R6: no empty line, but the pack", "# v2 git bundle\n" ONE " HEAD\nPACK\n\n", FAULT_PROTOCOL,
     "'PACK' is no line"},
    {"a capability in version 2", "# v2 git bundle\n@object-format=sha1\n\n", FAULT_PROTOCOL,
     "'@object-format=sha1' is no line"},
    {"filter", "# v3 git bundle\n@filter=blob:none\n" ONE " HEAD\n\n", FAULT_REFUSED,
     "capability 'filter=blob:none' is not supported"},
    {"unknown capability", "# v3 git bundle\n@x\033\n\n", FAULT_REFUSED, "capability 'x^[' is not"},
    {"no capability", "# v3 git bundle\n@\n\n", FAULT_REFUSED, "capability '' is not"},
    {"R4: unknown format", "# v3 git bundle\n@object-format=sha512\n\n", FAULT_REFUSED,
     "capability 'object-format=sha512'"},
    {"R4: SHA-1 among SHA-256", "# v3 git bundle\n@object-format=sha256\n" ONE " HEAD\n\n",
     FAULT_PROTOCOL, "is no line"},
    {"R4: SHA-256 among SHA-1", "# v2 git bundle\n" ONE LONG " HEAD\n\n", FAULT_PROTOCOL,
     "is no line"},
    {"an id that is short", "# v2 git bundle\n-1111 x\n\n", FAULT_PROTOCOL, "'-1111 x' is no line"},
    {"an id with a letter", "# v2 git bundle\n-111111111111111111111111111111111111111g x\n\n",
     FAULT_PROTOCOL, "is no line"},
    {"no blank behind the id", "# v2 git bundle\n-" ONE "x\n\n", FAULT_PROTOCOL, "is no line"},
    {"a reference without a name", "# v2 git bundle\n" ONE "\n\n", FAULT_PROTOCOL, "is no line"},
    {"with an empty name", "# v2 git bundle\n" ONE " \n\n", FAULT_PROTOCOL, "is no line"},
    {"R1: a name with ..", "# v2 git bundle\n" ONE " refs/heads/../../x\n\n", FAULT_PROTOCOL,
     "is no line"},
    {"R1: a name with ESC", "# v2 git bundle\n" ONE " refs/heads/\033[31m\n\n", FAULT_PROTOCOL,
     "^[[31m' is no line"},
    {"R1: a name with a NUL", "# v2 git bundle\n" ONE " refs/heads/a$b\n\n", FAULT_PROTOCOL,
     "is no line"},
    {"a prerequisite behind a reference", "# v2 git bundle\n" ONE " HEAD\n-" TWO " x\n\n",
     FAULT_PROTOCOL, "is no line"},
    {"a capability behind a prerequisite", "# v3 git bundle\n-" TWO " x\n@object-format=sha1\n\n",
     FAULT_PROTOCOL, "is no line"},
    {"only a dash", "# v2 git bundle\n-\n\n", FAULT_PROTOCOL, "'-' is no line"},
    {"words", "# v2 git bundle\nwords\n\n", FAULT_PROTOCOL, "'words' is no line"},
};

struct told {
    struct bundle_listener listener;
    char text[512];
};

static int take_line(struct bundle_listener *listener, const struct bundle_line *line)
{
    struct told *told = (struct told *)listener;
    size_t used = strlen(told->text), at = used;
    char hex[OID_HEX];
    at +=
        (size_t)snprintf(told->text + at, sizeof told->text - at, "%s%c ",
                         line->kind == BUNDLE_PREREQUISITE ? "-" : "", oid_hex(&line->oid, hex)[0]);
    for (size_t i = 0; i < line->size; i++)
        told->text[at++] = (char)(line->text[i] ? line->text[i] : '$');
    memcpy(told->text + at, "|", 2);
    return 0;
}

static int read_all(struct reader *in, struct told *told, size_t *oid_len)
{
    unsigned char first[BUNDLE_SIGNATURE];
    if (reader_read(in, first, sizeof first) < 0)
        return -1;
    int version = bundle_version(first);
    if (version == 0)
        return fault_set(in->fault, FAULT_PROTOCOL, "no bundle");
    return bundle_read_head(in, version, &told->listener, oid_len);
}

static void run(struct reader *in, void *context)
{
    const struct row *row = context;
    struct told told = {.listener = {take_line}};
    size_t oid_len = 99;
    char got[1024];
    unsigned char byte;
    int rc = read_all(in, &told, &oid_len);
    CHECK((rc < 0) == (row->class != FAULT_NONE) && in->fault->class == row->class &&
              (rc == 0) == (oid_len != 99),
          "%s: %d, class %d, \"%s\"", row->why, rc, (int)in->fault->class, in->fault->text);
    if (rc < 0) {
        CHECK(strstr(in->fault->text, row->got), "%s: \"%s\"", row->why, in->fault->text);
        return;
    }
    size_t used = (size_t)snprintf(got, sizeof got, "%zu %s", oid_len, told.text);
    while (reader_byte(in, &byte) == 1)
        got[used++] = (char)byte;
    got[used] = '\0';
    CHECK_TEXT(got, row->got);
}

static int count_line(struct bundle_listener *listener, const struct bundle_line *line)
{
    (void)listener;
    CHECK(line->size <= 2 * OID_MAX + REFS_NAME_MAX, "%zu", line->size);
    return 0;
}

/* At the limits of names; comments have none, and of these no more is kept than of a name. */
static void long_lines(void)
{
    static const struct {
        const char *begin;
        size_t size; /* of what follows the id and the blank */
        bool taken;
    } lengths[] = {{ONE, REFS_NAME_MAX - 1, true},
                   {ONE, REFS_NAME_MAX, false},
                   {ONE, 100000, false},
                   {"-" ONE, 100000, true}};
    static char text[200000];
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct bundle_listener listener = {count_line};
        struct reader in;
        size_t oid_len, size = (size_t)snprintf(text, sizeof text, "%s ", lengths[i].begin);
        memset(text + size, 'n', lengths[i].size);
        memcpy(text + size + lengths[i].size, "\n\n", 2);
        reader_memory(&in, text, size + lengths[i].size + 2, "test", &fault);
        int rc = bundle_read_head(&in, 2, &listener, &oid_len);
        CHECK((rc == 0) == lengths[i].taken, "%zu: %s", lengths[i].size, fault.text);
    }
}

static int endless_more(struct reader *reader)
{
    static unsigned char bytes[65536];
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, "-" ONE " ", 2 * OID_SHA1 + 2);
    reader->at = bytes;
    reader->end = bytes + sizeof bytes;
    reader->offset += sizeof bytes;
    return 1;
}

/* R5: a header that never ends. */
static void endless(void)
{
    struct fault fault = {.class = FAULT_NONE};
    struct bundle_listener listener = {count_line};
    struct reader in = {.more = endless_more, .name = "test", .fault = &fault};
    size_t oid_len;
    CHECK(bundle_read_head(&in, 2, &listener, &oid_len) < 0 && fault.class == FAULT_LIMIT &&
              strstr(fault.text, "over 67108864 bytes"),
          "%s", fault.text);
}

/* As lines_make() reads them; what is told of, or the fault's words. */
static const struct row answers[] = {
    {"git's", "bundle.version=1|bundle.mode=all|bundle.a.uri=https://h/a?b=c|0000", 0,
     "bundle.version 1|bundle.mode all|bundle.a.uri https://h/a?b=c|"},
    {"nothing", "0000", 0, ""},
    {"no equals sign", "bundle.version|0000", FAULT_PROTOCOL, "line at byte 0: no key=value"},
    {"no key", "=1|0000", FAULT_PROTOCOL, "no key=value"},
    {"no value", "bundle.mode=|0000", FAULT_PROTOCOL, "no key=value"},
    {"an empty line", "!0004|0000", FAULT_PROTOCOL, "no key=value"},
    {"a NUL in the key", "bun$dle=1|0000", FAULT_PROTOCOL, "no key=value"},
    {"a NUL in the value", "bundle.mode=a$ll|0000", FAULT_PROTOCOL, "no key=value"},
    {"R6: a delimiter", "bundle.version=1|0001", FAULT_PROTOCOL, "a delimiter"},
    {"R6: no end", "bundle.version=1", FAULT_PROTOCOL, ""},
    {"the server's words", "bundle.version=1|ERR no\033", FAULT_REFUSED, "the server says: no^["},
};

static int take_pair(void *context, const char *key, const char *value)
{
    char *text = context;
    snprintf(text + strlen(text), 512 - strlen(text), "%s %s|", key, value);
    return 0;
}

static void run_answer(struct reader *in, void *context)
{
    static struct pkt_reader pkt;
    const struct row *row = context;
    char text[512] = "";
    pkt_open(&pkt, in, NULL);
    int rc = bundle_read_pairs(&pkt, take_pair, text);
    CHECK((rc < 0) == (row->class != FAULT_NONE) && in->fault->class == row->class,
          "%s: %d, class %d, \"%s\"", row->why, rc, (int)in->fault->class, in->fault->text);
    CHECK(rc < 0 ? strstr(in->fault->text, row->got) != NULL : strcmp(text, row->got) == 0,
          "%s: \"%s\", \"%s\"", row->why, text, in->fault->text);
}

static int count_pair(void *context, const char *key, const char *value)
{
    (void)key;
    (void)value;
    ++*(size_t *)context;
    return 0;
}

/* R5: lines without end; and texts that are longer than is taken. */
static void long_answers(void)
{
    static struct pkt_reader pkt;
    static char text[8 * (BUNDLE_PAIRS_MAX + 1)];
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    size_t count = 0;
    for (size_t i = 0; i <= BUNDLE_PAIRS_MAX; i++)
        memcpy(text + 8 * i, "0008k=v\n", 8);
    reader_memory(&in, text, sizeof text, "test", &fault);
    pkt_open(&pkt, &in, NULL);
    CHECK(bundle_read_pairs(&pkt, count_pair, &count) < 0 && fault.class == FAULT_LIMIT &&
              count == BUNDLE_PAIRS_MAX,
          "%zu: %s", count, fault.text);
    for (size_t size = BUNDLE_KEY_MAX - 1; size <= BUNDLE_KEY_MAX; size++) {
        fault_clear(&fault);
        snprintf(text, sizeof text, "%04x", (unsigned)(size + 6));
        memset(text + 4, 'k', size);
        memcpy(text + 4 + size, "=v0000", 6);
        reader_memory(&in, text, size + 10, "test", &fault);
        pkt_open(&pkt, &in, NULL);
        CHECK((bundle_read_pairs(&pkt, count_pair, &count) == 0) == (size < BUNDLE_KEY_MAX),
              "%zu: %s", size, fault.text);
    }
}

int main(void)
{
    char bytes[1024];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = strlen(rows[i].text);
        for (size_t j = 0; j < size; j++)
            bytes[j] = (char)(rows[i].text[j] == '$' ? '\0' : rows[i].text[j]);
        pieces_all(bytes, size, run, (void *)(uintptr_t)&rows[i]);
    }
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        pieces_all(bytes, lines_make(answers[i].text, bytes, sizeof bytes), run_answer,
                   (void *)(uintptr_t)&answers[i]);
    long_lines();
    endless();
    long_answers();
    return T_DONE();
}
