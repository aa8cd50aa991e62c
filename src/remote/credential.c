/* SPDX-License-Identifier: MIT */
#include "remote/credential.h"

#include "proto/bytes.h"
#include "system/wipe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const credential_operations[] = {"get", "store", "erase"};

enum kind { TEXT, FLAG, TIME, LIST, URL };

/* In the order in which git writes them: first what they can do, then what depends on it. */
static const struct key {
    const char *name;
    unsigned short kind, offset;
} keys[] = {
    {"capability[]", LIST, offsetof(struct credential, capability)},
    {"authtype", TEXT, offsetof(struct credential, authtype)},
    {"credential", TEXT, offsetof(struct credential, credential)},
    {"ephemeral", FLAG, offsetof(struct credential, ephemeral)},
    {"protocol", TEXT, offsetof(struct credential, protocol)},
    {"host", TEXT, offsetof(struct credential, host)},
    {"path", TEXT, offsetof(struct credential, path)},
    {"username", TEXT, offsetof(struct credential, username)},
    {"password", TEXT, offsetof(struct credential, password)},
    {"oauth_refresh_token", TEXT, offsetof(struct credential, oauth_refresh_token)},
    {"password_expiry_utc", TIME, offsetof(struct credential, password_expiry_utc)},
    {"wwwauth[]", LIST, offsetof(struct credential, wwwauth)},
    {"continue", FLAG, offsetof(struct credential, continues)},
    {"state[]", LIST, offsetof(struct credential, state)},
    {"quit", FLAG, offsetof(struct credential, quit)},
    {"url", URL, 0},
};
enum { KEYS = sizeof keys / sizeof *keys };

/* Forgets what is said; what was kept of it stays in the room. */
static void clear(struct credential *credential)
{
    *credential = (struct credential){
        .room = credential->room, .used = credential->used, .touched = credential->touched};
}

/* As it was, in the same room. */
static void restore(struct credential *credential, const struct credential *before)
{
    size_t touched = credential->touched;
    *credential = *before;
    credential->touched = touched;
}

static int open_room(struct credential *credential, struct fault *fault)
{
    wipe_guard();
    if (!credential->room && !(credential->room = malloc(CREDENTIAL_ROOM)))
        return fault_set(fault, FAULT_LIMIT, "no memory for a password");
    return 0;
}

void credential_forget(struct credential *credential)
{
    if (credential->room)
        wipe(credential->room, credential->touched);
    free(credential->room);
    *credential = (struct credential){.room = NULL};
}

static bool has_break(const char *text)
{
    return strpbrk(text, "\r\n") != NULL;
}

/* Percent-decodes TEXT[0..SIZE) where it stands. As git has it, what is before the first colon is
 * taken as it is, and so is "%00". *BROKEN is set when a line break comes of it. */
static char *decode(char *text, size_t size, bool *broken)
{
    const char *colon = memchr(text, ':', size);
    size_t from = colon ? (size_t)(colon - text) : 0, to = from;
    while (from < size) {
        int high = text[from] == '%' && size - from > 2 ? bytes_hex(text[from + 1]) : -1;
        int low = high < 0 ? -1 : bytes_hex(text[from + 2]);
        bool coded = low >= 0 && high + low > 0;
        text[to++] = coded ? (char)(high * 16 + low) : text[from];
        from += coded ? 3 : 1;
    }
    text[to] = '\0';
    *broken = *broken || has_break(text);
    return text;
}

/* url = protocol "://" [ username [ ":" password ] "@" ] host *"/" [ path *"/" ]
 * What stands before the path moves by one, into the second slash: a '?' ends the host too, and
 * belongs to the path. */
