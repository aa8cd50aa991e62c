/* SPDX-License-Identifier: MIT */
#include "client/work_status.h"

#include "client/refspec.h"
#include "objects/peel.h"
#include "system/array.h"
#include "system/beside.h"
#include "system/texts.h"
#include "worktree/glance.h"
#include "worktree/tree_diff.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int no_memory(const struct workspace *workspace)
{
    return fault_set(workspace->fault, FAULT_LIMIT, "no memory to compare files");
}

static int note(struct workspace *workspace, struct work_status *out, const char *path, char staged,
                char unstaged)
{
    if (staged == ' ' && unstaged == ' ')
        return 0;
    struct status_entry *more = array_room(out->entries, out->count, &out->room, sizeof *more);
    if (more == NULL)
        return no_memory(workspace);
    out->entries = more;
    const char *kept = texts_keep(&out->texts, path, strlen(path));
    if (kept == NULL)
        return no_memory(workspace);
    out->entries[out->count++] = (struct status_entry){kept, staged, unstaged};
    return 0;
}

/* A file became a link, or the reverse. */
static bool is_other_kind(uint32_t a, uint32_t b)
{
    return (a & 0170000) != (b & 0170000);
}

static int unstaged_state(struct workspace *workspace, struct glance *glance, size_t at,
                          bool *refreshed, char *out)
{
    const struct index_entry entry = index_list_entry(&workspace->index, at);
    enum file_state state = FILE_SAME;
    struct stat st;
    bool fresh = false;
    *out = ' ';
    if (entry.flags & INDEX_ASSUME_VALID || entry.extended & INDEX_SKIP_WORKTREE)
        return 0;
    if (glance_same(glance, at))
        workspace->index.seen[at] = true;
    else if (index_list_look(&workspace->index, &workspace->files, at, &state, &st, &fresh,
                             workspace->fault) < 0)
        return -1;
    *refreshed = *refreshed || fresh;
    if (state == FILE_MISSING)
        *out = 'D';
    else if (entry.extended & INDEX_INTENT_TO_ADD)
        *out = 'A';
    else if (state == FILE_DIFFERS)
        *out = is_other_kind(entry.mode, S_ISLNK(st.st_mode) ? 0120000U : 0100000U) ? 'T' : 'M';
    return 0;
}

/* The two letters of a path of which a merge has left several sides. */
static void merge_state(unsigned sides, char *staged, char *unstaged)
{
    static const struct {
        unsigned char sides;
        char letters[2];
    } kinds[] = {{1, {'D', 'D'}}, {2, {'A', 'U'}}, {4, {'U', 'A'}}, {3, {'U', 'D'}},
                 {5, {'D', 'U'}}, {6, {'A', 'A'}}, {7, {'U', 'U'}}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].sides == sides) {
            *staged = kinds[i].letters[0];
            *unstaged = kinds[i].letters[1];
        }
}

/* The sides that a merge has left of the path at *AT. */
static int take_merge(struct workspace *workspace, struct work_status *out, size_t *at)
{
    const struct index_list *index = &workspace->index;
    const char *path = index_list_path(index, *at);
    unsigned sides = 0;
    char staged = ' ', unstaged = ' ';
    for (; *at < index->count && strcmp(index_list_path(index, *at), path) == 0; ++*at)
        sides |= 1U << ((index_list_entry(index, *at).flags & INDEX_STAGES) >> 12) >> 1;
    merge_state(sides, &staged, &unstaged);
    return note(workspace, out, path, staged, unstaged);
}

/* One path of the index, from *AT on; CHANGE: against the last commit, or NULL. */
static int take_indexed(struct workspace *workspace, struct glance *glance, struct work_status *out,
                        size_t *at, const struct tree_change *change)
{
    const struct index_entry entry = index_list_entry(&workspace->index, *at);
    char staged = ' ', unstaged = ' ';
    if (entry.flags & INDEX_STAGES)
        return take_merge(workspace, out, at);
    if (change && change->old_mode == 0)
        staged = entry.extended & INDEX_INTENT_TO_ADD ? ' ' : 'A';
    else if (change && entry.extended & INDEX_INTENT_TO_ADD)
        staged = 'D'; /* and is to be added again */
    else if (change)
        staged = is_other_kind(change->old_mode, entry.mode) ? 'T' : 'M';
    if (unstaged_state(workspace, glance, (*at)++, &out->refreshed, &unstaged) < 0)
        return -1;
    return note(workspace, out, entry.path, staged, unstaged);
}

/* The paths of the index, and those that only the last commit has. */
static int compare_index(struct workspace *workspace, struct glance *glance,
                         const struct tree_diff *staged, struct work_status *out)
{
    const struct index_list *index = &workspace->index;
    size_t at = 0, i = 0;
    while (at < index->count || i < staged->count) {
        int order = at == index->count ? 1
                    : i == staged->count
                        ? -1
                        : strcmp(index_list_path(index, at), staged->changes[i].path);
        int rc = order > 0 ? note(workspace, out, staged->changes[i].path, 'D', ' ')
                           : take_indexed(workspace, glance, out, &at,
                                          order == 0 ? &staged->changes[i] : NULL);
        if (rc < 0)
            return -1;
        i += order >= 0;
    }
    return 0;
}

