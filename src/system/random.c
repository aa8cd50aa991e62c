/* SPDX-License-Identifier: MIT */
/* getrandom(2) without flags waits until the kernel's generator was seeded once, and makes newer
 * kernels gather what it takes; polling it would not. An alarm ends the wait. Systems without it
 * have /dev/urandom.
 */
#include "system/random.h"

#include "system/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/random.h>
#endif

enum {
    PATIENCE = 30, /* seconds; a kernel that gathers entropy by itself needs one */
    PIECE = 256    /* bytes: what getrandom() gives without being interrupted */
};

#if defined(__linux__)
static ssize_t kernel_random(void *bytes, size_t size)
{
    return getrandom(bytes, size, 0);
}
#else
static ssize_t kernel_random(void *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    errno = ENOSYS;
    return -1;
}
#endif

static ssize_t device_random(void *bytes, size_t size)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t got = read(fd, bytes, size);
    int error = errno;
    close(fd);
    errno = error;
    return got;
}

static void alarm_rang(int signal)
{
    (void)signal;
}

/* A read that a signal ends: the alarm's, or one that asks the program to end. */
static ssize_t patient_random(void *bytes, size_t size)
{
    struct sigaction action = {.sa_handler = alarm_rang}, before;
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, &before);
    alarm(PATIENCE);
    ssize_t got = kernel_random(bytes, size);
    int error = errno;
    alarm(0);
    sigaction(SIGALRM, &before, NULL);
    errno = error;
    return got < 0 && errno == ENOSYS ? device_random(bytes, size) : got;
}

int random_bytes(void *bytes, size_t size, struct fault *fault)
{
    unsigned char *at = bytes;
    while (size > 0) {
        ssize_t got = patient_random(at, size < PIECE ? size : PIECE);
        if (got <= 0 && interrupt_seen)
            return fault_set(fault, FAULT_INTERRUPTED, "interrupted");
        if (got < 0 && errno == EINTR)
            return fault_set(fault, FAULT_TLS,
                             "no entropy: for %d seconds the kernel has had no random numbers; a "
                             "saved seed or a hardware generator is needed",
                             PATIENCE);
        if (got <= 0)
            return fault_set(fault, FAULT_TLS,
                             "no entropy: the kernel's random numbers cannot be read: %s",
                             got == 0 ? "/dev/urandom is empty" : strerror(errno));
        at += got;
        size -= (size_t)got;
    }
    return 0;
}
