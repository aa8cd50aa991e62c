/* SPDX-License-Identifier: MIT */
/* Configuration files, each read by the parser and by stock git (git config -z --list --file):
 * names and values, and the line where something is malformed, are the same. What differs on
 * purpose is in a table of its own. */
#include "repo/config_parse.h"

#include "scratch.h"

static struct fault fault;

struct text {
    const char *why, *text;
    size_t size;
};
#define ROW(why, text)             \
    {                              \
        why, text, sizeof text - 1 \
    }

static const struct text rows[] = {
    ROW("nothing", ""),
    ROW("an empty line", "\n"),
    ROW("blanks, without an end", " \t "),
    ROW("a section alone", "[core]\n"),
    ROW("a section, without an end", "[core]"),
    ROW("a value", "[core]\n\tbare = true\n"),
    ROW("no blanks", "[core]\nbare=true"),
    ROW("upper case", "[CORE]\nBareX = True\n"),
    ROW("digits and dashes", "[c-0]\nb-9 = 1\n"),
    ROW("a section that begins with a digit", "[0]\na = 1\n"),
    ROW("a section that begins with a dash", "[-]\na = 1\n"),
    ROW("a key that begins with a digit", "[a]\n0b = 1\n"),
    ROW("a key that begins with a dash", "[a]\n-b = 1\n"),
    ROW("a key with an underscore", "[a]\nb_c = 1\n"),
    ROW("a key with a dot", "[a]\nb.c = 1\n"),
    ROW("no section's name", "[]\nb = 1\n"),
    ROW("a subsection of no section", "[ \"x\"]\nb = 1\n"),
    ROW("a subsection", "[remote \"Origin\"]\nUrl = x\n"),
    ROW("an empty subsection", "[remote \"\"]\nurl = x\n"),
    ROW("a subsection's escapes", "[remote \"a\\\"b\\\\c\\d\\n\"]\nurl = x\n"),
    ROW("a subsection with ] and #", "[remote \"a]b#c;d\"]\nurl = x\n"),
    ROW("a subsection with dots and blanks", "[remote \" a. b \"]\nurl = x\n"),
    ROW("a subsection with a CR", "[remote \"a\rb\"]\nurl = x\n"),
    ROW("a subsection behind tabs", "[remote\t \t\"a\"]\nurl = x\n"),
    ROW("a subsection with a blank behind", "[remote \"a\" ]\nurl = x\n"),
    ROW("a subsection right behind", "[remote\"a\"]\nurl = x\n"),
    ROW("a subsection without quotes", "[remote a]\nurl = x\n"),
    ROW("a subsection over two lines", "[remote \"a\nb\"]\nurl = x\n"),
    ROW("a subsection with an escaped LF", "[remote \"a\\\nb\"]\nurl = x\n"),
    ROW("a subsection on the next line", "[remote\n\"a\"]\nurl = x\n"),
    ROW("a subsection, blank and the next line", "[remote \n\"a\"]\nurl = x\n"),
    ROW("a subsection that is not ended", "[remote \"a"),
    ROW("a subsection that ends with a backslash", "[remote \"a\\"),
    ROW("a subsection without ]", "[remote \"a\""),
    ROW("a blank before ]", "[core ]\nurl = x\n"),
    ROW("a blank behind [", "[ core]\nurl = x\n"),
    ROW("the old form", "[branch.Main]\nRemote = x\n"),
    ROW("the old form, deep", "[a.B.c]\nd = x\n"),
    ROW("the old form and a subsection", "[a.B \"C\"]\nd = x\n"),
    ROW("dots only", "[..]\nd = x\n"),
    ROW("a section that is not ended", "[core\nx = 1\n"),
    ROW("a section that the end ends", "[core"),
    ROW("[ at the end", "["),
    ROW("a section with an underscore", "[a_b]\n"),
    ROW("a section with a byte above 127", "[\xe4]\n"),
    ROW("a key on the section's line", "[a] b = 1\n"),
    ROW("a key right behind", "[a]b=1\nc=2\n"),
    ROW("two sections on a line", "[a][b]c=1\n"),
    ROW("a section behind a value", "[a]b=1 [c]\nd=2\n"),
    ROW("a comment behind a section", "[a] # b = 1\nc = 2\n"),
    ROW("a section behind a comment", "# [a]\n; [b]\n[c]\nd=1\n"),
    ROW("a comment, without an end", "[a]\nb=1\n# c"),
    ROW("a comment's backslash", "[a]\n# c \\\nb=1\n"),
    ROW("a key alone", "[a]\nb\n"),
    ROW("a key alone, without an end", "[a]\nb"),
    ROW("a key alone, blanks behind", "[a]\nb \t\n"),
    ROW("a key alone, CR LF behind", "[a]\r\nb\r\nc = 1\r\n"),
    ROW("a key alone, a CR behind", "[a]\nb\rc\n"),
    ROW("a key alone, a CR at the end", "[a]\nb\r"),
    ROW("a key alone, a comment behind", "[a]\nb # c\n"),
    ROW("two words", "[a]\nb c\n"),
    ROW("two words and a value", "[a]\nb c = 1\n"),
    ROW("=, no key", "[a]\n= 1\n"),
    ROW("an empty value", "[a]\nb =\nc = \nd = \"\"\n"),
    ROW("an empty value, without an end", "[a]\nb ="),
    ROW("an empty value with a comment", "[a]\nb = # c\nd = ;\n"),
    ROW("two =", "[a]\nb = = c\nd==\n"),
    ROW("blanks at a value's ends", "[a]\nb = \t x y  z \t \n"),
    ROW("blanks in quotes", "[a]\nb = \" \t x \" \n"),
    ROW("blanks around quotes", "[a]\nb =  x \" y\" z  \" \"  \n"),
    ROW("empty quotes and a word", "[a]\nb = \"\"  x\n"),
    ROW("a word and empty quotes", "[a]\nb = x  \"\"\n"),
    ROW("quotes within", "[a]\nb = x\"y z\"w\n"),
    ROW("a comment behind a value", "[a]\nb = x # y\nc = x;y\n"),
    ROW("comments in quotes", "[a]\nb = \"x # y ; z\" ; w\n"),
    ROW("a quote in a comment", "[a]\nb = x ; y\"\nc = 1\n"),
    ROW("escapes", "[a]\nb = \\n\\t\\b\\\\\\\"x\n"),
    ROW("escapes in quotes", "[a]\nb = \"\\n\\t\\b\\\\\\\"x\"\n"),
    ROW("an unknown escape", "[a]\nb = \\x\n"),
    ROW("an octal escape", "[a]\n\nb = \\012\n"),
    ROW("a CR's escape", "[a]\nb = \\r\n"),
    ROW("a blank's escape", "[a]\nb = \\ x\n"),
    ROW("blanks, escaped ones at the ends", "[a]\nb = \\t x \\n \n"),
    ROW("a line goes on", "[a]\nb = x\\\ny\nc = 1\n"),
    ROW("a line goes on, with blanks", "[a]\nb = x \\\n  y \\\n   z\nc = 1\n"),
    ROW("a line goes on in quotes", "[a]\nb = \" x \\\n  y\"\nc = 1\n"),
    ROW("a line goes on with nothing", "[a]\nb = x\\\n\nc = 1\n"),
    ROW("blanks, and a line that goes on with nothing", "[a]\nb = x  \\\n\nc = 1\n"),
    ROW("blanks, and a line that goes on with a comment", "[a]\nb = x  \\\n # y\nc = 1\n"),
    ROW("blanks, and a line that goes on at the end", "[a]\nb = x  \\\n"),
    ROW("a line goes on at the very end", "[a]\nb = x\\\n"),
    ROW("a line goes on with a CR LF", "[a]\r\nb = x\\\r\ny\r\n"),
    ROW("nothing goes on", "[a]\nb = \\\n  x\n"),
    ROW("the next is malformed, behind one that goes on", "[a]\nb = x\\\ny\n=\n"),
    ROW("a backslash at the end", "[a]\nb = x\\"),
    ROW("a comment's end goes not on", "[a]\nb = x # y \\\nc = 1\n"),
    ROW("a quote that is not ended", "[a]\nb = \"x\nc = 1\n"),
    ROW("a quote that the end ends", "[a]\nb = \"x"),
    ROW("a quote over two lines", "[a]\nb = \"x\ny\"\n"),
    ROW("a quote not ended, going on", "[a]\nb = \"x\\\n\ny\"\n"),
    ROW("CR LF", "[a]\r\n\r\nb = x\r\n; c\r\nd = \"y\"\r\n"),
    ROW("CR at a value's end", "[a]\nb = x\r"),
    ROW("CR in quotes", "[a]\nb = \"x\ry\"\n"),
    ROW("CR CR LF", "[a]\r\r\nb = x\r\r\n"),
    ROW("CR at the end", "[a]\r"),
    ROW("form feed", "[a]\n\fb = x\n"),
    ROW("form feed in a value", "[a]\nb = x\f\n"),
    ROW("a BOM", "\xef\xbb\xbf[a]\nb = x\n"),
    ROW("a BOM alone", "\xef\xbb\xbf"),
    ROW("two BOMs", "\xef\xbb\xbf\xef\xbb\xbf[a]\nb = x\n"),
    ROW("part of a BOM", "\xef\xbb[a]\nb = x\n"),
    ROW("a BOM later", "[a]\n\xef\xbb\xbf"
                       "b = x\n"),
    ROW("part of a BOM alone", "\xef\xbb"),
    ROW("bytes above 127 in a value", "[a]\nb = \xe4\xff\n"),
    ROW("bytes above 127 in a key", "[a]\nb\xe4 = 1\n"),
    ROW("many of a name", "[a]\nb = 1\nb = 2\n[A]\nB = 3\n"),
    ROW("malformed later", "[a]\nb = 1\n\n\n[b]\nc = 1\n!\n"),
    ROW("NUL between lines", "[a]\n\0b = 1\n"),
    ROW("NUL in a key", "[a]\nb\0c = 1\n"),
    ROW("NUL in a section", "[a\0]\nb = 1\n"),
    ROW("NUL in a comment", "[a]\n# \0\nb = 1\n"),
    ROW("NUL in a comment behind a value", "[a]\nb = 1 # \0\nc = 2\n"),
};

