/* SPDX-License-Identifier: MIT */
/* A wall clock that jumps by two days at each look, to yesterday and to tomorrow, as if somebody
 * kept setting it (LD_PRELOAD; GNU or musl). Clocks that nobody can set are as they were. */
#if defined(__linux__)
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>

enum { DAY = 86400 };

static time_t jump(void)
{
    static atomic_uint looks;
    return atomic_fetch_add(&looks, 1) % 2 ? DAY : -DAY;
}

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int rc = REAL("clock_gettime", int (*)(clockid_t, struct timespec *))(clock, now);
    if (rc == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += jump();
    return rc;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}
