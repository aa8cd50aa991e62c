/* SPDX-License-Identifier: MIT */
#include "net/socks.h"

#include "system/wipe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum {
    VERSION = 5,
    LOGIN_VERSION = 1,
    NOTHING = 0,
    LOGIN = 2,
    NO_METHOD = 0xff,
    COMMAND_CONNECT = 1,
    ADDRESS_4 = 1,
    ADDRESS_NAME = 3,
    ADDRESS_6 = 4,
    TEXT_MAX = 255 /* bytes: a length is one byte */
};

/* One after the other: an answer has a few bytes, and what follows it is not ours. */
static int read_bytes(struct reader *in, unsigned char *out, size_t size, struct fault *fault)
{
    for (size_t i = 0; i < size; i++) {
        int rc = reader_byte(in, &out[i]);
        if (rc < 0)
            return -1;
        if (rc == 0)
            return fault_set(fault, FAULT_NETWORK,
                             "SOCKS: the proxy closed the connection before the end of its answer");
    }
    return 0;
}

static int check_version(unsigned got, unsigned expected, struct fault *fault)
{
    return got == expected ? 0
                           : fault_set(fault, FAULT_PROTOCOL,
                                       "SOCKS: the answer begins with %02x, not with %02x: this is "
                                       "no SOCKS proxy of version 5",
                                       got, expected);
}

static size_t put_text(unsigned char *out, const char *text)
{
    size_t size = strlen(text);
    out[0] = (unsigned char)size;
    memcpy(out + 1, text, size);
    return 1 + size;
}

static int log_in(struct reader *in, struct writer *out, const struct socks_request *request,
                  struct fault *fault)
{
    unsigned char bytes[1 + 2 * (1 + TEXT_MAX)] = {LOGIN_VERSION}, answer[2];
    size_t size = 1 + put_text(bytes + 1, request->user);
    size += put_text(bytes + size, request->password);
    int rc = writer_put(out, bytes, size);
    wipe(bytes, sizeof bytes);
    if (rc < 0 || read_bytes(in, answer, 2, fault) < 0 ||
        check_version(answer[0], LOGIN_VERSION, fault) < 0)
        return -1;
    return answer[1] == 0 ? 0
                          : fault_set(fault, FAULT_AUTH,
                                      "SOCKS: the proxy refuses the user name and the password");
}

static int agree(struct reader *in, struct writer *out, const struct socks_request *request,
                 struct fault *fault)
{
    const unsigned char hello[] = {VERSION, request->user ? 2 : 1, NOTHING, LOGIN};
    unsigned char answer[2];
    if (writer_put(out, hello, request->user ? 4 : 3) < 0 || read_bytes(in, answer, 2, fault) < 0 ||
        check_version(answer[0], VERSION, fault) < 0)
        return -1;
    if (answer[1] == NOTHING)
        return 0;
    if (answer[1] == LOGIN && request->user)
        return log_in(in, out, request, fault);
    if (answer[1] == NO_METHOD)
        return fault_set(fault, FAULT_AUTH,
                         request->user ? "SOCKS: the proxy takes no user name with a password"
                                       : "SOCKS: the proxy wants a user name and a password, which "
                                         "its URL can have");
    return fault_set(fault, FAULT_PROTOCOL, "SOCKS: the proxy chose %02x, which was not offered",
                     answer[1]);
}

static size_t put_address(unsigned char *out, const struct socks_request *request)
{
    const struct sockaddr_storage *storage = request->address ? &request->address->storage : NULL;
    if (storage && storage->ss_family == AF_INET) {
        out[0] = ADDRESS_4;
        memcpy(out + 1, &((const struct sockaddr_in *)storage)->sin_addr, 4);
        return 5;
    }
    if (storage) {
        out[0] = ADDRESS_6;
        memcpy(out + 1, &((const struct sockaddr_in6 *)storage)->sin6_addr, 16);
        return 17;
    }
    if (inet_pton(AF_INET, request->host, out + 1) == 1) {
        out[0] = ADDRESS_4;
        return 5;
    }
    if (inet_pton(AF_INET6, request->host, out + 1) == 1) {
        out[0] = ADDRESS_6;
        return 17;
    }
    out[0] = ADDRESS_NAME;
    return 1 + put_text(out + 1, request->host);
}

