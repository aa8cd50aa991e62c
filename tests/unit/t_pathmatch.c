/* SPDX-License-Identifier: MIT */
/* Patterns of paths: the rules of gitignore, "PATTERN FORMAT", one by one; and every pattern of a
 * few pieces, on every path of a few parts, against git check-ignore. */
#include "system/pathmatch.h"

#include "scratch.h"

static const struct {
    const char *why, *pattern, *path;
    bool matches;
} rows[] = {
    {"itself", "a/b", "a/b", true},
    {"a part is missing", "a/b", "a", false},
    {"a part too many", "a/b", "a/b/c", false},
    {"a prefix of a part", "a/b", "a/bc", false},
    {"nothing", "", "", true},
    {"nothing, but a part", "", "a", false},
    {"a slash at the path's end", "a", "a/", false},
    {"slashes at both ends", "/a/", "/a/", true},
    {"a star in a part", "a*", "abc", true},
    {"a star stays in its part", "a*", "a/b", false},
    {"a star for a part", "a/*/c", "a/b/c", true},
    {"a star for one part only", "a/*/c", "a/b/b/c", false},
    {"a star is no empty part's absence", "a/*", "a", false},
    {"a star for an empty part", "a/*", "a/", true},
    {"? for no slash", "a?b", "a/b", false},
    {"? for a byte", "a/?", "a/b", true},
    {"brackets", "a/[bc]", "a/c", true},
    {"brackets, not of them", "a/[bc]", "a/d", false},
    {"negated brackets", "[!b]/c", "a/c", true},
    {"a class", "a/[[:digit:]]", "a/7", true},
    {"an escaped star", "a/\\*", "a/*", true},
    {"an escaped star is no star", "a/\\*", "a/b", false},
    {"** in front, nothing", "**/a", "a", true},
    {"** in front, one", "**/a", "b/a", true},
    {"** in front, many", "**/a", "b/c/d/a", true},
    {"** in front, not the end", "**/a", "b/a/c", false},
    {"** in front, a part's end", "**/a", "b/ca", false},
    {"** in front, two parts", "**/a/b", "x/a/b", true},
    {"** in front, two parts apart", "**/a/b", "a/x/b", false},
    {"** in front, twice the first", "**/a/b", "a/a/b", true},
    {"** behind, below", "a/**", "a/b", true},
    {"** behind, deep below", "a/**", "a/b/c", true},
    {"** behind, itself", "a/**", "a", false},
    {"** behind, another", "a/**", "b/c", false},
    {"** between, nothing", "a/**/b", "a/b", true},
    {"** between, one", "a/**/b", "a/x/b", true},
    {"** between, many", "a/**/b", "a/x/y/b", true},
    {"** between, no slash", "a/**/b", "ab", false},
    {"** between, goes on", "a/**/b", "a/b/c", false},
    {"** between, comes back", "a/**/b", "a/b/c/b", true},
    {"** twice", "a/**/b/**/c", "a/x/b/y/z/c", true},
    {"** twice, in one place", "a/**/**/b", "a/b", true},
    {"** twice, out of order", "a/**/b/**/c", "a/c/b", false},
    {"** twice, and stars", "**/*b/**/c", "xb/ab/d/c", true},
    {"** alone", "**", "a/b/c", true},
    {"** alone, one part", "**", "a", true},
    {"/** of all", "/**", "/a", true},
    {"/**/", "/**/a", "/b/a", true},
    {"** in a part is a star", "a**", "abc", true},
    {"** in a part stays there", "a**", "a/b", false},
    {"** in front of a part's rest", "**a/b", "xa/b", true},
    {"** in front of a part's rest stays there", "**a", "b/a", false},
    {"** between parts' rests", "a**/b", "ax/b", true},
    {"*** is **, of one part", "***", "a", true},
    {"*** is **", "***", "a/b", true},
    {"*** is **, in front", "***/b", "a/a/b", true},
    {"another case", "a/B", "A/b", false},
    {"a byte above 127", "a/[\x80-\xff]", "a/\xe4", true},
};

static const struct {
    const char *why, *pattern, *path;
    bool matches;
} folded[] = {
    {"either case", "a/B", "A/b", true},         {"another letter", "a/B", "A/c", false},
    {"in brackets", "[a-c]", "B", true},         {"a range of capitals", "[A-C]", "b", true},
    {"behind **", "**/Main", "x/mAIN", true},    {"no letters", "a/[", "a/{", false},
    {"not beyond ASCII", "\xc4", "\xe4", false},
};

