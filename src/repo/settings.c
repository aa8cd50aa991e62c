/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "repo/settings.h"

#include "proto/bytes.h"
#include "repo/config_parse.h"
#include "repo/setting_value.h"
#include "system/array.h"
#include "system/fs.h"
#include "system/pathmatch.h"
#include "system/texts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, INCLUDES_MAX = 10 /* files below each other; git's limit */ };
#define HASCONFIG "hasconfig:remote.*.url:"

/* Every setting there is, for conditions that ask what is set. */
struct everything {
    bool read;
    struct settings settings;
};

/* One file while it is read. */
struct reading {
    struct config_listener listener;
    const struct settings_options *options;
    struct settings *settings;
    struct everything *everything; /* NULL: that is what is being read; HASCONFIG is met */
    const char *file;              /* NULL: the command line */
    enum settings_scope scope;
    unsigned depth;   /* files that include this one, and itself */
    bool alone;       /* no file is included */
    bool conditional; /* where HASCONFIG is met, there may be no remote's URL */
    struct fault *fault;
};

static int read_file(const struct reading *from, const char *path, bool must_exist);
static int read_all(struct reading *reading);

static int add(struct settings *settings, const struct setting *setting, struct fault *fault)
{
    struct setting kept = *setting;
    struct setting *more =
        array_room(settings->all, settings->count, &settings->room, sizeof *more);
    if (more == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for the configuration");
    settings->all = more;
    kept.name = texts_keep(&settings->texts, setting->name, strlen(setting->name));
    if (setting->value)
        kept.value = texts_keep(&settings->texts, setting->value, strlen(setting->value));
    if (kept.name == NULL || (setting->value && kept.value == NULL))
        return fault_set(fault, FAULT_LIMIT, "no memory for the configuration");
    settings->all[settings->count++] = kept;
    return 0;
}

/* "~/x", and what is relative to the file that says it, as a path. 0, or -1: too long, no HOME, or
 * no file. */
static int expand(const char *path, const char *file, char out[PATH_BYTES])
{
    const char *home = getenv("HOME"), *slash = file ? strrchr(file, '/') : NULL;
    int length;
    if (strncmp(path, "~/", 2) == 0)
        length = home ? snprintf(out, PATH_BYTES, "%s%s", home, path + 1) : -1;
    else if (*path == '/' || (file && slash == NULL))
        length = snprintf(out, PATH_BYTES, "%s", path);
    else
        length = file ? snprintf(out, PATH_BYTES, "%.*s/%s", (int)(slash - file), file, path) : -1;
    return length < 0 || length >= PATH_BYTES ? -1 : 0;
}

/* PATTERN, to which "/" at its end adds all that is below. */
static bool matches(const char *pattern, const char *path, bool fold)
{
    char full[PATH_BYTES];
    size_t length = strlen(pattern);
    bool below = length > 0 && pattern[length - 1] == '/';
    return snprintf(full, sizeof full, "%s%s", pattern, below ? "**" : "") < PATH_BYTES &&
           pathmatch(full, path, fold);
}

/* Whether the repository is below FILE's directory, and there as PATTERN says. */
static bool is_beside(const char *file, const char *pattern, const char *git_dir, bool fold)
{
    char *real = file ? realpath(file, NULL) : NULL;
    bool met = false;
    if (real) {
        size_t size = (size_t)(strrchr(real, '/') - real) + 1;
        met = (fold ? strncasecmp : strncmp)(real, git_dir, size) == 0 &&
              matches(*pattern ? pattern : "**", git_dir + size, fold);
    }
    free(real);
    return met;
}

/* Whether the repository is below HOME, and there as PATTERN says. */
static bool is_at_home(const char *pattern, const char *git_dir, bool fold)
{
    const char *home = getenv("HOME");
    char path[PATH_BYTES], *real = home ? realpath(home, NULL) : NULL;
    bool met = real && snprintf(path, sizeof path, "%s/%s", real, pattern) < PATH_BYTES &&
               matches(path, git_dir, fold);
    free(real);
    return met;
}

/* Whether the repository is where PATTERN says: relative ones match anywhere. Its path has no links
 * in it, so neither may what it is compared with. */
static bool in_git_dir(const struct reading *reading, const char *pattern, bool fold)
{
    char path[PATH_BYTES];
    const char *git_dir = reading->options->git_dir;
    if (git_dir == NULL)
        return false;
    if (strncmp(pattern, "./", 2) == 0)
        return is_beside(reading->file, pattern + 2, git_dir, fold);
    if (strncmp(pattern, "~/", 2) == 0)
        return is_at_home(pattern + 2, git_dir, fold);
    return snprintf(path, sizeof path, "%s%s", *pattern == '/' ? "" : "**/", pattern) <
               PATH_BYTES &&
           matches(path, git_dir, fold);
}

static bool is_remote_url(const char *name)
{
    const char *dot = strrchr(name, '.');
    return strncmp(name, "remote.", 7) == 0 && dot - name > 6 && strcmp(dot, ".url") == 0;
}

/* Whether the URL of a remote, set in whatever file, is as PATTERN says. 1, 0 or -1. */
static int has_url(const struct reading *reading, const char *pattern)
{
    struct everything *everything = reading->everything;
    if (everything == NULL)
        return 1;
    if (!everything->read) {
        struct reading all = {.options = reading->options,
                              .settings = &everything->settings,
                              .fault = reading->fault};
        everything->read = true;
        if (read_all(&all) < 0)
            return -1;
    }
    for (size_t i = 0; i < everything->settings.count; i++) {
        const struct setting *setting = &everything->settings.all[i];
        if (setting->value && is_remote_url(setting->name) &&
            pathmatch(pattern, setting->value, false))
            return 1;
    }
    return 0;
}

/* includeIf.CONDITION.path; one that is not known is not met. 1, 0 or -1. */
static int condition_met(const struct reading *reading, const char *condition)
{
    if (strncmp(condition, "gitdir:", 7) == 0)
        return in_git_dir(reading, condition + 7, false);
    if (strncmp(condition, "gitdir/i:", 9) == 0)
        return in_git_dir(reading, condition + 9, true);
    if (strncmp(condition, "onbranch:", 9) == 0)
        return reading->options->branch && matches(condition + 9, reading->options->branch, false);
    if (strncmp(condition, HASCONFIG, sizeof HASCONFIG - 1) == 0)
        return has_url(reading, condition + sizeof HASCONFIG - 1);
    return 0;
}

/* Whether the line NAME names a file that is to be read now, and that *CONDITIONAL. 1, 0 or -1. */
static int includes(const struct reading *reading, const char *name, bool *conditional)
{
    static const char before[] = "includeif.", after[] = ".path";
    char condition[CONFIG_NAME_MAX];
    size_t length = strlen(name);
    *conditional = false;
    if (strcmp(name, "include.path") == 0)
        return 1;
    if (strncmp(name, before, sizeof before - 1) != 0 || length < sizeof before + sizeof after ||
        strcmp(name + length - (sizeof after - 1), after) != 0)
        return 0;
    snprintf(condition, sizeof condition, "%.*s", (int)(length - sizeof before - sizeof after + 2),
             name + sizeof before - 1);
    *conditional = true;
    return condition_met(reading, condition);
}

/* Takes SETTING, and what is in the file that it includes. */
static int take(const struct reading *reading, const struct setting *setting)
{
    char path[PATH_BYTES];
    struct reading below = *reading;
    bool conditional;
    if (reading->conditional && reading->everything == NULL && is_remote_url(setting->name))
        return fault_set(reading->fault, FAULT_LOCAL,
                         "%.200s:%lu: remote URLs cannot be configured in a file that is directly "
                         "or indirectly included by includeIf." HASCONFIG "PATTERN",
                         setting->file, setting->line);
    if (add(reading->settings, setting, reading->fault) < 0)
        return -1;
    int rc = reading->alone ? 0 : includes(reading, setting->name, &conditional);
    if (rc <= 0)
        return rc;
    below.conditional = below.conditional || conditional;
    if (setting->value == NULL || expand(setting->value, reading->file, path) < 0)
        return fault_set(reading->fault, FAULT_LOCAL, "%.200s:%lu: cannot include '%.200s'",
                         setting->file, setting->line, setting->value ? setting->value : "");
    return read_file(&below, path, false);
}

static int take_line(struct config_listener *listener, const struct config_line *line)
{
    const struct reading *reading = (struct reading *)listener;
    const struct setting setting = {.name = line->name,
                                    .value = line->value,
                                    .file = reading->file,
                                    .line = line->number,
                                    .scope = reading->scope};
    return take(reading, &setting);
}

/* What is not there is fine, unless it was named. */
static int read_file(const struct reading *from, const char *path, bool must_exist)
{
    char *text;
    size_t size;
    struct reading reading = *from;
    int rc = -1;
    /* Who runs as somebody else, with the HOME of before, has no such file, nor has HOME=/dev/null.
     */
    if (from->scope == SETTINGS_USER && from->depth == 0 && access(path, R_OK) < 0 &&
        (errno == EACCES || errno == ENOTDIR))
        return 0;
    if (fs_read(AT_FDCWD, path, CONFIG_FILE_MAX, false, &text, &size, from->fault) < 0)
        return -1;
    if (text == NULL)
        return must_exist ? fault_set(from->fault, FAULT_LOCAL, "cannot read '%.200s'", path) : 0;
    reading.listener.line = take_line;
    reading.file = texts_keep(&from->settings->texts, path, strlen(path));
    if (reading.file == NULL)
        fault_set(from->fault, FAULT_LIMIT, "no memory for the configuration");
    else if (reading.depth++ > INCLUDES_MAX)
        fault_set(from->fault, FAULT_LOCAL, "%.200s: over %d files that include each other", path,
                  INCLUDES_MAX);
    else
        rc = config_parse(text, size, path, &reading.listener, from->fault);
    free(text);
    return rc;
}

/* DIRECTORY/NAME, if DIRECTORY is known. */
static int read_below(struct reading *reading, enum settings_scope scope, const char *directory,
                      const char *name)
{
    char path[PATH_BYTES];
    if (directory == NULL || *directory == '\0')
        return 0;
    reading->scope = scope;
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= PATH_BYTES)
        return 0;
    return read_file(reading, path, false);
}

