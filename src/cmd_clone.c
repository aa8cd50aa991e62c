/* SPDX-License-Identifier: MIT */
/* smidgit clone: everything is made in a staging directory and published by one rename. */
#include "bytes.h"
#include "connect.h"
#include "cpu.h"
#include "ident.h"
#include "indexer.h"
#include "main.h"
#include "mapping.h"
#include "odb.h"
#include "peel.h"
#include "repo.h"
#include "shallow.h"
#include "target.h"
#include "worktree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHECKOUT_CACHE = 8 * 1024 * 1024, /* bytes of bases kept while files are written, */
    CHECKOUT_SHARE = 4,               /* and at most this part of --mem */
    FILE_COST = 300                   /* bytes that a file of the working tree takes meanwhile */
};

struct clone {
    struct connect connect;
    struct mapping_options take;
    unsigned long depth, threads;
    bool no_checkout, no_sync, all_branches;
    uint64_t memory;
    struct url url;
    char directory[4096];
    /* what is found out and made on the way */
    const struct hash_ops *hash;
    struct remote *remote;
    struct remote_refs refs;
    struct mapping mapping;
    struct shallow_list shallow;
    struct repo_stage stage;
    struct odb *odb;
    struct fault *fault;
};

static int list_refs(struct clone *clone)
{
    static const char *const all[] = {"refs/", "HEAD"};
    static const char *const usual[] = {"HEAD", "refs/heads/", "refs/tags/"};
    int rc = clone->take.mirror ? remote_list(clone->remote, all, 2, &clone->refs)
                                : remote_list(clone->remote, usual, 3, &clone->refs);
    if (rc < 0)
        return -1;
    return mapping_choose(&clone->take, &clone->refs, &clone->mapping, clone->fault);
}

static int fetch_pack(struct clone *clone)
{
    struct indexer_result result;
    struct reader *pack;
    enum fetch_answer answer;
    struct fetch_request request = {
        .wants = clone->mapping.wants,
        .want_count = clone->mapping.want_count,
        .depth = clone->depth,
        .include_tag = !clone->take.no_tags,
        .thin_pack = remote_caps(clone->remote)->version < 2, /* dulwich insists on the word */
        .no_progress = !progress_wanted(clone->connect.quiet, clone->connect.progress),
        .done = true,
    };
    if (remote_fetch(clone->remote, &request, &clone->shallow.listener, &answer, &pack) < 0)
        return -1;
    if (answer != FETCH_PACK)
        return fault_set(clone->fault, FAULT_PROTOCOL, "the server sent no pack");
    shallow_sort(&clone->shallow);
    struct indexer_options options = {
        .git_dir = clone->stage.git_dir,
        .hash = clone->hash,
        .memory = clone->memory,
        .shallow = clone->shallow.oids,
        .shallow_count = clone->shallow.count,
        .sync = !clone->no_sync,
        .threads = (unsigned)clone->threads,
        .progress = progress_wanted(clone->connect.quiet, clone->connect.progress),
    };
    if (indexer_run(pack, &options, request.wants, request.want_count, &result, clone->fault) < 0)
        return -1;
    return remote_pack_end(clone->remote);
}

/* The pack, and what comes with it; nothing at all of an empty repository. */
static int fetch(struct clone *clone)
{
    char shown[URL_MAX];
    if (clone->mapping.want_count == 0)
        return 0;
    for (size_t i = 0; i < clone->refs.shallow_count; i++)
        if (shallow_add(&clone->shallow, &clone->refs.shallow[i]) < 0)
            return fault_set(clone->fault, FAULT_LIMIT, "no memory for shallow commits");
    if (fetch_pack(clone) < 0)
        return clone->fault->class == FAULT_PROTOCOL || clone->fault->class == FAULT_LIMIT
                   ? fault_wrap(clone->fault, "clone: %s", url_format(&clone->url, shown))
                   : -1;
    uint64_t cache = clone->memory ? clone->memory / CHECKOUT_SHARE : CHECKOUT_CACHE;
    clone->odb = odb_open(clone->stage.git_dir, clone->hash,
                          cache < CHECKOUT_CACHE ? (size_t)cache : CHECKOUT_CACHE, clone->fault);
    return clone->odb ? 0 : -1;
}

static bool has_object(void *context, const struct oid *oid)
{
    return odb_has(context, oid);
}

/* What git's reflogs say of a clone. A bare repository has none. */
static int write_log(struct clone *clone, const char *name, const struct oid *oid)
{
    char url[URL_MAX], message[URL_MAX + 16], who[1024];
    struct oid none = {.len = oid->len};
    if (clone->take.bare)
        return 0;
    snprintf(message, sizeof message, "clone: from %s", url_format(&clone->url, url));
    return refdb_log(clone->stage.git_dir, name, &none, oid, ident_format(who, sizeof who), message,
                     clone->fault);
}

