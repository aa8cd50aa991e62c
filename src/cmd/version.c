/* SPDX-License-Identifier: MIT */
/* smidgit version: which one, and what is built in. */
#include "cmd/commands.h"
#include "cmd/notices.h"
#include "objects/whole.h"
#include "proto/hash.h"
#include "proto/inflate.h"
#include "system/cpu.h"
#include "tls/builtin_encoding.h"
#include "tls/builtin_roots.h"
#include "tls/tls.h"

struct version {
    bool verbose, roots;
};

static bool show_root(void *context, const struct certname *names)
{
    char text[256];
    (void)context;
    builtin_encoding_show(names->subject, text, sizeof text);
    printf("  %s\n", text);
    return false;
}

static void show_build(void)
{
    printf("TLS: %s\ninflate: %s%s\nSHA-1: %s, with collision detection\nSHA-256: %s\ncommands:",
           tls_version(), inflate_version(), whole_version(), hash_best_sha1()->how,
           hash_best_sha256()->how);
    for (const struct command *const *command = commands; *command; command++)
        printf(" %s", (*command)->name);
    putchar('\n');
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    const struct version *version = self;
    size_t roots;
    (void)arguments;
    if (count > 0)
        return fault_set(fault, FAULT_USAGE, "version: no argument is taken");
    printf("smidgit version %s\n", SMIDGIT_VERSION);
    if (version->verbose)
        show_build();
    if (version->verbose || version->roots)
        printf("roots: %s\n", builtin_roots_origin());
    if (version->roots && builtin_roots_search(show_root, NULL, NULL, &roots, fault) < 0)
        return -1;
    if (version->verbose)
        fputs(notices, stdout);
    return 0;
}

static const struct option options[] = {
    {NULL, 'v', OPTION_FLAG, offsetof(struct version, verbose),
     .help = "show libraries, hashes, commands and roots"},
    {"verbose", 0, OPTION_FLAG, offsetof(struct version, verbose), .help = NULL},
    {"build-options", 0, OPTION_FLAG, offsetof(struct version, verbose), .help = NULL},
    {"roots", 0, OPTION_FLAG, offsetof(struct version, roots),
     .help = "list the trusted certificates that are built in"},
    {.kind = OPTION_REST},
};

const struct command version_command = {
    .name = "version",
    .summary = "show the version; -v: what is built in",
    .usage = "version [-v] [--roots]",
    .options = options,
    .size = sizeof(struct version),
    .run = run,
};
