/* SPDX-License-Identifier: MIT */
/* `git http-backend` by CGI (RFC 3875, git-http-backend(1)). */
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    setenv("GIT_CONFIG_VALUE_1", "true", 1);
}

int cgi_start(const struct request *request, const struct options *options, pid_t *child)
{
    int out[2];
    if (pipe(out) < 0 || (*child = fork()) < 0)
        die("cannot start git http-backend");
    if (*child > 0) {
        close(out[1]);
        return out[0];
    }
    if (dup2(request->body, 0) < 0 || dup2(out[1], 1) < 0)
        _exit(127);
    close(out[0]);
    close(out[1]);
    set_variables(request, options);
    execlp("git", "git", "http-backend", (char *)NULL);
    _exit(127);
}
