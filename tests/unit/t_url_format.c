/* SPDX-License-Identifier: MIT */
/* URLs as they are shown and stored: C1, no password is ever seen. */
#include "t.h"
#include "proto/url.h"

/* What comes out goes in again, and is the same URL without its user info. */
static void formatted(void)
{
    static const struct {
        const char *text, *shown, *with_user;
    } rows[] = {
        {"https://h/r.git", "https://h/r.git", "https://h/r.git"},
        {"https://h", "https://h", "https://h"},
        {"https://h/", "https://h", "https://h"},
        {"https://h:443/r", "https://h/r", "https://h/r"},
        {"https://h:80/r", "https://h:80/r", "https://h:80/r"},
        {"http://h:80/r", "http://h/r", "http://h/r"},
        {"http://h:443/r", "http://h:443/r", "http://h:443/r"},
        {"https://[::1]:8443/r", "https://[::1]:8443/r", "https://[::1]:8443/r"},
        {"https://[::1]/r", "https://[::1]/r", "https://[::1]/r"},
        {"https://127.0.0.1:1/r", "https://127.0.0.1:1/r", "https://127.0.0.1:1/r"},
        {"https://h/a%20b?q=%2f", "https://h/a%20b?q=%2f", "https://h/a%20b?q=%2f"},
        {"https://anna@h/r", "https://h/r", "https://anna@h/r"},
        {"https://anna:s3cret@h/r", "https://h/r", "https://anna@h/r"},
        {"https://:s3cret@h/r", "https://h/r", "https://h/r"},
        {"https://anna:@h/r", "https://h/r", "https://anna@h/r"},
        {"https://a%40b%3ac%2fd@h/r", "https://h/r", "https://a%40b%3ac%2fd@h/r"},
        {"https://gr%c3%bc%25@[::1]:1/r", "https://[::1]:1/r", "https://gr%c3%bc%25@[::1]:1/r"},
        {"https://A-._~z09@h/r", "https://h/r", "https://A-._~z09@h/r"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct url url, again;
        char shown[256], room[256], again_room[256];
        CHECK(url_parse(rows[i].text, room, &url, &fault) == 0, "%s: %s", rows[i].text, fault.text);
        CHECK_TEXT(url_format_user(&url, shown, sizeof shown), rows[i].with_user);
        CHECK_TEXT(url_format(&url, shown, sizeof shown), rows[i].shown);
        CHECK(url_parse(shown, again_room, &again, &fault) == 0 && url_same_origin(&url, &again) &&
                  strcmp(url.path, again.path) == 0 && !again.has_user && !again.has_password,
              "%s: %s", shown, fault.text);
    }
}

/* What does not fit is cut, and still ends in a NUL. */
static void cut(void)
{
    static const char text[] = "https://gr%c3%bc%25@[::1]:8443/team/r.git";
    static const char plain[] = "https://[::1]:8443/team/r.git";
    struct fault fault = {.class = FAULT_NONE};
    struct url url;
    char room[64], shown[64];
    CHECK(url_parse(text, room, &url, &fault) == 0, "%s", fault.text);
    for (size_t size = 16; size < sizeof shown; size++) {
        memset(shown, 'x', sizeof shown);
        size_t length = strlen(url_format(&url, shown, size));
        CHECK(length == (size < sizeof plain ? size : sizeof plain) - 1 &&
                  strncmp(shown, plain, length) == 0,
              "%zu: %s", size, shown);
        CHECK(size == sizeof shown || shown[size] == 'x', "%zu: written behind", size);
        memset(shown, 'x', sizeof shown);
        length = strlen(url_format_user(&url, shown, size));
        CHECK(length < size && (size == sizeof shown || shown[size] == 'x'), "%zu: %zu", size,
              length);
    }
}

static void origins(void)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"https://h/a", "https://h/b", true},
        {"https://h/a", "https://H:443/a", true},
        {"https://u:p@h/a", "https://h/a", true},
        {"https://h/a", "http://h/a", false},
        {"https://h:80/a", "http://h:80/a", false},
        {"https://h/a", "https://h:444/a", false},
        {"https://h/a", "https://i/a", false},
        {"https://h/a", "https://h.example/a", false},
        {"https://[::1]/a", "https://[::2]/a", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct url a, b;
        char room[64], other_room[64];
        CHECK(url_parse(rows[i].a, room, &a, &fault) == 0 &&
                  url_parse(rows[i].b, other_room, &b, &fault) == 0,
              "%s", fault.text);
        CHECK(url_same_origin(&a, &b) == rows[i].same && url_same_origin(&b, &a) == rows[i].same,
              "%s, %s", rows[i].a, rows[i].b);
    }
}

