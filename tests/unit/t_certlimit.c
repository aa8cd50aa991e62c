/* SPDX-License-Identifier: MIT */
/* T5: name constraints, and bytes that are none. */
#include "t.h"
#include "pieces.h"
#include "tls/certlimit.h"

#include <stdlib.h>

/* Bases and names of one kind; LENGTH is that of TEXT, as a string of one byte. */
#define DNS(length, text) "\x82" length text
#define PERMIT(length, bases) "\xa0" length bases
#define EXCLUDE(length, bases) "\xa1" length bases
#define SUB(length, base) "\x30" length base

/* Directory names of one and two parts with O (2.5.4.10) and CN: 14 and 26 bytes. */
#define PART(type, tag, letter) "\x31\x0a\x30\x08\x06\x03\x55\x04" type tag "\x01" letter
#define NAME_1(part) "\x30\x0c" part
#define NAME_2(part, other) "\x30\x18" part other
#define O(letter) PART("\x0a", "\x0c", letter)
#define CN(letter) PART("\x03", "\x13", letter)
#define MAIL                                                               \
    "\x31\x14\x30\x12\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01\x16\x05" \
    "a@b.c"
/* A set of two pairs, in both orders. */
#define PAIR(type, letter) "\x30\x08\x06\x03\x55\x04" type "\x0c\x01" letter
#define BOTH "\x30\x16\x31\x14" PAIR("\x03", "A") PAIR("\x0a", "B")
#define TURNED "\x30\x16\x31\x14" PAIR("\x0a", "B") PAIR("\x03", "A")
#define DIRECTORY_1(name) "\xa4\x0e" name
#define DIRECTORY_2(name) "\xa4\x1a" name
#define DIRECTORY_SET(name) "\xa4\x18" name

#define LIMITED_TO "must not certify"
#define UNREADABLE "cannot be read (not DER, or with a minimum or maximum)"
#define UNJUDGED "limits names of a kind this program cannot judge"

#define IP_10 "\x87\x08\x0a\x00\x00\x00\xff\x00\x00\x00"
#define IP6_DB8                                                              \
    "\x87\x20\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0" \
    "\0\0\0\0\0\0\0\0\0"
#define ADDRESS_6 "\x87\x10\x20\x01\x0d"