/* Environment variables that are flags are on unless they say 0 or false. */
static bool is_on(const char *value)
{
    return value && *value && strcmp(value, "0") != 0 && strcasecmp(value, "false") != 0 &&
           strcasecmp(value, "no") != 0 && strcasecmp(value, "off") != 0;
}

static int read_system(struct reading *reading)
{
    const char *named = getenv("GIT_CONFIG_SYSTEM");
    reading->scope = SETTINGS_SYSTEM;
    if (is_on(getenv("GIT_CONFIG_NOSYSTEM")))
        return 0;
    return read_file(reading, named ? named : "/etc/gitconfig", false);
}

static int read_user(struct reading *reading)
{
    const char *named = getenv("GIT_CONFIG_GLOBAL"), *xdg = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    reading->scope = SETTINGS_USER;
    if (named)
        return *named ? read_file(reading, named, false) : 0;
    if (read_below(reading, SETTINGS_USER, xdg && *xdg ? xdg : home,
                   xdg && *xdg ? "git/config" : ".config/git/config") < 0)
        return -1;
    return read_below(reading, SETTINGS_USER, home, ".gitconfig");
}

const char *settings_path(struct settings *settings, const struct setting *setting,
                          struct fault *fault)
{
    char path[PATH_BYTES];
    const char *kept = NULL, *text = setting->value ? setting->value : "";
    if (*text == '\0' || expand(text, "", path) < 0)
        fault_set(fault, FAULT_LOCAL, "%.200s:%lu: '%.100s' is no path for %s", setting->file,
                  setting->line, text, setting->name);
    else if ((kept = texts_keep(&settings->texts, path, strlen(path))) == NULL)
        fault_set(fault, FAULT_LIMIT, "no memory for the configuration");
    return kept;
}

