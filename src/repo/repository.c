/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "repo/repository.h"

#include "proto/bytes.h"
#include "system/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINK_MAX_BYTES = REPOSITORY_PATH_MAX + 64 /* of a ".git" file, or "commondir" */ };

static bool is_there(const char *directory, const char *name)
{
    char path[REPOSITORY_PATH_MAX + 16];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return lstat(path, &st) == 0;
}

static bool is_git_dir(const char *path)
{
    return is_there(path, "HEAD") &&
           (is_there(path, "commondir") || (is_there(path, "objects") && is_there(path, "refs")));
}

/* A directory's path as it is, without links. 0 or -1. */
static int real_path(const char *path, char out[REPOSITORY_PATH_MAX], struct fault *fault)
{
    char *real = realpath(path, NULL);
    int rc = 0;
    if (real == NULL)
        rc = fault_set(fault, FAULT_LOCAL, "cannot find '%.400s': %s", path, strerror(errno));
    else if (strlen(real) >= REPOSITORY_PATH_MAX)
        rc = fault_set(fault, FAULT_LOCAL, "a path of %zu bytes", strlen(real));
    else
        strcpy(out, real);
    free(real);
    return rc;
}

/* The directory that the file BASE/NAME names: PREFIX path LF. 1, 0 when there is no such file, -1.
 */
static int follow(const char *base, const char *name, const char *prefix,
                  char out[REPOSITORY_PATH_MAX], struct fault *fault)
{
    char path[2 * REPOSITORY_PATH_MAX + 64], *text;
    size_t size;
    snprintf(path, sizeof path, "%s/%s", base, name);
    if (fs_read(AT_FDCWD, path, LINK_MAX_BYTES, false, &text, &size, fault) < 0)
        return -1;
    if (text == NULL)
        return 0;
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r'))
        text[--size] = '\0';
    const char *target = text + strlen(prefix);
    int rc = strncmp(text, prefix, strlen(prefix)) == 0 && *target
                 ? 0
                 : fault_set(fault, FAULT_LOCAL,
                             "invalid file '%.400s': \"%s\" and a path expected", path, prefix);
    if (rc == 0) {
        snprintf(path, sizeof path, "%s%s%s", *target == '/' ? "" : base, *target == '/' ? "" : "/",
                 target);
        rc = real_path(path, out, fault);
    }
    free(text);
    return rc < 0 ? -1 : 1;
}

/* Whether DIRECTORY has a ".git": 1 and git_path, 0, -1. */
static int look_in(struct repository *repository, const char *directory)
{
    char path[REPOSITORY_PATH_MAX + 8];
    struct stat st;
    snprintf(path, sizeof path, "%s/.git", directory);
    if (lstat(path, &st) < 0)
        return 0;
    if (S_ISREG(st.st_mode)) {
        int rc = follow(directory, ".git", "gitdir: ", repository->git_path, repository->fault);
        if (rc == 1 && !is_git_dir(repository->git_path))
            return fault_set(repository->fault, FAULT_LOCAL, "not a git repository: %.400s",
                             repository->git_path);
        return rc;
    }
    if (!is_git_dir(path))
        return 0;
    return real_path(path, repository->git_path, repository->fault) < 0 ? -1 : 1;
}

/* Whether GIT_CEILING_DIRECTORIES has the directory of ST. */
static bool is_ceiling(const struct stat *st)
{
    const char *at = getenv("GIT_CEILING_DIRECTORIES");
    char path[REPOSITORY_PATH_MAX];
    struct stat ceiling;
    bool is = false;
    for (size_t length; !is && at && *at; at += length + (at[length] == ':')) {
        length = strcspn(at, ":");
        snprintf(path, sizeof path, "%.*s", length < sizeof path ? (int)length : 0, at);
        is = *path == '/' && stat(path, &ceiling) == 0 && ceiling.st_dev == st->st_dev &&
             ceiling.st_ino == st->st_ino;
    }
    return is;
}

