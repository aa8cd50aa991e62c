/* SPDX-License-Identifier: MIT */
/* Name constraints (T5 of the hostile table; RFC 5280, 4.2.1.10), in DER:
 *
 *   NameConstraints SEQUENCE { [0] SEQUENCE OF Subtree ? permitted, [1] SEQUENCE OF Subtree ? }
 *   Subtree         SEQUENCE { base GeneralName, [0] minimum ?, [1] maximum ? }
 *   base            [2] DNS name | [7] address and mask | [4] Name | others
 *
 * A name that an excluded base covers is refused, and one that no permitted base covers when there
 * is a permitted base of its form. Forms without a base are free. Names are those in
 * subjectAltName, the subject, and each email address in the subject.
 *
 * Email addresses, URIs and the rarer forms are not compared: a certificate that has such a name
 * below an authority that limits that form is refused, as the RFC asks of who cannot judge, and
 * all other certificates below it are not touched. So is a minimum or maximum, which RFC 5280
 * forbids. Where two texts can be compared only with tables of Unicode (case beyond ASCII,
 * BMPString), they are taken for the same in what is excluded and for different in what is
 * permitted.
 */
#include "tls/certlimit.h"

#include "proto/bytes.h"
#include "tls/builtin_encoding.h"

#include <string.h>

enum {
    FORM_EMAIL = 0x81,
    FORM_DIRECTORY = 0xa4,
    FORM_URI = 0x86,
    CLASS = 0xc0,       /* the bits of a tag that say whose it is, */
    CONTEXT = 0x80,     /* which in a GeneralName is this, */
    CONSTRUCTED = 0x20, /* and whether elements are in it */
    PERMITTED = 0xa0,
    EXCLUDED = 0xa1,
    SUBTREE_MINIMUM = 0x80,
    SHOWN = 200
};

static const unsigned char email_address[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                              0x0d, 0x01, 0x09, 0x01}; /* 1.2.840.113549.1.9.1 */

struct limit {
    struct der_span permitted, excluded, authority;
    size_t *left;
    struct fault *fault;
};

/* One name that is judged. */
struct name {
    unsigned char form;
    struct der_span text;
};

/* Sentences. */

static int refuse(const struct limit *limit, const char *what, const char *which, const char *why)
{
    char authority[SHOWN];
    builtin_encoding_show(limit->authority, authority, sizeof authority);
    return fault_set(limit->fault, FAULT_TLS, "name constraints: the authority '%s' %s%s%s",
                     authority, what, which, why);
}

static int unreadable(const struct limit *limit)
{
    return refuse(limit, "has some that cannot be read", " (not DER, or with a minimum or maximum)",
                  "");
}

static int unjudged(const struct limit *limit, unsigned char form)
{
    return refuse(limit,
                  "limits names of a kind this program cannot judge, and a certificate below it "
                  "has ",
                  form == FORM_EMAIL ? "an email address"
                  : form == FORM_URI ? "a URI"
                                     : "a name of that kind",
                  "");
}

static int outside(const struct limit *limit, const struct name *name, const char *why)
{
    char shown[SHOWN];
    if (name->form == FORM_DIRECTORY)
        builtin_encoding_show(name->text, shown, sizeof shown);
    else
        certname_show(name->form, name->text, shown, sizeof shown);
    return refuse(limit, "must not certify '", shown, why);
}

/* DNS names. */

static bool ends_with(struct der_span text, struct der_span end)
{
    if (end.size > text.size)
        return false;
    const unsigned char *at = text.at + (text.size - end.size);
    for (size_t i = 0; i < end.size; i++)
        if (bytes_lower((char)at[i]) != bytes_lower((char)end.at[i]))
            return false;
    return true;
}

static struct der_span without_dot(struct der_span name)
{
    if (name.size > 0 && name.at[name.size - 1] == '.')
        name.size--;
    return name;
}

/* "*.example.org" may stand for the very host "a.example.org" that BASE excludes. */
static bool star_reaches(struct der_span base, struct der_span name)
{
    if (name.size < 2 || name.at[0] != '*' || name.at[1] != '.')
        return false;
    const struct der_span tail = {name.at + 1, name.size - 1};
    size_t label = base.size - tail.size;
    return base.size > tail.size && ends_with(base, tail) && !memchr(base.at, '.', label);
}

