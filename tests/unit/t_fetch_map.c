/* SPDX-License-Identifier: MIT */
/* What a fetch takes, and what becomes stale: the same command line and configuration given to the
 * map and to stock git, whose references and FETCH_HEAD it made are what the map says. */
#include "client/fetch_map.h"

#include "lines.h"
#include "scratch.h"

static struct fault fault;

/* Every commit is another one. "v1" is a tag object, "v2" none. */
static const char setup[] =
    "git init -q -b main R && cd R && t=$(git hash-object -t tree -w /dev/null) && "
    "c() { echo $1 | git commit-tree $t ${2:+-p} $2; } && "
    "r() { git update-ref $1 $2; } && "
    "m=$(c main) && r refs/heads/main $m && r refs/heads/topic/a $(c a $m) && "
    "r refs/heads/topic/b $(c b) && r refs/heads/x $(c hx) && r refs/tags/x $(c tx) && "
    "r refs/x $(c x) && r refs/remotes/o/m $(c om) && r refs/remotes/r/HEAD $(c rh) && "
    "r refs/notes/n $(c n) && r refs/pull/1/head $(c p1) && "
    "git tag -a -m 1 v1 main && git tag v2 topic/a && git tag -a -m 1 far refs/pull/1/head && "
    "git config uploadpack.allowAnySHA1InWant true && git branch gone && git tag gone";

struct row {
    const char *why, *config, *arguments; /* words; '$M' is the id of main; "" for the config's */
    const char *branch;                   /* "main" unless it is given */
    const char *refused;                  /* part of the sentence */
};

#define REFSPEC "git config --add remote.origin.fetch "
#define ALL REFSPEC "'+refs/heads/*:refs/remotes/origin/*';"

