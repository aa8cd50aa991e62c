/* SPDX-License-Identifier: MIT */
/* Certificates cut down and made whole again. The input is a certificate's DER, of which what comes
 * out must be one too; and, once more, a table of built-in roots. */
#include "tls/builtin_encoding.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void is_one_element(struct der_span der)
{
    struct der_span whole;
    if (der_whole(&der, DER_SEQUENCE, &whole) < 0 || der.size != 0)
        abort();
}

static void as_certificate(struct der_span der)
{
    unsigned char *room = malloc(der.size + 64);
    struct der_span out, again;
    if (builtin_encoding_unsigned(der, room, der.size + 64, &out) == 0) {
        unsigned char *more = malloc(out.size + 64);
        is_one_element(out);
        if (builtin_encoding_unsigned(out, more, out.size + 64, &again) < 0 ||
            again.size != out.size || memcmp(again.at, out.at, out.size) != 0)
            abort();
        free(more);
    }
    free(room);
}

static void as_table(struct der_span table)
{
    static unsigned char room[ROOT_CERTIFICATE_MAX];
    char text[64];
    struct der_span der;
    struct root root;
    size_t at = 0;
    while (builtin_encoding_next(table, &at, &root) == 1) {
        builtin_encoding_show(root.name, text, sizeof text);
        for (const char *c = text; *c; c++)
            if ((unsigned char)*c < ' ' || *c == 127)
                abort();
        if (builtin_encoding_certificate(&root, room, &der) == 0)
            is_one_element(der);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    as_certificate((struct der_span){bytes, size});
    as_table((struct der_span){bytes, size});
    return 0;
}
