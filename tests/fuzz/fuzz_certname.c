/* SPDX-License-Identifier: MIT */
/* A certificate's names: the input is DER; matched against a name and addresses. */
#include "tls/certname.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const hosts[] = {"localhost", "a.one.example", "127.0.0.1", "::1"};
    struct certname names;
    struct fault fault = {.class = FAULT_NONE};
    if (certname_parse(bytes, size, &names, &fault) < 0)
        return 0;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        fault_clear(&fault);
        certname_check(&names, hosts[i], &fault);
    }
    certname_alike(names.issuer, names.subject);
    return 0;
}
