/* SPDX-License-Identifier: MIT */
#include "lines.h"
#include "pieces.h"
#include "proto/refs.h"
#include "t.h"

#define ID1 "1111111111111111111111111111111111111111"
#define ID2 "2222222222222222222222222222222222222222"
#define ID3 "3333333333333333333333333333333333333333"
#define ZERO "0000000000000000000000000000000000000000"
#define LONG "abcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd"
#define SERVICE "# service=git-upload-pack|0000|"

struct row {
    const char *why, *text;
    enum fault_class class;
    const char *got; /* the references as tell() tells them, or the fault's words */
};

/* What the GET is answered: [version:] references. */
static const struct row advertisements[] = {
    {"git's, v0",
     SERVICE ID1 " HEAD$ofs-delta symref=HEAD:refs/heads/m|" ID1 " refs/heads/m|" ID2
                 " refs/tags/t|" ID3 " refs/tags/t^{}|0000",
     0, "0: 1 HEAD>refs/heads/m, 1 refs/heads/m, 2 refs/tags/t^3, "},
    {"the last one is peeled, then shallow",
     SERVICE ID2 " refs/tags/t$|" ID3 " refs/tags/t^{}|shallow " ID1 "|0000", 0,
     "0: 2 refs/tags/t^3, shallow 1, "},
    {"v1", SERVICE "version 1|" ID1 " refs/heads/m$agent=x|0000", 0, "1: 1 refs/heads/m, "},
    {"v1 without the service", "version 1|" ID1 " refs/heads/m$|0000", 0, "1: 1 refs/heads/m, "},
    {"without a NUL", SERVICE ID1 " refs/heads/m|0000", 0, "0: 1 refs/heads/m, "},
    {"detached", SERVICE ID1 " HEAD$|0000", 0, "0: 1 HEAD, "},
    {"empty", SERVICE ZERO " capabilities^{}$ofs-delta|0000", 0, "0: "},
    {"empty and unborn", SERVICE ZERO " capabilities^{}$symref=HEAD:refs/heads/m|0000", 0, "0: "},
    {"empty, only a flush", SERVICE "0000", 0, "0: "},
    {"empty and shallow", SERVICE ZERO " capabilities^{}$|shallow " ID1 "|0000", 0,
     "0: shallow 1, "},
    {"sha256", SERVICE LONG " refs/heads/m$object-format=sha256|0000", 0, "0: a refs/heads/m, "},
    {"R1: legal but awkward", SERVICE ID1 " refs/heads/-x$|" ID1 " refs/heads/@|0000", 0,
     "0: 1 refs/heads/-x, 1 refs/heads/@, "},
    {"v2", "version 2|ls-refs|fetch|0000", 0, "2: "},
    {"v2 behind the service", SERVICE "version 2|ls-refs|fetch|0000", 0, "2: "},

    {"R4: another service", "# service=git-receive-pack|0000|", FAULT_PROTOCOL,
     "references: line at byte 0: not the service that was asked for: \"# service=git-receive-"},
    {"R4: no flush behind the service", "# service=git-upload-pack|" ID1 " refs/heads/m$|0000",
     FAULT_PROTOCOL, "line at byte 30: a flush expected"},
    {"R4: version 3", SERVICE "version 3|0000", FAULT_PROTOCOL,
     "not a version that was asked for: \"version 3\""},
    {"R4: no version 2", "agent=git/2.39.5|ls-refs|fetch|0000", FAULT_PROTOCOL,
     "references: line at byte 0: neither \"version 2\" nor a reference: \"agent=git/2.39.5\""},
    {"R4: what follows has no version either", SERVICE "hello|0000", FAULT_PROTOCOL,
     "line at byte 34: neither"},
    {"R4: a sentence", SERVICE "hello world|0000", FAULT_PROTOCOL, "line at byte 34: neither"},
    {"R4: a dumb server", "!" ID1 "\trefs/heads/m\n" ID2 "\trefs/tags/t\n", FAULT_PROTOCOL,
     "only speaks the dumb protocol"},
    {"R4: a dumb server, sha256", "!" LONG "\trefs/heads/m\n", FAULT_PROTOCOL, "the dumb protocol"},
    {"R6: a web page", "!<html>", FAULT_PROTOCOL, "\"<htm\" is no length"},
    {"ERR first", SERVICE "ERR no such repository\033|0000", FAULT_REFUSED,
     "the server says: no such repository^["},
    {"ERR at once", "ERR busy", FAULT_REFUSED, "the server says: busy"},
    {"ERR later", SERVICE ID1 " refs/heads/m$|ERR oh|0000", FAULT_REFUSED, "the server says: oh"},
    {"R6: the end at once", "", FAULT_PROTOCOL, "ends at byte 0 where a pkt-line is due"},
    {"R6: the end for a flush", SERVICE ID1 " refs/heads/m$", FAULT_PROTOCOL,
     "where a pkt-line is due"},
    {"R6: a delimiter", SERVICE ID1 " refs/heads/m$|0001", FAULT_PROTOCOL,
     "references: line at byte 93: a delimiter"},
    {"R1: up and away", SERVICE ID1 " refs/heads/../../x$|0000", FAULT_PROTOCOL,
     "an invalid reference name"},
    {"R1: on a later line", SERVICE ID1 " refs/heads/m$|" ID1 " refs/heads/x.lock|0000",
     FAULT_PROTOCOL, "an invalid reference name: \"" ID1 " refs/heads/x.lock\""},
    {"R1, R8: with ESC", SERVICE ID1 " refs/heads/\033$|0000", FAULT_PROTOCOL, "refs/heads/^["},
    {"R1: no name", SERVICE ID1 " $|0000", FAULT_PROTOCOL, "no object id and name"},
    {"R3: HEAD to config", SERVICE ID1 " HEAD$symref=HEAD:../../config|0000", FAULT_PROTOCOL,
     "HEAD points to an invalid reference name"},
    {"R3: HEAD to HEAD", SERVICE ID1 " HEAD$symref=HEAD:HEAD|0000", FAULT_PROTOCOL,
     "HEAD points to an invalid"},
    {"R4: a NUL on a later line", SERVICE ID1 " refs/heads/m$|" ID1 " refs/heads/n$x|0000",
     FAULT_PROTOCOL, "a NUL on a later line"},
    {"R4: two NULs", SERVICE ID1 " refs/heads/m$x$y|0000", FAULT_PROTOCOL, "a NUL among them"},
    {"R4: late capabilities^{}", SERVICE ID1 " refs/heads/m$|" ZERO " capabilities^{}|0000",
     FAULT_PROTOCOL, "no object id and name"},
    {"R4: capabilities^{} with an id", SERVICE ID1 " capabilities^{}$|0000", FAULT_PROTOCOL,
     "a peeled id (^{}) without its reference before it"},
    {"R4: references behind capabilities^{}",
     SERVICE ZERO " capabilities^{}$|" ID1 " refs/heads/m|0000", FAULT_PROTOCOL,
     "only shallow lines may stand here"},
    {"R4: sha1 where sha256 is said", SERVICE ID1 " refs/heads/m$object-format=sha256|0000",
     FAULT_PROTOCOL, "no object id and name"},
    {"R4: sha256 unsaid", SERVICE LONG " refs/heads/m$|0000", FAULT_PROTOCOL,
     "no object id and name"},
    {"R4: both", SERVICE ID1 " refs/heads/m$|" LONG " refs/heads/n|0000", FAULT_PROTOCOL,
     "no object id and name"},
    {"R4: bad shallow line", SERVICE ID1 " refs/heads/m$|shallow 123|0000", FAULT_PROTOCOL,
     "no object id: \"shallow 123\""},
    {"R4: shallow line with a tail", SERVICE ID1 " refs/heads/m$|shallow " ID1 "x|0000",
     FAULT_PROTOCOL, "no object id"},
    {"R4: a reference behind shallow", SERVICE ID1 " m$|shallow " ID1 "|" ID1 " refs/heads/n|0000",
     FAULT_PROTOCOL, "only shallow lines may stand here"},
    {"the null id", SERVICE ZERO " refs/heads/m$|0000", FAULT_PROTOCOL, "no object id and name"},
    {"no digits",
     SERVICE ID1 " refs/heads/m$|"
                 "x" ID1 " refs/heads/m|0000",
     FAULT_PROTOCOL, "no object id and name"},
    {"a tab for the blank", SERVICE ID1 " refs/heads/m$|" ID1 "\trefs/heads/n|0000", FAULT_PROTOCOL,
     "no object id and name"},
    {"peels another", SERVICE ID1 " refs/tags/a$|" ID2 " refs/tags/b^{}|0000", FAULT_PROTOCOL,
     "a peeled id (^{}) without its reference before it"},
    {"peels twice", SERVICE ID1 " refs/tags/a$|" ID2 " refs/tags/a^{}|" ID3 " refs/tags/a^{}|0000",
     FAULT_PROTOCOL, "a peeled id (^{}) without its reference before it"},
    {"R3: twice", SERVICE ID1 " HEAD$ofs-delta ofs-delta|0000", FAULT_PROTOCOL, "is given twice"},
    {"R3: v2, twice", "version 2|fetch|fetch|0000", FAULT_PROTOCOL, "is given twice"},
};

