/* SPDX-License-Identifier: MIT */
/* alike [-g] [-n] [-x PATH]... A B [A B]...: whether each A is its B byte for byte. Of directories:
 * the same names below, of the same types and modes, links that lead to the same, files of the same
 * bytes; whose path ends in /PATH, a pattern for fnmatch, is left out. With -g they are what two
 * programs have made of one git repository: the times in files below logs/ may differ, and what
 * .git/index tells of the files on disk; with -n also the names that those logs/ have. Says the
 * first difference and exits with 1.
 *
 * One process for what takes find, sort, cksum, diff, sed and some gits otherwise: the tests ask
 * for it some thousand times, and what they take is processes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEFT_OUT_MAX = 8 };

static char *left_out[LEFT_OUT_MAX];
static size_t left_out_count;
static bool of_git, any_name;
static const char *listed;

static _Noreturn void die(const char *name)
{
    perror(name);
    exit(2);
}

static bool differ(const char *a, const char *b, const char *how)
{
    printf("%s and %s differ: %s\n", a, b, how);
    return false;
}

static bool ends_in(const char *path, const char *end)
{
    size_t size = strlen(path), end_size = strlen(end);
    return size > end_size && path[size - end_size - 1] == '/' &&
           strcmp(path + size - end_size, end) == 0;
}

static char *below(const char *directory, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", directory, name) < 0)
        die("asprintf");
    return path;
}

static int is_wanted(const struct dirent *entry)
{
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
        return 0;
    char *path = below(listed, entry->d_name);
    int wanted = 1;
    for (size_t i = 0; i < left_out_count; i++)
        wanted = wanted && fnmatch(left_out[i], path, 0) != 0;
    free(path);
    return wanted;
}

static int list(const char *directory, struct dirent ***entries)
{
    listed = directory;
    int count = scandir(directory, entries, is_wanted, alphasort);
    if (count < 0)
        die(directory);
    return count;
}

static char *contents(const char *name, size_t size)
{
    char *bytes = malloc(size + 1);
    int fd = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (!bytes || fd < 0)
        die(name);
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, bytes + done, size - done);
        if (n <= 0)
            die(name);
        done += (size_t)n;
    }
    close(fd);
    bytes[size] = '\0';
    return bytes;
}

/* Where what has to be the same ends: before the time, or before the name. */
static size_t same_until(const char *line, const char *mail)
{
    const char *name = strchr(line, ' ');
    name = any_name && name ? strchr(name + 1, ' ') : NULL;
    return (size_t)((name && name < mail ? name : mail) - line);
}

/* A line is "OLD NEW NAME <MAIL> SECONDS ZONE\tMESSAGE": all the same but for SECONDS and ZONE. */
static bool same_reflog(const char *a, const char *b)
{
    while (*a && *b) {
        const char *a_mail = strstr(a, "> "), *b_mail = strstr(b, "> ");
        const char *a_line = strchr(a, '\n'), *b_line = strchr(b, '\n');
        if (!a_mail || !b_mail || !a_line || !b_line || a_mail > a_line || b_mail > b_line)
            return false;
        const char *a_text = memchr(a_mail, '\t', (size_t)(a_line - a_mail));
        const char *b_text = memchr(b_mail, '\t', (size_t)(b_line - b_mail));
        if (!a_text || !b_text || same_until(a, a_mail) != same_until(b, b_mail) ||
            a_line - a_text != b_line - b_text || memcmp(a, b, same_until(a, a_mail)) != 0 ||
            memcmp(a_text, b_text, (size_t)(a_line - a_text)) != 0)
            return false;
        a = a_line + 1;
        b = b_line + 1;
    }
    return *a == *b;
}

static uint32_t number(const char *at, size_t size)
{
    uint32_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | (unsigned char)at[i];
    return value;
}

/* gitformat-index: a header of 12 bytes; an entry is 24 bytes of times, device and inode, 4 of
 * mode, 12 of owner and size, the id, flags, a name, and 1 to 8 zeros. Extensions may be what they
 * like. */
