/* SPDX-License-Identifier: MIT */
/* smidgit explain: what the bytes of git's files mean, and of a conversation with a server. */
#include "client/explain.h"

#include "cmd/commands.h"
#include "cmd/server_options.h"
#include "system/cpu.h"
#include "system/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* FILE@OFFSET, unless there is a file of that whole name: its OFFSET, with the '@' cut off. */
static const char *cut_offset(char *argument)
{
    char *at = strrchr(argument, '@');
    if (at == NULL || at[1] == '\0' || access(argument, F_OK) == 0)
        return NULL;
    *at = '\0';
    return at + 1;
}

/* The clone's file NAME, if it is there. */
static int explain_made(const struct explain *explain, const char *name)
{
    if (access(name, F_OK) < 0)
        return 0;
    return explain_file(explain, name);
}

/* The files in the clone's objects/pack whose names end in END. */
static int explain_packs(const struct explain *explain, const char *end)
{
    static const char folder[] = "clone/.git/objects/pack";
    char path[sizeof folder + NAME_MAX + 1];
    int rc = 0;
    DIR *packs = opendir(folder);
    for (struct dirent *entry; packs && rc == 0 && (entry = readdir(packs)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot == NULL || strcmp(dot, end) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        rc = explain_made(explain, path);
    }
    if (packs)
        closedir(packs);
    return rc;
}

/* In the directory where the clone is: what went over the wire, also of one that has failed, and
 * what it has made. */
static int explain_clone(const struct explain *explain, bool whole)
{
    if (access("talk", F_OK) == 0 && explain_file(explain, "talk") < 0)
        return -1;
    if (!whole)
        return 0;
    return explain_packs(explain, ".pack") < 0 || explain_packs(explain, ".idx") < 0 ||
                   explain_made(explain, "clone/.git/index") < 0 ||
                   explain_made(explain, "clone/.git/packed-refs") < 0
               ? -1
               : 0;
}

/* Whether WORDS are a clone's command line but for its directory: an option at their end would take
 * that for its value. */
static int check_words(int count, char **words, struct fault *fault)
{
    char **argv = calloc((size_t)count + 1, sizeof *argv);
    void *self = calloc(1, clone_command.size);
    int arguments = 0, rc = -1;
    bool help;
    if (argv == NULL || self == NULL)
        fault_set(fault, FAULT_LIMIT, "no memory for %d words", count);
    else {
        memcpy(argv + 1, words, (size_t)count * sizeof *words);
        rc = options_parse(count + 1, argv, clone_command.options, self, &arguments, &help, fault);
        if (rc == 0 && arguments != 1)
            rc = fault_set(fault, FAULT_USAGE, "one URL is needed, and there are %d", arguments);
    }
    free(argv);
    free(self);
    return rc;
}

/* WORDS[0..COUNT) is the command line of a clone but for its directory, which is DIRECTORY/clone.
 */
static int clone_into(const char *directory, int count, char **words, struct fault *fault)
{
    char trace[PATH_MAX + 24], clone[PATH_MAX + 8];
    char name[] = "clone", quiet[] = "-q", no_sync[] = "--no-sync";
    char **argv = calloc((size_t)count + 6, sizeof *argv);
    bool json;
    if (argv == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for %d words", count);
    snprintf(trace, sizeof trace, "--trace=whole:%s/talk", directory);
    snprintf(clone, sizeof clone, "%s/clone", directory);
    argv[0] = name;
    argv[1] = quiet;
    argv[2] = no_sync;
    argv[3] = trace;
    memcpy(argv + 4, words, (size_t)count * sizeof *words);
    argv[count + 4] = clone;
    int rc = command_run(&clone_command, count + 5, argv, &json, fault);
    free(argv);
    return rc;
}

/* Clones into a directory that is removed afterwards. */
static int explain_url(const struct explain *explain, int count, char **words)
{
    const char *place = getenv("TMPDIR");
    char directory[PATH_MAX];
    struct fault *fault = explain->fault, later = {.class = FAULT_NONE}, left = later;
    struct explain telling = *explain;
    if (check_words(count, words, fault) < 0)
        return -1;
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    snprintf(directory, sizeof directory, "%s/smidgit-explain-XXXXXX",
             place && *place ? place : "/tmp");
    if (here < 0 || mkdtemp(directory) == NULL) {
        fault_set(fault, FAULT_LOCAL, "cannot make the directory %s: %s", directory,
                  strerror(errno));
        if (here >= 0)
            close(here);
        return -1;
    }
    int rc = clone_into(directory, count, words, fault);
    telling.fault = &later;
    if (chdir(directory) < 0)
        fault_set(&later, FAULT_LOCAL, "cannot enter %s: %s", directory, strerror(errno));
    else
        explain_clone(&telling, rc == 0);
    if (fchdir(here) < 0 || fs_remove(AT_FDCWD, directory, &left) < 0)
        fprintf(stderr, "warning: %s is left\n", directory);
    close(here);
    if (rc == 0 && later.class != FAULT_NONE) {
        *fault = later;
        rc = -1;
    }
    return rc;
}

/* Whether WORDS are those of a clone: files have no options. */
static bool of_url(int count, char **words)
{
    for (int i = 0; i < count; i++)
        if (*words[i] == '-' || strstr(words[i], "://"))
            return true;
    return false;
}

static int explain(struct explain *explain, int count, char **words)
{
    if (of_url(count, words))
        return explain_url(explain, count, words);
    if (count > 2)
        return fault_set(explain->fault, FAULT_USAGE,
                         "a file, and an object of it, is all that is taken");
    explain->object = count == 2 ? words[1] : cut_offset(words[0]);
    return explain_file(explain, words[0]);
}

/* Takes the words that are of explain alone away from WORDS, and how many are left. PAGE is the
 * file that --html names. */
static int take_options(struct explain *what, int count, char **words, const char **page)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], "--all") == 0)
            what->all = true;
        else if (strcmp(words[i], "--json") == 0)
            what->form = &explain_as_json;
        else if (strncmp(words[i], "--html=", 7) == 0)
            *page = words[i] + 7;
        else if (strcmp(words[i], "--html") == 0 && i + 1 < count)
            *page = words[++i];
        else
            words[kept++] = words[i];
    }
    return kept;
}