/* C1: of a URL as somebody gave it, refused or not. */
static void hidden(void)
{
    static const struct {
        const char *text, *shown, *words; /* words: of the refusal, when it is one */
    } rows[] = {
        {"https://h/r@2.git", "https://h/r@2.git", NULL},
        {"https://anna:s3cret@h/r", "h/r", NULL},
        {"https://s3cret@h/r@2", "h/r@2", NULL},
        {"/srv/r@2", "/srv/r@2", "'/srv/r@2' is no URL"},
        {"git@h:a/b", "h:a/b", "use https://h/a/b"},
        {"git+ssh://git@h:22/a", "h:22/a", "use https://h/a"},
        {"x-token-auth:s3cret@h/a", "h/a", "use https://h/a"},
        {"s3cret@h/a", "h/a", "use https://h/a"},
        {"u:s3cret@h:8443/a", "h:8443/a", "use https://h:8443/a"},
        {"//u:s3cret@h/a", "h/a", "use https://h/a"},
        {"htps://u:s3cret@h/a", "h/a", "use https://h/a"},
        {"ssh://u:s3cret@h:22/a", "h:22/a", "use https://h/a"},
        {"ssh://u:s3c ret@h/a", "h/a", "use https://h/a"},
        {"https:/u:s3cret@h/a", "h/a", "is no URL"},
        {"https//u:s3cret@h/a", "h/a", "use https://h/a"},
        {"u:s3/cret@h/a", "h/a", "'h/a' is no URL"},
        {"https://u:s3c ret@h/a", "h/a", "is a space or control byte"},
        {"https://u:s3c/ret@h/a", "h/a", "no port"},
        {"https://u:s3c@ret@h/a", "h/a", "more than one '@'"},
        {"", "", "'' is no URL"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct url url;
        char room[64];
        CHECK_TEXT(url_shown(rows[i].text), rows[i].shown);
        int rc = url_parse(rows[i].text, room, &url, &fault);
        CHECK((rc < 0) == (rows[i].words != NULL), "%s: %s", rows[i].text, fault.text);
        CHECK(!rows[i].words || strstr(fault.text, rows[i].words), "%s: %s", rows[i].text,
              fault.text);
        CHECK(!strstr(fault.text, "s3") && !strstr(fault.text, "ret"), "C1: %s", fault.text);
    }
}

/* In an argument list that other processes can read. */
static void overwritten(void)
{
    static const struct {
        const char *text, *left; /* NULL: there was none */
    } rows[] = {
        {"https://anna:s3cret@h/r", "https://anna:******@h/r"},
        {"https://:s3cret@h/r", "https://:******@h/r"},
        {"https://anna:s3c@ret@h/r", "https://anna:*******@h/r"},
        {"https://anna:s3c/ret@h/r", "https://anna:*******@h/r"},
        {"anna:s3cret@h:r", "anna:******@h:r"},
        {"https://anna:@h/r", "https://anna:@h/r"},
        {"https://anna@h/r", NULL},
        {"https://h:1/r", NULL},
        {"https://h/a@b", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        strcpy(text, rows[i].text);
        CHECK(url_hide_password(text) == (rows[i].left != NULL), "%s", rows[i].text);
        CHECK_TEXT(text, rows[i].left ? rows[i].left : rows[i].text);
    }
}

int main(void)
{
    formatted();
    cut();
    origins();
    hidden();
    overwritten();
    return T_DONE();
}
