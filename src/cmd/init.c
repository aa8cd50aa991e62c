/* SPDX-License-Identifier: MIT */
/* smidgit init: an empty repository, here or in a directory. */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "cmd/commands.h"
#include "proto/refs.h"
#include "repo/config_edit.h"
#include "repo/refdb.h"
#include "repo/repository.h"
#include "repo/staging.h"
#include "system/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct init {
    bool bare, quiet;
    const char *branch;
    struct fault *fault;
};

/* "refs/heads/main": what was asked for, or is configured, or what git takes. */
static int find_branch(const struct init *init, char out[REFS_NAME_MAX])
{
    const struct settings_options options = {.git_dir = NULL};
    struct settings settings;
    int rc = settings_read(&options, &settings, init->fault);
    const struct setting *said = rc == 0 ? settings_find(&settings, "init.defaultbranch") : NULL;
    const char *name = init->branch ? init->branch : said && said->value ? said->value : "master";
    int length = snprintf(out, REFS_NAME_MAX, "refs/heads/%s", name);
    if (rc == 0 &&
        (length >= REFS_NAME_MAX || *name == '-' || !refs_name_valid(out, (size_t)length, false)))
        rc = fault_set(init->fault, FAULT_USAGE, "invalid initial branch name: '%.200s'", name);
    settings_free(&settings);
    return rc;
}

/* What the disk cannot do, found out as git does. */
static int write_config(const struct init *init, int git_dir)
{
    struct stat st, after;
    const char *values[] = {"0",  "true", init->bare ? "true" : "false", init->bare ? NULL : "true",
                            NULL, NULL};
    static const char *const names[] = {
        "core.repositoryformatversion", "core.filemode", "core.bare",
        "core.logallrefupdates",        "core.symlinks", "core.ignorecase"};
    if (config_set(git_dir, "config", names[0], values[0], init->fault) < 0)
        return -1;
    if (fstatat(git_dir, "config", &st, 0) < 0 ||
        fchmodat(git_dir, "config", st.st_mode ^ S_IXUSR, 0) < 0 ||
        fstatat(git_dir, "config", &after, 0) < 0 || after.st_mode == st.st_mode ||
        fchmodat(git_dir, "config", st.st_mode, 0) < 0)
        values[1] = "false";
    if (symlinkat("link", git_dir, "link") < 0)
        values[4] = "false";
    unlinkat(git_dir, "link", 0);
    if (faccessat(git_dir, "CoNfIg", F_OK, 0) == 0)
        values[5] = "true";
    for (size_t i = 1; i < sizeof names / sizeof *names; i++)
        if (values[i] && config_set(git_dir, "config", names[i], values[i], init->fault) < 0)
            return -1;
    return 0;
}

/* HEAD comes last: without it this is no repository, and the next run makes it anew. With it
 * (THERE) what is missing is made, like directories that a copy has left out because they were
 * empty. */
static int make(const struct init *init, int git_dir, const char *branch, bool there)
{
    struct staging stage = {.git_dir = git_dir, .fault = init->fault};
    if (staging_skeleton(&stage) < 0 ||
        (!(there && faccessat(git_dir, "config", F_OK, 0) == 0) && write_config(init, git_dir) < 0))
        return -1;
    return there ? 0 : refdb_write_symbolic(git_dir, "HEAD", branch, true, init->fault);
}

static int say(const struct init *init, const char *path, const char *what)
{
    char *real = realpath(path, NULL);
    if (real == NULL)
        return fault_set(init->fault, FAULT_LOCAL, "cannot find '%.400s': %s", path,
                         strerror(errno));
    if (!init->quiet)
        printf("%s Git repository in %s%s\n", what, real, strcmp(real, "/") == 0 ? "" : "/");
    free(real);
    return 0;
}

/* ".git" can be a file that says where the repository is. */
static int again(const struct init *init)
{
    struct repository repository;
    int rc = repository_open(&repository, init->fault);
    if (rc == 0)
        rc = say(init, repository.git_path, "Reinitialized existing");
    repository_close(&repository);
    return rc;
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct init *init = self;
    const char *path = init->bare ? "." : ".git", *named = getenv("GIT_DIR");
    char branch[REFS_NAME_MAX];
    struct stat st;
    init->fault = fault;
    if (count > 1 || (named && *named))
        return fault_set(fault, FAULT_USAGE,
                         count > 1 ? "init: at most one directory"
                                   : "init: GIT_DIR has no meaning here");
    if (find_branch(init, branch) < 0)
        return -1;
    if (count == 1 && fs_make_dirs(AT_FDCWD, arguments[0], fault) < 0)
        return -1;
    if (count == 1 && chdir(arguments[0]) < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot change to '%.400s': %s", arguments[0],
                         strerror(errno));
    if (!init->bare && lstat(path, &st) == 0 && S_ISREG(st.st_mode))
        return again(init);
    if (fs_make_dirs(AT_FDCWD, path, fault) < 0)
        return -1;
    int git_dir = fs_open_dir(AT_FDCWD, path, fault);
    if (git_dir < 0)
        return -1;
    bool there = fstatat(git_dir, "HEAD", &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (there && init->branch)
        fprintf(stderr, "warning: re-init: ignored --initial-branch=%s\n", init->branch);
    int rc = make(init, git_dir, branch, there);
    close(git_dir);
    return rc < 0 ? -1 : say(init, path, there ? "Reinitialized existing" : "Initialized empty");
}

static const struct option options[] = {
    {"bare", 0, OPTION_FLAG, offsetof(struct init, bare), .help = "no working tree"},
    {"initial-branch", 'b', OPTION_TEXT, offsetof(struct init, branch), .word = "NAME",
     .help = "instead of init.defaultBranch, or master"},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct init, quiet), .help = "errors only"},
    {.kind = OPTION_REST},
};

const struct command init_command = {
    .name = "init",
    .summary = "make an empty repository",
    .usage = "init [--bare] [-b NAME] [-q] [DIR]",
    .options = options,
    .size = sizeof(struct init),
    .run = run,
};