static int discover(struct repository *repository)
{
    char at[REPOSITORY_PATH_MAX];
    struct stat here, up;
    if (real_path(".", at, repository->fault) < 0)
        return -1;
    if (stat(at, &here) < 0)
        return fault_set(repository->fault, FAULT_LOCAL, "cannot look at '%.400s': %s", at,
                         strerror(errno));
    for (;;) {
        int rc = look_in(repository, at);
        if (rc != 0) {
            strcpy(repository->work_path, at);
            return rc < 0 ? -1 : 0;
        }
        if (is_git_dir(at)) {
            strcpy(repository->git_path, at);
            return 0;
        }
        char *slash = strrchr(at, '/');
        bool root = slash == NULL || at[1] == '\0';
        if (!root)
            slash[slash == at] = '\0';
        if (root || stat(at, &up) < 0 || is_ceiling(&up))
            return fault_set(repository->fault, FAULT_LOCAL,
                             "not a git repository (or any of the parent directories): .git");
        if (up.st_dev != here.st_dev && getenv("GIT_DISCOVERY_ACROSS_FILESYSTEM") == NULL)
            return fault_set(repository->fault, FAULT_LOCAL,
                             "not a git repository (or any of the parent directories of this file "
                             "system: GIT_DISCOVERY_ACROSS_FILESYSTEM is not set): .git");
    }
}

/* GIT_DIR: a directory, or a file that names one. */
static int find_named(struct repository *repository, const char *named)
{
    char base[REPOSITORY_PATH_MAX];
    struct stat st;
    int rc;
    if (stat(named, &st) == 0 && S_ISREG(st.st_mode) && strlen(named) < sizeof base) {
        const char *slash = strrchr(named, '/');
        snprintf(base, sizeof base, "%.*s", slash ? (int)(slash - named) + 1 : 1,
                 slash ? named : ".");
        rc = follow(base, slash ? slash + 1 : named, "gitdir: ", repository->git_path,
                    repository->fault);
    } else {
        rc = real_path(named, repository->git_path, repository->fault);
    }
    if (rc < 0)
        return -1;
    return is_git_dir(repository->git_path)
               ? 0
               : fault_set(repository->fault, FAULT_LOCAL, "not a git repository: '%.400s'", named);
}

static int find(struct repository *repository)
{
    const char *named = getenv("GIT_DIR"), *work = getenv("GIT_WORK_TREE");
    if ((named ? find_named(repository, named) : discover(repository)) < 0)
        return -1;
    if (work && *work)
        return real_path(work, repository->work_path, repository->fault);
    return named ? real_path(".", repository->work_path, repository->fault) : 0;
}

/* Only who runs this, or as root who has called sudo, may own what says how this works (P12). */
static bool is_own(const char *path)
{
    struct stat st;
    uint64_t sudo;
    const char *said = getenv("SUDO_UID");
    if (*path == '\0')
        return true;
    if (stat(path, &st) < 0)
        return false;
    if (st.st_uid == geteuid())
        return true;
    return geteuid() == 0 && said && bytes_decimal(said, strlen(said), &sudo) == 0 &&
           sudo == st.st_uid;
}

/* Whether SAID, which may begin with "~/", is PATH. */
static bool is_path(const char *said, const char *path)
{
    const char *home = getenv("HOME");
    if (strncmp(said, "~/", 2) != 0 || home == NULL)
        return strcmp(said, path) == 0;
    size_t length = strlen(home);
    return strncmp(path, home, length) == 0 && strcmp(path + length, said + 1) == 0;
}

/* safe.directory, which no repository can say of itself: "*" and paths; an empty one resets. */
static bool is_safe(const struct settings *settings, const char *path)
{
    bool safe = false;
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->all[i];
        if (strcmp(setting->name, "safe.directory") != 0 || setting->scope == SETTINGS_LOCAL ||
            setting->value == NULL)
            continue;
        if (setting->value[0] == '\0')
            safe = false;
        else if (strcmp(setting->value, "*") == 0 || is_path(setting->value, path))
            safe = true;
    }
    return safe;
}

