/* SPDX-License-Identifier: MIT */
#include "remote/netrc.h"
#include "t.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct netrc_query any = {.host = "h"};

static const struct {
    const char *why, *text, *host, *asked;
    int rc;
    const char *user, *password; /* or the sentence's fragment, in user, when rc is -1 */
} rows[] = {
    {"one line", "machine h login u password p\n", "h", NULL, 1, "u", "p"},
    {"any arrangement", "machine\nh\n\tpassword\tp\r\n login u", "h", NULL, 1, "u", "p"},
    {"another machine", "machine g login u password p", "h", NULL, 0, "", ""},
    {"second machine", "machine g login u password p machine h login v password q", "h", NULL, 1,
     "v", "q"},
    {"the first that fits", "machine h login u password p machine h login v password q", "h", NULL,
     1, "u", "p"},
    {"the user asked for", "machine h login u password p machine h login v password q", "h", "v", 1,
     "v", "q"},
    {"no login fits every user", "machine h password p", "h", "v", 1, "", "p"},
    {"another user", "machine h login u password p", "h", "v", 0, "", ""},
    {"default", "machine g password x default login d password e", "h", NULL, 1, "d", "e"},
    {"machine before default", "machine h login u password p default login d password e", "h", NULL,
     1, "u", "p"},
    {"case of a host", "machine H.Example login u password p", "h.example", NULL, 1, "u", "p"},
    {"login only", "machine h login u", "h", NULL, 1, "u", ""},
    {"account is passed over", "machine h account machine login u password p", "h", NULL, 1, "u",
     "p"},
    {"macdef hides its lines",
     "macdef m\nmachine h login x password y\n\nmachine h login u "
     "password p",
     "h", NULL, 1, "u", "p"},
    {"macdef up to the end",
     "machine g login a password b macdef m\nmachine h login x password y\n", "h", NULL, 0, "", ""},
    {"empty line with CR ends a macro", "macdef m\r\nx\r\n\r\nmachine h login u password p", "h",
     NULL, 1, "u", "p"},
    {"comment", "# machine h login x password y\nmachine h login u password p # z", "h", NULL, 1,
     "u", "p"},
    {"a password that begins with #", "machine h login u password #p", "h", NULL, 1, "u", "#p"},
    {"quotes", "machine h login u password \"a \\\"b\\\\ c\"", "h", NULL, 1, "u", "a \"b\\ c"},
    {"escapes", "machine h login u password \"a\\tb\"", "h", NULL, 1, "u", "a\tb"},
    {"keywords in upper case", "MACHINE h Login u PASSWORD p", "h", NULL, 1, "u", "p"},
    {"a user's case counts", "machine h login U password p", "h", "u", 0, "", ""},
    {"an empty quoted password", "machine h login u password \"\"", "h", NULL, 1, "u", ""},
    {"words end where they do", "machine h login u\nmachine g", "h", NULL, 1, "u", ""},
    {"the rest of a quoted word", "machine h password \"a\\\"b\"login u", "h", NULL, 1, "u",
     "a\"b"},
    {"unknown words", "colour blue machine h login u port 1 password p", "h", NULL, 1, "u", "p"},
    {"empty file", "", "h", NULL, 0, "", ""},
    {"machine without entries", "machine h machine g login u password p", "h", NULL, 0, "", ""},
    {"quote that does not end", "\nmachine h password \"p\n\n", "h", NULL, -1,
     "line 2: a quote that does not end", ""},
    {"no machine's name", "machine", "h", NULL, -1, "line 1: nothing after 'machine'", ""},
    {"no login's name", "machine h\nlogin", "h", NULL, -1, "line 2: nothing after 'login'", ""},
    {"no password", "machine h password ", "h", NULL, -1, "nothing after 'password'", ""},
    {"no account", "machine h account ", "h", NULL, -1, "nothing after 'account'", ""},
};

static void table(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct netrc_entry entry = {0};
        struct fault fault;
        fault_clear(&fault);
        struct netrc_query query = {rows[i].host, rows[i].asked, false};
        size_t size = strlen(rows[i].text);
        char *exact = malloc(size + 1);
        memcpy(exact, rows[i].text, size);
        int rc = netrc_find(exact, size, &query, &entry, &fault);
        CHECK(rc == rows[i].rc, "%s: %d, %s", rows[i].why, rc, fault.text);
        if (rc < 0) {
            free(exact);
            CHECK(strstr(fault.text, rows[i].user) && fault.class == FAULT_LOCAL, "%s: %s",
                  rows[i].why, fault.text);
            continue;
        }
        CHECK(strcmp(entry.user ? entry.user : "", rows[i].user) == 0, "%s: user %s", rows[i].why,
              entry.user);
        CHECK(strcmp(entry.password ? entry.password : "", rows[i].password) == 0,
              "%s: password %s", rows[i].why, entry.password);
        free(exact);
    }
}

