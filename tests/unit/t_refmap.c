/* SPDX-License-Identifier: MIT */
/* Which references a clone takes, and under which names. Whole clones are compared
 * with those of stock git by tests/cmd/clone_refs.sh; here is every choice by itself. */
#include "client/refmap.h"

#include "t.h"

#include <stdlib.h>

#define LONG "0123456789012345678901234567890123456789"

/* A server's references: "HEAD>refs/heads/m" is symbolic, "HEAD?refs/heads/m" unborn, "name=2" has
 * the id 22.. and "name=2^1" is a tag of 11... */
static struct remote_ref refs_room[16];
static char kept_room[1024];
static char text_room[1024];

static struct oid id_of(char digit)
{
    char hex[41];
    struct oid oid = {.len = 0};
    memset(hex, digit, 40);
    oid_parse(hex, 40, &oid);
    return oid;
}

/* As reflist_read() keeps them: the name, the peeled id, the target. */
static struct reflist make_refs(const char *text)
{
    struct reflist refs = {.refs = refs_room};
    char *kept = kept_room;
    snprintf(text_room, sizeof text_room, "%s", text);
    for (char *word = strtok(text_room, " "); word; word = strtok(NULL, " ")) {
        struct remote_ref *ref = &refs_room[refs.count++];
        char *end = strpbrk(word, "=>?");
        char kind = *end;
        *end = '\0';
        *ref = (struct remote_ref){.name = kept};
        kept = stpcpy(kept, word) + 1;
        if (kind == '=') {
            ref->oid = id_of(end[1]);
            ref->has_peeled = end[2] == '^';
            if (ref->has_peeled) {
                struct oid peeled = id_of(end[3]);
                memcpy(kept, &peeled, sizeof peeled);
                kept += sizeof peeled;
            }
        } else {
            ref->unborn = kind == '?';
            ref->has_target = true;
            kept = stpcpy(kept, end + 1) + 1;
        }
    }
    for (size_t i = 0; i < refs.count; i++) /* HEAD has the id of what it points to */
        for (size_t k = 0; refs_room[i].has_target && k < refs.count; k++)
            if (strcmp(refs_room[k].name, remote_ref_target(&refs_room[i])) == 0)
                refs_room[i].oid = refs_room[k].oid;
    return refs;
}

#define USUAL "HEAD>refs/heads/m refs/heads/m=1 refs/heads/x=2 refs/notes/n=5 refs/tags/t=3^1"

