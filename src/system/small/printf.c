/* SPDX-License-Identifier: MIT */
/* The C library's formatted output without floating point, positional arguments, wide characters
 * and locales: in static builds this saves 10 KB. ISO C 7.21.6.1 otherwise:
 *
 *   conversion = "%" *( "-" / "0" / "#" / "+" / " " ) [ width ] [ "." precision ] [ length ] letter
 *   width, precision = "*" / number
 *   length = "hh" / "h" / "l" / "ll" / "j" / "z" / "t"
 *   letter = "d" / "i" / "u" / "x" / "X" / "o" / "p" / "c" / "s" / "%"
 *
 * Anything else is a mistake in this program: abort(). What goes to a stream is cut after
 * STREAM_MAX bytes.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 3 * sizeof(uintmax_t), STREAM_MAX = 16 * 1024 };

struct output {
    char *out;
    size_t size, used; /* used counts on when out is full */
};

struct conversion {
    bool left, zero, alternative;
    char sign; /* '+', ' ' or 0 for numbers that are not negative */
    int width, precision;
    int rank; /* of the type: 0 int, 1 long, 2 long long and larger, -1 short, -2 char; 3 size_t */
};

static void put(struct output *output, char c, int times)
{
    for (; times > 0; times--) {
        if (output->used < output->size)
            output->out[output->used] = c;
        output->used++;
    }
}

static void put_bytes(struct output *output, const char *bytes, int size)
{
    for (int i = 0; i < size; i++)
        put(output, bytes[i], 1);
}

static void put_padded(struct output *output, const struct conversion *conversion,
                       const char *prefix, int zeros, const char *body, int size)
{
    int prefix_size = (int)strlen(prefix), fill = conversion->width - prefix_size - zeros - size;
    if (!conversion->left && !conversion->zero)
        put(output, ' ', fill);
    put_bytes(output, prefix, prefix_size);
    if (!conversion->left && conversion->zero)
        put(output, '0', fill);
    put(output, '0', zeros);
    put_bytes(output, body, size);
    if (conversion->left)
        put(output, ' ', fill);
}

static void put_number(struct output *output, struct conversion *conversion, uintmax_t value,
                       const char *prefix, char letter)
{
    const char *set = letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = letter == 'o' ? 8 : letter == 'x' || letter == 'X' || letter == 'p' ? 16 : 10;
    char digits[DIGITS_MAX], *at = digits + sizeof digits;
    for (; value > 0; value /= base)
        *--at = set[value % base];
    int size = (int)(digits + sizeof digits - at);
    int least = conversion->precision < 0 ? 1 : conversion->precision;
    if (conversion->precision >= 0)
        conversion->zero = false;
    put_padded(output, conversion, prefix, size < least ? least - size : 0, at, size);
}

static void put_signed(struct output *output, struct conversion *conversion, intmax_t value)
{
    char prefix[2] = {value < 0 ? '-' : conversion->sign, '\0'};
    put_number(output, conversion, value < 0 ? 0 - (uintmax_t)value : (uintmax_t)value, prefix,
               'd');
}

static void put_string(struct output *output, const struct conversion *conversion, const char *text)
{
    size_t most = conversion->precision < 0 ? INT_MAX : (size_t)conversion->precision;
    const char *end = memchr(text, '\0', most);
    struct conversion plain = *conversion;
    plain.zero = false;
    put_padded(output, &plain, "", 0, text, (int)(end ? (size_t)(end - text) : most));
}

static const char *parse_flags(const char *at, struct conversion *out)
{
    for (;; at++) {
        if (*at == '-')
            out->left = true;
        else if (*at == '0')
            out->zero = true;
        else if (*at == '#')
            out->alternative = true;
        else if (*at == '+' || (*at == ' ' && out->sign == 0))
            out->sign = *at;
        else if (*at != ' ')
            return at;
    }
}

static const char *parse_number(const char *at, int *out)
{
    for (*out = 0; *at >= '0' && *at <= '9'; at++)
        *out = *out * 10 + (*at - '0');
    return at;
}

