/* SPDX-License-Identifier: MIT */
#include "objects/commit_text.h"

#include "proto/bytes.h"

#include <limits.h>
#include <string.h>

int commit_next_line(const char **text, size_t *size, const char **line)
{
    const char *lf = memchr(*text, '\n', *size);
    size_t whole = lf ? (size_t)(lf - *text) + 1 : *size, length = whole;
    if (*size == 0 || whole > INT_MAX)
        return -1;
    *line = *text;
    *text += whole;
    *size -= whole;
    while (length > 0 && strchr(" \t\r\n\v\f", (*line)[length - 1]) && (*line)[length - 1])
        length--;
    return (int)length;
}

const char *commit_line(const char *text, size_t size, const char *key, size_t *length)
{
    size_t key_size = strlen(key);
    const char *line;
    for (int got; (got = commit_next_line(&text, &size, &line)) >= 0 && *line != '\n';)
        if ((size_t)got > key_size && memcmp(line, key, key_size) == 0 && line[key_size] == ' ') {
            *length = (size_t)got - key_size - 1;
            return line + key_size + 1;
        }
    return NULL;
}

static uint64_t number(const char **at, const char *end)
{
    uint64_t value = 0;
    for (; *at < end && **at >= '0' && **at <= '9' && value < UINT64_MAX / 20; ++*at)
        value = value * 10 + (uint64_t)(**at - '0');
    return value;
}

uint64_t commit_date(const char *line, size_t length, size_t *person, int *zone)
{
    const char *end = line + length, *at = end;
    while (at > line && at[-1] != '>')
        at--;
    *person = (size_t)(at - line);
    while (at < end && *at == ' ')
        at++;
    uint64_t date = number(&at, end);
    while (at < end && *at == ' ')
        at++;
    int sign = at < end && *at == '-' ? -1 : 1;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    *zone = sign * (int)(number(&at, end) % 10000);
    return date;
}

void commit_message(const char **text, size_t *size)
{
    const char *line;
    while (commit_next_line(text, size, &line) >= 0 && *line != '\n')
        ;
    for (const char *at = *text; *size > 0; at = *text) {
        size_t left = *size;
        if (commit_next_line(text, size, &line) != 0) {
            *text = at;
            *size = left;
            return;
        }
    }
}

void commit_subject(const char *text, size_t size, char *out, size_t room)
{
    const char *line;
    size_t used = 0;
    out[0] = '\0';
    commit_message(&text, &size);
    for (int length; (length = commit_next_line(&text, &size, &line)) > 0 && used + 1 < room;) {
        if (used > 0)
            out[used++] = ' ';
        used += bytes_caret(line, (size_t)length, "\t", out + used, room - used);
    }
}
