/* SPDX-License-Identifier: MIT */
/* Those of the program itself (tls/builtin_roots.h), or a bundle of certificates in PEM (RFC 7468,
 * "lax" about what stands between):
 *
 *   -----BEGIN CERTIFICATE-----
 *   base64 lines
 *   -----END CERTIFICATE-----
 *
 * A byte-order mark or other text may stand before a BEGIN; what cannot be decoded costs that one
 * certificate. Debian's bundle has some 140 of them, 220 KB of text; a parsed one takes 3 to 5 KB,
 * and a chain needs one or two. So the file is read once in pieces, one certificate is decoded at a
 * time, and only those that are asked for by subject are handed on. A directory is read file by
 * file: those with OpenSSL's hash names ("5ed36f99.0") when there are any, else all; those of
 * GIT_SSL_CAPATH always whole, since people put certificates there beside what was hashed.
 */
#include "tls/trust.h"

#include "tls/builtin_roots.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CERTIFICATE_MAX = 16 * 1024, /* bytes of DER; real roots have 2 KB. A larger one is skipped */
    LINE_SIZE = 1024,            /* bytes; base64 lines have 76 at most, comments don't matter */
    PIECE = 4096,
    PATH_SIZE = 4096
};

static const char *const places[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Alpine, Gentoo */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* RHEL */
    "/etc/ssl/cert.pem",                                 /* Alpine, Void, the BSDs */
};
static const char place_directory[] = "/etc/ssl/certs"; /* buildroot, OpenWrt */

struct search {
    bool (*wanted)(void *context, const struct certname *names);
    int (*certificate)(void *context, const unsigned char *der, size_t size);
    void *context;
    size_t count, bytes;
    bool inside, spoiled; /* between BEGIN and END; what stands there is no base64 */
    uint32_t group;       /* base64 digits not yet put into der, six bits each */
    unsigned digits;
    size_t der_size;
    unsigned char der[CERTIFICATE_MAX];
};

static bool named(struct trust *store, const char *path, const char *said_by, bool directory)
{
    *store = (struct trust){.path = path, .said_by = said_by, .directory = directory};
    return path != NULL;
}

/* The variable NAME, if there is something in it. */
static bool named_by(struct trust *store, const char *name, bool directory)
{
    const char *value = getenv(name);
    return named(store, value && *value ? value : NULL, name, directory);
}

/* Packages make the directory before there is something in it. */
static bool holds_something(const char *path)
{
    struct dirent *entry;
    DIR *directory = access(path, R_OK | X_OK) == 0 ? opendir(path) : NULL;
    if (!directory)
        return false;
    do
        entry = readdir(directory);
    while (entry && entry->d_name[0] == '.');
    closedir(directory);
    return entry != NULL;
}

static int nowhere(struct fault *fault)
{
    char text[512];
    size_t used = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s, ", places[i]);
    return fault_set(
        fault, FAULT_TLS,
        "no trusted certificates on this machine: looked for %s%s, and none "
        "are built in; install ca-certificates, or name a file with --cacert or SSL_CERT_FILE",
        text, place_directory);
}

int trust_locate(struct trust *store, const char *ca_file, struct fault *fault)
{
    if (named(store, ca_file, "--cacert", false))
        return 0;
    const char *besides = named_by(store, "GIT_SSL_CAPATH", true) ? store->path : NULL;
    if (named_by(store, "GIT_SSL_CAINFO", false) || named_by(store, "GIT_SSL_CAPATH", true)) {
        store->besides = besides;
        return 0;
    }
    if (named_by(store, "SSL_CERT_FILE", false) || named_by(store, "SSL_CERT_DIR", true))
        return 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], R_OK) == 0)
            return named(store, places[i], NULL, false) ? 0 : -1;
    if (holds_something(place_directory))
        return named(store, place_directory, NULL, true) ? 0 : -1;
    if (!builtin_roots_exist())
        return nowhere(fault);
    *store = (struct trust){.path = "this program", .built_in = true};
    return 0;
}

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void put_byte(struct search *search, uint32_t byte)
{
    if (search->der_size == sizeof search->der)
        search->spoiled = true;
    else
        search->der[search->der_size++] = (unsigned char)byte;
}

/* base64 = (digit digit digit digit)* with "=" or "==" for what the last group lacks */
static void decode(struct search *search, const char *line)
{
    for (; *line; line++) {
        int value = digit(*line);
        if (*line == '=' || isspace((unsigned char)*line))
            continue;
        if (value < 0) {
            search->spoiled = true;
            return;
        }
        search->group = (search->group << 6 | (uint32_t)value) & 0xffffff;
        if (++search->digits % 4 == 0)
            for (int shift = 16; shift >= 0; shift -= 8)
                put_byte(search, search->group >> shift & 0xff);
    }
}

static int finish(struct search *search)
{
    struct fault ignored = {.class = FAULT_NONE};
    struct certname names;
    if (search->digits % 4 == 3) {
        put_byte(search, search->group >> 10 & 0xff);
        put_byte(search, search->group >> 2 & 0xff);
    } else if (search->digits % 4 == 2) {
        put_byte(search, search->group >> 4 & 0xff);
    }
    if (search->spoiled || certname_parse(search->der, search->der_size, &names, &ignored) < 0)
        return 0;
    search->count++;
    if (!search->wanted(search->context, &names))
        return 0;
    return search->certificate(search->context, search->der, search->der_size);
}

