/* SPDX-License-Identifier: MIT */
/* What a clone writes into .git/config and .git/shallow; stock git is asked what it reads there. */
#include "repo/staging.h"

#include "scratch.h"

static struct fault fault;

static const char *get(const char *key)
{
    char command[256];
    snprintf(command, sizeof command, "git config -f config --get %s", key);
    return shell(command);
}

static void clone_config(void)
{
    static const struct file_system plain = {.no_modes = false}, odd = {true, true, true};
    static struct url url;
    char room[64];
    struct repo_config config = {
        .remote = "origin",
        .url = &url,
        .refspec = "+refs/heads/*:refs/remotes/origin/*",
        .file_system = &plain,
        .branch = "refs/heads/odd \"name\"",
    };
    fault_clear(&fault);
    unlink("config");
    CHECK(url_parse("https://anna:s3cret@host.example/team/r.git", room, &url, &fault) == 0, "%s",
          fault.text);
    CHECK(repo_write_config(AT_FDCWD, &config, &fault) == 0, "%s", fault.text);
    CHECK(!strstr(file_text("config"), "s3cret") && !strstr(file_text("config"), "anna"),
          "C1, C2: user info is in the config");
    CHECK_TEXT(get("remote.origin.url"), "https://host.example/team/r.git");
    CHECK_TEXT(get("core.repositoryformatversion"), "0");
    CHECK_TEXT(get("core.bare"), "false");
    CHECK_TEXT(get("core.filemode"), "true");
    CHECK_TEXT(get("core.logallrefupdates"), "true");
    CHECK_TEXT(get("core.symlinks"), "");
    CHECK_TEXT(get("core.ignorecase"), "");
    CHECK_TEXT(get("remote.origin.fetch"), "+refs/heads/*:refs/remotes/origin/*");
    CHECK_TEXT(get("'branch.odd \"name\".merge'"), "refs/heads/odd \"name\"");
    config = (struct repo_config){.file_system = &odd,
                                  .bare = true,
                                  .mirror = true,
                                  .no_tags = true,
                                  .sha256 = true,
                                  .remote = "origin",
                                  .url = &url,
                                  .refspec = "+refs/*:refs/*"};
    CHECK(repo_write_config(AT_FDCWD, &config, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(get("core.bare"), "true");
    CHECK_TEXT(get("core.logallrefupdates"), "");
    CHECK_TEXT(get("core.filemode"), "false");
    CHECK_TEXT(get("core.symlinks"), "false");
    CHECK_TEXT(get("core.ignorecase"), "true");
    CHECK_TEXT(get("remote.origin.mirror"), "true");
    CHECK_TEXT(get("remote.origin.tagopt"), "--no-tags");
    CHECK_TEXT(get("extensions.objectformat"), "sha256");
    CHECK_TEXT(get("core.repositoryformatversion"), "1");
}

int main(void)
{
    scratch_open();
    clone_config();
    scratch_close();
    return T_DONE();
}
