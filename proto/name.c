/* SPDX-License-Identifier: MIT */
/* Which names a working tree accepts.
 *
 * `.git` must not be written, under any spelling that some file system takes for it:
 *   HFS+   compares without case and without 16 code points: U+200C to 200F, 202A to 202E, 206A to
 *          206F, FEFF
 *   NTFS   compares without case, ignores spaces and dots at the end and everything from a ':' on,
 *          has the short name GIT~1, and takes a backslash for a separator
 *
 * They are refused on every system: the tree may be copied or mounted elsewhere.
 * `.gitmodules` must not be a symlink, under any of its spellings either.
 */
#include "object.h"

#include "bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Bytes of an HFS+ ignored code point at TEXT (all have three in UTF-8), or 0. */
static size_t hfs_ignored(const char *text, size_t size)
{
    const unsigned char *p = (const unsigned char *)text;
    if (size < 3)
        return 0;
    if (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf)
        return 3;
    if (p[0] != 0xe2)
        return 0;
    bool ignored =
        (p[1] == 0x80 && ((p[2] >= 0x8c && p[2] <= 0x8f) || (p[2] >= 0xaa && p[2] <= 0xae))) ||
        (p[1] == 0x81 && p[2] >= 0xaa && p[2] <= 0xaf);
    return ignored ? 3 : 0;
}

/* NAME is WORD (in lower case) to HFS+. */
static bool hfs_equal(const char *name, size_t size, const char *word)
{
    for (size_t i = 0; i < size;) {
        size_t skip = hfs_ignored(name + i, size - i);
        if (skip == 0 && bytes_lower(name[i]) != *word++)
            return false;
        if (skip == 0 && word[-1] == '\0')
            return false;
        i += skip ? skip : 1;
    }
    return *word == '\0';
}

/* NAME begins with WORD, and NTFS ignores the rest: spaces, dots, a stream behind a colon. */
static bool ntfs_equal(const char *name, size_t size, const char *word)
{
    size_t length = strlen(word);
    if (size < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (bytes_lower(name[i]) != word[i])
            return false;
    for (size_t i = length; i < size; i++) {
        if (name[i] == ':')
            return true;
        if (name[i] != ' ' && name[i] != '.')
            return false;
    }
    return true;
}

/* The short names that NTFS gives .gitmodules: GITMOD~1 to ~4, then GI7EBA~1 and so on. */
static bool ntfs_short_gitmodules(const char *name, size_t size)
{
    char word[9];
    for (char digit = '1'; digit <= '4'; digit++) {
        snprintf(word, sizeof word, "gitmod~%c", digit);
        if (ntfs_equal(name, size, word))
            return true;
    }
    for (size_t cut = 0; cut <= 6 && size >= 8; cut++) {
        static const char hashed[] = "gi7eba";
        bool same = true;
        for (size_t i = 0; i < cut; i++)
            same = same && bytes_lower(name[i]) == hashed[i];
        if (!same || name[cut] != '~' || name[cut + 1] < '1' || name[cut + 1] > '9')
            continue;
        size_t at = cut + 1;
        while (at < 8 && name[at] >= '0' && name[at] <= '9')
            at++;
        if (at == 8 && ntfs_equal(name + 8, size - 8, ""))
            return true;
    }
    return false;
}

static bool is_dot_git(const char *name, size_t size)
{
    return hfs_equal(name, size, ".git") || ntfs_equal(name, size, ".git") ||
           ntfs_equal(name, size, "git~1");
}

static bool is_gitmodules(const char *name, size_t size)
{
    return hfs_equal(name, size, ".gitmodules") || ntfs_equal(name, size, ".gitmodules") ||
           ntfs_short_gitmodules(name, size);
}

const char *object_name_refused(const char *name, size_t size, bool symlink)
{
    if (size == 0)
        return "an empty name";
    if (size > OBJECT_NAME_MAX)
        return "a name of over 255 bytes";
    if ((size == 1 && name[0] == '.') || (size == 2 && name[0] == '.' && name[1] == '.'))
        return "'.' or '..' as a name";
    if (memchr(name, '/', size) || memchr(name, '\0', size))
        return "a slash in a name";
    for (size_t from = 0; from <= size;) {
        const char *backslash = memchr(name + from, '\\', size - from);
        size_t length = backslash ? (size_t)(backslash - name) - from : size - from;
        if (is_dot_git(name + from, length))
            return "a name that some file systems take for '.git'";
        if (symlink && is_gitmodules(name + from, length))
            return "a symlink as '.gitmodules'";
        from += length + 1;
    }
    return NULL;
}

/* git's order: a directory's name compares as if it ended in '/'. */
static int tree_order(const struct tree_entry *a, const struct tree_entry *b)
{
    size_t shorter = a->name_len < b->name_len ? a->name_len : b->name_len;
    int order = memcmp(a->name, b->name, shorter);
    if (order != 0)
        return order;
    unsigned char x = a->name_len > shorter               ? (unsigned char)a->name[shorter]
                      : object_mode(a->mode) == MODE_TREE ? '/'
                                                          : '\0';
    unsigned char y = b->name_len > shorter               ? (unsigned char)b->name[shorter]
                      : object_mode(b->mode) == MODE_TREE ? '/'
                                                          : '\0';
    return x - y;
}

static bool same_name(const struct tree_entry *a, const struct tree_entry *b)
{
    return a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0;
}

static bool is_null(const unsigned char *id, size_t oid_len)
{
    for (size_t i = 0; i < oid_len; i++)
        if (id[i] != 0)
            return false;
    return true;
}

int tree_entry_check(const struct tree_entry *prev, const struct tree_entry *entry, size_t oid_len,
                     struct fault *fault)
{
    int shown = entry->name_len > 80 ? 80 : (int)entry->name_len;
    uint32_t mode = object_mode(entry->mode);
    const char *why = object_name_refused(entry->name, entry->name_len, mode == MODE_SYMLINK);
    if (why == NULL && mode == 0)
        return fault_set(fault, FAULT_PROTOCOL, "entry '%.*s': mode %" PRIo32 " does not exist",
                         shown, entry->name, entry->mode);
    if (why == NULL && is_null(entry->id, oid_len))
        why = "the null id";
    if (why == NULL && (entry->again || (prev && same_name(prev, entry))))
        why = "the name occurs twice";
    if (why == NULL && prev && tree_order(prev, entry) >= 0)
        why = "not sorted";
    if (why)
        return fault_set(fault, FAULT_PROTOCOL, "entry '%.*s': %s", shown, entry->name, why);
    return 0;
}
