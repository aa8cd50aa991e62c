/* SPDX-License-Identifier: MIT */
/* Trees of strangers become files: the input makes trees, of which the last is checked out. Nothing
 * may appear outside the working tree, and what was written is listed in the index.
 *
 * The input is a list of entries: a byte for the mode, one for the object, one for the length of
 * the name, the name. A mode of 255 ends a tree.
 */
#include "worktree/checkout.h"
#include "worktree/index.h"

#include "../unit/packdir.h"

#include <dirent.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { OBJECTS = 32, TREE_MAX = 4096 };

struct maker {
    struct packmake pack;
    struct packidx_item items[OBJECTS];
    struct oid oids[OBJECTS];
    uint32_t count;
};

static void add_object(struct maker *maker, enum object_type type, const void *bytes, size_t size)
{
    struct oid oid = packmake_name(type, bytes, size);
    for (uint32_t i = 0; i < maker->count; i++)
        if (oid_equal(&maker->oids[i], &oid))
            return;
    if (maker->count == OBJECTS)
        return;
    maker->oids[maker->count] = oid;
    maker->items[maker->count] = (struct packidx_item){
        maker->oids[maker->count].id, 0, packmake_whole(&maker->pack, type, bytes, size)};
    maker->count++;
}

/* One tree of the input; *ROOT is its id. */
static const uint8_t *make_tree(struct maker *maker, const uint8_t *at, const uint8_t *end,
                                struct oid *root)
{
    static const char *const modes[] = {"100644", "100755", "120000", "40000",  "160000",
                                        "100664", "040000", "0",      "100600", "120777"};
    unsigned char tree[TREE_MAX];
    size_t used = 0;
    while (end - at >= 3 && at[0] != 255 && used < TREE_MAX - 300) {
        const char *mode = modes[at[0] % (sizeof modes / sizeof *modes)];
        const struct oid *oid = &maker->oids[at[1] % maker->count];
        size_t length = at[2], left = (size_t)(end - at - 3);
        if (length > left)
            length = left;
        used += (size_t)sprintf((char *)tree + used, "%s ", mode);
        memcpy(tree + used, at + 3, length);
        used += length;
        tree[used++] = '\0';
        memcpy(tree + used, oid->id, 20);
        used += 20;
        at += 3 + length;
    }
    add_object(maker, OBJECT_TREE, tree, used);
    *root = packmake_name(OBJECT_TREE, tree, used);
    return at < end && at[0] == 255 ? at + 1 : end;
}

/* "repo" and "work" are all that may stand here. */
static void look_around(void)
{
    DIR *here = opendir(".");
    for (struct dirent *entry; (entry = readdir(here));)
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "repo") != 0 &&
            strcmp(entry->d_name, "work") != 0)
            abort();
    closedir(here);
}

static int listed(void *context, const struct index_entry *entry)
{
    (void)entry;
    ++*(size_t *)context;
    return 0;
}

/* The index of a checkout that went well lists what is there. */
static void look_at_index(void)
{
    struct fault fault = {.class = FAULT_NONE};
    size_t size, count = 0;
    char *index;
    if (fs_read(git_dir, "index", 1 << 20, true, &index, &size, &fault) < 0 || index == NULL ||
        index_read((unsigned char *)index, size, &hash_sha1, listed, &count, NULL, &fault) < 0)
        abort();
    free(index);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct maker maker;
    const uint8_t *at = bytes, *end = bytes + size;
    struct fault fault = {.class = FAULT_NONE};
    struct oid root;
    if (scratch_path[0] == '\0')
        scratch_open();
    maker.count = 0;
    packmake_begin(&maker.pack);
    add_object(&maker, OBJECT_BLOB, "text\n", 5);
    add_object(&maker, OBJECT_BLOB, "..", 2);
    add_object(&maker, OBJECT_BLOB, "/etc/passwd", 11);
    add_object(&maker, OBJECT_BLOB, "", 0);
    do
        at = make_tree(&maker, at, end, &root);
    while (at < end && maker.count < OBJECTS);
    put_pack(&maker.pack, maker.items, maker.count);
    free(maker.pack.bytes);
    if (is_there("work"))
        fs_remove(AT_FDCWD, "work", &fault);
    fs_make_dirs(AT_FDCWD, "work", &fault);
    int work = fs_open_dir(AT_FDCWD, "work", &fault);
    struct odb *odb = open_odb(1 << 20, &fault);
    struct checkout_options options = {
        .odb = odb, .hash = &hash_sha1, .git_dir = git_dir, .work_dir = work, .entries_max = 1000};
    int rc = odb ? checkout_tree(&options, &root, &fault) : -1;
    if ((rc < 0) != (fault.class != FAULT_NONE))
        abort();
    if (rc == 0)
        look_at_index();
    odb_close(odb);
    close(work);
    look_around();
    return 0;
}
