/* SPDX-License-Identifier: MIT */
/* Changes of references: what stock git sees afterwards is all of what was asked for; or, when it
 * is refused, every file is as it was, and no lock stays but those that were there. */
#include "repo/ref_update.h"

#include "scratch.h"

static struct fault fault;
static int git_dir = -1;

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccc"
#define HEADER "# pack-refs with: peeled fully-peeled sorted \n"

static struct oid id(char letter)
{
    struct oid oid = {.len = letter == '-' ? 0 : OID_SHA1};
    if (oid.len)
        memset(oid.id, (letter - 'a' + 10) * 0x11, oid.len);
    return oid;
}

/* Updates are "NAME OLD NEW", with "|" between; ids are letters, "-" for none. */
static const struct row {
    const char *why, *script, *updates;
    const char *refused; /* part of the sentence; NULL: it is done */
    const char *after;   /* "NAME=LETTER" of every reference, with blanks between */
} rows[] = {
    {"nothing to be done", "r heads/m A", NULL, NULL, "refs/heads/m=a"},
    {"a new one", ":", "refs/heads/m - a", NULL, "refs/heads/m=a"},
    {"a deep one", ":", "refs/a/b/c/d/e - a", NULL, "refs/a/b/c/d/e=a"},
    {"a changed one", "r heads/m A", "refs/heads/m a b", NULL, "refs/heads/m=b"},
    {"to the same", "r heads/m A", "refs/heads/m a a", NULL, "refs/heads/m=a"},
    {"a packed one", "p 'A refs/heads/l' 'A refs/heads/m'", "refs/heads/m a b", NULL,
     "refs/heads/l=a refs/heads/m=b"},
    {"loose over packed", "p 'A refs/heads/m'; r heads/m B", "refs/heads/m b c", NULL,
     "refs/heads/m=c"},
    {"a deleted one", "r heads/m A; r heads/n A", "refs/heads/m a -", NULL, "refs/heads/n=a"},
    {"a deleted deep one", "r heads/x/y/m A", "refs/heads/x/y/m a -", NULL, ""},
    {"a deleted packed one", "p 'A refs/heads/m' 'B refs/tags/t' '^A' 'C refs/tags/u'",
     "refs/heads/m a -", NULL, "refs/tags/t=b refs/tags/u=c"},
    {"a deleted packed tag and what it points to",
     "p 'A refs/heads/m' 'B refs/tags/t' '^A' 'C refs/tags/u'", "refs/tags/t b -", NULL,
     "refs/heads/m=a refs/tags/u=c"},
    {"the last packed one is deleted", "p 'A refs/heads/m'", "refs/heads/m a -", NULL, ""},
    {"deleted in both places", "p 'A refs/heads/m' 'B refs/heads/n'; r heads/m C",
     "refs/heads/m c -", NULL, "refs/heads/n=b"},
    {"many", "r heads/m A; p 'B refs/heads/n' 'C refs/heads/o'",
     "refs/heads/m a b|refs/heads/n b c|refs/heads/o c -|refs/heads/p - a", NULL,
     "refs/heads/m=b refs/heads/n=c refs/heads/p=a"},
    {"more than are synced one by one", "r heads/m A",
     "refs/a/1 - a|refs/a/2 - a|refs/a/3 - a|refs/a/4 - a|refs/b/5 - a|refs/b/6 - a|refs/b/7 - a|"
     "refs/b/8 - a|refs/heads/m a -|refs/b/9 - a",
     NULL,
     "refs/a/1=a refs/a/2=a refs/a/3=a refs/a/4=a refs/b/5=a refs/b/6=a refs/b/7=a refs/b/8=a "
     "refs/b/9=a"},
    {"an empty file", ": >refs/heads/m", "refs/heads/m - a", NULL, "refs/heads/m=a"},
    {"garbage", "echo x >refs/heads/m", "refs/heads/m - a", NULL, "refs/heads/m=a"},
    {"garbage, deleted", "echo x >refs/heads/m", "refs/heads/m - -", NULL, ""},
    {"old is another", "r heads/m A", "refs/heads/m b c", "refs/heads/m' is aaaa",
     "refs/heads/m=a"},
    {"old was nothing", "r heads/m A", "refs/heads/m - c", "was nothing", "refs/heads/m=a"},
    {"old is gone", ":", "refs/heads/m a c", "is nothing now", ""},
    {"old is another, to delete", "r heads/m A", "refs/heads/m b -", "is aaaa", "refs/heads/m=a"},
    {"old is another, packed", "p 'A refs/heads/m'", "refs/heads/m b c", "is aaaa",
     "refs/heads/m=a"},
    {"old is another, of the third", "r heads/m A",
     "refs/heads/a - a|refs/x/b - a|refs/heads/m b c", "is aaaa", "refs/heads/m=a"},
    {"a lock", "r heads/m A; : >refs/heads/m.lock", "refs/heads/m a b", "refs/heads/m",
     "refs/heads/m=a"},
    {"a lock of the third", "r heads/m A; : >refs/heads/m.lock",
     "refs/heads/a - a|refs/x/y/b - a|refs/heads/m a b", "refs/heads/m", "refs/heads/m=a"},
    {"a lock of packed-refs", "p 'A refs/heads/m'; : >packed-refs.lock",
     "refs/heads/a - b|refs/heads/m a -", "packed-refs", "refs/heads/m=a"},
    {"a lock of packed-refs that is not needed", "r heads/m A; : >packed-refs.lock",
     "refs/heads/m a -|refs/heads/n - b", NULL, "refs/heads/n=b"},
    {"no name", ":", "refs/heads/../x - a", "not a valid reference name", ""},
    {"no name, the second", ":", "refs/heads/a - a|refs/heads/x.lock - a",
     "not a valid reference name", ""},
    {"below another", "r heads/m A", "refs/heads/m/x - a", "refs/heads/m", "refs/heads/m=a"},
    {"below a packed one", "p 'A refs/heads/m'", "refs/heads/m/x - a", "cannot both exist",
     "refs/heads/m=a"},
    {"deep below a packed one", "p 'A refs/heads/m'", "refs/heads/m/x/y - a", "cannot both exist",
     "refs/heads/m=a"},
    {"above another", "r heads/m/x A", "refs/heads/m - a", "cannot both exist", "refs/heads/m/x=a"},
    {"above a packed one", "p 'A refs/heads/m/x/y'", "refs/heads/m - a", "cannot both exist",
     "refs/heads/m/x/y=a"},
    {"beside one that begins alike", "p 'A refs/heads/m-x' 'A refs/heads/mm'", "refs/heads/m - a",
     NULL, "refs/heads/m=a refs/heads/m-x=a refs/heads/mm=a"},
    {"two new ones, one below the other", ":", "refs/heads/m - a|refs/heads/m/x - b",
     "refs/heads/m", ""},
    {"two new ones, one above the other", ":", "refs/heads/m/x - b|refs/heads/m - a",
     "refs/heads/m", ""},
    {"above one that goes", "r heads/m/x A", "refs/heads/m/x a -|refs/heads/m - b", NULL,
     "refs/heads/m=b"},
    {"above one that goes, the other way round", "r heads/m/x A",
     "refs/heads/m - b|refs/heads/m/x a -", NULL, "refs/heads/m=b"},
    {"above a packed one that goes", "p 'A refs/heads/m/x'", "refs/heads/m/x a -|refs/heads/m - b",
     NULL, "refs/heads/m=b"},
    {"below a packed one that goes", "p 'A refs/heads/m'", "refs/heads/m a -|refs/heads/m/x - b",
     NULL, "refs/heads/m/x=b"},
    {"above one that goes, another stays", "r heads/m/x A; r heads/m/y A",
     "refs/heads/m/x a -|refs/heads/m - b", "cannot both exist",
     "refs/heads/m/x=a refs/heads/m/y=a"},
    {"empty directories in the way", "mkdir -p refs/heads/m/x/y refs/heads/m/z logs/refs/heads/m/x",
     "refs/heads/m - a", NULL, "refs/heads/m=a"},
    {"empty directories, reused", "mkdir -p refs/heads/m/x", "refs/heads/m/x/y - a", NULL,
     "refs/heads/m/x/y=a"},
    {"a directory with something in it", "mkdir -p refs/heads/m; : >refs/heads/m/y.lock",
     "refs/heads/a - a|refs/heads/m - a", "refs/heads/m", ""},
    {"a directory of logs with something in it",
     "mkdir -p logs/refs/heads/m; : >logs/refs/heads/m/x", "refs/heads/a - a|refs/heads/m - a",
     "refs/heads/m", ""},
    {"a log where a directory is due", "mkdir -p logs/refs/heads; : >logs/refs/heads/m",
     "refs/heads/a - a|refs/heads/m/x - a", "logs/refs/heads/m", ""},
    {"HEAD", "echo A >HEAD; r heads/m A", "HEAD a b", NULL, "refs/heads/m=a"},
    {"HEAD, which is another", "echo A >HEAD", "HEAD b c", "reference 'HEAD' is aaaa", ""},
    {"HEAD's lock", "echo A >HEAD; : >HEAD.lock", "refs/heads/a - a|HEAD a b", "HEAD", ""},
};

