/* SPDX-License-Identifier: MIT */
/* smidgit fetch: what a server has and this repository lacks. */
#include "cmd/fetch.h"

#include "client/own_remote.h"
#include "cmd/commands.h"
#include "cmd/transfer_options.h"
#include "proto/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fetch_command_defaults(void *self, struct fault *fault)
{
    struct fetch_command *command = self;
    command->verb = "fetch";
    command->fetch.fault = fault;
    connection_defaults(&command->fetch.transfer.connection);
}

/* Days since 1970 of a date of the Gregorian calendar: years begin in March, so that a leap day is
 * their last. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year % 400, from_march = month > 2 ? month - 3 : month + 9;
    int64_t of_year = (153 * from_march + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* date = [ "@" ] seconds / YYYY-MM-DD, in UTC */
static int parse_date(struct fetch_command *command)
{
    const char *text = command->shallow_since;
    uint64_t seconds, year, month, day;
    size_t length = strlen(text), at = *text == '@';
    if (length == 10 && text[4] == '-' && text[7] == '-' && bytes_decimal(text, 4, &year) == 0 &&
        bytes_decimal(text + 5, 2, &month) == 0 && bytes_decimal(text + 8, 2, &day) == 0 &&
        year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31)
        seconds = (uint64_t)days((int64_t)year, (int64_t)month, (int64_t)day) * 86400;
    else if (bytes_decimal(text + at, length - at, &seconds) < 0)
        return fault_set(command->fetch.fault, FAULT_USAGE,
                         "option '--shallow-since': a date like 2024-02-29 is needed, not '%s'",
                         text);
    snprintf(command->since, sizeof command->since, "%llu", (unsigned long long)seconds);
    command->fetch.deepen_since = command->since;
    return 0;
}

static int check_options(struct fetch_command *command)
{
    struct fetch *fetch = &command->fetch;
    int limits = (fetch->depth > 0) + (command->deepen > 0) + command->unshallow;
    if (command->tags && command->no_tags)
        return fault_set(fetch->fault, FAULT_USAGE, "--tags and --no-tags contradict each other");
    if (limits > 1)
        return fault_set(fetch->fault, FAULT_USAGE,
                         "of --depth, --deepen and --unshallow only one can be given");
    if (command->shallow_since && parse_date(command) < 0)
        return -1;
    if (command->deepen > 0) {
        fetch->depth = command->deepen;
        fetch->deepen_relative = true;
    }
    if (command->unshallow)
        fetch->depth = FETCH_DEPTH_ALL;
    return server_options_ready(&fetch->transfer.connection, fetch->fault);
}

/* remote.NAME.tagOpt and the command line, which counts more. */
static void choose_tags(struct fetch_command *command, const char *remote)
{
    const char *said = settings_text(&command->repository.settings, "remote", remote, "tagopt");
    enum fetch_tags tags = TAGS_FOLLOW;
    if (said && strcmp(said, "--tags") == 0)
        tags = TAGS_ALL;
    if (said && strcmp(said, "--no-tags") == 0)
        tags = TAGS_NONE;
    command->fetch.take.tags = command->tags ? TAGS_ALL : command->no_tags ? TAGS_NONE : tags;
}

/* remote.NAME.KEY, else fetch.KEY, unless the command line has said yes in *OUT. 0 or -1. */
static int choose(struct fetch_command *command, const char *remote, const char *key, bool *out)
{
    char name[REFS_NAME_MAX + 32];
    const struct settings *settings = &command->repository.settings;
    if (*out)
        return 0;
    snprintf(name, sizeof name, "fetch.%s", key);
    if (settings_flag(settings, name, false, out, command->fetch.fault) < 0)
        return -1;
    snprintf(name, sizeof name, "remote.%.*s.%s", REFS_NAME_MAX, remote, key);
    return settings_flag(settings, name, *out, out, command->fetch.fault);
}

static int fetch_one(struct fetch_command *command, const char *remote)
{
    struct fetch *fetch = &command->fetch;
    bool prune = fetch->prune, prune_tags = fetch->take.prune_tags;
    choose_tags(command, remote);
    if ((!command->no_prune && choose(command, remote, "prune", &fetch->prune) < 0) ||
        choose(command, remote, "prunetags", &fetch->take.prune_tags) < 0)
        return -1;
    int rc = fetch_remote(fetch, remote);
    fetch_end(fetch);
    fetch->prune = prune;
    fetch->take.prune_tags = prune_tags;
    fetch->append = true;
    return rc;
}

/* "fetch origin main": URLs without user info. */
static void make_action(struct fetch_command *command, int count, char **arguments)
{
    size_t used = (size_t)snprintf(command->action, sizeof command->action, "%s", command->verb);
    for (int i = 0; i < count && used < sizeof command->action; i++)
        used += (size_t)snprintf(command->action + used, sizeof command->action - used, " %s",
                                 url_shown(arguments[i]));
    command->fetch.action = command->action;
}

/* "fetch --all" passes it by; git has two names for that. */
static int is_left_out(const struct fetch_command *command, const char *remote, bool *out)
{
    static const char *const keys[] = {"skipdefaultupdate", "skipfetchall"};
    char name[REFS_NAME_MAX + 32];
    *out = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        snprintf(name, sizeof name, "remote.%s.%s", remote, keys[i]);
        if (settings_flag(&command->repository.settings, name, *out, out, command->fetch.fault) < 0)
            return -1;
    }
    return 0;
}