/* A base covers itself and what has labels in front of it; with a dot at its start, only those. */
static bool dns_covers(struct der_span base, struct der_span name, bool excluded)
{
    base = without_dot(base);
    name = without_dot(name);
    if (base.size == 0 || (excluded && star_reaches(base, name)))
        return true;
    if (!ends_with(name, base))
        return false;
    return name.size == base.size || base.at[0] == '.' || name.at[name.size - base.size - 1] == '.';
}

/* 1, 0, or -1: no address and mask. */
static int address_covers(struct der_span base, struct der_span name)
{
    size_t half = base.size / 2;
    if (base.size != 8 && base.size != 32)
        return -1;
    if (name.size != half)
        return 0;
    for (size_t i = 0; i < half; i++)
        if ((base.at[i] ^ name.at[i]) & base.at[half + i])
            return 0;
    return 1;
}

/* Directory names (7.1): letter case, the kind of string and how many spaces don't count. */

static bool is_text(unsigned char tag)
{
    return tag == DER_UTF8 || (tag >= 0x12 && tag <= 0x14) || tag == 0x16 || tag == 0x1a;
}

static void skip_spaces(struct der_span *text)
{
    while (text->size > 0 && text->at[0] == ' ') {
        text->at++;
        text->size--;
    }
}

/* The next byte as it is compared; -1 at the end. */
static int next_folded(struct der_span *text)
{
    struct der_span rest = *text;
    skip_spaces(&rest);
    if (rest.size == 0)
        return -1;
    bool space = rest.size < text->size;
    *text = space ? rest : (struct der_span){rest.at + 1, rest.size - 1};
    return space ? ' ' : (unsigned char)bytes_lower((char)rest.at[0]);
}

static bool is_ascii(struct der_span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] >= 0x80)
            return false;
    return true;
}

static bool same_text(struct der_span a, struct der_span b)
{
    int byte;
    skip_spaces(&a);
    skip_spaces(&b);
    while ((byte = next_folded(&a)) == next_folded(&b))
        if (byte < 0)
            return true;
    return false;
}

static bool same_bytes(struct der_span a, struct der_span b)
{
    return a.size == b.size && memcmp(a.at, b.at, a.size) == 0;
}

/* Pair = SEQUENCE { OBJECT IDENTIFIER, text }. 1, 0, -1: not DER; DOUBT when nobody knows. */
static int same_pair(struct der_span *a, struct der_span *b, bool doubt)
{
    struct der_span pair[2], oid[2], text[2];
    unsigned char tag[2];
    if (der_expect(a, DER_SEQUENCE, &pair[0]) < 0 || der_expect(b, DER_SEQUENCE, &pair[1]) < 0)
        return -1;
    for (int i = 0; i < 2; i++)
        if (der_expect(&pair[i], DER_OID, &oid[i]) < 0 ||
            der_next(&pair[i], &tag[i], &text[i]) < 0 || pair[i].size != 0)
            return -1;
    if (!same_bytes(oid[0], oid[1]))
        return 0;
    if (tag[0] == tag[1] && same_bytes(text[0], text[1]))
        return 1;
    if (!is_text(tag[0]) || !is_text(tag[1]))
        return doubt;
    return same_text(text[0], text[1]) || (doubt && !is_ascii(text[0]) && !is_ascii(text[1]));
}

/* Sets of pairs, which DER sorts; if that is in doubt, several pairs are the same as several. */
static int same_set(struct der_span a, struct der_span b, bool doubt)
{
    int rc = 1, pairs = 0;
    while (rc == 1 && a.size > 0 && b.size > 0) {
        rc = same_pair(&a, &b, doubt);
        pairs++;
    }
    if (rc < 0)
        return -1;
    bool several = pairs > 1 || (a.size > 0 && b.size > 0);
    if (several && doubt)
        return 1;
    return rc == 1 && a.size == 0 && b.size == 0;
}

/* Name = SEQUENCE OF SET: a base covers what begins with its sets. */
static int directory_covers(struct der_span base, struct der_span name, bool excluded)
{
    struct der_span a, b, in_a, in_b;
    if (der_expect(&base, DER_SEQUENCE, &a) < 0 || base.size != 0 ||
        der_expect(&name, DER_SEQUENCE, &b) < 0 || name.size != 0)
        return -1;
    while (a.size > 0) {
        if (b.size == 0)
            return 0;
        if (der_expect(&a, DER_SET, &in_a) < 0 || der_expect(&b, DER_SET, &in_b) < 0)
            return -1;
        int rc = same_set(in_a, in_b, excluded);
        if (rc != 1)
            return rc;
    }
    return 1;
}

/* Constraints. */