/* What ls-refs is answered. */
static const struct row lists[] = {
    {"git's",
     ID1 " HEAD symref-target:refs/heads/m|" ID1 " refs/heads/m|" ID2 " refs/tags/t peeled:" ID3
         "|0000",
     0, "1 HEAD>refs/heads/m, 1 refs/heads/m, 2 refs/tags/t^3, "},
    {"none", "0000", 0, ""},
    {"unborn", "unborn HEAD symref-target:refs/heads/m|0000", 0, "unborn HEAD>refs/heads/m, "},
    {"attributes in any order, and others",
     ID1 " HEAD new:x peeled:" ID3 " y symref-target:refs/x|0000", 0, "1 HEAD>refs/x^3, "},
    {"ERR", "ERR not ours", FAULT_REFUSED, "the server says: not ours"},
    {"R1: a name", ID1 " refs/heads/a..b|0000", FAULT_PROTOCOL, "an invalid reference name"},
    {"R1: no name", ID1 "|0000", FAULT_PROTOCOL, "no reference"},
    {"R1: an empty name", ID1 " |0000", FAULT_PROTOCOL, "an invalid reference name"},
    {"R3: a target", ID1 " HEAD symref-target:../../config|0000", FAULT_PROTOCOL,
     "an invalid symref-target"},
    {"R3: HEAD to itself", ID1 " HEAD symref-target:HEAD|0000", FAULT_PROTOCOL,
     "an invalid symref-target"},
    {"R3: two targets", ID1 " HEAD symref-target:refs/a symref-target:refs/b|0000", FAULT_PROTOCOL,
     "an invalid symref-target"},
    {"R3: unborn without a target", "unborn HEAD|0000", FAULT_PROTOCOL,
     "unborn, but without a symref-target"},
    {"R4: a NUL", ID1 " refs/heads/m$x|0000", FAULT_PROTOCOL, "no reference"},
    {"R4: sha256", LONG " refs/heads/m|0000", FAULT_PROTOCOL, "no object id"},
    {"R4: sha256 peeled", ID1 " refs/tags/t peeled:" LONG "|0000", FAULT_PROTOCOL,
     "an invalid peeled id"},
    {"peeled to no id", ID1 " refs/tags/t peeled:x|0000", FAULT_PROTOCOL, "an invalid peeled id"},
    {"peeled twice", ID1 " refs/tags/t peeled:" ID2 " peeled:" ID3 "|0000", FAULT_PROTOCOL,
     "an invalid peeled id"},
    {"the null id", ZERO " refs/heads/m|0000", FAULT_PROTOCOL, "no object id"},
    {"R6: a delimiter", ID1 " refs/heads/m|0001", FAULT_PROTOCOL, "a delimiter"},
    {"R6: response-end", "0002", FAULT_PROTOCOL, "a delimiter"},
    {"R6: the end for a flush", ID1 " refs/heads/m", FAULT_PROTOCOL, "where a pkt-line is due"},
};

