/* SPDX-License-Identifier: MIT */
#include "lines.h"
#include "pieces.h"
#include "proto/fetch.h"
#include "t.h"

#define ID1 "1111111111111111111111111111111111111111"
#define ID2 "2222222222222222222222222222222222222222"
#define ID3 "3333333333333333333333333333333333333333"
#define ID4 "4444444444444444444444444444444444444444"
#define LONG "abcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd"
#define PACK "!0006\1P|0000"

/* What was asked: 1 and 2 are wanted, 3 and 4 are sent as haves, 4 is shallow here. */
enum asked {
    DONE = 1,   /* no more haves will follow */
    DEPTH = 2,  /* to be cut */
    HAVES = 4,  /* 3 and 4 */
    COMMON = 8, /* 3 came back in a round before */
    PLAIN = 16  /* of a v0 server that offers nothing */
};

struct row {
    const char *why, *text;
    int asked;
    enum fault_class class;
    const char *got; /* as tell() tells it, or the fault's words */
};

static const struct row version_2[] = {
    {"a clone", "packfile|" PACK, DONE, 0, "pack"},
    {"cut", "shallow-info|shallow " ID1 "|shallow " ID2 "|0001|packfile|" PACK, DONE | DEPTH, 0,
     "shallow 1, shallow 2, pack"},
    {"R9: cut unasked", "shallow-info|shallow " ID1 "|0001|packfile|" PACK, DONE, 0,
     "shallow 1, pack"},
    {"deepened", "shallow-info|unshallow " ID4 "|0001|packfile|" PACK, DONE | DEPTH, 0,
     "unshallow 4, pack"},
    {"nothing in common", "acknowledgments|NAK|0000", HAVES, 0, "negotiate"},
    {"something in common", "acknowledgments|ACK " ID3 "|0000", HAVES, 0, "ack 3, negotiate"},
    {"of a round before", "acknowledgments|ACK " ID3 "|0000", COMMON, 0, "ack 3, negotiate"},
    {"enough", "acknowledgments|ACK " ID3 "|ready|0001|packfile|" PACK, HAVES, 0, "ack 3, pack"},
    {"enough, and cut",
     "acknowledgments|ACK " ID3 "|ready|0001|shallow-info|shallow " ID1 "|0001|packfile|" PACK,
     HAVES, 0, "ack 3, shallow 1, pack"},

    {"ERR", "ERR upload-pack: not our ref\033", DONE, FAULT_REFUSED,
     "the server says: upload-pack: not our ref^["},
    {"ERR in a section", "acknowledgments|ERR busy", HAVES, FAULT_REFUSED, "the server says: busy"},
    {"R9: ACK of what was never sent", "acknowledgments|ACK " ID1 "|0000", HAVES, FAULT_PROTOCOL,
     "fetch: line at byte 20: acknowledges what was not sent: \"ACK " ID1 "\""},
    {"R9: ACK without haves", "acknowledgments|ACK " ID3 "|0000", 0, FAULT_PROTOCOL,
     "acknowledges what was not sent"},
    {"R9: ready without a pack", "acknowledgments|ready|0000", HAVES, FAULT_PROTOCOL,
     "ready without a pack"},
    {"R9: a pack without ready", "acknowledgments|NAK|0001|packfile|" PACK, HAVES, FAULT_PROTOCOL,
     "a pack without ready"},
    {"R9: flush for the delimiter", "shallow-info|shallow " ID1 "|0000|packfile|" PACK, DONE,
     FAULT_PROTOCOL, "shallow-info ends without a pack"},
    {"R9: acknowledgments behind done", "acknowledgments|NAK|0000", DONE | HAVES, FAULT_PROTOCOL,
     "unexpected section: \"acknowledgments\""},
    {"R9: a pack before its time", "packfile|" PACK, HAVES, FAULT_PROTOCOL,
     "unexpected section, acknowledgments expected: \"packfile\""},
    {"R9: wanted-refs", "wanted-refs|" ID1 " refs/heads/m|0001|packfile|" PACK, DONE,
     FAULT_PROTOCOL, "unexpected section: \"wanted-refs\""},
    {"R10: packfile-uris", "packfile-uris|" ID1 " https://evil.example/|0001|packfile|" PACK, DONE,
     FAULT_PROTOCOL, "unexpected section: \"packfile-uris\""},
    {"R9: shallow-info twice", "shallow-info|0001|shallow-info|0001|packfile|" PACK, DONE,
     FAULT_PROTOCOL, "unexpected section: \"shallow-info\""},
    {"R9: sections swapped", "shallow-info|0001|acknowledgments|NAK|0000", HAVES, FAULT_PROTOCOL,
     "unexpected section, acknowledgments expected"},
    {"R6: nothing but a flush", "0000", DONE, FAULT_PROTOCOL, "unexpected section: \"\""},
    {"R6: nothing but a delimiter", "0001", DONE, FAULT_PROTOCOL, "unexpected section"},
    {"R6: response-end", "0002", DONE, FAULT_PROTOCOL, "unexpected response-end"},
    {"R6: the end at once", "", DONE, FAULT_PROTOCOL, "ends at byte 0 where a pkt-line is due"},
    {"R6: the end for a flush", "acknowledgments|NAK", HAVES, FAULT_PROTOCOL,
     "where a pkt-line is due"},
    {"packfile, and more", "packfiles|" PACK, DONE, FAULT_PROTOCOL, "unexpected section"},
    {"packfile, and less", "pack|" PACK, DONE, FAULT_PROTOCOL, "unexpected section"},
    {"an acknowledgment of another kind", "acknowledgments|ACK " ID3 " common|0000", HAVES,
     FAULT_PROTOCOL, "not NAK, ACK or ready"},
    {"an id too long", "acknowledgments|ACK " LONG "|0000", HAVES, FAULT_PROTOCOL,
     "not NAK, ACK or ready"},
    {"R4: bad shallow line", "shallow-info|shallow 12|0001", DONE, FAULT_PROTOCOL,
     "not shallow or unshallow and an object id: \"shallow 12\""},
    {"R4: shallow line with a tail", "shallow-info|shallow " ID1 " |0001", DONE, FAULT_PROTOCOL,
     "not shallow or unshallow"},
    {"R4: sha256", "shallow-info|shallow " LONG "|0001", DONE, FAULT_PROTOCOL,
     "not shallow or unshallow"},
    {"R9: unshallow of what is not", "shallow-info|unshallow " ID1 "|0001|packfile|" PACK,
     DONE | DEPTH, FAULT_PROTOCOL, "unshallow of what is not shallow here"},
};

