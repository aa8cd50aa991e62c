/* SPDX-License-Identifier: MIT */
/* Process 1 of the boot test: the only program beside smidgit on a machine that has nothing else.
 *
 *   init COMMIT PORT    of kinds.git, and of the server; the kernel hands on what stands after "--"
 *                       on its command line
 *
 *   /modules/1.ko ...   modules of the network card, in the order in which they are to be loaded
 *   /lists/NAME         `git ls-tree -r` of NAME.git, by stock git
 *   /smidgit /ca.pem /password
 *
 * QEMU's user network: this machine is 10.0.2.15, its host's loopback answers at 10.0.2.2.
 * For each fact a line "boot: passed NAME" or "boot: failed NAME" on the console, then power off.
 */
#include "files.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOST "10.0.2.2"
#define NAME "git.example.org"

enum { ARGUMENTS = 16, URL_SIZE = 64, PASSWORD_FD = 3, YEAR = 366 * 24 * 3600 };

static bool report(bool good, const char *name)
{
    printf("boot: %s %s\n", good ? "passed" : "failed", name);
    fflush(stdout);
    return good;
}

static bool load_modules(void)
{
    char path[32];
    for (int number = 1;; number++) {
        snprintf(path, sizeof path, "/modules/%d.ko", number);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return number > 1;
        if (syscall(SYS_finit_module, fd, "", 0) != 0)
            return false;
        close(fd);
    }
}

static struct sockaddr address(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr out;
    if (text)
        in.sin_addr.s_addr = inet_addr(text);
    memcpy(&out, &in, sizeof out);
    return out;
}

static bool configure_network(void)
{
    struct ifreq request = {.ifr_name = "eth0"};
    struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    request.ifr_addr = address("10.0.2.15");
    if (fd < 0 || ioctl(fd, SIOCSIFADDR, &request) != 0)
        return false;
    request.ifr_addr = address("255.255.255.0");
    if (ioctl(fd, SIOCSIFNETMASK, &request) != 0)
        return false;
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (ioctl(fd, SIOCSIFFLAGS, &request) != 0)
        return false;
    route.rt_dst = address(NULL);
    route.rt_genmask = address(NULL);
    route.rt_gateway = address(HOST);
    return ioctl(fd, SIOCADDRT, &route) == 0 && close(fd) == 0;
}

/* smidgit with these arguments (the last one NULL), an empty environment and the password in
 * descriptor 3. Its exit code, or -1. */
static int smidgit(const char *password, ...)
{
    static char *const nothing[] = {NULL};
    char *argv[ARGUMENTS] = {"smidgit"};
    int status = -1;
    va_list arguments;
    va_start(arguments, password);
    for (int i = 1; i < ARGUMENTS - 1 && (argv[i] = va_arg(arguments, char *)); i++)
        ;
    va_end(arguments);
    pid_t child = fork();
    if (child == 0) {
        int fd = open(password, O_RDONLY);
        if (fd >= 0 && dup2(fd, PASSWORD_FD) == PASSWORD_FD)
            execve("/smidgit", argv, nothing);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

#define LOGIN "--cacert", "/ca.pem", "--user", "anna", "--password-fd", "3"

static const char *url_of(const char *host, const char *port, const char *name)
{
    static char url[URL_SIZE];
    snprintf(url, sizeof url, "https://%s:%s/%s.git", host, port, name);
    return url;
}

static void clones(const char *port)
{
    report(smidgit("/password", "clone", LOGIN, url_of(HOST, port, "history"), "/work/history",
                   NULL) == 0,
           "clone");
    report(files_match("/lists/history", "/work/history"), "files of the clone");
    report(files_exist("/work/history/.git/HEAD"), "repository of the clone");
}

static void exports(const char *commit, const char *port)
{
    char resolve[URL_SIZE];
    snprintf(resolve, sizeof resolve, "%s:%s:%s", NAME, port, HOST);
    report(smidgit("/password", "export", LOGIN, "--resolve", resolve, "--expect", commit,
                   url_of(NAME, port, "kinds"), "/work/kinds", NULL) == 0,
           "export by name");
    report(files_match("/lists/kinds", "/work/kinds"), "files of every kind");
    report(!files_exist("/work/kinds/.git"), "no repository in the export");
}

static void refusals(const char *port)
{
    report(smidgit("/ca.pem", "clone", LOGIN, url_of(HOST, port, "history"), "/work/refused",
                   NULL) == 5,
           "wrong password");
    report(smidgit("/password", "clone", LOGIN, url_of(NAME, port, "history"), "/work/refused",
                   NULL) == 3,
           "no resolver");
    report(smidgit("/password", "export", LOGIN, "--expect",
                   "1111111111111111111111111111111111111111", url_of(HOST, port, "kinds"),
                   "/work/refused", NULL) == 7,
           "unexpected commit");
    report(smidgit("/password", "clone", LOGIN, url_of(HOST, port, "history"), "/small/refused",
                   NULL) == 8,
           "no room");
    report(files_count("/work") == 2 && files_count("/small") == 0, "nothing else is left");
}

/* All that can be written to is two tmpfs. */
static bool mount_all(void)
{
    umask(0);
    return mkdir("/work", 0700) == 0 && mount("none", "/work", "tmpfs", 0, "") == 0 &&
           mkdir("/small", 0700) == 0 && mount("none", "/small", "tmpfs", 0, "size=1m") == 0 &&
           mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0;
}

int main(int argc, char **argv)
{
    const char *port = argc > 2 ? argv[argc - 1] : "0", *commit = argc > 2 ? argv[argc - 2] : "";
    bool ready = report(load_modules(), "modules");
    ready = report(configure_network(), "network") && ready;
    ready = report(mount_all(), "tmpfs") && ready;
    report(time(NULL) < YEAR, "the clock says 1970");
    if (ready) {
        clones(port);
        exports(commit, port);
        refusals(port);
    }
    reboot(RB_POWER_OFF);
    return 1;
}
