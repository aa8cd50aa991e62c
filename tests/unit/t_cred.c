/* SPDX-License-Identifier: MIT */
#include "remote/cred.h"
#include "remote/prompt.h"
#include "t.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif
#include <unistd.h>

static char place[] = "/tmp/t_cred.XXXXXX";

static const char *file_make(const char *name, const char *text, mode_t mode)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", place, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "cannot write");
    fchmod(fd, mode);
    close(fd);
    return path;
}

static void environment_clear(void)
{
    unsetenv("GIT_ASKPASS");
    unsetenv("SSH_ASKPASS");
    setenv("NETRC", "/nonexistent/.netrc", 1);
}

static struct url example(void)
{
    struct url url = {.https = true, .host = "git.example.org", .port = 8443, .path = "/r.git"};
    return url;
}

static int fill(const struct url *url, const char *user, int fd, struct cred *cred,
                struct fault *fault)
{
    struct cred_options options = {.user = user, .password_fd = fd, .no_prompt = true};
    fault_clear(fault);
    return cred_fill(url, &options, "", cred, fault);
}

static int pipe_with(const char *text, size_t size)
{
    int ends[2];
    CHECK(pipe(ends) == 0 && write(ends[1], text, size) == (ssize_t)size, "pipe");
    close(ends[1]);
    return ends[0];
}

static void basic(void)
{
    static const struct {
        const char *user, *secret, *header;
    } rows[] = {
        {"", "", "Basic Og=="},
        {"a", "", "Basic YTo="},
        {"a", "b", "Basic YTpi"},
        {"Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
        {"u", "\xc3\xbc:\xff?", "Basic dTrDvDr/Pw=="},
    };
    struct fault fault;
    fault_clear(&fault);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cred cred = {.user = (char *)rows[i].user, .secret = (char *)rows[i].secret};
        char *header = cred_header(&cred, &fault);
        CHECK_TEXT(header, rows[i].header);
        free(header);
    }
    struct cred colon = {.user = (char *)"a:b", .secret = (char *)""};
    CHECK(!cred_header(&colon, &fault) && strstr(fault.text, "colon"), "%s", fault.text);
    static char user[CRED_MAX], secret[CRED_MAX];
    struct cred longest = {.user = user, .secret = secret};
    memset(user, 'u', sizeof user - 1);
    memset(secret, 's', sizeof secret - 1);
    fault_clear(&fault);
    char *header = cred_header(&longest, &fault);
    CHECK(header && strlen(header) == 6 + (2 * (CRED_MAX - 1) + 1 + 2) / 3 * 4, "%s", fault.text);
    free(header);
}

