/* SPDX-License-Identifier: MIT */
/* Settings for some URLs, beside stock git: git config --get-urlmatch has the same value. */
#include "client/url_settings.h"

#include "scratch.h"

static struct fault fault;

/* The value of the n-th pattern is its number; "": the bare setting. Ends with NULL. */
static const struct row {
    const char *url;
    const char *patterns[5];
    int counts; /* this one; -1: none */
} rows[] = {
    {"https://h.org/r", {""}, 0},
    {"https://h.org/r", {NULL}, -1},
    {"https://h.org/r", {"https://h.org"}, 0},
    {"https://h.org/r", {"https://h.org/"}, 0},
    {"https://h.org", {"https://h.org/"}, 0},
    {"https://h.org/r", {"", "https://h.org"}, 1},
    {"https://h.org/r", {"https://h.org", ""}, 0},
    {"https://h.org/r", {"https://h.org", "https://h.org"}, 1},
    {"https://h.org/r", {"http://h.org"}, -1},
    {"http://h.org/r", {"https://h.org"}, -1},
    {"http://h.org/r", {"http://h.org"}, 0},
    {"https://h.org/r", {"HTTPS://H.Org"}, 0},
    {"HTTPS://H.ORG/r", {"https://h.org"}, 0},
    {"https://h.org/r", {"https://h.org:443"}, 0},
    {"https://h.org:443/r", {"https://h.org"}, 0},
    {"https://h.org/r", {"https://h.org:"}, 0},
    {"https://h.org/r", {"https://h.org:000443"}, 0},
    {"https://h.org/r", {"https://h.org:444"}, -1},
    {"https://h.org:444/r", {"https://h.org:444", "https://h.org"}, 0},
    {"http://h.org:80/r", {"http://h.org"}, 0},
    {"http://h.org:443/r", {"http://h.org"}, -1},
    {"https://h.org/r", {"https://h.org:x"}, -1},
    {"https://h.org/r", {"https://h.org:70000"}, -1},
    {"https://h.org/a/b", {"https://h.org/a"}, 0},
    {"https://h.org/a/b", {"https://h.org/a/"}, 0},
    {"https://h.org/a", {"https://h.org/a/"}, 0},
    {"https://h.org/ab", {"https://h.org/a"}, -1},
    {"https://h.org/a/b", {"https://h.org/a/b/c"}, -1},
    {"https://h.org/a/b", {"https://h.org/a/b", "https://h.org/a"}, 0},
    {"https://h.org/a/b", {"https://h.org/a", "https://h.org/a/b"}, 1},
    {"https://h.org/a/b", {"https://h.org/A"}, -1},
    {"https://h.org/a/b", {"https://h.org/a//b"}, -1},
    {"https://h.org/a//b", {"https://h.org/a//b"}, 0},
    {"https://h.org/a/./b", {"https://h.org/a/b"}, 0},
    {"https://h.org/a/b", {"https://h.org/./a/./b"}, 0},
    {"https://h.org/a/b", {"https://h.org/x/../a"}, 0},
    {"https://h.org/a/b", {"https://h.org/x/y/../../a/b/."}, 0},
    {"https://h.org/a/b", {"https://h.org/a/b/c/.."}, 0},
    {"https://h.org/a/b", {"https://h.org/../a"}, -1},
    {"https://h.org/a/b", {"https://h.org/x/.."}, 0},
    {"https://h.org/x/../a", {"https://h.org/a"}, 0},
    {"https://h.org/a/b", {"https://h.org/%2e/a"}, 0},
    {"https://h.org/a/b", {"https://h.org/x/%2E%2e/a"}, 0},
    {"https://h.org/a/b", {"https://h.org/%61"}, 0},
    {"https://h.org/%61/b", {"https://h.org/a"}, 0},
    {"https://h.org/a%2fb/c", {"https://h.org/a"}, -1},
    {"https://h.org/a%2fb/c", {"https://h.org/a%2Fb"}, 0},
    {"https://h.org/a%2fb/c", {"https://h.org/a/b"}, -1},
    {"https://h.org/\xc3\xa4/c", {"https://h.org/%c3%a4"}, 0},
    {"https://h.org/%C3%A4/c", {"https://h.org/\xc3\xa4"}, 0},
    {"https://h.org/a%20b/c", {"https://h.org/a b"}, 0},
    {"https://h.org/a/b", {"https://h.org/%zz"}, -1},
    {"https://h.org/a/b", {"https://h.org/a%2"}, -1},
    {"https://h.org/a?b", {"https://h.org/a"}, -1},
    {"https://h.org/a?b=%41", {"https://h.org/a?b=A"}, 0},
    {"https://h.org/r", {"https://me@h.org"}, -1},
    {"https://me@h.org/r", {"https://me@h.org"}, 0},
    {"https://me@h.org/r", {"https://h.org"}, 0},
    {"https://me@h.org/r", {"https://me@h.org", "https://h.org"}, 0},
    {"https://me@h.org/r", {"https://me@h.org", "https://h.org/r"}, 1},
    {"https://me@h.org/r", {"https://you@h.org"}, -1},
    {"https://me@h.org/r", {"https://m@h.org"}, -1},
    {"https://me@h.org/r", {"https://mee@h.org"}, -1},
    {"https://me@h.org/r", {"https://me:secret@h.org"}, 0},
    {"https://me:secret@h.org/r", {"https://me@h.org"}, 0},
    {"https://a%40b@h.org/r", {"https://a%40b@h.org"}, 0},
    {"https://a%62@h.org/r", {"https://%61b@h.org"}, 0},
    {"https://h.org/r", {"https://@h.org"}, -1},
    {"https://a.h.org/r", {"https://*.h.org"}, 0},
    {"https://a.h.org/r", {"https://a.h.org", "https://*.h.org"}, 1},
    {"https://a.h.org/r", {"https://*.h.org", "https://*.h.org/r"}, 1},
    {"https://abc.h.org/r", {"https://abc.h.org", "https://*.h.org/r"}, 0},
    {"https://a.b.h.org/r", {"https://*.h.org"}, -1},
    {"https://a.b.h.org/r", {"https://*.*.h.org"}, 0},
    {"https://h.org/r", {"https://*.h.org"}, -1},
    {"https://a.h.org/r", {"https://a*.h.org"}, -1},
    {"https://a.h.org/r", {"https://a.h.*"}, 0},
    {"https://a.h.org/r", {"https://*"}, -1},
    {"https://host/r", {"https://*"}, 0},
    {"https://a.h.org/r", {"https://h.org"}, -1},
    {"https://a.h.org/r", {"https://a.h"}, -1},
    {"https://a.h/r", {"https://a.h.org"}, -1},
    {"https://127.0.0.1:8443/r", {"https://127.0.0.1:8443"}, 0},
    {"https://127.0.0.1:8443/r", {"https://127.0.0.1"}, -1},
    {"https://[::1]:8443/r", {"https://[::1]:8443"}, 0},
    {"https://[::1]/r", {"https://[::1]"}, 0},
    {"https://[::1]/r", {"https://[::2]"}, -1},
    {"https://h.org/r", {"h.org"}, -1},
    {"https://h.org/r", {"https://"}, -1},
    {"https://h.org/r", {"https:///r"}, -1},
    {"https://h.org/r", {"https"}, -1},
    {"https://h.org/a", {"", "https://h.org/a", "https://h.org", "https://x.org/a", ""}, 1},
};