static const char setup[] =
    "rm -rf repo && git init -q --bare -b main repo && cd repo && "
    "x() { printf '%s\\n' \"$@\" | sed 's/^\\(\\^*\\)A\\>/\\1" A "/;s/^\\(\\^*\\)B\\>/\\1" B
    "/;s/^\\(\\^*\\)C\\>/\\1" C "/'; } && "
    "r() { mkdir -p $(dirname refs/$1); x $2 >refs/$1; } && "
    "p() { x '# pack-refs with: peeled fully-peeled sorted ' \"$@\" >packed-refs; } && "
    "{ ";

static void make(const char *script)
{
    static char command[4096];
    snprintf(command, sizeof command, "%s%s; } && x \"$(cat HEAD)\" >h && mv h HEAD", setup,
             script);
    if (git_dir >= 0)
        close(git_dir);
    CHECK(system(command) == 0, "%s", script);
    git_dir = open("repo", O_RDONLY | O_DIRECTORY);
    fault_clear(&fault);
}

static int update(const char *text, bool sync, const char *message)
{
    static char names[16][128];
    struct ref_update updates[16];
    struct repo_lock lock;
    struct ref_update_options options = {
        .lock = &lock, .who = "T <t@example.org>", .oid_len = OID_SHA1, .sync = sync};
    repo_lock_open(&lock, git_dir);
    size_t count = 0;
    for (; text && *text; text += strcspn(text, "|"), text += *text == '|', count++) {
        char from, to;
        sscanf(text, "%127s %c %c", names[count], &from, &to);
        updates[count] = (struct ref_update){
            .name = names[count], .old = id(from), .new = id(to), .message = message};
    }
    int rc = ref_update(git_dir, updates, count, &options, &fault);
    repo_lock_close(&lock);
    return rc;
}

