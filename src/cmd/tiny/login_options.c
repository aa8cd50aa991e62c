/* SPDX-License-Identifier: MIT */
/* A name and a password. */
#include "cmd/login_options.h"

const struct option login_options[] = {{.kind = OPTION_REST}};

int login_options_ready(struct connection *connection, struct fault *fault)
{
    const struct cred_options *cred = &connection->remote.session.cred;
    return cred->password_fd >= 0 && !cred->user
               ? fault_set(fault, FAULT_USAGE, "option '--password-fd' goes with '--user'")
               : 0;
}
