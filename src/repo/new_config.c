/* SPDX-License-Identifier: MIT */
/* What a clone writes into .git/config. */
#include "repo/staging.h"

#include "repo/config.h"
#include "system/fs.h"
#include "system/growing_writer.h"

#include <stdlib.h>
#include <string.h>

enum { CONFIG_MAX = 4 * URL_MAX }; /* bytes */

static int write_core(struct writer *out, const struct repo_config *config)
{
    const struct file_system *disk = config->file_system;
    return writer_text(out,
                       "[core]\n"
                       "\trepositoryformatversion = %d\n"
                       "\tfilemode = %s\n"
                       "\tbare = %s\n"
                       "%s%s%s%s",
                       config->sha256, disk->no_modes ? "false" : "true",
                       config->bare ? "true" : "false",
                       config->bare ? "" : "\tlogallrefupdates = true\n",
                       disk->no_symlinks ? "\tsymlinks = false\n" : "",
                       disk->folds_case ? "\tignorecase = true\n" : "",
                       config->sha256 ? "[extensions]\n\tobjectformat = sha256\n" : "");
}

static int write_remote(struct writer *out, const struct repo_config *config)
{
    char *url = malloc(URL_MAX);
    if (!url)
        return fault_set(out->fault, FAULT_LIMIT, "no memory for the config");
    int rc = config_write_section(out, "remote", config->remote);
    if (rc == 0)
        rc = config_write_value(out, "url",
                                config->said_url ? config->said_url
                                                 : url_format(config->url, url, URL_MAX));
    free(url);
    if (rc < 0)
        return -1;
    if (config->no_tags && config_write_value(out, "tagOpt", "--no-tags") < 0)
        return -1;
    if (config->refspec && config_write_value(out, "fetch", config->refspec) < 0)
        return -1;
    return config->mirror ? config_write_value(out, "mirror", "true") : 0;
}

static int write_branch(struct writer *out, const struct repo_config *config)
{
    if (config->branch == NULL)
        return 0;
    if (config_write_section(out, "branch", config->branch + strlen("refs/heads/")) < 0 ||
        config_write_value(out, "remote", config->remote) < 0)
        return -1;
    return config_write_value(out, "merge", config->branch);
}

int repo_write_config(int git_dir, const struct repo_config *config, struct fault *fault)
{
    struct growing_writer text;
    growing_writer_open(&text, CONFIG_MAX, "config", fault);
    int rc = write_core(&text.writer, config);
    if (rc == 0)
        rc = write_remote(&text.writer, config);
    if (rc == 0)
        rc = write_branch(&text.writer, config);
    if (rc == 0)
        rc = fs_write(git_dir, "config", text.bytes, text.used, false, fault);
    growing_writer_close(&text);
    return rc;
}
