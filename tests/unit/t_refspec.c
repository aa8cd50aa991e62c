/* SPDX-License-Identifier: MIT */
/* Refspecs: what git fetch refuses is refused; what short names mean; where names go and come from.
 */
#include "client/refspec.h"

#include "scratch.h"

static struct fault fault;

#define ID "0123456789012345678901234567890123456789"

/* As "force excludes pattern is_id source destination"; NULL: refused. */
static const struct {
    const char *why, *text, *parsed;
} rows[] = {
    {"nothing", "", "---- HEAD "},
    {"HEAD", "HEAD", "---- HEAD "},
    {"HEAD's other name", "@", "---- HEAD "},
    {"HEAD's other name, with a destination", "@:refs/x/y", "---- HEAD refs/x/y"},
    {"a negative HEAD", "^@", "-e-- HEAD "},
    {"@ in a name", "a@b", "---- a@b "},
    {"a short name", "main", "---- main "},
    {"a full name", "refs/heads/main", "---- refs/heads/main "},
    {"a forced one", "+main", "f--- main "},
    {"a forced HEAD", "+", "f--- HEAD "},
    {"forced twice", "++main", "f--- +main "},
    {"a short destination", "main:here", "---- main refs/heads/here"},
    {"a destination in heads", "main:heads/here", "---- main refs/heads/here"},
    {"a destination in tags", "main:tags/here", "---- main refs/tags/here"},
    {"a destination in remotes", "main:remotes/o/m", "---- main refs/remotes/o/m"},
    {"a destination in notes", "main:notes/m", "---- main refs/heads/notes/m"},
    {"a full destination", "main:refs/x/y", "---- main refs/x/y"},
    {"an empty destination", "main:", "---- main "},
    {"an empty source", ":here", "---- HEAD refs/heads/here"},
    {"both empty", ":", "---- HEAD "},
    {"both empty, forced", "+:", "f--- HEAD "},
    {"two colons", "a:b:c", NULL},
    {"a pattern", "refs/heads/*:refs/remotes/o/*", "--p- refs/heads/* refs/remotes/o/*"},
    {"a forced pattern", "+refs/heads/*:refs/remotes/o/*", "f-p- refs/heads/* refs/remotes/o/*"},
    {"a star within a part", "refs/heads/v*-x:refs/x/a*b", "--p- refs/heads/v*-x refs/x/a*b"},
    {"a star in the middle", "refs/*/main:refs/x/*/y", "--p- refs/*/main refs/x/*/y"},
    {"all", "*:refs/x/*", "--p- * refs/x/*"},
    {"a star on the left alone", "refs/heads/*:refs/x/y", NULL},
    {"a star on the right alone", "refs/heads/main:refs/x/*", NULL},
    {"a star and no destination", "refs/heads/*", NULL},
    {"a star and an empty destination", "refs/heads/*:", NULL},
    {"an empty source and a star", ":refs/x/*", NULL},
    {"two stars on the left", "refs/*/*:refs/x/*", NULL},
    {"two stars on the right", "refs/*:refs/*/*", NULL},
    {"two stars on both sides", "refs/*/*:refs/x/*/*", NULL},
    {"a negative one", "^refs/heads/x", "-e-- refs/heads/x "},
    {"a negative short one", "^x", "-e-- x "},
    {"a negative pattern", "^refs/heads/x*", "-ep- refs/heads/x* "},
    {"a negative one of two stars", "^refs/*/x*", NULL},
    {"a negative one with a destination", "^refs/heads/x:refs/x/y", NULL},
    {"a negative one with an empty destination", "^refs/heads/x:", NULL},
    {"a negative nothing", "^", NULL},
    {"a negative id", "^" ID, NULL},
    {"negative and forced", "^+x", "-e-- +x "},
    {"forced and negative", "+^x", NULL},
    {"an id", ID, "---i " ID " "},
    {"an id and a destination", ID ":here", "---i " ID " refs/heads/here"},
    {"a forced id", "+" ID ":here", "f--i " ID " refs/heads/here"},
    {"a digit less than an id", "0123456", "---- 0123456 "},
    {"a digit more", ID "0", "---- " ID "0 "},
    {"R3: ..", "a..b", NULL},
    {"R3: .. in the destination", "a:refs/../b", NULL},
    {"R3: a lock", "refs/heads/a.lock", NULL},
    {"R3: a dot first", "refs/heads/.a", NULL},
    {"R3: a slash first", "/a", NULL},
    {"R3: a slash last", "refs/heads/", NULL},
    {"R3: two slashes", "refs//a", NULL},
    {"R3: a dot last", "a.", NULL},
    {"R3: @{", "a@{1}", NULL},
    {"R3: a blank", "a b", NULL},
    {"R3: a tilde", "a~1", NULL},
    {"R3: a caret", "a^", NULL},
    {"R3: ?", "a?", NULL},
    {"R3: [", "a[b", NULL},
    {"R3: a backslash", "a\\b", NULL},
    {"R3: a control", "a\001b", NULL},
    {"R3: LF", "a\n", NULL},
    {"R3: DEL", "a\177", NULL},
    {"R3: a destination with a blank", "a:b c", NULL},
    {"R3: a destination's lock", "a:b.lock", NULL},
    {"R3: a pattern's lock", "refs/heads/*:refs/x/*.lock", NULL},
    {"bytes above 127", "\xc3\xa4:\xc3\xb6", "---- \xc3\xa4 refs/heads/\xc3\xb6"},
};

