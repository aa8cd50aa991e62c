/* SPDX-License-Identifier: MIT */
/* Which repository a command works in, in layouts made by stock git, as git rev-parse has it; and
 * what is refused: formats that are not known, and what somebody else owns. */
#include "repo/repository.h"

#include "scratch.h"

static struct fault fault;

struct row {
    const char *why, *script, *directory; /* where the command runs */
    const char *environment[4];           /* "%" stands for the scratch directory */
    const char *refused;                  /* part of the sentence; NULL: as git has it */
};

static const struct row rows[] = {
    {"the top", "git init -q r", "r", {0}, NULL},
    {"below", "git init -q r; mkdir -p r/a/b/c", "r/a/b/c", {0}, NULL},
    {"in .git", "git init -q r", "r/.git", {0}, NULL},
    {"deep in .git", "git init -q r", "r/.git/objects/info", {0}, NULL},
    {"bare", "git init -q --bare r", "r", {0}, NULL},
    {"below a bare one", "git init -q --bare r", "r/refs/heads", {0}, NULL},
    {"one in another", "git init -q r; git init -q r/a; mkdir r/a/b", "r/a/b", {0}, NULL},
    {"a bare one in another", "git init -q r; git init -q --bare r/a", "r/a", {0}, NULL},
    {"a .git that is empty", "git init -q r; mkdir -p r/a/.git", "r/a", {0}, NULL},
    {"a .git that is a link", "git init -q r; mv r/.git x; ln -s ../x r/.git", "r", {0}, NULL},
    {"a directory behind a link", "git init -q r; mkdir r/a; ln -s r/a l", "l", {0}, NULL},
    {".git, a file", "git init -q --separate-git-dir=x r; mkdir r/a", "r/a", {0}, NULL},
    {".git, a file with a relative path",
     "git init -q r; mv r/.git r/x; echo 'gitdir: x' >r/.git; mkdir r/a",
     "r/a",
     {0},
     NULL},
    {".git, a file without an LF",
     "git init -q r; mv r/.git x; printf 'gitdir: ../x' >r/.git",
     "r",
     {0},
     NULL},
    {".git, a file that leads nowhere",
     "mkdir r; echo 'gitdir: x' >r/.git",
     "r",
     {0},
     "cannot find"},
    {".git, a file that leads to no repository",
     "mkdir -p r/x; echo 'gitdir: x' >r/.git",
     "r",
     {0},
     "not a git repository"},
    {".git, a file of something else", "mkdir r; echo x >r/.git", "r", {0}, "invalid file"},
    {".git, an empty file", "mkdir r; : >r/.git", "r", {0}, "invalid file"},
    {".git, a file without a path", "mkdir r; echo 'gitdir: ' >r/.git", "r", {0}, "invalid file"},
    {"none", "mkdir r", "r", {0}, "not a git repository"},
    {"a worktree", "c r; git -C r worktree add -q ../w; mkdir w/a", "w/a", {0}, NULL},
    {"a worktree's own .git",
     "c r; git -C r worktree add -q ../w",
     "r/.git/worktrees/w",
     {0},
     NULL},
    {"a worktree of a bare one",
     "c x; git clone -q --bare x r; git -C r worktree add -q ../w",
     "w",
     {0},
     NULL},
    {"a submodule",
     "c s; c r; cd r; git -c protocol.file.allow=always submodule -q add ../s s; cd ..",
     "r/s",
     {0},
     NULL},
    {"GIT_DIR", "git init -q r; mkdir -p a", "a", {"GIT_DIR=%/r/.git"}, NULL},
    {"GIT_DIR, relative", "git init -q r; mkdir -p a", "a", {"GIT_DIR=../r/.git"}, NULL},
    {"GIT_DIR of a bare one", "git init -q --bare r; mkdir -p a", "a", {"GIT_DIR=%/r"}, NULL},
    {"GIT_DIR and another here", "git init -q r; git init -q a", "a", {"GIT_DIR=%/r/.git"}, NULL},
    {"GIT_DIR, empty", "git init -q r", "r", {"GIT_DIR="}, "cannot find"},
    {"GIT_DIR, a .git file",
     "git init -q --separate-git-dir=x r; mkdir -p a",
     "a",
     {"GIT_DIR=%/r/.git"},
     NULL},
    {"GIT_DIR, none", "git init -q r", "r", {"GIT_DIR=%/x"}, ""},
    {"GIT_DIR, no repository",
     "git init -q r; mkdir x",
     "r",
     {"GIT_DIR=%/x"},
     "not a git repository"},
    {"GIT_DIR and GIT_WORK_TREE",
     "git init -q r; mkdir -p a b",
     "a",
     {"GIT_DIR=%/r/.git", "GIT_WORK_TREE=../b"},
     NULL},
    {"GIT_WORK_TREE", "git init -q r; mkdir -p a", "r", {"GIT_WORK_TREE=%/a"}, NULL},
    {"GIT_COMMON_DIR",
     "c r; git -C r worktree add -q ../w",
     "w",
     {"GIT_DIR=%/r/.git/worktrees/w", "GIT_COMMON_DIR=%/r/.git"},
     NULL},
    {"core.worktree",
     "git init -q r; mkdir -p a; git -C r config core.worktree ../../a",
     "r/.git",
     {0},
     NULL},
    {"core.worktree, absolute",
     "git init -q r; mkdir -p a; git -C r config core.worktree $PWD/a",
     "a",
     {"GIT_DIR=%/r/.git"},
     NULL},
    {"core.bare in .git", "git init -q r; git -C r config core.bare true", "r", {0}, NULL},
    {"a bare one that does not say so",
     "git init -q --bare r; git -C r config --unset core.bare",
     "r",
     {0},
     NULL},
    {"SHA-256", "git init -q --object-format=sha256 r", "r", {0}, NULL},
    {"version 1", "git init -q r; git -C r config core.repositoryFormatVersion 1", "r", {0}, NULL},
    {"version 1 with what is known",
     "git init -q r; cd r; git config core.repositoryFormatVersion 1; git config extensions.noop 1;"
     "git config extensions.objectFormat sha1; git config extensions.worktreeConfig true",
     "r",
     {0},
     NULL},
    {"version 2",
     "git init -q r; git -C r config core.repositoryFormatVersion 2",
     "r",
     {0},
     "repository format version 2"},
    {"no version",
     "git init -q r; git -C r config core.repositoryFormatVersion x",
     "r",
     {0},
     "repository format version"},
    {"an unknown extension",
     "git init -q r; cd r; git config core.repositoryFormatVersion 1; git config extensions.magic "
     "1",
     "r",
     {0},
     "magic"},
    {"an unknown extension of version 0",
     "git init -q r; git -C r config extensions.magic 1",
     "r",
     {0},
     NULL},
    {"an unknown object format",
     "git init -q r; cd r; git config core.repositoryFormatVersion 1;"
     "git config extensions.objectFormat md5",
     "r",
     {0},
     "md5"},
    {"malformed", "git init -q r; echo '[' >>r/.git/config", "r", {0}, "bad config line"},
    {"someone else's", "git init -q r; chown -R 12345 r", "r", {0}, "owne"},
    {"someone else's .git", "git init -q r; chown -R 12345 r/.git", "r", {0}, "owne"},
    {"someone else's directory", "git init -q r; chown 12345 r", "r", {0}, "owne"},
    {"someone else's bare one", "git init -q --bare r; chown -R 12345 r", "r", {0}, "owne"},
    {"someone else's, below",
     "git init -q r; mkdir r/a; chown -R 12345 r; chown 0 r/a",
     "r/a",
     {0},
     "owne"},
    {"someone else's, named", "git init -q r; chown -R 12345 r", "a", {"GIT_DIR=%/r/.git"}, NULL},
    {"someone else's, who has called sudo",
     "git init -q r; chown -R 12345 r",
     "r",
     {"SUDO_UID=12345"},
     NULL},
    {"someone else's, sudo by another",
     "git init -q r; chown -R 12345 r",
     "r",
     {"SUDO_UID=1234"},
     "owne"},
    {"someone else's, sudo by nobody",
     "git init -q r; chown -R 12345 r",
     "r",
     {"SUDO_UID=12345x"},
     "owne"},
    {"someone else's, safe",
     "git init -q r; chown -R 12345 r; git config --global safe.directory $PWD/r",
     "r",
     {0},
     NULL},
    {"someone else's bare one, safe",
     "git init -q --bare r; chown -R 12345 r; git config --global safe.directory $PWD/r",
     "r",
     {0},
     NULL},
    {"someone else's, all are safe",
     "git init -q r; chown -R 12345 r; git config --global safe.directory '*'",
     "r",
     {0},
     NULL},
    {"someone else's, another is safe",
     "git init -q r; chown -R 12345 r; git config --global safe.directory $PWD",
     "r",
     {0},
     "owne"},
    {"someone else's, no more safe",
     "git init -q r; chown -R 12345 r; git config --global safe.directory '*';"
     "git config --global --add safe.directory ''",
     "r",
     {0},
     "owne"},
    {"someone else's, safe says itself",
     "git init -q r; git -C r config safe.directory '*'; chown -R 12345 r",
     "r",
     {0},
     "owne"},
    {"someone else's, the command line says safe",
     "git init -q r; chown -R 12345 r",
     "r",
     {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
     NULL},
    {"someone else's, safe at home",
     "git init -q home/r; chown -R 12345 home/r; git config --global safe.directory '~/r'",
     "home/r",
     {0},
     NULL},
    {"someone else's below, safe is the top",
     "git init -q r; mkdir r/a; chown -R 12345 r; git config --global safe.directory $PWD/r",
     "r/a",
     {0},
     NULL},
};

/* git takes these, and this program says that it does not. */
static const struct row unlike_git[] = {
    {"alternates", "git init -q x; git clone -q -s x r 2>&1", "r", {0}, "alternates"},
    {"reftable",
     "git init -q r; cd r; git config core.repositoryFormatVersion 1;"
     "git config extensions.refStorage reftable",
     "r",
     {0},
     "refstorage"},
    {"a partial clone",
     "git init -q r; cd r; git config core.repositoryFormatVersion 1;"
     "git config extensions.partialClone origin",
     "r",
     {0},
     "partialclone"},
};

static const char *const variables[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "SUDO_UID",
                                        "GIT_CONFIG_COUNT"};

static void make(const struct row *row)
{
    char command[2048];
    CHECK(chdir(scratch_path) == 0, "chdir");
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    snprintf(
        command, sizeof command,
        "rm -rf ./*; mkdir -p a home; c() { git init -q $1 && git -C $1 commit -q --allow-empty "
        "-m 1; }; { %s; } >log 2>&1",
        row->script);
    CHECK(system(command) == 0, "%s: %s", row->why, file_text("log"));
    CHECK(chdir(row->directory) == 0, "%s: chdir", row->why);
    for (size_t i = 0; i < 4 && row->environment[i]; i++) {
        char text[1024], *equals;
        size_t used = 0;
        for (const char *at = row->environment[i]; *at; at++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%.*s", *at == '%' ? 500 : 1,
                                     *at == '%' ? scratch_path : at);
        if ((equals = strchr(text, '=')) != NULL) {
            *equals = '\0';
            setenv(text, equals + 1, 1);
        }
    }
}

static void ask_git(char *out, size_t room)
{
    static const char *const questions[] = {
        "git rev-parse --absolute-git-dir", "readlink -f $(git rev-parse --git-common-dir)",
        "git rev-parse --show-toplevel 2>/dev/null || cd $(git config core.worktree 2>/dev/null && "
        "git rev-parse --absolute-git-dir)/$(git config core.worktree) 2>/dev/null && "
        "git config core.worktree >/dev/null && pwd -P",
        "git rev-parse --show-object-format"};
    size_t used = 0;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        used += (size_t)snprintf(out + used, room - used, "%s|", shell(questions[i]));
}

static void opening(const struct row *row, bool as_git)
{
    char here[4096] = "", git[4096];
    struct repository repository;
    make(row);
    fault_clear(&fault);
    int rc = repository_open(&repository, &fault);
    CHECK((rc == 0) == (row->refused == NULL), "%s: %d %s", row->why, rc, fault.text);
    CHECK(rc == 0 ||
              (row->refused && strstr(fault.text, row->refused) && fault.class == FAULT_LOCAL),
          "%s: %s", row->why, fault.text);
    /* It is the same for git. */
    bool taken = *shell("git rev-parse --git-dir 2>/dev/null") != '\0';
    CHECK(taken == (rc == 0) || !as_git, "%s: %d '%s', git: %d", row->why, rc, fault.text, taken);
    if (rc == 0) {
        ask_git(git, sizeof git);
        snprintf(here, sizeof here, "%.900s|%.900s|%.900s|%s|", repository.git_path,
                 repository.common_path, repository.work_path,
                 repository.oid_len == OID_SHA1 ? "sha1" : "sha256");
        CHECK(strcmp(here, git) == 0, "%s: %s, git: %s", row->why, here, git);
        CHECK((repository.work_dir >= 0) == (repository.work_path[0] != '\0') &&
                  repository.git_dir >= 0 && repository.common_dir >= 0,
              "%s: descriptors", row->why);
    }
    repository_close(&repository);
}

int main(void)
{
    char text[512];
    scratch_open();
    snprintf(text, sizeof text, "%s/home", scratch_path);
    setenv("HOME", text, 1);
    setenv("GIT_CEILING_DIRECTORIES", scratch_path, 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    unsetenv("GIT_CONFIG_GLOBAL");
    unsetenv("XDG_CONFIG_HOME");
    setenv("LC_ALL", "C", 1);
    setenv("GIT_AUTHOR_NAME", "T", 1);
    setenv("GIT_AUTHOR_EMAIL", "t@example.org", 1);
    setenv("GIT_COMMITTER_NAME", "T", 1);
    setenv("GIT_COMMITTER_EMAIL", "t@example.org", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (geteuid() == 0 || strstr(rows[i].script, "chown") == NULL)
            opening(&rows[i], true);
    for (size_t i = 0; i < sizeof unlike_git / sizeof *unlike_git; i++)
        opening(&unlike_git[i], false);
    scratch_close();
    return T_DONE();
}
