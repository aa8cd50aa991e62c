/* SPDX-License-Identifier: MIT */
/* A reader that keeps what it reads: the pack on its way in is hashed and appended to a file. */
#ifndef SMIDGIT_SPOOL_H
#define SMIDGIT_SPOOL_H

#include "proto/hash.h"
#include "proto/stream.h"

struct spool {
    struct reader reader;
    struct reader *below;
    const struct hash_ops *ops;
    union hash hash;
    int fd;
    uint64_t written;             /* bytes in the file */
    const unsigned char *kept;    /* in the window: hashed and written up to here */
    const unsigned char *counted; /* in the window: in the CRC-32 up to here */
    uint32_t crc;
};

/* What is read of BELOW goes to FD; both are borrowed. */
void spool_open(struct spool *spool, struct reader *below, int fd, const struct hash_ops *ops);

/* An entry begins at the next byte: its CRC-32 starts. */
void spool_entry(struct spool *spool);
/* The CRC-32 of all bytes read since. */
uint32_t spool_crc(struct spool *spool);

/* Everything read so far is in the file. 0 or -1. */
int spool_flush(struct spool *spool);

/* Reads the trailer, compares it with the hash of all before it, writes it, and gives unread bytes
 * back to the reader below. The hash in *OUT. 0 or -1. */
int spool_trailer(struct spool *spool, struct oid *out);

#endif
