/* SPDX-License-Identifier: MIT */
/* Configuration from all files, in layouts of files and environment, beside stock git:
 * git config --list --show-scope --show-origin has the same settings from the same files. */
#include "repo/settings.h"

#include "scratch.h"

static struct fault fault;

static const char *const variables[] = {"GIT_CONFIG_SYSTEM",
                                        "GIT_CONFIG_NOSYSTEM",
                                        "GIT_CONFIG_GLOBAL",
                                        "XDG_CONFIG_HOME",
                                        "HOME",
                                        "GIT_CONFIG_COUNT",
                                        "GIT_CONFIG_KEY_0",
                                        "GIT_CONFIG_VALUE_0",
                                        "GIT_CONFIG_KEY_1",
                                        "GIT_CONFIG_VALUE_1",
                                        "GIT_DIR",
                                        "GIT_COMMON_DIR",
                                        "GIT_CONFIG_PARAMETERS"};

struct row {
    const char *why;
    const char *environment[8]; /* "%" stands for the scratch directory */
    const char *files;          /* a shell script that makes them, in an empty directory with a
                                   repository, .git, and a home */
    const char *value;          /* of t.v; NULL: refused */
};

#define T(value) "'[t]\\n\\tv = " value "\\n'"

static const struct row rows[] = {
    {"nothing", {0}, "", ""},
    {"local", {0}, "printf " T("l") " >>.git/config", "l"},
    {"every file",
     {"GIT_CONFIG_SYSTEM=%/system", "XDG_CONFIG_HOME=%/xdg"},
     "mkdir -p xdg/git; printf " T("s") " >system; printf " T(
         "x") " >xdg/git/config;"
              "printf " T("h") " >home/.gitconfig; printf " T("l") " >>.git/config",
     "l"},
    {"the system's alone", {"GIT_CONFIG_SYSTEM=%/system"}, "printf " T("s") " >system", "s"},
    {"not the system's",
     {"GIT_CONFIG_SYSTEM=%/system", "GIT_CONFIG_NOSYSTEM=1"},
     "printf " T("s") " >system",
     ""},
    {"the system's, as no says",
     {"GIT_CONFIG_SYSTEM=%/system", "GIT_CONFIG_NOSYSTEM=no"},
     "printf " T("s") " >system",
     "s"},
    {"XDG's default place",
     {0},
     "mkdir -p home/.config/git; printf " T("x") " >home/.config/git/config",
     "x"},
    {"XDG empty",
     {"XDG_CONFIG_HOME="},
     "mkdir -p home/.config/git; printf " T("x") " >home/.config/git/config",
     "x"},
    {"home over XDG",
     {"XDG_CONFIG_HOME=%/xdg"},
     "mkdir -p xdg/git; printf " T("x") " >xdg/git/config; printf " T("h") " >home/.gitconfig",
     "h"},
    {"GIT_CONFIG_GLOBAL alone",
     {"GIT_CONFIG_GLOBAL=%/global"},
     "printf " T("g") " >global; printf " T("h") " >home/.gitconfig",
     "g"},
    {"GIT_CONFIG_GLOBAL, none", {"GIT_CONFIG_GLOBAL="}, "printf " T("h") " >home/.gitconfig", ""},
    {"no HOME", {"HOME"}, "printf " T("h") " >home/.gitconfig", ""},
    {"the command line's",
     {"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=T.V", "GIT_CONFIG_VALUE_0=c",
      "GIT_CONFIG_KEY_1=a.B.C", "GIT_CONFIG_VALUE_1="},
     "printf " T("l") " >>.git/config",
     "c"},
    {"the command line's, none", {"GIT_CONFIG_COUNT=0"}, "", ""},
    {"the command line's, empty", {"GIT_CONFIG_COUNT="}, "", ""},
    {"the command line's, no number", {"GIT_CONFIG_COUNT=x"}, "", NULL},
    {"the command line's, no value", {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=t.v"}, "", NULL},
    {"the command line's, no key", {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_VALUE_0=t.v"}, "", NULL},
    {"the command line's, an empty key",
     {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=", "GIT_CONFIG_VALUE_0=x"},
     "",
     NULL},
    {"the command line's, a key without a section",
     {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=v", "GIT_CONFIG_VALUE_0=x"},
     "",
     NULL},
    {"the command line's, a key that begins with a digit",
     {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=t.0", "GIT_CONFIG_VALUE_0=x"},
     "",
     NULL},
    {"the command line's, a key with a blank",
     {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=t.a b", "GIT_CONFIG_VALUE_0=x"},
     "",
     NULL},
    {"the command line's, a section with a blank",
     {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=t t.a", "GIT_CONFIG_VALUE_0=x"},
     "",
     NULL},
    {"the command line's, a subsection with anything",
     {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=t.A b.c=.d.e", "GIT_CONFIG_VALUE_0=x"},
     "",
     ""},
    {"the command line's, a subsection with an LF",
     {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=t.a\nb.c", "GIT_CONFIG_VALUE_0=x"},
     "",
     NULL},
    {"the command line's includes a file",
     {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=include.path", "GIT_CONFIG_VALUE_0=%/i"},
     "printf " T("i") " >i",
     "i"},
    {"the command line's includes a relative file",
     {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=include.path", "GIT_CONFIG_VALUE_0=i"},
     "printf " T("i") " >i",
     NULL},
    {"a worktree's",
     {0},
     "git config extensions.worktreeConfig true; printf " T("w") " >.git/config.worktree",
     "w"},
    {"a worktree's, not asked for", {0}, "printf " T("w") " >.git/config.worktree", ""},
    {"a worktree's, asked for elsewhere",
     {0},
     "printf " T("w") " >.git/config.worktree;"
                      "git config --global extensions.worktreeConfig true",
     ""},
    {"malformed", {0}, "printf '[t\\n' >home/.gitconfig", NULL},
    {"an absolute include",
     {0},
     "printf \"[include]\\npath = $PWD/i\\n\" >>.git/config;"
     "printf " T("i") " >i",
     "i"},
    {"a relative include",
     {0},
     "printf '[include]\\npath = i\\n' >>.git/config;"
     "printf " T("i") " >.git/i; printf " T("no") " >i",
     "i"},
    {"a relative include, up",
     {0},
     "printf '[include]\\npath = ../i\\n' >>.git/config;"
     "printf " T("i") " >i",
     "i"},
    {"an include below ~",
     {0},
     "printf '[include]\\npath = ~/i\\n' >>.git/config;"
     "printf " T("i") " >home/i",
     "i"},
    {"an include below ~ without HOME",
     {"HOME"},
     "printf '[include]\\npath = ~/i\\n' >>.git/config",
     NULL},
    {"an include that is missing", {0}, "printf '[include]\\npath = i\\n' >>.git/config", ""},
    {"an include without a value", {0}, "printf '[include]\\npath\\n' >>.git/config", NULL},
    {"an include's place counts",
     {0},
     "printf '[t]\\nv=1\\n[include]\\npath = i\\n[t]\\nw=2\\n' >>.git/config;"
     "printf '[t]\\nv = i\\nw = i\\n' >.git/i",
     "i"},
    {"an include that is malformed",
     {0},
     "printf '[include]\\npath = i\\n' >>.git/config;"
     "printf '[\\n' >.git/i",
     NULL},
    {"includes within includes",
     {0},
     "mkdir .git/d;"
     "printf '[include]\\npath = d/i\\n' >>.git/config;"
     "printf '[include]\\npath = j\\n' >.git/d/i; printf " T("j") " >.git/d/j",
     "j"},
    {"ten includes",
     {0},
     "printf '[include]\\npath = 1\\n' >>.git/config;"
     "for i in 1 2 3 4 5 6 7 8 9; do"
     " printf '[include]\\npath = %s\\n' $((i+1)) >.git/$i; done; printf " T("x") " >.git/10",
     "x"},
    {"eleven includes",
     {0},
     "printf '[include]\\npath = 1\\n' >>.git/config;"
     "for i in 1 2 3 4 5 6 7 8 9 10; do"
     " printf '[include]\\npath = %s\\n' $((i+1)) >.git/$i; done; printf " T("x") " >.git/11",
     NULL},
    {"eleven includes, the last is missing",
     {0},
     "printf '[include]\\npath = 1\\n' >>.git/config;"
     "for i in 1 2 3 4 5 6 7 8 9 10; do"
     " printf '[include]\\npath = %s\\n' $((i+1)) >.git/$i; done",
     ""},
    {"a file that includes itself",
     {0},
     "printf '[include]\\npath = config\\n' >>.git/config",
     NULL},
};

/* [includeIf CONDITION] in ~/.gitconfig; the repository is %/.git, its branch topic/One. */
static const struct {
    const char *condition;
    bool met;
} conditions[] = {
    {"gitdir:%/.git", true},
    {"gitdir:%/", true},
    {"gitdir:%", false},
    {"gitdir:%/**", true},
    {"gitdir:/none/", false},
    {"gitdir:.git", true},
    {"gitdir:git", false},
    {"gitdir:**/.git", true},
    {"gitdir:/**/.git", true},
    {"gitdir:/*/.git", false},
    {"gitdir:%/*", true},
    {"gitdir:%/**/.git", true},
    {"gitdir:%/.GIT", false},
    {"gitdir/i:%/.GIT", true},
    {"gitdir/i:.GIT", true},
    {"gitdir:.GIT", false},
    {"gitdir:~/", false},
    {"gitdir:~/../.git", false},
    {"gitdir:./", false},
    {"gitdir:./.git", false},
    {"gitdir:%/.[g]??", true},
    {"gitdir:smidgit-test-*/", true},
    {"gitdir:", true},
    {"onbranch:topic/One", true},
    {"onbranch:topic/one", false},
    {"onbranch:topic/", true},
    {"onbranch:topic", false},
    {"onbranch:*", false},
    {"onbranch:**", true},
    {"onbranch:*/One", true},
    {"onbranch:top/", false},
    {"onbranch:", false},
    {"nonsense:x", false},
    {"GITDIR:%/", false},
};

static struct settings_options options;
static char git_dir[512];

/* "%" in TEXT is the scratch directory. */
static const char *placed(const char *text, char out[1024])
{
    size_t used = 0;
    for (; *text; text++)
        used += (size_t)snprintf(out + used, 1024 - used, "%.*s", *text == '%' ? 1000 : 1,
                                 *text == '%' ? scratch_path : text);
    out[used] = '\0';
    return out;
}

static void environment_set(const char *const *environment)
{
    char text[1024];
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    setenv("HOME", placed("%/home", text), 1);
    setenv("GIT_CONFIG_SYSTEM", placed("%/none", text), 1);
    for (; environment && *environment; environment++) {
        char *equals = strchr(placed(*environment, text), '=');
        if (equals == NULL)
            unsetenv(text);
        else
            *equals = '\0', setenv(text, equals + 1, 1);
    }
}

/* "SCOPE FILE NAME=VALUE" of each. */
static void show(const struct settings *settings, char *out, size_t room)
{
    static const char *const scopes[] = {"system", "global", "local", "command"};
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < settings->count && used < room; i++) {
        const struct setting *setting = &settings->all[i];
        bool command = strcmp(setting->file, "command line") == 0;
        used += (size_t)snprintf(out + used, room - used, "%s %s%s %s%s%s|", scopes[setting->scope],
                                 command ? "" : "file:", command ? "command line:" : setting->file,
                                 setting->name, setting->value ? "=" : "",
                                 setting->value ? setting->value : "");
    }
}

/* The same of git; false: it refuses. */
static bool ask_git(char *out, size_t room)
{
    char command[1024];
    snprintf(command, sizeof command,
             "GIT_DIR='%s' git config -z --list --show-scope --show-origin 2>%s.err", git_dir,
             scratch_path);
    FILE *pipe = popen(command, "r");
    size_t used = 0, nuls = 0;
    for (int c; pipe && (c = getc(pipe)) != EOF && used + 1 < room;) {
        if (c == '\0')
            c = ++nuls % 3 ? ' ' : '|';
        else if (c == '\n')
            c = '=';
        out[used++] = (char)c;
    }
    out[used] = '\0';
    snprintf(command, sizeof command, "%s.err", scratch_path);
    unlink(command);
    /* Here they are the repository's, too. */
    for (char *at; (at = strstr(out, "worktree file:")) != NULL;) {
        memcpy(at, "local", 5);
        memmove(at + 5, at + 8, strlen(at + 8) + 1);
    }
    return pipe && pclose(pipe) == 0;
}

static void compare(const char *why, const char *value)
{
    static char here[16384], git[16384];
    struct settings settings;
    fault_clear(&fault);
    bool taken = settings_read(&options, &settings, &fault) == 0;
    bool expected = ask_git(git, sizeof git);
    CHECK(taken == expected && taken == (value != NULL), "%s: %d '%s', git: %d", why, taken,
          fault.text, expected);
    if (taken && expected) {
        const struct setting *setting = settings_find(&settings, "t.v");
        show(&settings, here, sizeof here);
        CHECK(strcmp(here, git) == 0, "%s: '%s', git: '%s'", why, here, git);
        CHECK(value && strcmp(setting ? setting->value : "", value) == 0, "%s: %s", why,
              setting ? setting->value : "none");
    }
    settings_free(&settings);
}

static void make(const char *files)
{
    environment_set(NULL);
    CHECK(system("rm -rf ./* .git && mkdir home && git init -q -b topic/One .") == 0 &&
              system(files) == 0,
          "%s", files);
}

static void layouts(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make(rows[i].files);
        environment_set(rows[i].environment);
        compare(rows[i].why, rows[i].value);
    }
}

/* [includeIf "hasconfig:remote.*.url:PATTERN"] in ~/.gitconfig. */
static const struct {
    const char *pattern, *files, *value; /* NULL: refused */
} urls[] = {
    {"https://h.org/**", "", ""},
    {"https://h.org/**", "git config remote.a.url https://h.org/x/y", "i"},
    {"https://h.org/*", "git config remote.a.url https://h.org/x/y", ""},
    {"https://h.org/*", "git config remote.a.url https://h.org/y", "i"},
    {"https://h.org/", "git config remote.a.url https://h.org/y", ""},
    {"https://h.org", "git config remote.a.url https://h.org", "i"},
    {"https://H.org/**", "git config remote.a.url https://h.org/y", ""},
    {"**", "git config remote.a.url https://h.org/y", "i"},
    {"*", "git config remote.a.url https://h.org/y", ""},
    {"*", "git config remote.a.url h.org", "i"},
    {"https://*/y", "git config remote.a.url https://h.org/y", "i"},
    {"https:/*/y", "git config remote.a.url https://h.org/y", ""},
    {"https:/**/y", "git config remote.a.url https://h.org/y", "i"},
    {"**/h.org/**", "git config remote.a.url https://h.org/x/y", "i"},
    {"git@h.org:*/**", "git config remote.a.url git@h.org:x/y", "i"},
    {"https://h.[!o]*/y", "git config remote.a.url https://h.org/y", ""},
    {"", "git config remote.a.url https://h.org/y", ""},
    {"**", "git config remote.a.b.url x", "i"},
    {"**", "git config remote.url x", ""},
    {"**", "git config remote.a.pushurl x", ""},
    {"**", "git config remotes.a.url x", ""},
    {"x", "git config remote.a.url y; git config --add remote.a.url x", "i"},
    {"x", "git config include.path b; git config -f .git/b remote.a.url x", "i"},
    {"x", "git config includeIf.gitdir:/.path b; git config -f .git/b remote.a.url x", NULL},
    {"x", "git config remote.a.url x; git config -f home/i remote.b.url x", NULL},
    {"x", "git config -f home/i remote.b.url x", NULL},
    {"x",
     "git config remote.a.url x; git config -f home/i include.path j; "
     "git config -f home/j remote.b.url x",
     NULL},
    {"x",
     "git config remote.a.url x; git config -f home/i include.path j; "
     "git config -f home/j remote.b.pushurl x",
     "i"},
    {"x", "git config includeIf.onbranch:**.path b; git config -f .git/b remote.a.url x", NULL},
    {"x",
     "git config includeIf.hasconfig:remote.*.url:x.path b; "
     "git config -f .git/b a.b c; git config remote.a.url x",
     "i"},
};

static void includes_if_url(void)
{
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        char text[2048], why[2048];
        make("printf " T("i") " >home/i");
        snprintf(text, sizeof text, "[includeIf \"hasconfig:remote.*.url:%s\"]\n\tpath = i\n",
                 urls[i].pattern);
        file_make("home/.gitconfig", text);
        CHECK(system(urls[i].files) == 0, "%s", urls[i].files);
        snprintf(why, sizeof why, "%s: %s", urls[i].pattern, urls[i].files);
        compare(why, urls[i].value);
    }
    /* What the command line says counts as well. */
    make("printf " T("i") " >home/i");
    file_make("home/.gitconfig", "[includeIf \"hasconfig:remote.*.url:x\"]\n\tpath = i\n");
    static const char *const said[] = {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=remote.a.url",
                                       "GIT_CONFIG_VALUE_0=x", NULL};
    environment_set(said);
    compare("by the environment", "i");
}

static void includes_if(void)
{
    make("printf " T("i") " >home/i");
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        char condition[1024], text[2048];
        snprintf(text, sizeof text, "[includeIf \"%s\"]\n\tpath = i\n",
                 placed(conditions[i].condition, condition));
        file_make("home/.gitconfig", text);
        compare(condition, conditions[i].met ? "i" : "");
    }
    /* Relative to the file, where that is above the repository; and a home that is a link. */
    static const char *const below[] = {"gitdir:./", "gitdir:./.git", "gitdir:~/", "gitdir:~/.git",
                                        "gitdir/i:~/.GIT"};
    char home[1024];
    CHECK(symlink(".", "link") == 0, "link");
    for (size_t i = 0; i < sizeof below / sizeof *below; i++)
        for (int link = 0; link < 2; link++) {
            char text[256];
            snprintf(text, sizeof text, "[includeIf \"%s\"]\n\tpath = home/i\n", below[i]);
            file_make(".gitconfig", text);
            setenv("HOME", placed(link ? "%/link" : "%", home), 1);
            compare(below[i], "i");
        }
}

/* Each value as git config --type=bool has it. */
static void flags(void)
{
    static const char *const values[] = {
        "true", "TRUE", "yes", "Yes", "on",  "false", "no", "NO",         "off",        "",
        "1",    "0",    "-1",  "2",   "00",  "-0",    "1k", "0x10",       "010",        "+1",
        "t",    "y",    "1x",  "tru", "no ", " 1",    "k",  "2147483648", "2147483647", "1 k",
        "3g",   "1G",   "0x",  "9m",  "-",   "1kk",   "--1"};
    environment_set(NULL);
    setenv("GIT_CONFIG_COUNT", "1", 1);
    setenv("GIT_CONFIG_KEY_0", "a.flag", 1);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct settings settings;
        struct settings_options none = {.git_dir = NULL};
        bool flag = false;
        setenv("GIT_CONFIG_VALUE_0", values[i], 1);
        fault_clear(&fault);
        CHECK(settings_read(&none, &settings, &fault) == 0, "%s", fault.text);
        int rc = settings_flag(&settings, "a.flag", false, &flag, &fault);
        const char *value = shell("git config --type=bool a.flag 2>/dev/null");
        CHECK(strcmp(rc < 0 ? ""
                     : flag ? "true"
                            : "false",
                     value) == 0,
              "'%s': %d %d, git: '%s'", values[i], rc, flag, value);
        CHECK(rc == 0 || (fault.class == FAULT_LOCAL && strstr(fault.text, "a.flag")), "%s",
              fault.text);
        CHECK(settings_flag(&settings, "a.other", true, &flag, &fault) == 0 && flag, "other");
        CHECK(settings_flag(&settings, "a.other", false, &flag, &fault) == 0 && !flag, "other");
        settings_free(&settings);
    }
}

static void lookups(void)
{
    struct settings settings;
    bool flag = false;
    size_t at = 0;
    const struct setting *one;
    make("printf '[r \"a\"]\\nU=1\\nu=2\\nk\\n[r \"a.b\"]\\nu=3\\n[r]\\nu=4\\n"
         "[r \"A\"]\\nu=5\\n' >>.git/config");
    fault_clear(&fault);
    CHECK(settings_read(&options, &settings, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(settings_text(&settings, "r", "a", "u"), "2");
    CHECK_TEXT(settings_text(&settings, "r", "A", "u"), "5");
    CHECK_TEXT(settings_text(&settings, "r", "a.b", "u"), "3");
    CHECK_TEXT(settings_find(&settings, "r.u")->value, "4");
    CHECK(!settings_text(&settings, "r", "a", "k") &&
              !settings_text(&settings, "r", "a.b.u", "u") &&
              !settings_text(&settings, "r", "", "u"),
          "found");
    CHECK(settings_flag(&settings, "r.a.k", false, &flag, &fault) == 0 && flag, "alone");
    CHECK((one = settings_next(&settings, &at, "r", "a", "u")) && strcmp(one->value, "1") == 0 &&
              (one = settings_next(&settings, &at, "r", "a", "u")) &&
              strcmp(one->value, "2") == 0 && !settings_next(&settings, &at, "r", "a", "u"),
          "next");
    settings_free(&settings);
}

int main(void)
{
    scratch_open();
    snprintf(git_dir, sizeof git_dir, "%s/.git", scratch_path);
    options = (struct settings_options){.git_dir = git_dir, .branch = "topic/One"};
    layouts();
    includes_if();
    includes_if_url();
    flags();
    lookups();
    scratch_close();
    return T_DONE();
}