/* As in a file: [http "PATTERN"] v = NUMBER. */
static void make(const struct row *row)
{
    FILE *file = fopen("config", "w");
    for (int i = 0; file && i < 5 && row->patterns[i]; i++)
        fprintf(file, *row->patterns[i] ? "[http \"%s\"]\n\tv = %d\n" : "[http%s]\n\tv = %d\n",
                row->patterns[i], i);
    CHECK(file && fclose(file) == 0, "cannot write %s", row->url);
}

/* URL and what there is for it in "config". */
struct opened {
    char room[256];
    struct url url;
    struct settings settings;
    struct url_settings for_url;
};

static void open_all(const char *url, struct opened *out)
{
    fault_clear(&fault);
    CHECK(url_parse(url, out->room, &out->url, &fault) == 0 &&
              settings_read_file("config", true, &out->settings, &fault) == 0 &&
              url_settings_open(&out->for_url, &out->settings, &out->url, &fault) == 0,
          "%s: %s", url, fault.text);
}

static void close_all(struct opened *opened)
{
    url_settings_close(&opened->for_url);
    settings_free(&opened->settings);
}

static void as_git(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct opened opened;
        char command[512], expected[16] = "";
        make(&rows[i]);
        open_all(rows[i].url, &opened);
        const struct setting *found =
            url_settings_find(&opened.for_url, "http", "v", URL_SETTINGS_ALL);
        snprintf(command, sizeof command, "git config -f config --get-urlmatch http.v '%s'",
                 rows[i].url);
        if (rows[i].counts >= 0)
            snprintf(expected, sizeof expected, "%d", rows[i].counts);
        const char *git = shell(command), *here = found ? found->value : "";
        CHECK(strcmp(here, expected) == 0 && strcmp(git, expected) == 0,
              "%s, %s...: %s, git: %s, expected: %s", rows[i].url,
              rows[i].patterns[0] ? rows[i].patterns[0] : "nothing", here, git, expected);
        close_all(&opened);
    }
}

