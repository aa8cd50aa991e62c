/* SPDX-License-Identifier: MIT */
/* The objects of a pack while it arrives: where each one is, what it is called, and what is linked
 * to but has not come yet.
 *
 *   arrivals  by number, in pack order: offset, type, CRC-32, base          16 bytes an object
 *   names     object id, and the arrival's number or "open"           20 + 4 bytes (32 + 4)
 *   slots     open addressing over names, 60 to 90% full                5 to 7 bytes
 *
 * This is the only thing in memory that grows with the pack: at most 48 bytes an object with SHA-1,
 * 60 with SHA-256. It grows with what has arrived, never to what a header announces.
 */
#ifndef SMIDGIT_ARRIVALS_H
#define SMIDGIT_ARRIVALS_H

#include "proto/fault.h"
#include "proto/oid.h"
#include "proto/pack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARRIVALS_SHA1 = 48, ARRIVALS_SHA256 = 60 }; /* bytes an object at most */

/* Numbers have 29 bits beside the type's 3. */
#define ARRIVALS_COUNT_MAX (((uint32_t)1 << 29) - 1)
#define ARRIVALS_NONE UINT32_MAX

struct arrival {
    uint64_t place; /* offset << 4 | waits << 3 | type; type 0 until it is known */
    uint32_t crc;
    uint32_t base; /* arrival number; for a REF_DELTA that waits the number of its base's name;
                      ARRIVALS_NONE for whole objects */
};

struct arrivals {
    size_t oid_len, record; /* bytes of a name, and of a names record */
    uint32_t announced;     /* objects that the pack's header speaks of */
    struct arrival *arrivals;
    uint32_t arrived, arrivals_room;
    unsigned char *names; /* records: id, then a uint32_t of number << 3 | type */
    uint32_t named, names_room;
    uint32_t *slots; /* name number + 1, or 0 */
    uint32_t slot_count;
    uint32_t open; /* names linked to that have not come */
    uint64_t seed;
    struct fault *fault;
};

/* ANNOUNCED objects of OID_LEN bytes of name. Allocates nothing yet. */
void arrivals_open(struct arrivals *table, size_t oid_len, uint32_t announced, struct fault *fault);
void arrivals_close(struct arrivals *table);

/* Bytes that ANNOUNCED objects will take at most. */
uint64_t arrivals_memory(size_t oid_len, uint32_t announced);

/* The next entry, at OFFSET: its number in *OUT. 0 or -1 (FAULT_LIMIT). */
int arrivals_add(struct arrivals *table, uint64_t offset, uint32_t *out);

uint64_t arrival_offset(const struct arrival *arrival);
enum object_type arrival_type(const struct arrival *arrival);
void arrival_set_type(struct arrival *arrival, enum object_type type);

/* Of deltas without a type yet, a REF_DELTA may wait for a name, an OFS_DELTA waits for an arrival.
 */
bool arrival_waits_for_name(const struct arrival *arrival);
void arrival_set_waits_for_name(struct arrival *arrival, bool waits);

/* The arrival that begins at OFFSET, or ARRIVALS_NONE. */
uint32_t arrivals_at(const struct arrivals *table, uint64_t offset);

/* The arrival called ID, or ARRIVALS_NONE when it is open or unknown. */
uint32_t arrivals_find(const struct arrivals *table, const unsigned char *id);

/* Names may be used by another thread than arrivals: name and link state what goes wrong in FAULT.
 *
 * Arrival NUMBER of TYPE is called ID. *TWIN is the arrival that had this name before, or
 * ARRIVALS_NONE; *NAME the number of its name. A link that expected another type: FAULT_PROTOCOL.
 * 0 or -1. */
int arrivals_name(struct arrivals *table, uint32_t number, enum object_type type,
                  const unsigned char *id, uint32_t *name, uint32_t *twin, struct fault *fault);

/* Something links to ID and expects TYPE (OBJECT_NONE: any). *NAME is its name's number. More links
 * than the pack has objects are a FAULT_PROTOCOL: an honest pack resolves every one. 0 or -1. */
int arrivals_link(struct arrivals *table, const unsigned char *id, enum object_type type,
                  uint32_t *name, struct fault *fault);

/* The arrival behind a name, or ARRIVALS_NONE while open. */
uint32_t arrivals_named(const struct arrivals *table, uint32_t name);

/* The object id of a name. */
struct oid arrivals_oid(const struct arrivals *table, uint32_t name);

/* True when ID is named or linked to already. */
bool arrivals_knows(const struct arrivals *table, const unsigned char *id);

/* One of the open names in *OUT, true; false when everything linked to is there. */
bool arrivals_first_open(const struct arrivals *table, struct oid *out);

/* Takes the open names out of the table to OUT, which has room for table->open: blobs last,
 * otherwise in the order in which they were linked to. How many blobs they are. Only
 * arrivals_sort() may follow. */
uint32_t arrivals_take_open(struct arrivals *table, struct oid *out);

/* Sorts the names; find, name and link may not be called after it. arrivals_sorted() gives the
 * N-th: its id and the arrival. */
void arrivals_sort(struct arrivals *table);
const unsigned char *arrivals_sorted(const struct arrivals *table, uint32_t n, uint32_t *number);

#endif