static void rules(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(pathmatch(rows[i].pattern, rows[i].path, false) == rows[i].matches, "%s: %s, %s",
              rows[i].why, rows[i].pattern, rows[i].path);
        CHECK(!rows[i].matches || pathmatch(rows[i].pattern, rows[i].path, true), "%s: folded",
              rows[i].why);
    }
    for (size_t i = 0; i < sizeof folded / sizeof *folded; i++)
        CHECK(pathmatch(folded[i].pattern, folded[i].path, true) == folded[i].matches, "%s: %s, %s",
              folded[i].why, folded[i].pattern, folded[i].path);
}

static void lengths(void)
{
    static char pattern[20000], path[20000];
    memset(pattern, 'a', 4095);
    CHECK(pathmatch(pattern, pattern, false), "4,095 bytes");
    pattern[4095] = 'a';
    CHECK(!pathmatch(pattern, pattern, false), "4,096 bytes");
    CHECK(!pathmatch("*", pattern, false) && pathmatch("**", pattern, false), "stars");
    /* Takes no time that grows with a power of the stars. */
    for (int i = 0; i < 3000; i++) {
        memcpy(pattern + 5 * i, "**/a/", 5);
        memcpy(path + 2 * i, "a/", 2);
    }
    memcpy(pattern + 15000, "b", 2);
    memcpy(path + 6000, "c", 2);
    CHECK(!pathmatch(pattern, path, false), "found");
}

/* Index NUMBER of all texts of up to three of the parts, with slashes between. */
static bool joined(const char *const *parts, size_t count, size_t number, char out[64])
{
    size_t used = 0;
    for (int i = 0; i < 3; i++, number /= count + 1) {
        size_t which = number % (count + 1);
        if (which == 0)
            return i > 0 && number == 0;
        used += (size_t)snprintf(out + used, 64 - used, "%s%s", i ? "/" : "", parts[which - 1]);
    }
    return number == 0;
}

/* "/PATTERN" as the only line of .gitignore: it is anchored, as a pattern is here. Of a path that
 * is ignored git also ignores all below, so that a path counts only when what is above it does not.
 */
static void as_git(void)
{
    static const char *const patterns[] = {"a", "*", "**", "?b", "[!a]", "a*b"};
    static const char *const paths[] = {"a", "b", "ab", "axb"};
    enum { PATTERNS = 7 * 7 * 7, PATHS = 5 * 5 * 5 };
    char pattern[64], path[64], line[256];
    FILE *list = fopen("paths", "w");
    size_t differ = 0, met = 0;
    for (size_t i = 0; list && i < PATHS; i++)
        if (joined(paths, 4, i, path))
            fprintf(list, "%s\n", path);
    if (list)
        fclose(list);
    CHECK(system("git init -q .") == 0, "git");
    for (size_t i = 0; i < PATTERNS; i++) {
        if (!joined(patterns, 6, i, pattern))
            continue;
        snprintf(line, sizeof line, "/%s\n", pattern);
        file_make(".gitignore", line);
        FILE *pipe = popen("git check-ignore -v -n --no-index --stdin <paths", "r");
        while (pipe && fgets(line, sizeof line, pipe)) {
            const char *tab = strchr(line, '\t');
            bool ignored = strncmp(line, "::", 2) != 0, here = false;
            snprintf(path, sizeof path, "%.*s", (int)strcspn(tab + 1, "\n"), tab + 1);
            /* The path, or one above it. */
            for (char *slash;; *slash = '\0') {
                here = here || pathmatch(pattern, path, false);
                if ((slash = strrchr(path, '/')) == NULL)
                    break;
            }
            met += ignored;
            differ += here != ignored;
            if (here != ignored && differ < 10)
                printf("%s: %s git: %d\n", pattern, tab + 1, ignored);
        }
        if (pipe)
            pclose(pipe);
    }
    CHECK(differ == 0 && met > 1000, "%zu differ, %zu are ignored", differ, met);
}

int main(void)
{
    scratch_open();
    rules();
    lengths();
    as_git();
    scratch_close();
    return T_DONE();
}