/* What git takes, and how; and what is done here. */
static const struct {
    struct text text;
    const char *git, *here; /* "name=value|" of each; a sentence */
} differences[] = {
    {ROW("git 2.39 makes blanks of tabs, newer ones leave them", "[a]\nb = x\ty\n"), "a.b=x y|",
     "a.b=x\ty|"},
    {ROW("git shows a key outside of a section, which nothing can ask for", "b = 1\n[a]\nc = 1\n"),
     "b=1|a.c=1|", "a.c=1|"},
    {ROW("git cuts a value at a NUL", "[a]\nb = x\0y\n"), "a.b=x|",
     "bad config line 2 in file 'F'"},
    {ROW("git cuts a subsection at a NUL", "[a \"x\0y\"]\nb = x\n"), "a.x=x|",
     "bad config line 1 in file 'F'"},
};

struct seen {
    struct config_listener listener;
    const char *text; /* that is parsed */
    char *names;      /* as git shows them with -z */
    size_t used, room;
    size_t at; /* where the last line ended */
};

static void put(struct seen *seen, const char *text, size_t size)
{
    if (seen->used + size > seen->room) {
        CHECK(0, "too much");
        return;
    }
    memcpy(seen->names + seen->used, text, size);
    seen->used += size;
}

static int see_line(struct config_listener *listener, const struct config_line *line)
{
    struct seen *seen = (struct seen *)listener;
    put(seen, line->name, strlen(line->name));
    if (line->value) {
        put(seen, "\n", 1);
        put(seen, line->value, strlen(line->value));
    }
    put(seen, "", 1);
    /* Where it stands: the key is there, on that line. */
    const char *key = strrchr(line->name, '.') + 1;
    unsigned long number = 1;
    for (size_t i = 0; i < line->from; i++)
        number += seen->text[i] == '\n';
    CHECK(line->from >= seen->at && line->to > line->from && number == line->number &&
              ((unsigned char)seen->text[line->from] | 0x20) == (unsigned char)*key,
          "%s: line %lu, from %zu to %zu", line->name, line->number, line->from, line->to);
    seen->at = line->to;
    return 0;
}