static int take_url(struct credential *credential, char *url, struct fault *fault)
{
    char *end = strstr(url, "://");
    clear(credential);
    if (!end || end == url)
        return fault_set(fault, FAULT_PROTOCOL, "a credential's url without a scheme");
    char *at = end + 2;
    size_t size = strcspn(at + 1, "/?#"), pair = strcspn(at + 1, "@");
    char *path = at + 1 + size;
    *end = '\0';
    bool broken = has_break(url);
    credential->protocol = url;
    memmove(at, at + 1, size);
    if (pair < size) {
        const char *colon = memchr(at, ':', pair);
        size_t user = colon ? (size_t)(colon - at) : pair;
        credential->username = decode(at, user, &broken);
        if (colon)
            credential->password = decode(at + user + 1, pair - user - 1, &broken);
        at += pair + 1;
        size -= pair + 1;
    }
    credential->host = decode(at, size, &broken);
    path += strspn(path, "/");
    if (*path)
        credential->path = decode(path, strlen(path), &broken);
    for (size = strlen(path); size > 1 && path[size - 1] == '/'; size--)
        path[size - 1] = '\0';
    if (broken)
        return fault_set(fault, FAULT_PROTOCOL, "a line break in a credential's url");
    return 0;
}

static int take_item(struct credential_list *list, const char *key, const char *value,
                     struct fault *fault)
{
    if (*value == '\0')
        list->count = 0;
    else if (list->count == CREDENTIAL_LIST)
        return fault_set(fault, FAULT_LIMIT, "over %d values of '%s'", CREDENTIAL_LIST, key);
    else
        list->values[list->count++] = value;
    return 0;
}

static bool is_true(const char *value)
{
    static const char *const no[] = {"", "0", "false", "no", "off"};
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (strcasecmp(value, no[i]) == 0)
            return false;
    return true;
}

/* What LINE[0..SIZE), which stands at the end of what is used, says; it is kept if it does. */
static int take_line(struct credential *credential, size_t size, struct fault *fault)
{
    char *line = credential->room + credential->used, *value = strchr(line, '=');
    const struct key *key = keys;
    if (!value)
        return fault_set(fault, FAULT_PROTOCOL, "a credential's line without '='");
    *value++ = '\0';
    while (key < keys + KEYS && strcmp(key->name, line) != 0)
        key++;
    if (key == keys + KEYS)
        return 0;
    void *place = (char *)credential + key->offset;
    uint64_t time;
    credential->used += size + 1;
    switch (key->kind) {
    case TEXT:
        *(const char **)place = value;
        return 0;
    case FLAG:
        *(bool *)place = is_true(value);
        return 0;
    case TIME: /* one that makes no sense is none */
        *(uint64_t *)place = bytes_decimal(value, strlen(value), &time) < 0 ? 0 : time;
        return 0;
    case LIST:
        return take_item(place, key->name, value, fault);
    default:
        return take_url(credential, value, fault);
    }
}

static int add_byte(struct credential *credential, size_t *size, int c, struct fault *fault)
{
    if (c == '\0' || c == '\r' || c == '\n')
        return fault_set(fault, FAULT_PROTOCOL, "a %s in a credential",
                         c == '\r'   ? "carriage return"
                         : c == '\n' ? "newline"
                                     : "NUL");
    if (*size + 1 == CREDENTIAL_LINE)
        return fault_set(fault, FAULT_LIMIT, "a credential's line of over %d bytes",
                         CREDENTIAL_LINE - 1);
    if (credential->used + *size + 1 == CREDENTIAL_ROOM)
        return fault_set(fault, FAULT_LIMIT, "a credential of over %d bytes", CREDENTIAL_ROOM);
    size_t at = credential->used + (*size)++;
    credential->room[at] = (char)c;
    if (at >= credential->touched)
        credential->touched = at + 1;
    return 0;
}

/* 1, 0 at an empty line or the end, -1. */
static int read_line(struct reader *in, struct credential *credential)
{
    unsigned char c;
    size_t size = 0;
    int rc;
    while ((rc = reader_byte(in, &c)) == 1 && c != '\n')
        if (add_byte(credential, &size, c, in->fault) < 0)
            return -1;
    if (rc < 0 || size == 0)
        return rc < 0 ? -1 : 0;
    credential->room[credential->used + size] = '\0';
    return take_line(credential, size, in->fault) < 0 ? -1 : 1;
}