/* A worktree's own file counts where the repository itself says so. */
static int read_local(struct reading *reading)
{
    const struct settings_options *options = reading->options;
    const struct setting *said = NULL;
    bool worktree;
    if (read_below(reading, SETTINGS_LOCAL,
                   options->common_dir ? options->common_dir : options->git_dir, "config") < 0)
        return -1;
    for (size_t i = 0; i < reading->settings->count; i++)
        if (reading->settings->all[i].scope == SETTINGS_LOCAL &&
            strcmp(reading->settings->all[i].name, "extensions.worktreeconfig") == 0)
            said = &reading->settings->all[i];
    if (setting_flag(said, false, &worktree, reading->fault) < 0)
        return -1;
    return worktree ? read_below(reading, SETTINGS_LOCAL, options->git_dir, "config.worktree") : 0;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int settings_name(const char *name, char out[CONFIG_NAME_MAX])
{
    const char *first = strchr(name, '.'), *last = strrchr(name, '.');
    if (last == NULL || last == name || !is_letter(last[1]) || strlen(name) >= CONFIG_NAME_MAX)
        return -1;
    for (const char *at = name; *at; at++) {
        bool folded = at < first || at > last;
        if (folded ? !is_letter(*at) && !(*at >= '0' && *at <= '9') && *at != '-' : *at == '\n')
            return -1;
        *out++ = (char)(folded && is_letter(*at) ? *at | 0x20 : *at);
    }
    *out = '\0';
    return 0;
}

static int add_command(const struct reading *reading, const char *name, const char *value)
{
    char full[CONFIG_NAME_MAX];
    struct setting setting = {
        .name = full, .value = value, .file = "command line", .scope = SETTINGS_COMMAND};
    if (settings_name(name, full) < 0)
        return fault_set(reading->fault, FAULT_USAGE, "'%.200s' is no name of a setting", name);
    return take(reading, &setting);
}

/* What stands quoted at AT ('it'\''s'), into OUT, which has room for it. 0 or -1. */
static int unquote(const char **at, char *out)
{
    const char *from = *at;
    for (;;) {
        if (*from++ != '\'')
            return -1;
        while (*from && *from != '\'')
            *out++ = *from++;
        if (*from++ == '\0')
            return -1;
        if (from[0] != '\\' || from[1] == '\0')
            break;
        *out++ = from[1];
        from += 2;
    }
    *out = '\0';
    *at = from;
    return 0;
}

/* git -c, as it comes to its hooks and aliases: 'NAME'='VALUE' or 'NAME'=, of older ones
 * 'NAME=VALUE'. */
static int read_parameters(const struct reading *reading)
{
    const char *at = getenv("GIT_CONFIG_PARAMETERS");
    char *text = at ? malloc(strlen(at) + 1) : NULL;
    int rc = at == NULL || text
                 ? 0
                 : fault_set(reading->fault, FAULT_LIMIT, "no memory for the configuration");
    while (rc == 0 && at && *(at += strspn(at, " "))) {
        char *value = NULL;
        rc = unquote(&at, text);
        if (rc == 0 && *at == '=') {
            if (*++at == '\'')
                rc = unquote(&at, value = text + strlen(text) + 1);
        } else if (rc == 0 && (value = strchr(text, '=')) != NULL)
            *value++ = '\0';
        rc = rc == 0 && (*at == ' ' || *at == '\0')
                 ? add_command(reading, text, value)
                 : fault_set(reading->fault, FAULT_USAGE, "GIT_CONFIG_PARAMETERS is malformed");
    }
    free(text);
    return rc;
}

static int read_environment(struct reading *reading)
{
    const char *said = getenv("GIT_CONFIG_COUNT");
    uint64_t count;
    reading->scope = SETTINGS_COMMAND;
    reading->depth = 1; /* the command line stands for a file */
    if (read_parameters(reading) < 0)
        return -1;
    if (said == NULL || *said == '\0')
        return 0;
    if (bytes_decimal(said, strlen(said), &count) < 0)
        return fault_set(reading->fault, FAULT_USAGE, "GIT_CONFIG_COUNT is no number");
    for (uint64_t i = 0; i < count; i++) {
        char variable[64];
        snprintf(variable, sizeof variable, "GIT_CONFIG_KEY_%llu", (unsigned long long)i);
        const char *name = getenv(variable);
        snprintf(variable, sizeof variable, "GIT_CONFIG_VALUE_%llu", (unsigned long long)i);
        const char *value = getenv(variable);
        if (name == NULL || value == NULL)
            return fault_set(reading->fault, FAULT_USAGE, "GIT_CONFIG_COUNT: %s is missing",
                             name ? variable : "a key");
        if (add_command(reading, name, value) < 0)
            return -1;
    }
    return 0;
}

static int read_all(struct reading *reading)
{
    return read_system(reading) < 0 || read_user(reading) < 0 || read_local(reading) < 0
               ? -1
               : read_environment(reading);
}

int settings_read(const struct settings_options *options, struct settings *out, struct fault *fault)
{
    struct everything everything = {.read = false};
    struct reading reading = {
        .options = options, .settings = out, .everything = &everything, .fault = fault};
    *out = (struct settings){.count = 0};
    int rc = read_all(&reading);
    settings_free(&everything.settings);
    return rc;
}

int settings_read_file(const char *path, bool must_exist, struct settings *out, struct fault *fault)
{
    struct reading reading = {
        .settings = out, .scope = SETTINGS_LOCAL, .alone = true, .fault = fault};
    *out = (struct settings){.count = 0};
    return read_file(&reading, path, must_exist);
}

void settings_free(struct settings *settings)
{
    texts_free(settings->texts);
    free(settings->all);
    *settings = (struct settings){.count = 0};
}

const struct setting *settings_find(const struct settings *settings, const char *name)
{
    for (size_t i = settings->count; i > 0; i--)
        if (strcmp(settings->all[i - 1].name, name) == 0)
            return &settings->all[i - 1];
    return NULL;
}

const struct setting *settings_next(const struct settings *settings, size_t *at,
                                    const char *section, const char *subsection, const char *key)
{
    size_t first = strlen(section), second = strlen(subsection);
    while (*at < settings->count) {
        const struct setting *setting = &settings->all[(*at)++];
        const char *name = setting->name;
        if (strncmp(name, section, first) == 0 && name[first] == '.' &&
            strncmp(name + first + 1, subsection, second) == 0 && name[first + 1 + second] == '.' &&
            strcmp(name + first + second + 2, key) == 0)
            return setting;
    }
    return NULL;
}

const char *settings_text(const struct settings *settings, const char *section,
                          const char *subsection, const char *key)
{
    const struct setting *last = NULL, *next;
    for (size_t at = 0; (next = settings_next(settings, &at, section, subsection, key)) != NULL;)
        last = next;
    return last ? last->value : NULL;
}

int settings_flag(const struct settings *settings, const char *name, bool otherwise, bool *out,
                  struct fault *fault)
{
    return setting_flag(settings_find(settings, name), otherwise, out, fault);
}