static int see_section(struct config_listener *listener, const struct config_section *section)
{
    struct seen *seen = (struct seen *)listener;
    CHECK(section->from >= seen->at && seen->text[section->from] == '[' &&
              seen->text[section->to - 1] == ']',
          "%s: from %zu to %zu", section->name, section->from, section->to);
    seen->at = section->to;
    return 0;
}

/* The text in memory of exactly its size and a NUL. */
static int parse(const char *text, size_t size, struct seen *seen)
{
    char *copy = malloc(size + 1);
    memcpy(copy, text, size);
    copy[size] = '\0';
    *seen = (struct seen){.listener = {.line = see_line, .section = see_section},
                          .text = copy,
                          .names = malloc(size * 40 + 1),
                          .room = size * 40 + 1};
    fault_clear(&fault);
    int rc = config_parse(copy, size, "F", &seen->listener, &fault);
    free(copy);
    return rc;
}

static void file_write(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(text, 1, size, file) != size || fclose(file) != 0)
        CHECK(0, "cannot write %s", path);
}

/* Has git read the files 0 up to COUNT: its answers are 0.out, 0.err and so on. */
static void ask_git(size_t count)
{
    char command[512];
    snprintf(command, sizeof command,
             "i=0; while test $i -lt %zu; do mv $i F; "
             "git config -z --list --file F >$i.out 2>$i.err; mv F $i; i=$((i+1)); done",
             count);
    CHECK(system(command) == 0, "git");
}

