/* SPDX-License-Identifier: MIT */
/* Programs that are asked something: those that answer, and all the ways in which they do not. */
#include "system/child.h"

#include "system/growing_writer.h"
#include "t.h"

#include <signal.h>
#include <stdlib.h>

enum { LONG = 1 << 20 /* bytes: more than a pipe holds */, SOON = 100 /* ms */ };

static void table(void)
{
    static const struct {
        const char *why, *argv[4], *input, *output;
        int wait_ms, code;      /* code: -1 for a fault of */
        enum fault_class class; /* this kind, */
        const char *sentence;   /* with these words */
    } rows[] = {
        {"it says what it read", {"cat"}, "a\nb\n", "a\nb\n", -1, 0, FAULT_NONE, NULL},
        {"nothing to read", {"cat"}, "", "", -1, 0, FAULT_NONE, NULL},
        {"in time", {"cat"}, "a", "a", 60000, 0, FAULT_NONE, NULL},
        {"no input of its own", {"echo", "x"}, NULL, "x\n", -1, 0, FAULT_NONE, NULL},
        {"a code", {"sh", "-c", "echo x; exit 3"}, "", "x\n", -1, 3, FAULT_NONE, NULL},
        {"a signal", {"sh", "-c", "kill -9 $$"}, "", "", -1, 137, FAULT_NONE, NULL},
        {"its input is not read", {"true"}, NULL, "", -1, 0, FAULT_NONE, NULL},
        {"SIGPIPE ends it", {"sh", "-c", "kill -PIPE $$"}, "", "", -1, 141, FAULT_NONE, NULL},
        {"not there",
         {"/nonexistent"},
         "",
         "",
         -1,
         -1,
         FAULT_LOCAL,
         "cannot run '/nonexistent': No such file"},
        {"it hangs",
         {"sleep", "1000"},
         "",
         "",
         SOON,
         -1,
         FAULT_LIMIT,
         "'sleep' has not answered for 100 ms"},
        {"it has answered, and hangs",
         {"sh", "-c", "exec >/dev/null; sleep 1000"},
         "",
         "",
         SOON,
         -1,
         FAULT_LIMIT,
         "'sh' has not answered for 100 ms"},
        {"it says too much", {"yes"}, "", NULL, -1, -1, FAULT_LIMIT, "answer: over 100000 bytes"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct growing_writer output;
        growing_writer_open(&output, 100000, "answer", &fault);
        const struct child child = {.argv = rows[i].argv,
                                    .input = rows[i].input,
                                    .size = rows[i].input ? strlen(rows[i].input) : 0,
                                    .output = &output.writer,
                                    .wait_ms = rows[i].wait_ms};
        int code = -1, rc = child_run(&child, &code, &fault);
        CHECK(rc == (rows[i].class == FAULT_NONE ? 0 : -1) && fault.class == rows[i].class,
              "%s: %d %s", rows[i].why, fault.class, fault.text);
        CHECK(rc < 0 || code == rows[i].code, "%s: code %d", rows[i].why, code);
        CHECK(!rows[i].sentence || strstr(fault.text, rows[i].sentence), "%s: %s", rows[i].why,
              fault.text);
        size_t size = rows[i].output ? strlen(rows[i].output) : 0;
        CHECK(!rows[i].output || (output.used == size &&
                                  (size == 0 || memcmp(output.bytes, rows[i].output, size) == 0)),
              "%s: %zu bytes", rows[i].why, output.used);
        growing_writer_close(&output);
    }
}

/* More than a pipe holds: both directions at once, in one alone, and to who does not read. */
static void long_input(void)
{
    static const char *const argv[][4] = {
        {"cat"}, {"sh", "-c", "cat >/dev/null; echo"}, {"true"}, {"sh", "-c", "exec <&-; echo"}};
    static const size_t said[] = {LONG, 1, 0, 1};
    char *input = malloc(LONG);
    memset(input, 'x', LONG);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct growing_writer output;
        int code = -1;
        growing_writer_open(&output, LONG, "answer", &fault);
        const struct child child = {.argv = argv[i],
                                    .input = input,
                                    .size = LONG,
                                    .output = i == 2 ? NULL : &output.writer,
                                    .wait_ms = 60000};
        CHECK(child_run(&child, &code, &fault) == 0 && code == 0, "%zu: %d %s", i, code,
              fault.text);
        CHECK(output.used == said[i], "%zu: %zu bytes", i, output.used);
        growing_writer_close(&output);
    }
    free(input);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    table();
    long_input();
    return T_DONE();
}
