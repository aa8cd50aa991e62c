/* SPDX-License-Identifier: MIT */
/* SOCKS: what is sent, and what a proxy may answer and may not (H11). */
#define _POSIX_C_SOURCE 200809L
#include "net/socks.h"
#include "pieces.h"
#include "t.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#define YES "\5\0\0\1\0\0\0\0\0\0"

struct row {
    const char *why, *host, *user, *password;
    const char *answer;
    size_t answered;
    const char *sent; /* or NULL */
    size_t size;
    enum fault_class class;
    const char *sentence;
};

static const struct row rows[] = {
    {"a name", "a.org", NULL, NULL, BYTES("\5\0" YES), BYTES("\5\1\0\5\1\0\3\5a.org\1\xbb"),
     FAULT_NONE, ""},
    {"an address", "192.0.2.1", NULL, NULL, BYTES("\5\0" YES),
     BYTES("\5\1\0\5\1\0\1\xc0\0\2\1\1\xbb"), FAULT_NONE, ""},
    {"version 6", "::1", NULL, NULL, BYTES("\5\0" YES),
     BYTES("\5\1\0\5\1\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\1\xbb"), FAULT_NONE, ""},
    {"a password", "a.org", "u", "pw", BYTES("\5\2\1\0" YES),
     BYTES("\5\2\0\2\1\1u\2pw\5\1\0\3\5a.org\1\xbb"), FAULT_NONE, ""},
    {"a password that nobody wants", "a.org", "u", "pw", BYTES("\5\0" YES),
     BYTES("\5\2\0\2\5\1\0\3\5a.org\1\xbb"), FAULT_NONE, ""},
    {"no user name, no password", "a.org", "", "", BYTES("\5\2\1\0" YES),
     BYTES("\5\2\0\2\1\0\0\5\1\0\3\5a.org\1\xbb"), FAULT_NONE, ""},
    {"bound to a name", "a.org", NULL, NULL, BYTES("\5\0\5\0\0\3\2ab\1\2"), NULL, 0, FAULT_NONE,
     ""},
    {"bound to no name", "a.org", NULL, NULL, BYTES("\5\0\5\0\0\3\0\1\2"), NULL, 0, FAULT_NONE, ""},
    {"bound to version 6", "a.org", NULL, NULL, BYTES("\5\0\5\0\0\4aaaaaaaaaaaaaaaa\1\2"), NULL, 0,
     FAULT_NONE, ""},
    {"nothing", "a.org", NULL, NULL, BYTES(""), NULL, 0, FAULT_NETWORK, "before the end"},
    {"one byte", "a.org", NULL, NULL, BYTES("\5"), NULL, 0, FAULT_NETWORK, "before the end"},
    {"version 4", "a.org", NULL, NULL, BYTES("\4\0" YES), NULL, 0, FAULT_PROTOCOL,
     "begins with 04"},
    {"HTTP", "a.org", NULL, NULL, BYTES("HTTP/1.1 400 Bad\r\n\r\n"), NULL, 0, FAULT_PROTOCOL,
     "begins with 48"},
    {"no method", "a.org", NULL, NULL, BYTES("\5\xff"), NULL, 0, FAULT_AUTH, "wants a user name"},
    {"no method, with a password", "a.org", "u", "pw", BYTES("\5\xff"), NULL, 0, FAULT_AUTH,
     "takes no user name"},
    {"a method that was not offered", "a.org", NULL, NULL, BYTES("\5\2\1\0" YES), BYTES("\5\1\0"),
     FAULT_PROTOCOL, "chose 02"},
    {"GSSAPI", "a.org", "u", "pw", BYTES("\5\1"), NULL, 0, FAULT_PROTOCOL, "chose 01"},
    {"a wrong password", "a.org", "u", "pw", BYTES("\5\2\1\1"), BYTES("\5\2\0\2\1\1u\2pw"),
     FAULT_AUTH, "refuses the user name"},
    {"a wrong password, 255", "a.org", "u", "pw", BYTES("\5\2\1\xff"), NULL, 0, FAULT_AUTH,
     "refuses the user name"},
    {"another version of passwords", "a.org", "u", "pw", BYTES("\5\2\5\0" YES), NULL, 0,
     FAULT_PROTOCOL, "begins with 05, not with 01"},
    {"the end, instead of a yes", "a.org", "u", "pw", BYTES("\5\2\1"), NULL, 0, FAULT_NETWORK,
     "before the end"},
    {"another version then", "a.org", NULL, NULL, BYTES("\5\0\4\0\0\1aaaabb"), NULL, 0,
     FAULT_PROTOCOL, "begins with 04"},
    {"general failure", "a.org", NULL, NULL, BYTES("\5\0\5\1\0\1aaaabb"), NULL, 0, FAULT_NETWORK,
     "does not connect: it failed"},
    {"rules", "a.org", NULL, NULL, BYTES("\5\0\5\2\0\1aaaabb"), NULL, 0, FAULT_REFUSED, "rules"},
    {"no network", "a.org", NULL, NULL, BYTES("\5\0\5\3\0\1"), NULL, 0, FAULT_NETWORK,
     "the network"},
    {"no host", "a.org", NULL, NULL, BYTES("\5\0\5\4\0\1"), NULL, 0, FAULT_NETWORK, "the host"},
    {"refused", "a.org", NULL, NULL, BYTES("\5\0\5\5\0\1"), NULL, 0, FAULT_NETWORK, "refused"},
    {"time to live", "a.org", NULL, NULL, BYTES("\5\0\5\6\0\1"), NULL, 0, FAULT_NETWORK, "time"},
    {"command", "a.org", NULL, NULL, BYTES("\5\0\5\7\0\1"), NULL, 0, FAULT_REFUSED, "command"},
    {"address", "a.org", NULL, NULL, BYTES("\5\0\5\x8\0\1"), NULL, 0, FAULT_REFUSED,
     "kind of address"},
    {"unassigned", "a.org", NULL, NULL, BYTES("\5\0\5\x9\0\1"), NULL, 0, FAULT_REFUSED,
     "connect: 09"},
    {"unassigned, 255", "a.org", NULL, NULL, BYTES("\5\0\5\xff\0\1"), NULL, 0, FAULT_REFUSED,
     "connect: ff"},
    {"bound to another kind", "a.org", NULL, NULL, BYTES("\5\0\5\0\0\2aaaabb"), NULL, 0,
     FAULT_PROTOCOL, "kind 02"},
    {"bound to half an address", "a.org", NULL, NULL, BYTES("\5\0\5\0\0\1aaa"), NULL, 0,
     FAULT_NETWORK, "before the end"},
    {"bound to half a port", "a.org", NULL, NULL, BYTES("\5\0\5\0\0\1aaaab"), NULL, 0,
     FAULT_NETWORK, "before the end"},
    {"bound to less than its name", "a.org", NULL, NULL,
     BYTES("\5\0\5\0\0\3\xff"
           "abc"),
     NULL, 0, FAULT_NETWORK, "before the end"},
};

