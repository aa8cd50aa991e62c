/* SPDX-License-Identifier: MIT */
/* The loopback test server; main.c says how it is used. */
#ifndef SMIDGIT_TEST_SERVER_H
#define SMIDGIT_TEST_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { HEADERS_MAX = 32, RAW_MAX = 32, HEAD_SIZE = 65536, VALUE_SIZE = 16384 };

struct options {
    const char *port_file, *certificate, *key, *root, *user, *password, *realm, *log;
    const char *redirect_from, *redirect_to, *body, *max_tls, *remember;
    const char *bearer, *heads, *client_ca, *files;
    const char *backend; /* the program git-http-backend */
    const char *headers[HEADERS_MAX], *raw[RAW_MAX];
    size_t header_count, raw_count;
    int status; /* 0: real answers */
    long drip_ms;
    size_t drip_from;
    long long cut;       /* body bytes; -1: never */
    unsigned short port; /* 0: a free one */
    unsigned cuts;       /* bodies that are cut; 0: all */
    bool version_0, chunked, until_close, silent, no_filter, warn;
    unsigned *raw_next, *cuts_made; /* shared by all connections */
    pid_t server;                   /* connections end when it has ended */
};

/* wire.c: bytes to and from the client. Everything dies with the connection's process. */
struct wire;
struct wire *wire_open(int fd, const struct options *options);  /* NULL: the handshake failed */
ssize_t wire_read(struct wire *wire, void *bytes, size_t size); /* 0 at the end */
void wire_write(struct wire *wire, const void *bytes, size_t size);
void wire_text(struct wire *wire, const char *text);
void wire_close(struct wire *wire); /* with close_notify, and after the client has closed */
void wire_abort(struct wire *wire); /* without; ends the process */

/* request.c: one request, its body spooled to a file. */
struct request {
    char head[HEAD_SIZE];
    char method[16], target[VALUE_SIZE], path[VALUE_SIZE], query[VALUE_SIZE];
    char authorization[VALUE_SIZE], user_agent[256], accept[256], git_protocol[256];
    char content_type[256], content_encoding[64];
    long long length; /* of the body, -1 when unknown */
    bool chunked, expect, close;
    bool http;     /* false: something else, of which one piece was read */
    int body;      /* descriptor */
    long long got; /* bytes in body */
};
bool request_read(struct wire *wire, struct request *request); /* false at the end */
void request_log(const struct request *request, const struct options *options);

/* answer.c: true when the connection can be kept. */
bool answer(struct wire *wire, const struct request *request, const struct options *options);

/* cgi.c: `git http-backend`, its answer on a descriptor. */
int cgi_start(const struct request *request, const struct options *options, pid_t *child);
/* The same with --remember: the backend is asked once for what is asked again and again. */
int cgi_remembered(const struct request *request, const struct options *options);

/* Ends the process with a sentence. */
void die(const char *what);

#endif
