/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include <string.h>

uint16_t bytes_get16(const unsigned char *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t bytes_get32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

uint64_t bytes_get64(const unsigned char *p)
{
    return (uint64_t)bytes_get32(p) << 32 | bytes_get32(p + 4);
}

void bytes_put16(unsigned char *p, uint16_t value)
{
    p[0] = (unsigned char)(value >> 8);
    p[1] = (unsigned char)value;
}

void bytes_put32(unsigned char *p, uint32_t value)
{
    bytes_put16(p, (uint16_t)(value >> 16));
    bytes_put16(p + 2, (uint16_t)value);
}

void bytes_put64(unsigned char *p, uint64_t value)
{
    bytes_put32(p, (uint32_t)(value >> 32));
    bytes_put32(p + 4, (uint32_t)value);
}

int bytes_add(uint64_t a, uint64_t b, uint64_t *out)
{
    if (a > UINT64_MAX - b)
        return -1;
    *out = a + b;
    return 0;
}

int bytes_multiply(uint64_t a, uint64_t b, uint64_t *out)
{
    if (b != 0 && a > UINT64_MAX / b)
        return -1;
    *out = a * b;
    return 0;
}

int bytes_decimal(const char *text, size_t size, uint64_t *out)
{
    uint64_t value = 0;
    if (size == 0)
        return -1;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        if (bytes_multiply(value, 10, &value) < 0 ||
            bytes_add(value, (uint64_t)(text[i] - '0'), &value) < 0)
            return -1;
    }
    *out = value;
    return 0;
}

char bytes_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int bytes_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = bytes_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t bytes_utf8(const unsigned char *p, size_t size)
{
    static const struct {
        unsigned char first, last, low, high, length;
    } rows[] = {
        {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (p[0] < rows[i].first || p[0] > rows[i].last || size < rows[i].length)
            continue;
        if (p[1] < rows[i].low || p[1] > rows[i].high)
            return 0;
        for (size_t k = 2; k < rows[i].length; k++)
            if ((p[k] & 0xc0) != 0x80)
                return 0;
        return rows[i].length;
    }
    return 0;
}

/* Writes the showable form of the character at P to FORM; returns the bytes of P it stands for. */
static size_t showable(const unsigned char *p, size_t size, const char *keep, char form[8])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char c = p[0];
    memset(form, 0, 8);
    if ((c >= 0x20 && c < 0x7f) || (c != 0 && c < 0x80 && strchr(keep, c))) {
        form[0] = (char)c;
        return 1;
    }
    if (c < 0x80) {
        form[0] = '^';
        form[1] = (char)(c ^ 0x40);
        return 1;
    }
    size_t length = bytes_utf8(p, size);
    unsigned char control = length == 2 && c == 0xc2 ? p[1] : c;
    if (control < 0xa0) { /* C1: some terminals obey it */
        memcpy(form, "M-^", 3);
        form[3] = (char)((control & 0x1f) | 0x40);
        return length ? length : 1;
    }
    if (length) {
        memcpy(form, p, length);
        return length;
    }
    form[0] = '\\';
    form[1] = 'x';
    form[2] = digits[c >> 4];
    form[3] = digits[c & 15];
    return 1;
}

size_t bytes_caret(const char *text, size_t size, const char *keep, char *out, size_t capacity)
{
    size_t used = 0;
    for (size_t i = 0; i < size;) {
        char form[8];
        i += showable((const unsigned char *)text + i, size - i, keep, form);
        size_t length = strlen(form);
        if (used + length >= capacity)
            break;
        memcpy(out + used, form, length);
        used += length;
    }
    if (capacity > 0)
        out[used] = '\0';
    return used;
}
