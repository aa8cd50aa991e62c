/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700
#include "system/progress_counters.h"
#include "t.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static FILE *caught;
static int before;

static void catch_begin(void)
{
    caught = tmpfile();
    before = dup(STDERR_FILENO);
    dup2(fileno(caught), STDERR_FILENO);
}

static const char *catch_end(void)
{
    static char text[65536];
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(caught);
    size_t size = fread(text, 1, sizeof text - 1, caught);
    text[size] = '\0';
    fclose(caught);
    return text;
}

static void amounts(void)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 bytes"},
        {1, "1 byte"},
        {964, "964 bytes"},
        {1024, "1024 bytes"},
        {1025, "1.00 KiB"},
        {69632, "68.00 KiB"},
        {1536 * 1024, "1.50 MiB"},
        {1048575, "1024.00 KiB"},
        {UINT64_C(2) << 30, "2.00 GiB"},
        {(UINT64_C(5) << 30) + (UINT64_C(3) << 28), "5.75 GiB"},
        {(UINT64_C(2) << 30) - 1, "2.00 GiB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        progress_bytes(rows[i].bytes, text, sizeof text);
        CHECK_TEXT(text, rows[i].text);
    }
}

/* So much is done at SECONDS, by a clock that is set here. */
static const char *at(struct progress *progress, double seconds, uint64_t done, uint64_t bytes)
{
    static char text[256];
    progress->done = done;
    progress->bytes = bytes;
    progress->percent = (int)(done * 100 / progress->total);
    progress_counters(progress, progress->started_ms + (int64_t)(seconds * 1000), text,
                      sizeof text);
    return text;
}

static struct progress begun(uint64_t total)
{
    return (struct progress){
        .title = "Receiving objects", .total = total, .throughput = true, .started_ms = 4711};
}

enum { KIB = 1024, MIB = 1024 * 1024 };

static void rates(void)
{
    struct progress progress = begun(1000);
    CHECK_TEXT(at(&progress, 1, 1, 3 * MIB), "  0% (1/1000), 3.00 MiB | 3.00 MiB/s");
    CHECK_TEXT(at(&progress, 2, 1, 4 * MIB), "  0% (1/1000), 4.00 MiB | 2.00 MiB/s");
    CHECK_TEXT(at(&progress, 4, 1, 8 * MIB), "  0% (1/1000), 8.00 MiB | 2.00 MiB/s");
    /* What was long ago counts no more; a pause does. */
    CHECK_TEXT(at(&progress, 6, 1, 24 * MIB), "  0% (1/1000), 24.00 MiB | 8.00 MiB/s");
    CHECK_TEXT(at(&progress, 7, 1, 34 * MIB), "  0% (1/1000), 34.00 MiB | 8.67 MiB/s");
    CHECK_TEXT(at(&progress, 38, 1, 34 * MIB + 32 * KIB),
               "  0% (1/1000), 34.03 MiB | 321.00 KiB/s");
    CHECK_TEXT(at(&progress, 40, 1, 37 * MIB), "  0% (1/1000), 37.00 MiB | 1.48 MiB/s");
    /* The last line is of all. */
    CHECK_TEXT(at(&progress, 41, 1000, 82 * MIB), "100% (1000/1000), 82.00 MiB | 2.00 MiB/s");
    progress = begun(2);
    CHECK_TEXT(at(&progress, 0, 1, MIB), " 50% (1/2), 1024.00 KiB | 1000.00 MiB/s");
}

static const char *left_in(const char *text)
{
    const char *left = strstr(text, "/s");
    return left ? left + 2 : text;
}

