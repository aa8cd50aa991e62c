/* SPDX-License-Identifier: MIT */
/* smidgit help, smidgit version. */
#include "cmd/main.h"
#include "cmd/notices.h"
#include "cmd/server_options.h"
#include "objects/whole.h"
#include "proto/inflate.h"
#include "system/cpu.h"
#include "tls/builtin_encoding.h"
#include "tls/builtin_roots.h"

#include <stdio.h>
#include <string.h>

int main_help(const struct command *command)
{
    printf("usage: smidgit %s\n\n%s\n\n%s%s", command->usage, command->summary, command->options,
           command->connects ? server_options_help : "");
    return 0;
}

static int help(int argc, char **argv, struct fault *fault)
{
    if (argc > 1) {
        for (const struct command *const *command = main_commands; *command; command++)
            if (strcmp((*command)->name, argv[1]) == 0)
                return main_help(*command);
        return fault_set(fault, FAULT_USAGE, "'%s' is not a smidgit command", url_shown(argv[1]));
    }
    puts("usage: smidgit COMMAND [OPTION...]\n\nA git client for HTTPS in one small file.\n");
    for (const struct command *const *command = main_commands; *command; command++)
        printf("  %-12s %s\n", (*command)->name, (*command)->summary);
    puts("\n'smidgit help COMMAND' shows a command's options.");
    return 0;
}

const struct command command_help = {
    .name = "help",
    .run = help,
    .summary = "show help, also for one command",
    .usage = "help [COMMAND]",
    .options = "",
};

static bool show_root(void *context, const struct certname *names)
{
    char text[256];
    (void)context;
    root_show(names->subject, text, sizeof text);
    printf("  %s\n", text);
    return false;
}

static void show_build(void)
{
    printf("TLS: %s\ninflate: %s%s\nSHA-1: %s, with collision detection\nSHA-256: %s\ncommands:",
           tls_version(), inflate_version(), whole_version(), hash_best_sha1()->how,
           hash_best_sha256()->how);
    for (const struct command *const *command = main_commands; *command; command++)
        printf(" %s", (*command)->name);
    putchar('\n');
}

static int version(int argc, char **argv, struct fault *fault)
{
    int rest;
    size_t count;
    bool verbose = false, roots = false, wants_help = false;
    const struct option table[] = {
        {'v', "verbose", OPTION_FLAG, &verbose},
        {0, "build-options", OPTION_FLAG, &verbose},
        {0, "roots", OPTION_FLAG, &roots},
        {0, NULL, OPTION_FLAG, NULL},
    };
    if (options_parse(argc, argv, table, &rest, &wants_help, fault) < 0)
        return -1;
    if (wants_help)
        return main_help(&command_version);
    if (rest > 0)
        return fault_set(fault, FAULT_USAGE, "version: no argument is taken");
    printf("smidgit version %s\n", SMIDGIT_VERSION);
    if (verbose)
        show_build();
    if (verbose || roots)
        printf("roots: %s\n", roots_origin());
    if (roots && roots_search(show_root, NULL, NULL, &count, fault) < 0)
        return -1;
    if (verbose)
        fputs(notices, stdout);
    return 0;
}

const struct command command_version = {
    .name = "version",
    .run = version,
    .summary = "show the version; -v: what is built in",
    .usage = "version [-v] [--roots]",
    .options = "  -v                       show libraries, hashes, commands and roots\n"
               "  --roots                  list the trusted certificates that are built in\n",
};
