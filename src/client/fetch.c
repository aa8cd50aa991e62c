/* SPDX-License-Identifier: MIT */
#include "client/fetch.h"

#include "client/fetch_pack.h"
#include "client/http_settings.h"
#include "client/own_remote.h"
#include "objects/commits.h"
#include "objects/pack_join.h"
#include "objects/peel.h"
#include "system/cpu.h"
#include "system/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE = 512 * 1024, CACHE_SHARE = 4 /* bytes of bases; at most this part of --mem */ };

static int no_memory(const struct fetch *fetch)
{
    return fault_set(fetch->fault, FAULT_LIMIT, "no memory to fetch");
}

/* Again after a pack has come. */
static int open_odb(struct fetch *fetch)
{
    uint64_t share = fetch->transfer.memory ? fetch->transfer.memory / CACHE_SHARE : CACHE;
    odb_close(fetch->odb);
    fetch->odb = odb_open_shared(fetch->repository->common_dir, fetch->hash,
                                 share < CACHE ? (size_t)share : CACHE, fetch->fault);
    return fetch->odb ? 0 : -1;
}

static int read_repository(struct fetch *fetch)
{
    const struct repository *repository = fetch->repository;
    fetch->hash = repository->oid_len == OID_SHA256 ? hash_best_sha256() : hash_best_sha1();
    if (repository_own(repository, "GIT_OBJECT_DIRECTORY", repository->common_dir, "objects",
                       fetch->fault) < 0 ||
        local_refs_read(repository->common_dir, &fetch->local, fetch->fault) < 0 ||
        local_head_read(repository->git_dir, &fetch->local, &fetch->head, fetch->fault) < 0 ||
        shallow_read(repository->common_dir, repository->oid_len, &fetch->shallow, fetch->fault) <
            0)
        return -1;
    shallow_sort(&fetch->shallow);
    fetch->take.branch = fetch->head.branch;
    return open_odb(fetch);
}

static int list(struct fetch *fetch)
{
    const char **prefixes;
    uint64_t half = fetch->transfer.memory / 2;
    struct remote_options options = fetch->transfer.connection.remote;
    options.refs_memory = half > SIZE_MAX ? SIZE_MAX : (size_t)half;
    if (fetch_map_open(&fetch->take, &fetch->map, fetch->fault) < 0)
        return -1;
    if (http_settings_apply(&fetch->repository->settings, &fetch->url, &fetch->transfer.connection,
                            &options.session, fetch->fault) < 0)
        return -1;
    fetch->transfer.connection.warned = true;
    fetch->remote = remote_open(&fetch->url, &options, fetch->fault);
    if (fetch->remote == NULL)
        return -1;
    if (remote_caps(fetch->remote)->oid_len != fetch->repository->oid_len)
        return fault_set(fetch->fault, FAULT_REFUSED,
                         "the server's repository has object ids of another kind (SHA-1, SHA-256) "
                         "than this one");
    int count = fetch_map_prefixes(&fetch->take, &fetch->map, &prefixes, fetch->fault);
    if (count < 0)
        return -1;
    int rc = remote_list(fetch->remote, prefixes, (size_t)count, &fetch->refs);
    free(prefixes);
    return rc;
}

static int compare(const void *a, const void *b)
{
    return oid_compare(a, b);
}

static bool is_among(const struct oid *oid, const struct oid *sorted, size_t count)
{
    return count > 0 && bsearch(oid, sorted, count, sizeof *sorted, compare) != NULL;
}

static bool is_here(const struct fetch *fetch, const struct oid *oid)
{
    return is_among(oid, fetch->here, fetch->here_count);
}

/* What the references here are: all that leads from there is here too. And what will come. */
static int note_ids(struct fetch *fetch)
{
    fetch->here = malloc((fetch->local.count + 1) * sizeof *fetch->here);
    fetch->coming = malloc((fetch->map.count + 1) * sizeof *fetch->coming);
    if (fetch->here == NULL || fetch->coming == NULL)
        return no_memory(fetch);
    for (size_t i = 0; i < fetch->local.count; i++)
        if (fetch->local.refs[i].oid.len && odb_has(fetch->odb, &fetch->local.refs[i].oid))
            fetch->here[fetch->here_count++] = fetch->local.refs[i].oid;
    for (size_t i = 0; i < fetch->map.count; i++)
        fetch->coming[fetch->coming_count++] = fetch->map.items[i].oid;
    if (fetch->here_count > 0)
        qsort(fetch->here, fetch->here_count, sizeof *fetch->here, compare);
    if (fetch->coming_count > 0)
        qsort(fetch->coming, fetch->coming_count, sizeof *fetch->coming, compare);
    return 0;
}

static bool will_be_here(void *context, const struct oid *oid)
{
    const struct fetch *fetch = context;
    return is_among(oid, fetch->coming, fetch->coming_count) || odb_has(fetch->odb, oid);
}

static bool has_object(void *context, const struct oid *oid)
{
    return odb_has(((struct fetch *)context)->odb, oid);
}

