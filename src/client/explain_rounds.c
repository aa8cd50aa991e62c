/* SPDX-License-Identifier: MIT */
#include "client/explain_rounds.h"

#include "client/talk_line.h"
#include "proto/bytes.h"
#include "system/array.h"

#include <stdlib.h>
#include <string.h>

struct rounds {
    struct explain_round *rows;
    size_t count, room;
};

static void copy(char out[EXPLAIN_ROUND_TEXT], const struct talk_line *line)
{
    enum { SHOWN = 100 };
    _Static_assert(SHOWN * 4 < EXPLAIN_ROUND_TEXT, "a byte may become four");
    bytes_caret(line->text, line->size < SHOWN ? line->size : SHOWN, "", out, EXPLAIN_ROUND_TEXT);
}

/* Of the body: what a pkt-line says of itself, or what a piece of a pack has. */
static uint64_t body_bytes(const struct talk_line *line)
{
    unsigned length = 0;
    if (line->part == TALK_PACK)
        return talk_bytes(line->text, line->size, NULL);
    for (size_t i = 0; line->part == TALK_PKT && i < 4; i++)
        length = length << 4 | (unsigned)bytes_hex(line->text[i]);
    return line->part == TALK_PKT && length < 4 ? 4 : length;
}

static int note(struct rounds *rounds, const struct talk_line *line, struct fault *fault)
{
    if (line->begins_head && line->side == 'C') {
        struct explain_round *rows =
            array_room(rounds->rows, rounds->count, &rounds->room, sizeof *rows);
        if (rows == NULL)
            return fault_set(fault, FAULT_LIMIT, "no memory for %zu round trips",
                             rounds->count + 1);
        rounds->rows = rows;
        rows[rounds->count] = (struct explain_round){.timed = line->timed, .asked_us = line->us};
        copy(rows[rounds->count++].request, line);
    }
    if (rounds->count == 0 || line->side == 0)
        return 0;
    struct explain_round *round = &rounds->rows[rounds->count - 1];
    if (line->begins_head && line->side == 'S') {
        copy(round->answer, line);
        round->answered_us = line->us;
    }
    round->bytes[line->side == 'S'] += body_bytes(line);
    round->ended_us = line->us;
    return 0;
}

int explain_rounds(const struct explained *file)
{
    struct rounds rounds = {NULL, 0, 0};
    struct fault ignored = {.class = FAULT_NONE};
    struct talk_reader talk;
    struct talk_line line;
    int rc = 0;
    talk_open(&talk, file->bytes, file->size);
    while (rc == 0 && rounds.count < EXPLAIN_ROUNDS_MAX && talk_next(&talk, &line, &ignored) == 1)
        rc = note(&rounds, &line, file->explain->fault);
    if (rc == 0 && rounds.count > 0) {
        explain_heading(file, "Round trips");
        file->explain->form->rounds(file->explain->out, rounds.rows, rounds.count);
    }
    free(rounds.rows);
    return rc;
}