/* refs/remotes/origin/HEAD: the branch that the server's HEAD points to, if it was taken. */
static int write_remote_head(struct clone *clone)
{
    const struct mapping *mapping = &clone->mapping;
    char name[REFS_NAME_MAX], target[2 * REFS_NAME_MAX];
    if (!mapping->remote_head[0] || clone->take.bare)
        return 0;
    snprintf(name, sizeof name, "refs/remotes/%s/HEAD", clone->take.origin);
    snprintf(target, sizeof target, "refs/remotes/%s/%s", clone->take.origin,
             mapping->remote_head + strlen("refs/heads/"));
    const struct refdb_entry *entry = mapping_find(mapping, target);
    if (entry == NULL)
        return 0;
    if (refdb_write_symbolic(clone->stage.git_dir, name, target, false, clone->fault) < 0)
        return -1;
    return write_log(clone, name, &entry->oid);
}

static int write_refs(struct clone *clone)
{
    struct mapping *mapping = &clone->mapping;
    if (mapping->follow_tags && clone->odb &&
        mapping_follow_tags(mapping, &clone->refs, has_object, clone->odb, clone->fault) < 0)
        return -1;
    if (refdb_write_packed(clone->stage.git_dir, mapping->entries, mapping->count, false,
                           clone->fault) < 0)
        return -1;
    return write_remote_head(clone);
}

static int write_head(struct clone *clone)
{
    const struct mapping *mapping = &clone->mapping;
    const char *name = mapping->head_name;
    int git_dir = clone->stage.git_dir;
    struct oid commit;
    if (mapping->head == HEAD_UNBORN)
        return refdb_write_symbolic(git_dir, "HEAD", name, false, clone->fault);
    if (peel_to_commit(clone->odb, &mapping->head_oid, &commit, clone->fault) < 0 ||
        write_log(clone, "HEAD", &commit) < 0)
        return -1;
    if (mapping->head == HEAD_DETACHED)
        return refdb_write_detached(git_dir, &commit, false, clone->fault);
    if (!clone->take.bare && (refdb_write_loose(git_dir, name, &commit, false, clone->fault) < 0 ||
                              write_log(clone, name, &commit) < 0))
        return -1;
    return refdb_write_symbolic(git_dir, "HEAD", name, false, clone->fault);
}

static int write_config(struct clone *clone)
{
    const struct mapping *mapping = &clone->mapping;
    bool follows = mapping->head == HEAD_BRANCH || mapping->head == HEAD_UNBORN;
    struct repo_config config = {
        .bare = clone->take.bare,
        .mirror = clone->take.mirror,
        .no_tags = clone->take.no_tags,
        .sha256 = clone->hash->oid_len == OID_SHA256,
        .remote = clone->take.origin,
        .url = &clone->url,
        .refspec = mapping->refspec[0] ? mapping->refspec : NULL,
        .branch = follows && !clone->take.bare ? mapping->head_name : NULL,
    };
    return repo_write_config(clone->stage.git_dir, &config, clone->fault);
}

static int checkout(struct clone *clone)
{
    struct oid tree;
    struct worktree_options options = {
        .odb = clone->odb,
        .hash = clone->hash,
        .git_dir = clone->stage.git_dir,
        .work_dir = clone->stage.work_dir,
        .entries_max = clone->memory / FILE_COST,
        .progress = progress_wanted(clone->connect.quiet, clone->connect.progress),
    };
    if (clone->mapping.head != HEAD_BRANCH && clone->mapping.head != HEAD_DETACHED) {
        if (!clone->mapping.empty && !clone->connect.quiet)
            fputs("warning: remote HEAD refers to nonexistent ref, unable to checkout\n", stderr);
        return 0;
    }
    if (peel_to_tree(clone->odb, &clone->mapping.head_oid, &tree, clone->fault) < 0)
        return -1;
    return worktree_checkout(&options, &tree, clone->fault);
}

static int build(struct clone *clone)
{
    if (repo_stage_skeleton(&clone->stage) < 0 || fetch(clone) < 0 || write_refs(clone) < 0 ||
        write_head(clone) < 0 || write_config(clone) < 0)
        return -1;
    if (clone->shallow.count > 0 && repo_write_shallow(clone->stage.git_dir, clone->shallow.oids,
                                                       clone->shallow.count, clone->fault) < 0)
        return -1;
    if (!clone->no_checkout && !clone->take.bare && checkout(clone) < 0)
        return -1;
    return repo_stage_publish(&clone->stage, !clone->no_sync);
}

static void announce(const struct clone *clone)
{
    char shown[sizeof clone->directory * 2];
    if (clone->connect.quiet)
        return;
    bytes_caret(clone->directory, strlen(clone->directory), "", shown, sizeof shown);
    fprintf(stderr,
            clone->take.bare ? "Cloning into bare repository '%s'...\n" : "Cloning into '%s'...\n",
            shown);
}

