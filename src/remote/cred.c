/* SPDX-License-Identifier: MIT */
#include "remote/cred.h"

#include "net/net.h"
#include "remote/netrc.h"
#include "remote/prompt.h"
#include "system/base64.h"
#include "system/interrupt.h"
#include "system/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACE_MAX = 4096 }; /* bytes of a URL in a question */

/* Where secrets come from that are not given with the command, which alone helpers hear of: what
 * becomes of a secret goes by these. */
static const char netrc_source[] = ".netrc", helper_source[] = "the credential helper",
                  askpass_source[] = "askpass", prompt_source[] = "the prompt";

void cred_forget(struct cred *cred)
{
    if (cred->user)
        wipe(cred->user, 2 * (size_t)CRED_MAX);
    free(cred->user);
    helpers_forget(&cred->helped);
    *cred = (struct cred){.user = NULL};
}

/* What is collected, and what is known of it so far. */
struct filling {
    const struct url *url;
    const struct cred_options *options;
    const char *challenge;
    struct cred *cred;
    bool has_user, has_secret;
    struct fault *fault;
};

static int user_set(struct filling *filling, const char *user)
{
    if (strlen(user) >= CRED_MAX)
        return fault_set(filling->fault, FAULT_LIMIT, "a user name of over %d bytes", CRED_MAX - 1);
    memmove(filling->cred->user, user, strlen(user) + 1);
    filling->has_user = true;
    return 0;
}

static int secret_set(struct filling *filling, const char *secret, const char *source)
{
    if (strlen(secret) >= CRED_MAX)
        return fault_set(filling->fault, FAULT_LIMIT, "%s: a password of over %d bytes", source,
                         CRED_MAX - 1);
    memcpy(filling->cred->secret, secret, strlen(secret) + 1);
    filling->cred->source = source;
    filling->has_secret = true;
    return 0;
}

/* Reads the first line of --password-fd, byte by byte: what follows belongs to somebody else. */
static int secret_from_fd(struct filling *filling)
{
    int fd = filling->options->password_fd;
    char *secret = filling->cred->secret, c;
    size_t used = 0;
    ssize_t got;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    while ((got = read(fd, &c, 1)) != 0 && !(got == 1 && c == '\n')) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault_set(filling->fault, FAULT_USAGE, "--password-fd %d: %s", fd,
                             strerror(errno));
        if (c == '\0' || c == '\r')
            return fault_set(filling->fault, FAULT_AUTH,
                             "--password-fd %d: a %s at byte %zu, one line was expected", fd,
                             c ? "carriage return" : "NUL", used);
        if (used + 1 == CRED_MAX)
            return fault_set(filling->fault, FAULT_LIMIT, "--password-fd %d: over %d bytes", fd,
                             CRED_MAX - 1);
        secret[used++] = c;
    }
    secret[used] = '\0';
    filling->cred->source = "--password-fd";
    filling->has_secret = true;
    return 0;
}

static int from_options(struct filling *filling)
{
    const struct cred_options *options = filling->options;
    if (options->user && user_set(filling, options->user) < 0)
        return -1;
    if (options->password_fd >= 0)
        return secret_from_fd(filling);
    return 0;
}

static int from_url(struct filling *filling)
{
    const struct url *url = filling->url;
    if (!url->has_user)
        return 0;
    bool same = !filling->has_user || strcmp(filling->cred->user, url->user) == 0;
    if (!filling->has_user && user_set(filling, url->user) < 0)
        return -1;
    if (url->has_password && same && !filling->has_secret)
        return secret_set(filling, url->password, "the URL");
    return 0;
}

static bool has_line_break(const char *text)
{
    return strpbrk(text, "\r\n") != NULL;
}

static int from_netrc(struct filling *filling)
{
    struct netrc_entry entry = {.text = NULL};
    struct netrc_query query = {filling->url->host, filling->has_user ? filling->cred->user : NULL,
                                filling->options->redirected};
    int rc = netrc_load(&query, &entry, filling->fault);
    if (rc == 1 && ((entry.user && has_line_break(entry.user)) ||
                    (entry.password && has_line_break(entry.password))))
        rc = fault_set(filling->fault, FAULT_AUTH, ".netrc: a line break in the entry for %s",
                       filling->url->host);
    if (rc == 1 && !filling->has_user && entry.user)
        rc = user_set(filling, entry.user);
    if (rc >= 0 && entry.password)
        rc = secret_set(filling, entry.password, netrc_source);
    netrc_forget(&entry);
    return rc < 0 ? -1 : 0;
}

