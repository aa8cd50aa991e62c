/* SPDX-License-Identifier: MIT */
/* T1: whom a certificate speaks for. */
#include "t.h"
#include "tls/certname.h"

#include <stdbool.h>
#include <stdlib.h>

/* A certificate under construction: the parts that are looked at, lengths of two bytes. */
struct der {
    unsigned char bytes[4096];
    size_t size;
};

static void der_put(struct der *der, const void *bytes, size_t size)
{
    memcpy(der->bytes + der->size, bytes, size);
    der->size += size;
}

/* TAG around what is in DER since FROM. */
static void der_wrap(struct der *der, size_t from, unsigned char tag)
{
    size_t size = der->size - from;
    memmove(der->bytes + from + 4, der->bytes + from, size);
    der->bytes[from] = tag;
    der->bytes[from + 1] = 0x82;
    der->bytes[from + 2] = (unsigned char)(size >> 8);
    der->bytes[from + 3] = (unsigned char)size;
    der->size += 4;
}

static void der_element(struct der *der, unsigned char tag, const void *bytes, size_t size)
{
    size_t from = der->size;
    der_put(der, bytes, size);
    der_wrap(der, from, tag);
}

/* An extension subjectAltName of NAMES[0..SIZE): GeneralNames. */
static void der_alternatives(struct der *der, const void *names, size_t size)
{
    size_t from = der->size;
    der_element(der, 0x06, "\x55\x1d\x11", 3);
    der_element(der, 0x01, "\xff", 1);
    size_t value = der->size;
    der_element(der, 0x30, names, size);
    der_wrap(der, value, 0x04);
    der_wrap(der, from, 0x30);
}

/* COUNT: subjectAltNames in it. */
static void certificate(struct der *der, const void *names, size_t size, int count)
{
    der->size = 0;
    der_element(der, 0x02, "\x02", 1);
    der_wrap(der, 0, 0xa0);
    der_element(der, 0x02, "\x01", 1);
    der_element(der, 0x30, "", 0);
    der_element(der, 0x30, "\x31\x08\x30\x06\x06\x01\x55\x0c\x01\x49", 10);
    der_element(der, 0x30, "", 0);
    der_element(der, 0x30, "\x31\x08\x30\x06\x06\x01\x55\x0c\x01\x53", 10);
    der_element(der, 0x30, "", 0);
    size_t extensions = der->size;
    while (count-- > 0)
        der_alternatives(der, names, size);
    der_wrap(der, extensions, 0x30);
    der_wrap(der, extensions, 0xa3);
    der_wrap(der, 0, 0x30);
    der_element(der, 0x30, "", 0);
    der_element(der, 0x03, "", 0);
    der_wrap(der, 0, 0x30);
}

#define DNS(length, text) "\x82" length text
#define IP4(text) "\x87\x04" text

static const struct {
    const char *why, *names;
    size_t size;
    const char *host, *sentence; /* NULL: taken */
} rows[] = {
#define ROW(why, names, host, sentence)               \
    {                                                 \
        why, names, sizeof(names) - 1, host, sentence \
    }
    ROW("the name", DNS("\x09", "a.example"), "a.example", NULL),
    ROW("letter case", DNS("\x09", "A.eXample"), "a.ExamplE", NULL),
    ROW("dot at the end of the host", DNS("\x09", "a.example"), "a.example.", NULL),
    ROW("the second name", DNS("\x01", "x") DNS("\x09", "a.example"), "a.example", NULL),
    ROW("another name", DNS("\x09", "b.example"), "a.example",
        "wrong name: the certificate is for b.example, not for 'a.example'"),
    ROW("a longer name", DNS("\x0b", "x.a.example"), "a.example", "wrong name"),
    ROW("a shorter name", DNS("\x07", "example"), "a.example", "wrong name"),
    ROW("an empty name", DNS("\x00", ""), "a.example", "wrong name"),
    ROW("an empty host", DNS("\x09", "a.example"), "", "wrong name"),
    ROW("a host that is a dot", DNS("\x01", "."), ".", "wrong name"),
    ROW("T1: no dNSName",
        "\x81\x09"
        "a.example",
        "a.example", "for no host at all, not for 'a.example' (its common name does not count"),
    ROW("T1: NUL in the name", DNS("\x0f", "a.example\0.evil"), "a.example",
        "a NUL byte in it, which is a known trick: a.example^@.evil"),
    ROW("T1: NUL in another name", DNS("\x09", "a.example") DNS("\x03", "x\0y"), "a.example",
        "NUL byte"),
    ROW("ESC in the name", DNS("\x03", "x\033y"), "a.example", "for x^[y, not"),
    ROW("wildcard", DNS("\x0d", "*.one.example"), "a.one.example", NULL),
    ROW("wildcard, letter case", DNS("\x0d", "*.One.example"), "A.oNe.example", NULL),
    ROW("T1: wildcard for the bare name", DNS("\x0d", "*.one.example"), "one.example",
        "wrong name: the certificate is for *.one.example"),
    ROW("T1: wildcard for a deeper name", DNS("\x0d", "*.one.example"), "a.b.one.example",
        "wrong name"),
    ROW("T1: wildcard for an empty label", DNS("\x0d", "*.one.example"), ".one.example",
        "wrong name"),
    ROW("T1: wildcard in a label", DNS("\x0e", "a*.one.example"), "ab.one.example", "wrong name"),
    ROW("T1: star with more", DNS("\x0e", "*b.one.example"), "ab.one.example", "wrong name"),
    ROW("T1: wildcard further right", DNS("\x0d", "a.*.example.x"), "a.b.example.x", "wrong name"),
    ROW("T1: two stars", DNS("\x0b", "*.*.example"), "a.b.example", "wrong name"),
    ROW("T1: star alone", DNS("\x01", "*"), "a", "wrong name"),
    ROW("T1: star for a top-level domain", DNS("\x05", "*.com"), "a.com", "wrong name"),
    ROW("T1: the same with a dot at the end", DNS("\x06", "*.com."), "a.com.", "wrong name"),
    ROW("T1: star and an empty label", DNS("\x06", "*..com"), "a..com", "wrong name"),
    ROW("an address", IP4("\x7f\x00\x00\x01"), "127.0.0.1", NULL),
    ROW("another address", IP4("\x7f\x00\x00\x02"), "127.0.0.1",
        "for 127.0.0.2, not for '127.0.0.1'"),
    ROW("T1: an address as dNSName", DNS("\x09", "127.0.0.1"), "127.0.0.1",
        "wrong name: the certificate has '127.0.0.1' as a DNS name, but for an address only"),
    ROW("T1: a wildcard for an address", DNS("\x07", "*.0.0.1"), "127.0.0.1", "wrong name"),
    ROW("T1: a name as iPAddress", IP4("a.bc"), "a.bc", "wrong name"),
    ROW("an address of five bytes", "\x87\x05\x7f\x00\x00\x01\x00", "127.0.0.1", "wrong name"),
    ROW("an IPv6 address", "\x87\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", "::1", NULL),
    ROW("another IPv6 address", "\x87\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", "::1",
        "for ::2, not for '::1'"),
    ROW("an IPv4 address does not match its IPv6 form", IP4("\x7f\x00\x00\x01"), "::ffff:127.0.0.1",
        "wrong name"),
    ROW("name cut short",
        "\x82\x09"
        "a.exampl",
        "a.example", "cannot be read"),
    ROW("length without bytes", "\x82", "a.example", "cannot be read"),
    ROW("indefinite length",
        "\x82\x80"
        "a.example",
        "a.example", "cannot be read"),
    ROW("length of four bytes",
        "\x82\x84\0\0\0\x09"
        "a.example",
        "a.example", "cannot be read"),
    ROW("length over 2^32",
        "\x82\x88\0\0\0\0\0\0\0\x09"
        "a.example",
        "a.example", "cannot be read"),
    ROW("a good name before a broken one", DNS("\x09", "a.example") "\x82\x7f", "a.example",
        "cannot be read"),
};

