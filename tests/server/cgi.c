/* SPDX-License-Identifier: MIT */
/* `git http-backend` by CGI (RFC 3875, git-http-backend(1)). */
#include "server.h"

#include <mbedtls/md.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_variables(const struct request *request, const struct options *options)
{
    char number[32];
    snprintf(number, sizeof number, "%lld", request->got);
    setenv("GIT_PROJECT_ROOT", options->root, 1);
    setenv("GIT_HTTP_EXPORT_ALL", "1", 1);
    setenv("REQUEST_METHOD", request->method, 1);
    setenv("PATH_INFO", request->path, 1);
    setenv("QUERY_STRING", request->query, 1);
    setenv("CONTENT_TYPE", request->content_type, 1);
    setenv("CONTENT_LENGTH", number, 1);
    setenv("REMOTE_ADDR", "127.0.0.1", 1);
    setenv("SERVER_PROTOCOL", "HTTP/1.1", 1);
    setenv("GATEWAY_INTERFACE", "CGI/1.1", 1);
    if (request->content_encoding[0])
        setenv("HTTP_CONTENT_ENCODING", request->content_encoding, 1);
    if (options->user)
        setenv("REMOTE_USER", options->user, 1);
    unsetenv("GIT_PROTOCOL");
    if (request->git_protocol[0] && !options->version_0)
        setenv("GIT_PROTOCOL", request->git_protocol, 1);
    /* Fixtures may belong to another user than the one who runs the tests. */
    setenv("GIT_CONFIG_COUNT", "2", 1);
    setenv("GIT_CONFIG_KEY_0", "safe.directory", 1);
    setenv("GIT_CONFIG_VALUE_0", "*", 1);
    setenv("GIT_CONFIG_KEY_1", "uploadpack.allowFilter", 1);
    setenv("GIT_CONFIG_VALUE_1", options->no_filter ? "false" : "true", 1);
}

/* Starts it with OUT as its standard output. */
static pid_t start(const struct request *request, const struct options *options, int out)
{
    pid_t child = fork();
    if (child < 0)
        die("cannot start git http-backend");
    if (child > 0)
        return child;
    if (dup2(request->body, 0) < 0 || dup2(out, 1) < 0)
        _exit(127);
    close(out);
    set_variables(request, options);
    execl(options->backend, "git-http-backend", (char *)NULL);
    _exit(127);
}

int cgi_start(const struct request *request, const struct options *options, pid_t *child)
{
    int out[2];
    if (pipe(out) < 0)
        die("cannot start git http-backend");
    *child = start(request, options, out[1]);
    close(out[1]);
    return out[0];
}

/* The name under which the answer is kept: a hash of all that the answer can depend on. */
static void name_answer(const struct request *request, const char *directory, char *path,
                        size_t size)
{
    const char *parts[] = {request->method, request->target, request->git_protocol,
                           request->content_type, request->content_encoding};
    unsigned char piece[16384], hash[32];
    ssize_t got;
    mbedtls_md_context_t md;
    mbedtls_md_init(&md);
    if (mbedtls_md_setup(&md, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 0) != 0 ||
        mbedtls_md_starts(&md) != 0)
        die("out of memory");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        mbedtls_md_update(&md, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
    while ((got = read(request->body, piece, sizeof piece)) > 0)
        mbedtls_md_update(&md, piece, (size_t)got);
    lseek(request->body, 0, SEEK_SET);
    mbedtls_md_finish(&md, hash);
    mbedtls_md_free(&md);
    int used = snprintf(path, size, "%s/", directory);
    for (size_t i = 0; i < sizeof hash; i++)
        used += snprintf(path + used, size - (size_t)used, "%02x", hash[i]);
}

int cgi_remembered(const struct request *request, const struct options *options)
{
    char path[VALUE_SIZE], temporary[VALUE_SIZE + 32];
    int status = 0;
    name_answer(request, options->remember, path, sizeof path);
    int fd = open(path, O_RDONLY);
    if (fd >= 0)
        return fd;
    snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    int out = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (out < 0)
        die("cannot write below --remember");
    if (waitpid(start(request, options, out), &status, 0) < 0 || status != 0)
        die("git http-backend failed");
    close(out);
    if (rename(temporary, path) < 0 || (fd = open(path, O_RDONLY)) < 0)
        die("cannot write below --remember");
    return fd;
}
