/* SPDX-License-Identifier: MIT */
#include "repo/refdb.h"

#include "scratch.h"

static struct fault fault;

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEADER "# pack-refs with: peeled fully-peeled sorted \n"

static struct oid id(const char *hex)
{
    struct oid oid = {.len = 0};
    oid_parse(hex, strlen(hex), &oid);
    return oid;
}

struct seen {
    char text[2048];
    int stop; /* after so many */
};

static int see(void *context, const struct refdb_entry *entry)
{
    struct seen *seen = context;
    char hex[OID_HEX], peeled[OID_HEX] = "";
    size_t used = strlen(seen->text);
    if (entry->peeled)
        oid_hex(entry->peeled, peeled);
    snprintf(seen->text + used, sizeof seen->text - used, "%s=%.4s^%.4s ", entry->name,
             oid_hex(entry->oid, hex), peeled);
    return seen->stop > 0 && --seen->stop == 0;
}

/* The text in memory of exactly its size, so that a read behind it is found. */
static int read_text(const char *text, size_t size, struct seen *seen)
{
    char *copy = malloc(size + !size);
    memcpy(copy, text, size);
    fault_clear(&fault);
    int rc = refdb_read_packed(copy, size, see, seen, &fault);
    free(copy);
    return rc;
}

static void reading(void)
{
    static const struct {
        const char *why, *text, *seen;
    } rows[] = {
        {"nothing", "", ""},
        {"only the header", HEADER, ""},
        {"no header, as old git wrote it", A " refs/heads/m\n", "refs/heads/m=aaaa^ "},
        {"a tag with what it points to", HEADER A " refs/heads/m\n" B " refs/tags/t\n^" A "\n",
         "refs/heads/m=aaaa^ refs/tags/t=bbbb^aaaa "},
        {"SHA-256", LONG " refs/heads/m\n", "refs/heads/m=aaaa^ "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct seen seen = {"", 0};
        CHECK(read_text(rows[i].text, strlen(rows[i].text), &seen) == 0, "%s: %s", rows[i].why,
              fault.text);
        CHECK_TEXT(seen.text, rows[i].seen);
    }
    struct seen seen = {"", 1};
    CHECK(read_text(rows[3].text, strlen(rows[3].text), &seen) < 0, "went on");
    CHECK_TEXT(seen.text, "refs/heads/m=aaaa^ ");
}

static void damaged(void)
{
    static const struct {
        const char *why, *text;
        size_t size;
        const char *sentence;
    } rows[] = {
#define ROW(why, text, sentence) {"K9: " why, text, sizeof text - 1, "packed-refs: line " sentence}
        ROW("cut", A " refs/heads/m", "1: is not ended"),
        ROW("an empty line", HEADER "\n", "2: an empty line or a NUL"),
        ROW("NUL", HEADER A " refs/heads/\0m\n", "2: an empty line or a NUL"),
        ROW("a comment later", HEADER "# x\n", "2: a comment behind the first line"),
        ROW("'^' first", "^" A "\n", "1: '^' without an id, or without a reference before it"),
        ROW("'^' twice", A " refs/tags/t\n^" B "\n^" B "\n", "3: '^' without"),
        ROW("'^' of no id", A " refs/tags/t\n^123\n", "2: '^' without an id"),
        ROW("'^' of an id of another length", A " refs/tags/t\n^" LONG "\n",
            "2: '^' of another length"),
        ROW("a short id", "aaaa refs/heads/m\n", "1: no id"),
        ROW("a long id", A "a refs/heads/m\n", "1: no id"),
        ROW("no id", " refs/heads/m\n", "1: no id"),
        ROW("upper case", "AAAA" A " refs/heads/m\n", "1: no id"),
        ROW("a tab", A "\trefs/heads/m\n", "1: no id"),
        ROW("only an id", A "\n", "1: no id"),
        ROW("ids of two lengths", A " refs/heads/a\n" LONG " refs/heads/b\n",
            "2: an id of another length"),
        ROW("no name", A " \n", "1: an invalid reference name"),
        ROW("R3: ..", A " refs/heads/../../config\n", "1: an invalid reference name"),
        ROW("R3: a lock", A " refs/heads/m.lock\n", "1: an invalid reference name"),
        ROW("R3: ESC", A " refs/heads/\033m\n", "1: an invalid reference name"),
        ROW("CR", A " refs/heads/m\r\n", "1: an invalid reference name"),
        ROW("twice", HEADER A " refs/heads/m\n" B " refs/heads/m\n", "3: not sorted"),
        ROW("not sorted", HEADER A " refs/heads/m\n" B " refs/heads/a\n", "3: not sorted"),
#undef ROW
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct seen seen = {"", 0};
        CHECK(read_text(rows[i].text, rows[i].size, &seen) < 0, "%s: taken", rows[i].why);
        CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].sentence), "%s: %s",
              rows[i].why, fault.text);
    }
}

/* Cut anywhere but behind a line, it is refused. */
static void cuts(void)
{
    static const char text[] = HEADER A " refs/heads/m\n" B " refs/tags/t\n^" A "\n";
    for (size_t size = 1; size < sizeof text - 1; size++) {
        struct seen seen = {"", 0};
        int rc = read_text(text, size, &seen);
        CHECK((rc == 0) == (text[size - 1] == '\n'), "cut at %zu: %d", size, rc);
    }
}

