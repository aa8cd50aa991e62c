/* SPDX-License-Identifier: MIT */
/* Facts from the services' own documentation and public threads, up to late 2026. The service is
 * known by its host name, a self-hosted one by what its answer says: the WWW-Authenticate realm,
 * Server, X-* headers. The rows of a service are tried in order; the first that fits is taken.
 */
#include "remote/hosting.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum service {
    SERVICE_NONE,
    BITBUCKET_CLOUD,
    BITBUCKET_CENTER,
    GITHUB,
    GITLAB,
    AZURE,
    GITEA,
    CODECOMMIT
};

/* Where a mark stands. MARK_HOST is the host or a domain above it. */
enum mark { MARK_HOST, MARK_HOST_BEGINS, MARK_REALM, MARK_SERVER, MARK_HINT, MARK_BODY };

static const struct {
    enum service service;
    enum mark mark;
    const char *text; /* compared without regard to case */
} marks[] = {
    {BITBUCKET_CLOUD, MARK_HOST, "bitbucket.org"},
    {GITHUB, MARK_HOST, "github.com"},
    {GITHUB, MARK_HOST, "ghe.com"},
    {GITLAB, MARK_HOST, "gitlab.com"},
    {AZURE, MARK_HOST, "dev.azure.com"},
    {AZURE, MARK_HOST, "visualstudio.com"},
    {GITEA, MARK_HOST, "codeberg.org"},
    {GITEA, MARK_HOST, "gitea.com"},
    {CODECOMMIT, MARK_HOST_BEGINS, "git-codecommit."},
    {BITBUCKET_CLOUD, MARK_REALM, "Bitbucket.org HTTP"},
    {BITBUCKET_CENTER, MARK_REALM, "Atlassian Bitbucket"},
    {BITBUCKET_CENTER, MARK_HINT, "X-AREQUESTID"},
    {BITBUCKET_CENTER, MARK_HINT, "X-AUSERNAME"},
    {GITHUB, MARK_REALM, "GitHub"},
    {GITHUB, MARK_SERVER, "GitHub"},
    {GITHUB, MARK_HINT, "X-GitHub-"},
    {GITLAB, MARK_REALM, "GitLab"},
    {GITLAB, MARK_HINT, "X-Gitlab-"},
    {GITLAB, MARK_BODY, "HTTP Basic: Access denied"},
    {AZURE, MARK_REALM, "dev.azure.com"},
    {AZURE, MARK_REALM, "visualstudio.com"},
    {AZURE, MARK_HINT, "X-TFS-"},
    {AZURE, MARK_HINT, "X-VSS-"},
    {AZURE, MARK_BODY, "TF401041"},
    {GITEA, MARK_REALM, "Gitea"},
    {GITEA, MARK_REALM, "Forgejo"},
    {GITEA, MARK_HINT, "X-Gitea-"},
    {GITEA, MARK_HINT, "X-Forgejo-"},
    {CODECOMMIT, MARK_REALM, "CodeCommit"},
};

/* Behind each row of Bitbucket Cloud. */
static const char bitbucket_token[] =
    "give an API token with the scope read:repository:bitbucket as the password; the "
    "user name is your Bitbucket user name (not the e-mail address) or x-bitbucket-api-token-auth";

/* And of AWS CodeCommit. */
static const char iam_user[] =
    "HTTPS Git credentials of an IAM user (IAM console, Security credentials); the user name looks "
    "like name-at-123456789012";

enum { ANY = 0 };

const char hosting_sign_in[] =
    "Azure DevOps wants a personal access token with the scope Code (read), not yet expired, as "
    "the "
    "password; the user name can be anything. Without one it shows its sign-in page";