static const struct row rows[] = {
    {"as cloned", ALL, "", NULL, NULL},
    {"nothing configured", "", "", NULL, NULL},
    {"a branch", ALL, "main", NULL, NULL},
    {"a branch, nothing configured", "", "main", NULL, NULL},
    {"a branch to a place", ALL, "main:here", NULL, NULL},
    {"a branch to two places", ALL, "main:one main:two", NULL, NULL},
    {"a branch twice", ALL, "main main", NULL, NULL},
    {"a branch twice to a place", ALL, "main:one main:one", NULL, NULL},
    {"two to a place", ALL, "main:one x:one", NULL, "cannot fetch both"},
    {"three", ALL, "main x topic/a", NULL, NULL},
    {"the tag of a name of two", ALL, "x", NULL, NULL},
    {"the branch of a name of two", ALL, "heads/x", NULL, NULL},
    {"another's branch", ALL, "o/m", NULL, NULL},
    {"another's HEAD", ALL, "r", NULL, NULL},
    {"a full name", ALL, "refs/pull/1/head:refs/pull/1", NULL, NULL},
    {"HEAD", ALL, "HEAD", NULL, NULL},
    {"HEAD to a place", ALL, "HEAD:refs/x/head", NULL, NULL},
    {"an empty source", ALL, ":refs/x/head", NULL, NULL},
    {"an id", ALL, "$M", NULL, NULL},
    {"an id to a place", ALL, "$M:refs/x/id", NULL, NULL},
    {"what is not there", ALL, "none", NULL, "couldn't find remote ref none"},
    {"what is not there, beside", ALL, "main none", NULL, "couldn't find remote ref none"},
    {"what is not there, configured", REFSPEC "refs/heads/none:refs/x/n", "", NULL,
     "couldn't find remote ref"},
    {"a pattern that matches nothing", ALL, "refs/none/*:refs/x/*", NULL, NULL},
    {"a pattern", ALL, "refs/heads/topic/*:refs/x/*", NULL, NULL},
    {"two patterns to a place", ALL, "refs/heads/*:refs/x/* refs/heads/t*:refs/x/t*", NULL, NULL},
    {"all", ALL, "refs/*:refs/x/*", NULL, NULL},
    {"a negative one", ALL, "refs/heads/*:refs/x/* ^refs/heads/x", NULL, NULL},
    {"a negative pattern", ALL, "^refs/heads/t* refs/heads/*:refs/x/*", NULL, NULL},
    {"a negative short one", ALL, "refs/heads/*:refs/x/* ^x", NULL, NULL},
    {"a negative one and a name", ALL, "main x ^refs/tags/x", NULL, NULL},
    {"a negative pattern and a name", ALL, "topic/a main ^refs/heads/topic/*", NULL, NULL},
    {"a negative one and a full name", ALL, "refs/heads/main x ^refs/heads/main", NULL, NULL},
    {"a negative one and a place", ALL, "main:refs/x/m x ^refs/heads/main", NULL, NULL},
    {"a negative one for what is kept beside", ALL REFSPEC "^refs/heads/main", "main", NULL, NULL},
    {"a negative one configured", ALL REFSPEC "'^refs/heads/topic/*'", "", NULL, NULL},
    {"only negative ones configured", REFSPEC "^refs/heads/x", "", NULL, NULL},
    {"a tag", ALL, "tag v1", NULL, NULL},
    {"a tag and a branch", ALL, "main tag far", NULL, NULL},
    {"a tag without a name", ALL, "tag", NULL, "you need to specify a tag name"},
    {"all tags", ALL, "--tags", NULL, NULL},
    {"all tags, nothing configured", "", "--tags", NULL, NULL},
    {"all tags and a branch", ALL, "--tags main", NULL, NULL},
    {"all tags and a tag", ALL, "--tags tag v1", NULL, NULL},
    {"all tags by a pattern", ALL, "refs/tags/*:refs/tags/*", NULL, NULL},
    {"no tags", ALL, "--no-tags", NULL, NULL},
    {"no tags, a branch to a place", ALL, "--no-tags main:here", NULL, NULL},
    {"a branch to a place: its tags come", "", "topic/a:refs/x/a", NULL, NULL},
    {"two configured", ALL REFSPEC "'refs/pull/*:refs/pr/*'", "", NULL, NULL},
    {"one configured", REFSPEC "refs/heads/x:refs/remotes/origin/x", "", NULL, NULL},
    {"one configured, and a pattern", REFSPEC "refs/heads/x:refs/remotes/origin/x;" ALL, "", NULL,
     NULL},
    {"configured without a destination", REFSPEC "main;" REFSPEC "x", "", NULL, NULL},
    {"another place beside", ALL REFSPEC "'refs/heads/*:refs/copy/*'", "main topic/b:b", NULL,
     NULL},
    {"follows a branch",
     ALL "git config branch.main.remote origin;"
         "git config branch.main.merge refs/heads/topic/a",
     "", NULL, NULL},
    {"follows two branches",
     ALL "git config branch.main.remote origin;"
         "git config branch.main.merge refs/heads/topic/a;"
         "git config --add branch.main.merge refs/heads/x",
     "", NULL, NULL},
    {"follows a branch that goes to two places",
     ALL REFSPEC "'refs/heads/*:refs/copy/*';"
                 "git config branch.main.remote origin;"
                 "git config branch.main.merge refs/heads/topic/a",
     "", NULL, NULL},
    {"follows a branch that is not taken",
     REFSPEC "refs/heads/x:refs/remotes/origin/x;"
             "git config branch.main.remote origin; git config branch.main.merge refs/heads/main",
     "", NULL, NULL},
    {"follows a branch that is not there",
     ALL "git config branch.main.remote origin;"
         "git config branch.main.merge refs/heads/none",
     "", NULL, NULL},
    {"follows a branch by a short name",
     ALL "git config branch.main.remote origin;"
         "git config branch.main.merge topic/a",
     "", NULL, NULL},
    {"follows a branch, nothing configured",
     "git config branch.main.remote origin;"
     "git config branch.main.merge refs/heads/topic/a",
     "", NULL, NULL},
    {"follows a branch of another",
     ALL "git config branch.main.remote other;"
         "git config branch.main.merge refs/heads/topic/a",
     "", NULL, NULL},
    {"follows a branch, another is asked for",
     ALL "git config branch.main.remote origin;"
         "git config branch.main.merge refs/heads/topic/a",
     "x", NULL, NULL},
    {"another branch follows",
     ALL "git config branch.main.remote origin;"
         "git config branch.main.merge refs/heads/topic/a",
     "", "elsewhere", NULL},
    {"follows without a merge", ALL "git config branch.main.remote origin", "", NULL, NULL},
    {"follows without a remote", ALL "git config branch.main.merge refs/heads/x", "", NULL, NULL},
    {"all tags, and follows",
     ALL "git config branch.main.remote origin;"
         "git config branch.main.merge refs/heads/topic/a",
     "--tags", NULL, NULL},
    {"one configured, follows a branch of another",
     REFSPEC "refs/heads/x:refs/remotes/origin/x; git config branch.main.remote other;"
             "git config branch.main.merge refs/heads/topic/a",
     "", NULL, NULL},
    {"one configured, follows without a merge",
     REFSPEC "refs/heads/x:refs/remotes/origin/x; git config branch.main.remote origin", "", NULL,
     NULL},
    {"one configured, follows without a remote",
     REFSPEC "refs/heads/x:refs/remotes/origin/x; git config branch.main.merge refs/heads/x", "",
     NULL, NULL},
    {"nothing configured, follows without a merge", "git config branch.main.remote origin", "",
     NULL, NULL},
    {"nothing configured, follows what is not there",
     "git config branch.main.remote origin; git config branch.main.merge refs/heads/none", "", NULL,
     NULL},
    {"nothing configured, follows and all tags",
     "git config branch.main.remote origin; git config branch.main.merge refs/heads/x", "--tags",
     NULL, NULL},
    {"nothing configured, follows, another is asked for",
     "git config branch.main.remote origin; git config branch.main.merge refs/heads/x", "topic/a",
     NULL, NULL},
    {"malformed", REFSPEC "'a b'", "", NULL, "invalid refspec 'a b'"},
    {"malformed, and something else is asked for", REFSPEC "'a b'", "main", NULL,
     "invalid refspec 'a b'"},
};

