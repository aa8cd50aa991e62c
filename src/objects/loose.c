/* SPDX-License-Identifier: MIT */
#include "objects/loose.h"

#include "proto/bytes.h"
#include "system/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD_MAX =
        32, /* bytes of "commit 18446744073709551615" and its NUL, and as many as git takes */
    PATH_BYTES = sizeof "objects/xx/" + OID_HEX,
    PIECE = 16384 /* bytes of a large object that are handled at a time */
};

static const char *path_of(const struct oid *oid, char out[PATH_BYTES])
{
    char hex[OID_HEX];
    snprintf(out, PATH_BYTES, "objects/%.2s/%s", oid_hex(oid, hex), hex + 2);
    return out;
}

size_t loose_parse_head(const char *head, size_t size, enum object_type *type, uint64_t *length)
{
    static const enum object_type types[] = {OBJECT_COMMIT, OBJECT_TREE, OBJECT_BLOB, OBJECT_TAG};
    const char *nul = memchr(head, '\0', size), *blank = nul ? strchr(head, ' ') : NULL;
    if (blank == NULL || (blank[1] == '0' && blank[2]) ||
        bytes_decimal(blank + 1, (size_t)(nul - blank - 1), length) < 0)
        return 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const char *name = pack_type_name(types[i]);
        if (strlen(name) == (size_t)(blank - head) && memcmp(name, head, strlen(name)) == 0) {
            *type = types[i];
            return (size_t)(nul - head) + 1;
        }
    }
    return 0;
}

/* One object's file, open. */
struct loose {
    struct file_reader in;
    struct inflate *inflate;
    enum object_type type;
    uint64_t size; /* bytes of the object */
};

/* How large the stream is stands in its first bytes, which are read once without knowing it. */
static int read_head(struct loose *loose, int fd, uint64_t file_size, struct fault *fault)
{
    char head[HEAD_MAX];
    size_t got, length;
    file_read_open(&loose->in, fd, 0, file_size, "loose object", fault);
    inflate_begin(loose->inflate, &loose->in.reader, UINT64_MAX);
    /* A stream of fewer bytes than HEAD ends too early for UINT64_MAX: what it gave is there. */
    memset(head, 0xff, sizeof head);
    if (inflate_read(loose->inflate, (unsigned char *)head, sizeof head, &got) < 0)
        fault_clear(fault);
    length = loose_parse_head(head, sizeof head, &loose->type, &loose->size);
    if (length == 0 || loose->size > UINT64_MAX - HEAD_MAX)
        return fault_set(fault, FAULT_PROTOCOL, "does not begin with a type and a size");
    file_read_open(&loose->in, fd, 0, file_size, "loose object", fault);
    inflate_begin(loose->inflate, &loose->in.reader, length + loose->size);
    return inflate_read(loose->inflate, (unsigned char *)head, length, &got) < 0 ? -1 : 0;
}

static int in_object(const struct oid *oid, struct fault *fault)
{
    char hex[OID_HEX];
    return fault_wrap(fault, "object %s", oid_hex(oid, hex));
}