/* H2: nobody named the host that a redirect led to, so only a machine's entry is for it. */
static void redirected(void)
{
    char alone[] = "machine g password x default login d password e",
         both[] = "default login d password e machine h login u password p";
    struct netrc_query query = {.host = "h", .redirected = true};
    struct netrc_entry entry;
    struct fault fault;
    fault_clear(&fault);
    CHECK(netrc_find(alone, strlen(alone), &query, &entry, &fault) == 0, "%s", fault.text);
    CHECK(netrc_find(both, strlen(both), &query, &entry, &fault) == 1, "%s", fault.text);
    CHECK_TEXT(entry.password, "p");
}

/* Cut at every byte: no crash, and never an entry that is not there. */
static void cuts(void)
{
    const char *text =
        "machine g login a password \"b c\" macdef m\nx\n\nmachine h login u password p";
    for (size_t size = 0; size < strlen(text) - 1; size++) {
        struct netrc_entry entry = {0};
        struct fault fault;
        fault_clear(&fault);
        char *exact = malloc(size + 1);
        memcpy(exact, text, size);
        int rc = netrc_find(exact, size, &any, &entry, &fault);
        CHECK(rc != 1 || !entry.password, "cut at %zu", size);
        free(exact);
    }
}

static int find(const char *text, size_t size, struct fault *fault)
{
    struct netrc_entry entry;
    char *exact = malloc(size + 1);
    memcpy(exact, text, size);
    fault_clear(fault);
    int rc = netrc_find(exact, size, &any, &entry, fault);
    free(exact);
    return rc;
}

/* What is wrong for one machine stops no other. */
static void judged_if_used(void)
{
    static char text[100000] = "machine g login u password ";
    struct fault fault;
    memset(text + 27, 'x', sizeof text - 27);
    memcpy(text + sizeof text - 24, " machine h password pass", 24);
    CHECK(find(text, sizeof text, &fault) == 1, "another machine's long secret: %s", fault.text);
    CHECK(find("machine h password a\0b", 22, &fault) < 0 &&
              strstr(fault.text, "line 1: a NUL in a word"),
          "C3: NUL: %s", fault.text);
    CHECK(find("machine g password a\0b machine h password p", 43, &fault) == 1,
          "C3: another machine's NUL: %s", fault.text);
}

static int load(const char *path, const char *text, mode_t mode, struct netrc_entry *entry,
                struct fault *fault)
{
    fault_clear(fault);
    netrc_forget(entry);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "cannot write");
    fchmod(fd, mode);
    close(fd);
    return netrc_load(&any, entry, fault);
}

static void files(void)
{
    char dir[] = "/tmp/t_netrc.XXXXXX", path[64];
    struct netrc_entry entry = {.text = NULL};
    struct fault fault;
    if (!mkdtemp(dir))
        return;
    snprintf(path, sizeof path, "%s/.netrc", dir);
    unsetenv("NETRC");
    setenv("HOME", dir, 1);
    fault_clear(&fault);
    CHECK(netrc_load(&any, &entry, &fault) == 0, "no file: %s", fault.text);
    CHECK(load(path, "machine h login u password p", 0600, &entry, &fault) == 1, "%s", fault.text);
    CHECK_TEXT(entry.password, "p");
    CHECK(load(path, "machine h login u password p", 0640, &entry, &fault) < 0, "C3: group");
    CHECK(load(path, "machine h login u password p", 0604, &entry, &fault) < 0, "C3: others");
    CHECK(strstr(fault.text, "can be read by others") && fault.class == FAULT_AUTH, "%s",
          fault.text);
    CHECK(!entry.password && !entry.text, "C3: the password was kept");
    CHECK(load(path, "machine g login u password p", 0644, &entry, &fault) == 0,
          "another host's password is nobody's business: %s", fault.text);
    CHECK(load(path, "machine h login u", 0644, &entry, &fault) == 1, "no password: %s",
          fault.text);
    CHECK(load(path, "machine h login \"u", 0600, &entry, &fault) < 0 && strstr(fault.text, path),
          "the file's name is missing: %s", fault.text);
    setenv("NETRC", path, 1);
    setenv("HOME", "/nonexistent", 1);
    CHECK(load(path, "machine h login u password p", 0600, &entry, &fault) == 1, "NETRC: %s",
          fault.text);
    setenv("NETRC", dir, 1);
    netrc_forget(&entry);
    fault_clear(&fault);
    CHECK(netrc_load(&any, &entry, &fault) < 0 && strstr(fault.text, "is not a file"), "%s",
          fault.text);
    setenv("NETRC", path, 1);
    CHECK(truncate(path, NETRC_MAX + 1) == 0 && netrc_load(&any, &entry, &fault) < 0, "huge");
    netrc_forget(&entry);
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    table();
    redirected();
    cuts();
    judged_if_used();
    files();
    return T_DONE();
}