static const char *parse_length(const char *at, int *rank)
{
    for (;; at++) {
        if (*at == 'h')
            --*rank;
        else if (*at == 'l')
            ++*rank;
        else if (*at == 'j')
            *rank = 2;
        else if (*at == 'z' || *at == 't')
            *rank = 3;
        else
            return at;
    }
}

static uintmax_t next_unsigned(int rank, va_list *arguments)
{
    switch (rank) {
    case -2:
        return (unsigned char)va_arg(*arguments, unsigned);
    case -1:
        return (unsigned short)va_arg(*arguments, unsigned);
    case 0:
        return va_arg(*arguments, unsigned);
    case 1:
        return va_arg(*arguments, unsigned long);
    case 2:
        return va_arg(*arguments, unsigned long long);
    default:
        return va_arg(*arguments, size_t);
    }
}

static intmax_t next_signed(int rank, va_list *arguments)
{
    switch (rank) {
    case -2:
        return (signed char)va_arg(*arguments, int);
    case -1:
        return (short)va_arg(*arguments, int);
    case 0:
        return va_arg(*arguments, int);
    case 1:
        return va_arg(*arguments, long);
    case 2:
        return va_arg(*arguments, long long);
    default:
        return va_arg(*arguments, ptrdiff_t);
    }
}

/* A width or a precision. */
static const char *next_size(const char *at, int *out, va_list *arguments)
{
    if (*at != '*')
        return parse_number(at, out);
    *out = va_arg(*arguments, int);
    return at + 1;
}

static void convert(struct output *output, struct conversion *conversion, char letter,
                    va_list *arguments)
{
    char c;
    switch (letter) {
    case 'd':
    case 'i':
        put_signed(output, conversion, next_signed(conversion->rank, arguments));
        break;
    case 'u':
    case 'o':
    case 'x':
    case 'X': {
        uintmax_t value = next_unsigned(conversion->rank, arguments);
        bool marked = conversion->alternative && value != 0 && letter != 'u';
        put_number(output, conversion, value,
                   !marked         ? ""
                   : letter == 'o' ? "0"
                   : letter == 'x' ? "0x"
                                   : "0X",
                   letter);
        break;
    }
    case 'p':
        put_number(output, conversion, (uintptr_t)va_arg(*arguments, void *), "0x", letter);
        break;
    case 'c':
        c = (char)va_arg(*arguments, int);
        conversion->zero = false;
        put_padded(output, conversion, "", 0, &c, 1);
        break;
    case 's':
        put_string(output, conversion, va_arg(*arguments, const char *));
        break;
    case '%':
        put(output, '%', 1);
        break;
    default:
        abort();
    }
}

int vsnprintf(char *out, size_t size, const char *format, va_list arguments)
{
    struct output output = {.out = out, .size = size > 0 ? size - 1 : 0};
    va_list list;
    va_copy(list, arguments);
    for (const char *at = format; *at; at++) {
        if (*at != '%') {
            put(&output, *at, 1);
            continue;
        }
        struct conversion conversion = {.precision = -1};
        at = parse_flags(at + 1, &conversion);
        at = next_size(at, &conversion.width, &list);
        if (conversion.width < 0) {
            conversion.left = true;
            conversion.width = -conversion.width;
        }
        if (*at == '.')
            at = next_size(at + 1, &conversion.precision, &list);
        at = parse_length(at, &conversion.rank);
        convert(&output, &conversion, *at, &list);
    }
    va_end(list);
    if (size > 0)
        out[output.used < output.size ? output.used : output.size] = '\0';
    return (int)output.used;
}

int snprintf(char *out, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int used = vsnprintf(out, size, format, arguments);
    va_end(arguments);
    return used;
}

int vfprintf(FILE *stream, const char *format, va_list arguments)
{
    char text[STREAM_MAX];
    int used = vsnprintf(text, sizeof text, format, arguments);
    size_t size = (size_t)used < sizeof text ? (size_t)used : sizeof text - 1;
    return fwrite(text, 1, size, stream) == size ? used : -1;
}

int fprintf(FILE *stream, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int used = vfprintf(stream, format, arguments);
    va_end(arguments);
    return used;
}

int printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int used = vfprintf(stdout, format, arguments);
    va_end(arguments);
    return used;
}
