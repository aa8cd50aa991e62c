/* SPDX-License-Identifier: MIT */
/* Bytes in caret form, and numbers in decimal. */
#include "proto/bytes.h"
#include "t.h"

static void caret(void)
{
    static const struct {
        const char *why, *text;
        size_t size;
        const char *shown;
    } rows[] = {
        {"plain text", "abc", 3, "abc"},
        {"R8: ESC", "\033[31m", 5, "^[[31m"},
        {"NUL and DEL", "a\0b\177", 4, "a^@b^?"},
        {"UTF-8 stays", "gr\xc3\xbc\xc3\x9f", 6, "gr\xc3\xbc\xc3\x9f"},
        {"R8: C1 CSI in UTF-8",
         "\xc2\x9b"
         "1m",
         4, "M-^[1m"},
        {"R8: C1 CSI raw",
         "\x9b"
         "1m",
         3, "M-^[1m"},
        {"broken UTF-8", "\xff\xe2\x82", 3, "\\xff\\xe2M-^B"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char shown[64];
        bytes_caret(rows[i].text, rows[i].size, "", shown, sizeof shown);
        CHECK_TEXT(shown, rows[i].shown);
    }
    char small[4];
    CHECK(bytes_caret("ab\033", 3, "", small, sizeof small) == 2, "%s", small);
}

static void decimal(void)
{
    uint64_t value = 7;
    CHECK(bytes_decimal("18446744073709551615", 20, &value) == 0 && value == UINT64_MAX, "max");
    CHECK(bytes_decimal("18446744073709551616", 20, &value) < 0, "overflow taken");
    CHECK(bytes_decimal("+5", 2, &value) < 0 && bytes_decimal("", 0, &value) < 0, "H3");
}

int main(void)
{
    caret();
    decimal();
    return T_DONE();
}
