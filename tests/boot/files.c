/* SPDX-License-Identifier: MIT */
#include "files.h"

#include "proto/hash.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE = 512, CHUNK = 4096 };

static bool special(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

bool files_exist(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0;
}

int files_count(const char *dir)
{
    int count = 0;
    DIR *open = opendir(dir);
    if (!open)
        return -1;
    for (struct dirent *entry; (entry = readdir(open));)
        count += !special(entry->d_name);
    closedir(open);
    return count;
}

/* The mode that git gives it, "" for what git does not store. */
static const char *mode_of(const struct stat *found)
{
    if (S_ISLNK(found->st_mode))
        return "120000";
    if (S_ISDIR(found->st_mode))
        return "160000";
    if (S_ISREG(found->st_mode))
        return found->st_mode & 0111 ? "100755" : "100644";
    return "";
}

static bool add_file(union hash *hash, const char *path)
{
    unsigned char chunk[CHUNK];
    ssize_t got;
    int fd = open(path, O_RDONLY);
    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        hash_sha1.add(hash, chunk, (size_t)got);
    close(fd);
    return got == 0;
}

static bool add_link(union hash *hash, const char *path)
{
    char target[PATH_MAX];
    ssize_t got = readlink(path, target, sizeof target);
    if (got > 0)
        hash_sha1.add(hash, target, (size_t)got);
    return got > 0;
}

/* The name git gives it: SHA-1 of "blob SIZE", a NUL and the bytes. */
static bool name_of(const char *path, const struct stat *found, char hex[OID_HEX])
{
    union hash hash;
    struct oid oid;
    char header[32];
    int size = snprintf(header, sizeof header, "blob %lld", (long long)found->st_size);
    hash_sha1.begin(&hash);
    hash_sha1.add(&hash, header, (size_t)size + 1);
    if (!(S_ISLNK(found->st_mode) ? add_link(&hash, path) : add_file(&hash, path)) ||
        hash_sha1.end(&hash, &oid) < 0)
        return false;
    oid_hex(&oid, hex);
    return true;
}

/* "MODE SP TYPE SP ID TAB PATH" */
static bool line_matches(char *line, const char *dir)
{
    char path[PATH_MAX], hex[OID_HEX] = "";
    struct stat found;
    const char *mode = strtok(line, " "), *type = strtok(NULL, " "), *id = strtok(NULL, "\t"),
               *name = strtok(NULL, "\n");
    if (!mode || !type || !id || !name)
        return false;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    if (lstat(path, &found) == 0 && strcmp(mode_of(&found), mode) == 0 &&
        (S_ISDIR(found.st_mode) ? files_count(path) == 0
                                : name_of(path, &found, hex) && strcmp(hex, id) == 0))
        return true;
    printf("%s: expected %s %s, found %s\n", path, mode, id, *hex ? hex : "something else");
    return false;
}

/* Files below DIR; empty directories count as files (submodules), .git of the top does not. */
static int count_below(const char *dir, bool top)
{
    char path[PATH_MAX];
    struct stat found;
    int count = 0;
    DIR *open = opendir(dir);
    for (struct dirent *entry; open && (entry = readdir(open));) {
        if (special(entry->d_name) || (top && strcmp(entry->d_name, ".git") == 0))
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        if (lstat(path, &found) == 0 && S_ISDIR(found.st_mode) && files_count(path) > 0)
            count += count_below(path, false);
        else
            count++;
    }
    if (open)
        closedir(open);
    return count;
}

bool files_match(const char *list, const char *dir)
{
    char line[LINE];
    int lines = 0;
    bool match = true;
    FILE *file = fopen(list, "r");
    for (; match && file && fgets(line, sizeof line, file); lines++)
        match = line_matches(line, dir);
    if (file)
        fclose(file);
    int found = count_below(dir, true);
    printf("%s: %d files of the list looked at, %d found\n", dir, lines, found);
    return match && lines > 0 && found == lines;
}
