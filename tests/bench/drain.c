/* SPDX-License-Identifier: MIT */
/* drain CACERT DEPTH URL: asks for what `smidgit clone` asks for and throws the pack away: what the
 * server, TLS and HTTP take alone. DEPTH 0 is the whole history. Prints the pack's bytes. */
#include "client/download.h"
#include "cmd/server_options.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int drain(struct download *download, uint64_t *size)
{
    struct fetch_request request = {
        .wants = download->refmap.wants,
        .want_count = download->refmap.want_count,
        .depth = download->depth,
        .include_tag = true,
        .no_progress = true,
        .done = true,
    };
    enum fetch_answer answer;
    struct reader *pack;
    int rc;
    if (remote_fetch(download->remote, &request, &download->shallow.listener, &answer, &pack) < 0)
        return -1;
    for (*size = 0; (rc = reader_fill(pack)) == 1; pack->at = pack->end)
        *size += (uint64_t)(pack->end - pack->at);
    return rc < 0 ? -1 : remote_pack_end(download->remote);
}

int main(int argc, char **argv)
{
    static struct download download;
    struct fault fault = {0};
    uint64_t size = 0;
    if (argc != 4)
        return 2;
    download_open(&download, &fault);
    download.transfer.connection.quiet = true;
    download.transfer.connection.remote.session.tls.ca_file = argv[1];
    download.depth = strtoul(argv[2], NULL, 10);
    download.take.single_branch = download.depth > 0;
    int rc = connection_url(argv[3], &download.url, &fault);
    if (rc == 0)
        rc = server_options_ready(&download.transfer.connection, &fault);
    if (rc == 0)
        rc = download_list(&download);
    if (rc == 0)
        rc = drain(&download, &size);
    if (rc == 0)
        printf("%" PRIu64 "\n", size);
    else
        fprintf(stderr, "drain: %s\n", fault.text);
    download_close(&download);
    return rc < 0;
}
