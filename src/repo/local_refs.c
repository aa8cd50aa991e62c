/* SPDX-License-Identifier: MIT */
#include "repo/local_refs.h"

#include "proto/refs.h"
#include "repo/refdb.h"
#include "system/array.h"
#include "system/fs.h"
#include "system/texts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_MAX = 2 * REFS_NAME_MAX, /* bytes of a loose reference: "ref: " and a name */
    SYMREFS_MAX = 5               /* references that lead to each other; git's limit */
};

static int no_memory(struct fault *fault)
{
    return fault_set(fault, FAULT_LIMIT, "no memory for the references of the repository");
}

static struct local_ref *add(struct local_refs *refs, const char *name, struct fault *fault)
{
    struct local_ref *more = array_room(refs->refs, refs->count, &refs->room, sizeof *more);
    if (more == NULL) {
        no_memory(fault);
        return NULL;
    }
    refs->refs = more;
    const char *kept = texts_keep(&refs->names, name, strlen(name));
    if (kept == NULL) {
        no_memory(fault);
        return NULL;
    }
    struct local_ref *ref = &refs->refs[refs->count++];
    *ref = (struct local_ref){.name = kept};
    return ref;
}

struct packed_note {
    struct local_refs *refs;
    struct fault *fault;
};

static int note_packed(void *context, const struct refdb_entry *entry)
{
    struct packed_note *note = context;
    struct local_ref *ref = add(note->refs, entry->name, note->fault);
    if (ref == NULL)
        return -1;
    ref->oid = *entry->oid;
    if (entry->peeled)
        ref->peeled = *entry->peeled;
    ref->packed = true;
    return 0;
}

static int read_packed(int git_dir, struct local_refs *refs, struct fault *fault)
{
    struct packed_note note = {refs, fault};
    char *text;
    size_t size;
    if (fs_read(git_dir, "packed-refs", REFDB_PACKED_MAX, false, &text, &size, fault) < 0)
        return -1;
    if (text == NULL)
        return 0;
    int rc = refdb_read_packed(text, size, note_packed, &note, fault);
    free(text);
    return rc;
}

/* file = id [ white space ... ] / "ref:" *blank name [ white space ]; one LF is there as git writes
 * it, and what it takes. */
static void parse_file(char *text, size_t size, struct oid *oid, char **target)
{
    while (size > 0 && strchr(" \t\r\n", text[size - 1]))
        size--;
    text[size] = '\0';
    *target = NULL;
    *oid = (struct oid){.len = 0};
    if (strncmp(text, "ref:", 4) != 0) {
        oid_parse(text, strcspn(text, " \t\r\n"), oid);
        return;
    }
    char *name = text + 4 + strspn(text + 4, " \t");
    if (refs_name_valid(name, strlen(name), false))
        *target = name;
}

int local_ref_file(int git_dir, const char *name, struct oid *oid, char **target,
                   struct fault *fault)
{
    char *text, *found;
    size_t size;
    struct stat st;
    *target = NULL;
    /* A directory stands where another reference has been: that is no reference. */
    if (fstatat(git_dir, name, &st, 0) == 0 && S_ISDIR(st.st_mode))
        return 0;
    if (fs_read(git_dir, name, FILE_MAX, false, &text, &size, fault) < 0)
        return -1;
    if (text == NULL)
        return 0;
    parse_file(text, size, oid, &found);
    if (found) {
        memmove(text, found, strlen(found) + 1);
        *target = text;
        return 1;
    }
    free(text);
    return 1;
}