/* Where HEAD is: "refs/heads/m 1", "unborn refs/heads/m", "detached 1". */
static const struct {
    const char *why, *refs;
    struct refmap_options options; /* origin is "origin" unless it says another */
    const char *entries, *head, *wants, *remote_head, *refspec;
} rows[] = {
    {"a clone",
     USUAL,
     {.branch = NULL},
     "refs/remotes/origin/m=1 refs/remotes/origin/x=2 refs/tags/t=3^1",
     "refs/heads/m 1",
     "123",
     "refs/heads/m",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"-o",
     USUAL,
     {.origin = "up"},
     "refs/remotes/up/m=1 refs/remotes/up/x=2 refs/tags/t=3^1",
     "refs/heads/m 1",
     "123",
     "refs/heads/m",
     "+refs/heads/*:refs/remotes/up/*"},
    {"--no-tags",
     USUAL,
     {.no_tags = true},
     "refs/remotes/origin/m=1 refs/remotes/origin/x=2",
     "refs/heads/m 1",
     "12",
     "refs/heads/m",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"--bare",
     USUAL,
     {.bare = true},
     "refs/heads/m=1 refs/heads/x=2 refs/tags/t=3^1",
     "refs/heads/m 1",
     "123",
     "refs/heads/m",
     ""},
    {"--mirror",
     USUAL,
     {.bare = true, .mirror = true},
     "refs/heads/m=1 refs/heads/x=2 refs/notes/n=5 refs/tags/t=3^1",
     "refs/heads/m 1",
     "1235",
     "refs/heads/m",
     "+refs/*:refs/*"},
    {"-b a branch",
     USUAL,
     {.branch = "x"},
     "refs/remotes/origin/m=1 refs/remotes/origin/x=2 refs/tags/t=3^1",
     "refs/heads/x 2",
     "123",
     "refs/heads/m",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"-b a tag",
     USUAL,
     {.branch = "t"},
     "refs/remotes/origin/m=1 refs/remotes/origin/x=2 refs/tags/t=3^1",
     "detached 3",
     "123",
     "refs/heads/m",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"-b a branch rather than a tag",
     USUAL " refs/tags/x=4",
     {.branch = "x"},
     "refs/remotes/origin/m=1 refs/remotes/origin/x=2 refs/tags/t=3^1 refs/tags/x=4",
     "refs/heads/x 2",
     "1234",
     "refs/heads/m",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"-b an id",
     USUAL,
     {.branch = "7777777777777777777777777777777777777777"},
     "refs/remotes/origin/m=1 refs/remotes/origin/x=2 refs/tags/t=3^1",
     "detached 7",
     "1237",
     "refs/heads/m",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"--single-branch",
     USUAL,
     {.single_branch = true},
     "refs/remotes/origin/m=1",
     "refs/heads/m 1",
     "1",
     "refs/heads/m",
     "+refs/heads/m:refs/remotes/origin/m"},
    {"--single-branch -b a branch",
     USUAL,
     {.single_branch = true, .branch = "x"},
     "refs/remotes/origin/x=2",
     "refs/heads/x 2",
     "2",
     "refs/heads/m",
     "+refs/heads/x:refs/remotes/origin/x"},
    {"--single-branch -b a tag",
     USUAL,
     {.single_branch = true, .branch = "t"},
     "refs/tags/t=3^1",
     "detached 3",
     "3",
     "refs/heads/m",
     "+refs/tags/t:refs/tags/t"},
    {"--single-branch --bare",
     USUAL,
     {.single_branch = true, .bare = true},
     "refs/heads/m=1",
     "refs/heads/m 1",
     "1",
     "refs/heads/m",
     ""},
    {"--single-branch of a detached HEAD",
     "HEAD=7 refs/heads/m=1 refs/tags/t=3",
     {.single_branch = true},
     "",
     "detached 7",
     "7",
     "",
     ""},
    {"a detached HEAD",
     "HEAD=7 refs/heads/m=1",
     {.branch = NULL},
     "refs/remotes/origin/m=1",
     "detached 7",
     "17",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"a HEAD without a target: a branch of its id",
     "HEAD=2 refs/heads/m=1 refs/heads/x=2",
     {.branch = NULL},
     "refs/remotes/origin/m=1 refs/remotes/origin/x=2",
     "refs/heads/x 2",
     "12",
     "refs/heads/x",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"the first of two",
     "HEAD=2 refs/heads/a=2 refs/heads/b=2",
     {.branch = NULL},
     "refs/remotes/origin/a=2 refs/remotes/origin/b=2",
     "refs/heads/a 2",
     "2",
     "refs/heads/a",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"but master before all",
     "HEAD=2 refs/heads/a=2 refs/heads/master=2",
     {.branch = NULL},
     "refs/remotes/origin/a=2 refs/remotes/origin/master=2",
     "refs/heads/master 2",
     "2",
     "refs/heads/master",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"no tag for it",
     "HEAD=2 refs/heads/m=1 refs/tags/a=2",
     {.branch = NULL},
     "refs/remotes/origin/m=1 refs/tags/a=2",
     "detached 2",
     "12",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"no HEAD",
     "refs/heads/m=1",
     {.branch = NULL},
     "refs/remotes/origin/m=1",
     "unborn refs/heads/master",
     "1",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"nothing at all",
     "",
     {.branch = NULL},
     "",
     "unborn refs/heads/master",
     "",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"only an unborn HEAD",
     "HEAD?refs/heads/trunk",
     {.branch = NULL},
     "",
     "unborn refs/heads/trunk",
     "",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"an unborn HEAD beside branches",
     "HEAD?refs/heads/trunk refs/heads/m=1",
     {.branch = NULL},
     "refs/remotes/origin/m=1",
     "unborn refs/heads/trunk",
     "1",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"--single-branch of an unborn HEAD",
     "HEAD?refs/heads/trunk refs/heads/m=1",
     {.single_branch = true},
     "",
     "unborn refs/heads/trunk",
     "",
     "",
     ""},
    {"R3: unborn, and no branch",
     "HEAD?refs/tags/t",
     {.branch = NULL},
     "",
     "unborn refs/heads/master",
     "",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"HEAD points to no branch",
     "HEAD>refs/tags/t refs/heads/m=1 refs/tags/t=3",
     {.branch = NULL},
     "refs/remotes/origin/m=1 refs/tags/t=3",
     "detached 3",
     "13",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"HEAD points to no branch, but is as long as one",
     "HEAD>refs/notes/m refs/heads/m=1 refs/notes/m=3",
     {.branch = NULL},
     "refs/remotes/origin/m=1",
     "detached 3",
     "13",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"one id, wanted once",
     "HEAD>refs/heads/m refs/heads/m=1 refs/heads/x=1 refs/tags/t=1",
     {.branch = NULL},
     "refs/remotes/origin/m=1 refs/remotes/origin/x=1 refs/tags/t=1",
     "refs/heads/m 1",
     "1",
     "refs/heads/m",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"wants are sorted",
     "refs/heads/a=9 refs/heads/b=1 refs/heads/c=5",
     {.branch = NULL},
     "refs/remotes/origin/a=9 refs/remotes/origin/b=1 refs/remotes/origin/c=5",
     "unborn refs/heads/master",
     "159",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
    {"what is outside of refs/ is not taken, not even by a mirror",
     "HEAD>refs/heads/m refs/heads/m=1 FETCH_HEAD=6",
     {.bare = true, .mirror = true},
     "refs/heads/m=1",
     "refs/heads/m 1",
     "1",
     "refs/heads/m",
     "+refs/*:refs/*"},
    {"names that only begin alike",
     "refs/headsx/m=1 refs/tagsx/t=2",
     {.branch = NULL},
     "",
     "unborn refs/heads/master",
     "",
     "",
     "+refs/heads/*:refs/remotes/origin/*"},
};

static void tell_head(const struct refmap *refmap, char out[REFS_NAME_MAX + 16])
{
    char hex[OID_HEX];
    size_t size = REFS_NAME_MAX + 16;
    if (refmap->head == HEAD_UNBORN)
        snprintf(out, size, "unborn %s", refmap->head_name);
    else
        snprintf(out, size, "%s %.1s", refmap->head == HEAD_BRANCH ? refmap->head_name : "detached",
                 oid_hex(&refmap->head_oid, hex));
}

static void tell_entries(const struct refmap *refmap, char *out, size_t size)
{
    char hex[OID_HEX], peeled[OID_HEX];
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < refmap->count; i++) {
        const struct refdb_entry *entry = &refmap->entries[i];
        used += (size_t)snprintf(out + used, size - used, "%s%s%s=%.1s", i ? " " : "",
                                 entry->folder, entry->name, oid_hex(entry->oid, hex));
        if (entry->peeled)
            used +=
                (size_t)snprintf(out + used, size - used, "^%.1s", oid_hex(entry->peeled, peeled));
    }
}