static const struct {
    enum service service;
    int status;       /* or ANY */
    const char *body; /* what the body must have in it, or NULL */
    const char *help;
} rows[] = {
    {BITBUCKET_CLOUD, 410, NULL, "Bitbucket has removed app passwords: "},
    {BITBUCKET_CLOUD, ANY, "App passwords are deprecated", "Bitbucket has removed app passwords: "},
    {BITBUCKET_CLOUD, 403, NULL, "The Bitbucket token lacks a scope or the account lacks access: "},
    {BITBUCKET_CLOUD, 401, NULL,
     "Bitbucket takes no account or app passwords any more. With a repository, "
     "project or workspace access token the user name is x-token-auth; without one, "},
    {BITBUCKET_CENTER, 401, NULL,
     "Bitbucket Data Center wants your user name and an HTTP access token (account settings, "
     "HTTP access tokens); it may refuse the account's password"},
    {BITBUCKET_CENTER, 403, NULL,
     "This account or token has no permission to read on Bitbucket Data Center"},
    {GITHUB, 403, "SAML SSO",
     "The organization on GitHub enforces SAML single sign-on: authorize the token for it "
     "(Settings, Developer settings, Personal access tokens, Configure SSO)"},
    {GITHUB, 403, NULL,
     "The GitHub token may not read this repository: it needs the repo scope, or 'Contents: read' "
     "for it, and approval where the organization uses SAML single sign-on"},
    {GITHUB, 401, NULL,
     "GitHub removed password authentication: give a personal access token as the password, and "
     "your login or x-access-token as the user name (an empty one fails). GitHub says the same of "
     "a repository that does not exist"},
    {GITHUB, 404, NULL, "GitHub also says so to a token without access to a private repository"},
    {GITLAB, 401, NULL,
     "GitLab wants an access token with the scope read_repository as the password; the user name "
     "may be oauth2 (a deploy token has its own). With two-factor authentication "
     "the account's password is refused"},
    {GITLAB, 403, NULL,
     "The GitLab token may not read this repository: it needs the scope read_repository, the "
     "account at least the Reporter role"},
    {GITLAB, 404, NULL, "GitLab also answers so when the account may not see the project"},
    {AZURE, 400, "TF401041",
     "Azure DevOps misses the multi_ack capability; a proxy may have changed the request"},
    {AZURE, 203, NULL, hosting_sign_in},
    {AZURE, 200, NULL, hosting_sign_in},
    {AZURE, 302, NULL, hosting_sign_in},
    {AZURE, 401, NULL, hosting_sign_in},
    {AZURE, 403, NULL,
     "The Azure DevOps token may not read this repository: it needs the scope Code (read)"},
    {GITEA, 401, NULL,
     "Gitea and Forgejo want an access token as the password when two-factor authentication is "
     "on; the token can also stand as the user name, with an empty password"},
    {GITEA, 403, NULL,
     "The access token may not read this repository: it needs the scope read:repository"},
    {GITEA, 404, NULL,
     "Gitea and Forgejo also answer so when the account may not see the repository"},
    {CODECOMMIT, 403, NULL,
     "AWS CodeCommit answers 403 to wrong credentials; saved ones may be old. It wants "},
    {CODECOMMIT, 401, NULL, "AWS CodeCommit wants "},
};

/* Does TEXT[0..SIZE) have NEEDLE in it, in any case? */
static bool has(const char *text, size_t size, const char *needle)
{
    size_t length = strlen(needle);
    for (size_t i = 0; i + length <= size; i++)
        if (strncasecmp(text + i, needle, length) == 0)
            return true;
    return false;
}

static bool host_is(const char *host, const char *domain)
{
    size_t length = strlen(host), tail = strlen(domain);
    if (length < tail || strcasecmp(host + length - tail, domain) != 0)
        return false;
    return length == tail || host[length - tail - 1] == '.';
}

static bool mark_fits(size_t i, const struct url *url, const struct http_head *head,
                      const char *body, size_t size)
{
    const char *text = marks[i].text;
    switch (marks[i].mark) {
    case MARK_HOST:
        return host_is(url->host, text);
    case MARK_HOST_BEGINS:
        return strncasecmp(url->host, text, strlen(text)) == 0;
    case MARK_REALM:
        return has(head->challenge, strlen(head->challenge), text);
    case MARK_SERVER:
        return has(head->server, strlen(head->server), text);
    case MARK_HINT:
        return has(head->others, strlen(head->others), text);
    case MARK_BODY:
        return has(body, size, text);
    }
    return false;
}

const char *hosting_help(const struct url *url, const struct http_head *head, const char *body,
                         size_t size, const char **more)
{
    enum service service = SERVICE_NONE;
    for (size_t i = 0; i < sizeof marks / sizeof *marks && service == SERVICE_NONE; i++)
        if (mark_fits(i, url, head, body, size))
            service = marks[i].service;
    *more = service == BITBUCKET_CLOUD ? bitbucket_token : service == CODECOMMIT ? iam_user : "";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].service != service)
            continue;
        if (rows[i].status != ANY && rows[i].status != head->status)
            continue;
        if (!rows[i].body || has(body, size, rows[i].body))
            return rows[i].help;
    }
    return NULL;
}
