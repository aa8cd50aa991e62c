/* SPDX-License-Identifier: MIT */
/* P12: what is written reads back the same, asked of stock git. */
#include "repo/config.h"
#include "repo/config_parse.h"

#include "scratch.h"
#include "system/growing_writer.h"

static struct fault fault;

/* Writes one value; git's answer goes to the file "answer". */
static int write_one(const char *subsection, const char *value)
{
    struct growing_writer text;
    fault_clear(&fault);
    growing_writer_open(&text, 65536, "config", &fault);
    int rc = config_write_section(&text.writer, "remote", subsection);
    if (rc == 0)
        rc = config_write_value(&text.writer, "url", value);
    if (rc == 0)
        rc = fs_write(AT_FDCWD, "config", text.bytes, text.used, false, &fault);
    growing_writer_close(&text);
    return rc;
}

static void values(void)
{
    static const char *const rows[] = {
        "https://host/r.git",
        "",
        " a space before",
        "a space behind ",
        "; a comment # not",
        "quotes \" and \\ backslashes",
        "two\nlines",
        "a\ttab",
        "\ttabs at the ends\t",
        "[section]",
        "a = b",
        "gr\xc3\xbc\xc3\x9f",
        "ends in \\",
        "\"",
        "\b\v\f\033",
        "  ",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(write_one("origin", rows[i]) == 0, "%s", fault.text);
        shell("git config -f config -z --get remote.origin.url >answer 2>&1");
        CHECK_TEXT(file_text("answer"), rows[i]);
        CHECK_TEXT(shell("git config -f config --name-only --list | wc -l | tr -d ' '"), "1");
    }
    size_t size = 20000;
    char *line = malloc(size + 1);
    memset(line, 'x', size);
    line[size] = '\0';
    CHECK(write_one("origin", line) == 0, "%s", fault.text);
    shell("git config -f config -z --get remote.origin.url >answer 2>&1");
    CHECK_TEXT(file_text("answer"), line);
    free(line);
}

static void sections(void)
{
    static const char *const rows[] = {"origin",      "a.b", "with space",         "q\"uote",
                                       "back\\slash", "x]",  "gr\xc3\xbc\xc3\x9f", "; x",
                                       "\t"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "remote.%s.url", rows[i]);
        CHECK(write_one(rows[i], "v") == 0, "%s", fault.text);
        CHECK_TEXT(shell("git config -f config --name-only --list 2>&1"), expected);
    }
}

static void refused(void)
{
    static const struct {
        const char *why, *subsection, *value, *sentence;
    } rows[] = {
        {"P12: LF in a section", "a\n[core]", "v", "a line end in a section's name"},
        {"P12: CR in a section", "a\rb", "v", "a line end in a section's name"},
        {"P12: CR in a value", "origin", "a\rb", "a CR in the value of url"},
        {"P12: CR at the end", "origin", "a\r", "a CR in the value of url"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(write_one(rows[i].subsection, rows[i].value) < 0, "%s: written", rows[i].why);
        CHECK(fault.class == FAULT_USAGE && strstr(fault.text, rows[i].sentence), "%s: %s",
              rows[i].why, fault.text);
    }
}

/* As git config -z --list shows it, but for the LF behind the last name. */
static int show_line(struct config_listener *listener, const struct config_line *line)
{
    (void)listener;
    FILE *out = fopen("got", "a");
    fprintf(out, "%s%s%s", line->name, line->value ? "\n" : "", line->value ? line->value : "");
    fputc('\0', out);
    fclose(out);
    return 0;
}

/* What is read is what stock git reads, or refused by both. */
static void reading(void)
{
    static const char *const texts[] = {
        "[a]\n\tk = x \\\n",
        "[a]\n\tk = x \\\n  y  \n",
        "[a]\n\tk = x \\\n;comment\n",
        "[a]\n\tk = \\\n  b\n",
        "[a]\n\tk = v\\",
        "[a]\n\tk = \"v\\",
        "[a]\n\tk = x  \"\"\n",
        "[]\nk = x\n",
        "[ \"s\"]\nk = x\n",
        "[a \"s\"] k\n",
        "[a.B] K = \"; # \" ; c\n",
        "[a\t\"b\\\"c\\d\"]\r\nk\r\n",
        "[a \"x\" ]\nk = x\n",
        "[a]\nk \r = b\n",
        "\xef\xbb\xbf[a]\nk=\"b\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct config_listener listener = {show_line, NULL};
        fault_clear(&fault);
        file_make("config", texts[i]);
        file_make("got", "");
        int rc = config_parse(texts[i], strlen(texts[i]), "config", &listener, &fault);
        int code = atoi(shell("git config -f config -z --list >answer 2>/dev/null; echo $?"));
        CHECK((rc < 0) == (code != 0), "%s: %d, git %d", texts[i], rc, code);
        if (rc == 0)
            CHECK(*shell("cmp got answer 2>&1") == '\0', "%s: %s", texts[i], file_text("got"));
    }
}

int main(void)
{
    scratch_open();
    values();
    sections();
    refused();
    reading();
    scratch_close();
    return T_DONE();
}
