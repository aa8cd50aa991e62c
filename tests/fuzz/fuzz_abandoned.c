/* SPDX-License-Identifier: MIT */
/* What killed runs left, and what others made of it since, is cleaned up. What a left-over is, is
 * asked here in other words. Those go; whatever else has such a name, what is the user's, and what
 * stands beside all that stays as it is. A target with anything of the user's in it is not free.
 *
 * The input is a byte that says how, and a list of steps: a byte that says which, then what the
 * step takes.
 */
#include "repo/abandoned.h"

#include "../unit/scratch.h"

#include <dirent.h>
#include <limits.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { STEPS = 24, NAME = 64 };

/* Stands in what is the user's, and nowhere else. */
#define MINE "mine: "

struct play {
    const uint8_t *at, *end;
    const char *name; /* of the target; ".git" when the left-overs are in it */
    bool inside;
    int parent, stage; /* stage: the left-over that was made last, or -1 */
};

static unsigned char next(struct play *play)
{
    return play->at < play->end ? *play->at++ : 0;
}

/* A name of the input's bytes, behind what is in OUT already. */
static void append_name(struct play *play, char *out)
{
    size_t used = strlen(out);
    for (unsigned left = next(play) % 8; left > 0; left--) {
        unsigned char c = next(play);
        out[used++] = (char)(c == 0 || c == '/' ? '-' : c);
    }
    out[used] = '\0';
}

static void put(int at, const char *path, const char *text)
{
    int fd = openat(at, path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd >= 0 && write(fd, text, strlen(text)) < 0)
        abort();
    if (fd >= 0)
        close(fd);
}

static void make_marker(struct play *play)
{
    unlinkat(play->stage, LEFTOVER_MARKER, 0);
    switch (next(play) % 10) {
    case 0:
        put(play->stage, LEFTOVER_MARKER, "x");
        return;
    case 1:
        symlinkat("../../beside/empty", play->stage, LEFTOVER_MARKER);
        return;
    case 2:
        linkat(AT_FDCWD, "beside/empty", play->stage, LEFTOVER_MARKER, 0);
        return;
    case 3:
        mkdirat(play->stage, LEFTOVER_MARKER, 0700);
        return;
    case 4:
        mkfifoat(play->stage, LEFTOVER_MARKER, 0600);
        return;
    default:
        put(play->stage, LEFTOVER_MARKER, "");
    }
}

/* One that is named as a run would name it, or nearly. */
static void make_leftover(struct play *play)
{
    static const mode_t modes[] = {0700, 0700, 0700, 0700, 02700, 0755, 0770, 0701};
    char name[LEFTOVER_NAME_MAX + NAME];
    unsigned kind = next(play), pid = next(play), number = next(play);
    abandoned_name(name, play->name);
    if (strlen(name) >= LEFTOVER_NAME_MAX || !strstr(name, ".smidgit-"))
        abort();
    if (kind & 8)
        append_name(play, name);
    else
        sprintf(name + strlen(name), "%u-%u", pid, number);
    if (kind >= 0xf0) {
        if (kind & 1)
            symlinkat("../beside", play->parent, name);
        else
            mkfifoat(play->parent, name, 0600);
        return;
    }
    if (mkdirat(play->parent, name, 0700) < 0)
        return;
    if (play->stage >= 0)
        close(play->stage);
    play->stage = openat(play->parent, name, O_RDONLY | O_DIRECTORY);
    fchmod(play->stage, modes[kind & 7]);
    if (kind >= 0xe8 && geteuid() == 0)
        fchown(play->stage, 12345, (gid_t)-1);
    if (kind & 16)
        make_marker(play);
}