static int run(void *self, int count, char **words, struct fault *fault)
{
    struct explain what = {.out = stdout,
                           .form = &explain_as_text,
                           .sha1 = hash_best_sha1(),
                           .sha256 = hash_best_sha256(),
                           .fault = fault};
    const char *page = NULL;
    (void)self;
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], "-h") == 0 || strcmp(words[i], "--help") == 0) {
            command_help(&explain_command);
            return 0;
        }
    }
    count = take_options(&what, count, words, &page);
    if (count == 0) /* before the page: the only name may be that of what was to be explained */
        return fault_set(fault, FAULT_USAGE, "a URL or a file is needed");
    if (page) {
        what.form = &explain_as_html;
        what.out = fopen(page, "w");
        if (what.out == NULL)
            return fault_set(fault, FAULT_LOCAL, "cannot write '%s': %s", page, strerror(errno));
    }
    /* A URL may have a secret in it, and so may options. */
    what.form->begin(what.out, of_url(count, words) ? "What git says" : words[0]);
    /* Who reads the first lines only wants no complaint; but a clone is to be removed before. */
    if (!of_url(count, words))
        signal(SIGPIPE, SIG_DFL);
    int rc = explain(&what, count, words);
    signal(SIGPIPE, SIG_DFL);
    what.form->end(what.out);
    bool failed = page ? fclose(what.out) != 0 : fflush(stdout) != 0;
    if (failed && rc == 0)
        rc = fault_set(fault, FAULT_LOCAL, "cannot write '%s': %s", page ? page : "standard output",
                       strerror(errno));
    return rc;
}

/* Those of a clone that mean something here; the clone reads them. */
static const struct option options[] = {
    {"all", .help = "fold nothing"},
    {"html", .word = "FILE", .help = "as one page, for a browser"},
    {"json", .help = "an object a line, for programs"},
    {"branch", 'b', .word = "NAME", .help = "of a URL: clone this branch, tag or object id"},
    {"depth", .word = "N", .help = "of a URL: only the last N commits"},
    {.kind = OPTION_REST, .rest = server_options},
};

const struct command explain_command = {
    .name = "explain",
    .summary = "what goes over the wire, and what is in git's files, byte by byte",
    .usage = "explain [--all] [--html FILE|--json] [-b NAME] [--depth N]\n"
             "           [OPTION...] URL\n"
             "       smidgit explain [--all] [--html FILE|--json] FILE |\n"
             "           PACK@OFFSET | PACK OID",
    .options = options,
    .reads_words = true,
    .run = run,
};