static void parsing(void)
{
    char spec[2 * REFS_NAME_MAX], got[1024];
    CHECK(system("git init -q -b main .") == 0, "git");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct refspec parsed;
        fault_clear(&fault);
        int rc = refspec_parse(rows[i].text, &parsed, &fault);
        got[0] = '\0';
        if (rc == 0)
            snprintf(got, sizeof got, "%c%c%c%c %.400s %.400s", parsed.force ? 'f' : '-',
                     parsed.excludes ? 'e' : '-', parsed.pattern ? 'p' : '-',
                     parsed.is_id ? 'i' : '-', parsed.source, parsed.destination);
        CHECK(strcmp(got, rows[i].parsed ? rows[i].parsed : "") == 0, "%s: '%s'", rows[i].why, got);
        CHECK(rc == 0 || (fault.class == FAULT_USAGE && strstr(fault.text, "invalid refspec")),
              "%s: %s", rows[i].why, fault.text);
        setenv("SPEC", rows[i].text, 1);
        bool refused = *shell("git fetch . \"$SPEC\" 2>&1 | grep 'invalid refspec'") != '\0';
        CHECK(refused == (rc < 0), "%s: %d, git refuses: %d", rows[i].why, rc, refused);
    }
    /* A pattern's destination is a full name: git ignores all that goes elsewhere. */
    struct refspec parsed;
    CHECK(refspec_parse("refs/heads/*:x/*", &parsed, &fault) < 0, "taken");
    CHECK_TEXT(shell("git -c user.name=T -c user.email=t@example.org commit -q --allow-empty -m 1; "
                     "git fetch . 'refs/heads/*:x/*' 2>&1"),
               "error: * Ignoring funny ref 'x/main' locally");
    /* No longer than there is room for. */
    for (size_t length = REFS_NAME_MAX - 2; length <= REFS_NAME_MAX + 1; length++) {
        memset(spec, 'x', length);
        spec[length] = '\0';
        CHECK((refspec_parse(spec, &parsed, &fault) == 0) == (length < REFS_NAME_MAX),
              "a source of %zu", length);
        memcpy(spec, "a:refs/", 7);
        CHECK((refspec_parse(spec, &parsed, &fault) == 0) == (length - 2 < REFS_NAME_MAX),
              "a destination of %zu", length - 2);
    }
}

static struct refspec make(const char *text)
{
    struct refspec spec = {.force = false};
    fault_clear(&fault);
    CHECK(refspec_parse(text, &spec, &fault) == 0, "%s: %s", text, fault.text);
    return spec;
}

