/* SPDX-License-Identifier: MIT */
/* References in memory, and the checks that need all of them (R2, R3). */
#include "remote/reflist.h"

#include "lines.h"
#include "t.h"

#define ID1 "1111111111111111111111111111111111111111"
#define ID2 "2222222222222222222222222222222222222222"

static struct pkt_reader pkt;
static struct fault fault;

/* Reads the answer to an ls-refs request. */
static int read_list_within(const char *text, size_t size, size_t memory, struct reflist *out)
{
    struct caps caps = {.version = 2, .oid_len = OID_SHA1};
    static struct refs_reader refs;
    struct reader in;
    fault_clear(&fault);
    reader_memory(&in, text, size, "list", &fault);
    pkt_open(&pkt, &in, NULL);
    refs_open_ls(&refs, &pkt, &caps);
    *out = (struct reflist){.memory_max = memory};
    return reflist_read(&refs, out, &fault);
}

static int read_list(const char *text, size_t size, struct reflist *out)
{
    return read_list_within(text, size, 0, out);
}

/* "name=1^2>target", "?" for one that is unborn. */
static void tell(const struct reflist *refs, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < refs->count; i++) {
        const struct remote_ref *ref = &refs->refs[i];
        char hex[OID_HEX];
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s%s%.1s", i ? " " : "", ref->name,
                             ref->unborn ? "?" : "=", ref->unborn ? "" : oid_hex(&ref->oid, hex));
        if (ref->has_peeled)
            used += (size_t)snprintf(out + used, size - used, "^%.1s",
                                     oid_hex(remote_ref_peeled(ref), hex));
        if (ref->has_target)
            used += (size_t)snprintf(out + used, size - used, ">%s", remote_ref_target(ref));
    }
}

static const struct {
    const char *why, *lines, *got; /* got: the list, or part of the sentence */
    enum fault_class class;
} rows[] = {
    {"nothing", "0000", "", FAULT_NONE},
    {"in the server's order", ID2 " refs/heads/z|" ID1 " refs/heads/a|0000",
     "refs/heads/z=2 refs/heads/a=1", FAULT_NONE},
    {"a symbolic one", ID1 " HEAD symref-target:refs/heads/m|" ID1 " refs/heads/m|0000",
     "HEAD=1>refs/heads/m refs/heads/m=1", FAULT_NONE},
    {"a tag and what it points to", ID2 " refs/tags/t peeled:" ID1 "|0000", "refs/tags/t=2^1",
     FAULT_NONE},
    {"an unborn one", "unborn HEAD symref-target:refs/heads/m|0000", "HEAD?>refs/heads/m",
     FAULT_NONE},
    {"R2: twice the same does no harm",
     ID1 " refs/heads/m|" ID2 " refs/heads/n|" ID1 " refs/heads/m|0000",
     "refs/heads/m=1 refs/heads/n=2", FAULT_NONE},
    {"R2: three times", ID1 " refs/heads/m|" ID1 " refs/heads/m|" ID1 " refs/heads/m|0000",
     "refs/heads/m=1", FAULT_NONE},
    {"R2: twice, and different", ID1 " refs/heads/m|" ID2 " refs/heads/m|0000",
     "'refs/heads/m' twice", FAULT_PROTOCOL},
    {"R2: the third is different",
     ID1 " refs/heads/m|" ID1 " refs/heads/m|" ID2 " refs/heads/m|0000", "'refs/heads/m' twice",
     FAULT_PROTOCOL},
    {"R2: m and m/x", ID1 " refs/heads/m|" ID1 " refs/heads/m-x|" ID1 " refs/heads/m/x|0000",
     "cannot both exist", FAULT_PROTOCOL},
    {"R2: m/x and m", ID1 " refs/heads/m/x/y|" ID1 " refs/heads/m.x|" ID1 " refs/heads/m|0000",
     "cannot both exist", FAULT_PROTOCOL},
    {"R2: m twice, and m/x", ID1 " refs/heads/m/x|" ID1 " refs/heads/m|" ID1 " refs/heads/m|0000",
     "'refs/heads/m' and 'refs/heads/m/x', which cannot both exist", FAULT_PROTOCOL},
    {"names that only begin alike",
     ID1 " refs/heads/m|" ID1 " refs/heads/m-x|" ID1 " refs/heads/mx/y|" ID1
         " refs/heads/m.x/y|0000",
     "refs/heads/m=1 refs/heads/m-x=1 refs/heads/mx/y=1 refs/heads/m.x/y=1", FAULT_NONE},
    {"R3: a target that is no name", ID1 " HEAD symref-target:../../config|0000", "",
     FAULT_PROTOCOL},
    {"R3: HEAD is no target", ID1 " HEAD symref-target:HEAD|0000", "an invalid symref-target",
     FAULT_PROTOCOL},
    {"R6: the end for a flush", ID1 " refs/heads/m", "where a pkt-line is due", FAULT_PROTOCOL},
    {"ERR", ID1 " refs/heads/m|ERR no", "the server says: no", FAULT_REFUSED},
};