static void time_left(void)
{
    struct progress progress = begun(10000);
    /* Nothing is said at first, */
    for (unsigned second = 1; second < 5; second++)
        CHECK_TEXT(left_in(at(&progress, second, 100 * second, MIB)), "");
    CHECK_TEXT(at(&progress, 5, 500, 5 * MIB),
               "  5% (500/10000), 5.00 MiB | 1.33 MiB/s, 1:35 left");
    for (unsigned second = 6; second <= 40; second++)
        at(&progress, second, 100 * second, MIB);
    CHECK_TEXT(left_in(at(&progress, 42, 4200, MIB)), ", 0:58 left");
    /* nor when it becomes ten times slower or quicker, until that has lasted, */
    CHECK_TEXT(left_in(at(&progress, 46, 4240, MIB)), "");
    CHECK_TEXT(left_in(at(&progress, 48, 4260, MIB)), ", 9:34 left");
    CHECK_TEXT(left_in(at(&progress, 49, 9000, MIB)), "");
    CHECK_TEXT(left_in(at(&progress, 50, 9000, MIB)), "");
    CHECK_TEXT(left_in(at(&progress, 51, 9000, MIB)), "");
    /* nor when nothing comes, nor at the end. */
    CHECK_TEXT(left_in(at(&progress, 60, 9000, MIB)), "");
    CHECK_TEXT(left_in(at(&progress, 62, 9000, MIB)), "");
    CHECK_TEXT(left_in(at(&progress, 64, 10000, MIB)), "");

    static const struct {
        uint64_t total;
        int columns;
        const char *left;
    } rows[] = {
        {1059, 0, ", 0:01 left"},
        {6000, 0, ", 0:50 left"},
        {360900, 0, ", 59:59 left"},
        {361000, 0, ", 1 h 0 min left"},
        {4000000, 100, ", 11 h 6 min left"},
        {6000, 71, ", 0:50 left"},
        {6000, 70, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        progress = begun(rows[i].total);
        progress.columns = rows[i].columns;
        for (unsigned second = 1; second < 10; second++)
            at(&progress, second, 100 * second, MIB);
        CHECK_TEXT(left_in(at(&progress, 10, 1000, MIB)), rows[i].left);
    }
}

static void counting(void)
{
    struct progress progress;
    catch_begin();
    progress_begin(&progress, "Updating files", 4, true, false, 0);
    for (uint64_t done = 1; done <= 4; done++)
        progress_update(&progress, done, 0);
    progress_end(&progress, true);
    const char *text = catch_end();
    CHECK(strncmp(text, "Updating files:  25% (1/4)\r", 27) == 0, "%s", text);
    const char *last = strstr(text, "Updating files: 100% (4/4), done.\n");
    CHECK(last && strlen(last) == strlen("Updating files: 100% (4/4), done.\n"), "%s", text);

    catch_begin();
    progress_begin(&progress, "Counting", 0, true, false, 0);
    progress_update(&progress, 7, 0);
    progress_end(&progress, true);
    CHECK_TEXT(catch_end(), "Counting: 7\rCounting: 7, done.\n");

    catch_begin();
    progress_begin(&progress, "Receiving objects", 4, true, true, 0);
    progress_update(&progress, 4, 964);
    progress_end(&progress, true);
    text = catch_end();
    CHECK(strstr(text, "Receiving objects: 100% (4/4), 964 bytes | "), "%s", text);
    CHECK(strstr(text, "/s, done.\n"), "%s", text);
}

static void silence(void)
{
    struct progress progress;
    catch_begin();
    progress_begin(&progress, "Off", 4, false, false, 0);
    progress_update(&progress, 4, 0);
    progress_end(&progress, true);
    progress_begin(&progress, "Quick", 4, true, false, 1000000);
    progress_update(&progress, 4, 0);
    progress_end(&progress, true);
    CHECK_TEXT(catch_end(), "");
    catch_begin();
    CHECK(!progress_wanted(false, false), "stderr is no terminal");
    CHECK(progress_wanted(false, true) && progress_wanted(true, true), "--progress");
    catch_end();
}

/* One line of progress stays one row, whatever becomes of the terminal. */
static void narrow(void)
{
    static const char shown[] = "Receiving objects:  25% \r\033[JReceiving o\r"
                                "Receiving objects:  75% (3/4)\r"
                                "Receiving objects: 100% (4/4), done.\r\n";
    static const unsigned short columns[] = {25, 12, 80};
    const struct timespec step = {0, 150000000};
    struct progress progress;
    char text[1024];
    int master = posix_openpt(O_RDWR | O_NOCTTY), stderr_before = dup(STDERR_FILENO);
    CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0, "a pseudo terminal");
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    setenv("TERM", "xterm", 1);
    dup2(slave, STDERR_FILENO);
    progress_begin(&progress, "Receiving objects", 4, true, false, 0);
    for (unsigned i = 0; i < 3; i++) {
        struct winsize size = {.ws_row = 24, .ws_col = columns[i]};
        ioctl(slave, TIOCSWINSZ, &size);
        progress_update(&progress, i + 1, 0);
        nanosleep(&step, NULL);
    }
    progress.done = 4;
    progress_end(&progress, true);
    dup2(stderr_before, STDERR_FILENO);
    size_t used = 0;
    for (ssize_t got = 1; got > 0 && (used == 0 || text[used - 1] != '\n'); used += (size_t)got) {
        got = read(master, text + used, sizeof text - 1 - used);
        got = got < 0 ? 0 : got;
    }
    text[used] = '\0';
    CHECK_TEXT(text, shown);
    close(stderr_before);
    close(slave);
    close(master);
}

