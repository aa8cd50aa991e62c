/* SPDX-License-Identifier: MIT */
/* smidgit ls-remote: what git ls-remote prints. */
#include "cmd/commands.h"
#include "cmd/remote_here.h"
#include "cmd/server_options.h"
#include "proto/bytes.h"
#include "system/json.h"
#include "system/wildmatch.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN_MAX = 4 * (REFS_NAME_MAX + 4) }; /* a name in caret form, at most */

struct ls_remote {
    struct connection connection;
    struct remote_here here;
    bool heads, tags, symref, exit_code, refs_only;
    bool unnamed; /* no URL was said */
    char **patterns;
    int pattern_count;
};

/* git's rule: the pattern matches the whole name, or what stands behind one of its slashes. */
static bool pattern_matches(const char *pattern, const char *name)
{
    for (const char *tail = name; tail; tail = strchr(tail, '/')) {
        tail += *tail == '/';
        if (wildmatch(pattern, tail))
            return true;
    }
    return false;
}

static bool wanted(const struct ls_remote *ls, const char *name)
{
    bool head = strncmp(name, "refs/heads/", 11) == 0, tag = strncmp(name, "refs/tags/", 10) == 0;
    if ((ls->heads || ls->tags) && !(ls->heads && head) && !(ls->tags && tag))
        return false;
    if (ls->refs_only && strncmp(name, "refs/", 5) != 0)
        return false;
    for (int i = 0; i < ls->pattern_count; i++)
        if (pattern_matches(ls->patterns[i], name))
            return true;
    return ls->pattern_count == 0;
}

/* One object for a reference, with all that is known of it. */
static size_t tell_ref(const struct ls_remote *ls, const struct remote_ref *ref)
{
    struct json json = {stdout, '{'};
    if (ref->unborn || !wanted(ls, ref->name))
        return 0;
    json_text(&json, "ref", ref->name);
    json_oid(&json, "oid", &ref->oid);
    json_oid(&json, "peeled", ls->refs_only ? NULL : remote_ref_peeled(ref));
    json_text(&json, "symref", remote_ref_target(ref));
    json_end(&json);
    return 1;
}

/* What a name may have of control bytes, C1 controls, is for no terminal; elsewhere names are data.
 */
static const char *shown_name(const char *name, char out[SHOWN_MAX])
{
    if (!isatty(STDOUT_FILENO))
        return name;
    bytes_caret(name, strlen(name), "", out, SHOWN_MAX);
    return out;
}

static size_t print_ref(const struct ls_remote *ls, const struct remote_ref *ref)
{
    char hex[OID_HEX], peeled_name[REFS_NAME_MAX + 4], target[SHOWN_MAX], name[SHOWN_MAX];
    size_t shown = 0;
    if (!ref->unborn && wanted(ls, ref->name)) {
        if (ls->symref && ref->has_target)
            printf("ref: %s\t%s\n", shown_name(remote_ref_target(ref), target),
                   shown_name(ref->name, name));
        printf("%s\t%s\n", oid_hex(&ref->oid, hex), shown_name(ref->name, name));
        shown++;
    }
    snprintf(peeled_name, sizeof peeled_name, "%s^{}", ref->name);
    if (ref->has_peeled && !ls->refs_only && wanted(ls, peeled_name)) {
        printf("%s\t%s\n", oid_hex(remote_ref_peeled(ref), hex), shown_name(peeled_name, name));
        shown++;
    }
    return shown;
}

static int list(struct ls_remote *ls, const struct url *url, struct fault *fault)
{
    static const char *const heads_and_tags[] = {"refs/heads/", "refs/tags/"};
    struct reflist refs = {0};
    char shown[1024];
    struct remote *remote = remote_open(url, &ls->connection.remote, fault);
    if (remote == NULL)
        return -1;
    if (!ls->connection.quiet && (ls->unnamed || (ls->pattern_count > 0 && ls->connection.verbose)))
        fprintf(stderr, "From %s\n", url_format(url, shown, sizeof shown));
    size_t first = ls->heads ? 0 : 1;
    size_t count = (size_t)ls->heads + (size_t)ls->tags;
    int rc = remote_list(remote, heads_and_tags + first, count, &refs);
    size_t printed = 0;
    for (size_t i = 0; rc == 0 && i < refs.count; i++)
        printed += ls->connection.json ? tell_ref(ls, &refs.refs[i]) : print_ref(ls, &refs.refs[i]);
    if (rc == 0 && printed == 0 && ls->exit_code)
        rc = fault_set(fault, FAULT_NO, "no reference matches");
    reflist_free(&refs);
    remote_close(remote);
    return rc;
}

static void defaults(void *self, struct fault *fault)
{
    struct ls_remote *ls = self;
    (void)fault;
    connection_defaults(&ls->connection);
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct ls_remote *ls = self;
    struct url url = {.room = NULL};
    ls->unnamed = count < 1;
    ls->patterns = arguments + !ls->unnamed;
    ls->pattern_count = count - !ls->unnamed;
    int rc = remote_here_open(&ls->here, ls->unnamed ? NULL : arguments[0], &ls->connection, &url,
                              fault);
    if (rc == 0)
        rc = server_options_open(&ls->connection, arguments[0], &url, fault);
    if (rc >= 0)
        rc = list(ls, &url, fault);
    connection_close(&ls->connection);
    remote_here_close(&ls->here);
    connection_url_end(&url);
    return rc;
}

static const struct option options[] = {
    {"heads", 0, OPTION_FLAG, offsetof(struct ls_remote, heads),
     .help = "only refs/heads/; --branches: the same"},
    /* -h alone is help, as git has it; with anything else it is git's other meaning. */
    {"branches", 'h', OPTION_FLAG, offsetof(struct ls_remote, heads), .help = NULL},
    {"tags", 't', OPTION_FLAG, offsetof(struct ls_remote, tags), .help = "only refs/tags/"},
    {"refs", 0, OPTION_FLAG, offsetof(struct ls_remote, refs_only),
     .help = "no HEAD, no peeled tags"},
    {"symref", 0, OPTION_FLAG, offsetof(struct ls_remote, symref),
     .help = "show what HEAD points to"},
    {"exit-code", 0, OPTION_FLAG, offsetof(struct ls_remote, exit_code),
     .help = "exit with 1 when nothing matches"},
    {"json", 0, OPTION_FLAG, offsetof(struct ls_remote, connection.json),
     .help = "an object a line, for programs"},
    {.kind = OPTION_REST, .offset = offsetof(struct ls_remote, connection), .rest = server_options},
};

const struct command ls_remote_command = {
    .name = "ls-remote",
    .summary = "list the references of a repository",
    .usage = "ls-remote [--heads] [--tags] [--refs] [--symref] [--exit-code]\n"
             "           [URL|REMOTE [PATTERN...]]",
    .options = options,
    .size = sizeof(struct ls_remote),
    .defaults = defaults,
    .run = run,
};