struct sink {
    struct writer writer;
    unsigned char bytes[1024];
    size_t used;
};

static int sink_put(struct writer *writer, const void *bytes, size_t size)
{
    struct sink *sink = (struct sink *)writer;
    if (sink->used + size > sizeof sink->bytes)
        return -1;
    memcpy(sink->bytes + sink->used, bytes, size);
    sink->used += size;
    return 0;
}

static void run(struct reader *in, void *context)
{
    const struct row *row = context;
    struct sink sink = {.writer = {.put = sink_put, .name = "test", .fault = in->fault}};
    const struct socks_request request = {row->host, 443, NULL, row->user, row->password};
    int rc = socks_shake(in, &sink.writer, &request, in->fault);
    CHECK((rc == 0) == (row->class == FAULT_NONE) && in->fault->class == row->class, "%s: %d, %s",
          row->why, rc, in->fault->text);
    CHECK(strstr(in->fault->text, row->sentence), "%s: %s", row->why, in->fault->text);
    CHECK(!strstr(in->fault->text, "pw"), "C1: %s", in->fault->text);
    if (row->sent)
        CHECK(sink.used == row->size && memcmp(sink.bytes, row->sent, row->size) == 0,
              "%s: %zu bytes sent, %zu expected", row->why, sink.used, row->size);
}

