/* SPDX-License-Identifier: MIT */
/* References on disk.
 *
 *   packed-refs   "# pack-refs with: peeled fully-peeled sorted " LF
 *                 *( id SP name LF [ "^" id LF ] )          "^": what the tag above points to
 *   refs/...      id LF                                     one file a reference
 *   HEAD          "ref: " name LF, or id LF when detached
 *   logs/...      old SP new SP who SP time SP zone TAB message LF
 */
#include "repo/refdb.h"

#include "proto/refs.h"
#include "system/file.h"
#include "system/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NAME_BYTES = REFS_NAME_MAX + 8 /* "logs/" before a name */ };

static const char packed_header[] = "# pack-refs with: peeled fully-peeled sorted ";

/* The next byte of a name in two parts, of which AT is in the first while there is a REST. */
static unsigned char next_byte(const char **at, const char **rest)
{
    if (**at == '\0' && *rest) {
        *at = *rest;
        *rest = NULL;
    }
    return (unsigned char)*(*at)++;
}

/* strcmp() of the full names. */
static int compare(const void *a, const void *b)
{
    const struct refdb_entry *x = a, *y = b;
    const char *left = x->folder, *left_rest = x->name, *right = y->folder, *right_rest = y->name;
    int l, r;
    do {
        l = next_byte(&left, &left_rest);
        r = next_byte(&right, &right_rest);
    } while (l == r && l != '\0');
    return l - r;
}

/* "m" and "m/x" cannot both be files. Sorted, "m-x" may stand between them, so each name's parents
 * are looked for. */
static int check_conflicts(const struct refdb_entry *entries, size_t count, struct fault *fault)
{
    char name[2 * NAME_BYTES];
    struct refdb_entry key = {.folder = "", .name = name};
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%s", entries[i].folder, entries[i].name);
        if (i > 0 && compare(&entries[i - 1], &entries[i]) == 0)
            return fault_set(fault, FAULT_PROTOCOL, "reference '%s' occurs twice", name);
        if (!refs_name_valid(name, strlen(name), false))
            return fault_set(fault, FAULT_PROTOCOL, "'%.200s' is not a valid reference name", name);
        for (char *slash; (slash = strrchr(name, '/')) != NULL;) {
            *slash = '\0';
            if (bsearch(&key, entries, count, sizeof *entries, compare))
                return fault_set(fault, FAULT_PROTOCOL,
                                 "references '%s' and '%s%s' cannot both exist", name,
                                 entries[i].folder, entries[i].name);
        }
    }
    return 0;
}

static int write_entry(struct writer *out, const struct refdb_entry *entry)
{
    char hex[OID_HEX];
    if (writer_text(out, "%s %s%s\n", oid_hex(entry->oid, hex), entry->folder, entry->name) < 0)
        return -1;
    return entry->peeled ? writer_text(out, "^%s\n", oid_hex(entry->peeled, hex)) : 0;
}