/* What is fetched and not here, each once: their number. */
static size_t make_wants(const struct fetch *fetch, struct oid *wants)
{
    size_t count = 0, kept = 0;
    bool deepens = fetch->depth > 0 || fetch->deepen_since;
    for (size_t i = 0; i < fetch->map.count; i++)
        if (deepens || !is_here(fetch, &fetch->map.items[i].oid))
            wants[count++] = fetch->map.items[i].oid;
    if (count > 0)
        qsort(wants, count, sizeof *wants, compare);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !oid_equal(&wants[kept - 1], &wants[i]))
            wants[kept++] = wants[i];
    return kept;
}

/* What WANTS lead to, and what is shallow then, before any reference leads there. DEEPENS: the
 * history is to end where the options say. */
static int get_pack(struct fetch *fetch, const struct oid *wants, size_t count, bool deepens)
{
    const struct connection *connection = &fetch->transfer.connection;
    struct shallow_list after;
    const struct fetch_pack pack = {
        .remote = fetch->remote,
        .url = &fetch->url,
        .refs = &fetch->refs,
        .local = &fetch->local,
        .odb = fetch->odb,
        .hash = fetch->hash,
        .git_dir = fetch->repository->common_dir,
        .lock = &fetch->repository->lock,
        .wants = wants,
        .want_count = count,
        .shallow = &fetch->shallow,
        .depth = deepens ? fetch->depth : 0,
        .deepen_relative = deepens && fetch->deepen_relative,
        .deepen_since = deepens ? fetch->deepen_since : NULL,
        .memory = fetch->transfer.memory,
        .unpacked_max = fetch->transfer.unpacked_max,
        .threads = fetch->transfer.threads,
        .include_tag = fetch->take.tags != TAGS_NONE,
        .no_progress = !progress_wanted(connection->quiet, connection->progress),
        .no_sync = fetch->transfer.no_sync,
        .no_resume = fetch->transfer.no_resume,
        .quiet = connection->quiet,
        .fault = fetch->fault,
    };
    shallow_open(&after);
    if (fetch_pack(&pack, &after) < 0) {
        shallow_close(&after);
        return -1;
    }
    shallow_close(&fetch->shallow);
    fetch->shallow = after;
    fetch->received = true;
    return open_odb(fetch);
}

static int get_objects(struct fetch *fetch)
{
    struct oid *wants = malloc((fetch->map.count + 1) * sizeof *wants);
    if (wants == NULL)
        return no_memory(fetch);
    size_t count = make_wants(fetch, wants);
    int rc = count > 0 ? get_pack(fetch, wants, count, true) : 0;
    free(wants);
    return rc;
}

/* Tags of what came along. As a rule they came too (include-tag); if not, they are asked for. */
static int follow_tags(struct fetch *fetch)
{
    size_t before = fetch->map.count, missing = 0;
    if (!fetch->map.follow_tags || fetch_map_follow(&fetch->map, &fetch->refs, &fetch->local,
                                                    has_object, fetch, fetch->fault) < 0)
        return fetch->map.follow_tags ? -1 : 0;
    struct oid *wants = malloc((fetch->map.count - before + 1) * sizeof *wants);
    if (wants == NULL)
        return no_memory(fetch);
    for (size_t i = before; i < fetch->map.count; i++)
        if (!odb_has(fetch->odb, &fetch->map.items[i].oid))
            wants[missing++] = fetch->map.items[i].oid;
    int rc = missing > 0 ? get_pack(fetch, wants, missing, false) : 0;
    free(wants);
    return rc;
}

static int check_branch(const struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->map.count; i++)
        if (fetch->repository->work_dir >= 0 && fetch->head.branch &&
            strcmp(fetch->map.items[i].local, fetch->head.branch) == 0)
            return fault_set(fetch->fault, FAULT_LOCAL,
                             "refusing to fetch into branch '%.200s' checked out at '%.400s'",
                             fetch->head.branch, fetch->repository->work_path);
    return 0;
}

static void changes_open(struct fetch *fetch, struct commits *commits, struct fetch_changes *out)
{
    *out = (struct fetch_changes){
        .repository = fetch->repository,
        .local = &fetch->local,
        .odb = fetch->odb,
        .commits = commits,
        .action = fetch->action,
        .verbose = fetch->transfer.connection.verbose || fetch->transfer.connection.json,
        .force = fetch->take.force,
        .report = &fetch->report,
        .fault = fetch->fault,
    };
}

/* What is gone there goes first: its name may be the directory of another. */
static int prune(struct fetch *fetch)
{
    struct fetch_changes changes;
    changes_open(fetch, NULL, &changes);
    int rc = fetch_changes_prune(&changes, &fetch->map, &fetch->refs);
    if (rc == 0 && !fetch->dry_run)
        rc = fetch_changes_write(&changes, !fetch->transfer.no_sync);
    fetch_changes_free(&changes);
    if (rc < 0 || fetch->dry_run)
        return rc;
    local_refs_free(&fetch->local);
    return local_refs_read(fetch->repository->common_dir, &fetch->local, fetch->fault);
}