/* What GIT_DIR names was not found, but asked for. */
static int check_owner(struct repository *repository)
{
    const char *path = repository->work_path[0] ? repository->work_path : repository->git_path;
    const struct settings_options options = {.git_dir = NULL};
    struct settings settings = {.count = 0};
    if (getenv("GIT_DIR") || (is_own(repository->git_path) && is_own(repository->work_path)))
        return 0;
    int rc = settings_read(&options, &settings, repository->fault);
    if (rc == 0 && !is_safe(&settings, path))
        rc =
            fault_set(repository->fault, FAULT_LOCAL,
                      "detected dubious ownership in repository at '%.400s': it belongs to "
                      "somebody else. If you trust it, add safe.directory = %.400s to ~/.gitconfig",
                      path, path);
    settings_free(&settings);
    return rc;
}

/* extensions.* that change nothing for what is done here, or are understood. */
static bool is_known_extension(const char *name)
{
    static const char *const known[] = {"noop", "noop-v1", "preciousobjects", "worktreeconfig",
                                        "objectformat"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i]) == 0)
            return true;
    return false;
}

static int check_extensions(struct repository *repository, bool version_1)
{
    static const char prefix[] = "extensions.";
    for (size_t i = 0; i < repository->settings.count; i++) {
        const struct setting *setting = &repository->settings.all[i];
        const char *name = setting->name + sizeof prefix - 1, *value = setting->value;
        if (setting->scope != SETTINGS_LOCAL ||
            strncmp(setting->name, prefix, sizeof prefix - 1) != 0)
            continue;
        if (strcmp(name, "refstorage") == 0 && value && strcasecmp(value, "files") == 0)
            continue;
        if (!is_known_extension(name) &&
            (version_1 || strcmp(name, "refstorage") == 0 || strcmp(name, "partialclone") == 0))
            return fault_set(repository->fault, FAULT_LOCAL,
                             "the repository needs '%s', which smidgit does not have",
                             setting->name);
        if (strcmp(name, "objectformat") == 0 && version_1 && value) {
            if (strcasecmp(value, "sha1") != 0 && strcasecmp(value, "sha256") != 0)
                return fault_set(repository->fault, FAULT_LOCAL, "unknown object format '%.100s'",
                                 value);
            repository->oid_len = strcasecmp(value, "sha256") == 0 ? OID_SHA256 : OID_SHA1;
        }
    }
    return 0;
}

static int check_format(struct repository *repository)
{
    const char *said = NULL;
    uint64_t version = 0;
    struct stat st;
    for (size_t i = 0; i < repository->settings.count; i++)
        if (strcmp(repository->settings.all[i].name, "core.repositoryformatversion") == 0 &&
            repository->settings.all[i].scope == SETTINGS_LOCAL)
            said = repository->settings.all[i].value;
    if (said && (bytes_decimal(said, strlen(said), &version) < 0 || version > 1))
        return fault_set(repository->fault, FAULT_LOCAL,
                         "repository format version %.40s; 0 and 1 are understood", said);
    if (fstatat(repository->common_dir, "objects/info/alternates", &st, 0) == 0 && st.st_size > 0)
        return fault_set(repository->fault, FAULT_LOCAL,
                         "the repository borrows objects of others (objects/info/alternates), "
                         "which smidgit does not follow");
    return check_extensions(repository, version == 1);
}

/* A bare repository has no working tree; core.worktree says another one. A linked one is what its
 * directory is, whatever the repository says of itself; and GIT_WORK_TREE counts most. */
