/* SPDX-License-Identifier: MIT */
/* What git's configuration says, all files together (git-config, "FILES", "SCOPES", "Includes").
 *
 *   system    /etc/gitconfig, or GIT_CONFIG_SYSTEM; not with GIT_CONFIG_NOSYSTEM
 *   user      $XDG_CONFIG_HOME/git/config, ~/.gitconfig; or GIT_CONFIG_GLOBAL alone
 *   local     .git/config, and config.worktree where extensions.worktreeConfig says so
 *   command   GIT_CONFIG_COUNT; -c puts it there
 *
 * A later value counts more. Of where a value comes from SCOPE tells: no repository's own files may
 * say which program runs (P12).
 */
#ifndef SMIDGIT_SETTINGS_H
#define SMIDGIT_SETTINGS_H

#include "proto/fault.h"
#include "repo/config_parse.h"

#include <stdbool.h>
#include <stddef.h>

enum settings_scope { SETTINGS_SYSTEM, SETTINGS_USER, SETTINGS_LOCAL, SETTINGS_COMMAND };

struct setting {
    const char *name;  /* "remote.Origin.url": section and key in lower case */
    const char *value; /* NULL: the name alone, which means true */
    const char *file;  /* as it was opened; "command line" */
    unsigned long line;
    enum settings_scope scope;
};

struct settings {
    struct setting *all; /* in the order in which they were read */
    size_t count, room;
    struct texts *texts;
};

struct settings_options {
    const char *git_dir;    /* path of the repository, absolute; NULL: there is none */
    const char *common_dir; /* where its config is; NULL: GIT_DIR */
    const char *branch;     /* checked out, "main", for includeIf "onbranch:"; or NULL */
};

/* Reads all of it. *OUT is to be freed also after a failure. A file that is malformed is a
 * FAULT_LOCAL. 0 or -1. */
int settings_read(const struct settings_options *options, struct settings *out,
                  struct fault *fault);
void settings_free(struct settings *settings); /* zeros are fine */

/* Reads one file, and none that it includes. 0 or -1. */
int settings_read_file(const char *path, bool must_exist, struct settings *out,
                       struct fault *fault);

/* NAME as it is looked for: section and key in lower case. -1: it is none. */
int settings_name(const char *name, char out[CONFIG_NAME_MAX]);

/* What counts: the last setting of NAME, whose section and key are in lower case; NULL: none. */
const struct setting *settings_find(const struct settings *settings, const char *name);

/* The value of "SECTION.SUBSECTION.KEY"; NULL: there is none, or none that is a text. */
const char *settings_text(const struct settings *settings, const char *section,
                          const char *subsection, const char *key);

/* The next setting of that name behind AT, an index that begins with 0; NULL: no more. */
const struct setting *settings_next(const struct settings *settings, size_t *at,
                                    const char *section, const char *subsection, const char *key);

/* What NAME says as setting_flag() reads it, OTHERWISE when it is not set. 0 or -1. */
int settings_flag(const struct settings *settings, const char *name, bool otherwise, bool *out,
                  struct fault *fault);

/* The path that SETTING, one of SETTINGS, names: "~/" is HOME. It lives as long as they. NULL: it
 * is none, or no memory. */
const char *settings_path(struct settings *settings, const struct setting *setting,
                          struct fault *fault);

#endif
