/* SPDX-License-Identifier: MIT */
/* The roots that src/build/makeroots.c made a table of (tls/builtin_encoding.c says of what form).
 */
#include "tls/builtin_roots.h"

#include "tls/builtin_encoding.h"

/* In a file that the build makes. */
extern const unsigned char roots_table[];
extern const unsigned long roots_size;
extern const char roots_from[];

const char *builtin_roots_origin(void)
{
    return roots_from;
}

bool builtin_roots_exist(void)
{
    return true;
}

static int give(const struct root *root,
                int (*certificate)(void *context, const unsigned char *der, size_t size),
                void *context)
{
    unsigned char room[ROOT_CERTIFICATE_MAX];
    struct der_span der;
    if (builtin_encoding_certificate(root, room, &der) < 0)
        return 0;
    return certificate(context, der.at, der.size);
}

int builtin_roots_search(bool (*wanted)(void *context, const struct certname *names),
                         int (*certificate)(void *context, const unsigned char *der, size_t size),
                         void *context, size_t *count, struct fault *fault)
{
    const struct der_span table = {roots_table, roots_size};
    struct certname names = {.issuer = {NULL, 0}};
    struct root root;
    size_t at = 0;
    int rc;
    *count = 0;
    while ((rc = builtin_encoding_next(table, &at, &root)) > 0) {
        ++*count;
        names.subject = names.issuer = root.name;
        if (wanted(context, &names) && give(&root, certificate, context) < 0)
            return -1;
    }
    return rc < 0 ? fault_set(fault, FAULT_TLS, "the built-in certificates are damaged") : 0;
}
