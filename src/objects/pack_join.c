/* SPDX-License-Identifier: MIT */
#include "objects/pack_join.h"

#include "objects/packset.h"
#include "proto/inflate.h"
#include "system/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_BYTES = OID_HEX + 32 };

/* One object: where it is, and where it goes. */
struct item {
    struct oid oid;
    uint32_t pack;
    uint64_t from, to; /* offsets; to 0: another pack has it, too, and it is not copied */
    uint32_t crc;
};

struct join {
    struct packset packs;
    bool *chosen;
    struct item *items; /* in the order of packs and offsets; for the index, of ids */
    size_t count, copied;
    const struct hash_ops *hash;
    struct file_reader in;
    struct writer out;
    union hash sum;
    uint32_t crc;
    int fd;
    struct fault *fault;
};

static int put(struct writer *writer, const void *bytes, size_t size)
{
    struct join *join = (struct join *)((char *)writer - offsetof(struct join, out));
    join->crc = inflate_crc(join->crc, bytes, size);
    join->hash->add(&join->sum, bytes, size);
    return fs_put(join->fd, bytes, size, "the pack", join->fault);
}

static bool has_keep(const struct join *join, uint32_t pack)
{
    char name[NAME_BYTES], hex[OID_HEX];
    struct oid oid = packset_name(&join->packs, pack);
    snprintf(name, sizeof name, "pack-%s.keep", oid_hex(&oid, hex));
    return oid.len == 0 || faccessat(join->packs.dir, name, F_OK, 0) == 0;
}

/* All but those that somebody wants to keep and, unless ALL, the largest. Their number. */
static uint32_t choose(struct join *join, bool all)
{
    uint32_t largest = 0, count = 0;
    for (uint32_t i = 1; i < join->packs.count; i++)
        if (join->packs.packs[i].size > join->packs.packs[largest].size)
            largest = i;
    for (uint32_t i = 0; i < join->packs.count; i++) {
        join->chosen[i] = (all || i != largest) && !has_keep(join, i);
        count += join->chosen[i];
        join->count += join->chosen[i] ? join->packs.packs[i].idx.count : 0;
    }
    return count;
}

static int by_place(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->pack != y->pack)
        return x->pack < y->pack ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static int by_oid(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return oid_compare(&x->oid, &y->oid);
}

static int list(struct join *join)
{
    size_t at = 0;
    join->items = malloc((join->count + 1) * sizeof *join->items);
    if (join->items == NULL)
        return fault_set(join->fault, FAULT_LIMIT, "no memory to join packs");
    for (uint32_t i = 0; i < join->packs.count; i++)
        for (uint32_t n = 0; join->chosen[i] && n < join->packs.packs[i].idx.count; n++)
            join->items[at++] = (struct item){.oid = packidx_oid(&join->packs.packs[i].idx, n),
                                              .pack = i,
                                              .from = packidx_offset(&join->packs.packs[i].idx, n)};
    qsort(join->items, join->count, sizeof *join->items, by_place);
    return 0;
}

/* The item at the offset FROM of PACK, of those before END; NULL: there is none. */
static struct item *item_at(const struct join *join, uint32_t pack, uint64_t from, size_t end)
{
    struct item key = {.pack = pack, .from = from};
    return bsearch(&key, join->items, end, sizeof key, by_place);
}

/* The same object in a pack that was copied before. */
static struct item *copied_before(const struct join *join, const struct item *item, size_t end)
{
    for (uint32_t i = 0; i < item->pack; i++) {
        uint32_t number;
        if (join->chosen[i] && packidx_find(&join->packs.packs[i].idx, &item->oid, &number))
            return item_at(join, i, packidx_offset(&join->packs.packs[i].idx, number), end);
    }
    return NULL;
}

/* Where the base of a delta is in the new pack: 0 when it is not there. */
static uint64_t new_base(const struct join *join, uint32_t pack, uint64_t from, size_t end)
{
    const struct item *base = item_at(join, pack, from, end);
    if (base && base->to == 0)
        base = copied_before(join, base, end);
    return base ? base->to : 0;
}

