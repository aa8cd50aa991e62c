/* SPDX-License-Identifier: MIT */
#if defined(__linux__)
#define _GNU_SOURCE /* syscall() */
#include <sys/syscall.h>
#endif
#include "remote/keyring.h"

#include "system/wipe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Of linux/keyctl.h, which is not everywhere. */
enum {
    SPEC_PROCESS_KEYRING = -2,
    SPEC_USER_KEYRING = -4,
    KEYCTL_DESCRIBE = 6,
    KEYCTL_LINK = 8,
    KEYCTL_UNLINK = 9,
    KEYCTL_READ = 11,
    KEYCTL_SET_TIMEOUT = 15,
    KEYCTL_INVALIDATE = 21,
    KEYCTL_GET_PERSISTENT = 22
};
enum { STAMP = 24 /* bytes of "stored=" and a time, with the newline */ };

#if defined(SYS_keyctl) && defined(SYS_add_key)
static long control(int operation, long a, const void *b, size_t c)
{
    return syscall(SYS_keyctl, (long)operation, a, b, c, 0L);
}

static long add(const char *description, const void *payload, size_t size)
{
    return syscall(SYS_add_key, "user", description, payload, size, (long)SPEC_PROCESS_KEYRING);
}
#else
static long control(int operation, long a, const void *b, size_t c)
{
    (void)operation, (void)a, (void)b, (void)c;
    errno = ENOSYS;
    return -1;
}

static long add(const char *description, const void *payload, size_t size)
{
    return control(0, 0, description, payload ? size : 0);
}
#endif

static long control_id(int operation, long a, long b)
{
    return control(operation, a, (const void *)(intptr_t)b, 0); /* a number all the same */
}

static int failed(struct fault *fault)
{
    switch (errno) {
    case ENOSYS:
    case EOPNOTSUPP:
        return fault_set(fault, FAULT_LOCAL, "keyring: this system's kernel has no keyrings");
    case EPERM:
    case EACCES:
        return fault_set(fault, FAULT_LOCAL,
                         "keyring: the kernel's keyrings are closed to this process, as they are "
                         "in most containers (%s)",
                         strerror(errno));
    case EDQUOT:
        return fault_set(fault, FAULT_LIMIT,
                         "keyring: this user's share of the kernel's memory for keys is full "
                         "(/proc/sys/kernel/keys/maxbytes)");
    case ENOMEM:
        return fault_set(fault, FAULT_LIMIT, "keyring: the kernel has no memory for a key");
    default:
        return fault_set(fault, FAULT_LOCAL, "keyring: %s", strerror(errno));
    }
}

/* The keyring's id, once this process possesses it. -1. */
static long keyring_open(struct fault *fault)
{
    long id = control_id(KEYCTL_GET_PERSISTENT, -1, SPEC_PROCESS_KEYRING);
    if (id >= 0)
        return id;
    if (errno != EOPNOTSUPP && errno != EINVAL)
        return failed(fault);
    if (control_id(KEYCTL_LINK, SPEC_USER_KEYRING, SPEC_PROCESS_KEYRING) < 0)
        return failed(fault);
    return SPEC_USER_KEYRING;
}

/* The keys of the keyring, of which some are somebody else's. */
struct walk {
    long keyring;
    int32_t *ids;
    size_t count, next;
    int32_t id; /* the key at hand, what it says, and when it was stored */
    struct credential entry;
    char stamp[STAMP];
    char *payload;
    struct fault *fault;
};

static void walk_end(struct walk *walk)
{
    if (walk->payload)
        wipe(walk->payload, KEYRING_PAYLOAD);
    free(walk->payload);
    free(walk->ids);
    credential_forget(&walk->entry);
}

/* 0 or -1; walk_end() follows either way. */
static int walk_begin(struct walk *walk, struct fault *fault)
{
    *walk = (struct walk){.fault = fault, .keyring = keyring_open(fault)};
    if (walk->keyring == -1)
        return -1;
    long size = control(KEYCTL_READ, walk->keyring, NULL, 0), room = 0;
    while (size > room) { /* it can grow meanwhile */
        free(walk->ids);
        room = size;
        walk->ids = malloc((size_t)room);
        walk->payload = walk->payload ? walk->payload : malloc(KEYRING_PAYLOAD);
        if (!walk->ids || !walk->payload)
            return fault_set(fault, FAULT_LIMIT, "no memory for a password");
        size = control(KEYCTL_READ, walk->keyring, walk->ids, (size_t)room);
    }
    if (size < 0)
        return failed(fault);
    walk->count = (size_t)size / sizeof *walk->ids;
    return 0;
}