static void matching(void)
{
    struct der der;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct certname names;
        certificate(&der, rows[i].names, rows[i].size, 1);
        CHECK(certname_parse(der.bytes, der.size, &names, &fault) == 0, "%s: %s", rows[i].why,
              fault.text);
        int rc = certname_check(&names, rows[i].host, &fault);
        if (!rows[i].sentence)
            CHECK(rc == 0, "%s: %s", rows[i].why, fault.text);
        else
            CHECK(rc < 0 && fault.class == FAULT_TLS && strstr(fault.text, rows[i].sentence),
                  "%s: %d \"%s\"", rows[i].why, rc, fault.text);
    }
}

static void many_names(void)
{
    struct der der;
    char names[3000];
    struct fault fault = {.class = FAULT_NONE};
    struct certname parsed;
    for (int i = 0; i < 100; i++)
        memcpy(names + 30 * i,
               "\x82\x1c"
               "aaaaaaaaaaaaaaaaaaaa.example",
               30);
    certificate(&der, names, sizeof names, 1);
    certname_parse(der.bytes, der.size, &parsed, &fault);
    CHECK(certname_check(&parsed, "a.example", &fault) < 0, "taken");
    CHECK(strstr(fault.text, " more, not for 'a.example'"), "%s", fault.text);
}

static void parsing(void)
{
    struct der der;
    struct certname names;
    struct fault fault = {.class = FAULT_NONE};
    certificate(&der, "", 0, 0);
    CHECK(certname_parse(der.bytes, der.size, &names, &fault) == 0 && !names.alternatives.at,
          "no subjectAltName: %s", fault.text);
    CHECK(certname_check(&names, "S", &fault) < 0, "T1: the common name was taken");
    fault_clear(&fault);
    certificate(&der,
                "\x82\x01"
                "a",
                3, 2);
    CHECK(certname_parse(der.bytes, der.size, &names, &fault) < 0, "two subjectAltNames");
    certificate(&der,
                "\x82\x01"
                "a",
                3, 1);
    for (size_t size = 0; size < der.size; size++) {
        unsigned char *cut = malloc(size + 1);
        if (!cut)
            return;
        memcpy(cut, der.bytes, size);
        fault_clear(&fault);
        int rc = certname_parse(cut, size, &names, &fault);
        CHECK(rc < 0 && strstr(fault.text, "cannot be read"), "cut at %zu", size);
        free(cut);
    }
}

static void alike(void)
{
    const unsigned char a[] = "\x0c\x04Root", b[] = "\x13\x04rOOT", c[] = "\x13\x04Roof";
    struct der_span one = {a, 6}, same = {b, 6}, other = {c, 6}, shorter = {a, 5};
    CHECK(certname_alike(one, same), "case and string type count");
    CHECK(!certname_alike(one, other) && !certname_alike(one, shorter), "others are alike");
}

int main(void)
{
    matching();
    many_names();
    parsing();
    alike();
    CHECK(certname_is_address("::1") && certname_is_address("127.0.0.1"), "addresses");
    CHECK(!certname_is_address("127.1") && !certname_is_address("a.example"), "names");
    return T_DONE();
}