static void choosing(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct reflist refs = make_refs(rows[i].refs);
        struct refmap_options options = rows[i].options;
        struct refmap refmap;
        char entries[1024], head[REFS_NAME_MAX + 16], wants[16] = "", hex[OID_HEX];
        if (options.origin == NULL)
            options.origin = "origin";
        CHECK(refmap_choose(&options, &refs, &refmap, &fault) == 0, "%s: %s", rows[i].why,
              fault.text);
        if (fault.class != FAULT_NONE)
            continue;
        tell_entries(&refmap, entries, sizeof entries);
        tell_head(&refmap, head);
        for (size_t k = 0; k < refmap.want_count; k++)
            wants[k] = oid_hex(&refmap.wants[k], hex)[0];
        CHECK(strcmp(entries, rows[i].entries) == 0, "%s: %s", rows[i].why, entries);
        CHECK(strcmp(head, rows[i].head) == 0, "%s: %s", rows[i].why, head);
        CHECK(strcmp(wants, rows[i].wants) == 0, "%s: %s", rows[i].why, wants);
        CHECK(strcmp(refmap.remote_head, rows[i].remote_head) == 0, "%s: %s", rows[i].why,
              refmap.remote_head);
        CHECK(strcmp(refmap.refspec, rows[i].refspec) == 0, "%s: %s", rows[i].why, refmap.refspec);
        CHECK(refmap.empty == (strpbrk(rows[i].refs, "=>") == NULL), "%s: empty", rows[i].why);
        CHECK(refmap.follow_tags == (options.single_branch && !options.no_tags), "%s: follows",
              rows[i].why);
        const struct refdb_entry *remote_head = refmap_remote_head(&refmap);
        bool can_be = refmap.remote_head[0] && !options.bare && !options.mirror &&
                      !(options.single_branch && strcmp(refmap.remote_head, refmap.head_name) != 0);
        CHECK((remote_head != NULL) == can_be, "%s: a remote HEAD", rows[i].why);
        CHECK(!remote_head || strcmp(remote_head->name, refmap.remote_head + 11) == 0, "%s: %s",
              rows[i].why, remote_head->name);
        refmap_free(&refmap);
        CHECK(refmap.count == 0 && refmap.entries == NULL, "not free");
    }
}