static int take_line(struct search *search, const char *line)
{
    /* Wherever it stands in its line: editors put a byte-order mark in front of the first. */
    if (strstr(line, "-----BEGIN CERTIFICATE-----") ||
        strstr(line, "-----BEGIN X509 CERTIFICATE-----")) {
        search->inside = true;
        search->spoiled = false;
        search->digits = 0;
        search->group = 0;
        search->der_size = 0;
    } else if (strstr(line, "-----END ") && search->inside) {
        search->inside = false;
        return finish(search);
    } else if (search->inside) {
        decode(search, line);
    }
    return 0;
}

static int read_bundle(struct search *search, int fd)
{
    char piece[PIECE], line[LINE_SIZE];
    size_t used = 0;
    ssize_t got;
    search->inside = false;
    while ((got = read(fd, piece, sizeof piece)) > 0 || (got < 0 && errno == EINTR)) {
        for (ssize_t i = 0; i < got; i++) {
            if (piece[i] == '\0' && search->inside)
                search->spoiled = true;
            if (piece[i] != '\n' && used < sizeof line - 1) {
                line[used++] = piece[i];
                continue;
            }
            line[used] = '\0';
            used = 0;
            if (take_line(search, line) < 0)
                return -1;
            if (piece[i] != '\n')
                line[used++] = piece[i];
        }
        search->bytes += got > 0 ? (size_t)got : 0;
    }
    line[used] = '\0';
    return got < 0 ? 1 : take_line(search, line);
}

static int cannot_read(const struct trust *store, const char *path, struct fault *fault)
{
    return fault_set(fault, FAULT_TLS, "cannot read the trusted certificates in '%s'%s%s: %s", path,
                     store->said_by ? " named by " : "", store->said_by ? store->said_by : "",
                     strerror(errno));
}

/* PATH is one file of STORE, or STORE itself. 0, or -1: CERTIFICATE's fault or our own. */
static int search_file(const struct trust *store, const char *path, struct search *search,
                       struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot_read(store, path, fault);
    int rc = read_bundle(search, fd);
    if (rc > 0)
        rc = cannot_read(store, path, fault);
    close(fd);
    return rc;
}

/* "5ed36f99.0" */
static bool is_hash_name(const char *name)
{
    size_t digits = strspn(name, "0123456789abcdef");
    return digits == 8 && name[8] == '.' && name[9] &&
           strspn(name + 9, "0123456789") == strlen(name + 9);
}

/* One pass over a directory, over its hash names or over all names. A file that cannot be read is
 * skipped: others may do. 0, or -1 from CERTIFICATE. *FOUND: files looked at. */
static int search_names(const char *path, bool hash_names, struct search *search, size_t *found)
{
    char file[PATH_SIZE];
    struct stat st;
    struct dirent *entry;
    int rc = 0;
    DIR *directory = opendir(path);
    *found = 0;
    while (rc == 0 && directory && (entry = readdir(directory))) {
        if (hash_names && !is_hash_name(entry->d_name))
            continue;
        if (snprintf(file, sizeof file, "%s/%s", path, entry->d_name) >= (int)sizeof file ||
            stat(file, &st) < 0 || !S_ISREG(st.st_mode))
            continue;
        ++*found;
        int fd = open(file, O_RDONLY | O_CLOEXEC);
        if (fd >= 0)
            rc = read_bundle(search, fd) < 0 ? -1 : 0;
        if (fd >= 0)
            close(fd);
    }
    if (directory)
        closedir(directory);
    return rc;
}

/* PATHS = directory *( ":" directory ) */
static int search_directories(const char *paths, bool whole, struct search *search)
{
    char path[PATH_SIZE];
    for (const char *at = paths; *at; at += strspn(at, ":")) {
        size_t length = strcspn(at, ":"), found = 0;
        if (length > 0 && length < sizeof path) {
            memcpy(path, at, length);
            path[length] = '\0';
            if ((!whole && search_names(path, true, search, &found) < 0) ||
                (found == 0 && search_names(path, false, search, &found) < 0))
                return -1;
        }
        at += length;
    }
    return 0;
}

static int nothing_there(const struct trust *store, size_t bytes, struct fault *fault)
{
    return fault_set(fault, FAULT_TLS, "no trusted certificates: %s '%s'%s%s %s",
                     store->directory ? "the directory" : "the file", store->path,
                     store->said_by ? " named by " : "", store->said_by ? store->said_by : "",
                     bytes == 0 ? "is empty" : "holds no certificate in PEM form");
}

int trust_search(const struct trust *store,
                 bool (*wanted)(void *context, const struct certname *names),
                 int (*certificate)(void *context, const unsigned char *der, size_t size),
                 void *context, size_t *count, struct fault *fault)
{
    if (store->built_in)
        return builtin_roots_search(wanted, certificate, context, count, fault);
    struct search *search = calloc(1, sizeof *search);
    if (!search)
        return fault_set(fault, FAULT_LIMIT, "out of memory for certificates");
    search->wanted = wanted;
    search->certificate = certificate;
    search->context = context;
    int rc = 0;
    if (!store->directory)
        rc = search_file(store, store->path, search, fault);
    else if (!store->besides)
        rc = search_directories(store->path, false, search);
    if (rc == 0 && store->besides)
        rc = search_directories(store->besides, true, search);
    if (rc == 0 && search->count == 0 && access(store->path, R_OK) < 0)
        rc = cannot_read(store, store->path, fault);
    else if (rc == 0 && search->count == 0)
        rc = nothing_there(store, search->bytes, fault);
    *count = search->count;
    free(search);
    return rc;
}