struct told {
    char text[512];
};

static void told_shallow(void *context, const struct oid *oid)
{
    struct told *told = context;
    char hex[OID_HEX];
    size_t used = strlen(told->text);
    snprintf(told->text + used, sizeof told->text - used, "shallow %c, ", oid_hex(oid, hex)[0]);
}

/* "1 HEAD>target^2, ": an id is told by its first digit. */
static void tell(struct told *told, const struct ref *ref)
{
    char oid[OID_HEX], peeled[OID_HEX];
    size_t used = strlen(told->text);
    oid_hex(&ref->oid, oid)[1] = '\0';
    oid_hex(&ref->peeled, peeled)[1] = '\0';
    snprintf(told->text + used, sizeof told->text - used, "%s %s%s%s%s%s, ",
             ref->unborn ? "unborn" : oid, ref->name, ref->symref_target ? ">" : "",
             ref->symref_target ? ref->symref_target : "", ref->has_peeled ? "^" : "",
             ref->has_peeled ? peeled : "");
}

/* RC is what refs_discover() said, or 0. */
static void judge(const struct row *row, struct refs_reader *refs, int rc, bool list,
                  struct told *told)
{
    struct reader *in = refs->line.pkt->below;
    struct ref ref;
    if (rc == 0 && list)
        while ((rc = refs_next(refs, &ref)) == 1)
            tell(told, &ref);
    if (rc == 0)
        rc = reader_end(in);
    CHECK((rc < 0) == (row->class != FAULT_NONE) && in->fault->class == row->class,
          "%s: %d, class %d, \"%s\"", row->why, rc, (int)in->fault->class, in->fault->text);
    if (row->class != FAULT_NONE)
        CHECK(strstr(in->fault->text, row->got), "%s: \"%s\"", row->why, in->fault->text);
    else
        CHECK(strcmp(told->text, row->got) == 0, "%s: \"%s\"", row->why, told->text);
    CHECK(rc < 0 || !list || refs_next(refs, &ref) == 0, "%s: ends twice", row->why);
}

