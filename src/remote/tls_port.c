/* SPDX-License-Identifier: MIT */
#include "remote/tls_port.h"

#include <stdio.h>
#include <string.h>

void tls_port_ask(bool likely, struct fault *fault)
{
    size_t used = strlen(fault->text);
    if (likely && fault->class != FAULT_INTERRUPTED)
        snprintf(fault->text + used, sizeof fault->text - used, " (is it https://?)");
}