/* Every reference, as git shows them though there are no such objects. */
static const char *references(void)
{
    static char out[4096];
    FILE *pipe = popen("git -C repo show-ref 2>/dev/null || git -C repo for-each-ref "
                       "--format='%(objectname) %(refname)' 2>/dev/null",
                       "r");
    char line[512];
    out[0] = '\0';
    while (pipe && fgets(line, sizeof line, pipe)) {
        line[strcspn(line, "\n")] = '\0';
        size_t used = strlen(out);
        snprintf(out + used, sizeof out - used, "%s%s=%c", used ? " " : "", line + 41, line[0]);
    }
    if (pipe)
        pclose(pipe);
    return out;
}

/* All files and what is in them. Directories that are empty do no harm. */
static const char *files(char *out, size_t room)
{
    FILE *pipe =
        popen("cd repo && find HEAD* packed-refs* refs logs -type f 2>/dev/null | LC_ALL=C sort | "
              "while read -r f; do echo \"$f:\"; cat \"$f\"; done",
              "r");
    size_t used = pipe ? fread(out, 1, room - 1, pipe) : 0;
    out[used] = '\0';
    if (pipe)
        pclose(pipe);
    return out;
}

static void changes(void)
{
    static char before[65536], after[65536];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int sync = 0; sync < 2; sync++) {
            const struct row *row = &rows[i];
            make(row->script);
            files(before, sizeof before);
            int rc = update(row->updates, sync, "test: it");
            CHECK((rc == 0) == (row->refused == NULL), "%s: %d %s", row->why, rc, fault.text);
            CHECK(rc == 0 || (fault.class == FAULT_LOCAL && row->refused &&
                              strstr(fault.text, row->refused)),
                  "%s: %s", row->why, fault.text);
            const char *refs = references();
            CHECK(strcmp(refs, row->after) == 0, "%s: %s", row->why, refs);
            files(after, sizeof after);
            if (row->refused)
                CHECK(strcmp(before, after) == 0, "%s: before:\n%safter:\n%s", row->why, before,
                      after);
            else
                CHECK((strstr(after, ".lock") != NULL) == (strstr(before, ".lock") != NULL),
                      "%s: a lock stays", row->why);
        }
}

