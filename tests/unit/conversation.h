/* SPDX-License-Identifier: MIT */
/* A recorded conversation (fixtures/conversations), played back. The notation is told there. */
#ifndef SMIDGIT_CONVERSATION_H
#define SMIDGIT_CONVERSATION_H

#include "pieces.h"

#include <stdio.h>
#include <stdlib.h>

enum { CONVERSATION_SIDE = 16384, CONVERSATION_EXCHANGES = 4, CONVERSATION_OBJECTS = 32 };

struct conversation_bytes {
    unsigned char bytes[CONVERSATION_SIDE];
    size_t size;
};

struct conversation {
    struct {
        char line[128]; /* "GET /info/refs?service=git-upload-pack" */
        struct conversation_bytes client, server;
    } exchanges[CONVERSATION_EXCHANGES];
    size_t count, next;
    char objects[CONVERSATION_OBJECTS][128]; /* "id type size" */
    size_t object_count;
    size_t piece; /* bytes of the answer at a time */
    struct pieces answer;
};

static inline void conversation_byte(struct conversation_bytes *side, unsigned byte)
{
    if (side->size == sizeof side->bytes)
        abort();
    side->bytes[side->size++] = (unsigned char)byte;
}

/* Text with the escapes \n \r \\ \0 \1 \2 \3. */
static inline void conversation_text(struct conversation_bytes *side, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\') {
            text++;
            conversation_byte(side, *text == 'n'    ? '\n'
                                    : *text == 'r'  ? '\r'
                                    : *text == '\\' ? '\\'
                                                    : (unsigned)(*text - '0'));
        } else {
            conversation_byte(side, (unsigned char)*text);
        }
    }
}

static inline void conversation_hex(struct conversation_bytes *side, const char *text)
{
    unsigned byte;
    for (; sscanf(text, "%2x", &byte) == 1; text += 2)
        conversation_byte(side, byte);
}

static inline void conversation_line(struct conversation *all, const char *line)
{
    size_t at = all->count - 1;
    if (strncmp(line, "C: GET", 6) == 0 || strncmp(line, "C: POST", 7) == 0)
        snprintf(all->exchanges[all->count++].line, sizeof all->exchanges[0].line, "%.127s",
                 line + 3);
    else if (strncmp(line, "C: ", 3) == 0)
        conversation_text(&all->exchanges[at].client, line + 3);
    else if (strncmp(line, "S: ", 3) == 0)
        conversation_text(&all->exchanges[at].server, line + 3);
    else if (strncmp(line, "S= ", 3) == 0)
        conversation_hex(&all->exchanges[at].server, line + 3);
    else if (strncmp(line, "O: ", 3) == 0)
        snprintf(all->objects[all->object_count++], sizeof all->objects[0], "%.127s", line + 3);
}

/* Reads the file at PATH. 0 or -1. */
static inline int conversation_load(struct conversation *all, const char *path)
{
    char line[1024];
    FILE *file = fopen(path, "r");
    memset(all, 0, sizeof *all);
    if (file == NULL)
        return -1;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        conversation_line(all, line);
    }
    fclose(file);
    return 0;
}

/* The next exchange: asks with SIZE bytes, gives the answer. When the recorded client asked
 * something else, a fault is set and the answer is empty. */
static inline struct reader *conversation_ask(struct conversation *all, const char *line,
                                              const void *bytes, size_t size, struct fault *fault)
{
    const struct conversation_bytes *client = &all->exchanges[all->next].client;
    const struct conversation_bytes *server = &all->exchanges[all->next].server;
    all->answer = (struct pieces){
        .reader = {.more = pieces_more, .name = "answer", .fault = fault},
        .from = server->bytes,
        .to = server->bytes + server->size,
        .first = all->piece,
        .then = all->piece,
    };
    if (all->next == all->count || strcmp(all->exchanges[all->next].line, line) != 0 ||
        client->size != size || (size > 0 && memcmp(client->bytes, bytes, size) != 0)) {
        fault_set(fault, FAULT_LIMIT, "exchange %zu is another than the recorded one", all->next);
        all->answer.to = all->answer.from;
    } else {
        all->next++;
    }
    return &all->answer.reader;
}

#endif
