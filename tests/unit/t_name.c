/* SPDX-License-Identifier: MIT */
/* Names that no working tree may contain: P1, P2, P3, P6, P7 of the hostile table. git's own fsck
 * and verify_path() are the model. */
#include "pieces.h"
#include "proto/object.h"
#include "t.h"

/* git's sentences for names: what is refused, and when (a symlink only?). */
static const struct {
    const char *why, *name;
    const char *refused, *as_symlink; /* part of the reason, or NULL */
} name_rows[] = {
    {"P1", ".git", "'.git'", "'.git'"},
    {"P1: case", ".GiT", "'.git'", "'.git'"},
    {"P1: short name", "git~1", "'.git'", "'.git'"},
    {"P1: short name, case", "GIT~1", "'.git'", "'.git'"},
    {"P1: short name and space", "git~1 ", "'.git'", "'.git'"},
    {"P1: space", ".git ", "'.git'", "'.git'"},
    {"P1: dot", ".git.", "'.git'", "'.git'"},
    {"P1: dots and spaces", ".git . . ...", "'.git'", "'.git'"},
    {"P1: stream", ".git:x", "'.git'", "'.git'"},
    {"P1: stream", ".git::$INDEX_ALLOCATION", "'.git'", "'.git'"},
    {"P1: stream of the short name", "git~1::$INDEX_ALLOCATION", "'.git'", "'.git'"},
    {"P1: stream behind a space", ".git :x", "'.git'", "'.git'"},
    {"P1: HFS+, first", "\xe2\x80\x8c.git", "'.git'", "'.git'"},
    {"P1: HFS+, inside", ".g\xe2\x80\x8cit", "'.git'", "'.git'"},
    {"P1: HFS+, inside, case", ".G\xe2\x80\x8cIt", "'.git'", "'.git'"},
    {"P1: HFS+, last", ".git\xef\xbb\xbf", "'.git'", "'.git'"},
    {"P1: HFS+, many", "\xe2\x80\xaa.\xe2\x81\xaag\xe2\x81\xaf\xe2\x80\xaei\xe2\x80\x8ft", "'.git'",
     "'.git'"},
    {"P1: backslash", "a\\.git", "'.git'", "'.git'"},
    {"P1: before a backslash", ".git\\config", "'.git'", "'.git'"},
    {"P1: between backslashes", "\\.GIT.\\x", "'.git'", "'.git'"},
    {"P1: short name after a backslash", "a\\git~1", "'.git'", "'.git'"},
    {"P1: HFS+ after a backslash", "a\\.g\xe2\x80\x8cit", "'.git'", "'.git'"},
    {"P1: not it", ".gitx", NULL, NULL},
    {"P1: not it", ".gi", NULL, NULL},
    {"P1: not it", ".git x", NULL, NULL},
    {"P1: not it", "git", NULL, NULL},
    {"P1: not it", "git~2", NULL, NULL},
    {"P1: not it", "git~10", NULL, NULL},
    {"P1: not it", "x.git", NULL, NULL},
    {"P1: not it", ".github", NULL, NULL},
    {"P1: another code point", ".g\xe2\x80\x90it", NULL, NULL},
    {"P1: cut code point", ".git\xe2\x80", NULL, NULL},
    {"P2", ".", "'.' or '..'", "'.' or '..'"},
    {"P2", "..", "'.' or '..'", "'.' or '..'"},
    {"P2", "", "an empty name", "an empty name"},
    {"P2", "a/b", "a slash", "a slash"},
    {"P2", "/", "a slash", "a slash"},
    {"P2: not it", "...", NULL, NULL},
    {"P3", "a\\b", NULL, NULL},
    {"P3", "\\", NULL, NULL},
    {"P3", "C:", NULL, NULL},
    {"P3", "CON", NULL, NULL},
    {"P3", "AUX", NULL, NULL},
    {"P15", "a\033[31m\n", NULL, NULL},
    {"P6", ".gitmodules", NULL, "'.gitmodules'"},
    {"P6: case", ".GitModules", NULL, "'.gitmodules'"},
    {"P6: NTFS", ".gitmodules .", NULL, "'.gitmodules'"},
    {"P6: NTFS stream", ".gitmodules:x", NULL, "'.gitmodules'"},
    {"P6: HFS+", ".gitmod\xe2\x80\x8dules", NULL, "'.gitmodules'"},
    {"P6: backslash", "a\\.gitmodules", NULL, "'.gitmodules'"},
    {"P6: short name", "GITMOD~1", NULL, "'.gitmodules'"},
    {"P6: short name", "gitmod~4", NULL, "'.gitmodules'"},
    {"P6: short name and dot", "gitmod~4.", NULL, "'.gitmodules'"},
    {"P6: hashed short name", "GI7EBA~1", NULL, "'.gitmodules'"},
    {"P6: hashed short name", "gi7eba~9", NULL, "'.gitmodules'"},
    {"P6: hashed short name", "GI7EB~10", NULL, "'.gitmodules'"},
    {"P6: hashed short name", "GI7E~123", NULL, "'.gitmodules'"},
    {"P6: hashed short name", "GI~12345", NULL, "'.gitmodules'"},
    {"P6: hashed short name", "~1234567", NULL, "'.gitmodules'"},
    {"P6: hashed short name, stream", "gi7eba~1 :$DATA", NULL, "'.gitmodules'"},
    {"P6: not it", "gitmod~0", NULL, NULL},
    {"P6: not it", "gitmod~5", NULL, NULL},
    {"P6: not it", "GI7EBA~0", NULL, NULL},
    {"P6: not it", "GI7EB~01", NULL, NULL},
    {"P6: not it", "GI7EBA~1x", NULL, NULL},
    {"P6: not it", "gi7eb~1", NULL, NULL},
    {"P6: not it", "GI7EBX~1", NULL, NULL},
    {"P6: not it", ".gitmodules.x", NULL, NULL},
    {"P6: never read through a link, but may be one", ".gitattributes", NULL, NULL},
    {"P6: never read through a link, but may be one", ".gitignore", NULL, NULL},
};

