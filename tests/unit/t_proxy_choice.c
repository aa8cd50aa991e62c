/* SPDX-License-Identifier: MIT */
/* no_proxy, and which proxy counts. */
#define _POSIX_C_SOURCE 200809L
#include "remote/no_proxy.h"
#include "remote/proxy_choice.h"
#include "t.h"

#include <stdlib.h>
#include <string.h>

static struct url url_of(const char *text)
{
    static char room[600];
    struct url url = {.room = NULL};
    struct fault fault;
    fault_clear(&fault);
    CHECK(url_parse(text, room, &url, &fault) == 0, "%s: %s", text, fault.text);
    return url;
}

static void entries(void)
{
    static const struct {
        const char *why, *list, *url;
        bool has;
    } rows[] = {
        {"nothing", "", "http://a.org", false},
        {"only separators", " ,,\t, ", "http://a.org", false},
        {"all", "*", "http://a.org", true},
        {"all, among others", "x,*", "http://[::1]", true},
        {"a star is no pattern", "*.org", "http://a.org", false},
        {"a star and a port are none", "*:80", "http://a.org", false},
        {"the host", "a.org", "http://a.org", true},
        {"in another case", "A.oRG", "http://a.org", true},
        {"below it", "a.org", "http://x.a.org", true},
        {"a dot in front", ".a.org", "http://a.org", true},
        {"a dot in front, below it", ".a.org", "http://x.a.org", true},
        {"two dots in front", "..a.org", "http://a.org", false},
        {"the end of a label", "a.org", "http://ba.org", false},
        {"above it", "x.a.org", "http://a.org", false},
        {"a dot behind", "a.org.", "http://a.org", true},
        {"a dot behind the host", "a.org", "http://a.org.", true},
        {"a dot alone", ".", "http://a.org", false},
        {"two dots alone", "..", "http://a.org", false},
        {"the second", "b.org,a.org", "http://a.org", true},
        {"blanks between", "b.org \t a.org", "http://a.org", true},
        {"a blank before a port", "a.org :80", "http://a.org:81", true},
        {"the port", "a.org:8080", "http://a.org:8080", true},
        {"another port", "a.org:8080", "http://a.org", false},
        {"the scheme's port", "a.org:443", "https://a.org", true},
        {"below it, the port", ".a.org:80", "http://x.a.org", true},
        {"no number", "a.org:", "http://a.org", false},
        {"no number either", "a.org:8x", "http://a.org:8", false},
        {"a sign", "a.org:+80", "http://a.org", false},
        {"a port of over 64 bits", "a.org:18446744073709551696", "http://a.org", false},
        {"a URL", "http://a.org", "http://a.org", false},
        {"a port alone", ":80", "http://a.org", false},
        {"a slash", "/", "http://a.org", false},
        {"bits of a name", "a.org/8", "http://a.org", false},
        {"an address", "192.0.2.1", "http://192.0.2.1", true},
        {"another address", "192.0.2.1", "http://192.0.2.11", false},
        {"the end of an address", "2.1", "http://192.0.2.1", false},
        {"an address of a name", "127.0.0.1", "http://localhost", false},
        {"a name of an address", "localhost", "http://127.0.0.1", false},
        {"an address and a port", "192.0.2.1:80", "http://192.0.2.1", true},
        {"an address and another port", "192.0.2.1:81", "http://192.0.2.1", false},
        {"bits", "192.0.2.0/24", "http://192.0.2.200", true},
        {"bits, and one besides", "192.0.2.0/24", "http://192.0.3.0", false},
        {"odd bits", "10.64.0.0/10", "http://10.127.255.255", true},
        {"odd bits, below", "10.64.0.0/10", "http://10.63.255.255", false},
        {"odd bits, above", "10.64.0.0/10", "http://10.128.0.0", false},
        {"all bits", "10.0.0.1/32", "http://10.0.0.1", true},
        {"all bits of another", "10.0.0.1/32", "http://10.0.0.2", false},
        {"no bits", "0.0.0.0/0", "http://10.0.0.1", true},
        {"too many bits", "10.0.0.1/33", "http://10.0.0.1", false},
        {"bits that are none", "10.0.0.1/", "http://10.0.0.1", false},
        {"bits below 0", "10.0.0.1/-1", "http://10.0.0.1", false},
        {"bits and a port", "10.0.0.0/8:81", "http://10.1.1.1:81", true},
        {"bits and another port", "10.0.0.0/8:81", "http://10.1.1.1", false},
        {"a mask", "10.0.0.0/255.0.0.0", "http://10.1.1.1", false},
        {"leading zeros", "010.0.0.1", "http://10.0.0.1", false},
        {"three parts", "10.0.1", "http://10.0.0.1", false},
        {"version 6", "::1", "http://[::1]", true},
        {"version 6, written otherwise", "0:0::0:1", "http://[::1]", true},
        {"version 6 in brackets", "[::1]", "http://[::1]", true},
        {"version 6 and a port", "[::1]:80", "http://[::1]", true},
        {"version 6 and another port", "[::1]:81", "http://[::1]", false},
        {"version 6, bits", "fd00::/8", "http://[fd12::1]", true},
        {"version 6, bits of others", "fd00::/8", "http://[fe80::1]", false},
        {"version 6, odd bits", "fe80::/10", "http://[febf::1]", true},
        {"version 6, all bits", "::1/128", "http://[::1]", true},
        {"version 6, too many bits", "::1/129", "http://[::1]", false},
        {"version 6, no bits", "::/0", "http://[1::2]", true},
        {"version 6, bits in brackets", "[fd00::]/8:80", "http://[fd12::1]", true},
        {"version 6, a zone", "fe80::1", "http://[fe80::1%25eth0]", true},
        {"an open bracket", "[::1", "http://[::1]", false},
        {"a bracket alone", "[", "http://[::1]", false},
        {"nothing in brackets", "[]", "http://[::1]", false},
        {"something behind brackets", "[::1]x", "http://[::1]", false},
        {"an address of the other version", "0.0.0.0/0", "http://[::1]", false},
        {"a byte above 127", "\xff\xfe,a.org", "http://a.org", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct url url = url_of(rows[i].url);
        CHECK(no_proxy_has(rows[i].list, &url) == rows[i].has, "%s: %s", rows[i].why, rows[i].list);
    }
}

/* What is longer than any name fits nothing, and ends where it ends. */
static void long_entries(void)
{
    struct url url = url_of("http://a.org");
    char *list = malloc(100000 + 16);
    memset(list, 'x', 100000);
    memcpy(list + 100000, ".a.org", 7);
    CHECK(!no_proxy_has(list, &url), "%s", "a long entry");
    memcpy(list + 100000, ",a.org", 7);
    CHECK(no_proxy_has(list, &url), "%s", "behind a long entry");
    free(list);
    CHECK(!no_proxy_has(NULL, &url), "%s", "no list");
}

static void proxy_urls(void)
{
    static const struct {
        const char *text;
        int kind; /* -1: refused */
        const char *host;
        unsigned port;
        const char *user, *password;
    } rows[] = {
        {"http://p:3128", PROXY_HTTP, "p", 3128, "", ""},
        {"p:3128", PROXY_HTTP, "p", 3128, "", ""},
        {"p", PROXY_HTTP, "p", 1080, "", ""},
        {"http://p/", PROXY_HTTP, "p", 1080, "", ""},
        {"http://p:80/", PROXY_HTTP, "p", 80, "", ""},
        {"http://p:/", PROXY_HTTP, "p", 1080, "", ""},
        {"http://p9", PROXY_HTTP, "p9", 1080, "", ""},
        {"HTTPS://P", PROXY_HTTPS, "p", 443, "", ""},
        {"https://p:1", PROXY_HTTPS, "p", 1, "", ""},
        {"socks5://p", PROXY_SOCKS5, "p", 1080, "", ""},
        {"socks5h://[::1]:9", PROXY_SOCKS5H, "::1", 9, "", ""},
        {"[fe80::80]", PROXY_HTTP, "fe80::80", 1080, "", ""},
        {"http://u%40x:a%3Ab@p:80", PROXY_HTTP, "p", 80, "u@x", "a:b"},
        {"u:80@p", PROXY_HTTP, "p", 1080, "u", "80"},
        {"u@p:7/path/", PROXY_HTTP, "p", 7, "u", ""},
        {"", -1, NULL, 0, NULL, NULL},
        {"http://", -1, NULL, 0, NULL, NULL},
        {"://p", -1, NULL, 0, NULL, NULL},
        {"socks4://p", -1, NULL, 0, NULL, NULL},
        {"socks4a://p", -1, NULL, 0, NULL, NULL},
        {"socks5i://p", -1, NULL, 0, NULL, NULL},
        {"file:///p", -1, NULL, 0, NULL, NULL},
        {"http://p:0", -1, NULL, 0, NULL, NULL},
        {"http://p:65536", -1, NULL, 0, NULL, NULL},
        {"http://p:3128:1", -1, NULL, 0, NULL, NULL},
        {"http://u:secret@p\r\nX: y", -1, NULL, 0, NULL, NULL},
        {"http://u:secret%0d%0aX@p", -1, NULL, 0, NULL, NULL},
        {"http://u:secret@a@p", -1, NULL, 0, NULL, NULL},
        {"http://u:secret@-p", -1, NULL, 0, NULL, NULL},
        {"ssh://u:secret@p", -1, NULL, 0, NULL, NULL},
        {"u:secret", -1, NULL, 0, NULL, NULL},
        {"http://p?x", -1, NULL, 0, NULL, NULL},
        {"http://1.2.3", -1, NULL, 0, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *room = malloc(PROXY_ROOM(rows[i].text));
        enum proxy_kind kind = PROXY_HTTP;
        struct url url = {.room = NULL};
        struct fault fault;
        fault_clear(&fault);
        const struct proxy_choice choice = {rows[i].text, "--proxy"}, other = {rows[i].text, "x"};
        int rc = proxy_parse(&choice, room, &kind, &url, &fault);
        CHECK((rc == 0) == (rows[i].kind >= 0), "%s: %d %s", rows[i].text, rc, fault.text);
        CHECK(!strstr(fault.text, "secret"), "C1: %s", fault.text);
        if (rc < 0)
            CHECK(fault.class == FAULT_USAGE, "%s: %d", rows[i].text, (int)fault.class);
        if (rc == 0 && rows[i].kind >= 0) {
            CHECK((int)kind == rows[i].kind && url.port == rows[i].port, "%s: %u", rows[i].text,
                  url.port);
            CHECK_TEXT(url.host, rows[i].host);
            CHECK_TEXT(url.user, rows[i].user);
            CHECK_TEXT(url.password, rows[i].password);
            CHECK_TEXT(url.path, "");
        }
        fault_clear(&fault);
        if (proxy_parse(&other, room, &kind, &url, &fault) < 0)
            CHECK(fault.class == FAULT_LOCAL, "%s: %d", rows[i].text, (int)fault.class);
        free(room);
    }
}

static void forget(void)
{
    static const char *const names[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                        "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

/* VARIABLES: "NAME=value NAME=value". */
static void choices(void)
{
    static const struct {
        const char *variables, *setting, *url, *said, *by;
    } rows[] = {
        {"", NULL, "http://a.org", NULL, NULL},
        {"http_proxy=p", NULL, "http://a.org", "p", "http_proxy"},
        {"http_proxy=p", NULL, "https://a.org", NULL, NULL},
        {"HTTP_PROXY=p", NULL, "http://a.org", NULL, NULL},
        {"https_proxy=p", NULL, "http://a.org", NULL, NULL},
        {"https_proxy=p HTTPS_PROXY=q", NULL, "https://a.org", "p", "https_proxy"},
        {"HTTPS_PROXY=q all_proxy=r", NULL, "https://a.org", "q", "HTTPS_PROXY"},
        {"https_proxy= HTTPS_PROXY=q", NULL, "https://a.org", NULL, NULL},
        {"all_proxy=p ALL_PROXY=q", NULL, "http://a.org", "p", "all_proxy"},
        {"ALL_PROXY=q", NULL, "https://a.org", "q", "ALL_PROXY"},
        {"http_proxy=p", "s", "http://a.org", "s", "http.proxy"},
        {"http_proxy=p", "", "http://a.org", NULL, NULL},
        {"http_proxy=p no_proxy=a.org", NULL, "http://a.org", NULL, NULL},
        {"http_proxy=p no_proxy=a.org", "s", "http://a.org", NULL, NULL},
        {"http_proxy=p no_proxy=b.org NO_PROXY=a.org", NULL, "http://a.org", "p", "http_proxy"},
        {"http_proxy=p no_proxy= NO_PROXY=a.org", NULL, "http://a.org", "p", "http_proxy"},
        {"http_proxy=p NO_PROXY=a.org", NULL, "http://a.org", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[200], *rest = text;
        struct url url = url_of(rows[i].url);
        const struct proxy_choice setting = {rows[i].setting, "http.proxy"};
        forget();
        snprintf(text, sizeof text, "%s", rows[i].variables);
        for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
            char *sign = strchr(word, '=');
            *sign = '\0';
            setenv(word, sign + 1, 1);
        }
        struct proxy_choice got = proxy_choose(&setting, &url);
        CHECK_TEXT(got.said ? got.said : "none", rows[i].said ? rows[i].said : "none");
        if (rows[i].by)
            CHECK_TEXT(got.by, rows[i].by);
    }
    forget();
}

int main(void)
{
    entries();
    long_entries();
    proxy_urls();
    choices();
    return T_DONE();
}