static char remote_id[OID_HEX];

/* The references of R as a list. */
static void read_list(struct reflist *refs)
{
    static char text[8192], lines[8192];
    static struct pkt_reader pkt;
    static struct refs_reader in;
    struct caps caps = {.version = 2, .oid_len = OID_SHA1};
    struct reader reader;
    size_t used = 0;
    FILE *pipe = popen("git -C R for-each-ref --format='%(objectname) %(refname)%(if)%(*objectname)"
                       "%(then) peeled:%(*objectname)%(end)'",
                       "r");
    used +=
        (size_t)snprintf(text, sizeof text, "%s HEAD symref-target:refs/heads/main|", remote_id);
    if (pipe)
        used += fread(text + used, 1, sizeof text - used - 8, pipe);
    text[used] = '\0';
    for (char *at = text; (at = strchr(at, '\n')) != NULL;)
        *at = '|';
    memcpy(text + used, "0000", 5);
    if (pipe)
        pclose(pipe);
    *refs = (struct reflist){.count = 0};
    fault_clear(&fault);
    size_t size = lines_make(text, lines, sizeof lines);
    reader_memory(&reader, lines, size, "list", &fault);
    pkt_open(&pkt, &reader, NULL);
    refs_open_ls(&in, &pkt, &caps);
    CHECK(reflist_read(&in, refs, &fault) == 0, "%s", fault.text);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts the lines of TEXT. */
static void sort_lines(char *text)
{
    static char copy[16384];
    char *all[512];
    size_t count = 0, used = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *line = strtok(copy, "\n"); line && count < 512; line = strtok(NULL, "\n"))
        all[count++] = line;
    qsort(all, count, sizeof *all, compare_lines);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += (size_t)sprintf(text + used, "%s\n", all[i]);
}

/* What L has: "NAME=ID" and "FETCH_HEAD=ID merge". */
static void read_git(char *out, size_t room)
{
    FILE *pipe =
        popen("cd L && git for-each-ref --format='%(refname)=%(objectname)' && test -f FETCH_HEAD "
              "&& awk -F'\\t' '{ print \"FETCH_HEAD=\" $1 \" \" ($2 == \"\") }' FETCH_HEAD",
              "r");
    size_t used = pipe ? fread(out, 1, room - 1, pipe) : 0;
    out[used] = '\0';
    if (pipe)
        pclose(pipe);
    sort_lines(out);
}

/* Whether a line of TEXT begins with NAME and "=". */
static bool has_name(const char *text, const char *name)
{
    size_t length = strlen(name);
    while (strncmp(text, name, length) != 0 || text[length] != '=') {
        text = strchr(text, '\n');
        if (text == NULL)
            return false;
        text++;
    }
    return true;
}

static void read_map(const struct fetch_map *map, char *out, size_t room)
{
    char hex[OID_HEX];
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < map->count; i++) {
        const struct fetch_item *item = &map->items[i];
        oid_hex(&item->oid, hex);
        if (*item->local)
            used += (size_t)snprintf(out + used, room - used, "%s=%s\n", item->local, hex);
        if (item->remembered)
            used +=
                (size_t)snprintf(out + used, room - used, "FETCH_HEAD=%s %d\n", hex, item->merge);
    }
    sort_lines(out);
}

