/* SPDX-License-Identifier: MIT */
/* What a Location header means beside the URL that was asked for (H10). */
#include "proto/url.h"
#include "t.h"

#include <stdlib.h>

static char room[64], other_room[URL_MAX];

/* H10: the examples of RFC 3986, 5.4; a fragment is left out, since no request has one. */
static void references(void)
{
    static const struct {
        const char *reference, *url;
    } rows[] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {"g?y#s", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g"},
        {"g#s/../x", "http://a/b/c/g"},
        {"http:g", "http:g"},
        {"https://u@i/../../g/..", "https://u@i/"},
        {"https://i", "https://i"},
        {"//i?x/../y", "http://i?x/../y"},
    };
    struct fault fault = {.class = FAULT_NONE};
    struct url base;
    url_parse("http://user:secret@a/b", room, &base, &fault);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(url_resolve(&base, "/c/d;p?q", rows[i].reference, other_room, &fault) == 0, "%s",
              fault.text);
        CHECK_TEXT(other_room, rows[i].url);
    }
    char *text = malloc(URL_MAX);
    memset(text, 'a', URL_MAX);
    text[URL_MAX - 1] = '\0';
    CHECK(url_resolve(&base, "/x", text, other_room, &fault) < 0 && fault.class == FAULT_REFUSED,
          "too long");
    free(text);
}

int main(void)
{
    references();
    return T_DONE();
}
