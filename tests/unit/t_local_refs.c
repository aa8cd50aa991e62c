/* SPDX-License-Identifier: MIT */
/* The references of repositories that stock git reads, too: git for-each-ref has the same ones, of
 * the same objects, and what it takes for broken is here one without an object. */
#include "repo/local_refs.h"

#include "scratch.h"

static struct fault fault;
static int git_dir;

/* $A and $B are commits, $T a tag of $A. */
static const struct {
    const char *why, *script;
    const char *broken; /* names of those that lead to nothing, each with a blank behind */
} rows[] = {
    {"nothing", "rm -rf refs/*", ""},
    {"no refs", "rm -rf refs/*; rmdir refs; mkdir refs", ""},
    {"loose", "r heads/main $A; r tags/t $T; r heads/deep/er/b $B", ""},
    {"packed", "r heads/main $A; r tags/t $T; r heads/b $B; git pack-refs --all", ""},
    {"packed without a header", "printf '%s refs/heads/main\\n' $A >packed-refs", ""},
    {"loose over packed", "r heads/main $A; r heads/b $B; git pack-refs --all; r heads/main $B",
     ""},
    {"between packed ones", "r heads/a $A; r heads/c $A; git pack-refs --all; r heads/b $B; r x $A",
     ""},
    {"order", "r heads/a $A; r heads/a-b $A; r heads/a.b $A; r heads/a0 $A; r heads/B $A; r z/a $B",
     ""},
    {"no LF", "printf %s $A >refs/heads/main", ""},
    {"CR LF", "printf '%s\\r\\n' $A >refs/heads/main", ""},
    {"blanks behind", "printf '%s \\t\\n\\n' $A >refs/heads/main", ""},
    {"something behind a blank", "printf '%s x\\n' $A >refs/heads/main", ""},
    {"something behind an LF", "printf '%s\\nx\\n' $A >refs/heads/main", ""},
    {"something right behind", "printf '%sx\\n' $A >refs/heads/main", "refs/heads/main "},
    {"upper case", "echo $A | tr a-f A-F >refs/heads/main", ""},
    {"a blank before", "printf ' %s\\n' $A >refs/heads/main", "refs/heads/main "},
    {"an empty file", ": >refs/heads/main", "refs/heads/main "},
    {"an LF", "echo >refs/heads/main", "refs/heads/main "},
    {"zeros", "head -c 41 /dev/zero >refs/heads/main", "refs/heads/main "},
    {"garbage", "echo garbage >refs/heads/main", "refs/heads/main "},
    {"a short id", "echo 0123456 >refs/heads/main", "refs/heads/main "},
    {"an empty file over a packed one", "r heads/main $A; git pack-refs --all; : >refs/heads/main",
     "refs/heads/main "},
    {"symbolic", "r heads/main $A; s heads/s refs/heads/main", ""},
    {"symbolic, without a blank", "r heads/main $A; printf ref:refs/heads/main >refs/heads/s", ""},
    {"symbolic, more blanks",
     "r heads/main $A; printf 'ref: \\t refs/heads/main \\n' >refs/heads/s", ""},
    {"symbolic to a packed one", "r heads/main $A; git pack-refs --all; s heads/s refs/heads/main",
     ""},
    {"symbolic over a packed one",
     "r heads/main $A; r heads/s $B; git pack-refs --all; s heads/s refs/heads/main", ""},
    {"dangling", "s heads/s refs/heads/none", "refs/heads/s "},
    {"to an empty file", "s heads/s refs/heads/main; : >refs/heads/main",
     "refs/heads/main refs/heads/s "},
    {"to itself", "s heads/s refs/heads/s", "refs/heads/s "},
    {"in a circle", "s heads/a refs/heads/b; s heads/b refs/heads/c; s heads/c refs/heads/a",
     "refs/heads/a refs/heads/b refs/heads/c "},
    {"a chain of four",
     "r heads/e $A; s heads/d refs/heads/e; s heads/c refs/heads/d;"
     "s heads/b refs/heads/c; s heads/a refs/heads/b",
     ""},
    {"a chain of five",
     "r heads/f $A; s heads/e refs/heads/f; s heads/d refs/heads/e;"
     "s heads/c refs/heads/d; s heads/b refs/heads/c; s heads/a refs/heads/b",
     "refs/heads/a "},
    {"symbolic to no name", "echo 'ref: refs/heads/a b' >refs/heads/s", "refs/heads/s "},
    {"symbolic to nothing", "echo 'ref: ' >refs/heads/s", "refs/heads/s "},
    {"symbolic up", "echo 'ref: ../../HEAD' >refs/heads/s", "refs/heads/s "},
    {"symbolic in other letters", "r heads/main $A; echo 'REF: refs/heads/main' >refs/heads/s",
     "refs/heads/s "},
    {"a link", "r heads/main $A; ln -s main refs/heads/s", ""},
    {"a full link", "r heads/main $A; ln -s refs/heads/main refs/heads/s", ""},
    {"locks", "r heads/main $A; echo $B >refs/heads/main.lock; echo $B >refs/heads/b.lock", ""},
    {"what is called like none",
     "r heads/main $A; for n in .x a..b 'a b' x. 'a~1' 'a@{' 'a[' "
     "a.lock; do echo $A >\"refs/heads/$n\"; done; mkdir refs/.d; echo $A >refs/.d/x",
     ""},
    {"empty directories", "r heads/main $A; mkdir -p refs/heads/d/e refs/x/y/z", ""},
    {"bytes above 127", "r heads/\xc3\xa4 $A; r heads/\xff $B", ""},
};