static void make_content(struct play *play)
{
    static const char *const dirs[] = {"repo", "repo/sub", "repo/sub/dir", "repo/.git", "git"};
    static const char *const files[] = {
        "repo/a", "repo/sub/b", "repo/sub/dir/c", "repo/.git/HEAD", "repo/HEAD", "git/x", "x"};
    unsigned which = next(play);
    struct stat st;
    if (fstatat(play->stage, "repo", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
        return;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (which >> i & 1)
            mkdirat(play->stage, dirs[i], 0755);
    which = next(play);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (which >> i & 1)
            put(play->stage, files[i], "text");
    if (which & 128)
        symlinkat("../../../beside", play->stage, next(play) & 1 ? "repo/link" : "link");
}

/* The run gets as far as to move all but one. */
static void publish(struct play *play)
{
    struct fault fault = {.class = FAULT_NONE};
    int rc = abandoned_record(play->stage, &fault);
    if (rc == 0)
        rc = abandoned_move_others(play->stage, play->parent, next(play) & 1 ? ".git" : "HEAD",
                                   &fault);
    if (rc == 0 && next(play) == 1)
        rc = abandoned_move_last(play->stage, play->parent, ".git", &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        abort();
}

static void change_record(struct play *play)
{
    unsigned char record[1024];
    int fd = openat(play->stage, "moved", O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return;
    ssize_t got = pread(fd, record, sizeof record, 0);
    size_t size = got < 0 ? 0 : (size_t)got, at = size ? next(play) % size : 0;
    if (next(play) & 1) {
        for (size = at; size < at + 16 && size < sizeof record; size++)
            record[size] = next(play);
    } else if (size > 0) {
        record[at] = next(play);
    }
    if (ftruncate(fd, 0) < 0 || pwrite(fd, record, size, 0) < 0)
        abort();
    close(fd);
}

static void user_does(struct play *play)
{
    static const char *const names[] = {"a", "sub/b", "sub/dir/new", "mine", "HEAD", ".git", "sub"};
    const char *name = names[next(play) % (sizeof names / sizeof *names)];
    switch (next(play) % 6) {
    case 0:
        unlinkat(play->parent, name, 0);
        return;
    case 1:
        mkdirat(play->parent, name, 0755);
        return;
    case 2:
        symlinkat("../beside", play->parent, "mine");
        return;
    case 3:
        if (play->stage >= 0)
            symlinkat("../../beside", play->stage, next(play) & 1 ? "repo" : "moved");
        return;
    case 4:
        unlinkat(play->parent, name, 0);
        put(play->parent, name, MINE "in its place");
        return;
    default:
        put(play->parent, name, MINE "more");
    }
}

static void run(struct play *play)
{
    for (unsigned steps = 0; play->at < play->end && steps < STEPS; steps++) {
        unsigned step = next(play) % 6;
        if (step == 0)
            make_leftover(play);
        else if (step == 1)
            user_does(play);
        else if (play->stage < 0)
            continue;
        else if (step == 2)
            make_content(play);
        else if (step == 3)
            publish(play);
        else if (step == 4)
            change_record(play);
        else
            make_marker(play);
    }
}

/* PID "-" N, without zeros in front; N is below 100. */
static bool is_named(const struct play *play, const char *entry)
{
    char begin[LEFTOVER_NAME_MAX];
    abandoned_name(begin, play->name);
    size_t length = strlen(begin);
    if (strncmp(entry, begin, length) != 0)
        return false;
    const char *pid = entry + length, *dash = strchr(pid, '-');
    size_t digits = strspn(pid, "0123456789");
    if (dash != pid + digits || digits == 0 || digits > 18 || *pid == '0')
        return false;
    size_t number = strspn(dash + 1, "0123456789");
    return dash[1 + number] == '\0' && (number == 1 || (number == 2 && dash[1] != '0'));
}

static size_t count(int at, const char *path)
{
    struct dirent *entry;
    size_t found = 1;
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL)
        return found;
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            found += count(fd, entry->d_name);
    closedir(dir);
    return found;
}

static bool is_leftover(const struct play *play, const char *name)
{
    struct stat st, marker;
    char path[2 * NAME_MAX];
    if (!is_named(play, name) || fstatat(play->parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
        !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
        return false;
    if (count(play->parent, name) == 1)
        return true;
    snprintf(path, sizeof path, "%s/%s", name, LEFTOVER_MARKER);
    return (st.st_mode & 0777) == 0700 &&
           fstatat(play->parent, path, &marker, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(marker.st_mode) && marker.st_uid == geteuid() && marker.st_nlink == 1 &&
           marker.st_size == 0;
}

static bool is_mine(int at, const char *name)
{
    char text[64] = "";
    struct stat st;
    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
        return strcmp(name, "mine") == 0;
    int fd = openat(at, name, O_RDONLY | O_NOFOLLOW);
    bool mine = read(fd, text, sizeof text - 1) > 0 && strstr(text, MINE);
    close(fd);
    return mine;
}

/* Of the paths of what is the user's: how many, and a sum of them. */
struct users {
    size_t count, sum;
};

static void look_for_mine(const struct play *play, int at, const char *path, size_t sum,
                          struct users *users)
{
    struct dirent *entry;
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    while (dir && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            (at == play->parent && is_named(play, name)))
            continue;
        size_t here = sum;
        for (const char *c = name; *c; c++)
            here = here * 31 + (unsigned char)*c;
        if (is_mine(fd, name)) {
            users->count++;
            users->sum += here * here;
        }
        look_for_mine(play, fd, name, here * 31, users);
    }
    if (dir)
        closedir(dir);
}

/* What has a place in the parent before anything is removed, and whether it must be there later. */
struct kept {
    char name[NAME_MAX + 1];
    enum { STAYS, GOES, EITHER } then;
    size_t count;
};

static size_t list(const struct play *play, struct kept *kept)
{
    struct dirent *entry;
    size_t found = 0;
    char path[2 * NAME_MAX];
    struct stat st;
    DIR *dir = fdopendir(openat(play->parent, ".", O_RDONLY | O_DIRECTORY));
    while ((entry = readdir(dir)) != NULL) {
        struct kept *one = &kept[found];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (found++ == 4 * STEPS)
            abort();
        strcpy(one->name, entry->d_name);
        snprintf(path, sizeof path, "%s/moved", one->name);
        one->count = count(play->parent, one->name);
        if (is_leftover(play, one->name))
            one->then = play->inside && fstatat(play->parent, path, &st, AT_SYMLINK_NOFOLLOW) == 0
                            ? EITHER
                            : GOES;
        else
            one->then = play->inside && !is_named(play, one->name) ? EITHER : STAYS;
    }
    closedir(dir);
    return found;
}

/* Says what is said in a file, which has whole lines without control bytes. */
static int said_begin(int *before)
{
    int said = open("said", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
    *before = dup(STDERR_FILENO);
    dup2(said, STDERR_FILENO);
    return said;
}

static void said_end(int said, int before)
{
    unsigned char text[4096];
    dup2(before, STDERR_FILENO);
    close(before);
    ssize_t got = pread(said, text, sizeof text, 0);
    close(said);
    for (ssize_t i = 0; i < got; i++)
        if ((text[i] < ' ' && text[i] != '\n') || text[i] == 127)
            abort();
}

static void clean_up(const struct play *play, bool undo)
{
    static struct kept kept[4 * STEPS + 1];
    struct fault fault = {.class = FAULT_NONE};
    struct users before = {0, 0}, after = {0, 0};
    look_for_mine(play, play->parent, ".", 0, &before);
    size_t found = list(play, kept);
    int own, said = said_begin(&own);
    if (play->inside && abandoned_only(play->parent, play->name, false) && before.count > 0)
        abort();
    if (undo && play->inside && play->stage >= 0) {
        if ((abandoned_undo(play->stage, play->parent, false, &fault) < 0) !=
            (fault.class != FAULT_NONE))
            abort();
        found = 0;
    }
    abandoned_remove(play->parent, play->name, play->inside, play->inside);
    said_end(said, own);
    look_for_mine(play, play->parent, ".", 0, &after);
    if (before.count != after.count || before.sum != after.sum)
        abort();
    for (size_t i = 0; i < found; i++) {
        bool there = faccessat(play->parent, kept[i].name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
        if (kept[i].then == STAYS && (!there || count(play->parent, kept[i].name) != kept[i].count))
            abort();
        if (kept[i].then == GOES && there)
            abort();
    }
}

static void make_beside(void)
{
    if (mkdir("beside", 0755) < 0 || mkdir("beside/dir", 0755) < 0)
        abort();
    file_make("beside/empty", "");
    file_make("beside/canary", "canary");
    file_make("beside/dir/canary", "canary");
}

/* A user's link at the place of "repo" can lead what is moved back to here. */
static void look_beside(void)
{
    struct fault fault = {.class = FAULT_NONE};
    if (strcmp(file_text("beside/empty"), "") != 0 ||
        strcmp(file_text("beside/canary"), "canary") != 0 ||
        strcmp(file_text("beside/dir/canary"), "canary") != 0)
        abort();
    if (count(AT_FDCWD, "beside") == 5)
        return;
    if (fs_remove(AT_FDCWD, "beside", &fault) < 0)
        abort();
    make_beside();
}

static void make_place(void)
{
    setenv("TMPDIR", "/dev/shm", 0);
    scratch_open();
    atexit(scratch_close);
    make_beside();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct fault fault = {.class = FAULT_NONE};
    char text[256];
    if (size == 0)
        return 0;
    if (scratch_path[0] == '\0')
        make_place();
    struct play play = {.at = bytes + 1, .end = bytes + size, .stage = -1};
    play.inside = bytes[0] & 1;
    memset(text, 't', sizeof text - 1);
    text[bytes[0] & 4 ? 250 : 1] = '\0';
    play.name = play.inside ? ".git" : text;
    if (mkdir("d", 0755) < 0)
        abort();
    play.parent = open("d", O_RDONLY | O_DIRECTORY);
    run(&play);
    clean_up(&play, bytes[0] & 2);
    look_beside();
    close(play.parent);
    if (play.stage >= 0)
        close(play.stage);
    if (fs_remove(AT_FDCWD, "d", &fault) < 0)
        abort();
    return 0;
}