/* Opens the file of OID, whose bytes come next; close(out->in.fd) follows a 0. 0, 1 or -1. */
static int open_object(int git_dir, struct inflate *inflate, const struct oid *oid,
                       struct loose *out, struct fault *fault)
{
    char path[PATH_BYTES], hex[OID_HEX];
    struct stat st;
    int fd = openat(git_dir, path_of(oid, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return -fault_set(fault, FAULT_PROTOCOL, "object %s is missing", oid_hex(oid, hex));
    out->inflate = inflate;
    if (fd < 0 || fstat(fd, &st) < 0)
        fault_set(fault, FAULT_LOCAL, "cannot read '%s': %s", path, strerror(errno));
    else if (read_head(out, fd, S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0, fault) == 0)
        return 0;
    if (fd >= 0)
        close(fd);
    return in_object(oid, fault);
}

bool loose_has(int git_dir, const struct oid *oid)
{
    char path[PATH_BYTES];
    return faccessat(git_dir, path_of(oid, path), R_OK, 0) == 0;
}

/* The directory of the objects whose ids begin as OID's, or NULL. */
static DIR *open_folder(int git_dir, const struct oid *oid)
{
    char path[PATH_BYTES], hex[OID_HEX];
    snprintf(path, sizeof path, "objects/%.2s", oid_hex(oid, hex));
    int fd = openat(git_dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL && fd >= 0)
        close(fd);
    return dir;
}

bool loose_next(int git_dir, const struct oid *first, unsigned digits, void **at, struct oid *out)
{
    char whole[OID_HEX + 256], hex[OID_HEX];
    DIR *dir = *at ? *at : open_folder(git_dir, first);
    struct dirent *entry;
    oid_hex(first, hex);
    *at = dir;
    while (dir && (entry = readdir(dir)) != NULL) {
        snprintf(whole, sizeof whole, "%.2s%s", hex, entry->d_name);
        *out = (struct oid){.len = 0};
        if (oid_parse(whole, strlen(whole), out) == 0 && out->len == first->len &&
            oid_shared(out, first) >= digits)
            return true;
    }
    if (dir)
        closedir(dir);
    return false;
}

unsigned loose_shared(int git_dir, const struct oid *oid)
{
    struct oid other;
    unsigned most = 0;
    for (void *at = NULL; loose_next(git_dir, oid, 2, &at, &other);) {
        unsigned digits = oid_shared(&other, oid);
        if (digits < 2U * oid->len && digits > most)
            most = digits;
    }
    return most;
}

int loose_size(int git_dir, struct inflate *inflate, const struct oid *oid, enum object_type *type,
               uint64_t *size, struct fault *fault)
{
    struct loose loose;
    int rc = open_object(git_dir, inflate, oid, &loose, fault);
    if (rc != 0)
        return rc;
    *type = loose.type;
    *size = loose.size;
    close(loose.in.fd);
    return 0;
}

static int read_all(const struct loose *loose, size_t max, struct buffer **out, struct fault *fault)
{
    size_t got;
    if (loose->size > max)
        return fault_set(fault, FAULT_LIMIT, "has %" PRIu64 " bytes, at most %zu are taken here",
                         loose->size, max);
    struct buffer *whole = buffer_make(NULL, (size_t)loose->size, 0, fault);
    if (whole == NULL)
        return -1;
    /* The stream of an empty object was read to its end with the head. */
    if (loose->size > 0 && inflate_read(loose->inflate, whole->bytes, whole->size, &got) < 0) {
        buffer_drop(whole);
        return -1;
    }
    *out = whole;
    return 0;
}

int loose_read(int git_dir, struct inflate *inflate, const struct oid *oid, size_t max,
               enum object_type *type, struct buffer **out, struct fault *fault)
{
    struct loose loose;
    int rc = open_object(git_dir, inflate, oid, &loose, fault);
    if (rc != 0)
        return rc;
    *type = loose.type;
    rc = read_all(&loose, max, out, fault);
    close(loose.in.fd);
    return rc < 0 ? in_object(oid, fault) : 0;
}

int loose_stream(int git_dir, struct inflate *inflate, const struct oid *oid,
                 enum object_type *type,
                 int (*piece)(void *context, const unsigned char *bytes, size_t size),
                 void *context, struct fault *fault)
{
    struct loose loose;
    unsigned char bytes[PIECE];
    int rc = open_object(git_dir, inflate, oid, &loose, fault);
    if (rc != 0)
        return rc;
    *type = loose.type;
    rc = 1;
    if (loose.size == 0)
        rc = piece(context, bytes, 0);
    while (rc == 1) {
        size_t got;
        rc = inflate_read(inflate, bytes, sizeof bytes, &got);
        if (rc < 0)
            in_object(oid, fault);
        else if (piece(context, bytes, got) < 0)
            rc = -1;
    }
    close(loose.in.fd);
    return rc;
}