/* What fails or is interrupted leaves the line as it was, and the next one to others. */
static void broken_off(void)
{
    struct progress progress;
    catch_begin();
    progress_begin(&progress, "Counting", 0, true, false, 0);
    progress_update(&progress, 7, 0);
    progress_end(&progress, false);
    progress_begin(&progress, "Not begun", 4, true, false, 0);
    progress_end(&progress, false);
    CHECK_TEXT(catch_end(), "Counting: 7\r\n");
}

/* A million updates are no million writes. */
static void often(void)
{
    struct progress progress;
    catch_begin();
    progress_begin(&progress, "Many", 1000000, true, false, 0);
    for (uint64_t done = 1; done <= 1000000; done++)
        progress_update(&progress, done, 0);
    progress_end(&progress, true);
    const char *text = catch_end();
    CHECK(strlen(text) < 101 * 40, "%zu bytes", strlen(text));
    CHECK(strstr(text, "Many: 100% (1000000/1000000), done.\n"), "%s", text);
}

#define PAD "        "

static const struct {
    const char *why, *first, *second, *shown;
} lines_rows[] = {
    {"a line", "hello\n", "", "remote: hello" PAD "\n"},
    {"two pieces", "hel", "lo\n", "remote: hello" PAD "\n"},
    {"an empty line", "a\n\nb\n", "", "remote: a" PAD "\nremote: \nremote: b" PAD "\n"},
    {"CR keeps the line", "1%\r2%\r", "3%, done.\n",
     "remote: 1%" PAD "\rremote: 2%" PAD "\rremote: 3%, done." PAD "\n"},
    {"a line end in the next piece", "a", "\nb\n", "remote: a" PAD "\nremote: b" PAD "\n"},
    {"what is left at the end", "abc", "", "remote: abc\n"},
    {"a line that was to be overwritten", "1%\r", "", "remote: 1%" PAD "\r\n"},
    {"R8: ESC", "\033]0;x\007\n", "", "remote: ^[]0;x^G" PAD "\n"},
    {"R8: C1",
     "\xc2\x9b"
     "31m\n",
     "", "remote: M-^[31m" PAD "\n"},
    {"tabs stay", "a\tb\n", "", "remote: a\tb" PAD "\n"},
};

static void lines(void)
{
    setenv("TERM", "dumb", 1);
    for (size_t i = 0; i < sizeof lines_rows / sizeof *lines_rows; i++) {
        struct remote_lines out;
        const char *first = lines_rows[i].first, *second = lines_rows[i].second;
        catch_begin();
        remote_lines_open(&out, false);
        out.listener.progress(&out.listener, (const unsigned char *)first, strlen(first));
        out.listener.progress(&out.listener, (const unsigned char *)second, strlen(second));
        remote_lines_end(&out);
        const char *text = catch_end();
        CHECK(strcmp(text, lines_rows[i].shown) == 0, "%s: %s", lines_rows[i].why, text);
    }
    struct remote_lines out;
    catch_begin();
    remote_lines_open(&out, false);
    out.terminal = true;
    out.listener.progress(&out.listener, (const unsigned char *)"a\r", 2);
    remote_lines_end(&out);
    remote_lines_open(&out, true);
    out.listener.progress(&out.listener, (const unsigned char *)"quiet\n", 6);
    remote_lines_end(&out);
    CHECK_TEXT(catch_end(), "remote: a\033[K\r\n");
}

/* A line without end is shown in pieces, and no byte of it is lost. */
static void long_line(void)
{
    struct remote_lines out;
    size_t seen = 0;
    catch_begin();
    remote_lines_open(&out, false);
    for (int i = 0; i < 5000; i++)
        out.listener.progress(&out.listener, (const unsigned char *)"x", 1);
    remote_lines_end(&out);
    const char *text = catch_end();
    for (const char *at = text; *at; at++)
        seen += *at == 'x';
    CHECK(seen == 5000 && strncmp(text, "remote: xxx", 11) == 0, "%zu", seen);
    CHECK(strchr(text, '\n') == text + strlen(text) - 1, "one line");
}

int main(void)
{
    amounts();
    rates();
    time_left();
    counting();
    silence();
    often();
    narrow();
    broken_off();
    lines();
    long_line();
    return T_DONE();
}
