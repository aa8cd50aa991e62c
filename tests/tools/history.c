/* SPDX-License-Identifier: MIT */
/* Realistic history as a stream for `git fast-import`: history COMMITS FILES SEED [LINES]
 *
 * Text files in directories of some 280 entries grow by edits of a few lines. All versions of a
 * file come one after the other, so that fast-import finds each one's base at once; the commits
 * follow and name them by mark. What comes out of it after a repack: four of five objects are
 * deltas, trees are a third of the bytes, an object is 10 to 20 KB at the large end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FANOUT = 280, LINE_ROOM = 96, EDITS_MAX = 3 };

struct edit {
    uint32_t commit, file;
    uint32_t mark;
};

/* xorshift64*: the same numbers everywhere. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static uint32_t below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)((next(state) >> 33) % limit);
}

static void *room(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory) {
        fprintf(stderr, "history: out of memory\n");
        exit(1);
    }
    return memory;
}

/* One line of program text: words from a small vocabulary, so that it deflates as source does. */
static void line_make(uint64_t *state, char line[LINE_ROOM])
{
    static const char *const words[] = {"return", "size",   "buffer", "if",    "node",
                                        "length", "void",   "int",    "next",  "struct",
                                        "while",  "offset", "list",   "error", "read",
                                        "write",  "value",  "static", "index"};
    size_t used = (size_t)snprintf(line, LINE_ROOM, "%*s", (int)(below(state, 4) * 4), "");
    uint32_t count = 2 + below(state, 7);
    for (uint32_t n = 0; n < count && used < LINE_ROOM - 24; n++)
        used +=
            (size_t)snprintf(line + used, LINE_ROOM - used, "%s_%" PRIu32 " ",
                             words[below(state, sizeof words / sizeof *words)], below(state, 400));
    snprintf(line + used, LINE_ROOM - used, "\n");
}

static void blob_write(uint32_t mark, char (*lines)[LINE_ROOM], uint32_t count)
{
    size_t size = 0;
    for (uint32_t n = 0; n < count; n++)
        size += strlen(lines[n]);
    printf("blob\nmark :%" PRIu32 "\ndata %zu\n", mark, size);
    for (uint32_t n = 0; n < count; n++)
        fputs(lines[n], stdout);
    putchar('\n');
}

/* All versions of one file. Most edits touch a few lines in one place; some append. */
static void file_write(uint64_t *state, const struct edit *edits, uint32_t versions,
                       uint32_t first_lines)
{
    uint32_t count = first_lines / 4 + below(state, first_lines);
    char(*lines)[LINE_ROOM] = room(count + 4 * (size_t)versions + 4, LINE_ROOM);
    for (uint32_t n = 0; n < count; n++)
        line_make(state, lines[n]);
    for (uint32_t version = 0; version < versions; version++) {
        uint32_t touched = 1 + below(state, 4);
        uint32_t at = below(state, count + 1);
        if (below(state, 3) == 0) {
            memmove(lines + at + touched, lines + at, (count - at) * sizeof *lines);
            count += touched;
        }
        for (uint32_t n = at; n < at + touched && n < count; n++)
            line_make(state, lines[n]);
        blob_write(edits[version].mark, lines, count);
    }
    free(lines);
}

/* Where a file lives: FANOUT entries a directory, as deep as it takes. */
static void path_write(uint32_t file, uint32_t files)
{
    uint32_t span = FANOUT;
    while (span < files)
        span *= FANOUT;
    for (span /= FANOUT; span >= FANOUT; span /= FANOUT)
        printf("module%" PRIu32 "/", file / span % FANOUT);
    printf("source_file_%" PRIu32 ".c", file);
}

static void commit_write(uint32_t number, const struct edit *edits, uint32_t count, uint32_t files)
{
    char message[128];
    int size = snprintf(message, sizeof message,
                        "Change %" PRIu32 "\n\nIt touches %" PRIu32 " files.\n", number, count);
    printf("commit refs/heads/main\ncommitter Carl Committer <carl@example.org> %" PRIu32
           " +0100\ndata %d\n%s",
           UINT32_C(1000000000) + number * 600, size, message);
    for (uint32_t n = 0; n < count; n++) {
        printf("M 100644 :%" PRIu32 " ", edits[n].mark);
        path_write(edits[n].file, files);
        putchar('\n');
    }
    putchar('\n');
}

static int by_file(const void *a, const void *b)
{
    const struct edit *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return x->mark < y->mark ? -1 : x->mark > y->mark;
}

static int by_mark(const void *a, const void *b)
{
    const struct edit *x = a, *y = b;
    return x->mark < y->mark ? -1 : x->mark > y->mark;
}

static int planned(const struct edit *edits, uint32_t count, uint32_t file)
{
    for (uint32_t n = 0; n < count; n++)
        if (edits[n].file == file)
            return 1;
    return 0;
}

/* Who edits what when: the first commit adds half of the files, later ones the rest; edits of one
 * commit mostly stay in one directory. A file is edited once a commit. */
static uint32_t plan(uint64_t *state, struct edit *edits, uint32_t commits, uint32_t files)
{
    uint32_t count = 0, added = 0;
    for (uint32_t commit = 0; commit < commits; commit++) {
        uint32_t first = count;
        uint32_t until = files / 2 + (uint32_t)((uint64_t)(files - files / 2) * commit / commits);
        for (; added <= until && added < files; count++)
            edits[count] = (struct edit){commit, added++, count + 1};
        uint32_t pick = below(state, added) / FANOUT * FANOUT;
        for (uint32_t n = below(state, EDITS_MAX) + 1; commit > 0 && n > 0; n--) {
            uint32_t file = below(state, 4) ? pick + below(state, FANOUT) : below(state, added);
            if (file < added && !planned(edits + first, count - first, file))
                edits[count] = (struct edit){commit, file, count + 1}, count++;
        }
    }
    return count;
}

int main(int argc, char **argv)
{
    uint32_t commits = argc > 3 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    uint32_t files = argc > 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    if (commits == 0 || files == 0) {
        fprintf(stderr, "usage: history COMMITS FILES SEED [LINES] | git fast-import\n");
        return 2;
    }
    uint64_t state = (strtoull(argv[3], NULL, 10) + 1) * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t lines = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : 380;
    struct edit *edits = room((size_t)files + (size_t)commits * EDITS_MAX, sizeof *edits);
    uint32_t count = plan(&state, edits, commits, files);
    qsort(edits, count, sizeof *edits, by_file);
    for (uint32_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && edits[to].file == edits[from].file; to++)
            ;
        file_write(&state, edits + from, to - from, lines);
    }
    qsort(edits, count, sizeof *edits, by_mark);
    for (uint32_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && edits[to].commit == edits[from].commit; to++)
            ;
        commit_write(edits[from].commit, edits + from, to - from, files);
    }
    free(edits);
    return ferror(stdout) || fflush(stdout) != 0;
}