static const struct row version_0[] = {
    {"a clone", "NAK|" PACK, DONE, 0, "pack"},
    {"a clone, without side-bands", "NAK|!PACK", DONE | PLAIN, 0, "raw"},
    {"cut", "shallow " ID1 "|0000|NAK|" PACK, DONE | DEPTH, 0, "shallow 1, pack"},
    {"deepened", "shallow " ID1 "|unshallow " ID4 "|0000|NAK|" PACK, DONE | DEPTH, 0,
     "shallow 1, unshallow 4, pack"},
    {"nothing to cut", "0000|NAK|" PACK, DONE | DEPTH, 0, "pack"},
    {"nothing in common", "NAK", HAVES, 0, "negotiate"},
    {"multi_ack_detailed, a round", "ACK " ID3 " common|NAK", HAVES, 0, "ack 3, negotiate"},
    {"multi_ack_detailed, ready", "ACK " ID3 " common|ACK " ID4 " ready|NAK", HAVES, 0,
     "ack 3, ack 4, ready"},
    {"multi_ack, a round", "ACK " ID3 " continue|NAK", HAVES, 0, "ack 3, negotiate"},
    {"the last one", "ACK " ID3 " common|ACK " ID3 "|" PACK, DONE | COMMON, 0,
     "ack 3, ack 3, pack"},
    {"no multi_ack", "ACK " ID3, HAVES | PLAIN, 0, "ack 3, negotiate"},

    {"ERR", "ERR access denied", DONE, FAULT_REFUSED, "the server says: access denied"},
    {"ERR for shallow lines", "ERR no", DONE | DEPTH, FAULT_REFUSED, "the server says: no"},
    {"R9: ACK of what was never sent", "ACK " ID2 " common|NAK", HAVES, FAULT_PROTOCOL,
     "fetch: line at byte 0: acknowledges what was not sent"},
    {"R9: ACK of a kind that does not exist", "ACK " ID3 " perhaps|NAK", HAVES, FAULT_PROTOCOL,
     "an ACK of a kind that does not exist"},
    {"R9: ACK without a blank", "ACK " ID3 "common|NAK", HAVES, FAULT_PROTOCOL,
     "an ACK of a kind that does not exist"},
    {"R9: flush among them", "ACK " ID3 " common|0000", HAVES, FAULT_PROTOCOL,
     "a flush among acknowledgments"},
    {"R6: a delimiter behind shallow lines", "shallow " ID1 "|0001|NAK", DONE | DEPTH,
     FAULT_PROTOCOL, "unexpected delimiter"},
    {"shallow lines unasked", "shallow " ID1 "|0000|NAK|" PACK, DONE, FAULT_PROTOCOL,
     "not ACK or NAK: \"shallow " ID1 "\""},
    {"R9: unshallow of what is not", "unshallow " ID1 "|0000|NAK", DONE | DEPTH, FAULT_PROTOCOL,
     "unshallow of what is not shallow here"},
    {"R4: bad shallow line", "shallow x|0000|NAK", DONE | DEPTH, FAULT_PROTOCOL,
     "not shallow or unshallow"},
    {"a pack at once", PACK, DONE, FAULT_PROTOCOL, "not ACK or NAK"},
    {"R6: the end for NAK", "ACK " ID3 " common", HAVES, FAULT_PROTOCOL, "where a pkt-line is due"},
    {"R6: response-end", "0002", DONE, FAULT_PROTOCOL, "unexpected response-end"},
};