/* Whether git has brought the object. */
static bool has(void *context, const struct oid *oid)
{
    char command[128], hex[OID_HEX];
    (void)context;
    snprintf(command, sizeof command, "git -C L cat-file -e %s && echo is there",
             oid_hex(oid, hex));
    return *shell(command) != '\0';
}

struct fetching {
    char words[512], *refspecs[16], branch[64];
    struct settings settings;
    struct fetch_map_options options;
};

static void prepare(struct fetching *fetching, const struct row *row, const char *git_dir)
{
    struct settings_options where = {.git_dir = git_dir};
    *fetching = (struct fetching){.options = {.remote = "origin"}};
    struct fetch_map_options *options = &fetching->options;
    for (const char *at = row->arguments; *at; at++) {
        size_t used = strlen(fetching->words);
        bool id = strncmp(at, "$M", 2) == 0;
        snprintf(fetching->words + used, sizeof fetching->words - used, "%.*s", id ? 40 : 1,
                 id ? remote_id : at);
        at += id;
    }
    for (char *word = strtok(fetching->words, " "); word; word = strtok(NULL, " ")) {
        if (strcmp(word, "--tags") == 0)
            options->tags = TAGS_ALL;
        else if (strcmp(word, "--no-tags") == 0)
            options->tags = TAGS_NONE;
        else
            fetching->refspecs[options->refspec_count++] = word;
    }
    snprintf(fetching->branch, sizeof fetching->branch, "refs/heads/%s",
             row->branch ? row->branch : "main");
    options->refspecs = fetching->refspecs;
    options->branch = fetching->branch;
    options->settings = &fetching->settings;
    fault_clear(&fault);
    CHECK(settings_read(&where, &fetching->settings, &fault) == 0, "%s", fault.text);
}

static bool fetch_with_git(const struct row *row)
{
    char command[2048];
    snprintf(command, sizeof command,
             "rm -rf L && git init -q --bare -b %s L && cd L && "
             "printf '[remote \"origin\"]\\n\\turl = ../R\\n' >>config && { %s\n} && M=%s && git "
             "fetch -q origin %s 2>../err",
             row->branch ? row->branch : "main", *row->config ? row->config : ":", remote_id,
             row->arguments);
    return system(command) == 0;
}

static void choosing(const char *git_dir)
{
    static char here[16384], git[16384];
    struct reflist refs;
    read_list(&refs);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fetching fetching;
        struct fetch_map map;
        struct local_refs none = {.count = 0};
        const char **prefixes = NULL;
        bool fetched = fetch_with_git(&rows[i]);
        prepare(&fetching, &rows[i], git_dir);
        bool taken = fetch_map_open(&fetching.options, &map, &fault) == 0;
        int count = taken ? fetch_map_prefixes(&fetching.options, &map, &prefixes, &fault) : 0;
        taken = taken && fetch_map_choose(&fetching.options, &refs, &map, &fault) == 0;
        CHECK(taken == fetched && taken == (rows[i].refused == NULL), "%s: %d '%s', git: %d '%s'",
              rows[i].why, taken, fault.text, fetched, file_text("err"));
        CHECK(taken || (rows[i].refused && strstr(fault.text, rows[i].refused)), "%s: %s",
              rows[i].why, fault.text);
        /* Every reference that is taken is asked for. */
        for (size_t k = 0; taken && k < map.count; k++) {
            bool asked = reflist_find(&refs, map.items[k].name) == NULL; /* an id */
            for (int n = 0; n < count; n++)
                asked = asked || strncmp(map.items[k].name, prefixes[n], strlen(prefixes[n])) == 0;
            CHECK(asked, "%s: %s", rows[i].why, map.items[k].name);
        }
        if (taken && map.follow_tags)
            CHECK(fetch_map_follow(&map, &refs, &none, has, NULL, &fault) == 0, "%s", fault.text);
        if (taken && fetched) {
            read_map(&map, here, sizeof here);
            read_git(git, sizeof git);
            CHECK(strcmp(here, git) == 0, "%s:\n%sgit:\n%s", rows[i].why, here, git);
        }
        free(prefixes);
        fetch_map_free(&map);
        settings_free(&fetching.settings);
    }
    reflist_free(&refs);
}