static void reading(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char lines[2048], got[1024];
        struct reflist refs;
        int rc = read_list(lines, lines_make(rows[i].lines, lines, sizeof lines), &refs);
        CHECK(fault.class == rows[i].class && (rc < 0) == (rows[i].class != FAULT_NONE),
              "%s: %d, %s", rows[i].why, (int)fault.class, fault.text);
        tell(&refs, got, sizeof got);
        if (rc < 0)
            CHECK(strstr(fault.text, rows[i].got), "%s: %s", rows[i].why, fault.text);
        else
            CHECK(strcmp(got, rows[i].got) == 0, "%s: %s", rows[i].why, got);
        for (size_t k = 0; rc == 0 && k < refs.count; k++)
            CHECK(reflist_find(&refs, refs.refs[k].name) == &refs.refs[k], "%s: %s", rows[i].why,
                  refs.refs[k].name);
        CHECK(!reflist_find(&refs, "refs/heads/none"), "found");
        reflist_free(&refs);
        CHECK(refs.count == 0 && refs.refs == NULL && refs.names == NULL, "not free");
    }
}

/* More names than fit into one piece of memory: none moves, none is lost. */
static void many(void)
{
    enum { COUNT = 3000 };
    static char text[COUNT * 140];
    struct reflist refs;
    size_t used = 0;
    char name[128], wrong = 0;
    for (int i = 0; i < COUNT; i++)
        used += (size_t)sprintf(text + used, "%04x" ID1 " refs/%s/%060d-%04d\n",
                                4 + 40 + 1 + 5 + 5 + 1 + 65 + 1, i % 2 ? "heads" : "notes",
                                COUNT - i, i);
    used += (size_t)sprintf(text + used, "0000");
    CHECK(read_list(text, used, &refs) == 0 && refs.count == COUNT, "%zu, %s", refs.count,
          fault.text);
    for (int i = 0; i < COUNT && refs.count == COUNT; i++) {
        snprintf(name, sizeof name, "refs/%s/%060d-%04d", i % 2 ? "heads" : "notes", COUNT - i, i);
        wrong |= strcmp(refs.refs[i].name, name) != 0;
    }
    CHECK(!wrong, "another name");
    static const char *const prefixes[] = {"HEAD", "refs/heads/"};
    reflist_filter(&refs, prefixes, 2);
    CHECK(refs.count == COUNT / 2, "%zu", refs.count);
    CHECK(strncmp(refs.refs[0].name, "refs/heads/0", 12) == 0, "%s", refs.refs[0].name);
    size_t needed = refs.memory;
    reflist_free(&refs);
    /* K13: they count against --mem. */
    CHECK(read_list_within(text, used, needed, &refs) == 0, "%s", fault.text);
    reflist_free(&refs);
    CHECK(read_list_within(text, used, needed - 1, &refs) < 0 && fault.class == FAULT_LIMIT,
          "taken");
    CHECK_TEXT(fault.text, "over 2999 references, which is what --mem has room for");
    reflist_free(&refs);
}

/* Version 0: where the server is shallow itself comes along; and no prefix takes all. */
static void version_0(void)
{
    char lines[2048];
    struct caps caps = {.version = 0};
    static struct refs_reader refs;
    struct reader in;
    struct reflist list;
    size_t size =
        lines_make(ID1 " HEAD$symref=HEAD:refs/heads/m|" ID1 " refs/heads/m|" ID2
                       " refs/tags/t|" ID1 " refs/tags/t^{}|shallow " ID1 "|shallow " ID2 "|0000",
                   lines, sizeof lines);
    fault_clear(&fault);
    reader_memory(&in, lines, size, "list", &fault);
    pkt_open(&pkt, &in, NULL);
    list = (struct reflist){.count = 0};
    CHECK(refs_discover(&refs, &pkt, &caps) == 0 && reflist_read(&refs, &list, &fault) == 0, "%s",
          fault.text);
    char got[1024];
    tell(&list, got, sizeof got);
    CHECK_TEXT(got, "HEAD=1>refs/heads/m refs/heads/m=1 refs/tags/t=2^1");
    CHECK(list.shallow_count == 2 && list.shallow[1].id[0] == 0x22, "%zu", list.shallow_count);
    reflist_filter(&list, NULL, 0);
    tell(&list, got, sizeof got);
    CHECK_TEXT(got, "HEAD=1>refs/heads/m refs/heads/m=1 refs/tags/t=2^1");
    reflist_free(&list);
    size = lines_make(ID1 " HEAD$symref=HEAD:HEAD|0000", lines, sizeof lines);
    reader_memory(&in, lines, size, "list", &fault);
    pkt_open(&pkt, &in, NULL);
    int rc = refs_discover(&refs, &pkt, &caps);
    if (rc == 0)
        rc = reflist_read(&refs, &list, &fault);
    CHECK(rc < 0 && fault.class == FAULT_PROTOCOL &&
              strstr(fault.text, "HEAD points to an invalid reference name"),
          "R3: %s", fault.text);
    reflist_free(&list);
}

int main(void)
{
    reading();
    many();
    version_0();
    return T_DONE();
}