/* What comes behind the answer is the server's. */
static void stays(struct reader *in, void *context)
{
    struct sink sink = {.writer = {.put = sink_put, .name = "test", .fault = in->fault}};
    const struct socks_request request = {.host = "a.org", .port = 80};
    unsigned char next = 0;
    (void)context;
    CHECK(socks_shake(in, &sink.writer, &request, in->fault) == 0, "%s", in->fault->text);
    CHECK(reader_byte(in, &next) == 1 && next == 'H', "%02x", next);
}

/* Texts of 255 bytes are sent, longer ones are not. */
static void long_texts(void)
{
    static const char answer[] = "\5\2\1\0" YES;
    char text[257];
    memset(text, 'x', 256);
    for (int which = 0; which < 3; which++)
        for (size_t size = 255; size <= 256; size++) {
            struct fault fault = {.class = FAULT_NONE};
            struct pieces pieces = {
                .reader = {.more = pieces_more, .name = "test", .fault = &fault},
                .from = (const unsigned char *)answer,
                .to = (const unsigned char *)answer + sizeof answer - 1,
                .first = 1,
                .then = 1,
            };
            struct sink sink = {.writer = {.put = sink_put, .name = "test", .fault = &fault}};
            text[size] = '\0';
            const struct socks_request request = {which == 0 ? text : "a.org", 1, NULL,
                                                  which == 1 ? text : "u", which == 2 ? text : "p"};
            int rc = socks_shake(&pieces.reader, &sink.writer, &request, &fault);
            CHECK(rc == (size == 255 ? 0 : -1), "%d, %zu: %s", which, size, fault.text);
            CHECK(size == 255 || (fault.class == FAULT_LIMIT && sink.used == 0), "%s", fault.text);
            text[size] = 'x';
        }
}

/* socks5: the address that was found here, in place of the name. */
static void resolved(void)
{
    static const unsigned char four[] = "\5\1\0\5\1\0\1\x7f\0\0\1\0\x50",
                               six[] = "\5\1\0\5\1\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\x50";
    static const char answer[] = "\5\0" YES;
    for (int version = 4; version <= 6; version += 2) {
        struct resolve_address address = {.size = 0};
        struct fault fault = {.class = FAULT_NONE};
        struct pieces pieces = {
            .reader = {.more = pieces_more, .name = "test", .fault = &fault},
            .from = (const unsigned char *)answer,
            .to = (const unsigned char *)answer + sizeof answer - 1,
            .first = 5,
            .then = 5,
        };
        struct sink sink = {.writer = {.put = sink_put, .name = "test", .fault = &fault}};
        struct sockaddr_in in4 = {.sin_family = AF_INET};
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
        inet_pton(AF_INET, "127.0.0.1", &in4.sin_addr);
        inet_pton(AF_INET6, "::1", &in6.sin6_addr);
        if (version == 4)
            memcpy(&address.storage, &in4, sizeof in4);
        else
            memcpy(&address.storage, &in6, sizeof in6);
        const struct socks_request request = {"a.org", 80, &address, NULL, NULL};
        size_t size = version == 4 ? sizeof four - 1 : sizeof six - 1;
        CHECK(socks_shake(&pieces.reader, &sink.writer, &request, &fault) == 0, "%s", fault.text);
        CHECK(sink.used == size && memcmp(sink.bytes, version == 4 ? four : six, size) == 0,
              "version %d: %zu bytes", version, sink.used);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        pieces_all(rows[i].answer, rows[i].answered, run, (void *)&rows[i]);
    pieces_all(BYTES("\5\0" YES "HTTP"), stays, NULL);
    long_texts();
    resolved();
    return T_DONE();
}