static void from_descriptor(void)
{
    struct url url = example();
    struct cred cred = {.have = false};
    struct fault fault;
    static const struct {
        const char *why, *text;
        size_t size;
        const char *secret; /* NULL: refused */
    } rows[] = {
        {"one line", "s3cret\n", 7, "s3cret"},
        {"no newline", "s3cret", 6, "s3cret"},
        {"what follows stays", "s3cret\nmore\n", 12, "s3cret"},
        {"empty", "\n", 1, ""},
        {"C3: NUL", "a\0b\n", 4, NULL},
        {"C3: CR", "a\r\n", 3, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = pipe_with(rows[i].text, rows[i].size);
        int rc = fill(&url, "me", fd, &cred, &fault);
        close(fd);
        CHECK((rc == 0) == (rows[i].secret != NULL), "%s: %s", rows[i].why, fault.text);
        if (rc == 0)
            CHECK_TEXT(cred.secret, rows[i].secret);
        else
            CHECK(!cred.secret && !cred.have, "%s: it was kept", rows[i].why);
    }
    cred_forget(&cred);
    CHECK(fill(&url, "me", 99, &cred, &fault) < 0 && fault.class == FAULT_USAGE, "closed: %s",
          fault.text);
}

/* Session tokens have thousands of bytes, as user names and as passwords. */
static void limits(void)
{
    static char text[CRED_MAX + 1], netrc[3 * CRED_MAX];
    static const struct {
        size_t size;
        bool taken;
    } rows[] = {{256, true}, {3000, true}, {CRED_MAX - 1, true}, {CRED_MAX, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct url url = example();
        struct cred cred = {.have = false};
        struct fault fault;
        size_t size = rows[i].size;
        memset(text, 'x', size);
        text[size] = '\0';
        snprintf(netrc, sizeof netrc, "machine git.example.org password %s", text);
        setenv("NETRC", file_make("netrc", netrc, 0600), 1);
        int fd = open(file_make("secret", text, 0600), O_RDONLY);
        unlink(file_make("secret", text, 0600));
        CHECK((fill(&url, "me", fd, &cred, &fault) == 0) == rows[i].taken, "--password-fd, %zu: %s",
              size, fault.text);
        CHECK(rows[i].taken ? strlen(cred.secret) == size : fault.class == FAULT_LIMIT, "%zu",
              size);
        close(fd);
        CHECK((fill(&url, text, -1, &cred, &fault) == 0) == rows[i].taken, "--user, %zu: %s", size,
              fault.text);
        CHECK(rows[i].taken || fault.class == FAULT_LIMIT, "%s", fault.text);
        CHECK((fill(&url, "me", -1, &cred, &fault) == 0) == rows[i].taken, ".netrc, %zu: %s", size,
              fault.text);
        CHECK(rows[i].taken || fault.class == FAULT_LIMIT, "%s", fault.text);
        url.has_user = url.has_password = true;
        url.user = url.password = text;
        CHECK((fill(&url, NULL, -1, &cred, &fault) == 0) == rows[i].taken, "URL, %zu: %s", size,
              fault.text);
        cred_forget(&cred);
    }
    environment_clear();
}

static void order(void)
{
    struct url url = example();
    struct cred cred = {.have = false};
    struct fault fault;
    setenv("NETRC", file_make("netrc", "machine git.example.org login n password np", 0600), 1);
    CHECK(fill(&url, NULL, -1, &cred, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(cred.user, "n");
    CHECK_TEXT(cred.source, ".netrc");
    url.has_user = url.has_password = true;
    url.user = (char *)"u";
    url.password = (char *)"up";
    CHECK(fill(&url, NULL, -1, &cred, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(cred.user, "u");
    CHECK_TEXT(cred.secret, "up");
    int fd = pipe_with("fp\n", 3);
    CHECK(fill(&url, "o", fd, &cred, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(cred.user, "o");
    CHECK_TEXT(cred.secret, "fp");
    close(fd);
    CHECK(fill(&url, "o", -1, &cred, &fault) < 0, "another user's password was taken");
    url.has_password = false;
    url.user = (char *)"n";
    CHECK(fill(&url, NULL, -1, &cred, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(cred.secret, "np");
    setenv("NETRC", file_make("netrc", "machine git.example.org login n password \"a\\nb\"", 0600),
           1);
    CHECK(fill(&url, NULL, -1, &cred, &fault) < 0 && strstr(fault.text, "line break"), "C3: %s",
          fault.text);
    environment_clear();
}

static void nobody_to_ask(void)
{
    struct url url = example();
    struct cred cred = {.have = false};
    struct fault fault;
    CHECK(fill(&url, NULL, -1, &cred, &fault) < 0, "from where?");
    CHECK_TEXT(fault.text, "could not read Username for 'https://git.example.org:8443': terminal "
                           "prompts disabled, and none of --user/--password-fd, .netrc, "
                           "GIT_ASKPASS gave one");
    CHECK(fault.class == FAULT_AUTH, "%d", (int)fault.class);
    CHECK(fill(&url, "me", -1, &cred, &fault) < 0, "from where?");
    CHECK(strstr(fault.text, "could not read Password for 'https://me@git.example.org:8443': "),
          "%s", fault.text);
}

static void programs(void)
{
    static const struct {
        const char *why, *script, *secret; /* or the sentence's fragment */
        int rc;
    } rows[] = {
        {"the question is its argument",
         "#!/bin/sh\ncase $1 in User*) echo al;; *) echo \"$1\";; esac\n",
         "Password for 'https://al@git.example.org:8443': ", 0},
        {"no newline", "#!/bin/sh\nprintf x\n", "x", 0},
        {"CR LF", "#!/bin/sh\nprintf 'x\\r\\n'\n", "x", 0},
        {"C3: two lines", "#!/bin/sh\nprintf 'x\\ny\\n'\n", "has a line break at byte 1", -1},
        {"C3: NUL", "#!/bin/sh\nprintf 'x\\000y\\n'\n", "has a NUL at byte 1", -1},
        {"C3: CR", "#!/bin/sh\nprintf 'x\\ry\\n'\n", "has a line break at byte 1", -1},
        {"it fails", "#!/bin/sh\nexit 3\n", "ended with code 3", -1},
        {"it is killed", "#!/bin/sh\nkill -9 $$\n", "ended with code 137", -1},
        {"endless", "#!/bin/sh\nexec yes\n", "its answer: does not fit in", -1},
    };
    struct url url = example();
    struct cred cred = {.have = false};
    struct fault fault;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        setenv("GIT_ASKPASS", file_make("askpass", rows[i].script, 0700), 1);
        int rc = fill(&url, NULL, -1, &cred, &fault);
        CHECK(rc == rows[i].rc, "%s: %s", rows[i].why, fault.text);
        if (rc == 0)
            CHECK_TEXT(cred.secret, rows[i].secret);
        else
            CHECK(strstr(fault.text, rows[i].secret) && fault.class == FAULT_AUTH, "%s: %s",
                  rows[i].why, fault.text);
    }
    setenv("GIT_ASKPASS", "/nonexistent/askpass", 1);
    CHECK(fill(&url, NULL, -1, &cred, &fault) < 0 && strstr(fault.text, "cannot run"), "%s",
          fault.text);
    unsetenv("GIT_ASKPASS");
    setenv("SSH_ASKPASS", file_make("askpass", "#!/bin/sh\necho ssh\n", 0700), 1);
    CHECK(fill(&url, NULL, -1, &cred, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(cred.secret, "ssh");
    CHECK_TEXT(cred.source, "askpass");
    cred_forget(&cred);
    environment_clear();
}

/* C1: a child that is started while a secret is known finds it nowhere. */
static void child_sees_nothing(void)
{
    static const char script[] = "#!/bin/sh\n"
                                 "if { env; tr '\\000' '\\n' </proc/$$/cmdline; } | "
                                 "grep -q hunter2; then echo leaked; else echo clean; fi\n";
    struct url url = example();
    struct cred cred = {.have = false};
    struct fault fault;
    int fd = pipe_with("hunter2\nhunter2\n", 16);
    setenv("GIT_ASKPASS", file_make("askpass", script, 0700), 1);
    CHECK(fill(&url, NULL, fd, &cred, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(cred.user, "clean");
    CHECK_TEXT(cred.secret, "hunter2");
    cred_forget(&cred);
    CHECK(!cred.secret && !cred.have, "not forgotten");
    close(fd);
    environment_clear();
}

/* C1: who holds a secret shows no other process its memory; before that it can be debugged. */
static void guarded(void)
{
#if defined(__linux__)
    struct url url = example();
    struct cred cred = {.have = false};
    struct fault fault;
    CHECK(prctl(PR_GET_DUMPABLE) == 1, "guarded from the start");
    fill(&url, "anna", -1, &cred, &fault);
    CHECK(prctl(PR_GET_DUMPABLE) == (getenv("SANITIZE") ? 1 : 0), "not guarded with a secret");
#endif
}

/* Helpers that are no use: the next source is asked, and there is none. */
static void helpers(void)
{
    static const char *const commands[] = {"!exec sleep 1000 #", "!exit 1;", "/nonexistent/helper"};
    const struct url url = example();
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct cred_options options = {
            .password_fd = -1,
            .no_prompt = true,
            .helpers = {.commands = {.items = {commands[i]}, .count = 1}, .wait_ms = 100}};
        struct cred cred = {.have = false};
        struct fault fault;
        fault_clear(&fault);
        CHECK(cred_fill(&url, &options, "", &cred, &fault) < 0 && fault.class == FAULT_AUTH &&
                  strstr(fault.text, "could not read Username"),
              "%s: %s", commands[i], fault.text);
        cred_forget(&cred);
    }
}

int main(void)
{
    if (!mkdtemp(place))
        return 2;
    environment_clear();
    guarded();
    basic();
    from_descriptor();
    limits();
    order();
    nobody_to_ask();
    programs();
    child_sees_nothing();
    unlink(file_make("askpass", "", 0600));
    unlink(file_make("netrc", "", 0600));
    rmdir(place);
    helpers();
    return T_DONE();
}
