/* SPDX-License-Identifier: MIT */
#include "repo/shallow.h"

#include "system/array.h"
#include "system/fs.h"
#include "system/growing_writer.h"
#include "system/oids.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHALLOW_MAX = 64 << 20 }; /* bytes of the file */

int shallow_add(struct shallow_list *list, const struct oid *oid)
{
    struct oid *more = array_room(list->oids, list->count, &list->room, sizeof *more);
    if (more == NULL)
        return -1;
    list->oids = more;
    list->oids[list->count++] = *oid;
    return 0;
}

static int heard(struct fetch_listener *listener, const struct oid *oid, bool shallow)
{
    struct shallow_list *list = (struct shallow_list *)listener;
    if (shallow)
        return shallow_add(list, oid);
    for (size_t i = 0; i < list->count; i++)
        if (oid_equal(&list->oids[i], oid))
            list->oids[i--] = list->oids[--list->count];
    return 0;
}

void shallow_open(struct shallow_list *list)
{
    *list = (struct shallow_list){.listener = {.shallow = heard}};
}

void shallow_close(struct shallow_list *list)
{
    free(list->oids);
    list->oids = NULL;
}

void shallow_sort(struct shallow_list *list)
{
    list->count = oids_sort(list->oids, list->count);
}

static int read_lines(const char *text, size_t size, size_t oid_len, struct shallow_list *list,
                      struct fault *fault)
{
    const char *end = text + size, *lf;
    unsigned long line = 1;
    for (const char *at = text; at < end; at = lf + 1, line++) {
        struct oid oid = {.len = 0};
        lf = memchr(at, '\n', (size_t)(end - at));
        if (lf == NULL || oid_parse(at, (size_t)(lf - at), &oid) < 0 || oid.len != oid_len)
            return fault_set(fault, FAULT_LOCAL, "shallow: line %lu is no object id", line);
        if (shallow_add(list, &oid) < 0)
            return fault_set(fault, FAULT_LIMIT, "no memory for shallow commits");
    }
    return 0;
}

int shallow_read(int git_dir, size_t oid_len, struct shallow_list *list, struct fault *fault)
{
    char *text;
    size_t size;
    if (fs_read(git_dir, "shallow", SHALLOW_MAX, false, &text, &size, fault) < 0)
        return -1;
    int rc = text ? read_lines(text, size, oid_len, list, fault) : 0;
    free(text);
    return rc;
}

static int format(const struct shallow_list *list, struct growing_writer *text)
{
    char hex[OID_HEX];
    for (size_t i = 0; i < list->count; i++)
        if (writer_text(&text->writer, "%s\n", oid_hex(&list->oids[i], hex)) < 0)
            return -1;
    return 0;
}

int shallow_write(int git_dir, const struct shallow_list *list, struct fault *fault)
{
    struct growing_writer text;
    growing_writer_open(&text, SHALLOW_MAX, "shallow", fault);
    int rc = format(list, &text);
    if (rc == 0)
        rc = fs_write(git_dir, "shallow", text.bytes, text.used, false, fault);
    growing_writer_close(&text);
    return rc;
}

int shallow_replace(struct repo_lock *lock, int git_dir, const struct shallow_list *list, bool sync,
                    struct fault *fault)
{
    struct growing_writer text;
    if (list->count == 0) {
        if (repo_lock_take(lock, git_dir, "shallow", fault) < 0)
            return -1;
        int gone =
            unlinkat(git_dir, "shallow", 0) < 0 && errno != ENOENT
                ? fault_set(fault, FAULT_LOCAL, "cannot remove 'shallow': %s", strerror(errno))
                : 0;
        repo_lock_drop(lock, git_dir, "shallow");
        return gone;
    }
    growing_writer_open(&text, SHALLOW_MAX, "shallow", fault);
    int rc = format(list, &text);
    if (rc == 0)
        rc = repo_lock_write(lock, git_dir, "shallow", text.bytes, text.used, sync, fault);
    growing_writer_close(&text);
    return rc;
}
