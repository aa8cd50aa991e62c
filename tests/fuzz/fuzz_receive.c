/* SPDX-License-Identifier: MIT */
/* The one-pass pipeline, from a pack's bytes to its index. The input is a program that makes a pack
 * whose trailer is right, so that it gets behind the checksum; single fields of it may lie. What is
 * accepted must be readable whole: each object of the index has bytes that hash to its name.
 * FUZZ_GIT=1: stock git must take what was accepted, too, but for packs with an object twice.
 *
 * The input is a list of steps: a byte that says which, then what the step takes.
 */
#include "objects/odb.h"
#include "objects/packidx.h"
#include "proto/object.h"
#include "receive/receive.h"
#include "system/fs.h"

#include "../unit/packmake.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { OBJECTS = 64, BYTES = 1024, LARGE = 200000, DELTA = 256 };

struct program {
    const uint8_t *at, *end;
    struct packmake pack;
    size_t count; /* of what has been made */
    bool twice;   /* the same object: git refuses REF_DELTAs to it ("already resolved") */
    struct made {
        struct oid oid; /* known when the step did not lie */
        enum object_type type;
        uint64_t offset;
        unsigned char *bytes;
        size_t size;
    } made[OBJECTS];
};

static unsigned char next(struct program *program)
{
    return program->at < program->end ? *program->at++ : 0;
}

/* As many bytes of the input as its next byte says. */
static size_t some(struct program *program, const uint8_t **out)
{
    size_t want = next(program), left = (size_t)(program->end - program->at);
    size_t take = want < left ? want : left;
    *out = program->at;
    program->at += take;
    return take;
}

static void keep(struct program *program, enum object_type type, uint64_t offset,
                 const unsigned char *bytes, size_t size)
{
    struct made *made = &program->made[program->count++];
    *made = (struct made){.type = type, .offset = offset, .size = size};
    made->bytes = malloc(size + 1);
    memcpy(made->bytes, bytes, size);
    made->oid = packmake_name(type, bytes, size);
    for (const struct made *other = program->made; other < made; other++)
        program->twice |= oid_equal(&other->oid, &made->oid);
}

static void whole(struct program *program, enum object_type type, const unsigned char *bytes,
                  size_t size, unsigned lie)
{
    uint64_t offset = packmake_entry(&program->pack, type, size + lie, NULL, 0, bytes, size);
    keep(program, type, offset, bytes, size);
}

/* One of what has been made; there is one. */
static const struct made *pick(struct program *program)
{
    return &program->made[next(program) % program->count];
}

static void commit_or_tag(struct program *program, bool tag)
{
    char text[BYTES], name[OID_HEX];
    const uint8_t *message;
    const struct made *to = pick(program);
    oid_hex(&to->oid, name);
    int used = tag ? snprintf(text, sizeof text, "object %s\ntype %s\ntag t\n", name,
                              pack_type_name(to->type))
                   : snprintf(text, sizeof text, "tree %s\n", name);
    for (unsigned parents = tag ? 0 : next(program) % 3; parents > 0; parents--) {
        oid_hex(&pick(program)->oid, name);
        used += snprintf(text + used, sizeof text - (size_t)used, "parent %s\n", name);
    }
    used += snprintf(text + used, sizeof text - (size_t)used,
                     tag ? "tagger a <a> 1 +0000\n\n"
                         : "author a <a> 1 +0000\ncommitter a <a> 1 +0000\n\n");
    size_t size = some(program, &message);
    memcpy(text + used, message, size);
    whole(program, tag ? OBJECT_TAG : OBJECT_COMMIT, (unsigned char *)text, (size_t)used + size, 0);
}

