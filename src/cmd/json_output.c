/* SPDX-License-Identifier: MIT */
#include "cmd/json_output.h"

#include "objects/peel.h"
#include "system/json.h"

#include <stdlib.h>
#include <string.h>

const struct option json_transfer_options[] = {
    {"json", 0, OPTION_FLAG, offsetof(struct transfer, connection.json),
     .help = "an object a line, for programs"},
    {"no-resume", 0, OPTION_FLAG, offsetof(struct transfer, no_resume),
     .help = "keep nothing of a broken pack, go on with nothing"},
    {.kind = OPTION_REST, .rest = transfer_options},
};

int json_download(const struct download *download, const char *command)
{
    const struct refmap *refmap = &download->refmap;
    struct json json = {stdout, '{'};
    struct oid head = {.len = 0};
    if (!download->transfer.connection.json)
        return 0;
    char *url = malloc(URL_MAX);
    if (url == NULL)
        return fault_set(download->fault, FAULT_LIMIT, "no memory for a URL");
    int rc = download->odb && refmap->head != HEAD_UNBORN
                 ? peel_to_commit(download->odb, &refmap->head_oid, &head, download->fault)
                 : 0;
    if (rc == 0) {
        json_text(&json, "command", command);
        json_text(&json, "url", url_format(&download->url, url, URL_MAX));
        json_text(&json, "directory", download->directory);
        json_oid(&json, "head", &head);
        json_text(&json, "branch",
                  refmap->head == HEAD_DETACHED ? NULL : refmap->head_name + strlen("refs/heads/"));
        json_number(&json, "objects", download->received.objects);
        json_number(&json, "bytes", download->received.bytes);
        json_end(&json);
    }
    free(url);
    return rc;
}

bool json_wanted(const struct command *command, void *self)
{
    /* Where the command reads its words itself, its options have no place in SELF. */
    const bool *json = command->options && !command->reads_words
                           ? options_place(command->options, self, "json")
                           : NULL;
    return json && *json;
}

void json_failure(const struct fault *fault, const char *hint, int exit_code)
{
    static const char *const classes[] = {
        [FAULT_NONE] = NULL,
        [FAULT_NO] = "no",
        [FAULT_USAGE] = "usage",
        [FAULT_NETWORK] = "network",
        [FAULT_TLS] = "tls",
        [FAULT_AUTH] = "auth",
        [FAULT_REFUSED] = "refused",
        [FAULT_PROTOCOL] = "protocol",
        [FAULT_LOCAL] = "local",
        [FAULT_LIMIT] = "limit",
        [FAULT_INTERRUPTED] = "interrupted",
    };
    struct json json = {stdout, '{'};
    json_text(&json, "error", fault->text);
    if (hint)
        json_text(&json, "hint", hint);
    json_text(&json, "class", classes[fault->class]);
    json_number(&json, "exit", (uint64_t)exit_code);
    json_end(&json);
}