static int find_work_tree(struct repository *repository)
{
    const struct setting *said = settings_find(&repository->settings, "core.worktree");
    bool linked = strcmp(repository->git_path, repository->common_path) != 0, bare;
    bool named = getenv("GIT_WORK_TREE") && *getenv("GIT_WORK_TREE");
    if (settings_flag(&repository->settings, "core.bare", repository->work_path[0] == '\0', &bare,
                      repository->fault) < 0)
        return -1;
    if (named || linked)
        bare = repository->work_path[0] == '\0';
    if (bare) {
        repository->work_path[0] = '\0';
        return 0;
    }
    if (said && said->scope == SETTINGS_LOCAL && said->value && !named && !linked) {
        char path[2 * REPOSITORY_PATH_MAX];
        bool absolute = *said->value == '/';
        snprintf(path, sizeof path, "%s%s%.4000s", absolute ? "" : repository->git_path,
                 absolute ? "" : "/", said->value);
        if (real_path(path, repository->work_path, repository->fault) < 0)
            return -1;
    }
    if (repository->work_path[0] == '\0')
        return 0;
    repository->work_dir = fs_open_dir(AT_FDCWD, repository->work_path, repository->fault);
    return repository->work_dir < 0 ? -1 : 0;
}

/* "main", when HEAD says so: for includeIf. */
static const char *branch_of(struct repository *repository, char *text, size_t room)
{
    static const char prefix[] = "ref: refs/heads/";
    char *head;
    size_t size;
    if (fs_read(repository->git_dir, "HEAD", room - 1, false, &head, &size, repository->fault) < 0)
        fault_clear(repository->fault); /* whoever needs HEAD will say so */
    if (head == NULL)
        return NULL;
    head[strcspn(head, "\n")] = '\0';
    bool is_branch = strncmp(head, prefix, sizeof prefix - 1) == 0;
    snprintf(text, room, "%s", is_branch ? head + sizeof prefix - 1 : "");
    free(head);
    return is_branch ? text : NULL;
}

int repository_own(const struct repository *repository, const char *variable, int dir,
                   const char *name, struct fault *fault)
{
    const char *said = getenv(variable);
    int from = repository->work_dir >= 0 ? repository->work_dir : AT_FDCWD;
    struct stat own, named;
    if (said == NULL || (fstatat(dir, name, &own, 0) == 0 && fstatat(from, said, &named, 0) == 0 &&
                         own.st_dev == named.st_dev && own.st_ino == named.st_ino))
        return 0;
    return fault_set(fault, FAULT_LOCAL,
                     "%s says '%.400s', and smidgit works on nothing but the repository's own",
                     variable, said);
}

int repository_open(struct repository *repository, struct fault *fault)
{
    char branch[REPOSITORY_PATH_MAX];
    *repository = (struct repository){
        .git_dir = -1, .common_dir = -1, .work_dir = -1, .oid_len = OID_SHA1, .fault = fault};
    repo_lock_open(&repository->lock, -1);
    if (find(repository) < 0 || check_owner(repository) < 0)
        return -1;
    int rc = follow(repository->git_path, "commondir", "", repository->common_path, fault);
    if (rc < 0)
        return -1;
    if (rc == 0)
        strcpy(repository->common_path, repository->git_path);
    repository->git_dir = fs_open_dir(AT_FDCWD, repository->git_path, fault);
    if (repository->git_dir < 0)
        return -1;
    repo_lock_open(&repository->lock, repository->git_dir);
    repository->common_dir = fs_open_dir(AT_FDCWD, repository->common_path, fault);
    if (repository->common_dir < 0 ||
        repository_own(repository, "GIT_COMMON_DIR", repository->common_dir, ".", fault) < 0)
        return -1;
    struct settings_options options = {
        .git_dir = repository->git_path,
        .common_dir = repository->common_path,
        .branch = branch_of(repository, branch, sizeof branch),
    };
    if (settings_read(&options, &repository->settings, fault) < 0 || check_format(repository) < 0)
        return -1;
    return find_work_tree(repository);
}

void repository_close(struct repository *repository)
{
    repo_lock_close(&repository->lock);
    settings_free(&repository->settings);
    if (repository->git_dir >= 0)
        close(repository->git_dir);
    if (repository->common_dir >= 0)
        close(repository->common_dir);
    if (repository->work_dir >= 0)
        close(repository->work_dir);
    repository->git_dir = repository->common_dir = repository->work_dir = -1;
}