static int covers(const struct limit *limit, const struct name *name, struct der_span base,
                  bool excluded)
{
    int rc;
    switch (name->form) {
    case CERTNAME_DNS:
        return dns_covers(base, name->text, excluded);
    case CERTNAME_ADDRESS:
        rc = address_covers(base, name->text);
        break;
    case FORM_DIRECTORY:
        rc = directory_covers(base, name->text, excluded);
        break;
    default:
        return unjudged(limit, name->form);
    }
    return rc < 0 ? unreadable(limit) : rc;
}

/* SUBTREES = (SEQUENCE { base, minimum? })*
 * *OF_FORM: there is a base of NAME's form; *COVERED: one that covers it. */
static int search(const struct limit *limit, const struct name *name, struct der_span subtrees,
                  bool excluded, bool *of_form, bool *covered)
{
    struct der_span subtree, base, minimum = {NULL, 0};
    unsigned char form;
    *of_form = *covered = false;
    while (subtrees.size > 0) {
        if (*limit->left == 0)
            return refuse(limit, "has too many for the names below it", "", "");
        --*limit->left;
        if (der_expect(&subtrees, DER_SEQUENCE, &subtree) < 0 ||
            der_next(&subtree, &form, &base) < 0 || (form & CLASS) != CONTEXT)
            return unreadable(limit);
        /* The default, which DER leaves out, does no harm when it is written. */
        if (der_expect(&subtree, SUBTREE_MINIMUM, &minimum) == 0 &&
            (minimum.size != 1 || minimum.at[0] != 0))
            return unreadable(limit);
        if (subtree.size != 0)
            return unreadable(limit);
        if ((form | CONSTRUCTED) != (name->form | CONSTRUCTED))
            continue;
        if (form != name->form)
            return unreadable(limit);
        *of_form = true;
        int rc = covers(limit, name, base, excluded);
        if (rc < 0)
            return -1;
        *covered = *covered || rc > 0;
    }
    return 0;
}

static int check_name(const struct limit *limit, unsigned char form, struct der_span text)
{
    const struct name name = {form, text};
    bool of_form, covered;
    if (search(limit, &name, limit->excluded, true, &of_form, &covered) < 0)
        return -1;
    if (covered)
        return outside(limit, &name, "', which is excluded");
    if (search(limit, &name, limit->permitted, false, &of_form, &covered) < 0)
        return -1;
    return of_form && !covered
               ? outside(limit, &name, "', which is not among what it is limited to")
               : 0;
}

static int check_emails(const struct limit *limit, struct der_span subject)
{
    struct der_span names, set, pair, oid, text;
    unsigned char tag;
    if (der_expect(&subject, DER_SEQUENCE, &names) < 0)
        return unreadable(limit);
    while (names.size > 0) {
        if (der_expect(&names, DER_SET, &set) < 0)
            return unreadable(limit);
        while (set.size > 0) {
            if (der_expect(&set, DER_SEQUENCE, &pair) < 0 || der_expect(&pair, DER_OID, &oid) < 0 ||
                der_next(&pair, &tag, &text) < 0)
                return unreadable(limit);
            if (same_bytes(oid, (struct der_span){email_address, sizeof email_address}) &&
                check_name(limit, FORM_EMAIL, text) < 0)
                return -1;
        }
    }
    return 0;
}

/* Takes the list with TAG off IN; none is an empty one. */
static void take_list(struct der_span *in, unsigned char tag, struct der_span *out)
{
    if (der_expect(in, tag, out) < 0)
        *out = (struct der_span){NULL, 0};
}

int certlimit_check(const struct certname *authority, const struct certname *below, size_t *left,
                    struct fault *fault)
{
    enum { EMPTY_NAME = 2 }; /* bytes: the header alone */
    struct limit limit = {.authority = authority->subject, .left = left, .fault = fault};
    struct der_span rest = authority->constraints, list = below->alternatives, name;
    unsigned char form;
    if (!rest.at)
        return 0;
    take_list(&rest, PERMITTED, &limit.permitted);
    take_list(&rest, EXCLUDED, &limit.excluded);
    if (rest.size != 0)
        return unreadable(&limit);
    if (below->subject.size > EMPTY_NAME &&
        (check_name(&limit, FORM_DIRECTORY, below->subject) < 0 ||
         check_emails(&limit, below->subject) < 0))
        return -1;
    while (list.size > 0)
        if (der_next(&list, &form, &name) < 0)
            return fault_set(fault, FAULT_TLS,
                             "the certificate's subjectAltName cannot be read (not DER)");
        else if (check_name(&limit, form, name) < 0)
            return -1;
    return 0;
}