/* Whether key ID is one of ours: what describes it is "user;UID;GID;PERMISSIONS;smidgit:..." */
static bool is_ours(int32_t id)
{
    char text[KEYRING_DESCRIPTION + 64];
    long size = control(KEYCTL_DESCRIBE, id, text, sizeof text);
    if (size <= 0 || (size_t)size > sizeof text || strncmp(text, "user;", 5) != 0)
        return false;
    const char *at = text;
    for (int i = 0; at && i < 4; i++)
        at = strchr(at + (i > 0), ';');
    return at && strncmp(at + 1, "smidgit:", 8) == 0;
}

/* The next key that fits. What has expired meanwhile, or makes no sense, fits nothing. */
static bool walk_next(struct walk *walk, const struct credential *wanted, bool with_secret)
{
    while (walk->next < walk->count) {
        struct fault ignored = {.class = FAULT_NONE};
        struct reader in;
        walk->id = walk->ids[walk->next++];
        long size =
            is_ours(walk->id) ? control(KEYCTL_READ, walk->id, walk->payload, KEYRING_PAYLOAD) : -1;
        if (size < STAMP || size > KEYRING_PAYLOAD)
            continue;
        memcpy(walk->stamp, walk->payload, STAMP);
        credential_forget(&walk->entry);
        reader_memory(&in, walk->payload, (size_t)size, "keyring", &ignored);
        if (credential_read(&in, &walk->entry) == 0 &&
            credential_matches(wanted, &walk->entry, with_secret))
            return true;
    }
    return false;
}

static bool has_authtype(const struct credential *credential)
{
    for (size_t i = 0; i < credential->capability.count; i++)
        if (strcmp(credential->capability.values[i], "authtype") == 0)
            return true;
    return false;
}

static int set(struct credential *credential, const char *key, const char *value,
               struct fault *fault)
{
    return value ? credential_set(credential, key, value, fault) : 0;
}

static int take(struct credential *wanted, const struct credential *entry, struct fault *fault)
{
    if (set(wanted, "username", entry->username, fault) < 0 ||
        set(wanted, "password", entry->password, fault) < 0 ||
        set(wanted, "oauth_refresh_token", entry->oauth_refresh_token, fault) < 0)
        return -1;
    wanted->password_expiry_utc = entry->password_expiry_utc;
    if (has_authtype(wanted) && (set(wanted, "authtype", entry->authtype, fault) < 0 ||
                                 set(wanted, "credential", entry->credential, fault) < 0))
        return -1;
    return 0;
}

int keyring_get(struct credential *wanted, struct fault *fault)
{
    struct walk walk;
    struct credential latest = {.room = NULL};
    char stamp[STAMP] = "";
    int rc = walk_begin(&walk, fault);
    while (rc == 0 && walk_next(&walk, wanted, false)) {
        if (memcmp(walk.stamp, stamp, STAMP) <= 0 ||
            (!walk.entry.password && !has_authtype(wanted)))
            continue;
        memcpy(stamp, walk.stamp, STAMP);
        credential_forget(&latest);
        latest = walk.entry;
        walk.entry = (struct credential){.room = NULL};
    }
    if (rc == 0 && latest.room)
        rc = take(wanted, &latest, fault) < 0 ? -1 : 1;
    credential_forget(&latest);
    walk_end(&walk);
    return rc;
}

static int drop(struct walk *walk, const struct credential *wanted)
{
    while (walk_next(walk, wanted, true))
        if (control_id(KEYCTL_INVALIDATE, walk->id, 0) < 0 &&
            control_id(KEYCTL_UNLINK, walk->id, walk->keyring) < 0 && errno != ENOENT)
            return failed(walk->fault);
    return 0;
}

