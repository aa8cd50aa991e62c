/* SPDX-License-Identifier: MIT */
/* Side-bands, behind one line that is skipped ("packfile" in the corpus). */
#include "proto/band.h"
#include "proto/bytes.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void show(struct band_listener *listener, const unsigned char *text, size_t size)
{
    char shown[256];
    (void)listener;
    bytes_caret((const char *)text, size, "\r\n", shown, sizeof shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct pkt_reader pkt;
    struct fault fault = {.class = FAULT_NONE};
    struct band_listener listener = {show};
    struct band_reader band;
    struct reader in;
    int rc;
    reader_memory(&in, bytes, size, "fuzz", &fault);
    pkt_open(&pkt, &in, NULL);
    if (pkt_read(&pkt) != 1)
        return 0;
    band_open(&band, &pkt, &listener);
    while ((rc = reader_fill(&band.reader)) == 1)
        band.reader.at = band.reader.end;
    if ((rc < 0) != (fault.class != FAULT_NONE) || (rc == 0 && reader_tell(&in) != size) ||
        band.reader.offset > size)
        abort();
    return 0;
}
