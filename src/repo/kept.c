/* SPDX-License-Identifier: MIT */
#include "repo/kept.h"

#include "proto/bytes.h"
#include "repo/abandoned.h"
#include "repo/kept_bundles.h"
#include "system/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FROM "from"

enum {
    FROM_MAX = URL_MAX + 256, /* bytes */
    DAYS_MOST = 14
};

int kept_note(struct staging *stage, const char *what, uint32_t announced)
{
    char *text = malloc(FROM_MAX);
    if (text == NULL)
        return fault_set(stage->fault, FAULT_LIMIT, "no memory for a URL");
    int size = snprintf(text, FROM_MAX, "%s\n%" PRIu32 "\n", what, announced);
    int rc = fs_write(stage->stage, FROM, text, (size_t)size, false, stage->fault);
    free(text);
    return rc;
}

static bool is_one(void *context, int dir, const char *name, const struct stat *st)
{
    (void)context, (void)dir, (void)name, (void)st;
    return true;
}

bool kept_waits(int stage)
{
    struct stat st;
    return kept_is_own(stage, FROM, &st) && st.st_size > 0 && /* a power failure can empty it */
           st.st_mtim.tv_sec > time(NULL) - (time_t)DAYS_MOST * 24 * 60 * 60 &&
           (kept_in_all(stage, "", KEPT_ALL, is_one, NULL) || kept_bundles_size(stage) > 0);
}

/* What somebody looks for among what was kept. */
struct search {
    struct staging *stage;
    const char *const *whats;
    size_t count, found; /* found: from 1 */
    uint32_t announced;
};

/* Whether TEXT, which is SIZE bytes, is a note of WHAT. */
static bool is_note(const char *text, size_t size, const char *what, uint32_t *out)
{
    size_t length = strlen(what);
    uint64_t announced;
    if (length == 0 || size <= length + 2 || memcmp(text, what, length) != 0 ||
        text[length] != '\n' || text[size - 1] != '\n' ||
        bytes_decimal(text + length + 1, size - length - 2, &announced) < 0 ||
        announced > UINT32_MAX)
        return false;
    *out = (uint32_t)announced;
    return true;
}

/* Whether the note TEXT is of what WHAT was when other tips, or ends of history, were there: "URL
 * PART of HASH". */
static bool is_stale(const char *text, const char *what)
{
    const char *words = strchr(what, ' '), *of = words ? strstr(words, " of ") : NULL;
    return of && strncmp(text, what, (size_t)(of - what) + strlen(" of ")) == 0;
}

/* From here on what was kept is ours, also when this run is killed before it is moved, and after.
 */
static bool fits(void *context, int stage)
{
    struct search *search = context;
    struct fault ignored;
    char *text;
    size_t size;
    bool stale = false;
    fault_clear(&ignored);
    if (!kept_waits(stage) || fs_read(stage, FROM, FROM_MAX, true, &text, &size, &ignored) < 0 ||
        text == NULL)
        return false;
    for (size_t i = 0; i < search->count && search->found == 0; i++) {
        stale = stale || is_stale(text, search->whats[i]);
        if (is_note(text, size, search->whats[i], &search->announced) &&
            kept_note(search->stage, search->whats[i], search->announced) == 0)
            search->found = i + 1;
    }
    free(text);
    return search->found > 0 || stale;
}

int kept_take(struct staging *stage, const char *const whats[], size_t count, uint32_t *announced)
{
    struct search search = {.stage = stage, .whats = whats, .count = count};
    const char *name = stage->fresh ? stage->name : ".git";
    while (abandoned_take(stage->parent, name, stage->stage_name, !stage->beside_others,
                          stage->stage, fits, &search) &&
           search.found == 0)
        kept_drop(stage);
    if (search.found == 0)
        return 0;
    kept_lift(stage->stage);
    kept_bundles_take(stage);
    *announced = search.announced;
    return (int)search.found;
}

void kept_alone(struct staging *stage)
{
    uint32_t ignored;
    kept_take(stage, NULL, 0, &ignored);
}

/* The pack that is next, and the one before it, whose name goes. */
struct next {
    const struct stat *done;
    int found;
};

static bool is_next(void *context, int dir, const char *name, const struct stat *st)
{
    struct next *next = context;
    if (next->done && st->st_ino == next->done->st_ino && st->st_dev == next->done->st_dev) {
        unlinkat(dir, name, 0);
        next->done = NULL;
    } else if (next->found < 0) {
        next->found = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    }
    return next->found >= 0 && next->done == NULL;
}

int kept_pack(struct staging *stage)
{
    struct next next = {.found = -1};
    kept_in_directory(stage->git_dir, "objects/pack", KEPT_FINISHED, is_next, &next);
    return next.found;
}

int kept_next(struct staging *stage, enum kept_packs which, int done)
{
    struct stat st;
    struct next next = {.found = -1};
    if (done >= 0 && fstat(done, &st) == 0)
        next.done = &st;
    kept_in_all(stage->stage, KEPT "/", which, is_next, &next);
    if (done >= 0)
        close(done);
    if (next.found < 0)
        kept_drop(stage);
    return next.found;
}

void kept_drop(struct staging *stage)
{
    struct fault ignored;
    fault_clear(&ignored);
    fs_remove(stage->stage, KEPT, &ignored);
}

/* pack = "PACK" version(32) objects(32) ... */
static bool add_objects(void *context, int dir, const char *name, const struct stat *st)
{
    uint64_t *sum = context;
    unsigned char head[12];
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    (void)st;
    if (fd >= 0 && pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head)
        *sum += bytes_get32(head + 8);
    if (fd >= 0)
        close(fd);
    return false;
}

uint64_t kept_objects(struct staging *stage, enum kept_packs which)
{
    uint64_t sum = 0;
    kept_in_all(stage->stage, KEPT "/", which, add_objects, &sum);
    return sum;
}

uint64_t kept_bytes(struct staging *stage)
{
    return kept_size_in_all(stage->stage, KEPT "/", KEPT_ALL);
}

static int more(struct reader *reader)
{
    int rc = reader_pass(reader, &((struct kept_reader *)reader)->file.reader);
    return rc != 0 ? rc : fault_set(reader->fault, FAULT_NETWORK, "no more was kept");
}

void kept_reader_open(struct kept_reader *in, int fd, struct fault *fault)
{
    struct stat st;
    uint64_t size = fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
    in->reader = (struct reader){.more = more, .name = "kept pack", .fault = fault};
    file_read_open(&in->file, fd, 0, size, "kept pack", fault);
}

bool kept_forget(struct staging *stage)
{
    return kept_bundles_drop(stage) && (unlinkat(stage->stage, FROM, 0) == 0 || errno == ENOENT) &&
           (unlinkat(stage->stage, KEPT, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

void kept_stay(struct staging *stage, uint64_t bytes)
{
    struct fault *fault = stage->fault;
    char shown[2 * sizeof stage->stage_name];
    size_t used = strlen(fault->text);
    stage->kept = true;
    bytes_caret(stage->stage_name, strlen(stage->stage_name), "", shown, sizeof shown);
    snprintf(fault->text + used, sizeof fault->text - used,
             FAULT_HINT "what has come, %" PRIu64
                        " KiB, is kept in %s'%s' for two weeks: the same command goes on with it",
             bytes / 1024, stage->fresh ? "" : "the target's ", shown);
}

bool kept_stays(const struct staging *stage)
{
    return stage->kept;
}
