/* SPDX-License-Identifier: MIT */
#include "remote/http_custom.h"

#include "remote/prompt.h"
#include "system/wipe.h"
#include "tls/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

const char http_custom_no_way[] = "'%s' wants a way to log in that smidgit does not have: '%.100s' "
                                  "(it has Basic, and Bearer with --auth bearer)";

static void line_put(struct http_lines *lines, const struct http_header *line, bool secret)
{
    size_t at = 0;
    while (at < lines->count &&
           (lines->secret[at] || strcasecmp(lines->rows[at].name, line->name) != 0))
        at++;
    lines->count += at == lines->count;
    lines->rows[at] = *line;
    lines->secret[at] = secret;
}

void http_custom_headers(const struct http_session_options *options, struct http_lines *lines)
{
    const struct http_custom *custom = options->custom;
    if (custom && custom->agent)
        line_put(lines, &(struct http_header){"User-Agent", custom->agent}, false);
    for (size_t i = 0; custom && i < custom->extra_count; i++)
        line_put(lines, &custom->extra[i], true);
}

enum http_redirects http_custom_redirects(const struct http_session_options *options)
{
    return options->custom ? options->custom->redirects : HTTP_REDIRECTS_INITIAL;
}

bool http_custom_bearer(const struct http_session_options *options)
{
    return options->cred.bearer;
}

/* As git asks, which calls the file a URL without a host. */
static int ask_password(const struct http_session_options *options, char *password, size_t size,
                        struct fault *fault)
{
    char question[4200];
    const char *program = getenv("GIT_ASKPASS"), *file = options->custom->cert_file;
    snprintf(question, sizeof question, "Password for 'cert:///%.4000s': ", file);
    if (!program || !*program)
        program = getenv("SSH_ASKPASS");
    if (program && *program)
        return prompt_program(program, question, password, size, fault);
    int rc = options->cred.no_prompt ? 0 : prompt_terminal(question, true, password, size, fault);
    return rc != 0 ? rc
                   : fault_set(fault, FAULT_AUTH,
                               "the client's key is encrypted, and nobody can be asked for its "
                               "password: no terminal or prompts disabled, and no GIT_ASKPASS");
}

int http_custom_identity(struct http_session_options *options, struct fault *fault)
{
    const struct http_custom *custom = options->custom;
    char password[1024];
    if (custom == NULL || custom->cert_file == NULL || options->tls.identity)
        return 0;
    int rc =
        identity_open(custom->cert_file, custom->key_file, NULL, &options->tls.identity, fault);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    rc = ask_password(options, password, sizeof password, fault);
    if (rc >= 0)
        rc = identity_open(custom->cert_file, custom->key_file, password, &options->tls.identity,
                           fault);
    wipe(password, sizeof password);
    return rc < 0 ? -1 : 0;
}

void http_custom_end(struct http_session_options *options)
{
    identity_close(options->tls.identity);
    options->tls.identity = NULL;
}

void http_custom_forget(struct http_session_options *options)
{
    options->cred.bearer = false;
    if (options->custom == NULL)
        return;
    http_custom_end(options);
    options->custom->cert_file = NULL;
    options->custom->extra_count = 0;
    options->tls.insecure = options->tls.insecure && !options->custom->insecure_here;
}