/* type and size, then for a delta how far back its base is, or its base's id. */
static int put_head(struct join *join, const struct pack_entry *entry, uint64_t distance)
{
    unsigned char head[PACK_ENTRY_HEAD_MAX], back[10];
    size_t at = sizeof back;
    if (writer_put(&join->out, head, pack_format_entry(head, entry->type, entry->size)) < 0)
        return -1;
    if (entry->type == OBJECT_REF_DELTA)
        return writer_put(&join->out, entry->base.id, entry->base.len);
    if (entry->type != OBJECT_OFS_DELTA)
        return 0;
    back[--at] = distance & 0x7f;
    while (distance >>= 7)
        back[--at] = (unsigned char)(0x80 | (--distance & 0x7f));
    return writer_put(&join->out, back + at, sizeof back - at);
}

/* The entry's zlib stream, as it is: up to byte END of its pack. */
static int put_stream(struct join *join, uint64_t end)
{
    struct reader *in = &join->in.reader;
    int rc = 1;
    while (reader_tell(in) < end && (rc = reader_fill(in)) == 1) {
        uint64_t left = end - reader_tell(in);
        size_t hand = (size_t)(in->end - in->at);
        size_t take = left < hand ? (size_t)left : hand;
        if (writer_put(&join->out, in->at, take) < 0)
            return -1;
        in->at += take;
    }
    return rc < 0 ? -1 : 0;
}

static int copy(struct join *join, size_t number)
{
    struct item *item = &join->items[number];
    const struct packset_pack *pack = &join->packs.packs[item->pack];
    const struct place place = {item->pack, item->from};
    struct pack_entry entry;
    uint64_t distance = 0;
    if (copied_before(join, item, number))
        return 0;
    if (packset_entry(&join->packs, &place, &join->in, &entry) < 0)
        return -1;
    uint64_t to = join->out.offset;
    if (entry.type == OBJECT_OFS_DELTA) {
        uint64_t base = new_base(join, item->pack, entry.base_offset, number);
        if (base == 0)
            return fault_set(join->fault, FAULT_PROTOCOL, "a delta without its base before it");
        distance = to - base;
    }
    bool last = number + 1 == join->count || join->items[number + 1].pack != item->pack;
    join->crc = 0;
    if (put_head(join, &entry, distance) < 0 ||
        put_stream(join, last ? pack->size - join->packs.oid_len : join->items[number + 1].from) <
            0)
        return -1;
    item->to = to;
    item->crc = join->crc;
    join->copied++;
    return 0;
}

/* How many objects there are, each once. */
static uint32_t count_once(const struct join *join)
{
    uint32_t count = 0;
    for (size_t i = 0; i < join->count; i++)
        count += copied_before(join, &join->items[i], i) == NULL;
    return count;
}

static int write_pack(struct join *join, struct oid *sum)
{
    unsigned char header[PACK_HEADER];
    join->out = (struct writer){.put = put, .name = "pack", .fault = join->fault};
    join->hash->begin(&join->sum);
    if (writer_put(&join->out, header, pack_format_header(header, count_once(join))) < 0)
        return -1;
    for (size_t i = 0; i < join->count; i++)
        if (copy(join, i) < 0)
            return -1;
    join->hash->end(&join->sum, sum);
    return fs_put(join->fd, sum->id, sum->len, "the pack", join->fault);
}

static struct packidx_item idx_item(void *context, uint32_t number)
{
    const struct item *item = &((struct join *)context)->items[number];
    return (struct packidx_item){item->oid.id, item->crc, item->to};
}

static int write_idx(struct join *join, int fd, const struct oid *sum)
{
    struct file_writer out;
    size_t kept = 0;
    for (size_t i = 0; i < join->count; i++)
        if (join->items[i].to)
            join->items[kept++] = join->items[i];
    qsort(join->items, kept, sizeof *join->items, by_oid);
    file_write_open(&out, fd, "the pack's index", join->fault);
    if (packidx_write(&out.writer, join->hash, (uint32_t)kept, idx_item, join, sum) < 0)
        return -1;
    return file_flush(&out);
}

