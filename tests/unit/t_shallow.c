/* SPDX-License-Identifier: MIT */
/* The list of shallow commits, as a server's lines make it, and its file. */
#include "repo/shallow.h"

#include "scratch.h"
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

static struct fault fault;

static void written(size_t oid_len, const char *digits, const char *text)
{
    struct shallow_list list, again;
    shallow_open(&list);
    shallow_open(&again);
    for (; *digits; digits++) {
        struct oid oid = {.len = (unsigned char)oid_len};
        memset(oid.id, *digits, oid_len);
        shallow_add(&list, &oid);
    }
    fault_clear(&fault);
    CHECK(shallow_write(AT_FDCWD, &list, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(file_text("shallow"), text);
    CHECK(shallow_read(AT_FDCWD, oid_len, &again, &fault) == 0, "%s", fault.text);
    CHECK(again.count == list.count &&
              memcmp(again.oids, list.oids, list.count * sizeof *list.oids) == 0,
          "read back: %zu", again.count);
    shallow_close(&list);
    shallow_close(&again);
}

static void file(void)
{
    static const struct {
        const char *why, *text, *sentence;
    } bad[] = {
        {"K9: no LF", "6161616161616161616161616161616161616161", "line 1"},
        {"K9: an empty line", "6161616161616161616161616161616161616161\n\n", "line 2"},
        {"K9: an id of the other kind",
         "abababababababababababababababababababababababababababababababab\n", "line 1"},
        {"K9: words", "main\n", "line 1"},
    };
    struct shallow_list list;
    written(OID_SHA1, "ab",
            "6161616161616161616161616161616161616161\n"
            "6262626262626262626262626262626262626262\n");
    written(OID_SHA256, "a", "6161616161616161616161616161616161616161616161616161616161616161\n");
    struct repo_lock lock;
    repo_lock_open(&lock, AT_FDCWD);
    shallow_open(&list);
    CHECK(shallow_replace(&lock, AT_FDCWD, &list, true, &fault) == 0 && !is_there("shallow"), "%s",
          fault.text);
    CHECK(!is_there("shallow.lock"), "the lock stays");
    repo_lock_close(&lock);
    CHECK(shallow_read(AT_FDCWD, OID_SHA1, &list, &fault) == 0 && list.count == 0, "no file");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        file_make("shallow", bad[i].text);
        fault_clear(&fault);
        CHECK(shallow_read(AT_FDCWD, OID_SHA1, &list, &fault) < 0 && fault.class == FAULT_LOCAL &&
                  strstr(fault.text, bad[i].sentence),
              "%s: %s", bad[i].why, fault.text);
    }
    shallow_close(&list);
}

int main(void)
{
    scratch_open();
    file();
    scratch_close();
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