struct told {
    struct fetch_listener listener;
    char text[256];
};

static void tell(struct told *told, const char *word, const struct oid *oid)
{
    char hex[OID_HEX];
    size_t used = strlen(told->text);
    snprintf(told->text + used, sizeof told->text - used, "%s %c, ", word, oid_hex(oid, hex)[0]);
}

static int told_ack(struct fetch_listener *listener, const struct oid *oid)
{
    tell((struct told *)listener, "ack", oid);
    return 0;
}

static int told_shallow(struct fetch_listener *listener, const struct oid *oid, bool shallow)
{
    tell((struct told *)listener, shallow ? "shallow" : "unshallow", oid);
    return 0;
}

static struct oid oids[4];

static struct fetch_request request_for(int asked)
{
    struct fetch_request request = {
        .agent = "git/x", .wants = oids, .want_count = 2, .done = asked & DONE};
    if (asked & HAVES) {
        request.haves = oids + 2;
        request.have_count = 2;
    }
    if (asked & COMMON) {
        request.common = oids + 2;
        request.common_count = 1;
    }
    if (asked & DEPTH) {
        request.depth = 1;
        request.shallows = oids + 3;
        request.shallow_count = 1;
    }
    return request;
}

static void run(struct reader *in, const struct row *row, const struct caps *caps)
{
    static const char *const answers[] = {
        [FETCH_PACK] = "pack", [FETCH_NEGOTIATE] = "negotiate", [FETCH_READY] = "ready"};
    static struct pkt_reader pkt;
    struct told told = {{told_ack, told_shallow}, ""};
    struct fetch_request request = request_for(row->asked);
    enum fetch_answer answer = FETCH_PACK;
    unsigned char next = 0;
    bool sideband = false;
    pkt_open(&pkt, in, NULL);
    int rc = fetch_read(&pkt, caps, &request, &told.listener, &answer, &sideband);
    CHECK((rc < 0) == (row->class != FAULT_NONE) && in->fault->class == row->class,
          "%s: %d, class %d, \"%s\"", row->why, rc, (int)in->fault->class, in->fault->text);
    if (rc < 0) {
        CHECK(strstr(in->fault->text, row->got), "%s: \"%s\"", row->why, in->fault->text);
        return;
    }
    size_t used = strlen(told.text);
    snprintf(told.text + used, sizeof told.text - used, "%s",
             sideband || answer != FETCH_PACK ? answers[answer] : "raw");
    CHECK(strcmp(told.text, row->got) == 0, "%s: \"%s\"", row->why, told.text);
    CHECK(reader_byte(in, &next) == (answer == FETCH_PACK), "%s: what follows", row->why);
    CHECK(answer != FETCH_PACK || next == (sideband ? '0' : 'P'), "%s: follows %c", row->why, next);
}

static void run_2(struct reader *in, void *context)
{
    struct caps caps = {.version = 2, .oid_len = OID_SHA1};
    run(in, context, &caps);
}

static void run_0(struct reader *in, void *context)
{
    const struct row *row = context;
    bool plain = row->asked & PLAIN;
    struct caps caps = {.oid_len = OID_SHA1, .multi_ack_detailed = !plain, .side_band_64k = !plain};
    run(in, context, &caps);
}