/* Patterns for credentials. git asks a helper that it has for the URL, or nobody. */
static const struct {
    const char *pattern, *url;
    bool fits;
} credentials[] = {
    {"h.org", "https://h.org/r", true},
    {"h.org", "http://h.org/r", true},
    {"h.org", "https://me@h.org/r", true},
    {"h.org", "https://a.h.org/r", false},
    {"org", "https://h.org/r", false},
    {"*.org", "https://h.org/r", false},
    {"h.org", "https://h.org:8443/r", false},
    {"h.org:8443", "https://h.org:8443/r", true},
    {"h.org:8443", "https://h.org/r", false},
    {"h.org:8443", "https://i.org:8443/r", false},
    {"[::1]", "https://[::1]/r", true},
    {"[::1]", "https://[::2]/r", false},
    {"h.org/", "https://h.org/r", true},
    {"h.org/r", "https://h.org/r", true},
    {"h.org/r/", "https://h.org/r", true},
    {"h.org/r", "https://h.org/r/", true},
    {"h.org/%72", "https://h.org/r", true},
    {"h.org/r", "https://h.org/r/s", false},
    {"h.org/r/s", "https://h.org/r", false},
    {"h.org/R", "https://h.org/r", false},
    {"/r", "https://h.org/r", true},
    {"/r", "https://h.org/r/s", false},
    {"me@h.org", "https://me@h.org/r", true},
    {"me@h.org", "https://you@h.org/r", false},
    {"me@", "https://me@h.org/r", true},
    {"me@", "https://you@h.org/r", false},
    {"me:secret@h.org", "https://me@h.org/r", true},
    {"ftp://h.org", "https://h.org/r", false},
    {"https://h.org", "http://h.org/r", false},
    {"https://h.org/r", "https://h.org/r/s", true},
    {"https://*.org", "https://h.org/r", true},
};

static void partial_as_git(void)
{
    for (size_t i = 0; i < sizeof credentials / sizeof *credentials; i++) {
        struct opened opened;
        char text[256], command[512];
        size_t at = 0;
        snprintf(text, sizeof text, "[credential \"%s\"]\n\thelper = !echo password=found\n",
                 credentials[i].pattern);
        file_make("config", text);
        open_all(credentials[i].url, &opened);
        bool found = url_settings_next(&opened.for_url, "credential", "helper", URL_SETTINGS_ALL,
                                       &at, NULL) != NULL;
        snprintf(command, sizeof command,
                 "printf 'url=%s\nusername=%s\n\n' | GIT_CONFIG_GLOBAL=config "
                 "GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_ASKPASS=false "
                 "git credential fill 2>/dev/null | grep -c '^password=found' || :",
                 credentials[i].url, strstr(credentials[i].url, "you@") ? "you" : "me");
        bool git = strcmp(shell(command), "1") == 0;
        CHECK(found == credentials[i].fits && git == credentials[i].fits, "%s, %s: %d, git: %d",
              credentials[i].pattern, credentials[i].url, found, git);
        close_all(&opened);
    }
}

/* git config --get-urlmatch refuses such a URL; requests only pass over the patterns. */
static void above_the_root(void)
{
    struct opened opened;
    file_make("config", "[http]\nv = all\n[http \"https://h.org\"]\nv = some\n");
    open_all("https://h.org/../r", &opened);
    const struct setting *found = url_settings_find(&opened.for_url, "http", "v", URL_SETTINGS_ALL);
    CHECK(found && strcmp(found->value, "all") == 0, "%s", found ? found->value : "none");
    close_all(&opened);
}

static const char *all_of(const struct opened *opened, struct url_rank *best, unsigned scopes)
{
    static char text[256];
    const struct setting *next;
    size_t used = 0;
    text[0] = '\0';
    for (size_t at = 0;
         (next = url_settings_next(&opened->for_url, "http", "v", scopes, &at, best)) != NULL;)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s,",
                                 next->value ? next->value : "NULL");
    return text;
}

static void several(void)
{
    struct opened opened;
    struct url_rank best = {0};
    file_make("config", "[http]\nv = a\nv =\nv = b\nvv = no\n"
                        "[http \"https://h.org\"]\nv = c\nv = d\nv\n[http]\nv = e\n"
                        "[http \"https://x.org\"]\nv = f\n[https]\nv = g\n");
    open_all("https://h.org/r", &opened);
    CHECK_TEXT(all_of(&opened, NULL, URL_SETTINGS_ALL), "a,,b,c,d,NULL,e,");
    CHECK_TEXT(all_of(&opened, &best, URL_SETTINGS_ALL), "a,,b,c,d,NULL,");
    CHECK_TEXT(all_of(&opened, NULL, URL_SETTINGS_TRUSTED), "");
    close_all(&opened);
}

static void scopes(void)
{
    static const struct settings_options options = {.git_dir = "."};
    struct opened opened;
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "user", 1);
    file_make("user", "[http]\nv = user\n");
    file_make("config", "[http \"https://h.org\"]\nv = local\n");
    open_all("https://h.org/r", &opened);
    settings_free(&opened.settings);
    CHECK(settings_read(&options, &opened.settings, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(url_settings_find(&opened.for_url, "http", "v", URL_SETTINGS_ALL)->value, "local");
    CHECK(url_settings_find(&opened.for_url, "http", "v", URL_SETTINGS_ALL)->scope ==
              SETTINGS_LOCAL,
          "scope");
    CHECK_TEXT(url_settings_find(&opened.for_url, "http", "v", URL_SETTINGS_TRUSTED)->value,
               "user");
    close_all(&opened);
}

int main(void)
{
    scratch_open();
    as_git();
    partial_as_git();
    above_the_root();
    several();
    scopes();
    scratch_close();
    return T_DONE();
}
