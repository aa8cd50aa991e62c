/* SPDX-License-Identifier: MIT */
/* smidgit branch: which there are, a new one, and one less. */
#include "client/branches.h"
#include "client/detached.h"
#include "client/work_status.h"
#include "cmd/commands.h"
#include "repo/config_edit.h"

#include <stdio.h>
#include <string.h>

struct branch {
    struct workspace workspace;
    bool all, remotes, list, remove, remove_unmerged, force, current, quiet;
    const char *verbose; /* "", or the letters behind: "v", which git takes twice */
    bool very_verbose;
    char detached[2 * REFS_NAME_MAX]; /* "(HEAD detached at v1.0)", or "" */
    int width;                        /* of the longest name */
};

static const char heads[] = "refs/heads/", remotes[] = "refs/remotes/";

/* How many columns TEXT takes: as many as it has characters. */
static int columns(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* What a reference is called in the list; NULL: it is not in it. */
static const char *listed(const struct branch *branch, const struct local_ref *ref)
{
    if (strncmp(ref->name, heads, sizeof heads - 1) == 0)
        return branch->remotes && !branch->all ? NULL : ref->name + sizeof heads - 1;
    if (strncmp(ref->name, remotes, sizeof remotes - 1) != 0)
        return NULL;
    return branch->all ? ref->name + 5 : branch->remotes ? ref->name + sizeof remotes - 1 : NULL;
}

/* "[origin/main: ahead 1] ", or "[ahead 1] ". */
static int show_upstream(struct branch *branch, const struct local_ref *ref)
{
    struct upstream upstream;
    char apart[UPSTREAM_APART];
    int rc = work_status_follow(&branch->workspace, ref->name, &ref->oid, &upstream);
    if (rc <= 0)
        return rc;
    work_status_apart(&upstream, apart);
    if (branch->very_verbose)
        printf("[%s%s%s] ", revision_short(&branch->workspace.revisions, upstream.name),
               *apart ? ": " : "", apart);
    else if (*apart)
        printf("[%s] ", apart);
    return 0;
}

/* One line; REF is NULL for a detached HEAD. */
static int show(struct branch *branch, const char *name, const struct local_ref *ref, bool current)
{
    struct workspace *workspace = &branch->workspace;
    char subject[1024];
    bool remote = ref && strncmp(ref->name, remotes, sizeof remotes - 1) == 0;
    printf("%c %s", current ? '*' : ' ', name);
    if (branch->verbose)
        printf("%*s", branch->width - columns(name), "");
    if (ref && ref->target && (remote || !branch->verbose)) {
        printf(" -> %s\n", revision_short(&workspace->revisions, ref->target));
    } else if (branch->verbose) {
        const struct oid *oid = ref ? &ref->oid : &workspace->head.oid;
        if (workspace_subject(workspace, oid, subject, sizeof subject) < 0)
            return -1;
        char *space = strchr(subject, ' ');
        printf(" %.*s ", (int)(space - subject), subject);
        if (ref && !remote && show_upstream(branch, ref) < 0)
            return -1;
        puts(space + 1);
    } else {
        putchar('\n');
    }
    return 0;
}

static int list(struct branch *branch)
{
    const struct workspace *workspace = &branch->workspace;
    const struct local_refs *refs = &workspace->refs;
    const char *current = workspace->head.branch, *name;
    if (current == NULL && (branch->all || !branch->remotes)) {
        char text[sizeof branch->detached - 2];
        if (detached_describe(&branch->workspace, text, sizeof text) < 0)
            return -1;
        snprintf(branch->detached, sizeof branch->detached, "(%s)", *text ? text : "no branch");
        branch->width = columns(branch->detached);
    }
    for (size_t i = 0; i < refs->count; i++)
        if ((name = listed(branch, &refs->refs[i])) != NULL && columns(name) > branch->width)
            branch->width = columns(name);
    if (*branch->detached && show(branch, branch->detached, NULL, true) < 0)
        return -1;
    for (size_t i = 0; i < refs->count; i++)
        if ((name = listed(branch, &refs->refs[i])) != NULL && refs->refs[i].oid.len &&
            show(branch, name, &refs->refs[i],
                 current && strcmp(current, refs->refs[i].name) == 0) < 0)
            return -1;
    return 0;
}

/* Says why one cannot be deleted; git goes on with the next. */
static int refuse(struct branch *branch, const char *format, const char *name, const char *more)
{
    fputs("error: ", stderr);
    fprintf(stderr, format, name, more);
    return fault_set(branch->workspace.fault, FAULT_NO, "a branch was not deleted");
}

/* Whether what is in the branch REF is also in what it follows, or in HEAD: 1, 0, -1. */
static int is_merged(struct branch *branch, const struct local_ref *ref)
{
    struct workspace *workspace = &branch->workspace;
    struct upstream upstream;
    int rc = work_status_follow(workspace, ref->name, &ref->oid, &upstream);
    if (rc == 0 || (rc == 1 && upstream.gone)) {
        if (workspace->head.oid.len == 0)
            return 0;
        rc = work_status_ahead(workspace, &ref->oid, &workspace->head.oid, &upstream.ahead,
                               &upstream.behind);
    }
    return rc < 0 ? -1 : upstream.ahead == 0;
}

static int remove_one(struct branch *branch, const char *name)
{
    struct workspace *workspace = &branch->workspace;
    const struct oid none = {.len = 0};
    char full[REFS_NAME_MAX + sizeof remotes], hex[OID_HEX];
    int merged = 1;
    snprintf(full, sizeof full, "%s%.*s", branch->remotes ? remotes : heads, REFS_NAME_MAX, name);
    const struct local_ref *ref = local_refs_find(&workspace->refs, full);
    if (ref == NULL)
        return refuse(branch,
                      branch->remotes ? "remote-tracking branch '%s' not found.\n"
                                      : "branch '%s' not found.\n",
                      name, "");
    if (workspace->head.branch && strcmp(full, workspace->head.branch) == 0)
        return refuse(branch, "Cannot delete branch '%s' checked out at '%s'\n", name,
                      workspace->repository.work_path);
    if (!branch->remotes && branches_elsewhere(workspace, full) < 0)
        return -1;
    if (!branch->remotes && !branch->remove_unmerged && !branch->force)
        merged = is_merged(branch, ref);
    if (merged <= 0)
        return merged < 0 ? -1
                          : refuse(branch,
                                   "The branch '%s' is not fully merged.\n"
                                   "If you are sure you want to delete it, run "
                                   "'git branch -D %s'.\n",
                                   name, name);
    oid_hex(&ref->oid, hex)[odb_abbreviation(workspace->odb, &ref->oid)] = '\0';
    if (workspace_set_ref(workspace, full, &none, NULL) < 0)
        return -1;
    if (!branch->quiet)
        printf("Deleted %sbranch %s (was %s).\n", branch->remotes ? "remote-tracking " : "", name,
               hex);
    if (branch->remotes)
        return 0;
    snprintf(full, sizeof full, "branch.%.*s", REFS_NAME_MAX, name);
    return config_remove_section(workspace->repository.common_dir, "config", full,
                                 workspace->fault);
}

static int make(struct branch *branch, const char *name, const char *start)
{
    struct workspace *workspace = &branch->workspace;
    struct new_branch new;
    const char *head = workspace->head.branch;
    const char *from = head ? head + sizeof heads - 1 : "HEAD";
    if (branches_plan(workspace, name, start, branch->force, &new) < 0)
        return -1;
    if (new.commit.len == 0)
        return fault_set(workspace->fault, FAULT_LOCAL, "not a valid object name: '%s'", from);
    if (new.again && head &&strcmp(head, new.full) == 0)
        return fault_set(workspace->fault, FAULT_LOCAL,
                         "cannot force update the branch '%s' checked out at '%.400s'", name,
                         workspace->repository.work_path);
    return branches_make(workspace, &new, start ? start : from);
}

static int work(struct branch *branch, int count, char **arguments, struct fault *fault)
{
    struct workspace *workspace = &branch->workspace;
    bool removes = branch->remove || branch->remove_unmerged;
    int rc = workspace_open(workspace, fault);
    if (rc < 0)
        return -1;
    for (const char *more = branch->verbose; more && *more; more++) {
        branch->very_verbose = branch->very_verbose || *more == 'v';
        branch->all = branch->all || *more == 'a';
        branch->remotes = branch->remotes || *more == 'r';
        if (!strchr("var", *more))
            return fault_set(fault, FAULT_USAGE, "unknown option '-%c'", *more);
    }
    workspace->quiet = branch->quiet;
    if (branch->current) {
        if (workspace->head.branch)
            puts(workspace->head.branch + sizeof heads - 1);
        return 0;
    }
    if (removes && count == 0)
        return fault_set(fault, FAULT_USAGE, "branch name required");
    for (int i = 0; removes && i < count && (rc == 0 || fault->class == FAULT_NO); i++)
        rc = remove_one(branch, arguments[i]) < 0 ? -1 : rc;
    if (removes)
        return rc;
    if (count > 2 || (count > 0 && (branch->list || branch->all || branch->remotes)))
        return fault_set(fault, FAULT_USAGE, "branch: too many arguments");
    return count ? make(branch, arguments[0], count > 1 ? arguments[1] : NULL) : list(branch);
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct branch *branch = self;
    int rc = work(branch, count, arguments, fault);
    workspace_close(&branch->workspace);
    return rc;
}

static const struct option options[] = {
    {"all", 'a', OPTION_FLAG, offsetof(struct branch, all), .help = "remote-tracking ones, too"},
    {"remotes", 'r', OPTION_FLAG, offsetof(struct branch, remotes), .help = "remote-tracking ones"},
    {"list", 'l', OPTION_FLAG, offsetof(struct branch, list), .help = "what is done anyway"},
    {"verbose", 'v', OPTION_OPTIONAL, offsetof(struct branch, verbose),
     .help = "commits, and how far apart; -vv: from what"},
    {"show-current", 0, OPTION_FLAG, offsetof(struct branch, current),
     .help = "only the one that is checked out"},
    {"delete", 'd', OPTION_FLAG, offsetof(struct branch, remove),
     .help = "delete what is merged; with -r: remote-tracking ones"},
    {NULL, 'D', OPTION_FLAG, offsetof(struct branch, remove_unmerged),
     .help = "delete what is not merged, too"},
    {"force", 'f', OPTION_FLAG, offsetof(struct branch, force), .help = "move one that is there"},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct branch, quiet), .help = "errors only"},
    {.kind = OPTION_REST},
};

const struct command branch_command = {
    .name = "branch",
    .summary = "list, make and delete branches",
    .usage = "branch [-a|-r] [-v|-vv] | NAME [START] | -d|-D NAME... |\n"
             "           --show-current",
    .options = options,
    .size = sizeof(struct branch),
    .run = run,
};