static bool same_index(const char *a, size_t a_size, const char *b, size_t b_size)
{
    enum { HEADER = 12, MODE = 24, ID = 40, FLAGS = 60, NAME = 62, TRAILER = 20 };
    size_t size = a_size < b_size ? a_size : b_size, at = HEADER;
    if (size < HEADER + TRAILER || memcmp(a, b, HEADER) != 0 || number(a + 4, 4) > 3)
        return false;
    size -= TRAILER;
    for (uint32_t left = number(a + 8, 4); left > 0; left--) {
        if (size - at <= NAME + 2)
            return false;
        size_t name = at + (number(a + at + FLAGS, 2) & 0x4000 ? NAME + 2 : NAME);
        const char *end = memchr(a + name, '\0', size - name);
        if (!end || memcmp(a + at + MODE, b + at + MODE, 4) != 0 ||
            memcmp(a + at + ID, b + at + ID, (size_t)(end - a) + 1 - at - ID) != 0)
            return false;
        at += ((size_t)(end - a) - at + 8) / 8 * 8;
        if (at > size)
            return false;
    }
    return true;
}

static bool same_file(const char *a, const char *b, const struct stat *of_a,
                      const struct stat *of_b)
{
    size_t a_size = (size_t)of_a->st_size, b_size = (size_t)of_b->st_size;
    bool index = of_git && ends_in(a, ".git/index"), reflog = of_git && strstr(a, "/logs/");
    if (a_size != b_size && !index && !reflog)
        return differ(a, b, "size");
    char *in_a = contents(a, a_size), *in_b = contents(b, b_size);
    bool same = a_size == b_size && memcmp(in_a, in_b, a_size) == 0;
    if (!same && index)
        same = same_index(in_a, a_size, in_b, b_size);
    if (!same && reflog)
        same = strlen(in_a) == a_size && strlen(in_b) == b_size && same_reflog(in_a, in_b);
    free(in_a);
    free(in_b);
    return same || differ(a, b, "bytes");
}

static bool same_link(const char *a, const char *b)
{
    char to_a[4096], to_b[4096];
    ssize_t a_size = readlink(a, to_a, sizeof to_a), b_size = readlink(b, to_b, sizeof to_b);
    if (a_size < 0 || b_size < 0 || a_size == sizeof to_a)
        die(a);
    return (a_size == b_size && memcmp(to_a, to_b, (size_t)a_size) == 0) ||
           differ(a, b, "where they lead");
}

static bool same_tree(const char *a, const char *b)
{
    struct stat of_a, of_b;
    if (lstat(a, &of_a) != 0 || lstat(b, &of_b) != 0)
        return differ(a, b, "one of them is not there");
    if (of_a.st_mode != of_b.st_mode)
        return differ(a, b, "type or mode");
    if (S_ISREG(of_a.st_mode))
        return same_file(a, b, &of_a, &of_b);
    if (S_ISLNK(of_a.st_mode))
        return same_link(a, b);
    if (!S_ISDIR(of_a.st_mode))
        return differ(a, b, "neither file, link nor directory");
    struct dirent **in_a, **in_b;
    int a_count = list(a, &in_a), b_count = list(b, &in_b);
    bool same = true;
    for (int i = 0; same && i < a_count && i < b_count; i++) {
        const char *name = in_a[i]->d_name;
        char *path_a = below(a, name), *path_b = below(b, in_b[i]->d_name);
        same = strcmp(name, in_b[i]->d_name) == 0 || differ(path_a, path_b, "name");
        same = same && same_tree(path_a, path_b);
        free(path_a);
        free(path_b);
    }
    if (same && a_count != b_count)
        same = differ(a, b, "one has more in it");
    for (int i = 0; i < a_count; i++)
        free(in_a[i]);
    for (int i = 0; i < b_count; i++)
        free(in_b[i]);
    free(in_a);
    free(in_b);
    return same;
}

int main(int argc, char **argv)
{
    int option;
    while ((option = getopt(argc, argv, "gnx:")) != -1) {
        if (option == 'g')
            of_git = true;
        else if (option == 'n')
            any_name = true;
        else if (option == 'x' && left_out_count < LEFT_OUT_MAX)
            left_out[left_out_count++] = below("*", optarg);
        else
            return 2;
    }
    if (optind == argc || (argc - optind) % 2 != 0)
        return 2;
    for (int i = optind; i < argc; i += 2) {
        if (!same_tree(argv[i], argv[i + 1]))
            return 1;
    }
    return 0;
}
