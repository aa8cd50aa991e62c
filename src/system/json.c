/* SPDX-License-Identifier: MIT */
#include "system/json.h"

#include "proto/bytes.h"

#include <inttypes.h>
#include <string.h>

static void begin_field(struct json *json, const char *key)
{
    fprintf(json->out, "%c\"%s\":", json->before, key);
    json->before = ',';
}

/* Writes the character at P; returns the bytes of P that it stands for. */
static size_t put_character(FILE *out, const unsigned char *p, size_t size)
{
    size_t length = *p < 0x80 ? 1 : bytes_utf8(p, size);
    unsigned code = length == 0 ? 0xfffd : p[length == 2];
    if (length == 0 || code < 0x20 || code == 0x7f || (*p == 0xc2 && code < 0xa0)) {
        fprintf(out, "\\u%04x", code);
        return length ? length : 1;
    }
    if (*p == '"' || *p == '\\')
        putc('\\', out);
    fwrite(p, 1, length, out);
    return length;
}

void json_text(struct json *json, const char *key, const char *value)
{
    if (value == NULL)
        return;
    begin_field(json, key);
    putc('"', json->out);
    for (size_t left = strlen(value); left > 0;) {
        size_t size = put_character(json->out, (const unsigned char *)value, left);
        value += size;
        left -= size;
    }
    putc('"', json->out);
}

void json_oid(struct json *json, const char *key, const struct oid *value)
{
    char hex[OID_HEX];
    if (value && value->len > 0)
        json_text(json, key, oid_hex(value, hex));
}

void json_number(struct json *json, const char *key, uint64_t value)
{
    begin_field(json, key);
    fprintf(json->out, "%" PRIu64, value);
}

void json_end(struct json *json)
{
    fputs("}\n", json->out);
}
