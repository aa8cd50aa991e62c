/* SPDX-License-Identifier: MIT */
#include "remote/netrc.h"

#include "system/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* A word is read where it stands: without its quotes and backslashes it is shorter. */
struct words {
    char *at, *end;
    unsigned line;
    char *word; /* no NUL behind it */
    size_t size;
    struct fault *fault;
};

/* quoted = DQUOTE *( CHAR / "\" CHAR ) DQUOTE */
static int quoted_read(struct words *words)
{
    unsigned first = words->line;
    for (words->at++; words->at < words->end && *words->at != '"'; words->at++) {
        char c = *words->at;
        if (c == '\\' && words->at + 1 < words->end) {
            c = *++words->at;
            c = (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c);
        } else if (c == '\n') {
            words->line++;
        }
        words->word[words->size++] = c;
    }
    if (words->at == words->end)
        return fault_set(words->fault, FAULT_LOCAL, "line %u: a quote that does not end", first);
    words->at++;
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void blanks_skip(struct words *words)
{
    for (; words->at < words->end && is_blank(*words->at); words->at++)
        words->line += *words->at == '\n';
}

/* word = quoted / 1*( any byte but blanks ). 1, 0 at the end, -1. */
static int word_read(struct words *words)
{
    blanks_skip(words);
    words->word = words->at;
    words->size = 0;
    if (words->at == words->end)
        return 0;
    if (*words->at == '"')
        return quoted_read(words) < 0 ? -1 : 1;
    while (words->at < words->end && !is_blank(*words->at))
        words->at++;
    words->size = (size_t)(words->at - words->word);
    return 1;
}

/* In any case, as curl compares them. */
static bool word_is(const struct words *words, const char *text)
{
    return strlen(text) == words->size && strncasecmp(words->word, text, words->size) == 0;
}

/* A word that a keyword requires: 0 or -1. */
static int word_need(struct words *words, const char *keyword)
{
    int rc = word_read(words);
    if (rc == 0)
        return fault_set(words->fault, FAULT_LOCAL, "line %u: nothing after '%s'", words->line,
                         keyword);
    return rc < 0 ? -1 : 0;
}

static void line_skip(struct words *words)
{
    while (words->at < words->end && *words->at != '\n')
        words->at++;
}

/* macdef = "macdef" name *( line LF ) LF: up to and with the empty line */
static void macro_skip(struct words *words)
{
    for (;;) {
        line_skip(words);
        if (words->at == words->end)
            return;
        words->at++;
        words->line++;
        const char *next = words->at;
        while (next < words->end && *next == '\r')
            next++;
        if (next == words->end || *next == '\n')
            return;
    }
}

struct span {
    char *at; /* NULL: none */
    size_t size;
};

struct search {
    const struct netrc_query *query;
    bool here; /* the entry at hand is for the host */
    struct span user, password;
};

static bool entry_fits(const struct search *search)
{
    const char *asked = search->query->user;
    const struct span *user = &search->user;
    if (!search->here || (!user->at && !search->password.at))
        return false;
    return !asked || !user->at ||
           (strlen(asked) == user->size && memcmp(asked, user->at, user->size) == 0);
}

/* The word behind KEYWORD, if the entry is for the host. */
static int value_read(struct words *words, const char *keyword, const struct search *search,
                      struct span *out)
{
    if (word_need(words, keyword) < 0)
        return -1;
    if (search->here && memchr(words->word, '\0', words->size))
        return fault_set(words->fault, FAULT_LOCAL, "line %u: a NUL in a word", words->line);
    if (search->here)
        *out = (struct span){words->word, words->size};
    return 0;
}

/* item = "machine" name / "default" / "login" name / "password" secret / "account" text /
 *        "macdef" name lines / "#" comment. 1 when a new entry begins, 0, -1. */
static int item_read(struct words *words, struct search *search)
{
    if (words->size > 0 && words->word[0] == '#')
        line_skip(words);
    else if (word_is(words, "macdef"))
        macro_skip(words);
    else if (word_is(words, "account"))
        return word_need(words, "account");
    else if (word_is(words, "login"))
        return value_read(words, "login", search, &search->user);
    else if (word_is(words, "password"))
        return value_read(words, "password", search, &search->password);
    return 0;
}

/* entry = ( "machine" name / "default" ) *item */
static int entry_begin(struct words *words, struct search *search)
{
    bool named = word_is(words, "machine");
    if (named && word_need(words, "machine") < 0)
        return -1;
    *search = (struct search){.query = search->query};
    search->here = named ? word_is(words, search->query->host) : !search->query->redirected;
    return 0;
}

/* netrc = *entry. 1 when an entry fits, 0, -1. */
static int entries_search(struct words *words, struct search *search)
{
    int rc;
    while ((rc = word_read(words)) == 1) {
        bool begins = word_is(words, "machine") || word_is(words, "default");
        if (begins && entry_fits(search))
            return 1;
        if ((begins ? entry_begin(words, search) : item_read(words, search)) < 0)
            return -1;
    }
    return rc < 0 ? -1 : entry_fits(search);
}

/* A word's end is a blank, a quote, or the byte behind the text. */
static char *terminated(struct span span)
{
    if (span.at)
        span.at[span.size] = '\0';
    return span.at;
}

int netrc_find(char *text, size_t size, const struct netrc_query *query, struct netrc_entry *out,
               struct fault *fault)
{
    struct words words = {.at = text, .end = text + size, .line = 1, .fault = fault};
    struct search search = {.query = query};
    int rc = entries_search(&words, &search);
    if (rc == 1)
        *out =
            (struct netrc_entry){terminated(search.user), terminated(search.password), text, size};
    return rc;
}

void netrc_forget(struct netrc_entry *entry)
{
    if (entry->text)
        wipe(entry->text, entry->size);
    free(entry->text);
    *entry = (struct netrc_entry){.text = NULL};
}

static int file_read(int fd, char *text, size_t size, const char *path, struct fault *fault)
{
    size_t used = 0;
    while (used < size) {
        ssize_t got = read(fd, text + used, size - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fault_set(fault, FAULT_LOCAL, "cannot read %s: %s", path,
                             got < 0 ? strerror(errno) : "it became shorter");
        used += (size_t)got;
    }
    return 0;
}

/* Searches the open file FD, whose state is ST. 1, 0, -1. */
static int file_search(int fd, const struct stat *st, const char *path,
                       const struct netrc_query *query, struct netrc_entry *out,
                       struct fault *fault)
{
    size_t size = (size_t)st->st_size;
    char *text = malloc(size + 1);
    if (!text)
        return fault_set(fault, FAULT_LIMIT, "no memory for %s", path);
    int rc = file_read(fd, text, size, path, fault);
    if (rc == 0 && (rc = netrc_find(text, size, query, out, fault)) < 0)
        fault_wrap(fault, "%s", path);
    if (rc != 1) {
        wipe(text, size);
        free(text);
    } else if (out->password && (st->st_mode & (S_IRGRP | S_IROTH))) {
        netrc_forget(out);
        return fault_set(fault, FAULT_AUTH,
                         "%s holds a password for %s and can be read by others; "
                         "use 'chmod 600 %s' first",
                         path, query->host, path);
    }
    return rc;
}

static int path_find(char *out, size_t size)
{
    const char *named = getenv("NETRC"), *home = getenv("HOME");
    int length = -1;
    if (named && *named)
        length = snprintf(out, size, "%s", named);
    else if (home && *home)
        length = snprintf(out, size, "%s/.netrc", home);
    return length < 0 || (size_t)length >= size ? -1 : 0;
}

int netrc_load(const struct netrc_query *query, struct netrc_entry *out, struct fault *fault)
{
    char path[4096];
    struct stat st;
    int rc;
    if (path_find(path, sizeof path) < 0)
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        /* EACCES: somebody else's HOME */
        if (errno == ENOENT || errno == ENOTDIR || (errno == EACCES && !getenv("NETRC")))
            return 0;
        return fault_set(fault, FAULT_LOCAL, "cannot open %s: %s", path, strerror(errno));
    }
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        rc = S_ISCHR(st.st_mode) ? 0 : fault_set(fault, FAULT_LOCAL, "%s is not a file", path);
    else if (st.st_size > NETRC_MAX)
        rc = fault_set(fault, FAULT_LIMIT, "%s has over %d bytes", path, NETRC_MAX);
    else
        rc = file_search(fd, &st, path, query, out, fault);
    close(fd);
    return rc;
}
