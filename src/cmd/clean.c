/* SPDX-License-Identifier: MIT */
/* smidgit clean: files go that the index does not have. */
#include "client/cleanup.h"
#include "client/path_shown.h"
#include "cmd/commands.h"
#include "cmd/paths.h"
#include "system/fs.h"
#include "system/interrupt.h"

#include <stdio.h>
#include <string.h>

struct clean {
    struct workspace workspace;
    struct cleanup found;
    struct cleanup_options options;
    struct paths paths;
    bool force, dry_run, quiet;
    unsigned quotes; /* of names, as path_quoted() takes them */
    char here[OBJECT_PATH_MAX];
};

static int remove_all(struct clean *clean)
{
    char relative[PATH_RELATIVE_MAX], quotes[PATH_QUOTED_MAX], path[OBJECT_PATH_MAX];
    struct fault *fault = clean->workspace.fault;
    size_t failed = 0;
    for (size_t i = 0; i < clean->found.count; i++) {
        const struct cleanup_path *one = &clean->found.paths[i];
        const char *shown =
            path_quoted(path_relative(clean->here, one->path, relative), clean->quotes, quotes);
        struct fault why;
        fault_clear(&why);
        if (interrupt_seen)
            return fault_set(fault, FAULT_INTERRUPTED, "interrupted");
        if (!clean->quiet || clean->dry_run)
            printf(one->repository  ? (clean->dry_run ? "Would skip repository %s\n"
                                                      : "Skipping repository %s\n")
                   : clean->dry_run ? "Would remove %s\n"
                                    : "Removing %s\n",
                   shown);
        if (one->repository || clean->dry_run)
            continue;
        snprintf(path, sizeof path, "%s", one->path);
        if (path[strlen(path) - 1] == '/')
            path[strlen(path) - 1] = '\0';
        if (fs_remove(clean->workspace.repository.work_dir, path, &why) < 0) {
            fprintf(stderr, "warning: failed to remove %s: %s\n", shown, why.text);
            failed++;
        }
    }
    return failed ? fault_set(fault, FAULT_NO, "not all could be removed") : 0;
}

static int work(struct clean *clean, int count, char **arguments, struct fault *fault)
{
    struct workspace *workspace = &clean->workspace;
    char *here[] = {"."};
    bool needed;
    if (workspace_open(workspace, fault) < 0 ||
        settings_flag(&workspace->repository.settings, "clean.requireforce", true, &needed, fault) <
            0 ||
        path_quotes(&workspace->repository.settings, &clean->quotes, fault) < 0)
        return -1;
    if (clean->options.ignored && clean->options.only_ignored)
        return fault_set(fault, FAULT_USAGE, "-x and -X cannot be used together");
    if (needed && !clean->force && !clean->dry_run)
        return fault_set(fault, FAULT_LOCAL,
                         "clean.requireForce defaults to true and neither -n nor -f given; "
                         "refusing to clean");
    if (workspace_index(workspace, false) < 0)
        return -1;
    path_here(&workspace->repository, clean->here);
    clean->options.here = clean->here;
    clean->options.directories = clean->options.directories || count > 0;
    if (count > 0 || *clean->here) {
        if (paths_open(&clean->paths, &workspace->repository, count ? count : 1,
                       count ? arguments : here, fault) < 0)
            return -1;
        clean->options.paths = paths_set(&clean->paths);
    }
    if (cleanup_read(workspace, &clean->options, &clean->found) < 0)
        return -1;
    return remove_all(clean);
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct clean *clean = self;
    int rc = work(clean, count, arguments, fault);
    cleanup_free(&clean->found);
    paths_close(&clean->paths);
    workspace_close(&clean->workspace);
    return rc;
}

static const struct option options[] = {
    {"force", 'f', OPTION_FLAG, offsetof(struct clean, force), .help = "needed, or -n"},
    {"dry-run", 'n', OPTION_FLAG, offsetof(struct clean, dry_run),
     .help = "show what would go, and touch nothing"},
    {NULL, 'd', OPTION_FLAG, offsetof(struct clean, options.directories),
     .help = "directories, too"},
    {NULL, 'x', OPTION_FLAG, offsetof(struct clean, options.ignored),
     .help = "what is ignored, too"},
    {NULL, 'X', OPTION_FLAG, offsetof(struct clean, options.only_ignored),
     .help = "only what is ignored"},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct clean, quiet), .help = "errors only"},
    {.kind = OPTION_REST},
};

const struct command clean_command = {
    .name = "clean",
    .summary = "remove files that are not tracked",
    .usage = "clean -f|-n [-d] [-x|-X] [-q] [PATH...]",
    .options = options,
    .size = sizeof(struct clean),
    .run = run,
};