static int create(struct join *join, const char *name)
{
    unlinkat(join->packs.dir, name, 0);
    int fd =
        openat(join->packs.dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
    return fd < 0 ? fault_set(join->fault, FAULT_LOCAL, "cannot create objects/pack/%s: %s", name,
                              strerror(errno))
                  : fd;
}

static int rename_to(struct join *join, const char *from, const struct oid *sum, const char *end)
{
    char name[NAME_BYTES], hex[OID_HEX];
    snprintf(name, sizeof name, "pack-%s.%s", oid_hex(sum, hex), end);
    if (renameat(join->packs.dir, from, join->packs.dir, name) == 0)
        return 0;
    return fault_set(join->fault, FAULT_LOCAL, "cannot rename objects/pack/%s: %s", from,
                     strerror(errno));
}

/* The index goes first: a pack without one is nobody's. */
static void remove_old(struct join *join, const struct oid *sum)
{
    static const char *const ends[] = {"idx", "rev", "bitmap", "mtimes", "pack"};
    for (uint32_t i = 0; i < join->packs.count; i++) {
        struct oid oid = packset_name(&join->packs, i);
        if (!join->chosen[i] || oid_equal(&oid, sum))
            continue;
        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
            char name[NAME_BYTES], hex[OID_HEX];
            snprintf(name, sizeof name, "pack-%s.%s", oid_hex(&oid, hex), ends[k]);
            unlinkat(join->packs.dir, name, 0);
        }
    }
}

static int make(struct join *join, bool sync)
{
    char pack_name[NAME_BYTES], idx_name[NAME_BYTES];
    struct oid sum;
    int dir = join->packs.dir, idx = -1;
    snprintf(pack_name, sizeof pack_name, "tmp_pack_join_%ld", (long)getpid());
    snprintf(idx_name, sizeof idx_name, "tmp_idx_join_%ld", (long)getpid());
    join->fd = create(join, pack_name);
    int rc = join->fd < 0 ? -1 : write_pack(join, &sum);
    if (rc == 0)
        rc = (idx = create(join, idx_name)) < 0 ? -1 : write_idx(join, idx, &sum);
    if (rc == 0 && sync)
        rc = fs_sync_file(join->fd, pack_name, join->fault) < 0
                 ? -1
                 : fs_sync_file(idx, idx_name, join->fault);
    if (rc == 0)
        rc = rename_to(join, pack_name, &sum, "pack");
    if (rc == 0)
        rc = rename_to(join, idx_name, &sum, "idx");
    if (rc == 0 && sync)
        rc = fs_sync_dir(dir, ".", join->fault);
    if (rc == 0)
        remove_old(join, &sum);
    unlinkat(dir, pack_name, 0);
    unlinkat(dir, idx_name, 0);
    if (join->fd >= 0)
        close(join->fd);
    if (idx >= 0)
        close(idx);
    return rc;
}

int pack_join(int git_dir, const struct hash_ops *hash, uint32_t from, bool all, bool sync,
              struct fault *fault)
{
    struct join join = {.hash = hash, .fd = -1, .fault = fault};
    int rc = packset_open(&join.packs, git_dir, hash->oid_len, fault);
    /* An index over several packs, which git makes on request, would name packs that have gone. */
    bool indexed = rc == 0 && faccessat(join.packs.dir, "multi-pack-index", F_OK, 0) == 0;
    if (rc == 0 && !indexed && join.packs.count >= from) {
        join.chosen = calloc(join.packs.count, sizeof *join.chosen);
        if (join.chosen == NULL)
            rc = fault_set(fault, FAULT_LIMIT, "no memory to join packs");
        else if (choose(&join, all) > 1)
            rc = list(&join) < 0 ? -1 : make(&join, sync);
    }
    free(join.chosen);
    free(join.items);
    packset_close(&join.packs);
    return rc;
}
