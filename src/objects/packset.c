/* SPDX-License-Identifier: MIT */
#include "objects/packset.h"

#include "proto/bytes.h"
#include "system/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 200 }; /* of "pack-*.idx"; git's own have 49 or 73 */

/* Opens the pack NAME. */
static int open_file(const struct packset *set, struct packset_pack *pack, const char *name)
{
    struct stat st;
    pack->fd = openat(set->dir, name, O_RDONLY | O_CLOEXEC);
    if (pack->fd < 0 || fstat(pack->fd, &st) < 0)
        return fault_set(set->fault, FAULT_LOCAL, "cannot read objects/pack/%s: %s", name,
                         strerror(errno));
    pack->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    if (pack->size >> PLACE_OFFSET_BITS)
        return fault_set(set->fault, FAULT_LIMIT, "objects/pack/%s: %" PRIu64 " bytes are too many",
                         name, pack->size);
    return 0;
}

static int open_idx(const struct packset *set, struct packset_pack *pack, const char *name)
{
    int rc = file_map_open(&pack->map, set->dir, name, SIZE_MAX, set->fault);
    if (rc == 0)
        rc = fault_set(set->fault, FAULT_LOCAL, "cannot read '%s': it has gone", name);
    return rc < 0 ? -1
                  : packidx_open(&pack->idx, pack->map.bytes, pack->map.size, set->oid_len,
                                 pack->size, &pack->map, set->fault);
}

/* The pack's own count and hash are those that its index was made for. */
static int check_pack(const struct packset *set, const struct packset_pack *pack)
{
    struct file_reader in;
    uint32_t count;
    unsigned char trailer[OID_MAX];
    const unsigned char *expected = pack->idx.bytes + pack->idx.size - 2 * set->oid_len;
    if (pack->size < PACK_HEADER + set->oid_len)
        return fault_set(set->fault, FAULT_PROTOCOL, "pack: has only %" PRIu64 " bytes",
                         pack->size);
    file_read_open(&in, pack->fd, 0, pack->size, "pack", set->fault);
    if (pack_read_header(&in.reader, &count) < 0 ||
        fs_pread(pack->fd, trailer, set->oid_len, pack->size - set->oid_len, "pack", set->fault) <
            0)
        return -1;
    if (count != pack->idx.count)
        return fault_set(set->fault, FAULT_PROTOCOL,
                         "pack: has %" PRIu32 " objects, its index %" PRIu32, count,
                         pack->idx.count);
    if (memcmp(trailer, expected, set->oid_len) != 0)
        return fault_set(set->fault, FAULT_PROTOCOL, "pack: its index was made for another pack");
    return 0;
}

static int open_pack(const struct packset *set, struct packset_pack *pack, const char *idx_name)
{
    char name[NAME_MAX_BYTES + 8];
    size_t stem = strlen(idx_name) - strlen(".idx");
    *pack = (struct packset_pack){.fd = -1};
    snprintf(name, sizeof name, "%.*s.pack", (int)stem, idx_name);
    if (open_file(set, pack, name) < 0)
        return -1;
    if (open_idx(set, pack, idx_name) < 0)
        return fault_wrap(set->fault, "objects/pack/%s", idx_name);
    if (check_pack(set, pack) < 0)
        return fault_wrap(set->fault, "objects/pack/%s", name);
    return 0;
}

int packset_add(struct packset *set, const char *name)
{
    if (set->count == PACKSET_MAX)
        return fault_set(set->fault, FAULT_LIMIT, "objects/pack: more than %d packs", PACKSET_MAX);
    struct packset_pack *packs = realloc(set->packs, (set->count + 1) * sizeof *packs);
    if (packs == NULL)
        return fault_set(set->fault, FAULT_LIMIT, "no memory for %" PRIu32 " packs",
                         set->count + 1);
    set->packs = packs;
    return open_pack(set, &packs[set->count++], name);
}

bool packset_is_idx(const char *name)
{
    size_t length = strlen(name);
    return length > strlen("pack-.idx") && length <= NAME_MAX_BYTES &&
           memcmp(name, "pack-", 5) == 0 && strcmp(name + length - 4, ".idx") == 0;
}