static int from_helpers(struct filling *filling)
{
    struct credential *helped = &filling->cred->helped;
    if (!helpers_available)
        return 0;
    int rc = helpers_get(&filling->options->helpers, filling->url,
                         filling->has_user ? filling->cred->user : NULL, filling->challenge, helped,
                         filling->fault);
    if (rc < 0)
        return -1;
    if (helped->username && user_set(filling, helped->username) < 0)
        return -1;
    if (rc == 1 && helped->authtype && helped->credential) {
        filling->has_user = true;
        return secret_set(filling, helped->credential, helper_source);
    }
    return helped->password ? secret_set(filling, helped->password, helper_source) : 0;
}

/* "https://user@host:port" as git puts it into its questions: no path. Of a very long name, the
 * beginning. */
static void place_format(const struct filling *filling, bool with_user, char out[PLACE_MAX])
{
    char nothing[] = "";
    struct url place = *filling->url;
    place.path = nothing;
    place.user = filling->cred->user;
    place.has_user = with_user && *place.user;
    url_format_user(&place, out, PLACE_MAX);
}

static const char *askpass_program(void)
{
    const char *program = getenv("GIT_ASKPASS");
    if (!program || !*program)
        program = getenv("SSH_ASKPASS");
    return program && *program ? program : NULL;
}

static int cannot_ask(struct filling *filling, const char *what, const char *place)
{
    return fault_set(filling->fault, FAULT_AUTH,
                     "could not read %s for '%s': %s, and none of --user/--password-fd, .netrc, "
                     "GIT_ASKPASS gave one",
                     what, place,
                     filling->options->no_prompt ? "terminal prompts disabled" : "no terminal");
}

/* Asks for WHAT, "Username" or "Password": by program if there is one, else on the terminal. */
static int ask(struct filling *filling, const char *what, bool hidden, char *answer)
{
    char place[PLACE_MAX], question[PLACE_MAX + 32];
    const char *program = askpass_program();
    place_format(filling, hidden, place);
    snprintf(question, sizeof question, "%s for '%s': ", what, place);
    filling->cred->source = program ? askpass_source : prompt_source;
    if (interrupt_seen)
        return fault_set(filling->fault, FAULT_INTERRUPTED, "interrupted");
    if (program)
        return prompt_program(program, question, answer, CRED_MAX, filling->fault);
    if (filling->options->no_prompt)
        return cannot_ask(filling, what, place);
    int rc = prompt_terminal(question, hidden, answer, CRED_MAX, filling->fault);
    if (rc < 0)
        return fault_wrap(filling->fault, "could not read %s for '%s'", what, place);
    return rc == 0 ? cannot_ask(filling, what, place) : 0;
}

static int from_person(struct filling *filling)
{
    struct cred *cred = filling->cred;
    if (!filling->has_user && ask(filling, "Username", false, cred->user) < 0)
        return -1;
    if (filling->has_secret)
        return 0;
    return ask(filling, "Password", true, cred->secret);
}

static int open_room(struct cred *cred, struct fault *fault)
{
    cred_forget(cred);
    wipe_guard();
    cred->user = calloc(2, CRED_MAX);
    if (!cred->user)
        return fault_set(fault, FAULT_LIMIT, "no memory for a password");
    cred->secret = cred->user + CRED_MAX;
    return 0;
}

/* RC says whether CRED is known now. */
static int filled(struct cred *cred, int rc)
{
    if (rc < 0)
        cred_forget(cred);
    else
        cred->have = true;
    return rc;
}

int cred_fill(const struct url *url, const struct cred_options *options, const char *challenge,
              struct cred *cred, struct fault *fault)
{
    struct filling filling = {url, options, challenge, cred, false, false, fault};
    int rc = open_room(cred, fault);
    if (rc == 0)
        rc = from_options(&filling);
    if (rc == 0 && !(filling.has_user && filling.has_secret))
        rc = from_url(&filling);
    if (helpers_available && rc == 0 && !filling.has_user && options->configured_user)
        rc = user_set(&filling, options->configured_user);
    if (rc == 0 && !filling.has_secret)
        rc = from_netrc(&filling);
    if (rc == 0 && !filling.has_secret)
        rc = from_helpers(&filling);
    if (rc == 0 && !(filling.has_user && filling.has_secret))
        rc = from_person(&filling);
    return filled(cred, rc);
}

int cred_fill_proxy(const struct url *url, const struct cred_options *options,
                    const char *challenge, struct cred *cred, struct fault *fault)
{
    struct filling filling = {url, options, challenge, cred, false, false, fault};
    int rc = open_room(cred, fault);
    if (rc == 0)
        rc = from_url(&filling);
    if (rc == 0 && !filling.has_user && options->configured_user)
        rc = user_set(&filling, options->configured_user);
    if (rc == 0 && !filling.has_secret)
        rc = from_helpers(&filling);
    if (rc == 0 && !(filling.has_user && filling.has_secret))
        rc = from_person(&filling);
    return filled(cred, rc);
}