static void packed(void)
{
    const struct oid a = id(A), b = id(B);
    struct refdb_entry entries[] = {
        {"refs/tags/", "t", &b, &a},
        {"refs/heads/", "m-x", &a, NULL},
        {"", "refs/heads/a", &b, NULL},
    };
    struct seen seen = {"", 0};
    fault_clear(&fault);
    CHECK(refdb_write_packed(AT_FDCWD, entries, 3, true, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(file_text("packed-refs"),
               HEADER B " refs/heads/a\n" A " refs/heads/m-x\n" B " refs/tags/t\n^" A "\n");
    CHECK(read_text(file_text("packed-refs"), strlen(file_text("packed-refs")), &seen) == 0, "%s",
          fault.text);
    CHECK_TEXT(seen.text, "refs/heads/a=bbbb^ refs/heads/m-x=aaaa^ refs/tags/t=bbbb^aaaa ");
    CHECK(unlink("packed-refs") == 0 && refdb_write_packed(AT_FDCWD, NULL, 0, true, &fault) == 0 &&
              !is_there("packed-refs"),
          "no references, no file");
}

static void conflicts(void)
{
    static const struct {
        const char *why, *names[3], *sentence;
    } rows[] = {
        {"R2: one twice", {"refs/heads/m", "refs/heads/a", "refs/heads/m"}, "occurs twice"},
        {"R2: m and m/x", {"refs/heads/m", "refs/heads/a", "refs/heads/m/x"}, "cannot both exist"},
        {"R2: m-x between",
         {"refs/heads/m/x", "refs/heads/m-x", "refs/heads/m"},
         "cannot both exist"},
        {"R2: m and m/x/y",
         {"refs/heads/m/x/y", "refs/heads/z", "refs/heads/m"},
         "cannot both exist"},
        {"R3: ..", {"refs/heads/m", "refs/heads/a", "refs/../x"}, "is not a valid reference name"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct oid a = id(A);
        struct refdb_entry entries[3];
        for (int k = 0; k < 3; k++)
            entries[k] = (struct refdb_entry){
                k ? "" : "refs/", rows[i].names[k] + (k ? 0 : strlen("refs/")), &a, NULL};
        fault_clear(&fault);
        CHECK(refdb_write_packed(AT_FDCWD, entries, 3, false, &fault) < 0, "%s: written",
              rows[i].why);
        CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].sentence), "%s: %s",
              rows[i].why, fault.text);
        CHECK(!is_there("packed-refs") && !is_there("packed-refs.lock"), "%s: a file stays",
              rows[i].why);
    }
}

static void loose(void)
{
    const struct oid a = id(A);
    fault_clear(&fault);
    CHECK(refdb_write_loose(AT_FDCWD, "refs/heads/deep/er", &a, true, &fault) == 0, "%s",
          fault.text);
    CHECK_TEXT(file_text("refs/heads/deep/er"), A "\n");
    CHECK(refdb_write_symbolic(AT_FDCWD, "HEAD", "refs/heads/deep/er", true, &fault) == 0, "%s",
          fault.text);
    CHECK_TEXT(file_text("HEAD"), "ref: refs/heads/deep/er\n");
    CHECK(refdb_write_detached(AT_FDCWD, &a, true, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(file_text("HEAD"), A "\n");
    static const char *const bad[] = {"../x", "refs/heads/../../x", "refs/heads/x.lock", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fault_clear(&fault);
        CHECK(refdb_write_loose(AT_FDCWD, bad[i], &a, false, &fault) < 0, "R3: '%s'", bad[i]);
        CHECK(strstr(fault.text, "is not a valid reference name") != NULL, "%s", fault.text);
        fault_clear(&fault);
        CHECK(refdb_write_symbolic(AT_FDCWD, "HEAD", bad[i], false, &fault) < 0, "R3: '%s'",
              bad[i]);
        fault_clear(&fault);
        CHECK(refdb_write_symbolic(AT_FDCWD, bad[i], "refs/heads/m", false, &fault) < 0, "R3: '%s'",
              bad[i]);
    }
    CHECK_TEXT(file_text("HEAD"), A "\n");
    fault_clear(&fault);
    CHECK(refdb_write_loose(AT_FDCWD, "refs/heads/deep", &a, false, &fault) < 0 &&
              fault.class == FAULT_LOCAL,
          "R2: over a directory: %s", fault.text);
    fault_clear(&fault);
    CHECK(refdb_write_loose(AT_FDCWD, "refs/heads/deep/er/x", &a, false, &fault) < 0 &&
              fault.class == FAULT_LOCAL,
          "R2: below a file: %s", fault.text);
}

static void logs(void)
{
    struct oid null = {.len = 20}, a = id(A);
    fault_clear(&fault);
    CHECK(refdb_log(AT_FDCWD, "refs/heads/m", &null, &a, "T <t@example.org>",
                    "clone: from https://h/r\n\033", &fault) == 0,
          "%s", fault.text);
    const char *text = file_text("logs/refs/heads/m"), *rest;
    static const char begin[] = "0000000000000000000000000000000000000000 " A " T <t@example.org> ";
    CHECK(strncmp(text, begin, sizeof begin - 1) == 0, "%s", text);
    rest = strstr(text, " +0000\t");
    CHECK(rest && strcmp(rest, " +0000\tclone: from https://h/r  \n") == 0, "%s", text);
}

int main(void)
{
    scratch_open();
    reading();
    damaged();
    cuts();
    packed();
    conflicts();
    loose();
    logs();
    scratch_close();
    return T_DONE();
}