static const struct {
    const char *why, *constraints;
    size_t constraints_size;
    const char *subject;
    size_t subject_size;
    const char *names;
    size_t names_size;
    const char *sentence; /* NULL: taken */
} rows[] = {
#define ROW(why, constraints, subject, names, sentence)                                 \
    {                                                                                   \
        why, constraints, sizeof(constraints) - 1, subject, sizeof(subject) - 1, names, \
            sizeof(names) - 1, sentence                                                 \
    }
#define NOBODY "\x30\x00"
    ROW("no list at all", "", NOBODY, DNS("\x03", "a.b"), NULL),
    ROW("empty lists", PERMIT("\x00", "") EXCLUDE("\x00", ""), NOBODY, DNS("\x03", "a.b"), NULL),

    ROW("permitted", PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY, DNS("\x03", "a.b"),
        NULL),
    ROW("letter case", PERMIT("\x07", SUB("\x05", DNS("\x03", "A.b"))), NOBODY, DNS("\x03", "a.B"),
        NULL),
    ROW("below the permitted one", PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x05", "x.a.b"), NULL),
    ROW("a wildcard below it", PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x05", "*.a.b"), NULL),
    ROW("not permitted", PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x03", "a.c"),
        "the authority 'R' must not certify 'a.c', which is not among what it is limited to"),
    ROW("no label boundary", PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x04", "xa.b"), LIMITED_TO),
    ROW("above the permitted one", PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x01", "b"), LIMITED_TO),
    ROW("a wildcard that reaches beside it", PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))),
        NOBODY, DNS("\x03", "*.b"), LIMITED_TO),
    ROW("the second name", PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x03", "a.b") DNS("\x03", "c.d"), "'c.d'"),
    ROW("the second base",
        PERMIT("\x0e", SUB("\x05", DNS("\x03", "c.d")) SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x03", "a.b"), NULL),
    ROW("a dot at the start: what is below", PERMIT("\x08", SUB("\x06", DNS("\x04", ".a.b"))),
        NOBODY, DNS("\x05", "x.a.b"), NULL),
    ROW("and not itself", PERMIT("\x08", SUB("\x06", DNS("\x04", ".a.b"))), NOBODY,
        DNS("\x03", "a.b"), LIMITED_TO),
    ROW("a dot at the end", PERMIT("\x08", SUB("\x06", DNS("\x04", "a.b."))), NOBODY,
        DNS("\x03", "a.b"), NULL),
    ROW("an empty base covers all", PERMIT("\x04", SUB("\x02", DNS("\x00", ""))), NOBODY,
        DNS("\x03", "a.b"), NULL),
    ROW("NUL is a byte as others", PERMIT("\x07", SUB("\x05", DNS("\x03", "a\0b"))), NOBODY,
        DNS("\x01", "a"), LIMITED_TO),
    ROW("other forms are free", PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))), NAME_1(CN("A")),
        "\x87\x04\x0a\x01\x02\x03", NULL),

    ROW("excluded", EXCLUDE("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY, DNS("\x03", "a.b"),
        "must not certify 'a.b', which is excluded"),
    ROW("below the excluded one", EXCLUDE("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x05", "x.A.b"), "excluded"),
    ROW("a dot does not help", EXCLUDE("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x04", "a.b."), "excluded"),
    ROW("beside the excluded one", EXCLUDE("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x03", "c.b"), NULL),
    ROW("a star that stands for it", EXCLUDE("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x03", "*.b"), "excluded"),
    ROW("a star that cannot", EXCLUDE("\x09", SUB("\x07", DNS("\x05", "x.a.b"))), NOBODY,
        DNS("\x03", "*.b"), NULL),
    ROW("all excluded", EXCLUDE("\x04", SUB("\x02", DNS("\x00", ""))), NOBODY, DNS("\x03", "a.b"),
        "excluded"),
    ROW("permitted and excluded",
        PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b")))
            EXCLUDE("\x09", SUB("\x07", DNS("\x05", "x.a.b"))),
        NOBODY, DNS("\x05", "x.a.b"), "excluded"),
    ROW("permitted and not excluded",
        PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b")))
            EXCLUDE("\x09", SUB("\x07", DNS("\x05", "x.a.b"))),
        NOBODY, DNS("\x05", "y.a.b"), NULL),

    ROW("an address inside", PERMIT("\x0c", SUB("\x0a", IP_10)), NOBODY, "\x87\x04\x0a\x01\x02\x03",
        NULL),
    ROW("an address outside", PERMIT("\x0c", SUB("\x0a", IP_10)), NOBODY,
        "\x87\x04\x0b\x01\x02\x03", "'11.1.2.3', which is not among"),
    ROW("an address excluded", EXCLUDE("\x0c", SUB("\x0a", IP_10)), NOBODY,
        "\x87\x04\x0a\x01\x02\x03", "'10.1.2.3', which is excluded"),
    ROW("IPv6 is not in IPv4", PERMIT("\x0c", SUB("\x0a", IP_10)), NOBODY,
        ADDRESS_6 "\xb8\0\0\0\0\0\0\0\0\0\0\0\1", "'2001:db8::1'"),
    ROW("IPv6 inside", PERMIT("\x24", SUB("\x22", IP6_DB8)), NOBODY,
        ADDRESS_6 "\xb8\0\0\0\0\0\0\0\0\0\0\0\1", NULL),
    ROW("IPv6 outside", PERMIT("\x24", SUB("\x22", IP6_DB8)), NOBODY,
        ADDRESS_6 "\xb9\0\0\0\0\0\0\0\0\0\0\0\1", LIMITED_TO),
    ROW("an address of five bytes", PERMIT("\x0c", SUB("\x0a", IP_10)), NOBODY,
        "\x87\x05\x0a\x01\x02\x03\x04", LIMITED_TO),
    ROW("an address without its mask", PERMIT("\x08", SUB("\x06", "\x87\x04\x0a\0\0\0")), NOBODY,
        "\x87\x04\x0a\x01\x02\x03", UNREADABLE),

    ROW("the subject inside", PERMIT("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("A"))))),
        NAME_2(O("A"), CN("B")), DNS("\x03", "a.b"), NULL),
    ROW("the subject outside", PERMIT("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("A"))))),
        NAME_2(O("C"), CN("B")), DNS("\x03", "a.b"), "must not certify 'C, B', which is not among"),
    ROW("no subject", PERMIT("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("A"))))), NOBODY,
        DNS("\x03", "a.b"), NULL),
    ROW("another attribute", PERMIT("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("A"))))),
        NAME_1(CN("A")), DNS("\x03", "a.b"), LIMITED_TO),
    ROW("a shorter subject", PERMIT("\x1e", SUB("\x1c", DIRECTORY_2(NAME_2(O("A"), CN("B"))))),
        NAME_1(O("A")), DNS("\x03", "a.b"), LIMITED_TO),
    ROW("an empty base covers all subjects", PERMIT("\x06", SUB("\x04", "\xa4\x02" NOBODY)),
        NAME_1(O("A")), DNS("\x03", "a.b"), NULL),
    ROW("the subject excluded", EXCLUDE("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("A"))))),
        NAME_2(O("a"), CN("B")), DNS("\x03", "a.b"), "'a, B', which is excluded"),
    ROW("in another kind of string", EXCLUDE("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("A"))))),
        NAME_1(PART("\x0a", "\x13", "A")), DNS("\x03", "a.b"), "excluded"),
    ROW("nobody knows: excluded", EXCLUDE("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("A"))))),
        NAME_1(PART("\x0a", "\x1e", "A")), DNS("\x03", "a.b"), "excluded"),
    ROW("nobody knows: not permitted", PERMIT("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("A"))))),
        NAME_1(PART("\x0a", "\x1e", "A")), DNS("\x03", "a.b"), LIMITED_TO),
    ROW("beyond ASCII: excluded", EXCLUDE("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("\xc4"))))),
        NAME_1(O("\xe4")), DNS("\x03", "a.b"), "excluded"),
    ROW("beyond ASCII: not permitted", PERMIT("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("\xc4"))))),
        NAME_1(O("\xe4")), DNS("\x03", "a.b"), LIMITED_TO),
    ROW("spaces",
        PERMIT("\x15", SUB("\x13", "\xa4\x11\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x0a\x0c\x04"
                                   "a  b")),
        "\x30\x10\x31\x0e\x30\x0c\x06\x03\x55\x04\x0a\x0c\x05"
        " A b ",
        DNS("\x03", "a.b"), NULL),
    ROW("fewer spaces",
        PERMIT("\x15", SUB("\x13", "\xa4\x11\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x0a\x0c\x04"
                                   "a  b")),
        "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x0a\x0c\x02"
        "ab",
        DNS("\x03", "a.b"), LIMITED_TO),
    ROW("two pairs in a set", PERMIT("\x1c", SUB("\x1a", DIRECTORY_SET(BOTH))), BOTH,
        DNS("\x03", "a.b"), NULL),
    ROW("out of order: not permitted", PERMIT("\x1c", SUB("\x1a", DIRECTORY_SET(BOTH))), TURNED,
        DNS("\x03", "a.b"), LIMITED_TO),
    ROW("out of order: excluded", EXCLUDE("\x1c", SUB("\x1a", DIRECTORY_SET(BOTH))), TURNED,
        DNS("\x03", "a.b"), "excluded"),
    ROW("one pair is not two", EXCLUDE("\x1c", SUB("\x1a", DIRECTORY_SET(BOTH))), NAME_1(CN("A")),
        DNS("\x03", "a.b"), NULL),
    ROW("a directory name among the names",
        EXCLUDE("\x12", SUB("\x10", DIRECTORY_1(NAME_1(O("A"))))), NOBODY,
        DIRECTORY_1(NAME_1(O("A"))), "excluded"),

    ROW("a form not judged, not used",
        PERMIT("\x07", SUB("\x05", "\x81\x03"
                                   "b.c")),
        NAME_1(CN("A")), DNS("\x03", "a.b"), NULL),
    ROW("a form not judged: email",
        PERMIT("\x07", SUB("\x05", "\x81\x03"
                                   "b.c")),
        NOBODY,
        DNS("\x03", "a.b") "\x81\x05"
                           "a@b.c",
        UNJUDGED ", and a certificate below it has an email address"),
    ROW("email in the subject",
        EXCLUDE("\x07", SUB("\x05", "\x81\x03"
                                    "b.c")),
        "\x30\x16" MAIL, DNS("\x03", "a.b"),
        UNJUDGED ", and a certificate below it has an email address"),
    ROW("email in the subject, free", EXCLUDE("\x07", SUB("\x05", DNS("\x03", "b.c"))),
        "\x30\x16" MAIL, DNS("\x03", "a.b"), NULL),
    ROW("a form not judged: URI",
        EXCLUDE("\x07", SUB("\x05", "\x86\x03"
                                    "b.c")),
        NOBODY,
        "\x86\x03"
        "x:y",
        UNJUDGED ", and a certificate below it has a URI"),
    ROW("a form not judged: another", EXCLUDE("\x06", SUB("\x04", "\x88\x02\x2a\x03")), NOBODY,
        "\x88\x02\x2a\x03", UNJUDGED ", and a certificate below it has a name of that kind"),

    ROW("neither list", "\xa2\x07" SUB("\x05", DNS("\x03", "a.b")), NOBODY, DNS("\x03", "a.b"),
        UNREADABLE),
    ROW("lists in the wrong order",
        EXCLUDE("\x00", "") PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x03", "a.b"), UNREADABLE),
    ROW("a list that is longer than what there is", PERMIT("\x08", SUB("\x05", DNS("\x03", "a.b"))),
        NOBODY, DNS("\x03", "a.b"), UNREADABLE),
    ROW("a base that is longer than its subtree", PERMIT("\x07", SUB("\x05", DNS("\x04", "a.b"))),
        NOBODY, DNS("\x03", "a.b"), UNREADABLE),
    ROW("no subtree", PERMIT("\x05", DNS("\x03", "a.b")), NOBODY, DNS("\x03", "a.b"), UNREADABLE),
    ROW("an empty subtree", PERMIT("\x02", SUB("\x00", "")), NOBODY, DNS("\x03", "a.b"),
        UNREADABLE),
    ROW("a base that is no GeneralName",
        PERMIT("\x07", SUB("\x05", "\x16\x03"
                                   "a.b")),
        NOBODY, DNS("\x03", "a.b"), UNREADABLE),
    ROW("a DNS name in pieces",
        EXCLUDE("\x07", SUB("\x05", "\xa2\x03"
                                    "a.b")),
        NOBODY, DNS("\x03", "a.b"), UNREADABLE),
    ROW("an indefinite length",
        PERMIT("\x07", SUB("\x05", "\x82\x80"
                                   "a.b")),
        NOBODY, DNS("\x03", "a.b"), UNREADABLE),
    ROW("the minimum that is the default",
        PERMIT("\x0a", SUB("\x08", DNS("\x03", "a.b") "\x80\x01\x00")), NOBODY, DNS("\x03", "a.b"),
        NULL),
    ROW("a minimum", PERMIT("\x0a", SUB("\x08", DNS("\x03", "a.b") "\x80\x01\x01")), NOBODY,
        DNS("\x03", "a.b"), UNREADABLE),
    ROW("a maximum", PERMIT("\x0a", SUB("\x08", DNS("\x03", "a.b") "\x81\x01\x00")), NOBODY,
        DNS("\x03", "a.b"), UNREADABLE),
    ROW("a directory base that is no Name",
        PERMIT("\x07", SUB("\x05", "\xa4\x03"
                                   "a.b")),
        NAME_1(O("A")), DNS("\x03", "a.b"), UNREADABLE),
    ROW("a directory base with more behind it",
        PERMIT("\x08", SUB("\x06", "\xa4\x04" NOBODY NOBODY)), NAME_1(O("A")), DNS("\x03", "a.b"),
        UNREADABLE),
    ROW("a set without a pair in it",
        PERMIT("\x0a", SUB("\x08", "\xa4\x06\x30\x04\x31\x02\x05\x00")), NAME_1(O("A")),
        DNS("\x03", "a.b"), UNREADABLE),
    ROW("names cut short", PERMIT("\x07", SUB("\x05", DNS("\x03", "a.b"))), NOBODY,
        DNS("\x04", "a.b"), "subjectAltName cannot be read"),
    ROW("a subject that is no Name", EXCLUDE("\x07", SUB("\x05", DNS("\x03", "b.c"))), "\x31\x01x",
        DNS("\x03", "a.b"), UNREADABLE),
};

static const char authority_name[] = "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01R";

static struct der_span guarded(const void *bytes, size_t size)
{
    return (struct der_span){pieces_guard(bytes, size), size};
}

static struct certname authority_with(struct der_span constraints)
{
    struct certname authority = {.constraints = constraints};
    authority.subject = authority.issuer =
        (struct der_span){(const unsigned char *)authority_name, sizeof authority_name - 1};
    return authority;
}

/* Each part ends where memory does, in turn. */
static void judging(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int part = 0; part < 3; part++) {
            struct der_span spans[3] = {
                {(const unsigned char *)rows[i].constraints, rows[i].constraints_size},
                {(const unsigned char *)rows[i].subject, rows[i].subject_size},
                {(const unsigned char *)rows[i].names, rows[i].names_size}};
            struct fault fault = {.class = FAULT_NONE};
            size_t left = CERTLIMIT_COMPARISONS;
            spans[part] = guarded(spans[part].at, spans[part].size);
            struct certname authority = authority_with(spans[0]);
            struct certname below = {.subject = spans[1], .alternatives = spans[2]};
            int rc = certlimit_check(&authority, &below, &left, &fault);
            if (!rows[i].sentence)
                CHECK(rc == 0, "%s: %s", rows[i].why, fault.text);
            else
                CHECK(rc < 0 && fault.class == FAULT_TLS && strstr(fault.text, rows[i].sentence),
                      "%s: %d \"%s\"", rows[i].why, rc, fault.text);
        }
}

/* Every row cut at every byte, and with every bit of it turned: an answer, and nothing else. */
static void damage(void)
{
    unsigned char bytes[256];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct certname below = {
            .subject = {(const unsigned char *)rows[i].subject, rows[i].subject_size},
            .alternatives = {(const unsigned char *)rows[i].names, rows[i].names_size}};
        size_t size = rows[i].constraints_size, done = 0;
        for (size_t bit = 0; bit < 8 * size; bit++) {
            struct fault fault = {.class = FAULT_NONE};
            size_t left = CERTLIMIT_COMPARISONS;
            memcpy(bytes, rows[i].constraints, size);
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            struct certname changed = authority_with(guarded(bytes, size));
            int rc = certlimit_check(&changed, &below, &left, &fault);
            done += (rc == 0) == (fault.class == FAULT_NONE);
            fault_clear(&fault);
            struct certname cut = authority_with(guarded(rows[i].constraints, bit / 8));
            rc = certlimit_check(&cut, &below, &left, &fault);
            done += (rc == 0) == (fault.class == FAULT_NONE);
        }
        CHECK(done == 16 * size, "%s: %zu of %zu", rows[i].why, done, 16 * size);
    }
}

/* Ten thousand names below ten thousand bases. */
static void too_many(void)
{
    enum { COUNT = 10000, BASE = 7, NAME = 5 };
    unsigned char *bases = malloc(COUNT * BASE + 5), *names = malloc(COUNT * NAME);
    struct fault fault = {.class = FAULT_NONE};
    size_t left = CERTLIMIT_COMPARISONS, list = COUNT * BASE;
    if (!bases || !names)
        exit(1);
    memcpy(bases, "\xa1\x83", 2);
    for (int i = 0; i < 3; i++)
        bases[2 + i] = (unsigned char)(list >> (16 - 8 * i));
    for (size_t i = 0; i < COUNT; i++) {
        memcpy(bases + 5 + BASE * i,
               "\x30\x05\x82\x03"
               "a.b",
               BASE);
        memcpy(names + NAME * i,
               "\x82\x03"
               "c.d",
               NAME);
    }
    struct certname authority = authority_with((struct der_span){bases, list + 5});
    struct certname below = {.subject = {(const unsigned char *)NOBODY, 2},
                             .alternatives = {names, COUNT * NAME}};
    CHECK(certlimit_check(&authority, &below, &left, &fault) < 0 && left == 0, "%zu left", left);
    CHECK(strstr(fault.text, "'R' has too many for the names below it"), "%s", fault.text);
    free(bases);
    free(names);
}

int main(void)
{
    struct fault fault = {.class = FAULT_NONE};
    size_t left = 0;
    struct certname authority = authority_with((struct der_span){NULL, 0});
    CHECK(certlimit_check(&authority, &authority, &left, &fault) == 0, "no constraints");
    judging();
    damage();
    too_many();
    return T_DONE();
}
