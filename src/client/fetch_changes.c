/* SPDX-License-Identifier: MIT */
#include "client/fetch_changes.h"

#include "objects/peel.h"
#include "repo/committer.h"
#include "system/array.h"
#include "system/fs.h"
#include "system/growing_writer.h"
#include "system/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FETCH_HEAD_MAX ((size_t)1 << 30) /* bytes */

static bool begins(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static int no_memory(const struct fetch_changes *changes)
{
    return fault_set(changes->fault, FAULT_LIMIT, "no memory for the references to change");
}

/* core.logAllRefUpdates: by default a repository with files keeps reflogs of what moves. */
static bool is_logged(const struct fetch_changes *changes, const char *name)
{
    char path[REFS_NAME_MAX + 8];
    struct stat st;
    bool on;
    const struct setting *setting =
        settings_find(&changes->repository->settings, "core.logallrefupdates");
    if (setting && setting->value && strcmp(setting->value, "always") == 0)
        return true;
    if (settings_flag(&changes->repository->settings, "core.logallrefupdates",
                      changes->repository->work_dir >= 0, &on, changes->fault) < 0)
        fault_clear(changes->fault);
    if (on && (begins(name, "refs/heads/") || begins(name, "refs/remotes/") ||
               begins(name, "refs/notes/")))
        return true;
    snprintf(path, sizeof path, "logs/%s", name);
    return fstatat(changes->repository->common_dir, path, &st, 0) == 0 && S_ISREG(st.st_mode);
}

static int note(struct fetch_changes *changes, const char *name, const struct oid *old,
                const struct oid *new, const char *what)
{
    char message[4096];
    const struct oid none = {.len = 0};
    struct ref_update *more =
        array_room(changes->updates, changes->count, &changes->room, sizeof *more);
    if (more == NULL)
        return no_memory(changes);
    changes->updates = more;
    struct ref_update *update = &changes->updates[changes->count];
    *update = (struct ref_update){.name = name, .old = old ? *old : none, .new = new ? *new : none};
    if (new &&is_logged(changes, name)) {
        int length = snprintf(message, sizeof message, "%s: %s", changes->action, what);
        size_t size = (size_t)length < sizeof message ? (size_t)length : sizeof message - 1;
        update->message = texts_keep(&changes->texts, message, size);
        if (update->message == NULL)
            return no_memory(changes);
    }
    changes->count++;
    return 0;
}

static int report(struct fetch_changes *changes, char flag, const char *summary,
                  const struct fetch_item *item, const char *reason)
{
    struct report_line line = {
        .flag = flag, .from = item->name, .to = item->local, .reason = reason};
    const struct local_ref *ref = local_refs_find(changes->local, item->local);
    if (*item->local == '\0')
        line.to = "FETCH_HEAD";
    else if (ref)
        line.old = ref->oid;
    line.new = item->oid;
    snprintf(line.summary, sizeof line.summary, "%s", summary);
    return fetch_report_add(changes->report, &line, changes->fault);
}

/* "1234567..89abcde", with DOTS between. */
static void range(struct fetch_changes *changes, const struct oid *old, const struct oid *new,
                  const char *dots, char out[160])
{
    char from[OID_HEX], to[OID_HEX];
    snprintf(out, 160, "%.*s%s%.*s", (int)odb_abbreviation(changes->odb, old), oid_hex(old, from),
             dots, (int)odb_abbreviation(changes->odb, new), oid_hex(new, to));
}

static int reject(struct fetch_changes *changes, const struct fetch_item *item, const char *reason)
{
    changes->rejected++;
    return report(changes, '!', "[rejected]", item, reason);
}

static int create(struct fetch_changes *changes, const struct fetch_item *item)
{
    bool tag = begins(item->name, "refs/tags/"), head = begins(item->name, "refs/heads/");
    if (note(changes, item->local, NULL, &item->oid,
             tag    ? "storing tag"
             : head ? "storing head"
                    : "storing ref") < 0)
        return -1;
    return report(changes, '*',
                  tag    ? "[new tag]"
                  : head ? "[new branch]"
                         : "[new ref]",
                  item, NULL);
}

/* Whether OLD, which is here, is in the history of NEW: 1, 0, -1. What is no commit is not. */
static int is_ahead(struct fetch_changes *changes, const struct oid *old, const struct oid *new)
{
    enum object_type type;
    const unsigned char *bytes;
    size_t size;
    const struct oid *both[] = {old, new};
    for (int i = 0; i < 2; i++) {
        if (!odb_has(changes->odb, both[i]))
            return 0;
        if (odb_read(changes->odb, both[i], PEEL_OBJECT_MAX, &type, &bytes, &size) < 0)
            return -1;
        if (type != OBJECT_COMMIT)
            return 0;
    }
    return commits_is_ancestor(changes->commits, old, new);
}

static int move(struct fetch_changes *changes, const struct fetch_item *item, const struct oid *old)
{
    char summary[160];
    if (begins(item->local, "refs/tags/")) {
        if (!item->force)
            return reject(changes, item, "would clobber existing tag");
        return note(changes, item->local, old, &item->oid, "updating tag") < 0
                   ? -1
                   : report(changes, 't', "[tag update]", item, NULL);
    }
    int ahead = is_ahead(changes, old, &item->oid);
    if (ahead < 0)
        return -1;
    if (!ahead && !item->force)
        return reject(changes, item, "non-fast-forward");
    range(changes, old, &item->oid, ahead ? ".." : "...", summary);
    if (note(changes, item->local, old, &item->oid, ahead ? "fast-forward" : "forced-update") < 0)
        return -1;
    return report(changes, ahead ? ' ' : '+', summary, item, ahead ? NULL : "forced update");
}

/* A branch is a commit, whatever the server says. */
static int check_branch(struct fetch_changes *changes, const struct fetch_item *item)
{
    enum object_type type;
    const unsigned char *bytes;
    size_t size;
    if (!begins(item->local, "refs/heads/"))
        return 0;
    if (odb_read(changes->odb, &item->oid, PEEL_OBJECT_MAX, &type, &bytes, &size) < 0)
        return -1;
    return type == OBJECT_COMMIT ? 0
                                 : fault_set(changes->fault, FAULT_PROTOCOL,
                                             "the branch '%.200s' would be a %s, not a commit",
                                             item->local, pack_type_name(type));
}

static int judge(struct fetch_changes *changes, const struct fetch_item *item)
{
    if (*item->local == '\0') {
        const char *kind = begins(item->name, "refs/tags/") ? "tag" : "branch";
        return item->remembered ? report(changes, '*', kind, item, NULL) : 0;
    }
    const struct local_ref *ref = local_refs_find(changes->local, item->local);
    if (ref == NULL || ref->oid.len == 0)
        return check_branch(changes, item) < 0 ? -1 : create(changes, item);
    if (oid_equal(&ref->oid, &item->oid))
        return changes->verbose ? report(changes, '=', "[up to date]", item, NULL) : 0;
    return check_branch(changes, item) < 0 ? -1 : move(changes, item, &ref->oid);
}

int fetch_changes_judge(struct fetch_changes *changes, const struct fetch_map *map)
{
    for (size_t i = 0; i < map->count; i++)
        if (judge(changes, &map->items[i]) < 0)
            return -1;
    return 0;
}

int fetch_changes_prune(struct fetch_changes *changes, const struct fetch_map *map,
                        const struct reflist *refs)
{
    size_t count;
    const char **names = fetch_map_names(refs, &count);
    int rc = names ? 0 : no_memory(changes);
    for (size_t i = 0; rc == 0 && i < changes->local->count; i++) {
        const struct local_ref *ref = &changes->local->refs[i];
        struct fetch_item item = {.name = "(none)", .local = ref->name};
        if (ref->target || !fetch_map_is_stale(map, names, count, ref->name))
            continue;
        if (note(changes, ref->name, &ref->oid, NULL, NULL) < 0 ||
            report(changes, '-', "[deleted]", &item, NULL) < 0)
            rc = -1;
    }
    free(names);
    return rc;
}

int fetch_changes_write(struct fetch_changes *changes, bool sync)
{
    char who[1024];
    struct ref_update_options options = {
        .lock = &changes->repository->lock,
        .who = committer_configured(&changes->repository->settings, who, sizeof who),
        .oid_len = changes->repository->oid_len,
        .sync = sync,
    };
    int rc = ref_update(changes->repository->common_dir, changes->updates, changes->count, &options,
                        changes->fault);
    changes->count = 0;
    return rc;
}

void fetch_changes_free(struct fetch_changes *changes)
{
    texts_free(changes->texts);
    free(changes->updates);
    changes->texts = NULL;
    changes->updates = NULL;
    changes->count = changes->room = 0;
}

/* id TAB [ "not-for-merge" ] TAB [ kind SP "'" name "'" " of " ] url LF */
static int write_item(struct writer *out, const struct fetch_item *item, const char *url)
{
    static const struct {
        const char *folder, *kind;
    } kinds[] = {{"refs/heads/", "branch "},
                 {"refs/tags/", "tag "},
                 {"refs/remotes/", "remote-tracking branch "},
                 {"", ""}};
    char hex[OID_HEX];
    size_t kind = 0;
    while (!begins(item->name, kinds[kind].folder))
        kind++;
    bool head = strcmp(item->name, "HEAD") == 0;
    return writer_text(out, "%s\t%s\t%s%s%s%s%s\n", oid_hex(&item->oid, hex),
                       item->merge ? "" : "not-for-merge", head ? "" : kinds[kind].kind,
                       head ? "" : "'", head ? "" : item->name + strlen(kinds[kind].folder),
                       head ? "" : "' of ", url);
}

static int write_items(struct writer *out, const struct fetch_map *map, const char *url)
{
    for (int merge = 1; merge >= 0; merge--)
        for (size_t i = 0; i < map->count; i++)
            if (map->items[i].remembered && map->items[i].merge == (merge == 1) &&
                write_item(out, &map->items[i], url) < 0)
                return -1;
    return 0;
}

int fetch_head_clear(struct repository *repository, struct fault *fault)
{
    return repo_lock_replace(&repository->lock, repository->git_dir, "FETCH_HEAD", "", 0, false,
                             fault);
}

int fetch_head_write(struct repository *repository, const struct fetch_map *map, const char *url,
                     bool append, struct fault *fault)
{
    struct growing_writer text;
    char *before = NULL;
    size_t size = 0;
    growing_writer_open(&text, FETCH_HEAD_MAX, "FETCH_HEAD", fault);
    int rc = append ? fs_read(repository->git_dir, "FETCH_HEAD", FETCH_HEAD_MAX, true, &before,
                              &size, fault)
                    : 0;
    if (rc == 0 && before)
        rc = writer_put(&text.writer, before, size);
    if (rc == 0)
        rc = write_items(&text.writer, map, url);
    if (rc == 0)
        rc = repo_lock_replace(&repository->lock, repository->git_dir, "FETCH_HEAD", text.bytes,
                               text.used, false, fault);
    growing_writer_close(&text);
    free(before);
    return rc;
}
