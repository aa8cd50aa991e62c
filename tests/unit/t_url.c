/* SPDX-License-Identifier: MIT */
/* URLs: R13 and H2 of the hostile table. */
#include "proto/url.h"
#include "t.h"

#include <stdlib.h>

static char room[URL_MAX + 64], other_room[URL_MAX];

static void refused(void)
{
    static const struct {
        const char *why, *text, *words;
    } rows[] = {
        {"R13: CR", "https://h/a\rb", "control byte"},
        {"R13: LF", "https://h/a\nb", "control byte"},
        {"R13: ESC", "https://h/\033[31m", "control byte"},
        {"a space", "https://h/a b", "space"},
        {"R13: coded LF", "https://h/a%0ab", "stands for a control byte"},
        {"R13: coded NUL", "https://h/a%00b", "stands for a control byte"},
        {"R13: coded ESC in the user", "https://u%1b@h/", "stands for a control byte"},
        {"a lone percent", "https://h/a%4", "without two digits"},
        {"R13: no host", "https:///path", "the host is missing"},
        {"no host, user", "https://u@/path", "the host is missing"},
        {"R13: good?@evil", "https://good?@evil/x", "right behind the host"},
        {"R13: good#@evil", "https://good#@evil/x", "right behind the host"},
        {"R13: backslash", "https://good\\@evil/x", "backslash"},
        {"two @", "https://a@b@c/x", "more than one '@'"},
        {"R13: bare IPv6", "https://::1/x", "needs brackets"},
        {"IPv6 without end", "https://[::1/x", "'[' without ']'"},
        {"IPv6 with a letter", "https://[::x]/x", "in an IPv6 address"},
        {"behind the bracket", "https://[::1]x/x", "behind ']'"},
        {"empty brackets", "https://[]/x", "no IPv6 address"},
        {"zone without name", "https://[fe80::1%25]/x", "no interface behind '%25'"},
        {"a long zone", "https://[fe80::1%25abcdefghijklmnop]/x", "no interface"},
        {"R13: a coded slash in a zone", "https://[fe80::1%25a%2fb]/x", "no interface"},
        {"R13: a coded ESC in a zone", "https://[fe80::1%25a%1b]/x", "stands for a control byte"},
        {"R13: user info in a zone", "https://[fe80::1%25a@b]/x", "must be percent-coded"},
        {"a slash in a zone", "https://[fe80::1%25a/b]/x", "'[' without ']'"},
        {"zone without address", "https://[%25eth0]/x", "no IPv6 address"},
        {"zone of a name", "https://h%25eth0/x", "'%' in the host"},
        {"a bare zone", "https://[fe80::1%eth0]/x", "without two digits"},
        {"R13: host begins with '-'", "https://-oProxy/x", "cannot begin with '-'"},
        {"host with '$'", "https://h$h/x", "in the host"},
        {"empty label", "https://a..b/x", "empty label"},
        {"port 0", "https://h:0/x", "no port"},
        {"port 65536", "https://h:65536/x", "no port"},
        {"port in letters", "https://h:ab/x", "no port"},
        {"number that is no address", "https://1.2.3/x", "neither a name nor an address"},
        {"octets of zeros", "https://010.1.1.1/x", "neither a name nor an address"},
        {"fragment", "https://h/a#b", "must be percent-coded"},
        {"quote in user", "https://a\"b@h/x", "must be percent-coded"},
        {"ssh", "ssh://git@h.example/team/r.git", "use https://h.example/team/r.git"},
        {"ssh with a port", "ssh://git@h.example:2222/r.git", "use https://h.example/r.git"},
        {"scp form", "git@h.example:team/r.git", "use https://h.example/team/r.git"},
        {"ssh to an address", "ssh://git@[::1]:2222/r.git", "use https://[::1]/r.git"},
        {"scp form of an address", "git@[::1]:r.git", "use https://[::1]/r.git"},
        {"'[' alone", "ssh://[::1", "is no URL"},
        {"one slash", "https:/h/x", "'https:/h/x' is no URL"},
        {"no slash", "http:h/x", "'http:h/x' is no URL"},
        {"git", "git://h.example/r.git", "use https://h.example/r.git"},
        {"P13: file", "file:///tmp/r.git", "only HTTPS is supported"},
        {"P13: local path", "../r.git", "local paths are not cloned"},
        {"P13: absolute path", "/srv/r.git", "local paths are not cloned"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct url url;
        int rc = url_parse(rows[i].text, room, &url, &fault);
        CHECK(rc < 0 && fault.class == FAULT_USAGE && strstr(fault.text, rows[i].words), "%s: %s",
              rows[i].why, fault.text);
    }
    struct fault fault = {.class = FAULT_NONE};
    struct url url;
    char *text = malloc(URL_MAX + 1);
    memset(text, 'a', URL_MAX);
    memcpy(text, "https://h/", 10);
    text[URL_MAX] = '\0';
    CHECK(url_parse(text, room, &url, &fault) < 0 && strstr(fault.text, "over 65535"), "%s",
          fault.text);
    text[URL_MAX - 1] = '\0';
    fault_clear(&fault);
    CHECK(url_parse(text, room, &url, &fault) == 0 && strlen(url.path) == URL_MAX - 1 - 9, "%s",
          fault.text);
    memset(text + 8, 'u', 60000);
    memcpy(text + 8 + 60000, "@h/r.git", 9);
    CHECK(url_parse(text, room, &url, &fault) == 0 && strlen(url.user) == 60000, "%s", fault.text);
    CHECK_TEXT(url_format(&url, text, URL_MAX), "https://h/r.git");
    free(text);
}

static void taken(void)
{
    static const struct {
        const char *text, *shown, *user, *password;
        unsigned port;
        enum url_host kind;
    } rows[] = {
        {"https://h.example/r.git", "https://h.example/r.git", "", "", 443, URL_HOST_NAME},
        {"HTTPS://H.Example/R.git/", "https://h.example/R.git", "", "", 443, URL_HOST_NAME},
        {"http://h:8080/r", "http://h:8080/r", "", "", 8080, URL_HOST_NAME},
        {"https://h:443/r", "https://h/r", "", "", 443, URL_HOST_NAME},
        {"https://anna@h/r", "https://h/r", "anna", "", 443, URL_HOST_NAME},
        {"https://anna:s%3Acr%40et@h/r", "https://h/r", "anna", "s:cr@et", 443, URL_HOST_NAME},
        {"https://:t0ken@h/r", "https://h/r", "", "t0ken", 443, URL_HOST_NAME},
        {"https://[::1]:8443/r", "https://[::1]:8443/r", "", "", 8443, URL_HOST_IPV6},
        {"https://[FE80::1%25Eth0.1]/r", "https://[fe80::1%25Eth0.1]/r", "", "", 443,
         URL_HOST_IPV6},
        {"https://127.0.0.1/r", "https://127.0.0.1/r", "", "", 443, URL_HOST_IPV4},
        {"https://h", "https://h", "", "", 443, URL_HOST_NAME},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct url url;
        char shown[1024];
        CHECK(url_parse(rows[i].text, room, &url, &fault) == 0, "%s: %s", rows[i].text, fault.text);
        CHECK_TEXT(url_format(&url, shown, sizeof shown), rows[i].shown);
        CHECK_TEXT(url.user, rows[i].user);
        CHECK_TEXT(url.password, rows[i].password);
        size_t length = strlen(url.password), copies = 0;
        for (size_t k = 0; length > 0 && k + length < sizeof room; k++)
            copies += memcmp(room + k, url.password, length) == 0;
        CHECK(copies == (length > 0), "C1: %zu copies of the password", copies);
        memset(room, 0, sizeof room);
        CHECK(url.port == rows[i].port && url.kind == rows[i].kind, "%s", rows[i].text);
        url_format_user(&url, shown, sizeof shown);
        CHECK(!*rows[i].password || !strstr(shown, "cr"), "C1: the secret is shown: %s", shown);
    }
}

static void redirects(void)
{
    static const char asked[] = "/info/refs?service=git-upload-pack";
    static const struct {
        const char *why, *location, *words; /* words: the new URL, or what is said */
        bool taken, keeps_user;
    } rows[] = {
        {"same host", "https://h/b.git/info/refs?service=git-upload-pack", "https://h/b.git", true,
         true},
        {"relative", "/b.git/info/refs?service=git-upload-pack", "https://h/b.git", true, true},
        {"without scheme", "//h/b.git/info/refs?service=git-upload-pack", "https://h/b.git", true,
         true},
        {"H2: another host", "https://i/b/info/refs?service=git-upload-pack", "https://i/b", true,
         false},
        {"H2: another port", "https://h:1/b/info/refs?service=git-upload-pack", "https://h:1/b",
         true, false},
        {"H2: down to http", "http://h/b.git/info/refs?service=git-upload-pack",
         "from https to http", false, false},
        {"H2: another scheme", "ftp://h/b.git/info/refs?service=git-upload-pack",
         "redirect:", false, false},
        {"H10: user info", "https://u:s3cret@h/b.git/x", "to 'https://h/b.git/x', which", false,
         false},
        {"H10: user info and scheme", "ftp://u:s3cret@h/x", "use https://h/x", false, false},
        {"H2: another end", "https://h/login?next=/r.git", "does not end in", false, false},
        {"a control byte", "https://h/\033/info/refs?service=git-upload-pack", "control byte",
         false, false},
        {"H10: a path without slash", "b.git/info/refs?service=git-upload-pack",
         "https://h/a.git/info/b.git", true, true},
        {"H10: above the root", "../../../b.git/info/refs?service=git-upload-pack",
         "https://h/b.git", true, true},
        {"H10: above the root of another host",
         "//anna:s3cret@i/../b.git/info/refs?service=git-upload-pack", "https://i/b.git", true,
         false},
        {"H10: dots in a URL", "https://h/x/../b.git/./info/refs?service=git-upload-pack",
         "https://h/b.git", true, true},
        {"H10: the path ends otherwise", "/b.git/info/refs?service=git-upload-pack/..",
         "does not end in", false, false},
        {"H10: query only", "?service=git-upload-pack", "https://h/a.git", true, true},
        {"H10: another query", "?service=git-receive-pack", "does not end in", false, false},
        {"H10: empty", "", "https://h/a.git", true, true},
        {"H10: a fragment", "/b.git/info/refs?service=git-upload-pack#x", "https://h/b.git", true,
         true},
        {"H10: no authority", "https:/b.git/info/refs?service=git-upload-pack", "redirect:", false,
         false},
        {"H10: no scheme but a colon", "1:b/../info/refs?service=git-upload-pack",
         "https://h/a.git/info", true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct url from, to;
        char shown[1024];
        url_parse("https://anna:secret@h/a.git", room, &from, &fault);
        int rc = url_redirect(&from, asked, rows[i].location, other_room, &to, &fault);
        CHECK((rc == 0) == rows[i].taken, "%s: %s", rows[i].why, fault.text);
        if (rc < 0) {
            CHECK(fault.class == FAULT_REFUSED && strstr(fault.text, rows[i].words), "%s: %s",
                  rows[i].why, fault.text);
            CHECK(!strstr(fault.text, "s3cret"), "C1: %s", fault.text);
            continue;
        }
        CHECK_TEXT(url_format(&to, shown, sizeof shown), rows[i].words);
        CHECK(to.has_user == rows[i].keeps_user && (to.password[0] != 0) == rows[i].keeps_user,
              "%s: credentials", rows[i].why);
    }
}

int main(void)
{
    refused();
    taken();
    redirects();
    return T_DONE();
}