int keyring_erase(const struct credential *credential, struct fault *fault)
{
    struct walk walk;
    if (!credential->protocol && !credential->host && !credential->path && !credential->username)
        return 0;
    int rc = walk_begin(&walk, fault);
    if (rc == 0)
        rc = drop(&walk, credential);
    walk_end(&walk);
    return rc;
}

static int describe(const struct credential *credential, char out[KEYRING_DESCRIPTION],
                    struct fault *fault)
{
    const char *user = credential->username, *path = credential->path;
    int size = snprintf(out, KEYRING_DESCRIPTION, "smidgit:%s://%s%s%s%s%s", credential->protocol,
                        user ? user : "", user ? "@" : "", credential->host ? credential->host : "",
                        path ? "/" : "", path ? path : "");
    if (size < 0 || size >= KEYRING_DESCRIPTION)
        return fault_set(fault, FAULT_LIMIT, "keyring: user name, host and path have over %d bytes",
                         KEYRING_DESCRIPTION - 1);
    return 0;
}

/* What is kept of CREDENTIAL: not what somebody was asked on the way to it. */
static int format(const struct credential *credential, struct memory_writer *out)
{
    struct credential kept = *credential;
    struct timespec now;
    kept.state.count = kept.wwwauth.count = kept.capability.count = 0;
    kept.continues = kept.quit = false;
    clock_gettime(CLOCK_REALTIME, &now);
    if (writer_text(&out->writer, "stored=%016" PRIx64 "\n",
                    (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec) < 0)
        return -1;
    return credential_write(&kept, &out->writer);
}

/* Nobody sees the key before it is complete and has its timeout: it is made in this process's
 * keyring, and the link then takes the place of an older one's. */
static int add_key(long keyring, const char *description, const struct memory_writer *payload,
                   unsigned long seconds, struct fault *fault)
{
    long id = add(description, payload->buffer, payload->used);
    if (id < 0)
        return failed(fault);
    if (control_id(KEYCTL_SET_TIMEOUT, id, (long)seconds) < 0 ||
        control_id(KEYCTL_LINK, id, keyring) < 0) {
        failed(fault);
        control_id(KEYCTL_INVALIDATE, id, 0);
        return -1;
    }
    return 0;
}

static int put(const struct credential *credential, const char *description, unsigned long seconds,
               struct memory_writer *payload, struct fault *fault)
{
    struct credential same = {.protocol = credential->protocol,
                              .host = credential->host,
                              .path = credential->path,
                              .username = credential->username};
    struct walk walk;
    int rc = format(credential, payload);
    if (rc < 0)
        return -1;
    rc = walk_begin(&walk, fault);
    if (rc == 0)
        rc = drop(&walk, &same);
    if (rc == 0)
        rc = add_key(walk.keyring, description, payload, seconds, fault);
    walk_end(&walk);
    return rc;
}

int keyring_put(const struct credential *credential, unsigned long seconds, struct fault *fault)
{
    bool secret = (credential->username && credential->password) ||
                  (credential->authtype && credential->credential);
    uint64_t expiry = credential->password_expiry_utc, now = (uint64_t)time(NULL);
    char description[KEYRING_DESCRIPTION];
    struct memory_writer payload;
    if (!credential->protocol || !(credential->host || credential->path) || !secret ||
        credential->ephemeral || (expiry && expiry <= now))
        return 0;
    if (expiry && expiry - now < seconds)
        seconds = (unsigned long)(expiry - now);
    if (describe(credential, description, fault) < 0)
        return -1;
    char *room = malloc(KEYRING_PAYLOAD);
    if (!room)
        return fault_set(fault, FAULT_LIMIT, "no memory for a password");
    writer_memory(&payload, room, KEYRING_PAYLOAD, "keyring", fault);
    int rc = put(credential, description, seconds, &payload, fault);
    wipe(room, KEYRING_PAYLOAD);
    free(room);
    return rc;
}

int keyring_call(enum credential_operation operation, unsigned long seconds,
                 struct credential *credential, struct fault *fault)
{
    if (operation == CREDENTIAL_GET)
        return keyring_get(credential, fault);
    if (operation == CREDENTIAL_ERASE)
        return keyring_erase(credential, fault);
    return keyring_put(credential, seconds, fault);
}