int credential_read(struct reader *in, struct credential *credential)
{
    int rc = open_room(credential, in->fault);
    if (rc < 0)
        return -1;
    struct credential before = *credential;
    uint64_t from = reader_tell(in);
    while ((rc = read_line(in, credential)) == 1)
        if (reader_tell(in) - from > CREDENTIAL_READ) {
            rc =
                fault_set(in->fault, FAULT_LIMIT, "a credential of over %d bytes", CREDENTIAL_READ);
            break;
        }
    if (rc < 0)
        restore(credential, &before);
    return rc;
}

int credential_set(struct credential *credential, const char *key, const char *value,
                   struct fault *fault)
{
    size_t size = 0;
    int rc = open_room(credential, fault);
    struct credential before = *credential;
    for (; rc == 0 && *key; key++)
        rc = add_byte(credential, &size, *key, fault);
    if (rc == 0)
        rc = add_byte(credential, &size, '=', fault);
    for (; rc == 0 && *value; value++)
        rc = add_byte(credential, &size, *value, fault);
    if (rc == 0) {
        credential->room[credential->used + size] = '\0';
        rc = take_line(credential, size, fault);
    }
    if (rc < 0)
        restore(credential, &before);
    return rc;
}

int credential_from_url(struct credential *credential, const char *url, size_t size,
                        struct fault *fault)
{
    if (open_room(credential, fault) < 0)
        return -1;
    credential->used = 0;
    clear(credential);
    if (size >= CREDENTIAL_ROOM)
        return fault_set(fault, FAULT_LIMIT, "a credential's url of over %d bytes",
                         CREDENTIAL_ROOM - 1);
    if (memchr(url, '\0', size))
        return fault_set(fault, FAULT_PROTOCOL, "a NUL in a credential");
    memcpy(credential->room, url, size);
    credential->room[size] = '\0';
    credential->used = size + 1;
    if (size > credential->touched)
        credential->touched = size;
    int rc = take_url(credential, credential->room, fault);
    if (rc < 0)
        clear(credential);
    return rc;
}

static int write_value(const struct key *key, const char *value, struct writer *out)
{
    if (!out)
        return has_break(value) ? -1 : 0;
    if (writer_text(out, "%s=", key->name) < 0 || writer_put(out, value, strlen(value)) < 0)
        return -1;
    return writer_put(out, "\n", 1);
}

static int write_key(const struct key *key, const struct credential *credential, struct writer *out)
{
    const void *place = (const char *)credential + key->offset;
    const struct credential_list *list = place;
    int rc = 0;
    switch (key->kind) {
    case TEXT:
        return *(const char *const *)place ? write_value(key, *(const char *const *)place, out) : 0;
    case FLAG:
        return *(const bool *)place ? write_value(key, "1", out) : 0;
    case TIME:
        if (out && *(const uint64_t *)place)
            rc = writer_text(out, "%s=%" PRIu64 "\n", key->name, *(const uint64_t *)place);
        return rc;
    case LIST:
        for (size_t i = 0; rc == 0 && i < list->count; i++)
            rc = write_value(key, list->values[i], out);
        return rc;
    default:
        return 0;
    }
}

int credential_write(const struct credential *credential, struct writer *out)
{
    for (size_t i = 0; i < KEYS; i++)
        if (write_key(&keys[i], credential, NULL) < 0)
            return fault_set(out->fault, FAULT_PROTOCOL, "a line break in a credential's %s",
                             keys[i].name);
    for (size_t i = 0; i < KEYS; i++)
        if (write_key(&keys[i], credential, out) < 0)
            return -1;
    return 0;
}

static bool fits(const char *wanted, const char *have)
{
    return !wanted || (have && strcmp(wanted, have) == 0);
}

bool credential_matches(const struct credential *wanted, const struct credential *have,
                        bool with_secret)
{
    return fits(wanted->protocol, have->protocol) && fits(wanted->host, have->host) &&
           fits(wanted->path, have->path) && fits(wanted->username, have->username) &&
           (!with_secret ||
            (fits(wanted->password, have->password) && fits(wanted->credential, have->credential)));
}
