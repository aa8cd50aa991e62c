/* SPDX-License-Identifier: MIT */
/* JSON lines: whatever a value holds, a line is ASCII or valid UTF-8, and one line. */
#include "system/json.h"

#include "t.h"

#include <stdlib.h>

static const struct {
    const char *why, *value, *written;
} rows[] = {
    {"nothing", "", ""},
    {"letters", "refs/heads/main", "refs/heads/main"},
    {"a quote", "a\"b", "a\\\"b"},
    {"a backslash", "a\\", "a\\\\"},
    {"an escape that is none", "\\u0041", "\\\\u0041"},
    {"a slash", "a/b", "a/b"},
    {"a new line", "a\nb", "a\\u000ab"},
    {"all that is below a space ends", "\001\t\r\033\037 ", "\\u0001\\u0009\\u000d\\u001b\\u001f "},
    {"DEL", "\177", "\\u007f"},
    {"two bytes", "\xc3\xa9", "\xc3\xa9"},
    {"three bytes", "\xe2\x82\xac", "\xe2\x82\xac"},
    {"four bytes", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    {"the last character", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
    {"the first C1 control", "\xc2\x80", "\\u0080"},
    {"CSI", "\xc2\x9b", "\\u009b"},
    {"no C1 control", "\xc2\xa0", "\xc2\xa0"},
    {"a raw C1 control", "\x9b", "\\ufffd"},
    {"a continuation alone", "a\x80z", "a\\ufffdz"},
    {"Latin-1", "caf\xe9", "caf\\ufffd"},
    {"cut off", "\xe2\x82", "\\ufffd\\ufffd"},
    {"cut off before a quote", "\xe2\x82\"", "\\ufffd\\ufffd\\\""},
    {"an overlong slash", "\xc0\xaf", "\\ufffd\\ufffd"},
    {"an overlong quote, in three", "\xe0\x80\xa2", "\\ufffd\\ufffd\\ufffd"},
    {"a surrogate", "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"},
    {"beyond U+10FFFF", "\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
    {"five bytes", "\xf8\x88\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd"},
    {"FF and FE", "\xff\xfe", "\\ufffd\\ufffd"},
    {"good after bad", "\xe9\xc3\xa9", "\\ufffd\xc3\xa9"},
};

static char text[1024];

/* What was written to OUT, which is closed. */
static const char *written(FILE *out)
{
    rewind(out);
    text[fread(text, 1, sizeof text - 1, out)] = '\0';
    fclose(out);
    return text;
}

static void test_texts(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char want[256];
        struct json json = {tmpfile(), '{'};
        json_text(&json, "k", rows[i].value);
        json_end(&json);
        snprintf(want, sizeof want, "{\"k\":\"%s\"}\n", rows[i].written);
        CHECK(strcmp(written(json.out), want) == 0, "%s: %s", rows[i].why, text);
    }
}

static void test_object(void)
{
    struct oid oid = {.len = 0};
    struct json json = {tmpfile(), '{'};
    json_text(&json, "none", NULL);
    json_oid(&json, "none", NULL);
    json_oid(&json, "none", &oid);
    json_text(&json, "ref", "HEAD");
    oid_parse("0123456789abcdef0123456789abcdef01234567", 40, &oid);
    json_oid(&json, "oid", &oid);
    json_number(&json, "zero", 0);
    json_number(&json, "most", UINT64_MAX);
    json_end(&json);
    CHECK_TEXT(written(json.out),
               "{\"ref\":\"HEAD\",\"oid\":\"0123456789abcdef0123456789abcdef01234567\","
               "\"zero\":0,\"most\":18446744073709551615}\n");
}

/* A value may be longer than what printf() of the static build writes at once. */
static void test_long(void)
{
    enum { SIZE = 100000 };
    static char value[SIZE + 1];
    struct json json = {tmpfile(), '{'};
    memset(value, '\n', SIZE);
    json_text(&json, "k", value);
    json_end(&json);
    CHECK(ftell(json.out) == 6 * SIZE + 9, "%ld bytes", ftell(json.out));
    fclose(json.out);
}

int main(void)
{
    test_texts();
    test_object();
    test_long();
    return T_DONE();
}