static int compare(const void *a, const void *b)
{
    const struct local_ref *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* By name, and of two with the same name the loose one first. */
static int compare_places(const void *a, const void *b)
{
    const struct local_ref *x = a, *y = b;
    int order = compare(a, b);
    return order ? order : y->loose - x->loose;
}

/* Directories that are still to be read. */
struct walk {
    int git_dir;
    struct local_refs *refs;
    struct texts *names;
    const char **folders;
    size_t count, room;
    struct fault *fault;
};

static int push_folder(struct walk *walk, const char *name)
{
    const char **more = array_room(walk->folders, walk->count, &walk->room, sizeof *more);
    if (more == NULL)
        return no_memory(walk->fault);
    walk->folders = more;
    const char *kept = texts_keep(&walk->names, name, strlen(name));
    if (kept == NULL)
        return no_memory(walk->fault);
    walk->folders[walk->count++] = kept;
    return 0;
}

static int take_file(struct walk *walk, const char *name)
{
    struct oid oid;
    char *target;
    int rc = local_ref_file(walk->git_dir, name, &oid, &target, walk->fault);
    if (rc <= 0) /* it has gone meanwhile */
        return rc;
    struct local_ref *ref = add(walk->refs, name, walk->fault);
    if (ref != NULL) {
        ref->oid = oid;
        ref->loose = true;
        if (target)
            ref->target = texts_keep(&walk->refs->names, target, strlen(target));
        if (target && ref->target == NULL)
            rc = no_memory(walk->fault);
    }
    free(target);
    return ref == NULL || rc < 0 ? -1 : 0;
}

/* What is called like no reference (a lock, a file that an editor left) is none. */
static int take_entry(struct walk *walk, const char *folder, const char *entry)
{
    char name[REFS_NAME_MAX];
    struct stat st;
    if (entry[0] == '.')
        return 0;
    int length = snprintf(name, sizeof name, "%s/%s", folder, entry);
    if ((size_t)length >= sizeof name || !refs_name_valid(name, (size_t)length, false))
        return 0;
    if (fstatat(walk->git_dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return 0;
    return S_ISDIR(st.st_mode) ? push_folder(walk, name) : take_file(walk, name);
}

static int read_folder(struct walk *walk, const char *folder)
{
    int fd = openat(walk->git_dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    int rc = 0;
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return errno == ENOENT ? 0
                               : fault_set(walk->fault, FAULT_LOCAL, "cannot read '%s': %s", folder,
                                           strerror(errno));
    }
    while (rc == 0 && (errno = 0, entry = readdir(dir)) != NULL)
        rc = take_entry(walk, folder, entry->d_name);
    if (rc == 0 && entry == NULL && errno != 0)
        rc = fault_set(walk->fault, FAULT_LOCAL, "cannot read '%s': %s", folder, strerror(errno));
    closedir(dir);
    return rc;
}

static int read_loose(int git_dir, struct local_refs *refs, struct fault *fault)
{
    struct walk walk = {.git_dir = git_dir, .refs = refs, .fault = fault};
    int rc = push_folder(&walk, "refs");
    while (rc == 0 && walk.count > 0)
        rc = read_folder(&walk, walk.folders[--walk.count]);
    texts_free(walk.names);
    free(walk.folders);
    return rc;
}

/* Of each name what counts: the file. */
static void merge(struct local_refs *refs)
{
    size_t kept = 0;
    if (refs->count > 0)
        qsort(refs->refs, refs->count, sizeof *refs->refs, compare_places);
    for (size_t i = 0; i < refs->count; i++)
        if (kept > 0 && compare(&refs->refs[kept - 1], &refs->refs[i]) == 0)
            refs->refs[kept - 1].packed = true;
        else
            refs->refs[kept++] = refs->refs[i];
    refs->count = kept;
}

/* What NAME, to which another one leads, is. */
static struct oid resolve(const struct local_refs *refs, const char *name)
{
    for (int i = 1; name && i < SYMREFS_MAX; i++) {
        const struct local_ref *ref = local_refs_find(refs, name);
        if (ref == NULL || ref->target == NULL)
            return ref ? ref->oid : (struct oid){.len = 0};
        name = ref->target;
    }
    return (struct oid){.len = 0};
}

int local_refs_read(int git_dir, struct local_refs *out, struct fault *fault)
{
    *out = (struct local_refs){.count = 0};
    /* The files first: what is packed meanwhile is then seen twice, not missed. */
    if (read_loose(git_dir, out, fault) < 0 || read_packed(git_dir, out, fault) < 0)
        return -1;
    merge(out);
    for (size_t i = 0; i < out->count; i++)
        if (out->refs[i].target)
            out->refs[i].oid = resolve(out, out->refs[i].target);
    return 0;
}

void local_refs_free(struct local_refs *refs)
{
    texts_free(refs->names);
    free(refs->refs);
    *refs = (struct local_refs){.count = 0};
}

const struct local_ref *local_refs_find(const struct local_refs *refs, const char *name)
{
    struct local_ref key = {.name = name};
    return refs->count == 0 ? NULL
                            : bsearch(&key, refs->refs, refs->count, sizeof *refs->refs, compare);
}

int local_head_read(int git_dir, const struct local_refs *refs, struct local_head *out,
                    struct fault *fault)
{
    *out = (struct local_head){.branch = NULL};
    int rc = local_ref_file(git_dir, "HEAD", &out->oid, &out->branch, fault);
    if (rc < 0)
        return -1;
    if (rc == 0 || (out->branch == NULL && out->oid.len == 0))
        return fault_set(fault, FAULT_LOCAL, "HEAD is %s", rc ? "damaged" : "missing");
    if (out->branch)
        out->oid = resolve(refs, out->branch);
    return 0;
}