struct written {
    const char *why;
    struct caps caps;
    struct fetch_request request;
    const char *text; /* the request, or the fault's words */
    bool refused;
};

#define WANTS .agent = "git/x", .wants = oids, .want_count = 2

static const struct written requests[] = {
    {"v2, a clone",
     {.version = 2, .oid_len = OID_SHA1, .object_format = true},
     {WANTS, .include_tag = true, .done = true},
     "!0011command=fetch|!000fagent=git/x|!0016object-format=sha1|0001|include-tag|ofs-delta|"
     "want " ID1 "|want " ID2 "|done|0000",
     false},
    {"v2, everything",
     {.version = 2, .oid_len = OID_SHA1, .fetch_shallow = true, .fetch_filter = true},
     {WANTS, .haves = oids + 2, .have_count = 1, .common = oids + 3, .common_count = 1,
      .shallows = oids + 3, .shallow_count = 1, .depth = 3, .deepen_since = "1700000000",
      .deepen_relative = true, .filter = "blob:none", .thin_pack = true, .no_progress = true},
     "!0011command=fetch|!000fagent=git/x|0001|thin-pack|no-progress|ofs-delta|shallow " ID4
     "|deepen 3|deepen-since 1700000000|filter blob:none|deepen-relative|want " ID1 "|want " ID2
     "|have " ID4 "|have " ID3 "|0000",
     false},
    {"v2, a filter that was not offered",
     {.version = 2, .oid_len = OID_SHA1},
     {WANTS, .filter = "blob:none", .done = true},
     "!0011command=fetch|!000fagent=git/x|0001|ofs-delta|want " ID1 "|want " ID2 "|done|0000",
     false},
    {"v0, a clone from a server that offers much",
     {.oid_len = OID_SHA1,
      .multi_ack = true,
      .multi_ack_detailed = true,
      .no_done = true,
      .side_band = true,
      .side_band_64k = true,
      .thin_pack = true,
      .ofs_delta = true,
      .include_tag = true,
      .no_progress = true,
      .shallow = true,
      .filter = true,
      .object_format = true,
      .agent = "git/2"},
     {WANTS, .include_tag = true, .no_progress = true, .done = true},
     "want " ID1 " multi_ack_detailed side-band-64k no-progress include-tag ofs-delta "
     "object-format=sha1 agent=git/x|want " ID2 "|0000|done",
     false},
    {"v0, multi_ack even without haves",
     {.oid_len = OID_SHA1, .multi_ack = true},
     {WANTS, .done = true},
     "want " ID1 " multi_ack|want " ID2 "|0000|done",
     false},
    {"v0, from a server that offers nothing",
     {.oid_len = OID_SHA1},
     {WANTS, .include_tag = true, .thin_pack = true, .filter = "blob:none", .done = true},
     "want " ID1 "|want " ID2 "|0000|done",
     false},
    {"v0, a round",
     {.oid_len = OID_SHA1,
      .multi_ack_detailed = true,
      .thin_pack = true,
      .shallow = true,
      .deepen_since = true,
      .deepen_relative = true,
      .filter = true},
     {WANTS, .haves = oids + 2, .have_count = 1, .common = oids + 3, .common_count = 1,
      .shallows = oids + 3, .shallow_count = 1, .depth = 3, .deepen_since = "1700000000",
      .deepen_relative = true, .filter = "blob:none", .thin_pack = true},
     "want " ID1 " multi_ack_detailed thin-pack deepen-since deepen-relative filter|want " ID2
     "|shallow " ID4 "|deepen 3|deepen-since 1700000000|filter blob:none|0000|have " ID4
     "|have " ID3 "|0000",
     false},
    {"v2, a depth that was not offered",
     {.version = 2, .oid_len = OID_SHA1, .shallow = true},
     {WANTS, .depth = 1},
     "the server does not offer shallow clones",
     true},
    {"v0, a depth that was not offered",
     {.oid_len = OID_SHA1, .fetch_shallow = true},
     {WANTS, .depth = 1},
     "the server does not offer shallow clones",
     true},
    {"v0, a date that was not offered",
     {.oid_len = OID_SHA1, .shallow = true},
     {WANTS, .deepen_since = "1"},
     "the server does not offer to deepen by date",
     true},
    {"v0, a deepening that was not offered",
     {.oid_len = OID_SHA1, .shallow = true},
     {WANTS, .depth = 1, .deepen_relative = true},
     "the server does not offer to deepen from where history ends here",
     true},
};