/* Names are one letter each; whether they are in order is up to the input. */
static void tree(struct program *program)
{
    unsigned char text[BYTES];
    size_t used = 0;
    for (unsigned entries = next(program) % 8; entries > 0; entries--) {
        const struct made *to = pick(program);
        unsigned kind = next(program);
        const char *mode = kind & 1                  ? "160000"
                           : to->type == OBJECT_TREE ? "40000"
                           : kind & 2                ? "120000"
                                                     : "100644";
        used +=
            (size_t)sprintf((char *)text + used, "%s %c", mode, 'a' + (int)(kind >> 2) % 26) + 1;
        memcpy(text + used, to->oid.id, OID_SHA1);
        used += OID_SHA1;
    }
    whole(program, OBJECT_TREE, text, used, 0);
}

/* A delta of bytes that the input chooses, or an honest one that copies all and adds some. */
static void delta(struct program *program, unsigned kind)
{
    static unsigned char result[LARGE + 2 * DELTA], code[2 * DELTA + 32];
    const struct made *base = pick(program);
    const uint8_t *text;
    size_t size = some(program, &text), used;
    char added[DELTA];
    bool honest = (kind & 1) && base->size < 65536;
    if (honest) {
        size_t length = 0;
        while (length < size && length < 100 && text[length])
            length++;
        if (length == 0)
            return;
        memcpy(added, text, length);
        added[length] = '\0';
        used = packmake_delta(code, base->size, added);
        memcpy(result, base->bytes, base->size);
        memcpy(result + base->size, added, length);
    } else {
        used = size;
        memcpy(code, text, size);
    }
    uint64_t at = kind & 2 ? packmake_ref(&program->pack, &base->oid, code, used)
                           : packmake_ofs(&program->pack, base->offset, code, used);
    /* What a delta of chosen bytes makes is not known here: nothing refers to it by its name. */
    if (honest)
        keep(program, base->type, at, result, base->size + strlen(added));
    else
        keep(program, base->type, at, text, 0);
}

/* A delta to an object that comes only after it, or never. */
static void ahead(struct program *program)
{
    unsigned char code[DELTA + 32];
    const uint8_t *text;
    size_t size = some(program, &text);
    struct oid oid = packmake_name(OBJECT_BLOB, text, size);
    bool comes = next(program) & 1;
    packmake_ref(&program->pack, &oid, code, packmake_delta(code, size ? size : 1, "ahead"));
    if (comes)
        whole(program, OBJECT_BLOB, text, size, 0);
}

static void run(struct program *program)
{
    static unsigned char large[LARGE];
    const uint8_t *text;
    while (program->at < program->end && program->count + 1 < OBJECTS) {
        unsigned step = next(program);
        if (program->count == 0 && step % 16 > 2)
            step = 0;
        switch (step % 16) {
        case 0:
        case 1:
        case 2: {
            size_t size = some(program, &text);
            whole(program, OBJECT_BLOB, text, size, step % 16 == 2 ? step >> 7 : 0);
            break;
        }
        case 3: {
            size_t size = (size_t)next(program) * (LARGE / 256);
            memset(large, next(program), sizeof large);
            whole(program, OBJECT_BLOB, large, size, 0);
            break;
        }
        case 4:
            tree(program);
            break;
        case 5:
            commit_or_tag(program, false);
            break;
        case 6:
            commit_or_tag(program, true);
            break;
        case 7:
            ahead(program);
            break;
        case 8: { /* an object of any type with any bytes */
            enum object_type type = (enum object_type)(OBJECT_COMMIT + (step >> 4) % 4);
            size_t size = some(program, &text);
            whole(program, type, text, size, 0);
            break;
        }
        case 9: { /* a byte of what was made lies */
            size_t where = (size_t)next(program) << 8 | next(program);
            program->pack.bytes[where % program->pack.used] ^= next(program);
            break;
        }
        case 10:
            program->pack.count += next(program) - 1U;
            break;
        case 11: { /* the same again */
            const struct made *again = pick(program);
            whole(program, again->type, again->bytes, again->size, 0);
            break;
        }
        default:
            delta(program, step >> 4);
            break;
        }
    }
}

static int pack_dir = -1, git_dir = -1;
static char place[64];

static void remove_place(void)
{
    struct fault fault = {.class = FAULT_NONE};
    fs_remove(AT_FDCWD, place, &fault);
}

