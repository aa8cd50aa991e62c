/* SPDX-License-Identifier: MIT */
#include "system/wildmatch.h"
#include "t.h"

static const struct row {
    const char *why, *pattern, *text;
    bool matches;
} rows[] = {
    {"nothing", "", "", true},
    {"itself", "main", "main", true},
    {"a prefix is not enough", "main", "mainline", false},
    {"longer than the text", "mainline", "main", false},
    {"star takes nothing", "main*", "main", true},
    {"star takes slashes", "v*9", "v1/2/9", true},
    {"star goes back", "*aab", "aaaab", true},
    {"two stars", "*.*", "a.b", true},
    {"two stars in a row", "a**", "a", true},
    {"star alone", "*", "", true},
    {"one byte", "v?", "v1", true},
    {"one byte, not none", "v?", "v", false},
    {"range", "v[0-9]", "v5", true},
    {"range ends", "v[0-9]", "v9", true},
    {"out of range", "v[0-9]", "va", false},
    {"negated", "[!a-c]x", "dx", true},
    {"negated by a caret", "[^a-c]x", "bx", false},
    {"] first", "[]]", "]", true},
    {"] first in a negated set", "[!]]", "]", false},
    {"- last", "[a-]", "-", true},
    {"class", "v[[:digit:]x]", "v7", true},
    {"class and byte", "v[[:digit:]x]", "vx", true},
    {"class, not of it", "v[[:upper:]]", "vx", false},
    {"unknown class", "[[:no:]]", "n", false},
    {"set without end", "[ab", "a", false},
    {"set without end behind a star", "*[ab", "aaa[ab", false},
    {"escaped star", "a\\*", "a*", true},
    {"escaped star is no star", "a\\*", "ab", false},
    {"escaped in a set", "[\\]]", "]", true},
    {"backslash at the end", "a\\", "a\\", true},
    {"a byte above 127", "[\x80-\xff]", "\xe4", true},
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(wildmatch(rows[i].pattern, rows[i].text) == rows[i].matches, "%s", rows[i].why);
    return T_DONE();
}
