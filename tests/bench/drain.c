/* SPDX-License-Identifier: MIT */
/* drain CACERT DEPTH URL: asks for what `smidgit clone` asks for and throws the pack away: what the
 * server, TLS and HTTP take alone. DEPTH 0 is the whole history. Prints the pack's bytes. */
#include "transfer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int drain(struct transfer *transfer, uint64_t *size)
{
    struct fetch_request request = {
        .wants = transfer->mapping.wants,
        .want_count = transfer->mapping.want_count,
        .depth = transfer->depth,
        .include_tag = true,
        .no_progress = true,
        .done = true,
    };
    enum fetch_answer answer;
    struct reader *pack;
    int rc;
    if (remote_fetch(transfer->remote, &request, &transfer->shallow.listener, &answer, &pack) < 0)
        return -1;
    for (*size = 0; (rc = reader_fill(pack)) == 1; pack->at = pack->end)
        *size += (uint64_t)(pack->end - pack->at);
    return rc < 0 ? -1 : remote_pack_end(transfer->remote);
}

int main(int argc, char **argv)
{
    static struct transfer transfer;
    struct fault fault = {0};
    uint64_t size = 0;
    if (argc != 4)
        return 2;
    transfer_open(&transfer, &fault);
    transfer.connect.quiet = true;
    transfer.connect.remote.tls.ca_file = argv[1];
    transfer.depth = strtoul(argv[2], NULL, 10);
    transfer.take.single_branch = transfer.depth > 0;
    int rc = url_parse(argv[3], &transfer.url, &fault);
    if (rc == 0)
        rc = connect_ready(&transfer.connect, &fault);
    if (rc == 0)
        rc = transfer_list(&transfer);
    if (rc == 0)
        rc = drain(&transfer, &size);
    if (rc == 0)
        printf("%" PRIu64 "\n", size);
    else
        fprintf(stderr, "drain: %s\n", fault.text);
    transfer_close(&transfer);
    return rc < 0;
}
