/* SPDX-License-Identifier: MIT */
#include "remote/retry.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum {
    WAIT_FIRST = 500, /* milliseconds, of which a random half is waited at least */
    WAIT_MOST = 30000,
    DOUBLED_MOST = 6 /* times: WAIT_MOST is reached */
};

int retry_wait(struct http_session *session)
{
    const struct http_custom *custom = session->options.custom;
    struct fault *fault = session->fault;
    unsigned failed = session->failed;
    if (fault->class != FAULT_NETWORK || custom == NULL || failed >= custom->retries)
        return -1;
    session->failed++;
    http_session_hang_up(session);
    int most = WAIT_FIRST << (failed < DOUBLED_MOST ? failed : DOUBLED_MOST);
    if (most > WAIT_MOST)
        most = WAIT_MOST;
    /* So that not all clients of a server that was away come back at once. */
    unsigned mixed = ((unsigned)getpid() + failed) * 2654435761U >> 16;
    int wait = most / 2 + (int)(mixed % (unsigned)(most / 2));
    if (!session->options.quiet)
        fprintf(stderr, "warning: %s\nwarning: trying again in %d.%d s (%u of %u)\n", fault->text,
                wait / 1000, wait % 1000 / 100, failed + 1, custom->retries);
    fault_clear(fault);
    if (poll(NULL, 0, wait) < 0 && errno == EINTR)
        return fault_set(fault, FAULT_INTERRUPTED, "interrupted");
    return 0;
}

void retry_over(struct http_session *session)
{
    session->failed = 0;
}
