/* SPDX-License-Identifier: MIT */
/* Object ids and their hexadecimal form. */
#include "pieces.h"
#include "proto/oid.h"
#include "t.h"

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

/* What is hexadecimal, and of which length; *OUT is written only on success. */
static void parsing(void)
{
#define TEN "0123456789"
    static const struct {
        const char *why, *hex;
        size_t size, len; /* len: bytes of the id; 0: refused */
    } rows[] = {
        {"SHA-1", TEN TEN TEN TEN, 40, 20},
        {"SHA-256", TEN TEN TEN TEN TEN TEN "abcd", 64, 32},
        {"40 of more", TEN TEN TEN TEN "g", 40, 20},
        {"upper case, as git reads it", TEN TEN TEN "ABCDEFABCD", 40, 20},
        {"nothing", "", 0, 0},
        {"39", TEN TEN TEN "012345678", 39, 0},
        {"41", TEN TEN TEN TEN "0", 41, 0},
        {"63", TEN TEN TEN TEN TEN TEN "abc", 63, 0},
        {"65", TEN TEN TEN TEN TEN TEN "abcde", 65, 0},
        {"g", TEN TEN TEN "012345678g", 40, 0},
        {"a space", " " TEN TEN TEN "012345678", 40, 0},
        {"0x", "0x" TEN TEN TEN "01234567", 40, 0},
        {"a sign", "-" TEN TEN TEN "012345678", 40, 0},
        {"NUL", TEN TEN TEN "012345678", 40, 0},
        {"a byte over 127", TEN TEN TEN "012345678\xb0", 40, 0},
    };
#undef TEN
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct oid oid = {.id = "before", .len = 7};
        int rc =
            oid_parse((const char *)pieces_guard(rows[i].hex, rows[i].size), rows[i].size, &oid);
        CHECK((rc < 0) == (rows[i].len == 0), "%s: %d", rows[i].why, rc);
        CHECK(oid.len == (rc < 0 ? 7 : rows[i].len), "%s: %d bytes", rows[i].why, oid.len);
        CHECK(rc == 0 || strcmp((char *)oid.id, "before") == 0, "%s: written", rows[i].why);
    }
}

static void comparing(void)
{
    struct oid a = oid_from((const unsigned char *)"aaaaaaaaaaaaaaaaaaaa", 20), b = a,
               null = {.len = 20};
    CHECK(oid_equal(&a, &b) && oid_compare(&a, &b) == 0 && !oid_is_null(&a), "the same");
    b.id[19] = 0x80;
    CHECK(!oid_equal(&a, &b) && oid_compare(&a, &b) < 0 && oid_compare(&b, &a) > 0,
          "bytes are unsigned");
    CHECK(oid_is_null(&null), "null");
    null.id[19] = 1;
    CHECK(!oid_is_null(&null), "its last byte");
    CHECK(a.id[20] == 0 && a.id[31] == 0, "bytes past its length");
    struct oid longer = {.len = 32}, shorter = {.len = 20};
    CHECK(oid_is_null(&longer) && !oid_equal(&longer, &shorter), "null ids of two lengths");
}

int main(void)
{
    oids();
    parsing();
    comparing();
    return T_DONE();
}