static int write_entries(struct writer *out, const struct refdb_entry *entries, size_t count)
{
    if (writer_text(out, "%s\n", packed_header) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (write_entry(out, &entries[i]) < 0)
            return -1;
    return 0;
}

static bool is_sorted(const struct refdb_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (compare(&entries[i - 1], &entries[i]) > 0)
            return false;
    return true;
}

int refdb_write_packed(int git_dir, struct refdb_entry *entries, size_t count, bool sync,
                       struct fault *fault)
{
    struct file_writer out;
    if (count == 0)
        return 0;
    /* Servers send them sorted, and sorting takes memory. */
    if (!is_sorted(entries, count))
        qsort(entries, count, sizeof *entries, compare);
    if (check_conflicts(entries, count, fault) < 0)
        return -1;
    int fd = fs_lock(git_dir, "packed-refs", fault);
    if (fd < 0)
        return -1;
    file_write_open(&out, fd, "packed-refs", fault);
    int rc = write_entries(&out.writer, entries, count);
    if (rc == 0)
        rc = file_flush(&out);
    return fs_unlock(git_dir, "packed-refs", fd, rc, sync, fault);
}

/* Makes the directories above NAME. */
static int make_parents(int git_dir, const char *name, struct fault *fault)
{
    char parent[NAME_BYTES];
    snprintf(parent, sizeof parent, "%s", name);
    char *slash = strrchr(parent, '/');
    if (slash == NULL)
        return 0;
    *slash = '\0';
    return fs_make_dirs(git_dir, parent, fault);
}

static int write_file(int git_dir, const char *name, const char *text, bool sync,
                      struct fault *fault)
{
    if (make_parents(git_dir, name, fault) < 0)
        return -1;
    return fs_write(git_dir, name, text, strlen(text), sync, fault);
}

int refdb_write_loose(int git_dir, const char *name, const struct oid *oid, bool sync,
                      struct fault *fault)
{
    char text[OID_HEX + 1];
    size_t length = strlen(oid_hex(oid, text));
    text[length] = '\n';
    text[length + 1] = '\0';
    if (!refs_name_valid(name, strlen(name), true))
        return fault_set(fault, FAULT_PROTOCOL, "'%.200s' is not a valid reference name", name);
    return write_file(git_dir, name, text, sync, fault);
}

int refdb_write_symbolic(int git_dir, const char *name, const char *target, bool sync,
                         struct fault *fault)
{
    char text[REFS_NAME_MAX + 8];
    if (!refs_name_valid(name, strlen(name), true))
        return fault_set(fault, FAULT_PROTOCOL, "'%.200s' is not a valid reference name", name);
    if (!refs_name_valid(target, strlen(target), false))
        return fault_set(fault, FAULT_PROTOCOL, "'%.200s' is not a valid reference name", target);
    snprintf(text, sizeof text, "ref: %s\n", target);
    return write_file(git_dir, name, text, sync, fault);
}

int refdb_write_detached(int git_dir, const struct oid *oid, bool sync, struct fault *fault)
{
    return refdb_write_loose(git_dir, "HEAD", oid, sync, fault);
}

struct packed {
    struct refdb_entry entry;
    struct oid oid, peeled;
    bool have, sorted;
    char name[REFS_NAME_MAX];
    unsigned long line;
    struct fault *fault;
};

static int malformed(const struct packed *packed, const char *what)
{
    return fault_set(packed->fault, FAULT_PROTOCOL, "packed-refs: line %lu: %s", packed->line,
                     what);
}

/* line = "#" ... / "^" id / id SP name. 1 when a new entry begins, 0, -1. */
static int parse_line(struct packed *packed, const char *line, size_t size)
{
    size_t hex = strspn(line, "0123456789abcdef");
    if (size == 0 || memchr(line, '\0', size))
        return malformed(packed, "an empty line or a NUL");
    if (line[0] == '#')
        return packed->line == 1 ? 0 : malformed(packed, "a comment behind the first line");
    if (line[0] == '^') {
        if (!packed->have || packed->entry.peeled ||
            oid_parse(line + 1, size - 1, &packed->peeled) < 0)
            return malformed(packed, "'^' without an id, or without a reference before it");
        packed->entry.peeled = &packed->peeled;
        return packed->peeled.len == packed->oid.len
                   ? 0
                   : malformed(packed, "'^' of another length than the reference's id");
    }
    if (hex > size || oid_parse(line, hex, &(struct oid){.len = 0}) < 0 || line[hex] != ' ')
        return malformed(packed, "no id");
    if (packed->have && hex != 2 * (size_t)packed->oid.len)
        return malformed(packed, "an id of another length");
    if (!refs_name_valid(line + hex + 1, size - hex - 1, false))
        return malformed(packed, "an invalid reference name");
    return 1;
}

/* Makes LINE the entry at hand. Sorted they are if the header says so; then each is there once. */
static int take_line(struct packed *packed, const char *line, size_t size)
{
    size_t hex = strspn(line, "0123456789abcdef"), length = size - hex - 1;
    char name[REFS_NAME_MAX];
    memcpy(name, line + hex + 1, length);
    name[length] = '\0';
    if (packed->have && packed->sorted && strcmp(packed->name, name) >= 0)
        return malformed(packed, "not sorted");
    memcpy(packed->name, name, length + 1);
    packed->entry = (struct refdb_entry){.folder = "", .name = packed->name, .oid = &packed->oid};
    packed->have = true;
    return oid_parse(line, hex, &packed->oid);
}

int refdb_read_packed(const char *text, size_t size,
                      int (*entry)(void *context, const struct refdb_entry *entry), void *context,
                      struct fault *fault)
{
    struct packed packed = {.fault = fault};
    const char *end = text + size;
    packed.sorted = size >= sizeof packed_header - 1 &&
                    memcmp(text, packed_header, sizeof packed_header - 1) == 0;
    for (const char *lf; text < end; text = lf + 1) {
        lf = memchr(text, '\n', (size_t)(end - text));
        packed.line++;
        if (lf == NULL)
            return malformed(&packed, "is not ended");
        int rc = parse_line(&packed, text, (size_t)(lf - text));
        if (rc == 1 && packed.have && entry(context, &packed.entry) != 0)
            return -1;
        if (rc < 0 || (rc == 1 && take_line(&packed, text, (size_t)(lf - text)) < 0))
            return -1;
    }
    return packed.have && entry(context, &packed.entry) != 0 ? -1 : 0;
}

struct packed_copy {
    struct file_writer out;
    bool (*gone)(void *context, const char *name);
    void *context;
};

static int copy_entry(void *context, const struct refdb_entry *entry)
{
    struct packed_copy *copy = context;
    return copy->gone(copy->context, entry->name) ? 0 : write_entry(&copy->out.writer, entry);
}

/* The first line says what can be relied on: it stays as it is. */
static int copy_packed(struct packed_copy *copy, int git_dir, struct fault *fault)
{
    char *text;
    size_t size;
    if (fs_read(git_dir, "packed-refs", REFDB_PACKED_MAX, false, &text, &size, fault) < 0)
        return -1;
    if (text == NULL)
        return 0;
    const char *lf = text[0] == '#' ? strchr(text, '\n') : NULL;
    int rc = lf ? writer_put(&copy->out.writer, text, (size_t)(lf - text) + 1) : 0;
    if (rc == 0)
        rc = refdb_read_packed(text, size, copy_entry, copy, fault);
    free(text);
    return rc == 0 ? file_flush(&copy->out) : -1;
}

int refdb_remove_packed(int git_dir, bool (*gone)(void *context, const char *name), void *context,
                        struct repo_lock *lock, bool sync, struct fault *fault)
{
    struct packed_copy copy = {.gone = gone, .context = context};
    if (repo_lock_take(lock, git_dir, "packed-refs", fault) < 0)
        return -1;
    int fd = repo_lock_new(lock, UINT_MAX, fault), rc = fd < 0 ? -1 : 0;
    if (rc == 0) {
        file_write_open(&copy.out, fd, "packed-refs", fault);
        rc = copy_packed(&copy, git_dir, fault);
    }
    if (rc == 0 && sync)
        rc = fs_sync_file(fd, "packed-refs", fault);
    if (fd >= 0)
        close(fd);
    if (rc == 0)
        rc = repo_lock_put(lock, UINT_MAX, git_dir, "packed-refs", fault);
    else
        repo_lock_forget(lock, UINT_MAX);
    repo_lock_drop(lock, git_dir, "packed-refs");
    return rc == 0 && sync ? fs_sync_dir(git_dir, ".", fault) : rc;
}

int refdb_log(int git_dir, const char *name, const struct oid *old, const struct oid *new,
              const char *who, const char *message, struct fault *fault)
{
    char path[REFS_NAME_MAX + 8], from[OID_HEX], to[OID_HEX];
    size_t size = 2 * OID_HEX + strlen(who) + strlen(message) + 32;
    snprintf(path, sizeof path, "logs/%s", name);
    if (make_parents(git_dir, path, fault) < 0)
        return -1;
    char *line = malloc(size);
    if (!line)
        return fault_set(fault, FAULT_LIMIT, "no memory for a reflog");
    int length = snprintf(line, size, "%s %s %s %" PRId64 " +0000\t%s\n", oid_hex(old, from),
                          oid_hex(new, to), who, (int64_t)time(NULL), message);
    for (int i = 0; i < length - 1; i++)
        if ((unsigned char)line[i] < ' ' && line[i] != '\t')
            line[i] = ' ';
    int fd = openat(git_dir, path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    int rc = fd < 0 ? fault_set(fault, FAULT_LOCAL, "cannot write '%s': %s", path, strerror(errno))
                    : fs_put(fd, line, (size_t)length, path, fault);
    if (fd >= 0)
        close(fd);
    free(line);
    return rc;
}
