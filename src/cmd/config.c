/* SPDX-License-Identifier: MIT */
/* smidgit config: settings, read and written. */
#include "cmd/commands.h"
#include "repo/config_edit.h"
#include "repo/repository.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum action {
    ACTION_NONE,
    ACTION_GET,
    ACTION_GET_ALL,
    ACTION_SET,
    ACTION_ADD,
    ACTION_UNSET,
    ACTION_LIST
};

struct config {
    struct repository repository;
    struct settings one; /* of the file that was asked for, or outside of any repository */
    bool global, local, system, get, all, get_all, add, unset, unset_all, list, show_origin;
    const char *file;
    char path[REPOSITORY_PATH_MAX + 16]; /* of the file that was asked for, or is written */
    struct fault *fault;
};

static bool writes(enum action action)
{
    return action == ACTION_SET || action == ACTION_ADD || action == ACTION_UNSET;
}

/* What is to be done; the words of the newer spelling are taken off. */
static enum action find_action(const struct config *config, int *count, char ***arguments)
{
    static const char *const words[] = {"get", "set", "unset", "list"};
    static const enum action meant[] = {ACTION_GET, ACTION_SET, ACTION_UNSET, ACTION_LIST};
    enum action action = config->list                         ? ACTION_LIST
                         : config->add                        ? ACTION_ADD
                         : config->unset || config->unset_all ? ACTION_UNSET
                         : config->get_all                    ? ACTION_GET_ALL
                         : config->get                        ? ACTION_GET
                                                              : ACTION_NONE;
    for (size_t i = 0; action == ACTION_NONE && *count > 0 && i < sizeof words / sizeof *words; i++)
        if (strcmp(**arguments, words[i]) == 0) {
            action = meant[i] == ACTION_GET && config->all ? ACTION_GET_ALL : meant[i];
            ++*arguments;
            --*count;
        }
    if (action == ACTION_NONE)
        action = *count == 1 ? ACTION_GET : ACTION_SET;
    int needed = action == ACTION_LIST ? 0 : action == ACTION_SET || action == ACTION_ADD ? 2 : 1;
    return *count == needed ? action : ACTION_NONE;
}

/* ~/.gitconfig, unless only the other one is there. */
static int find_global(struct config *config)
{
    const char *named = getenv("GIT_CONFIG_GLOBAL"), *home = getenv("HOME"),
               *xdg = getenv("XDG_CONFIG_HOME");
    char other[sizeof config->path];
    if (named) {
        snprintf(config->path, sizeof config->path, "%s", named);
        return 0;
    }
    if (home == NULL)
        return fault_set(config->fault, FAULT_LOCAL, "HOME is not set, where --global would be");
    snprintf(config->path, sizeof config->path, "%s/.gitconfig", home);
    snprintf(other, sizeof other, "%s%s/git/config", xdg && *xdg ? xdg : home,
             xdg && *xdg ? "" : "/.config");
    if (access(config->path, R_OK) < 0 && access(other, R_OK) == 0)
        strcpy(config->path, other);
    return 0;
}

/* The file that is meant, in path; "" when all are. */
static int find_file(struct config *config, enum action action)
{
    const char *system = getenv("GIT_CONFIG_SYSTEM");
    bool named = config->file || config->global || config->system;
    if (!named && repository_open(&config->repository, config->fault) < 0) {
        /* Without a repository there are still the others, but what is there must be sound. */
        if (config->local || writes(action) || config->repository.git_dir >= 0 || getenv("GIT_DIR"))
            return -1;
        fault_clear(config->fault);
        const struct settings_options options = {.git_dir = NULL};
        return settings_read(&options, &config->one, config->fault);
    }
    if (config->global && find_global(config) < 0)
        return -1;
    if (named && !config->global)
        snprintf(config->path, sizeof config->path, "%s",
                 config->file ? config->file
                 : system     ? system
                              : "/etc/gitconfig");
    else if (!named && (config->local || writes(action)))
        snprintf(config->path, sizeof config->path, "%s/config", config->repository.common_path);
    if (*config->path == '\0')
        return 0;
    return settings_read_file(config->path, action == ACTION_LIST, &config->one, config->fault);
}

/* The repository's own file is shown from where git works: the root. */
static void show_origin(const struct config *config, const char *file)
{
    const struct repository *repository = &config->repository;
    const char *git_dir = repository->git_path, *base = repository->work_path;
    char here[REPOSITORY_PATH_MAX];
    if (*base == '\0' && getcwd(here, sizeof here) && strcmp(here, git_dir) == 0)
        base = git_dir;
    if (*base && strncmp(file, git_dir, strlen(git_dir)) == 0 &&
        strncmp(file, base, strlen(base)) == 0) {
        file += strlen(base);
        file += *file == '/';
    }
    printf(strcmp(file, "command line") == 0 ? "%s:\t" : "file:%s\t", file);
}

