/* SPDX-License-Identifier: MIT */
#include "receive/new_pack.h"

#include "objects/packidx.h"
#include "system/disk_space.h"
#include "system/file.h"
#include "system/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    NAMES_TRIED = 100,      /* temporary names that may be taken by runs that died */
    ENTRY_LEAST = 9,        /* bytes of an entry: its head, and a zlib stream of nothing */
    IDX_FIXED = 8 + 256 * 4 /* bytes of an .idx before its tables: magic, version, fan-out */
};

/* Opens "tmp_pack_PID_N" for writing: never a file that exists. */
static int temporary(struct new_pack *file, const char *kind, char *name, size_t size)
{
    for (unsigned try = 0; try < NAMES_TRIED; try++) {
        snprintf(name, size, "tmp_%s_%ld_%u", kind, (long)getpid(), try);
        int fd = openat(file->dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            break;
    }
    fault_set(file->fault, FAULT_LOCAL, "cannot create objects/pack/%s: %s", name, strerror(errno));
    name[0] = '\0';
    return -1;
}

int new_pack_open(struct new_pack *file, int git_dir, bool sync, struct fault *fault)
{
    *file = (struct new_pack){.pack = -1, .sync = sync, .fault = fault};
    file->dir = fs_open_dir(git_dir, "objects/pack", fault);
    if (file->dir < 0)
        return -1;
    file->pack = temporary(file, "pack", file->pack_name, sizeof file->pack_name);
    return file->pack < 0 ? -1 : 0;
}

int new_pack_room(const struct new_pack *file, size_t oid_len, uint32_t count)
{
    struct disk_space space;
    disk_space_open(&space, file->dir);
    disk_space_add(&space, PACK_HEADER + (uint64_t)count * ENTRY_LEAST + oid_len);
    disk_space_add(&space, IDX_FIXED + (uint64_t)count * (oid_len + 8) + 2 * oid_len);
    return disk_space_check(&space, "the pack, at least,", file->fault);
}

static struct packidx_item item(void *context, uint32_t n)
{
    const struct arrivals *table = context;
    uint32_t number;
    const unsigned char *id = arrivals_sorted(table, n, &number);
    const struct arrival *arrival = &table->arrivals[number];
    return (struct packidx_item){id, arrival->crc, arrival_offset(arrival)};
}

int new_pack_write_idx(struct new_pack *file, const struct hash_ops *hash, struct arrivals *table,
                       const struct oid *pack_hash)
{
    struct file_writer out;
    int fd = temporary(file, "idx", file->idx_name, sizeof file->idx_name);
    if (fd < 0)
        return -1;
    file_write_open(&out, fd, "the pack's index", file->fault);
    int rc = packidx_write(&out.writer, hash, table->named, item, table, pack_hash);
    if (rc == 0)
        rc = file_flush(&out);
    if (rc == 0 && file->sync)
        rc = fs_sync_file(fd, "the pack's index", file->fault);
    close(fd);
    return rc;
}

static int rename_to(struct new_pack *file, char *from, const char *hex, const char *suffix)
{
    char name[OID_HEX + 16];
    snprintf(name, sizeof name, "pack-%s.%s", hex, suffix);
    if (renameat(file->dir, from, file->dir, name) < 0)
        return fault_set(file->fault, FAULT_LOCAL, "cannot rename objects/pack/%s to %s: %s", from,
                         name, strerror(errno));
    from[0] = '\0';
    return 0;
}

int new_pack_publish(struct new_pack *file, const struct oid *pack_hash)
{
    char hex[OID_HEX];
    oid_hex(pack_hash, hex);
    if (file->sync && fs_sync_file(file->pack, "the pack", file->fault) < 0)
        return -1;
    if (rename_to(file, file->pack_name, hex, "pack") < 0 ||
        rename_to(file, file->idx_name, hex, "idx") < 0)
        return -1;
    return file->sync ? fs_sync_dir(file->dir, ".", file->fault) : 0;
}

void new_pack_close(struct new_pack *file)
{
    if (file->pack_name[0])
        unlinkat(file->dir, file->pack_name, 0);
    if (file->idx_name[0])
        unlinkat(file->dir, file->idx_name, 0);
    if (file->pack >= 0)
        close(file->pack);
    if (file->dir >= 0)
        close(file->dir);
}
