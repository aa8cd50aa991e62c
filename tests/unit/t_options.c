/* SPDX-License-Identifier: MIT */
/* Every kind of option with values good and bad, tables that go on in other tables, the help; and
 * that the manual page knows every option of every command. */
#include "cmd/commands.h"
#include "t.h"

#include <stdlib.h>

struct inner {
    bool deep;
    uint64_t size;
};

struct middle {
    const char *filler, *trace;
    struct inner inner;
};

struct outer {
    bool flag, only_letter;
    const char *text;
    unsigned long number;
    struct list list;
    int fd;
    struct middle middle;
    unsigned milliseconds;
};

static const struct option inner_options[] = {
    {"deep", 'd', OPTION_FLAG, offsetof(struct inner, deep), .help = "as deep as it gets"},
    {"size", 0, OPTION_SIZE, offsetof(struct inner, size), .word = "SIZE", .help = "how much"},
    {.kind = OPTION_REST},
};
static const struct option middle_options[] = {
    {"trace", 0, OPTION_OPTIONAL, offsetof(struct middle, trace), .word = "FILE", .help = "show"},
    {.kind = OPTION_REST, .offset = offsetof(struct middle, inner), .rest = inner_options},
};
static const struct option outer_options[] = {
    {"flag", 'f', OPTION_FLAG, offsetof(struct outer, flag), .help = "raise it"},
    {NULL, 'l', OPTION_FLAG, offsetof(struct outer, only_letter), .help = "no name"},
    {"text", 't', OPTION_TEXT, offsetof(struct outer, text), .word = "NAME", .help = "call it"},
    {"tex", 0, OPTION_TEXT, offsetof(struct outer, text), .word = "NAME", .help = NULL},
    {"number", 'n', OPTION_NUMBER, offsetof(struct outer, number), .word = "N", .help = "count"},
    {"list", 0, OPTION_LIST, offsetof(struct outer, list), .word = "HOST:PORT:ADDRES", .help = "1"},
    {"fd", 0, OPTION_FD, offsetof(struct outer, fd), .word = "N", .help = "from there"},
    {"wait", 0, OPTION_SECONDS, offsetof(struct outer, milliseconds), .word = "SEC", .help = "s"},
    {.kind = OPTION_REST, .offset = offsetof(struct outer, middle), .rest = middle_options},
};

static struct outer got;
static struct fault fault;
static char *words[8];
static int rest;
static bool help;

/* Parses up to four words into `got`. */
static int parse(const char *a, const char *b, const char *c, const char *d)
{
    static char copies[4][64];
    const char *given[] = {a, b, c, d};
    int argc = 1;
    for (int i = 0; i < 4 && given[i]; i++) {
        snprintf(copies[i], sizeof copies[i], "%s", given[i]);
        words[argc++] = copies[i];
    }
    got = (struct outer){.fd = -1};
    fault_clear(&fault);
    help = false;
    return options_parse(argc, words, outer_options, &got, &rest, &help, &fault);
}

static void good_values(void)
{
    CHECK(parse("--flag", "-l", NULL, NULL) == 0 && got.flag && got.only_letter, "%s", fault.text);
    CHECK(parse("-lft", "x", NULL, NULL) == 0 && got.flag && got.only_letter, "%s", fault.text);
    CHECK_TEXT(got.text, "x");
    CHECK(parse("-tname", "--number=7", NULL, NULL) == 0 && got.number == 7, "%s", fault.text);
    CHECK_TEXT(got.text, "name");
    CHECK(parse("--text=", "--text=a=b", NULL, NULL) == 0, "the last one counts: %s", fault.text);
    CHECK_TEXT(got.text, "a=b");
    CHECK(parse("--tex", "short", NULL, NULL) == 0, "%s", fault.text);
    CHECK_TEXT(got.text, "short");
    CHECK(parse("--text", "-f", NULL, NULL) == 0 && !got.flag, "a value that looks like an option");
    CHECK_TEXT(got.text, "-f");
    CHECK(parse("--list", "a", "--list=b", NULL) == 0 && got.list.count == 2, "%s", fault.text);
    CHECK_TEXT(got.list.items[1], "b");
    CHECK(parse("--fd", "0", NULL, NULL) == 0 && got.fd == 0, "%s, %d", fault.text, got.fd);
    CHECK(parse("-n", "2147483647", NULL, NULL) == 0 && got.number == 2147483647, "%s", fault.text);
}

static void sizes_and_seconds(void)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } sizes[] = {{"0", 0},
                 {"24m", 24 << 20},
                 {"1K", 1024},
                 {"3G", 3ULL << 30},
                 {"17179869183g", ~0ULL << 30}};
    static const struct {
        const char *text;
        unsigned milliseconds;
    } seconds[] = {{"0", 0}, {"0.1", 100}, {"2", 2000}, {"1.25", 1250}, {"0.007", 7}};
    static const char *const bad[] = {
        "--size=",        "--size=k",  "--size=1kk",  "--size=-1",  "--size=17179869184g",
        "--size=1x",      "--wait=",   "--wait=1.",   "--wait=.5",  "--wait=0.1234",
        "--wait=4294967", "--wait=-1", "--wait=1.x",  "--number=0", "--number=2147483648",
        "--number=1k",    "--number=", "--number=+1", "--fd=-1",    "--fd=2147483648"};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        CHECK(parse("--size", sizes[i].text, NULL, NULL) == 0 &&
                  got.middle.inner.size == sizes[i].bytes,
              "%s: %s", sizes[i].text, fault.text);
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        CHECK(parse("--wait", seconds[i].text, NULL, NULL) == 0 &&
                  got.milliseconds == seconds[i].milliseconds,
              "%s: %s", seconds[i].text, fault.text);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(parse(bad[i], NULL, NULL, NULL) < 0 && fault.class == FAULT_USAGE &&
                  strstr(fault.text, "is no value for it"),
              "%s: %s", bad[i], fault.text);
}