static void names(void)
{
    for (size_t i = 0; i < sizeof name_rows / sizeof *name_rows; i++)
        for (int symlink = 0; symlink < 2; symlink++) {
            const char *name = name_rows[i].name;
            const char *want = symlink ? name_rows[i].as_symlink : name_rows[i].refused;
            size_t size = strlen(name);
            const char *why =
                object_name_refused((const char *)pieces_guard(name, size), size, symlink);
            CHECK((why == NULL) == (want == NULL) && (want == NULL || strstr(why, want)),
                  "%s: '%s', symlink %d: %s", name_rows[i].why, name, symlink, why ? why : "taken");
        }
    char longest[OBJECT_NAME_MAX + 1];
    memset(longest, 'n', sizeof longest);
    CHECK(object_name_refused(longest, OBJECT_NAME_MAX, false) == NULL, "255 bytes");
    CHECK(object_name_refused(longest, OBJECT_NAME_MAX + 1, false) != NULL, "P7: 256 bytes");
    CHECK(object_name_refused("a\0b", 3, false) != NULL, "P2: NUL");
}

/* P1: each of the sixteen code points, at each place. */
static void hfs_code_points(void)
{
    static const char *const points[] = {
        "\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x80\x8e", "\xe2\x80\x8f",
        "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad",
        "\xe2\x80\xae", "\xe2\x81\xaa", "\xe2\x81\xab", "\xe2\x81\xac",
        "\xe2\x81\xad", "\xe2\x81\xae", "\xe2\x81\xaf", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        for (int at = 0; at <= 4; at++) {
            char name[16];
            snprintf(name, sizeof name, "%.*s%s%s", at, ".giT", points[i], &".giT"[at]);
            CHECK(object_name_refused(name, strlen(name), false), "point %zu at %d", i, at);
        }
}

int main(void)
{
    names();
    hfs_code_points();
    return T_DONE();
}
