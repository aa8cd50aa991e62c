/* SPDX-License-Identifier: MIT */
/* smidgit remote: the remotes of a repository, and their URLs. */
#include "client/remotes.h"
#include "client/workspace.h"
#include "cmd/commands.h"
#include "repo/config_edit.h"
#include "repo/ref_update.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct remote_command {
    struct workspace workspace;
    bool verbose, push;
};

static const struct settings *settings_of(const struct remote_command *remote)
{
    return &remote->workspace.repository.settings;
}

/* Prints BEFORE and each URL of the remote NAME, rewritten, and AFTER; ONE: only the first. Returns
 * how many there were, or -1. */
static int show_urls(struct remote_command *remote, const char *name, const char *key,
                     const char *before, const char *after, bool one)
{
    const struct setting *setting;
    int count = 0;
    for (size_t at = 0; (count == 0 || !one) &&
                        (setting = settings_next(settings_of(remote), &at, "remote", name, key));) {
        char *url = remotes_url(settings_of(remote), setting->value ? setting->value : "");
        if (url == NULL)
            return fault_set(remote->workspace.fault, FAULT_LIMIT, "no memory for a URL");
        printf("%s%s%s%s\n", before, *before ? "\t" : "", url, after);
        free(url);
        count++;
    }
    return count;
}

static int list(struct remote_command *remote)
{
    char name[REFS_NAME_MAX] = "";
    int rc = 0;
    while (rc >= 0 && remotes_next(settings_of(remote), name)) {
        if (remote->verbose)
            rc = show_urls(remote, name, "url", name, " (fetch)", true);
        if (!remote->verbose || rc == 0)
            printf("%s%s\n", name, remote->verbose ? "\t" : "");
        if (rc > 0)
            rc = show_urls(remote, name, "pushurl", name, " (push)", false);
        if (rc == 0 && remote->verbose)
            rc = show_urls(remote, name, "url", name, " (push)", false);
    }
    return rc < 0 ? -1 : 0;
}

/* As git has it, the repository's own settings say so. */
static bool is_known(const struct remote_command *remote, const char *wanted)
{
    size_t length = strlen(wanted);
    for (size_t i = 0; i < settings_of(remote)->count; i++) {
        const struct setting *setting = &settings_of(remote)->all[i];
        if (setting->scope == SETTINGS_LOCAL && strncmp(setting->name, "remote.", 7) == 0 &&
            strncmp(setting->name + 7, wanted, length) == 0 &&
            strrchr(setting->name, '.') == setting->name + 7 + length)
            return true;
    }
    return false;
}

static int set(struct remote_command *remote, const char *name, const char *key, const char *value)
{
    struct workspace *workspace = &remote->workspace;
    char full[2 * REFS_NAME_MAX];
    snprintf(full, sizeof full, "%.*s.%s", REFS_NAME_MAX + 16, name, key);
    return config_set(workspace->repository.common_dir, "config", full, value, workspace->fault);
}

static int add(struct remote_command *remote, const char *name, const char *url)
{
    char section[REFS_NAME_MAX + 16], refspec[REFS_NAME_MAX + 64];
    snprintf(refspec, sizeof refspec, "refs/remotes/%.*s/x", REFS_NAME_MAX, name);
    if (!refs_name_valid(refspec, strlen(refspec), false))
        return fault_set(remote->workspace.fault, FAULT_USAGE,
                         "'%.200s' is not a valid remote name", name);
    if (is_known(remote, name))
        return fault_set(remote->workspace.fault, FAULT_LOCAL, "remote %.200s already exists.",
                         name);
    snprintf(section, sizeof section, "remote.%s", name);
    snprintf(refspec, sizeof refspec, "+refs/heads/*:refs/remotes/%s/*", name);
    return set(remote, section, "url", url) < 0 ? -1 : set(remote, section, "fetch", refspec);
}

/* Deletes the remote-tracking branches: all or none. */
static int remove_refs(struct remote_command *remote, const char *name)
{
    struct workspace *workspace = &remote->workspace;
    const struct local_refs *refs = &workspace->refs;
    char folder[REFS_NAME_MAX + 16];
    size_t count = 0;
    struct ref_update *updates = malloc((refs->count + 1) * sizeof *updates);
    const struct ref_update_options options = {.lock = &workspace->repository.lock,
                                               .oid_len = workspace->repository.oid_len,
                                               .sync = true};
    if (updates == NULL)
        return fault_set(workspace->fault, FAULT_LIMIT, "no memory for the references");
    snprintf(folder, sizeof folder, "refs/remotes/%s/", name);
    for (size_t i = 0; i < refs->count; i++)
        if (strncmp(refs->refs[i].name, folder, strlen(folder)) == 0)
            updates[count++] =
                (struct ref_update){.name = refs->refs[i].name, .old = refs->refs[i].oid};
    int rc =
        ref_update(workspace->repository.common_dir, updates, count, &options, workspace->fault);
    free(updates);
    return rc;
}