/* What is gone from R after a first fetch, and what git fetch --prune removes. */
static void stale(const char *git_dir)
{
    static const struct row prunes[] = {
        {"as cloned", ALL, "", NULL, NULL},
        {"all tags", ALL, "--tags", NULL, NULL},
        {"tags by a pattern", ALL REFSPEC "'refs/tags/*:refs/tags/*'", "", NULL, NULL},
        {"two places", ALL REFSPEC "'refs/heads/*:refs/copy/*'", "", NULL, NULL},
        {"short names", ALL, "main:gone", NULL, NULL},
        {"short names, configured", REFSPEC "main:heads/gone", "", NULL, NULL},
        {"an id", ALL, "$M:refs/x/gone", NULL, NULL},
        {"one name", REFSPEC "refs/heads/main:refs/remotes/origin/gone", "", NULL, NULL},
        {"excluded", ALL REFSPEC "'^refs/heads/g*'", "", NULL, NULL},
        {"asked for", ALL, "refs/heads/*:refs/x/*", NULL, NULL},
        {"another is asked for", ALL, "main", NULL, NULL},
        /* From "main" to refs/heads/other git deletes what it then makes anew. */
        {"another is asked for, to a place", ALL, "refs/heads/main:refs/heads/other", NULL, NULL},
        {"a pattern of fewer", ALL, "refs/heads/t*:refs/remotes/origin/t*", NULL, NULL},
    };
    static char before[16384], after[16384];
    for (size_t i = 0; i < sizeof prunes / sizeof *prunes; i++) {
        struct fetching fetching;
        struct fetch_map map;
        struct reflist refs;
        char command[1024];
        CHECK(system("git -C R branch -q -f gone main && git -C R tag -f gone main >/dev/null") ==
                  0,
              "git");
        fetch_with_git(&prunes[i]);
        CHECK(
            system(
                "cd L && git update-ref refs/x/gone HEAD 2>/dev/null; m=$(git -C ../R rev-parse "
                "main); for r in refs/heads/gone refs/x/gone refs/x/main refs/remotes/origin/gone "
                "refs/remotes/origin/topic/gone refs/remotes/other/gone refs/tags/gone "
                "refs/copy/gone; do echo update $r $m; done | git update-ref --stdin;"
                "git -C ../R branch -q -D gone && git -C ../R tag -d gone >/dev/null") == 0,
            "git");
        read_git(before, sizeof before);
        read_list(&refs);
        prepare(&fetching, &prunes[i], git_dir);
        CHECK(fetch_map_open(&fetching.options, &map, &fault) == 0 &&
                  fetch_map_choose(&fetching.options, &refs, &map, &fault) == 0,
              "%s", fault.text);
        snprintf(command, sizeof command, "cd L && M=%s && git fetch -q --prune origin %s 2>../err",
                 remote_id, prunes[i].arguments);
        CHECK(system(command) == 0, "%s: %s", prunes[i].why, file_text("err"));
        read_git(after, sizeof after);
        size_t count;
        const char **names = fetch_map_names(&refs, &count);
        for (char *line = strtok(before, "\n"); line; line = strtok(NULL, "\n")) {
            if (strncmp(line, "FETCH_HEAD=", 11) == 0)
                continue;
            line[strcspn(line, "=")] = '\0';
            bool pruned = !has_name(after, line);
            CHECK(fetch_map_is_stale(&map, names, count, line) == pruned, "%s: %s, git prunes: %d",
                  prunes[i].why, line, pruned);
        }
        free(names);
        fetch_map_free(&map);
        settings_free(&fetching.settings);
        reflist_free(&refs);
    }
}

int main(void)
{
    char git_dir[512];
    scratch_open();
    setenv("LC_ALL", "C", 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "", 1);
    /* Each fetch would start a process that finds nothing to do. */
    setenv("GIT_CONFIG_COUNT", "1", 1);
    setenv("GIT_CONFIG_KEY_0", "maintenance.auto", 1);
    setenv("GIT_CONFIG_VALUE_0", "false", 1);
    for (const char *const *name = (const char *const[]){"AUTHOR", "COMMITTER", NULL}; *name;
         name++) {
        char variable[64];
        snprintf(variable, sizeof variable, "GIT_%s_NAME", *name);
        setenv(variable, "T", 1);
        snprintf(variable, sizeof variable, "GIT_%s_EMAIL", *name);
        setenv(variable, "t@example.org", 1);
    }
    CHECK(system(setup) == 0, "git");
    snprintf(git_dir, sizeof git_dir, "%s/L", scratch_path);
    snprintf(remote_id, sizeof remote_id, "%.40s", shell("git -C R rev-parse main"));
    choosing(git_dir);
    stale(git_dir);
    scratch_close();
    return T_DONE();
}
