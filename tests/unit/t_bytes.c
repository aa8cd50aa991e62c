/* SPDX-License-Identifier: MIT */
#include "proto/bytes.h"
#include "proto/fault.h"
#include "proto/oid.h"
#include "proto/stream.h"
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

static void faults(void)
{
    struct fault fault;
    fault_clear(&fault);
    fault_set(&fault, FAULT_PROTOCOL, "inflate: %s", "bad\033");
    fault_set(&fault, FAULT_LOCAL, "later");
    fault_wrap(&fault, "pack entry %d", 3);
    CHECK(fault.class == FAULT_PROTOCOL, "%d", (int)fault.class);
    CHECK_TEXT(fault.text, "pack entry 3: inflate: bad^[");
    for (int i = 0; i < 200; i++)
        fault_wrap(&fault, "%s", "a purpose");
    CHECK(strstr(fault.text, "inflate: bad^["), "the leaf was cut: %s", fault.text);
}

static void oids(void)
{
    struct oid oid;
    char hex[OID_HEX];
    const char *text = "0123456789abcdef0123456789abcdef01234567";
    CHECK(oid_parse(text, 40, &oid) == 0, "40 digits");
    CHECK_TEXT(oid_hex(&oid, hex), text);
    CHECK(oid_parse(text, 39, &oid) < 0, "39 digits");
    CHECK(oid_parse("zz23456789abcdef0123456789abcdef01234567", 40, &oid) < 0, "no digits");
}

/* reader_pass(): the window of the reader below, and an offset of its own. */
static void passing(void)
{
    struct fault fault;
    struct reader below, above = {.name = "above", .fault = &fault};
    char two[2];
    fault_clear(&fault);
    reader_memory(&below, "abcdef", 6, "below", &fault);
    CHECK(reader_read(&below, two, 2) == 0, "%s", fault.text);
    CHECK(reader_pass(&above, &below) == 1, "%s", fault.text);
    CHECK(above.end - above.at == 4 && memcmp(above.at, "cdef", 4) == 0, "%td",
          above.end - above.at);
    CHECK(above.offset == 4 && reader_tell(&above) == 0, "where it is in its own stream");
    CHECK(reader_tell(&below) == 6, "all is taken of the one below");
    CHECK(reader_pass(&above, &below) == 0 && above.offset == 4, "the end");
}

int main(void)
{
    caret();
    decimal();
    faults();
    oids();
    passing();
    return T_DONE();
}
