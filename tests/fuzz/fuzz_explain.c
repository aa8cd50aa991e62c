/* SPDX-License-Identifier: MIT */
/* What is explained of a file that anybody may have written: no more than its bounds, and no
 * control byte. */
#include "client/explain.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void explain(const uint8_t *bytes, size_t size, const struct explain_form *form, bool all,
                    const char *object)
{
    struct fault fault = {.class = FAULT_NONE};
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    struct explain explain = {.out = out,
                              .form = form,
                              .all = all,
                              .object = object,
                              .sha1 = &hash_sha1,
                              .sha256 = &hash_sha256,
                              .fault = &fault};
    if (out == NULL)
        return;
    if (size > 0)
        explain_bytes(&explain, "input", bytes, size);
    fclose(out);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t')
            abort();
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    explain(bytes, size, &explain_as_text, false, NULL);
    explain(bytes, size, &explain_as_html, true, NULL);
    explain(bytes, size, &explain_as_json, false, "12");
    return 0;
}
