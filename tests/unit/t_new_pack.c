/* SPDX-License-Identifier: MIT */
/* Room on the disk for a pack under way, on disks that are what the test says. */
#include "receiver.h"

/* A pack of one object takes at least 41 bytes, its .idx 1100: one block and three. */
static void room(void)
{
    static const struct {
        unsigned long blocks, files;
        const char *words;
    } disks[] = {
        {3, 2, "no room on the disk: the pack, at least, needs 2 KiB, 1 KiB are free"},
        {4, 1, "no room on the disk: the pack, at least, needs 2 inodes, 1 are free"},
        {4, 2, NULL},
        {4, 0, NULL},
        {0, 0, NULL},
    };
    for (size_t i = 0; i < sizeof disks / sizeof *disks; i++) {
        struct packmake pack;
        struct receive_result result;
        struct fault fault;
        packmake_begin(&pack);
        packmake_whole(&pack, OBJECT_BLOB, "hello", 5);
        packmake_end(&pack);
        disk_blocks = disks[i].blocks;
        disk_files = disks[i].files;
        int rc = run_with(&pack, 1000, NULL, 0, NULL, &result, &fault);
        if (disks[i].words)
            CHECK(rc < 0 && fault.class == FAULT_LOCAL && strstr(fault.text, disks[i].words),
                  "room: %s", fault.text);
        else
            CHECK(rc == 0, "room: %s", fault.text);
        CHECK(!disks[i].words || files_left() == 0, "room: left files");
        free(pack.bytes);
    }
    disk_blocks = disk_files = 0;
}

int main(void)
{
    scratch_open();
    new_repo();
    room();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