int packset_open(struct packset *set, int git_dir, size_t oid_len, struct fault *fault)
{
    *set = (struct packset){.oid_len = oid_len, .fault = fault};
    set->dir = fs_open_dir(git_dir, "objects/pack", fault);
    if (set->dir < 0)
        return -1;
    int copy = fcntl(set->dir, F_DUPFD_CLOEXEC, 0);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry;
    int rc = 0;
    if (dir == NULL) {
        fault_set(fault, errno == ENOMEM ? FAULT_LIMIT : FAULT_LOCAL,
                  "cannot read objects/pack: %s", strerror(errno));
        if (copy >= 0)
            close(copy);
        return -1;
    }
    while (rc == 0 && (errno = 0, entry = readdir(dir)) != NULL)
        if (packset_is_idx(entry->d_name))
            rc = packset_add(set, entry->d_name);
    if (rc == 0 && errno != 0)
        rc = fault_set(fault, FAULT_LOCAL, "cannot read objects/pack: %s", strerror(errno));
    closedir(dir);
    return rc;
}

static void drop(struct packset_pack *pack)
{
    file_map_close(&pack->map);
    if (pack->fd >= 0)
        close(pack->fd);
}

void packset_drop(struct packset *set)
{
    drop(&set->packs[--set->count]);
}

void packset_close(struct packset *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        drop(&set->packs[i]);
    free(set->packs);
    if (set->dir >= 0)
        close(set->dir);
    *set = (struct packset){.dir = -1};
}

struct oid packset_name(const struct packset *set, uint32_t pack)
{
    const struct packidx *idx = &set->packs[pack].idx;
    char name[OID_HEX + 16], hex[OID_HEX];
    struct oid oid = oid_from(idx->bytes + idx->size - 2 * set->oid_len, set->oid_len);
    snprintf(name, sizeof name, "pack-%s.pack", oid_hex(&oid, hex));
    return faccessat(set->dir, name, F_OK, 0) == 0 ? oid : (struct oid){.len = 0};
}

bool packset_find(const struct packset *set, const struct oid *oid, struct place *out)
{
    uint32_t number;
    for (uint32_t i = 0; i < set->count; i++)
        if (packidx_find(&set->packs[i].idx, oid, &number)) {
            *out = (struct place){i, packidx_offset(&set->packs[i].idx, number)};
            return true;
        }
    return false;
}

int packset_entry(const struct packset *set, const struct place *place, struct file_reader *in,
                  struct pack_entry *entry)
{
    const struct packset_pack *pack = &set->packs[place->pack];
    file_read_move(in, pack->fd, place->offset, pack->size - set->oid_len, "pack", set->fault);
    if (pack_read_entry(&in->reader, place->offset, set->oid_len, entry) < 0)
        return fault_wrap(set->fault, "pack entry at byte %" PRIu64, place->offset);
    return 0;
}

int packset_head(const struct packset *set, const struct place *place, struct pack_entry *entry)
{
    const struct packset_pack *pack = &set->packs[place->pack];
    unsigned char head[PACK_ENTRY_HEAD_MAX];
    struct reader in;
    uint64_t end = pack->size - set->oid_len, left = place->offset < end ? end - place->offset : 0;
    size_t size = left < sizeof head ? (size_t)left : sizeof head;
    ssize_t got = pread(pack->fd, head, size, (off_t)place->offset);
    reader_memory(&in, head, got < 0 ? 0 : (size_t)got, "pack", set->fault);
    return pack_read_entry(&in, place->offset, set->oid_len, entry);
}

int packset_base(const struct packset *set, const struct place *place,
                 const struct pack_entry *entry, struct place *base)
{
    const struct packidx *idx = &set->packs[place->pack].idx;
    uint32_t number;
    char hex[OID_HEX];
    uint64_t offset = entry->base_offset;
    if (entry->type == OBJECT_REF_DELTA) {
        if (!packidx_find(idx, &entry->base, &number))
            return fault_set(set->fault, FAULT_PROTOCOL,
                             "pack entry at byte %" PRIu64 ": its base %s is not in this pack",
                             place->offset, oid_hex(&entry->base, hex));
        offset = packidx_offset(idx, number);
    }
    *base = (struct place){place->pack, offset};
    return 0;
}