static int clone_into(struct clone *clone)
{
    int rc = repo_stage_open(&clone->stage, clone->directory, clone->take.bare, clone->fault);
    if (rc == 0) {
        announce(clone);
        clone->remote = remote_open(&clone->url, &clone->connect.remote, clone->fault);
        rc = clone->remote ? list_refs(clone) : -1;
    }
    if (rc == 0) {
        clone->hash = remote_caps(clone->remote)->oid_len == OID_SHA256 ? hash_best_sha256()
                                                                        : hash_best_sha1();
        if (clone->mapping.empty && !clone->connect.quiet)
            fputs("warning: You appear to have cloned an empty repository.\n", stderr);
        rc = build(clone);
    }
    odb_close(clone->odb);
    remote_close(clone->remote);
    repo_stage_close(&clone->stage);
    return rc;
}

static int name_directory(struct clone *clone, const char *directory)
{
    size_t size = sizeof clone->directory;
    if (directory) {
        if (strlen(directory) >= size || directory[0] == '\0')
            return fault_set(clone->fault, FAULT_USAGE, "'%.40s' is no usable directory name",
                             directory);
        strcpy(clone->directory, directory);
        return 0;
    }
    if (target_name(&clone->url, clone->directory, size - 4, clone->fault) < 0)
        return -1;
    if (clone->take.bare)
        strcat(clone->directory, ".git");
    return 0;
}

static int check_options(struct clone *clone, int rest, char **arguments)
{
    char name[REFS_NAME_MAX];
    if (rest < 1 || rest > 2)
        return fault_set(clone->fault, FAULT_USAGE,
                         "clone: a URL is needed, and at most a "
                         "directory besides");
    snprintf(name, sizeof name, "refs/remotes/%s/x", clone->take.origin);
    if (!refs_name_valid(name, strlen(name), false))
        return fault_set(clone->fault, FAULT_USAGE, "'%s' is not a valid remote name",
                         clone->take.origin);
    clone->take.bare = clone->take.bare || clone->take.mirror;
    if (clone->depth > 0 && !clone->all_branches)
        clone->take.single_branch = true;
    if (url_parse(arguments[0], &clone->url, clone->fault) < 0 ||
        name_directory(clone, rest == 2 ? arguments[1] : NULL) < 0)
        return -1;
    return connect_ready(&clone->connect, clone->fault);
}

static int parse(struct clone *clone, int argc, char **argv, bool *help)
{
    int rest;
    const struct option table[] = {
        {'b', "branch", OPTION_TEXT, &clone->take.branch},
        {0, "depth", OPTION_NUMBER, &clone->depth},
        {'o', "origin", OPTION_TEXT, &clone->take.origin},
        {0, "bare", OPTION_FLAG, &clone->take.bare},
        {0, "mirror", OPTION_FLAG, &clone->take.mirror},
        {'n', "no-checkout", OPTION_FLAG, &clone->no_checkout},
        {0, "no-tags", OPTION_FLAG, &clone->take.no_tags},
        {0, "single-branch", OPTION_FLAG, &clone->take.single_branch},
        {0, "no-single-branch", OPTION_FLAG, &clone->all_branches},
        {0, "mem", OPTION_SIZE, &clone->memory},
        {0, "threads", OPTION_NUMBER, &clone->threads},
        {0, "no-sync", OPTION_FLAG, &clone->no_sync},
        CONNECT_OPTIONS(&clone->connect),
        {0, NULL, OPTION_FLAG, NULL},
    };
    if (options_parse(argc, argv, table, &rest, help, clone->fault) < 0)
        return -1;
    return *help ? 0 : check_options(clone, rest, argv + 1);
}

static int run(int argc, char **argv, struct fault *fault)
{
    bool help = false;
    struct clone *clone = calloc(1, sizeof *clone);
    if (clone == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to clone with");
    clone->fault = fault;
    clone->take.origin = "origin";
    connect_defaults(&clone->connect);
    shallow_open(&clone->shallow);
    int rc = parse(clone, argc, argv, &help);
    if (rc == 0)
        rc = help ? main_help(&command_clone) : clone_into(clone);
    trace_close(&clone->connect.trace);
    remote_refs_free(&clone->refs);
    mapping_free(&clone->mapping);
    shallow_close(&clone->shallow);
    free(clone);
    return rc;
}

const struct command command_clone = {
    .name = "clone",
    .run = run,
    .summary = "clone a repository into a new directory",
    .usage = "clone [-b NAME] [--depth N] [-o NAME] [--bare] [--mirror] [-n]\n"
             "           [--no-tags] [--single-branch] [OPTION...] URL [DIR]",
    .options = "  -b, --branch NAME        check out this branch, tag or object id\n"
               "  --depth N                only the last N commits; implies --single-branch\n"
               "  -o, --origin NAME        call the remote NAME instead of origin\n"
               "  --bare                   no working tree\n"
               "  --mirror                 bare, with all references as they are\n"
               "  -n, --no-checkout        write no files\n"
               "  --no-tags                take no tags\n"
               "  --single-branch          take only one branch; --no-single-branch: all\n"
               "  --mem SIZE               memory to use at most, like 24m\n"
               "  --threads N              threads to work with (one a processor)\n"
               "  --no-sync                do not wait for the disk (throw-away clones)\n",
    .connects = true,
};
