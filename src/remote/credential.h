/* SPDX-License-Identifier: MIT */
/* What a credential helper is asked and answers, as git-credential(1) has it.
 *
 *   capability[]=authtype       what both sides know, before what depends on it
 *   protocol=https
 *   host=example.com:8443
 *   path=team/repo.git          without the slash in front
 *   username=alice
 *   password=secret
 *   authtype=Bearer             with `credential` in place of username and password
 *   credential=token
 *   state[]=helper:anything     comes back to the helper as it is
 *   (an empty line, or the end)
 *
 * Format notes
 * - Bytes stand for themselves, so no value has an LF or a NUL in it. CR is refused as well (C3):
 *   a helper that takes lines apart elsewhere would answer for another host.
 * - A later line replaces an earlier one of the same key. Of keys that end in "[]" there are
 *   several; an empty value drops those before it.
 * - `url` is taken apart, and drops whatever was said before it. Unknown keys are passed over.
 */
#ifndef SMIDGIT_CREDENTIAL_H
#define SMIDGIT_CREDENTIAL_H

#include "proto/stream.h"

#include <stdbool.h>

enum {
    CREDENTIAL_LINE = 65536 + 32, /* bytes of a line: a key and the longest secret that is sent */
    CREDENTIAL_ROOM = 4 * 65536,  /* bytes of all values that were kept, replaced ones too */
    CREDENTIAL_READ = 1 << 20,    /* bytes of all lines, those that nobody knows too */
    CREDENTIAL_LIST = 32          /* values of a key that ends in "[]" */
};

/* What a helper is told to do, by the word of its command line. */
enum credential_operation { CREDENTIAL_GET, CREDENTIAL_STORE, CREDENTIAL_ERASE, CREDENTIAL_OTHER };
extern const char *const credential_operations[CREDENTIAL_OTHER]; /* "get", "store", "erase" */

struct credential_list {
    const char *values[CREDENTIAL_LIST];
    size_t count;
};

/* All zeros: nothing is known. NULL: not said. */
struct credential {
    const char *protocol, *host, *path, *username, *password;
    const char *authtype, *credential, *oauth_refresh_token;
    uint64_t password_expiry_utc; /* seconds since 1970, 0: none */
    bool quit;                    /* the helper wants nobody else to be asked */
    bool ephemeral;               /* `credential` is not to be kept */
    bool continues;               /* `continue`: a round of several */
    struct credential_list capability, state, wwwauth;
    char *room;           /* where all of these stand; it does not move */
    size_t used, touched; /* bytes: of what is kept, and of what has ever stood there */
};

/* Reads lines up to an empty one, or to the end, into CREDENTIAL, where what they do not say stays.
 * 0, or -1 with FAULT_PROTOCOL (a NUL, a CR, no '='; the sentence shows nothing of the line) or
 * FAULT_LIMIT; then CREDENTIAL says what it said before. */
int credential_read(struct reader *in, struct credential *credential);

/* Does what a line "KEY=VALUE" would do. 0, or -1 as above. */
int credential_set(struct credential *credential, const char *key, const char *value,
                   struct fault *fault);

/* Forgets what CREDENTIAL says and takes URL[0..SIZE) apart as git does: "https://alice:secret@
 * example.com/team/repo.git", percent-coded. 0, or -1 with FAULT_PROTOCOL or FAULT_LIMIT. */
int credential_from_url(struct credential *credential, const char *url, size_t size,
                        struct fault *fault);

/* Writes a line for whatever is said; no empty line behind them. 0, or -1 with FAULT_PROTOCOL when
 * a value has an LF or CR in it; then nothing is written. */
int credential_write(const struct credential *credential, struct writer *out);

/* Whether HAVE has what WANTED says of protocol, host, path, username and, WITH_SECRET, password
 * and credential. */
bool credential_matches(const struct credential *wanted, const struct credential *have,
                        bool with_secret);

/* Overwrites and frees all of it. */
void credential_forget(struct credential *credential);

#endif