static const char setup[] =
    "rm -rf repo && git init -q --bare -b main repo && cd repo && "
    "t=$(git hash-object -t tree -w /dev/null) && A=$(echo a | git commit-tree $t) && "
    "B=$(echo b | git commit-tree $t) && "
    "T=$(printf 'object %s\\ntype commit\\ntag t\\ntagger T <t> 1 +0000\\n\\nm\\n' $A | "
    "git hash-object -w -t tag --stdin) && "
    "r() { mkdir -p $(dirname refs/$1); echo $2 >refs/$1; } && "
    "s() { printf 'ref: %s\\n' $2 >refs/$1; } && { ";

static void make(const char *script)
{
    char command[4096];
    snprintf(command, sizeof command, "%s%s; } && { for i in $A $B $T; do echo $i; done >ids; }",
             setup, script);
    if (git_dir >= 0)
        close(git_dir);
    CHECK(system(command) == 0, "%s", script);
    git_dir = open("repo", O_RDONLY | O_DIRECTORY);
    fault_clear(&fault);
}

/* "NAME ID" of each as git has it. */
static void ask_git(char *out, size_t room)
{
    FILE *pipe =
        popen("git -C repo for-each-ref --format='%(refname) %(objectname)' 2>repo/err", "r");
    size_t used = pipe ? fread(out, 1, room - 1, pipe) : 0;
    out[used] = '\0';
    if (pipe)
        pclose(pipe);
}

static void reading(void)
{
    static char here[8192], git[8192], broken[1024];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct local_refs refs;
        size_t used = 0, lost = 0;
        char hex[OID_HEX];
        make(rows[i].script);
        ask_git(git, sizeof git);
        CHECK(local_refs_read(git_dir, &refs, &fault) == 0, "%s: %s", rows[i].why, fault.text);
        here[0] = broken[0] = '\0';
        for (size_t k = 0; k < refs.count; k++) {
            const struct local_ref *ref = &refs.refs[k];
            char path[512];
            if (ref->oid.len)
                used += (size_t)snprintf(here + used, sizeof here - used, "%s %s\n", ref->name,
                                         oid_hex(&ref->oid, hex));
            else
                lost += (size_t)snprintf(broken + lost, sizeof broken - lost, "%s ", ref->name);
            CHECK(local_refs_find(&refs, ref->name) == ref, "%s: %s is not found", rows[i].why,
                  ref->name);
            snprintf(path, sizeof path, "repo/%s", ref->name);
            CHECK(ref->loose == is_there(path) && (ref->loose || ref->packed), "%s: %s",
                  rows[i].why, ref->name);
        }
        CHECK(strcmp(here, git) == 0, "%s:\n%sgit:\n%s%s", rows[i].why, here, git,
              file_text("repo/err"));
        CHECK(strcmp(broken, rows[i].broken) == 0, "%s: broken: %s", rows[i].why, broken);
        CHECK(local_refs_find(&refs, "refs/heads") == NULL && local_refs_find(&refs, "") == NULL,
              "%s: found", rows[i].why);
        local_refs_free(&refs);
    }
}

