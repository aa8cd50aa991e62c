/* SPDX-License-Identifier: MIT */
/* Elements of DER (X.690): a tag, a length (one byte below 128; else 0x80 + how many bytes follow,
 * of which certificates never need more than three) and the content.
 */
#include "tls/der.h"

int der_next(struct der_span *in, unsigned char *tag, struct der_span *content)
{
    if (in->size < 2)
        return -1;
    size_t head = 2, length = in->at[1];
    if (length > 0x80 && length <= 0x83) {
        size_t digits = length - 0x80;
        if (in->size < 2 + digits)
            return -1;
        length = 0;
        for (size_t i = 0; i < digits; i++)
            length = length << 8 | in->at[2 + i];
        head += digits;
    } else if (length >= 0x80) {
        return -1;
    }
    if (length > in->size - head)
        return -1;
    *tag = in->at[0];
    *content = (struct der_span){in->at + head, length};
    in->at += head + length;
    in->size -= head + length;
    return 0;
}

int der_expect(struct der_span *in, unsigned char tag, struct der_span *content)
{
    unsigned char got;
    struct der_span rest = *in;
    if (der_next(&rest, &got, content) < 0 || got != tag)
        return -1;
    *in = rest;
    return 0;
}

int der_whole(struct der_span *in, unsigned char tag, struct der_span *whole)
{
    struct der_span content, before = *in;
    if (der_expect(in, tag, &content) < 0)
        return -1;
    *whole = (struct der_span){before.at, before.size - in->size};
    return 0;
}
