/* SPDX-License-Identifier: MIT */
/* Versions of a directory, one after the other: what is skipped was in the version before, and what
 * is new is never skipped. The oracle reads every tree whole. */
#include "receive/previous_tree.h"

#include "proto/object.h"
#include "t.h"

#include <stdbool.h>
#include <stdint.h>

enum { NAMES = 40, BYTES = 4096 };

/* A version: each letter is an entry, its case the id that it has; "" is the empty tree. */
static size_t make(const char *entries, unsigned char *out)
{
    size_t used = 0;
    for (; *entries; entries++) {
        used += (size_t)sprintf((char *)out + used, "100644 %c", *entries | 32) + 1;
        memset(out + used, *entries | 32, 20);
        if (*entries < 'a') /* the other id: all of it, its last or its first byte is another */
            memset(out + used + (*entries % 3 == 1 ? 19 : 0), '!', *entries % 3 ? 1 : 20);
        used += 20;
    }
    return used;
}

static int fill(const unsigned char *bytes, size_t size, struct buffer **out)
{
    struct fault fault = {.class = FAULT_NONE};
    *out = buffer_make(NULL, size, 0, &fault);
    if (*out == NULL)
        return -1;
    memcpy((*out)->bytes, bytes, size);
    return 0;
}

static bool is_in(const struct buffer *buffer, size_t start, size_t size,
                  const unsigned char *entry)
{
    for (size_t at = start; at + size <= buffer->size; at++)
        if (memcmp(buffer->bytes + at, entry, size) == 0)
            return true;
    return false;
}

/* Reads as the namer does: from head on, until an entry begins at the tail. Checks that what was
 * passed over is in BEFORE; returns how many entries were read. */
static size_t read_tree(struct previous_tree *last, struct buffer *before, struct buffer *now,
                        const char *why)
{
    struct tree_cursor tree;
    struct tree_entry entry;
    struct fault fault = {.class = FAULT_NONE};
    size_t read = 0;
    bool at_tail = true;
    previous_tree_begin(last, now);
    size_t head = last->head, tail = last->tail, next = head;
    CHECK(head <= now->size && tail <= now->size, "%s: %zu, %zu of %zu", why, head, tail,
          now->size);
    while (next != tail) {
        previous_tree_start(last, next);
        tree_open(&tree, now->bytes + next, now->size - next, OID_SHA1);
        int rc = tree_next(&tree, &entry, &fault);
        if (rc != 1) {
            at_tail = false;
            CHECK(rc == 0, "%s: the head is inside an entry: %s", why, fault.text);
            break;
        }
        next = (size_t)(tree.at - now->bytes);
        read++;
    }
    tree_open(&tree, now->bytes, now->size, OID_SHA1);
    for (size_t at = 0; tree_next(&tree, &entry, &fault) == 1;) {
        size_t end = (size_t)(tree.at - now->bytes);
        bool skipped = end <= head || (at_tail && at >= tail);
        if (skipped)
            CHECK(before && is_in(before, 0, end - at, now->bytes + at), "%s: entry at %zu", why,
                  at);
        at = end;
    }
    previous_tree_end(last, now, at_tail);
    return read;
}

/* The versions of a directory with a '|' between, and how many entries each has to be read of. */
static const struct {
    const char *why, *versions, *reads;
} rows[] = {
    {"the same again", "abcde|abcde", "50"},
    {"one is changed", "abcde|abCde", "51"},
    {"the first is changed", "abcde|Abcde", "51"},
    {"the last is changed", "abcde|abcdE", "51"},
    {"one is added", "abde|abcde", "41"},
    {"one is added in front", "bcde|abcde", "41"},
    {"one is added behind: the last of before is read again", "abcd|abcde", "42"},
    {"one is gone", "abcde|abde", "50"},
    {"the first is gone", "abcde|bcde", "50"},
    {"the last is gone", "abcde|abcd", "50"},
    {"two are changed: what is between is read again", "abcdefg|aBcdeFg", "75"},
    {"all are changed", "abc|ABC", "33"},
    {"three versions", "abcde|abCde|abCdE", "511"},
    {"there and back", "abcde|abCde|abcde", "511"},
    {"to nothing and back", "abc||abc", "303"},
};

static void versions(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct previous_tree last = {.buffer = NULL};
        struct buffer *before = NULL, *now;
        const char *at = rows[i].versions;
        for (size_t n = 0; rows[i].reads[n]; n++) {
            unsigned char bytes[BYTES];
            char entries[NAMES] = "";
            size_t length = strcspn(at, "|");
            memcpy(entries, at, length);
            at += length + (at[length] == '|');
            if (fill(bytes, make(entries, bytes), &now) < 0)
                return;
            size_t read = read_tree(&last, before, now, rows[i].why);
            CHECK(read == (size_t)(rows[i].reads[n] - '0'), "%s: version %zu: %zu read",
                  rows[i].why, n, read);
            buffer_drop(before);
            before = now;
        }
        buffer_drop(before);
        previous_tree_close(&last);
    }
}

/* Random changes, ids of few values so that bytes look alike across entries' ends, and now and then
 * a tree that is cut: it is never the previous one. */
static void random_versions(void)
{
    struct previous_tree last = {.buffer = NULL};
    struct buffer *before = NULL, *now;
    uint32_t random = 1;
    char entries[27] = "";
    for (int round = 0; round < 3000; round++) {
        unsigned char bytes[BYTES];
        char next[27] = "";
        size_t used = 0;
        for (char name = 'a'; name <= 'z'; name++) {
            const char *had =
                strchr(entries, name) ? strchr(entries, name) : strchr(entries, name - 32);
            random = random * 1103515245 + 12345;
            unsigned pick = (random >> 16) % 40;
            if (pick < 2)
                next[used++] = (char)(pick ? name : name - 32);
            else if (had && pick < 39)
                next[used++] = *had;
        }
        strcpy(entries, next);
        if (fill(bytes, make(entries, bytes), &now) < 0)
            return;
        read_tree(&last, before, now, "random");
        buffer_drop(before);
        before = now;
    }
    buffer_drop(before);
    previous_tree_close(&last);
}

/* A tree of over 256 KiB is not kept: the one before it stays. */
static void too_large(void)
{
    static unsigned char bytes[300000];
    struct previous_tree last = {.buffer = NULL};
    struct buffer *small, *large;
    size_t used = 0;
    for (int i = 0; used + 40 < sizeof bytes; i++, used += 20)
        used += (size_t)sprintf((char *)bytes + used, "100644 %05d", i) + 1;
    if (fill(bytes, used, &large) < 0)
        return;
    unsigned char few[200];
    if (fill(few, make("abc", few), &small) < 0)
        return;
    read_tree(&last, NULL, small, "small");
    read_tree(&last, small, large, "large");
    CHECK(last.buffer == small, "the large one is kept");
    CHECK(read_tree(&last, small, small, "small again") == 0, "the small one is forgotten");
    buffer_drop(small);
    buffer_drop(large);
    previous_tree_close(&last);
}

int main(void)
{
    versions();
    random_versions();
    too_large();
    return T_DONE();
}