static size_t read_answer(size_t number, const char *what, char *out, size_t room)
{
    char path[64];
    snprintf(path, sizeof path, "%zu.%s", number, what);
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(out, 1, room - 1, file) : 0;
    if (file)
        fclose(file);
    out[size] = '\0';
    return size;
}

/* NULs as "|" and LFs as "=", to be shown. */
static const char *shown(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] = (char)(text[i] == '\0' ? '|' : text[i] == '\n' ? '=' : text[i]);
    text[size] = '\0';
    return text;
}

static void compare(const struct text *row, size_t number)
{
    char out[8192], err[1024], name[2048];
    struct seen seen;
    size_t size = read_answer(number, "out", out, sizeof out);
    read_answer(number, "err", err, sizeof err);
    const char *sentence = strncmp(err, "fatal: ", 7) == 0 ? err + 7 : err;
    err[strcspn(err, "\n")] = '\0';
    for (char *at = err; (at = strstr(at, "file F")) != NULL; at++) /* git has no quotes */
        snprintf(at, sizeof err - (size_t)(at - err), "file 'F'");
    int rc = parse(row->text, row->size, &seen);
    CHECK(strcmp(rc < 0 ? fault.text : "", sentence) == 0, "%s: '%s', git: '%s'", row->why,
          rc < 0 ? fault.text : "", sentence);
    /* git shows nothing of a file that is malformed, or what comes before. */
    if (rc == 0 || size > 0) {
        bool same = seen.used == size && memcmp(seen.names, out, size) == 0;
        snprintf(name, sizeof name, "%s", same ? "" : shown(seen.names, seen.used));
        CHECK(same, "%s: '%s', git: '%s'", row->why, name, shown(out, size));
    }
    free(seen.names);
}

static void as_git(void)
{
    char path[32];
    size_t count = sizeof rows / sizeof *rows;
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%zu", i);
        file_write(path, rows[i].text, rows[i].size);
    }
    ask_git(count);
    for (size_t i = 0; i < count; i++)
        compare(&rows[i], i);
}

static void not_as_git(void)
{
    char out[1024], path[32];
    size_t count = sizeof differences / sizeof *differences;
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%zu", i);
        file_write(path, differences[i].text.text, differences[i].text.size);
    }
    ask_git(count);
    for (size_t i = 0; i < count; i++) {
        struct seen seen;
        size_t size = read_answer(i, "out", out, sizeof out);
        bool tabs = strchr(differences[i].here, '\t') != NULL;
        int rc = parse(differences[i].text.text, differences[i].text.size, &seen);
        const char *here = rc < 0 ? fault.text : shown(seen.names, seen.used);
        CHECK_TEXT(here, differences[i].here);
        shown(out, size);
        CHECK(strncmp(out, differences[i].git, strlen(differences[i].git)) == 0 ||
                  (tabs && strcmp(out, differences[i].here) == 0),
              "%s: git: '%s'", differences[i].text.why, out);
        free(seen.names);
    }
}