/* The URL as git shows it here: without user info, without ".git" and slashes at its end. */
static char *show_url(const struct fetch *fetch)
{
    char *shown = malloc(URL_MAX);
    if (shown == NULL)
        return NULL;
    size_t size = strlen(url_format(&fetch->url, shown, URL_MAX));
    while (size > 0 && shown[size - 1] == '/')
        size--;
    if (size > 4 && memcmp(shown + size - 4, ".git", 4) == 0)
        size -= 4;
    shown[size] = '\0';
    return shown;
}

/* The tag of a file or of a tree is nothing that "git pull" could merge. */
static void only_commits_merge(const struct fetch *fetch, struct fetch_item *item)
{
    struct oid commit;
    struct fault ignored;
    fault_clear(&ignored);
    item->merge = item->merge && peel_to_commit(fetch->odb, &item->oid, &commit, &ignored) == 0;
}

static int write_changes(struct fetch *fetch, const char *url)
{
    struct commits commits;
    struct fetch_changes changes;
    commits_open(&commits, fetch->odb, fetch->shallow.oids, fetch->shallow.count, fetch->fault);
    changes_open(fetch, &commits, &changes);
    int rc = fetch_changes_judge(&changes, &fetch->map);
    for (size_t i = 0; rc == 0 && i < fetch->map.count; i++)
        only_commits_merge(fetch, &fetch->map.items[i]);
    if (rc == 0 && !fetch->dry_run)
        rc = fetch_head_write(fetch->repository, &fetch->map, url, fetch->append, fetch->fault);
    if (rc == 0 && !fetch->dry_run)
        rc = fetch_changes_write(&changes, !fetch->transfer.no_sync);
    fetch->rejected += changes.rejected;
    fetch_changes_free(&changes);
    commits_close(&commits);
    return rc;
}

static int work(struct fetch *fetch)
{
    if (list(fetch) < 0 ||
        fetch_map_choose(&fetch->take, &fetch->refs, &fetch->map, fetch->fault) < 0 ||
        check_branch(fetch) < 0 || note_ids(fetch) < 0)
        return -1;
    if (fetch->prune && prune(fetch) < 0)
        return -1;
    if (fetch->map.follow_tags && fetch_map_follow(&fetch->map, &fetch->refs, &fetch->local,
                                                   will_be_here, fetch, fetch->fault) < 0)
        return -1;
    return get_objects(fetch) < 0 ? -1 : follow_tags(fetch);
}

/* When it cannot be done, the fetch is no worse for it. */
static void join_packs(struct fetch *fetch)
{
    struct repository *repository = fetch->repository;
    struct fault fault;
    fault_clear(&fault);
    if (repo_lock_take(&repository->lock, repository->common_dir, "smidgit-join", &fault) < 0)
        return;
    if (pack_join(repository->common_dir, fetch->hash, PACK_JOIN_FROM, false,
                  !fetch->transfer.no_sync, &fault) < 0)
        fprintf(stderr, "warning: packs were not joined: %s\n", fault.text);
    repo_lock_drop(&repository->lock, repository->common_dir, "smidgit-join");
}

int fetch_remote(struct fetch *fetch, const char *name)
{
    shallow_open(&fetch->shallow);
    int configured = own_remote_url(fetch->repository, name, &fetch->url, fetch->fault);
    fetch->take.settings = &fetch->repository->settings;
    fetch->take.remote = configured > 0 ? name : NULL;
    if (configured < 0 || read_repository(fetch) < 0)
        return -1;
    if (!fetch->dry_run && !fetch->append && fetch_head_clear(fetch->repository, fetch->fault) < 0)
        return -1;
    char *shown = show_url(fetch);
    if (shown == NULL)
        return no_memory(fetch);
    int rc = work(fetch);
    if (rc == 0)
        rc = write_changes(fetch, shown);
    if (rc == 0 && fetch->received)
        join_packs(fetch);
    if (rc == 0 && fetch->transfer.connection.json)
        fetch_report_tell(&fetch->report, fetch->take.remote,
                          url_format(&fetch->url, shown, URL_MAX));
    else if (!fetch->transfer.connection.quiet && rc == 0)
        fetch_report_show(&fetch->report, shown);
    free(shown);
    return rc;
}

void fetch_end(struct fetch *fetch)
{
    remote_close(fetch->remote);
    odb_close(fetch->odb);
    connection_url_end(&fetch->url);
    reflist_free(&fetch->refs);
    local_refs_free(&fetch->local);
    shallow_close(&fetch->shallow);
    fetch_map_free(&fetch->map);
    fetch_report_free(&fetch->report);
    free(fetch->head.branch);
    free(fetch->here);
    free(fetch->coming);
    fetch->remote = NULL;
    fetch->odb = NULL;
    fetch->here = fetch->coming = NULL;
    fetch->here_count = fetch->coming_count = 0;
    fetch->head.branch = NULL;
}