static void run_advertisement(struct reader *in, void *context)
{
    static struct pkt_reader pkt;
    struct refs_reader refs;
    struct caps caps;
    struct told told = {""};
    pkt_open(&pkt, in, NULL);
    int rc = refs_discover(&refs, &pkt, &caps);
    snprintf(told.text, sizeof told.text, "%d: ", caps.version);
    refs.shallow = told_shallow;
    refs.context = &told;
    judge(context, &refs, rc, caps.version != 2, &told);
}

static void run_list(struct reader *in, void *context)
{
    static struct pkt_reader pkt;
    struct refs_reader refs;
    struct caps caps = {.version = 2, .oid_len = OID_SHA1};
    struct told told = {""};
    pkt_open(&pkt, in, NULL);
    refs_open_ls(&refs, &pkt, &caps);
    judge(context, &refs, 0, true, &told);
}

/* An unborn HEAD of an empty v0 repository: the capability tells where it points. */
static void unborn_v0(void)
{
    static struct pkt_reader pkt;
    char bytes[512];
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    struct refs_reader refs;
    struct caps caps;
    struct ref ref;
    size_t size = lines_make(SERVICE ZERO " capabilities^{}$symref=HEAD:refs/heads/m|0000", bytes,
                             sizeof bytes);
    reader_memory(&in, bytes, size, "memory", &fault);
    pkt_open(&pkt, &in, NULL);
    CHECK(refs_discover(&refs, &pkt, &caps) == 0 && refs_next(&refs, &ref) == 0, "%s", fault.text);
    CHECK_TEXT(refs.head_target, "refs/heads/m");
}

