/* SPDX-License-Identifier: MIT */
/* Where no thread can be made. */
#include "system/beside.h"

#include "t.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

/* Takes the C library's place. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    (void)thread, (void)attributes, (void)run, (void)argument;
    return EAGAIN;
}

static int runs;

/* It may take as long as it likes: an interrupt reaches it. */
static int run(void *context)
{
    sigset_t blocked;
    CHECK(*(int *)context == 7, "the context");
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &blocked) == 0 && !sigismember(&blocked, SIGINT) &&
              !sigismember(&blocked, SIGTERM),
          "signals are blocked");
    runs++;
    return 5;
}

int main(void)
{
    struct beside beside;
    sigset_t blocked;
    int context = 7;
    CHECK(!beside_try(&beside, run, &context) && runs == 0, "it was done at once");
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &blocked) == 0 && !sigismember(&blocked, SIGINT),
          "signals stay blocked");
    beside_start(&beside, run, &context);
    CHECK(runs == 1, "%d runs", runs);
    CHECK(beside_end(&beside) == 5, "its result");
    return T_DONE();
}
