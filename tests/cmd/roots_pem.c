/* SPDX-License-Identifier: MIT */
/* The certificates that are made of built-in roots, in PEM, for another library to judge. */
#include "system/base64.h"
#include "tls/builtin_encoding.h"

#include <stdio.h>

extern const unsigned char roots_table[];
extern const unsigned long roots_size;

int main(void)
{
    static unsigned char room[ROOT_CERTIFICATE_MAX];
    static char text[BASE64_LENGTH(ROOT_CERTIFICATE_MAX) + 1];
    struct der_span der, table = {roots_table, roots_size};
    struct root root;
    size_t at = 0;
    int rc;
    while ((rc = builtin_encoding_next(table, &at, &root)) > 0) {
        if (builtin_encoding_certificate(&root, room, &der) < 0)
            return 1;
        base64_format(der.at, der.size, text);
        puts("-----BEGIN CERTIFICATE-----");
        for (const char *line = text; *line; line += printf("%.64s", line))
            if (line > text)
                putchar('\n');
        puts("\n-----END CERTIFICATE-----");
    }
    return rc != 0;
}