/* A file with all of it, cut behind each byte. */
static void cuts(void)
{
    static const char text[] =
        "\xef\xbb\xbf# c\n[core]\r\n\tbare = false ; c\n [remote \"O \\\" x\"] url = \"a b\" c\\\n"
        "  d\n\tpush\n[branch.M]\nmerge=\\\"\\\\ #\n[x \"\"]\n\ty= \"\\t\"\t\nz-1 = 1 \\\n";
    char why[32], path[32];
    for (size_t size = 0; size < sizeof text; size++) {
        snprintf(path, sizeof path, "%zu", size);
        file_write(path, text, size);
    }
    ask_git(sizeof text);
    for (size_t size = 0; size < sizeof text; size++) {
        struct text row = {why, text, size};
        snprintf(why, sizeof why, "cut at %zu", size);
        compare(&row, size);
    }
}

/* Longer names than there is room for are refused; git takes them. */
static void long_names(void)
{
    static const struct {
        const char *why, *format;
        size_t around; /* bytes of a name beside what fills it */
    } forms[] = {
        {"a section", "\n[%s]\na = 1\n", 2},
        {"a subsection", "\n[s \"%s\"]\na = 1\n", 4},
        {"a key", "[s]\n%s = 1\n", 2},
        {"a key alone", "[s]\n%s", 2},
    };
    static char filling[2 * CONFIG_NAME_MAX], text[sizeof filling + 64];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (int over = -1; over <= 2; over++) {
            size_t most = CONFIG_NAME_MAX - 1 - forms[i].around;
            size_t length = over == 2 ? sizeof filling - 1 : (size_t)((long)most + over);
            struct seen seen;
            memset(filling, 'x', length);
            filling[length] = '\0';
            int size = snprintf(text, sizeof text, forms[i].format, filling);
            int rc = parse(text, (size_t)size, &seen);
            CHECK((rc == 0) == (over <= 0), "%s of %zu: %d", forms[i].why, length, rc);
            /* With a section of just that size, it is the key that has no room. */
            CHECK_TEXT(rc < 0 ? fault.text : "", over <= 0 ? ""
                                                 : over == 1 && i < 2
                                                     ? "bad config line 3 in file 'F'"
                                                     : "bad config line 2 in file 'F'");
            CHECK(seen.used == (over <= 0 ? length + forms[i].around + (i < 3 ? 3 : 1) : 0),
                  "%s of %zu: %zu", forms[i].why, length, seen.used);
            free(seen.names);
        }
}

static int stop_line(struct config_listener *listener, const struct config_line *line)
{
    (void)listener;
    return fault_set(&fault, FAULT_LIMIT, "%s", line->name);
}

static int stop_section(struct config_listener *listener, const struct config_section *section)
{
    (void)listener;
    return fault_set(&fault, FAULT_LIMIT, "%s", section->name);
}

static void stops(void)
{
    static const char text[] = "[a \"B\"]\nc = 1\nd = 2\n!\n";
    struct config_listener none = {NULL, NULL}, line = {stop_line, NULL},
                           section = {NULL, stop_section};
    fault_clear(&fault);
    CHECK(config_parse(text, sizeof text - 1, "F", &line, &fault) < 0, "went on");
    CHECK_TEXT(fault.text, "a.B.c");
    fault_clear(&fault);
    CHECK(config_parse(text, sizeof text - 1, "F", &section, &fault) < 0, "went on");
    CHECK_TEXT(fault.text, "a.B");
    fault_clear(&fault);
    CHECK(config_parse(text, sizeof text - 1, "F", &none, &fault) < 0, "taken");
    CHECK_TEXT(fault.text, "bad config line 4 in file 'F'");
    CHECK(fault.class == FAULT_LOCAL, "%d", (int)fault.class);
}

int main(void)
{
    scratch_open();
    setenv("LC_ALL", "C", 1);
    as_git();
    not_as_git();
    cuts();
    long_names();
    stops();
    scratch_close();
    return T_DONE();
}
