/* SPDX-License-Identifier: MIT */
/* Name constraints: two certificates, the authority's and that of one below it. The first two bytes
 * are the size of the first. Without certificates around them: constraints, and then names. */
#include "proto/bytes.h"
#include "tls/builtin_encoding.h"
#include "tls/certlimit.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void judge(const struct certname *authority, const struct certname *below)
{
    struct fault fault = {.class = FAULT_NONE};
    size_t left = 2000;
    int rc = certlimit_check(authority, below, &left, &fault);
    if ((rc == 0) != (fault.class == FAULT_NONE))
        abort();
}

/* What is left of a certificate has its names still. */
static void strip(struct der_span der, const struct certname *names)
{
    unsigned char room[4096];
    struct certname again;
    struct fault fault = {.class = FAULT_NONE};
    if (builtin_encoding_unsigned(der, room, sizeof room, &der) < 0)
        return;
    if (certname_parse(der.at, der.size, &again, &fault) < 0 ||
        again.subject.size != names->subject.size ||
        again.constraints.size != names->constraints.size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct certname authority, below;
    struct fault fault = {.class = FAULT_NONE};
    if (size < 2 || bytes_get16(bytes) > size - 2)
        return 0;
    struct der_span first = {bytes + 2, bytes_get16(bytes)};
    struct der_span second = {first.at + first.size, size - 2 - first.size};
    if (certname_parse(first.at, first.size, &authority, &fault) == 0) {
        strip(first, &authority);
        if (certname_parse(second.at, second.size, &below, &fault) == 0)
            judge(&authority, &below);
        return 0;
    }
    authority = (struct certname){.constraints = first};
    below = (struct certname){.subject = second, .alternatives = second};
    judge(&authority, &below);
    return 0;
}