static void matching(void)
{
    static const struct {
        const char *spec, *name;
        int way;
    } ways[] = {
        {"x", "x", 1},
        {"x", "refs/x", 2},
        {"x", "refs/tags/x", 3},
        {"x", "refs/heads/x", 4},
        {"x", "refs/remotes/x", 5},
        {"x", "refs/remotes/x/HEAD", 6},
        {"x", "refs/notes/x", 0},
        {"x", "refs/heads/y/x", 0},
        {"x", "refs/heads/xx", 0},
        {"heads/x", "refs/heads/x", 2},
        {"refs/heads/x", "refs/heads/x", 1},
        {"refs/heads/x", "refs/heads/refs/heads/x", 4},
        {"o/m", "refs/remotes/o/m", 5},
        {"HEAD", "HEAD", 1},
        {"HEAD", "refs/heads/HEAD", 4},
        {"refs/heads/*:refs/x/*", "refs/heads/a", 1},
        {"refs/heads/*:refs/x/*", "refs/heads/a/b", 1},
        {"refs/heads/*:refs/x/*", "refs/tags/a", 0},
        {"refs/heads/*:refs/x/*", "refs/heads", 0},
        {"refs/heads/a*z:refs/x/*", "refs/heads/az", 1},
        {"refs/heads/a*z:refs/x/*", "refs/heads/a", 0},
        {"refs/heads/a*a:refs/x/*", "refs/heads/a", 0},
        {"^refs/heads/x", "refs/heads/x", 1},
        {"^refs/heads/x*", "refs/heads/xy", 1},
        {"^x", "refs/heads/x", 0}, /* negative ones are full names, or mean nothing */
        {"^heads/x", "refs/heads/x", 0},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct refspec spec = make(ways[i].spec);
        int way = refspec_matches(&spec, ways[i].name);
        CHECK(way == ways[i].way, "%s, %s: %d", ways[i].spec, ways[i].name, way);
    }
}

static void mapping(void)
{
    static const struct {
        const char *spec, *there, *here; /* "": nowhere */
    } maps[] = {
        {"refs/heads/*:refs/remotes/o/*", "refs/heads/a/b", "refs/remotes/o/a/b"},
        {"refs/heads/*-x:refs/a/y*", "refs/heads/1-x", "refs/a/y1"},
        {"refs/*/main:refs/x/*/y", "refs/a/b/main", "refs/x/a/b/y"},
        {"refs/heads/a*:refs/x/b*", "refs/heads/a", "refs/x/b"},
        {"refs/heads/main:refs/x/y", "refs/heads/main", "refs/x/y"},
        {"refs/heads/main", "refs/heads/main", ""},
        {"*:refs/x/*", "HEAD", "refs/x/HEAD"},
    };
    char out[REFS_NAME_MAX], name[REFS_NAME_MAX];
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        struct refspec spec = make(maps[i].spec);
        CHECK(refspec_map(&spec, maps[i].there, out) == 0, "%s", maps[i].spec);
        CHECK_TEXT(out, maps[i].here);
        bool back = refspec_source(&spec, maps[i].here, out);
        CHECK(back == (maps[i].here[0] != '\0') && (!back || strcmp(out, maps[i].there) == 0),
              "%s back: %s", maps[i].spec, back ? out : "none");
        CHECK(!refspec_source(&spec, "refs/other", out), "%s back", maps[i].spec);
    }
    struct refspec negative = make("^refs/heads/*"), longer = make("refs/h/*:refs/remotes/o/*");
    CHECK(!refspec_source(&negative, "refs/heads/x", out), "a negative one has no source");
    memset(name, 'x', sizeof name - 1);
    memcpy(name, "refs/h/", 7);
    name[sizeof name - 1] = '\0';
    CHECK(refspec_map(&longer, name, out) < 0, "too long");
    name[sizeof name - 9] = '\0';
    CHECK(refspec_map(&longer, name, out) == 0 && strlen(out) == sizeof out - 1, "as long");
}

int main(void)
{
    scratch_open();
    setenv("LC_ALL", "C", 1);
    parsing();
    matching();
    mapping();
    scratch_close();
    return T_DONE();
}
