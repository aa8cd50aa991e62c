/* SPDX-License-Identifier: MIT */
/* Rows are PROVIDERS.md's: the service, how it refuses, and what a person has to do then. */
#include "remote/hosting.h"
#include "t.h"

static const struct {
    const char *why, *host;
    int status;
    const char *challenge, *server, *hints, *body;
    const char *help; /* a fragment; NULL: nothing to say */
} rows[] = {
    {"Bitbucket: account password", "bitbucket.org", 401, "Basic realm=\"Bitbucket.org HTTP\"", "",
     "", "Invalid credentials", "read:repository:bitbucket"},
    {"Bitbucket: which user name", "bitbucket.org", 401, "", "", "", "",
     "x-bitbucket-api-token-auth"},
    {"Bitbucket: access token", "bitbucket.org", 401, "", "", "", "", "x-token-auth"},
    {"Bitbucket: app password, gone", "bitbucket.org", 410, "", "", "", "",
     "has removed app passwords"},
    {"Bitbucket: app password", "bitbucket.org", 401, "", "", "",
     "<p>App passwords are deprecated</p>", "has removed app passwords"},
    {"Bitbucket: scope", "bitbucket.org", 403, "", "", "",
     "Your credentials lack one or more required privilege scopes", "lacks a scope"},
    {"Bitbucket Data Center", "git.example.org", 401, "Basic realm=\"Atlassian Bitbucket\"", "", "",
     "", "HTTP access token"},
    {"Bitbucket Data Center by header", "git.example.org", 401, "", "", "X-AREQUESTID: @1\n", "",
     "HTTP access token"},
    {"Bitbucket Data Center: permission", "git.example.org", 403, "", "", "X-AREQUESTID: @1\n", "",
     "no permission"},
    {"GitHub", "github.com", 401, "Basic realm=\"GitHub\"", "", "",
     "Support for password authentication was removed on August 13, 2021.",
     "personal access token"},
    {"GitHub: SSO", "github.com", 403, "", "", "",
     "The organization has enabled or enforced SAML SSO.", "single sign-on"},
    {"GitHub: no access", "github.com", 403, "", "", "", "Write access to repository not granted.",
     "repo scope"},
    {"GitHub: not found", "github.com", 404, "", "", "", "", "private repository"},
    {"GitHub Enterprise by realm", "git.corp.example", 401, "Basic realm=\"GitHub\"", "", "", "",
     "x-access-token"},
    {"GitHub Enterprise by header", "git.corp.example", 401, "", "", "X-GitHub-Request-Id: 1\n", "",
     "x-access-token"},
    {"GitLab", "gitlab.com", 401, "Basic realm=\"GitLab\"", "", "", "HTTP Basic: Access denied",
     "oauth2"},
    {"GitLab by body", "git.example.org", 403, "", "", "", "remote: HTTP Basic: Access denied.",
     "read_repository"},
    {"GitLab: not found", "gitlab.com", 404, "", "", "", "", "may not see the project"},
    {"Azure", "dev.azure.com", 401, "Bearer, Basic realm=\"https://dev.azure.com/\"", "", "", "",
     "Code (read)"},
    {"Azure, old name", "team.visualstudio.com", 203, "", "", "", "<html>", "sign-in page"},
    {"Azure: redirect", "dev.azure.com", 302, "", "", "", "", "sign-in page"},
    {"Azure: sign-in page with 200", "dev.azure.com", 200, "", "", "", "<html>", "sign-in page"},
    {"Azure: multi_ack", "dev.azure.com", 400, "", "", "", "TF401041: ...", "multi_ack"},
    {"Azure DevOps Server", "tfs.corp.example", 401, "", "", "X-TFS-ProcessId: 1\n", "",
     "Code (read)"},
    {"Azure: 403", "dev.azure.com", 403, "", "", "", "", "may not read"},
    {"Gitea", "git.example.org", 401, "Basic realm=\"Gitea\"", "", "", "", "access token"},
    {"Forgejo", "codeberg.org", 401, "", "", "", "", "two-factor"},
    {"Gitea: 403", "gitea.com", 403, "", "", "", "", "read:repository"},
    {"Gitea: 404", "codeberg.org", 404, "", "", "", "", "may not see"},
    {"CodeCommit", "git-codecommit.eu-west-1.amazonaws.com", 403, "", "", "", "",
     "answers 403 to wrong credentials"},
    {"CodeCommit: 401", "git-codecommit.eu-west-1.amazonaws.com", 401, "", "", "", "",
     "HTTPS Git credentials"},
    {"a server of one's own", "git.example.org", 401, "Basic realm=\"git\"", "nginx", "", "", NULL},
    {"a name that ends alike", "notgithub.com", 401, "", "", "", "", NULL},
    {"a name that begins alike", "github.com.example.org", 401, "", "", "", "", NULL},
    {"no refusal", "github.com", 500, "", "", "", "", NULL},
    {"case", "GitHub.com", 401, "", "", "", "", "personal access token"},
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct url url = {.https = true};
        struct http_head head = {.status = rows[i].status};
        strcpy(url.host, rows[i].host);
        strcpy(head.challenge, rows[i].challenge);
        strcpy(head.server, rows[i].server);
        strcpy(head.others, rows[i].hints);
        char text[1024];
        const char *more,
            *help = hosting_help(&url, &head, rows[i].body, strlen(rows[i].body), &more);
        if (help) {
            snprintf(text, sizeof text, "%s%s", help, more);
            help = text;
        }
        CHECK((help != NULL) == (rows[i].help != NULL), "%s: %s", rows[i].why, help ? help : "");
        if (help && rows[i].help)
            CHECK(strstr(help, rows[i].help), "%s: %s", rows[i].why, help);
        if (help)
            CHECK(strlen(help) < 500 && !strchr(help, '\n'), "%s: its length or form", rows[i].why);
    }
    return T_DONE();
}
