/* SPDX-License-Identifier: MIT */
/* smidgit status: what differs, in git's words. */
#include "client/detached.h"
#include "client/path_shown.h"
#include "client/unsupported.h"
#include "client/work_status.h"
#include "cmd/commands.h"
#include "proto/object.h"
#include "proto/refs.h"
#include "repo/setting_value.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct status {
    struct workspace workspace;
    struct work_status found;
    struct work_status_options what;
    bool is_short, branch, null_ended;
    const char *porcelain, *untracked; /* "" or what stands behind '=' */
    unsigned quotes;                   /* PATH_QUOTES_HIGH, or 0 */
    char here[OBJECT_PATH_MAX];        /* the current directory from the root, with a slash; "" */
};

/* PATH from the current directory, as git shows it to people; programs get it from the root. */
static const char *relative(const struct status *status, const char *path,
                            char out[PATH_RELATIVE_MAX])
{
    return status->porcelain ? path : path_relative(status->here, path, out);
}

static const char *branch_name(const struct status *status)
{
    const char *branch = status->workspace.head.branch;
    return branch && strncmp(branch, "refs/heads/", 11) == 0 ? branch + 11 : branch;
}

static int show_branch(struct status *status)
{
    struct upstream upstream;
    char end = status->null_ended ? '\0' : '\n', apart[UPSTREAM_APART];
    struct workspace *workspace = &status->workspace;
    const struct local_head *head = &workspace->head;
    if (head->branch == NULL) {
        printf("## HEAD (no branch)%c", end);
        return 0;
    }
    int rc = work_status_follow(workspace, head->branch, &head->oid, &upstream);
    printf("## %s%s", head->oid.len ? "" : "No commits yet on ", branch_name(status));
    if (rc == 1)
        printf("...%s", revision_short(&workspace->revisions, upstream.name));
    if (rc == 1 && *work_status_apart(&upstream, apart))
        printf(" [%s]", apart);
    putchar(end);
    return rc < 0 ? -1 : 0;
}

static void show_line(const struct status *status, char staged, char unstaged, const char *path)
{
    char room[PATH_RELATIVE_MAX], quotes[PATH_QUOTED_MAX];
    if (status->null_ended)
        printf("%c%c %s%c", staged, unstaged, path, '\0');
    else
        printf(
            "%c%c %s\n", staged, unstaged,
            path_quoted(relative(status, path, room), status->quotes | PATH_QUOTES_BLANKS, quotes));
}