/* R1, by git-check-ref-format's rules. */
static void names(void)
{
    static const char *const right[] = {
        "refs/heads/m",
        "refs/heads/-x",
        "refs/heads/a/b/c",
        "refs/heads/@",
        "refs/heads/@x",
        "refs/heads/x@",
        "refs/heads/a.b",
        "refs/heads/lock",
        "refs/heads/{",
        "refs/heads/\303\244",
        "a/b",
        "refs/heads/x.lockx",
        "refs/heads/M",
        "refs/heads/%41",
    };
    static const char *const wrong[] = {
        "",
        "/",
        "@",
        "refs/heads/",
        "/refs/heads/m",
        "refs//m",
        "refs/heads/.m",
        "refs/.heads/m",
        "refs/heads/m.lock",
        "refs/heads.lock/m",
        "refs/heads/../../x",
        "refs/heads/a..b",
        "refs/heads/m.",
        "refs/heads/@{",
        "refs/heads/a@{b",
        "refs/heads/a b",
        "refs/heads/a~b",
        "refs/heads/a^b",
        "refs/heads/a:b",
        "refs/heads/a?b",
        "refs/heads/a*b",
        "refs/heads/a[b",
        "refs/heads/a\\b",
        "refs/heads/a\tb",
        "refs/heads/a\nb",
        "refs/heads/a\033b",
        "refs/heads/a\177b",
        "refs/heads/.lock",
    };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        CHECK(refs_name_valid(right[i], strlen(right[i]), false), "%s", right[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!refs_name_valid(wrong[i], strlen(wrong[i]), true), "%s", wrong[i]);
    CHECK(refs_name_valid("HEAD", 4, true) && !refs_name_valid("HEAD", 4, false), "one level");
    CHECK(!refs_name_valid("refs/heads/a\0b", 14, true), "a NUL");

    static char name[66000];
    memset(name, 'n', sizeof name);
    memcpy(name, "refs/heads/", 11);
    CHECK(refs_name_valid(name, REFS_NAME_MAX - 1, false), "%d bytes", REFS_NAME_MAX - 1);
    CHECK(!refs_name_valid(name, REFS_NAME_MAX, false), "%d bytes", REFS_NAME_MAX);
    CHECK(!refs_name_valid(name, sizeof name, false), "66,000 bytes");
}

/* R1: 65 KB of name, on a line as long as lines get. */
static void long_line(bool listing)
{
    static struct pkt_reader pkt;
    static char bytes[PKT_MAX + 4];
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    struct refs_reader refs;
    struct caps caps = {.version = 2, .oid_len = OID_SHA1};
    struct ref ref;
    memset(bytes, 'n', PKT_MAX);
    memcpy(bytes, "fff0" ID1 " refs/heads/", 4 + 40 + 12);
    memcpy(bytes + PKT_MAX, "0000", 4);
    reader_memory(&in, bytes, sizeof bytes, "memory", &fault);
    pkt_open(&pkt, &in, NULL);
    if (listing)
        refs_open_ls(&refs, &pkt, &caps);
    else
        CHECK(refs_discover(&refs, &pkt, &caps) == 0, "%s", fault.text);
    CHECK(refs_next(&refs, &ref) < 0 && strstr(fault.text, "an invalid reference name"), "%s",
          fault.text);
}

static void request(bool unborn, bool format, const char *expected)
{
    static const char *const prefixes[] = {"HEAD", "refs/heads/"};
    char bytes[512], wanted[512];
    struct fault fault = {.class = FAULT_NONE};
    struct memory_writer memory;
    struct pkt_writer out = {&memory.writer, NULL};
    struct caps caps = {
        .version = 2, .oid_len = OID_SHA256, .ls_refs_unborn = unborn, .object_format = format};
    size_t size = lines_make(expected, wanted, sizeof wanted);
    writer_memory(&memory, bytes, sizeof bytes, "request", &fault);
    CHECK(refs_write_ls(&out, &caps, "git/x", prefixes, 2) == 0, "%s", fault.text);
    CHECK(memory.used == size && memcmp(bytes, wanted, size) == 0, "%.*s", (int)memory.used, bytes);
    for (size_t room = 0; room < size; room++) {
        writer_memory(&memory, bytes, room, "request", &fault);
        fault_clear(&fault);
        CHECK(refs_write_ls(&out, &caps, "git/x", prefixes, 2) < 0 && fault.class == FAULT_LIMIT,
              "%zu bytes of room", room);
    }
}

int main(void)
{
    static char bytes[2048];
    for (size_t i = 0; i < sizeof advertisements / sizeof *advertisements; i++)
        pieces_all(bytes, lines_make(advertisements[i].text, bytes, sizeof bytes),
                   run_advertisement, (void *)&advertisements[i]);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        pieces_all(bytes, lines_make(lists[i].text, bytes, sizeof bytes), run_list,
                   (void *)&lists[i]);
    unborn_v0();
    names();
    long_line(false);
    long_line(true);
    request(false, false,
            "command=ls-refs|!000fagent=git/x|0001|peel|symrefs|ref-prefix HEAD|"
            "ref-prefix refs/heads/|0000");
    request(true, true,
            "command=ls-refs|!000fagent=git/x|!0018object-format=sha256|0001|peel|symrefs|unborn|"
            "ref-prefix HEAD|ref-prefix refs/heads/|0000");
    return T_DONE();
}
