/* SPDX-License-Identifier: MIT */
#include "client/explain_links.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Sections that are called otherwise in the page, or have a name of their own. */
static const struct {
    const char *section, *id;
} other_ids[] = {
    {"Version 2 pack-*.idx files", "_version_2_pack_idx_files_support_packs_larger_than_4_gib_and"},
    {"Object storage format", "object-details"},
    {"Smart Server Response", "_discovering_references"},
};

/* What Asciidoctor makes of a title: "side-band, side-band-64k" is _side_band_side_band_64k. What
 * is in angle brackets stays, all else but letters, digits and one '_' between words goes. */
static void put_id(const char *title, char *out, size_t size)
{
    size_t used = 0;
    bool gap = true;
    for (; *title && used + 2 < size; title++) {
        char c = *title;
        bool letter = c >= 'A' && c <= 'Z',
             small = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (gap && (letter || small))
            out[used++] = '_';
        if (letter || small)
            out[used++] = (char)(letter ? c - 'A' + 'a' : c);
        gap = letter || small ? false : gap || strchr(" -._", c) != NULL;
    }
    out[used] = '\0';
}

const char *explain_url(const struct explain_word *word, char out[EXPLAIN_URL])
{
    static const char rfc[] = "RFC ";
    char id[128];
    if (strncmp(word->document, rfc, strlen(rfc)) == 0) {
        snprintf(out, EXPLAIN_URL, "https://www.rfc-editor.org/rfc/rfc%s#section-%.*s",
                 word->document + strlen(rfc), (int)strcspn(word->section, " "), word->section);
        return out;
    }
    put_id(word->section, id, sizeof id);
    for (size_t i = 0; i < sizeof other_ids / sizeof *other_ids; i++)
        if (strcmp(word->section, other_ids[i].section) == 0)
            snprintf(id, sizeof id, "%s", other_ids[i].id);
    snprintf(out, EXPLAIN_URL, "https://git-scm.com/docs/%s#%s", word->document, id);
    return out;
}

const char *explain_source(const struct explain_word *word)
{
    static const struct {
        const char *prefix, *file;
    } rows[] = {
        {"http_body_", "proto/http_body.c"},
        {"http_challenge_", "proto/http_challenge.c"},
        {"http_", "proto/http.c"},
        {"pkt_", "proto/pkt.c"},
        {"band_", "proto/band.c"},
        {"caps_", "proto/caps.c"},
        {"refs_", "proto/refs.c"},
        {"fetch_", "proto/fetch.c"},
        {"pack_", "proto/pack.c"},
        {"inflate_", "proto/inflate.c"},
        {"delta_", "proto/delta.c"},
        {"object_", "proto/object.c"},
        {"receive_", "src/receive/receive.c"},
        {"loose_", "src/objects/loose.c"},
        {"packidx_", "src/objects/packidx.c"},
        {"index_list_", "src/worktree/index_list.c"},
        {"index_", "src/worktree/index.c"},
        {"local_refs_", "src/repo/local_refs.c"},
    };
    for (size_t i = 0; word->function && i < sizeof rows / sizeof *rows; i++)
        if (strncmp(word->function, rows[i].prefix, strlen(rows[i].prefix)) == 0)
            return rows[i].file;
    return NULL;
}