/* GIVEN is NAME as it is to be written. */
static int write_line(struct config *config, enum action action, const char *name,
                      const char *given, const char *value)
{
    size_t count = 0;
    if (action == ACTION_ADD)
        return config_add(AT_FDCWD, config->path, given, value, config->fault);
    for (size_t i = 0; i < config->one.count; i++)
        count += strcmp(config->one.all[i].name, name) == 0;
    if (count > 1 && !config->unset_all && !config->all)
        return fault_set(config->fault, FAULT_LOCAL, "%.200s has multiple values", name);
    do
        if (config_set(AT_FDCWD, config->path, given, value, config->fault) < 0)
            return -1;
    while (count-- > 1);
    return 0;
}

static int show(struct config *config, enum action action, const char *name)
{
    const struct settings *settings =
        config->one.all || *config->path ? &config->one : &config->repository.settings;
    const struct setting *last = name ? settings_find(settings, name) : NULL;
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->all[i];
        if (name && (strcmp(setting->name, name) != 0 || (action == ACTION_GET && setting != last)))
            continue;
        if (config->show_origin)
            show_origin(config, setting->file);
        if (name == NULL)
            printf(setting->value ? "%s=" : "%s", setting->name);
        puts(setting->value ? setting->value : "");
    }
    return name && last == NULL ? fault_set(config->fault, FAULT_NO, "%s is not set", name) : 0;
}

static int work(struct config *config, int count, char **arguments)
{
    char name[CONFIG_NAME_MAX];
    enum action action = find_action(config, &count, &arguments);
    if (action == ACTION_NONE ||
        config->global + config->local + config->system + (config->file != NULL) > 1)
        return fault_set(config->fault, FAULT_USAGE,
                         "config: one file, and a name with or without a value");
    if (count > 0 && settings_name(arguments[0], name) < 0)
        return fault_set(config->fault, FAULT_USAGE,
                         strchr(arguments[0], '.') ? "invalid key: %.200s"
                                                   : "key does not contain a section: %.200s",
                         arguments[0]);
    if (find_file(config, action) < 0)
        return -1;
    if (writes(action))
        return write_line(config, action, name, arguments[0],
                          action == ACTION_UNSET ? NULL : arguments[1]);
    return show(config, action, action == ACTION_LIST ? NULL : name);
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct config *config = self;
    config->fault = fault;
    if (config->file == NULL)
        config->file = getenv("GIT_CONFIG"); /* of this command alone */
    config->repository.git_dir = config->repository.common_dir = config->repository.work_dir = -1;
    repo_lock_open(&config->repository.lock, -1);
    int rc = work(config, count, arguments);
    settings_free(&config->one);
    repository_close(&config->repository);
    return rc;
}

static const struct option options[] = {
    {"global", 0, OPTION_FLAG, offsetof(struct config, global), .help = "the user's file"},
    {"system", 0, OPTION_FLAG, offsetof(struct config, system), .help = "the machine's"},
    {"local", 0, OPTION_FLAG, offsetof(struct config, local), .help = "the repository's"},
    {"file", 'f', OPTION_TEXT, offsetof(struct config, file), .word = "FILE", .help = "this one"},
    {"get", 0, OPTION_FLAG, offsetof(struct config, get), .help = "show the value"},
    {"get-all", 0, OPTION_FLAG, offsetof(struct config, get_all),
     .help = "show all values; get --all"},
    {"all", 0, OPTION_FLAG, offsetof(struct config, all), .help = NULL},
    {"add", 0, OPTION_FLAG, offsetof(struct config, add),
     .help = "one value more; others of that name stay"},
    {"unset", 0, OPTION_FLAG, offsetof(struct config, unset), .help = "remove the line"},
    {"unset-all", 0, OPTION_FLAG, offsetof(struct config, unset_all),
     .help = "all lines of that name"},
    {"list", 'l', OPTION_FLAG, offsetof(struct config, list), .help = "show all settings"},
    {"show-origin", 0, OPTION_FLAG, offsetof(struct config, show_origin),
     .help = "and which file says so"},
    {.kind = OPTION_REST},
};

const struct command config_command = {
    .name = "config",
    .summary = "read and write settings",
    .usage = "config [--global|--system|--local|-f FILE] NAME [VALUE] |\n"
             "           --get NAME | --get-all NAME | --add NAME VALUE | --unset NAME |\n"
             "           --unset-all NAME | --list [--show-origin]",
    .options = options,
    .size = sizeof(struct config),
    .run = run,
};