/* Each remote of the settings, once, in their order. */
static int fetch_all(struct fetch_command *command)
{
    const struct settings *settings = &command->repository.settings;
    for (size_t i = 0; i < settings->count; i++) {
        const char *name = settings->all[i].name;
        char remote[REFS_NAME_MAX];
        size_t length = strlen(name);
        size_t at = 0;
        bool left_out;
        if (strncmp(name, "remote.", 7) != 0 || length < 12 ||
            strcmp(name + length - 4, ".url") != 0 || length - 11 >= sizeof remote)
            continue;
        snprintf(remote, sizeof remote, "%.*s", (int)(length - 11), name + 7);
        if (settings_next(settings, &at, "remote", remote, "url") != &settings->all[i])
            continue;
        if (is_left_out(command, remote, &left_out) < 0)
            return -1;
        if (left_out)
            continue;
        if (!command->fetch.transfer.connection.quiet && !command->fetch.transfer.connection.json)
            printf("Fetching %s\n", remote);
        fflush(stdout);
        char *named[] = {remote};
        make_action(command, 1, named);
        if (fetch_one(command, remote) < 0)
            return -1;
    }
    return 0;
}

int fetch_command_run(struct fetch_command *command, int count, char **arguments)
{
    struct fetch *fetch = &command->fetch;
    char room[REFS_NAME_MAX];
    command->repository.git_dir = command->repository.common_dir = command->repository.work_dir =
        -1;
    repo_lock_open(&command->repository.lock, -1);
    if (check_options(command) < 0 || repository_open(&command->repository, fetch->fault) < 0)
        return -1;
    fetch->repository = &command->repository;
    make_action(command, count, arguments);
    if (command->all)
        return count > 0 ? fault_set(fetch->fault, FAULT_USAGE,
                                     "fetch --all does not take a repository argument")
                         : fetch_all(command);
    if (count > 1) {
        fetch->take.refspecs = arguments + 1;
        fetch->take.refspec_count = (size_t)count - 1;
    }
    return fetch_one(command,
                     count > 0 ? arguments[0] : own_remote_default(&command->repository, room));
}

void fetch_command_close(struct fetch_command *command)
{
    connection_close(&command->fetch.transfer.connection);
    repository_close(&command->repository);
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct fetch_command *command = self;
    int rc = fetch_command_run(command, count, arguments);
    /* As git: the lines have said which, the exit code is 1. */
    if (rc == 0 && command->fetch.rejected > 0)
        rc = fault_set(fault, FAULT_NO, "some references could not be updated");
    fetch_command_close(command);
    return rc;
}

const struct option fetch_options[] = {
    {"prune", 'p', OPTION_FLAG, offsetof(struct fetch_command, fetch.prune),
     .help = "delete what the server no longer has; --no-prune"},
    {"prune-tags", 'P', OPTION_FLAG, offsetof(struct fetch_command, fetch.take.prune_tags),
     .help = "all tags as they are there; with -p, others go"},
    {"no-prune", 0, OPTION_FLAG, offsetof(struct fetch_command, no_prune), .help = NULL},
    {"tags", 't', OPTION_FLAG, offsetof(struct fetch_command, tags), .help = "take all tags"},
    {"no-tags", 'n', OPTION_FLAG, offsetof(struct fetch_command, no_tags), .help = "take no tags"},
    {"all", 0, OPTION_FLAG, offsetof(struct fetch_command, all), .help = "from all remotes"},
    {"force", 'f', OPTION_FLAG, offsetof(struct fetch_command, fetch.take.force),
     .help = "move references that are not ahead, too"},
    {"append", 'a', OPTION_FLAG, offsetof(struct fetch_command, fetch.append),
     .help = "what is in FETCH_HEAD stays"},
    {"dry-run", 0, OPTION_FLAG, offsetof(struct fetch_command, fetch.dry_run),
     .help = "show what would change, and change no reference"},
    {"depth", 0, OPTION_NUMBER, offsetof(struct fetch_command, fetch.depth), .word = "N",
     .help = "only the last N commits"},
    {"deepen", 0, OPTION_NUMBER, offsetof(struct fetch_command, deepen), .word = "N",
     .help = "N commits more than there are here"},
    {"unshallow", 0, OPTION_FLAG, offsetof(struct fetch_command, unshallow),
     .help = "the whole history"},
    {"shallow-since", 0, OPTION_TEXT, offsetof(struct fetch_command, shallow_since), .word = "DATE",
     .help = "history since a day like 2024-02-29"},
    {"no-resume", 0, OPTION_FLAG, offsetof(struct fetch_command, fetch.transfer.no_resume),
     .help = "keep nothing of a broken pack, go on with nothing"},
    {.kind = OPTION_REST,
     .offset = offsetof(struct fetch_command, fetch.transfer),
     .rest = transfer_options},
};

/* pull has those above alone. */
static const struct option options[] = {
    {"json", 0, OPTION_FLAG, offsetof(struct fetch_command, fetch.transfer.connection.json),
     .help = "an object a line, for programs"},
    {.kind = OPTION_REST, .rest = fetch_options},
};

const struct command fetch_command = {
    .name = "fetch",
    .summary = "get what a server has and this repository lacks",
    .usage = "fetch [--prune] [--tags|--no-tags] [--force] [--dry-run]\n"
             "           [--depth N] [OPTION...] [--all | REMOTE [REFSPEC...]]",
    .options = options,
    .size = sizeof(struct fetch_command),
    .defaults = fetch_command_defaults,
    .run = run,
};