/* What cannot be cloned so. */
static void refused(void)
{
    static const struct {
        const char *why, *refs;
        struct refmap_options options;
        enum fault_class class;
        const char *words; /* NULL: taken after all */
    } bad[] = {
        {"no such branch",
         USUAL,
         {.branch = "none"},
         FAULT_REFUSED,
         "Remote branch none not found in upstream origin"},
        {"a full name is none",
         USUAL,
         {.branch = "refs/heads/m"},
         FAULT_REFUSED,
         "Remote branch refs/heads/m not found in upstream origin"},
        {"HEAD is none", USUAL, {.branch = "HEAD"}, FAULT_REFUSED, "Remote branch HEAD not found"},
        {"39 digits are none", USUAL, {.branch = &LONG[1]}, FAULT_REFUSED, "not found in upstream"},
        {"of an empty repository", "", {.branch = "m"}, FAULT_REFUSED, "Remote branch m not found"},
        {"R3: a branch with a control byte",
         USUAL,
         {.branch = "\033[m"},
         FAULT_REFUSED,
         "Remote branch ^[[m not found"},
        {"R2: a branch HEAD/x beside HEAD",
         "HEAD>refs/heads/m refs/heads/HEAD/x=1 refs/heads/m=1",
         {.branch = NULL},
         FAULT_PROTOCOL,
         "'refs/remotes/origin/HEAD/x' and the server's HEAD, which would be "
         "'refs/remotes/origin/HEAD', cannot both exist; with --bare they can"},
        {"with --bare they can",
         "HEAD>refs/heads/m refs/heads/HEAD/x=1 refs/heads/m=1",
         {.bare = true},
         FAULT_NONE,
         NULL},
        {"a mirror has no such HEAD",
         "HEAD>refs/heads/m refs/heads/HEAD/x=1 refs/heads/m=1",
         {.mirror = true, .bare = true},
         FAULT_NONE,
         NULL},
        {"nothing to point to", "refs/heads/HEAD/x=1", {.branch = NULL}, FAULT_NONE, NULL},
        {"only begins with HEAD",
         "HEAD>refs/heads/m refs/heads/HEADS/x=1 refs/heads/m=1",
         {.branch = NULL},
         FAULT_NONE,
         NULL},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct reflist refs = make_refs(bad[i].refs);
        struct refmap_options options = bad[i].options;
        struct refmap refmap = {.count = 0};
        options.origin = "origin";
        int rc = refmap_choose(&options, &refs, &refmap, &fault);
        CHECK((rc < 0) == (bad[i].words != NULL) && fault.class == bad[i].class, "%s: %d, %s",
              bad[i].why, (int)fault.class, fault.text);
        CHECK(rc == 0 || strstr(fault.text, bad[i].words), "%s: %s", bad[i].why, fault.text);
        refmap_free(&refmap);
    }
}

/* The pack brought 11.. and 33..: tags of these follow. */
static bool came_along(void *context, const struct oid *oid)
{
    ++*(int *)context;
    return oid->id[0] == 0x11 || oid->id[0] == 0x33;
}

static void following(void)
{
    static const struct {
        const char *why, *branch, *entries;
    } follow[] = {
        {"tags of what came along", "m", "refs/remotes/origin/m=1 refs/tags/a=3^1 refs/tags/b=1"},
        {"the one asked for is there already", "a", "refs/tags/a=3^1 refs/tags/b=1"},
    };
    for (size_t i = 0; i < sizeof follow / sizeof *follow; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct reflist refs =
            make_refs("HEAD>refs/heads/m refs/heads/m=1 refs/heads/x=1 "
                      "refs/notes/n=1 refs/tags/a=3^1 refs/tags/b=1 refs/tags/c=2");
        struct refmap_options options = {
            .branch = follow[i].branch, .origin = "origin", .single_branch = true};
        struct refmap refmap;
        char entries[1024];
        int asked = 0;
        CHECK(refmap_choose(&options, &refs, &refmap, &fault) == 0 &&
                  refmap_follow_tags(&refmap, &refs, came_along, &asked, &fault) == 0,
              "%s", fault.text);
        tell_entries(&refmap, entries, sizeof entries);
        CHECK(strcmp(entries, follow[i].entries) == 0, "%s: %s", follow[i].why, entries);
        CHECK(asked <= 3, "%s: %d asked for", follow[i].why, asked);
        refmap_free(&refmap);
    }
}

int main(void)
{
    choosing();
    refused();
    following();
    return T_DONE();
}