static void details(void)
{
    struct local_refs refs;
    const struct local_ref *ref;
    char hex[OID_HEX];
    make("r heads/main $A; r tags/t $T; git pack-refs --all; r heads/main $B; r heads/l $A;"
         "s heads/s refs/heads/l");
    CHECK(local_refs_read(git_dir, &refs, &fault) == 0, "%s", fault.text);
    CHECK((ref = local_refs_find(&refs, "refs/tags/t")) && ref->packed && !ref->loose &&
              strcmp(oid_hex(&ref->peeled, hex), shell("git -C repo rev-parse t^{}")) == 0,
          "the tag");
    CHECK((ref = local_refs_find(&refs, "refs/heads/main")) && ref->packed && ref->loose &&
              ref->peeled.len == 0,
          "main");
    CHECK((ref = local_refs_find(&refs, "refs/heads/l")) && !ref->packed && ref->loose &&
              ref->target == NULL,
          "l");
    CHECK((ref = local_refs_find(&refs, "refs/heads/s")) && ref->target &&
              strcmp(ref->target, "refs/heads/l") == 0,
          "s");
    local_refs_free(&refs);
    make("echo garbage >packed-refs");
    CHECK(local_refs_read(git_dir, &refs, &fault) < 0 && strstr(fault.text, "packed-refs: line 1"),
          "%s", fault.text);
    local_refs_free(&refs);
}

static void heads(void)
{
    static const struct {
        const char *why, *script, *branch; /* of HEAD; "": detached, NULL: refused */
        bool exists;
    } table[] = {
        {"a branch", "r heads/main $A", "refs/heads/main", true},
        {"a packed branch", "r heads/main $A; git pack-refs --all", "refs/heads/main", true},
        {"an unborn branch", ":", "refs/heads/main", false},
        {"a branch that is symbolic", "r heads/x $A; s heads/main refs/heads/x", "refs/heads/main",
         true},
        {"a branch that dangles", "s heads/main refs/heads/x", "refs/heads/main", false},
        {"a branch that is garbage", "echo garbage >refs/heads/main", "refs/heads/main", false},
        {"detached", "echo $A >HEAD", "", true},
        {"without an LF", "r heads/main $A; printf 'ref: refs/heads/main' >HEAD", "refs/heads/main",
         true},
        {"missing", "rm HEAD", NULL, false},
        {"empty", ": >HEAD", NULL, false},
        {"garbage", "echo garbage >HEAD", NULL, false},
        {"no name", "echo 'ref: refs/heads/../x' >HEAD", NULL, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct local_refs refs;
        struct local_head head;
        make(table[i].script);
        CHECK(local_refs_read(git_dir, &refs, &fault) == 0, "%s", fault.text);
        int rc = local_head_read(git_dir, &refs, &head, &fault);
        CHECK((rc == 0) == (table[i].branch != NULL), "%s: %d %s", table[i].why, rc, fault.text);
        if (rc == 0)
            CHECK(strcmp(head.branch ? head.branch : "", table[i].branch) == 0 &&
                      (head.oid.len > 0) == table[i].exists,
                  "%s: %s %d", table[i].why, head.branch ? head.branch : "detached", head.oid.len);
        else
            CHECK(fault.class == FAULT_LOCAL && strstr(fault.text, "HEAD is "), "%s: %s",
                  table[i].why, fault.text);
        free(head.branch);
        local_refs_free(&refs);
    }
}

int main(void)
{
    git_dir = -1;
    scratch_open();
    setenv("LC_ALL", "C", 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "", 1);
    setenv("GIT_AUTHOR_NAME", "T", 1);
    setenv("GIT_AUTHOR_EMAIL", "t@example.org", 1);
    setenv("GIT_COMMITTER_NAME", "T", 1);
    setenv("GIT_COMMITTER_EMAIL", "t@example.org", 1);
    reading();
    details();
    heads();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