static int judge(unsigned reply, struct fault *fault)
{
    static const struct {
        unsigned char class;
        const char *text;
    } rows[] = {
        {FAULT_NETWORK, "it failed"},
        {FAULT_REFUSED, "its rules do not allow it"},
        {FAULT_NETWORK, "the network is unreachable"},
        {FAULT_NETWORK, "the host is unreachable"},
        {FAULT_NETWORK, "connection refused"},
        {FAULT_NETWORK, "the time to live is over"},
        {FAULT_REFUSED, "it does not know the command"},
        {FAULT_REFUSED, "it does not know this kind of address"},
    };
    if (reply == 0)
        return 0;
    if (reply > sizeof rows / sizeof *rows)
        return fault_set(fault, FAULT_REFUSED, "SOCKS: the proxy does not connect: %02x", reply);
    return fault_set(fault, (enum fault_class)rows[reply - 1].class,
                     "SOCKS: the proxy does not connect: %s", rows[reply - 1].text);
}

static int ask(struct reader *in, struct writer *out, const struct socks_request *request,
               struct fault *fault)
{
    unsigned char bytes[4 + 1 + TEXT_MAX + 2] = {VERSION, COMMAND_CONNECT, 0}, length;
    size_t size = 3 + put_address(bytes + 3, request);
    bytes[size++] = (unsigned char)(request->port >> 8);
    bytes[size++] = (unsigned char)(request->port & 0xff);
    if (writer_put(out, bytes, size) < 0 || read_bytes(in, bytes, 4, fault) < 0 ||
        check_version(bytes[0], VERSION, fault) < 0 || judge(bytes[1], fault) < 0)
        return -1;
    if (bytes[3] == ADDRESS_4)
        length = 4;
    else if (bytes[3] == ADDRESS_6)
        length = 16;
    else if (bytes[3] != ADDRESS_NAME)
        return fault_set(fault, FAULT_PROTOCOL, "SOCKS: an address of kind %02x", bytes[3]);
    else if (read_bytes(in, &length, 1, fault) < 0)
        return -1;
    return read_bytes(in, bytes, length + 2U, fault);
}

int socks_shake(struct reader *in, struct writer *out, const struct socks_request *request,
                struct fault *fault)
{
    if (strlen(request->host) > TEXT_MAX ||
        (request->user &&
         (strlen(request->user) > TEXT_MAX || strlen(request->password) > TEXT_MAX)))
        return fault_set(fault, FAULT_LIMIT,
                         "SOCKS: a host, a user name or a password of over %d bytes", TEXT_MAX);
    return agree(in, out, request, fault) < 0 ? -1 : ask(in, out, request, fault);
}

/* A connection, byte by byte. */
struct socks_stream {
    struct reader reader;
    struct writer writer;
    struct net *net;
    unsigned char byte;
};

static int stream_more(struct reader *reader)
{
    struct socks_stream *stream = (struct socks_stream *)reader;
    size_t got;
    int rc = net_receive(stream->net, &stream->byte, 1, &got);
    if (rc <= 0)
        return rc;
    reader->at = &stream->byte;
    reader->end = reader->at + 1;
    reader->offset++;
    return 1;
}

static int stream_put(struct writer *writer, const void *bytes, size_t size)
{
    struct socks_stream *stream =
        (struct socks_stream *)(void *)((char *)writer - offsetof(struct socks_stream, writer));
    return net_send(stream->net, bytes, size);
}

int socks_connect(struct net *net, const struct socks_request *request, struct fault *fault)
{
    struct socks_stream stream = {
        .reader = {.more = stream_more, .name = "SOCKS", .fault = fault},
        .writer = {.put = stream_put, .name = "SOCKS", .fault = fault},
        .net = net,
    };
    net_deadline_begin(net, "the SOCKS proxy's connection", net_limits(net)->connect_ms,
                       "--connect-timeout");
    int rc = socks_shake(&stream.reader, &stream.writer, request, fault);
    net_deadline_end(net);
    return rc;
}