static void details(void)
{
    make("p 'A refs/heads/l' 'B refs/tags/t' '^A' 'C refs/tags/u' '^A'");
    CHECK(update("refs/tags/t b -", false, NULL) == 0, "%s", fault.text);
    CHECK_TEXT(file_text("repo/packed-refs"),
               HEADER A " refs/heads/l\n" C " refs/tags/u\n^" A "\n");
    CHECK(!is_there("repo/logs"), "a log without a message");
    make("p 'A refs/heads/l'; sed -i 1d packed-refs");
    CHECK(update("refs/heads/l a -", false, NULL) == 0, "%s", fault.text);
    CHECK_TEXT(references(), "");
    /* What is not deleted lets the file alone. */
    make("p 'A refs/heads/l'; r heads/m B");
    CHECK(update("refs/heads/m b -|refs/heads/l a c", false, NULL) == 0, "%s", fault.text);
    CHECK_TEXT(file_text("repo/packed-refs"), HEADER A " refs/heads/l\n");
    CHECK_TEXT(file_text("repo/refs/heads/l"), C "\n");
    /* Logs: the old value, the new one, who, what; gone with the reference. */
    make("r heads/x/m A");
    CHECK(update("refs/heads/x/m a b", false, "fetch: forced") == 0 &&
              update("refs/heads/n - c", false, "fetch: new") == 0,
          "%s", fault.text);
    CHECK(strstr(file_text("repo/logs/refs/heads/x/m"), A " " B " T <t@example.org> ") &&
              strstr(file_text("repo/logs/refs/heads/x/m"), "\tfetch: forced\n"),
          "%s", file_text("repo/logs/refs/heads/x/m"));
    CHECK(strstr(file_text("repo/logs/refs/heads/n"), "0000000 " C " T <t@example.org> ") != NULL,
          "%s", file_text("repo/logs/refs/heads/n"));
    CHECK(update("refs/heads/x/m b -|refs/heads/n c -", false, NULL) == 0, "%s", fault.text);
    CHECK(!is_there("repo/logs/refs/heads/x") && !is_there("repo/logs/refs/heads/n") &&
              !is_there("repo/refs/heads/x") && is_there("repo/refs/heads"),
          "logs or directories stay");
    make("echo A >HEAD");
    CHECK(update("HEAD a b", true, "checkout") == 0, "%s", fault.text);
    CHECK_TEXT(file_text("repo/HEAD"), B "\n");
}

int main(void)
{
    scratch_open();
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "", 1);
    changes();
    details();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