int work_status_ignore(struct workspace *workspace, struct ignore *ignore)
{
    const struct settings *settings = &workspace->repository.settings;
    const struct setting *named = settings_find(settings, "core.excludesfile");
    const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
    char path[REPOSITORY_PATH_MAX] = "";
    bool fold;
    if (settings_flag(settings, "core.ignorecase", false, &fold, workspace->fault) < 0)
        return -1;
    ignore_open(ignore, fold, workspace->fault);
    if (named && named->value && strncmp(named->value, "~/", 2) == 0 && home)
        snprintf(path, sizeof path, "%s%s", home, named->value + 1);
    else if (named && named->value)
        snprintf(path, sizeof path, "%s", named->value);
    else if (xdg && *xdg)
        snprintf(path, sizeof path, "%s/git/ignore", xdg);
    else if (home)
        snprintf(path, sizeof path, "%s/.config/git/ignore", home);
    /* That of somebody else's HOME is none. */
    if (named == NULL && access(path, R_OK) < 0)
        *path = '\0';
    /* A relative one is one of the working tree, wherever we are in it. */
    if (*path && ignore_read(ignore, workspace->repository.work_dir, path, 0, false) < 0)
        return -1;
    return ignore_read(ignore, workspace->repository.common_dir, "info/exclude", 0, false);
}

/* Untracked files are looked for while the others are compared, and then some of those looked at.
 * Of the index only paths and modes are read here, which stay as they are, and what glance.h says.
 */
struct search {
    struct glance *glance;
    struct workspace *workspace;
    const struct work_status_options *options;
    struct work_status *out;
    struct ignore ignore;
    struct fault fault;
};

static int search_run(void *context)
{
    struct search *search = context;
    struct untracked_options walk = {.work_dir = search->workspace->repository.work_dir,
                                     .index = &search->workspace->index,
                                     .ignore = &search->ignore,
                                     .all = search->options->all};
    if (untracked_read(&walk, &search->out->untracked, &search->fault) < 0)
        return -1;
    walk.ignored = true;
    if (search->options->ignored &&
        untracked_read(&walk, &search->out->ignored, &search->fault) < 0)
        return -1;
    glance_run(search->glance);
    return 0;
}

static int compare(struct workspace *workspace, struct glance *glance, struct work_status *out)
{
    struct tree_diff staged = {.count = 0};
    struct file_place place;
    struct oid tree;
    bool born = workspace->head.oid.len > 0;
    int rc = 0;
    file_place_open(&place);
    workspace->files.place = &place;
    if (born)
        rc = peel_to_tree(workspace->odb, &workspace->head.oid, &tree, workspace->fault);
    if (rc == 0)
        rc = tree_diff_index(workspace->odb, born ? &tree : NULL, &workspace->index, &staged,
                             workspace->fault);
    if (rc == 0)
        rc = compare_index(workspace, glance, &staged, out);
    workspace->files.place = NULL;
    file_place_close(&place);
    tree_diff_free(&staged);
    return rc;
}

int work_status_read(struct workspace *workspace, const struct work_status_options *options,
                     struct work_status *out)
{
    struct glance glance;
    struct search search = {
        .glance = &glance, .workspace = workspace, .options = options, .out = out};
    struct beside beside;
    *out = (struct work_status){.count = 0};
    fault_clear(&search.fault);
    if (!options->untracked) {
        struct glance none = {.parts = 0};
        return compare(workspace, &none, out);
    }
    int rc = work_status_ignore(workspace, &search.ignore);
    search.ignore.fault = &search.fault;
    if (rc == 0) {
        const struct file_options files = workspace->files;
        glance_open(&glance, &workspace->index, &files);
        beside_start(&beside, search_run, &search);
        rc = compare(workspace, &glance, out);
        if (beside_end(&beside) < 0 && rc == 0)
            rc = fault_set(workspace->fault, search.fault.class, "%s", search.fault.text);
        glance_close(&glance);
    }
    ignore_close(&search.ignore);
    return rc;
}

void work_status_free(struct work_status *status)
{
    untracked_free(&status->untracked);
    untracked_free(&status->ignored);
    texts_free(status->texts);
    free(status->entries);
    *status = (struct work_status){.count = 0};
}

