/* SPDX-License-Identifier: MIT */
/* no_proxy and the URL of a proxy: LIST LF URL */
#include "remote/no_proxy.h"
#include "remote/proxy_choice.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *room, *second;
    enum proxy_kind kind;
    struct url url;
    struct fault fault;
    fault_clear(&fault);
    memcpy(text, data, size);
    text[size] = '\0';
    second = strchr(text, '\n');
    if (second)
        *second++ = '\0';
    else
        second = text;
    room = malloc(PROXY_ROOM(second));
    int rc = proxy_parse(&(struct proxy_choice){second, "--proxy"}, room, &kind, &url, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        __builtin_trap();
    if (rc == 0 && (*url.path || url.port == 0 || url.port > 65535 || *url.host == '\0'))
        __builtin_trap();
    if (rc == 0)
        no_proxy_has(text, &url);
    free(room);
    free(text);
    return 0;
}