static int show_short(struct status *status)
{
    const struct work_status *found = &status->found;
    if (status->branch && show_branch(status) < 0)
        return -1;
    for (size_t i = 0; i < found->count; i++)
        show_line(status, found->entries[i].staged, found->entries[i].unstaged,
                  found->entries[i].path);
    for (size_t i = 0; i < found->untracked.count; i++)
        show_line(status, '?', '?', found->untracked.paths[i]);
    for (size_t i = 0; i < found->ignored.count; i++)
        show_line(status, '!', '!', found->ignored.paths[i]);
    return 0;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static int show_upstream(struct status *status)
{
    struct upstream upstream;
    struct workspace *workspace = &status->workspace;
    int rc = workspace->head.branch ? work_status_follow(workspace, workspace->head.branch,
                                                         &workspace->head.oid, &upstream)
                                    : 0;
    if (rc <= 0)
        return rc;
    const char *shown = revision_short(&workspace->revisions, upstream.name);
    size_t ahead = upstream.ahead, behind = upstream.behind;
    if (upstream.gone)
        printf("Your branch is based on '%s', but the upstream is gone.\n"
               "  (use \"git branch --unset-upstream\" to fixup)\n\n",
               shown);
    else if (ahead && behind)
        printf("Your branch and '%s' have diverged,\nand have %zu and %zu different commits each, "
               "respectively.\n  (use \"git pull\" if you want to integrate the remote branch with "
               "yours)\n\n",
               shown, ahead, behind);
    else if (ahead)
        printf("Your branch is ahead of '%s' by %zu commit%s.\n"
               "  (use \"git push\" to publish your local commits)\n\n",
               shown, ahead, plural(ahead));
    else if (behind)
        printf("Your branch is behind '%s' by %zu commit%s, and can be fast-forwarded.\n"
               "  (use \"git pull\" to update your local branch)\n\n",
               shown, behind, plural(behind));
    else
        printf("Your branch is up to date with '%s'.\n\n", shown);
    return 0;
}

static const char *word(char letter)
{
    switch (letter) {
    case 'A':
        return "new file:   ";
    case 'D':
        return "deleted:    ";
    case 'T':
        return "typechange: ";
    default:
        return "modified:   ";
    }
}

static bool is_unmerged(const struct status_entry *entry)
{
    return entry->staged == 'U' || entry->unstaged == 'U' ||
           (entry->staged == entry->unstaged && (entry->staged == 'A' || entry->staged == 'D'));
}

/* One list of the long form: STAGED or not. Returns how many it has. */
static size_t show_list(const struct status *status, bool staged, const char *title)
{
    char room[PATH_RELATIVE_MAX], quotes[PATH_QUOTED_MAX];
    size_t count = 0;
    for (size_t i = 0; i < status->found.count; i++) {
        const struct status_entry *entry = &status->found.entries[i];
        char letter = staged ? entry->staged : entry->unstaged;
        if (letter == ' ' || is_unmerged(entry))
            continue;
        if (count++ == 0)
            fputs(title, stdout);
        printf("\t%s%s\n", word(letter),
               path_quoted(relative(status, entry->path, room), status->quotes, quotes));
    }
    if (count > 0)
        putchar('\n');
    return count;
}

/* What the two letters of a merge mean. */
static const char *merge_words(const struct status_entry *entry)
{
    static const struct {
        char staged, unstaged;
        const char *words;
    } kinds[] = {{'D', 'D', "both deleted:    "}, {'A', 'U', "added by us:     "},
                 {'U', 'D', "deleted by them: "}, {'U', 'A', "added by them:   "},
                 {'D', 'U', "deleted by us:   "}, {'A', 'A', "both added:      "},
                 {'U', 'U', "both modified:   "}};
    size_t i = 0;
    while (kinds[i].staged != entry->staged || kinds[i].unstaged != entry->unstaged)
        i++;
    return kinds[i].words;
}

static bool any_merge_deletion(const struct status *status)
{
    for (size_t i = 0; i < status->found.count; i++)
        if (is_unmerged(&status->found.entries[i]) &&
            (status->found.entries[i].staged == 'D' || status->found.entries[i].unstaged == 'D'))
            return true;
    return false;
}

static size_t show_unmerged(const struct status *status)
{
    char room[PATH_RELATIVE_MAX], quotes[PATH_QUOTED_MAX];
    size_t count = 0;
    for (size_t i = 0; i < status->found.count; i++) {
        const struct status_entry *entry = &status->found.entries[i];
        if (!is_unmerged(entry))
            continue;
        if (count++ == 0)
            fputs(any_merge_deletion(status)
                      ? "Unmerged paths:\n"
                        "  (use \"git add/rm <file>...\" as appropriate to mark resolution)\n"
                      : "Unmerged paths:\n  (use \"git add <file>...\" to mark resolution)\n",
                  stdout);
        printf("\t%s%s\n", merge_words(entry),
               path_quoted(relative(status, entry->path, room), status->quotes, quotes));
    }
    if (count > 0)
        putchar('\n');
    return count;
}

static size_t show_paths(const struct status *status, const struct untracked *list,
                         const char *title)
{
    char room[PATH_RELATIVE_MAX], quotes[PATH_QUOTED_MAX];
    if (list->count > 0)
        fputs(title, stdout);
    for (size_t i = 0; i < list->count; i++)
        printf("\t%s\n",
               path_quoted(relative(status, list->paths[i], room), status->quotes, quotes));
    if (list->count > 0)
        putchar('\n');
    return list->count;
}

/* Whether a file is gone: git's advice for that is another. */
static bool any_deleted(const struct status *status)
{
    for (size_t i = 0; i < status->found.count; i++)
        if (status->found.entries[i].unstaged == 'D')
            return true;
    return false;
}

static void show_merge(const struct status *status)
{
    struct stat st;
    bool unmerged = false;
    if (fstatat(status->workspace.repository.git_dir, "MERGE_HEAD", &st, 0) < 0)
        return;
    for (size_t i = 0; i < status->found.count; i++)
        unmerged = unmerged || is_unmerged(&status->found.entries[i]);
    puts(unmerged ? "You have unmerged paths.\n  (fix conflicts and run \"git commit\")\n"
                    "  (use \"git merge --abort\" to abort the merge)\n"
                  : "All conflicts fixed but you are still merging.\n"
                    "  (use \"git commit\" to conclude merge)\n");
}

static int show_long(struct status *status)
{
    const struct local_head *head = &status->workspace.head;
    char detached[2 * REFS_NAME_MAX];
    if (head->branch)
        printf("On branch %s\n", branch_name(status));
    else if (detached_describe(&status->workspace, detached, sizeof detached) == 0)
        puts(*detached ? detached : "Not currently on any branch.");
    else
        return -1;
    if (show_upstream(status) < 0)
        return -1;
    if (head->oid.len == 0)
        puts("\nNo commits yet\n");
    show_merge(status);
    size_t staged =
        show_list(status, true,
                  head->oid.len ? "Changes to be committed:\n"
                                  "  (use \"git restore --staged <file>...\" to unstage)\n"
                                : "Changes to be committed:\n"
                                  "  (use \"git rm --cached <file>...\" to unstage)\n");
    size_t others = show_unmerged(status);
    others += show_list(status, false,
                        any_deleted(status)
                            ? "Changes not staged for commit:\n"
                              "  (use \"git add/rm <file>...\" to update what will be committed)\n"
                              "  (use \"git restore <file>...\" to discard changes in working "
                              "directory)\n"
                            : "Changes not staged for commit:\n"
                              "  (use \"git add <file>...\" to update what will be committed)\n"
                              "  (use \"git restore <file>...\" to discard changes in working "
                              "directory)\n");
    size_t untracked =
        show_paths(status, &status->found.untracked,
                   "Untracked files:\n  (use \"git add <file>...\" to include in what "
                   "will be committed)\n");
    show_paths(status, &status->found.ignored,
               "Ignored files:\n  (use \"git add -f <file>...\" to include in what will be "
               "committed)\n");
    if (staged > 0) {
        if (!status->what.untracked)
            puts("Untracked files not listed (use -u option to show untracked files)");
        return 0;
    }
    if (others > 0)
        puts("no changes added to commit (use \"git add\" and/or \"git commit -a\")");
    else if (untracked > 0)
        puts("nothing added to commit but untracked files present (use \"git add\" to track)");
    else if (head->oid.len == 0)
        puts("nothing to commit (create/copy files and use \"git add\" to track)");
    else
        puts(status->what.untracked ? "nothing to commit, working tree clean"
                                    : "nothing to commit (use -u to show untracked files)");
    return 0;
}

/* What was found out about files is kept for the next time, if nobody else is at it. */
static void keep_refreshed(struct status *status)
{
    struct workspace *workspace = &status->workspace;
    struct fault unimportant;
    fault_clear(&unimportant);
    if (!status->found.refreshed ||
        index_lock_take(&workspace->lock, &workspace->repository.lock,
                        workspace->repository.git_dir, &unimportant) < 0)
        return;
    struct index_list now;
    /* It may have been written again since it was read. */
    bool same =
        index_list_read(workspace->repository.git_dir, workspace->hash, &now, &unimportant) == 0 &&
        now.written_s == workspace->index.written_s &&
        now.written_ns == workspace->index.written_ns && now.count == workspace->index.count;
    if (same)
        index_lock_write(&workspace->lock, &workspace->index, NULL, 0, &workspace->files,
                         workspace->odb, false, &unimportant);
    index_list_free(&now);
}

/* "status.relativePaths" and so on are for people: not for --porcelain, not for -z. */
static int take_settings(struct status *status, struct fault *fault)
{
    const struct settings *settings = &status->workspace.repository.settings;
    const struct setting *untracked = settings_find(settings, "status.showuntrackedfiles");
    const char *mode = status->untracked ? status->untracked : untracked ? untracked->value : NULL;
    bool relative = true, is_short = false, branch = false;
    if (path_quotes(settings, &status->quotes, fault) < 0)
        return -1;
    const struct setting said = {.name = "", .file = "", .value = mode};
    status->what.all = mode && (*mode == '\0' || strcmp(mode, "all") == 0);
    status->what.untracked = true;
    /* git 2.45 takes a yes or no as well; "no" is one. */
    if (mode && !status->what.all && strcmp(mode, "normal") != 0 &&
        setting_flag(&said, true, &status->what.untracked, fault) < 0) {
        fault_clear(fault);
        return fault_set(fault, status->untracked ? FAULT_USAGE : FAULT_LOCAL,
                         "Invalid untracked files mode '%s'", mode);
    }
    if (status->porcelain == NULL && !status->null_ended &&
        (settings_flag(settings, "status.short", false, &is_short, fault) < 0 ||
         settings_flag(settings, "status.branch", false, &branch, fault) < 0 ||
         settings_flag(settings, "status.relativepaths", true, &relative, fault) < 0))
        return -1;
    status->is_short |= is_short;
    status->branch |= branch;
    if (relative)
        path_here(&status->workspace.repository, status->here);
    return 0;
}

static int work(struct status *status, int count, struct fault *fault)
{
    struct workspace *workspace = &status->workspace;
    if (workspace_open(workspace, fault) < 0)
        return -1;
    if (count > 0)
        return fault_set(fault, FAULT_USAGE, "status: takes no paths");
    if (status->porcelain && *status->porcelain && strcmp(status->porcelain, "v1") != 0 &&
        strcmp(status->porcelain, "1") != 0)
        return fault_set(fault, FAULT_USAGE, "unsupported porcelain version '%s'",
                         status->porcelain);
    if (take_settings(status, fault) < 0)
        return -1;
    unsupported_warn(&workspace->repository.settings, UNSUPPORTED_COMPARES);
    if (workspace_index(workspace, false) < 0 ||
        work_status_read(workspace, &status->what, &status->found) < 0)
        return -1;
    if (status->null_ended && !status->is_short && !status->porcelain)
        status->porcelain = "";
    int rc = status->is_short || status->porcelain ? show_short(status) : show_long(status);
    keep_refreshed(status);
    return rc;
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct status *status = self;
    (void)arguments;
    int rc = work(status, count, fault);
    work_status_free(&status->found);
    workspace_close(&status->workspace);
    return rc;
}

static const struct option options[] = {
    {"short", 's', OPTION_FLAG, offsetof(struct status, is_short), .help = "a line a path"},
    {"porcelain", 0, OPTION_OPTIONAL, offsetof(struct status, porcelain), .word = "v1",
     .help = "the same, and for programs"},
    {"branch", 'b', OPTION_FLAG, offsetof(struct status, branch),
     .help = "the branch, too, in the short forms"},
    {NULL, 'z', OPTION_FLAG, offsetof(struct status, null_ended),
     .help = "NUL behind each path, and no quotes"},
    {"untracked-files", 'u', OPTION_OPTIONAL, offsetof(struct status, untracked), .word = "MODE",
     .help = "no, normal or all (the option alone)"},
    {"ignored", 0, OPTION_FLAG, offsetof(struct status, what.ignored),
     .help = "what is ignored, too"},
    {.kind = OPTION_REST},
};

const struct command status_command = {
    .name = "status",
    .summary = "what differs between the last commit, the index and the files",
    .usage = "status [-s] [--porcelain] [-b] [-z] [-u[MODE]] [--ignored]",
    .options = options,
    .size = sizeof(struct status),
    .run = run,
};