static void write_request(const struct written *row)
{
    char bytes[2048], wanted[2048];
    struct fault fault = {.class = FAULT_NONE};
    struct memory_writer memory;
    struct pkt_writer out = {&memory.writer, NULL};
    size_t size = row->refused ? 0 : lines_make(row->text, wanted, sizeof wanted);
    writer_memory(&memory, bytes, sizeof bytes, "request", &fault);
    int rc = fetch_write(&out, &row->caps, &row->request);
    CHECK((rc < 0) == row->refused && memory.used == size && memcmp(bytes, wanted, size) == 0,
          "%s: %s\n%.*s", row->why, fault.text, (int)memory.used, bytes);
    CHECK(!row->refused || (fault.class == FAULT_REFUSED && strstr(fault.text, row->text)),
          "%s: %s", row->why, fault.text);
    for (size_t room = 0; room < size; room++) {
        fault_clear(&fault);
        writer_memory(&memory, bytes, room, "request", &fault);
        CHECK(fetch_write(&out, &row->caps, &row->request) < 0 && fault.class == FAULT_LIMIT,
              "%s: %zu bytes of room", row->why, room);
    }
}

static int no_memory(struct fetch_listener *listener, const struct oid *oid, bool shallow)
{
    (void)listener;
    (void)oid;
    (void)shallow;
    return -1;
}

static void listener_fails(void)
{
    static struct pkt_reader pkt;
    char bytes[256];
    struct fault fault = {.class = FAULT_NONE};
    struct fetch_listener listener = {NULL, no_memory};
    struct fetch_request request = request_for(DONE);
    struct caps caps = {.version = 2, .oid_len = OID_SHA1};
    enum fetch_answer answer;
    bool sideband;
    struct reader in;
    size_t size = lines_make("shallow-info|shallow " ID1 "|0001", bytes, sizeof bytes);
    reader_memory(&in, bytes, size, "memory", &fault);
    pkt_open(&pkt, &in, NULL);
    CHECK(fetch_read(&pkt, &caps, &request, &listener, &answer, &sideband) < 0 &&
              fault.class == FAULT_LIMIT && strstr(fault.text, "no memory for shallow commits"),
          "%s", fault.text);
}

/* R9: acknowledgments without end. */
struct endless {
    struct reader reader;
    bool begun;
};

static int endless_more(struct reader *reader)
{
    static char naks[8 * 4096];
    struct endless *endless = (struct endless *)reader;
    for (size_t i = 0; i < sizeof naks && !naks[sizeof naks - 1]; i += 8)
        memcpy(naks + i, "0008NAK\n", 8);
    const char *bytes = endless->begun ? naks : "0014acknowledgments\n";
    size_t size = endless->begun ? sizeof naks : 20;
    endless->begun = true;
    reader->at = (const unsigned char *)bytes;
    reader->end = reader->at + size;
    reader->offset += size;
    return 1;
}

static void without_end(void)
{
    static struct pkt_reader pkt;
    struct fault fault = {.class = FAULT_NONE};
    struct fetch_request request = request_for(HAVES);
    struct caps caps = {.version = 2, .oid_len = OID_SHA1};
    enum fetch_answer answer;
    bool sideband;
    struct endless in = {{.more = endless_more, .name = "endless", .fault = &fault}, false};
    pkt_open(&pkt, &in.reader, NULL);
    CHECK(fetch_read(&pkt, &caps, &request, NULL, &answer, &sideband) < 0 &&
              fault.class == FAULT_LIMIT && strstr(fault.text, "fetch: over 4194304 lines"),
          "%s", fault.text);
}

int main(void)
{
    static const char *const ids[] = {ID1, ID2, ID3, ID4};
    static char bytes[2048];
    for (size_t i = 0; i < 4; i++)
        CHECK(oid_parse(ids[i], 40, &oids[i]) == 0, "%s", ids[i]);
    for (size_t i = 0; i < sizeof version_2 / sizeof *version_2; i++)
        pieces_all(bytes, lines_make(version_2[i].text, bytes, sizeof bytes), run_2,
                   (void *)&version_2[i]);
    for (size_t i = 0; i < sizeof version_0 / sizeof *version_0; i++)
        pieces_all(bytes, lines_make(version_0[i].text, bytes, sizeof bytes), run_0,
                   (void *)&version_0[i]);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        write_request(&requests[i]);
    listener_fails();
    without_end();
    return T_DONE();
}