static void make_place(void)
{
    struct fault fault = {.class = FAULT_NONE};
    snprintf(place, sizeof place, "%s/fuzz-receive-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(place) == NULL || atexit(remove_place) != 0)
        abort();
    git_dir = fs_open_dir(AT_FDCWD, place, &fault);
    if (fs_make_dirs(git_dir, "objects/pack", &fault) < 0 ||
        fs_make_dirs(git_dir, "refs", &fault) < 0)
        abort();
    pack_dir = fs_open_dir(git_dir, "objects/pack", &fault);
}

/* Every object of the index, as our own reader finds it. */
static void read_back(const char *idx_name, uint64_t pack_size)
{
    struct fault fault = {.class = FAULT_NONE};
    struct packidx idx;
    char *text;
    size_t size;
    struct odb *odb = odb_open(git_dir, &hash_sha1, 1 << 16, &fault);
    if (odb == NULL || fs_read(pack_dir, idx_name, 1 << 24, true, &text, &size, &fault) < 0 ||
        packidx_open(&idx, (unsigned char *)text, size, OID_SHA1, pack_size, NULL, &fault) < 0)
        abort();
    for (uint32_t i = 0; i < idx.count; i++) {
        struct oid oid = packidx_oid(&idx, i);
        const unsigned char *object;
        enum object_type type;
        size_t length;
        if (odb_read(odb, &oid, (size_t)1 << 28, &type, &object, &length) < 0)
            abort();
        struct oid again = packmake_name(type, object, length);
        if (!oid_equal(&oid, &again))
            abort();
    }
    odb_close(odb);
    free(text);
}

static void ask_git(void)
{
    char command[512];
    snprintf(command, sizeof command,
             "cd %s && rm -rf git && git init -q --bare git && cd git && "
             "cat ../objects/pack/*.pack | git index-pack --stdin >/dev/null",
             place);
    if (system(command) != 0)
        abort();
}

/* Of what lies in objects/pack: checked when ACCEPTED, which else is nothing; removed. */
static void look_at_files(bool accepted, bool git, const struct receive_result *result,
                          uint64_t pack_size)
{
    struct dirent *entry;
    unsigned files = 0;
    int fd = openat(pack_dir, ".", O_RDONLY | O_DIRECTORY);
    DIR *dir = fdopendir(fd);
    if (accepted && git && result->objects > 0 && getenv("FUZZ_GIT"))
        ask_git();
    while ((entry = readdir(dir)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        files++;
        if (accepted && length > 4 && strcmp(entry->d_name + length - 4, ".idx") == 0)
            read_back(entry->d_name, pack_size);
    }
    rewinddir(dir);
    while ((entry = readdir(dir)) != NULL)
        unlinkat(fd, entry->d_name, 0);
    closedir(dir);
    if (accepted && result->objects > 0 ? files != 2 : files != 0)
        abort();
}

/* Whether it is accepted. */
static bool receive(const struct program *program, const struct receive_options *options)
{
    struct fault fault = {.class = FAULT_NONE};
    struct receive_result result = {0};
    struct reader in;
    reader_memory(&in, program->pack.bytes, program->pack.used, "fuzz", &fault);
    int rc = receive_pack(&in, options, NULL, 0, &result, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        abort();
    look_at_files(rc == 0, !program->twice, &result, program->pack.used);
    return rc == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct program program;
    program = (struct program){.at = bytes, .end = bytes + size};
    if (git_dir < 0)
        make_place();
    packmake_begin(&program.pack);
    run(&program);
    packmake_end(&program.pack);
    struct receive_options options = {
        .git_dir = git_dir, .hash = &hash_sha1, .unpacked_max = 1 << 26, .threads = 1};
    bool accepted = receive(&program, &options);
    options.threads = 2;
    if (receive(&program, &options) != accepted)
        abort();
    for (size_t i = 0; i < program.count; i++)
        free(program.made[i].bytes);
    free(program.pack.bytes);
    return 0;
}