/* The remote-tracking branch that BRANCH follows: its full name in OUT; false: none is set up. */
static bool find_upstream(struct workspace *workspace, const char *branch, char *out, size_t size)
{
    const struct settings *settings = &workspace->repository.settings;
    const char *name = strncmp(branch, "refs/heads/", 11) == 0 ? branch + 11 : branch;
    const char *remote = settings_text(settings, "branch", name, "remote");
    size_t first = 0; /* of several, as git does */
    const struct setting *said = settings_next(settings, &first, "branch", name, "merge"), *fetch;
    const char *merge = said ? said->value : NULL;
    struct fault ignored;
    if (remote == NULL || merge == NULL)
        return false;
    if (strcmp(remote, ".") == 0)
        return (size_t)snprintf(out, size, "%s", merge) < size;
    for (size_t at = 0;
         (fetch = settings_next(settings, &at, "remote", remote, "fetch")) != NULL;) {
        struct refspec spec;
        char local[REFS_NAME_MAX];
        fault_clear(&ignored);
        if (fetch->value && refspec_parse(fetch->value, &spec, &ignored) == 0 &&
            refspec_matches(&spec, merge) > 0 && refspec_map(&spec, merge, local) == 0 && *local)
            return (size_t)snprintf(out, size, "%s", local) < size;
    }
    return false;
}

enum { LEFT = 1, RIGHT = 2, BOTH = LEFT | RIGHT };

static int push(struct commits *commits, struct commit_queue *queue, uint32_t number, unsigned side)
{
    struct commit *commit = &commits->commits[number];
    bool known = commit->flags != 0;
    if ((commit->flags & side) == side)
        return 0;
    commit->flags |= (unsigned char)side;
    if (known && commit->skip) /* still in the queue */
        return 0;
    if (commits_read(commits, number) < 0)
        return -1;
    commits->commits[number].skip = 1;
    commits->commits[number].wait = known; /* those before it have to learn of SIDE, too */
    return commit_queue_push(queue, commits, number);
}

/* Until all that is left in the queue is in both histories. */
static int walk_apart(struct commits *commits, struct commit_queue *queue)
{
    for (;;) {
        bool apart = false;
        for (size_t i = 0; i < queue->count && !apart; i++)
            apart = commits->commits[queue->numbers[i]].flags != BOTH ||
                    commits->commits[queue->numbers[i]].wait;
        if (!apart)
            return 0;
        uint32_t number = commit_queue_pop(queue, commits);
        commits->commits[number].skip = commits->commits[number].wait = 0;
        unsigned sides = commits->commits[number].flags;
        for (uint32_t i = 0; i < commits->commits[number].parent_count; i++)
            if (push(commits, queue, commits->parents[commits->commits[number].parents + i],
                     sides) < 0)
                return -1;
    }
}

/* The commits that earlier calls have read, unmarked. */
static int open_history(struct workspace *workspace)
{
    struct commits *commits = &workspace->history;
    struct shallow_list *shallow = &workspace->shallow;
    for (uint32_t i = 0; i < commits->count; i++) {
        commits->commits[i].flags = 0;
        commits->commits[i].skip = commits->commits[i].wait = 0;
    }
    if (commits->odb)
        return 0;
    shallow_open(shallow);
    if (shallow_read(workspace->repository.common_dir, workspace->repository.oid_len, shallow,
                     workspace->fault) < 0)
        return -1;
    shallow_sort(shallow);
    commits_open(commits, workspace->odb, shallow->oids, shallow->count, workspace->fault);
    return 0;
}

int work_status_ahead(struct workspace *workspace, const struct oid *left, const struct oid *right,
                      size_t *ahead, size_t *behind)
{
    struct commits *commits = &workspace->history;
    struct commit_queue queue = {.count = 0};
    uint32_t a, b;
    int rc = open_history(workspace);
    if (rc == 0)
        rc = commits_number(commits, left, &a);
    if (rc == 0)
        rc = commits_number(commits, right, &b);
    if (rc == 0)
        rc = push(commits, &queue, a, LEFT);
    if (rc == 0)
        rc = push(commits, &queue, b, RIGHT);
    if (rc == 0)
        rc = walk_apart(commits, &queue);
    *ahead = *behind = 0;
    for (uint32_t i = 0; rc == 0 && i < commits->count; i++) {
        *ahead += commits->commits[i].flags == LEFT;
        *behind += commits->commits[i].flags == RIGHT;
    }
    commit_queue_close(&queue);
    return rc;
}

int work_status_follow(struct workspace *workspace, const char *branch, const struct oid *oid,
                       struct upstream *out)
{
    *out = (struct upstream){.gone = false};
    if (!find_upstream(workspace, branch, out->name, sizeof out->name))
        return 0;
    const struct local_ref *ref = local_refs_find(&workspace->refs, out->name);
    out->gone = ref == NULL || ref->oid.len == 0;
    if (out->gone || oid->len == 0)
        return 1;
    return work_status_ahead(workspace, oid, &ref->oid, &out->ahead, &out->behind) < 0 ? -1 : 1;
}

const char *work_status_apart(const struct upstream *upstream, char out[UPSTREAM_APART])
{
    size_t ahead = upstream->ahead, behind = upstream->behind;
    int used = 0;
    strcpy(out, upstream->gone ? "gone" : "");
    if (ahead > 0)
        used = snprintf(out, UPSTREAM_APART, "ahead %zu%s", ahead, behind > 0 ? ", " : "");
    if (behind > 0)
        snprintf(out + used, UPSTREAM_APART - (size_t)used, "behind %zu", behind);
    return out;
}