int cred_token(const struct url *url, const struct cred_options *options, const char *challenge,
               struct cred *cred, struct fault *fault)
{
    struct filling filling = {url, options, challenge, cred, false, false, fault};
    if (!helpers_available || options->helpers.commands.count == 0)
        return 0;
    if (open_room(cred, fault) < 0 || from_helpers(&filling) < 0)
        return -1;
    cred->have = cred->helped.authtype && cred->helped.credential;
    if (!cred->have)
        cred_forget(cred);
    return cred->have;
}

int cred_ask(const struct url *url, const struct cred_options *options, const char *user,
             struct cred *cred, struct fault *fault)
{
    struct filling filling = {url, options, "", cred, false, false, fault};
    if (open_room(cred, fault) < 0 || (user && user_set(&filling, user) < 0))
        return -1;
    return from_person(&filling);
}

static bool is_for_helpers(const struct cred *cred)
{
    return cred->source == helper_source || cred->source == askpass_source ||
           cred->source == prompt_source;
}

int cred_approve(const struct url *url, const struct cred_options *options, bool quiet,
                 struct cred *cred, struct fault *fault)
{
    if (!helpers_available || cred->told || !is_for_helpers(cred))
        return 0;
    cred->told = true;
    if (!quiet && options->helpers.commands.count == 0 && cred->source == prompt_source)
        fputs("hint: The password is kept nowhere. To be asked only once:\n"
              "hint:   smidgit config --global credential.helper store\n",
              stderr);
    return helpers_tell(&options->helpers, true, url, cred->user, cred->secret, &cred->helped,
                        fault);
}

int cred_refused(const struct url *url, const struct cred_options *options, struct cred *cred,
                 struct fault *fault)
{
    struct filling filling = {url, options, NULL, cred, *cred->user != '\0', false, fault};
    if (!helpers_available)
        return 0;
    if (is_for_helpers(cred) && helpers_tell(&options->helpers, false, url, cred->user,
                                             cred->secret, &cred->helped, fault) < 0)
        return -1;
    if ((cred->source != netrc_source && cred->source != helper_source) || options->no_prompt ||
        !prompt_has_terminal())
        return 0;
    fprintf(stderr, "The password from %s was refused.\n", cred->source);
    helpers_forget(&cred->helped);
    cred->told = false;
    return from_person(&filling) < 0 ? -1 : 1;
}

/* What a helper wants to be sent: authtype SP credential */
static char *helped_header(const struct cred *cred, struct fault *fault)
{
    const char *scheme = cred->helped.authtype;
    size_t size = strlen(scheme) + 1 + strlen(cred->secret) + 1;
    char *out = malloc(size);
    if (out)
        snprintf(out, size, "%s %s", scheme, cred->secret);
    else
        fault_set(fault, FAULT_LIMIT, "no memory for a password");
    return out;
}

/* basic = "Basic" SP base64( user ":" secret ), RFC 7617 */
char *cred_header(const struct cred *cred, struct fault *fault)
{
    if (helpers_available && cred->helped.credential)
        return helped_header(cred, fault);
    size_t user = strlen(cred->user), size = user + 1 + strlen(cred->secret);
    size_t length = 6 + BASE64_LENGTH(size) + 1;
    if (strchr(cred->user, ':')) {
        fault_set(fault, FAULT_AUTH,
                  "the user name has a colon in it, which Basic authentication cannot send");
        return NULL;
    }
    char *out = malloc(length + size + 1), *pair = out + length;
    if (!out) {
        fault_set(fault, FAULT_LIMIT, "no memory for a password");
        return NULL;
    }
    memcpy(out, "Basic ", 6);
    memcpy(pair, cred->user, user);
    pair[user] = ':';
    memcpy(pair + user + 1, cred->secret, size - user);
    base64_format((unsigned char *)pair, size, out + 6);
    wipe(pair, size);
    return out;
}

/* bearer = "Bearer" SP token, RFC 6750, 2.1 */
char *cred_bearer(const struct cred *cred, struct fault *fault)
{
    size_t size = strlen(cred->secret);
    for (const char *at = cred->secret; *at || size == 0; at++)
        if (*at <= ' ' || *at > '~') {
            fault_set(fault, FAULT_AUTH, "a token is letters, digits and signs, and nothing else");
            return NULL;
        }
    char *out = malloc(7 + size + 1);
    if (!out) {
        fault_set(fault, FAULT_LIMIT, "no memory for a password");
        return NULL;
    }
    memcpy(out, "Bearer ", 7);
    memcpy(out + 7, cred->secret, size + 1);
    return out;
}