/* Removes the setting KEY of SECTION, if it is there. */
static int unset(struct remote_command *remote, const char *section, const char *key)
{
    struct fault *fault = remote->workspace.fault;
    if (set(remote, section, key, NULL) == 0)
        return 0;
    if (fault->class != FAULT_NO)
        return -1;
    fault_clear(fault);
    return 0;
}

/* Branches that follow it follow nothing, and nothing is pushed to it; then its references go, and
 * what is said of it. */
static int remove_all(struct remote_command *remote, const char *name)
{
    struct workspace *workspace = &remote->workspace;
    char section[REFS_NAME_MAX + 16];
    for (size_t i = 0; i < settings_of(remote)->count; i++) {
        const struct setting *setting = &settings_of(remote)->all[i];
        const char *key = strrchr(setting->name, '.') + 1;
        size_t length = (size_t)(key - setting->name) - 1;
        bool branch = strncmp(setting->name, "branch.", 7) == 0;
        bool follows = branch && strcmp(key, "remote") == 0;
        if (length >= sizeof section || setting->scope != SETTINGS_LOCAL ||
            setting->value == NULL || strcmp(setting->value, name) != 0 ||
            !(follows || (branch && strcmp(key, "pushremote") == 0) ||
              strcmp(setting->name, "remote.pushdefault") == 0))
            continue;
        snprintf(section, sizeof section, "%.*s", (int)length, setting->name);
        if (unset(remote, section, key) < 0 || (follows && unset(remote, section, "merge") < 0))
            return -1;
    }
    snprintf(section, sizeof section, "remote.%s", name);
    return remove_refs(remote, name) < 0
               ? -1
               : config_remove_section(workspace->repository.common_dir, "config", section,
                                       workspace->fault);
}

/* WORD NAME [URL] */
static int work(struct remote_command *remote, int count, char **arguments, struct fault *fault)
{
    const char *word = count > 0 ? arguments[0] : "", *name = count > 1 ? arguments[1] : "";
    bool is_add = strcmp(word, "add") == 0, is_set = strcmp(word, "set-url") == 0;
    bool is_get = strcmp(word, "get-url") == 0;
    bool is_remove = strcmp(word, "remove") == 0 || strcmp(word, "rm") == 0;
    char section[REFS_NAME_MAX + 16];
    if (workspace_open(&remote->workspace, fault) < 0)
        return -1;
    if (count == 0)
        return list(remote);
    if (!(is_add || is_set || is_get || is_remove) || count != (is_add || is_set ? 3 : 2))
        return fault_set(fault, FAULT_USAGE, "remote: '%.200s' is not so said", word);
    if (is_add)
        return add(remote, name, arguments[2]);
    if (!is_known(remote, name))
        return fault_set(fault, FAULT_LOCAL, "No such remote '%.200s'", name);
    if (is_remove)
        return remove_all(remote, name);
    snprintf(section, sizeof section, "remote.%s", name);
    if (is_set)
        return set(remote, section, remote->push ? "pushurl" : "url", arguments[2]);
    int rc = remote->push ? show_urls(remote, name, "pushurl", "", "", true) : 0;
    if (rc == 0)
        rc = show_urls(remote, name, "url", "", "", true);
    return rc == 0  ? fault_set(fault, FAULT_LOCAL, "no URLs configured for remote '%s'", name)
           : rc < 0 ? -1
                    : 0;
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct remote_command *remote = self;
    int rc = work(remote, count, arguments, fault);
    workspace_close(&remote->workspace);
    return rc;
}

static const struct option options[] = {
    {"verbose", 'v', OPTION_FLAG, offsetof(struct remote_command, verbose),
     .help = "list their URLs, too"},
    {"push", 0, OPTION_FLAG, offsetof(struct remote_command, push),
     .help = "get-url and set-url: the one that is pushed to"},
    {.kind = OPTION_REST},
};

const struct command remote_command = {
    .name = "remote",
    .summary = "list, add and remove remotes, and set their URLs",
    .usage = "remote [-v] | add NAME URL | set-url [--push] NAME URL |\n"
             "           get-url [--push] NAME | remove NAME",
    .options = options,
    .size = sizeof(struct remote_command),
    .run = run,
};
