/* SPDX-License-Identifier: MIT */
/* The header of a bundle: what is told of fits in the line, and has ids of one length; what was
 * read ends at the pack. What is no bundle is a list of them, as a file and as a server's lines. */
#include "client/bundle_list.h"
#include "proto/bundle.h"
#include "proto/refs.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct seen {
    struct bundle_listener listener;
    size_t oid_len; /* 0: none yet */
    enum bundle_kind last;
};

static int take_line(struct bundle_listener *listener, const struct bundle_line *line)
{
    struct seen *seen = (struct seen *)listener;
    if (line->kind == BUNDLE_CAPABILITY || line->kind < seen->last ||
        (seen->oid_len && line->oid.len != seen->oid_len) ||
        (line->kind == BUNDLE_REFERENCE && !refs_name_valid(line->text, line->size, true)))
        abort();
    seen->oid_len = line->oid.len;
    seen->last = line->kind;
    return 0;
}

static int take_pair(void *context, const char *key, const char *value)
{
    struct fault ignored = {.class = FAULT_NONE};
    if (strlen(key) >= BUNDLE_KEY_MAX || strlen(value) >= BUNDLE_KEY_MAX)
        abort();
    bundle_list_add(context, key, value, &ignored);
    return 0;
}

/* Oldest first, and no more than there may be. */
static void judge(struct bundle_list *list)
{
    struct fault fault = {.class = FAULT_NONE};
    if (list->count > BUNDLE_LIST_MAX)
        abort();
    if (bundle_list_end(list, &fault) == 0)
        for (size_t i = 1; i < list->count; i++)
            if (list->bundles[i - 1].token > list->bundles[i].token)
                abort();
    bundle_list_free(list);
}

static void read_lists(const uint8_t *bytes, size_t size)
{
    static struct pkt_reader pkt;
    struct fault fault = {.class = FAULT_NONE};
    struct bundle_list list = {.count = 0};
    struct reader in;
    char *text = malloc(size + 1);
    memcpy(text, bytes, size);
    text[size] = '\0';
    bundle_list_parse(&list, text, size, &fault);
    free(text);
    judge(&list);
    fault_clear(&fault);
    reader_memory(&in, bytes, size, "fuzz", &fault);
    pkt_open(&pkt, &in, NULL);
    bundle_read_pairs(&pkt, take_pair, &list);
    judge(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct fault fault = {.class = FAULT_NONE};
    struct seen seen = {.listener = {take_line}};
    struct reader in;
    size_t oid_len;
    if (size < BUNDLE_SIGNATURE || bundle_version(bytes) == 0) {
        read_lists(bytes, size);
        return 0;
    }
    reader_memory(&in, bytes + BUNDLE_SIGNATURE, size - BUNDLE_SIGNATURE, "fuzz", &fault);
    if (bundle_read_head(&in, bundle_version(bytes), &seen.listener, &oid_len) < 0)
        return 0;
    if (in.at[-1] != '\n' || (seen.oid_len && seen.oid_len != oid_len))
        abort();
    return 0;
}
