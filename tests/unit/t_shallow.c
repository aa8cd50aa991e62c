/* SPDX-License-Identifier: MIT */
/* The list of shallow commits, as a server's lines make it. */
#include "repo/shallow.h"

#include "t.h"

static struct oid id_of(char digit)
{
    struct oid oid = {.len = OID_SHA1};
    memset(oid.id, digit, OID_SHA1);
    return oid;
}

/* "+a" a shallow line of a, "-a" an unshallow line, "=a" one that was there before. */
static const struct {
    const char *why, *steps, *sorted;
} rows[] = {
    {"nothing", "", ""},
    {"one", "+a", "a"},
    {"sorted", "+c +a +b", "abc"},
    {"twice", "+a +b +a", "ab"},
    {"beside those that were there", "=b +a =c +b", "abc"},
    {"not shallow any more", "=a =b -a", "b"},
    {"the last one", "=a -a", ""},
    {"in the middle", "=a =b =c -b", "ac"},
    {"all of its copies", "=a =b =a +a -a", "b"},
    {"what never was", "=a -b", "a"},
    {"of nothing", "-a", ""},
    {"and again", "=a -a +a", "a"},
    {"more than it begins with room for",
     "+a +b +c +d +e +f +g +h +i +j +k +l +m +n +o +p +q +r +s +t", "abcdefghijklmnopqrst"},
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct shallow_list list;
        char got[64] = "";
        shallow_open(&list);
        for (const char *at = rows[i].steps; *at; at += at[2] ? 3 : 2) {
            struct oid oid = id_of(at[1]);
            int rc = *at == '=' ? shallow_add(&list, &oid)
                                : list.listener.shallow(&list.listener, &oid, *at == '+');
            CHECK(rc == 0, "%s: %d", rows[i].why, rc);
        }
        shallow_sort(&list);
        for (size_t k = 0; k < list.count; k++)
            got[k] = (char)list.oids[k].id[0];
        CHECK(strcmp(got, rows[i].sorted) == 0, "%s: %s", rows[i].why, got);
        shallow_close(&list);
        CHECK(list.oids == NULL, "not free");
    }
    return T_DONE();
}