static void sentences(void)
{
    static const struct {
        const char *a, *b, *sentence;
    } rows[] = {
        {"--nothing", NULL, "unknown option '--nothing'"},
        {"--fla", NULL, "unknown option '--fla'"},
        {"--flags=1", NULL, "unknown option '--flags'"},
        {"---", NULL, "unknown option '---'"},
        {"--=", NULL, "unknown option '--'"},
        {"-fx", NULL, "unknown option '-x'"},
        {"--flag=yes", NULL, "option '--flag' takes no value"},
        {"--flag=", NULL, "option '--flag' takes no value"},
        {"--text", NULL, "option '--text' requires a value"},
        {"-ft", NULL, "option '-t' requires a value"},
        {"--number", "https://u:p@h/r",
         "option --number: 'h/r' is no value for it: it takes a number, 1 or more"},
        {"-n", "0", "option -n: '0' is no value for it: it takes a number, 1 or more"},
        {"-fn0", NULL, "option -fn: '0' is no value for it: it takes a number, 1 or more"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(parse(rows[i].a, rows[i].b, NULL, NULL) < 0 && fault.class == FAULT_USAGE, "%s",
              rows[i].a);
        CHECK_TEXT(fault.text, rows[i].sentence);
    }
    got = (struct outer){.list.count = LIST_MAX};
    char *more[] = {"x", "--list", "v"};
    CHECK(options_parse(3, more, outer_options, &got, &rest, &help, &fault) < 0 &&
              got.list.count == LIST_MAX,
          "a list has an end");
}

static void tables_inside(void)
{
    CHECK(parse("--trace", "file", NULL, NULL) == 0 && rest == 1, "a value only behind '='");
    CHECK_TEXT(got.middle.trace, "");
    CHECK_TEXT(words[1], "file");
    CHECK(parse("--trace=file", "-fd", NULL, NULL) == 0 && rest == 0, "%s", fault.text);
    CHECK_TEXT(got.middle.trace, "file");
    CHECK(got.flag && got.middle.inner.deep, "flags of two tables in one word");
    CHECK(parse("--deep", NULL, NULL, NULL) == 0 && got.middle.inner.deep && !got.flag, "%s",
          fault.text);
}

static void arguments(void)
{
    CHECK(parse("one", "-f", "-", "two") == 0 && rest == 3 && got.flag, "%s", fault.text);
    CHECK_TEXT(words[1], "one");
    CHECK_TEXT(words[2], "-");
    CHECK_TEXT(words[3], "two");
    CHECK(parse("--", "-f", "--", "--help") == 0 && rest == 3 && !got.flag && !help, "%s",
          fault.text);
    CHECK_TEXT(words[1], "-f");
    CHECK(parse("one", "-h", NULL, NULL) == 0 && help && rest == 1, "%s", fault.text);
    CHECK(parse("--help", NULL, NULL, NULL) == 0 && help && rest == 0, "%s", fault.text);
    CHECK(parse(NULL, NULL, NULL, NULL) == 0 && rest == 0 && !help, "%s", fault.text);
}

static void help_text(void)
{
    static const char want[] = "  -f, --flag               raise it\n"
                               "  -l                       no name\n"
                               "  -t, --text NAME          call it\n"
                               "  -n, --number N           count\n"
                               "  --list HOST:PORT:ADDRES  1\n"
                               "  --fd N                   from there\n"
                               "  --wait SEC               s\n"
                               "  --trace[=FILE]           show\n"
                               "\nseldom needed:\n"
                               "  -d, --deep               as deep as it gets\n"
                               "  --size SIZE              how much\n";
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    options_help(outer_options, out);
    options_help(NULL, out);
    fclose(out);
    CHECK_TEXT(text, want);
    free(text);
}

/* FLAG as the manual page writes it: ".It Fl b Ar name , Fl -branch Ar name". */
static bool in_manual(const char *manual, const char *flag)
{
    char macro[64];
    int size = snprintf(macro, sizeof macro, "Fl %s", flag);
    for (const char *at = manual; (at = strstr(at, macro)) != NULL; at += size)
        if (at[size] == ' ' || at[size] == '\n')
            return true;
    return false;
}

static void manual_page(void)
{
    static char manual[64 * 1024];
    FILE *file = fopen("src/doc/smidgit.1", "r");
    CHECK(file && fread(manual, 1, sizeof manual - 1, file) > 0, "the manual page is read");
    if (file)
        fclose(file);
    for (const struct command *const *command = commands; *command; command++)
        for (const struct option *row = (*command)->options; row;) {
            char name[64], letter[] = {row->letter, '\0'};
            if (row->kind == OPTION_REST) {
                row = row->rest;
                continue;
            }
            snprintf(name, sizeof name, "-%s", row->name ? row->name : "");
            CHECK(!row->name || !*row->name || in_manual(manual, name), "%s -%s", (*command)->name,
                  name);
            CHECK(!row->letter || !row->help || in_manual(manual, letter), "%s -%s",
                  (*command)->name, letter);
            row++;
        }
}

int main(void)
{
    good_values();
    sizes_and_seconds();
    sentences();
    tables_inside();
    arguments();
    help_text();
    manual_page();
    return T_DONE();
}
