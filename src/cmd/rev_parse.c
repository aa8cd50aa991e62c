/* SPDX-License-Identifier: MIT */
/* smidgit rev-parse: object ids, and where the repository is. As git has it, a word counts for
 * those behind it, and what is asked for comes in the order of the words. */
#include "client/workspace.h"
#include "cmd/commands.h"
#include "proto/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rev_parse {
    struct workspace workspace;
    bool is_short, abbrev_ref, verify, quiet;
    uint64_t digits; /* --short=N */
    struct fault *fault;
};

enum { DIGITS_MIN = 4 };

/* As git shows it: relative where the current directory has it. */
static const char *git_dir(const struct repository *repository)
{
    char here[REPOSITORY_PATH_MAX];
    const char *named = getenv("GIT_DIR"), *path = repository->git_path;
    size_t length = getcwd(here, sizeof here) ? strlen(here) : 0;
    if (named && *named)
        return named;
    if (length == 0 || strncmp(here, path, length) != 0)
        return path;
    return path[length] == '\0' ? "." : strcmp(path + length, "/.git") == 0 ? ".git" : path;
}

static unsigned digits_of(struct rev_parse *parse, const struct oid *oid)
{
    struct odb *odb = parse->workspace.odb;
    char hex[OID_HEX];
    struct oid found[2];
    if (parse->digits == 0)
        return odb_abbreviation(odb, oid);
    unsigned digits = parse->digits < DIGITS_MIN      ? DIGITS_MIN
                      : parse->digits > 2U * oid->len ? 2U * oid->len
                                                      : (unsigned)parse->digits;
    for (; digits < 2U * oid->len; digits++) {
        oid_hex(oid, hex)[digits] = '\0';
        if (odb_candidates(odb, hex, found, 2) < 2)
            break;
    }
    return digits;
}

/* The name of the reference that TEXT is; NULL: it is none. */
static const char *ref_name(const struct workspace *workspace, const char *text)
{
    if (strcmp(text, "HEAD") == 0 || strcmp(text, "@") == 0)
        return workspace->head.branch ? workspace->head.branch : "HEAD";
    const struct local_ref *ref = revision_ref(&workspace->revisions, text);
    return revision_beside_head(text) ? text
           : ref == NULL              ? NULL
           : ref->target              ? ref->target
                                      : ref->name;
}

static int show(struct rev_parse *parse, const char *text)
{
    struct workspace *workspace = &parse->workspace;
    struct oid oid;
    char hex[OID_HEX];
    if (revision_resolve(&workspace->revisions, text, &oid) < 0) {
        if (parse->quiet)
            fault_clear(parse->fault);
        return parse->quiet ? fault_set(parse->fault, FAULT_NO, "no revision") : -1;
    }
    const char *name = parse->abbrev_ref ? ref_name(workspace, text) : NULL;
    if (name)
        puts(revision_short(&workspace->revisions, name));
    else if (!parse->abbrev_ref)
        printf("%.*s\n", parse->is_short ? (int)digits_of(parse, &oid) : OID_HEX,
               oid_hex(&oid, hex));
    return 0;
}

/* 1: it is an option, 0, -1. */
static int option(struct rev_parse *parse, const char *word)
{
    const struct repository *repository = &parse->workspace.repository;
    if (strcmp(word, "--short") == 0 ||
        (strncmp(word, "--short=", 8) == 0 &&
         bytes_decimal(word + 8, strlen(word + 8), &parse->digits) == 0))
        parse->is_short = parse->verify = true;
    else if (strcmp(word, "--abbrev-ref") == 0)
        parse->abbrev_ref = true;
    else if (strcmp(word, "--verify") == 0)
        parse->verify = true;
    else if (strcmp(word, "-q") == 0 || strcmp(word, "--quiet") == 0)
        parse->quiet = true;
    else if (strcmp(word, "--git-dir") == 0)
        puts(git_dir(repository));
    else if (strcmp(word, "--show-toplevel") == 0 && repository->work_dir < 0)
        return fault_set(parse->fault, FAULT_LOCAL, "this operation must be run in a work tree");
    else if (strcmp(word, "--show-toplevel") == 0)
        puts(repository->work_path);
    else if (*word == '-')
        return fault_set(parse->fault, FAULT_USAGE, "unknown option '%.200s'", word);
    else
        return 0;
    return 1;
}

static int work(struct rev_parse *parse, int count, char **arguments)
{
    int rc = workspace_open(&parse->workspace, parse->fault), revisions = 0;
    for (int i = 0; rc >= 0 && i < count; i++) {
        rc = option(parse, arguments[i]);
        if (rc != 0)
            continue;
        revisions++;
        rc = parse->verify && revisions > 1 ? 0 : show(parse, arguments[i]);
    }
    if (rc >= 0 && parse->verify && revisions != 1)
        rc = fault_set(parse->fault, parse->quiet ? FAULT_NO : FAULT_LOCAL,
                       "Needed a single revision");
    return rc < 0 ? -1 : 0;
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct rev_parse *parse = self;
    parse->fault = fault;
    if (count == 1 && (strcmp(arguments[0], "-h") == 0 || strcmp(arguments[0], "--help") == 0)) {
        command_help(&rev_parse_command);
        return 0;
    }
    int rc = work(parse, count, arguments);
    workspace_close(&parse->workspace);
    return rc;
}

static const struct option shown[] = {
    {"verify", .help = "exactly one revision"},
    {"quiet", 'q', .help = "with --verify: only exit code 1 when it is none"},
    {"short", .kind = OPTION_OPTIONAL, .word = "N",
     .help = "the shortest id of at least N digits (7)"},
    {"abbrev-ref", .help = "the short name of the branch or tag instead"},
    {"show-toplevel", .help = "the root of the working tree"},
    {"git-dir", .help = "the repository's directory"},
    {.kind = OPTION_REST},
};

const struct command rev_parse_command = {
    .name = "rev-parse",
    .summary = "object ids of revisions, and where the repository is",
    .usage = "rev-parse [--abbrev-ref] REVISION... | [--verify [-q]]\n"
             "           [--short[=N]] REVISION\n"
             "       smidgit rev-parse --show-toplevel | --git-dir",
    .options = shown,
    .size = sizeof(struct rev_parse),
    .reads_words = true,
    .run = run,
};
