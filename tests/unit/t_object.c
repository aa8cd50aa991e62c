/* SPDX-License-Identifier: MIT */
#include "t.h"
#include "pieces.h"
#include "proto/object.h"

#include <inttypes.h>
#include <stdlib.h>

#define HEX1 "1111111111111111111111111111111111111111"
#define HEX2 "2222222222222222222222222222222222222222"
#define HEX256 HEX1 "111111111111111111111111"
#define ID1 "\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11"
#define NULL_ID "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

struct links_row {
    const char *why;
    enum object_type type;
    const char *bytes;
    size_t size;
    const char *links; /* "tree:11 commit:22" */
    const char *fault; /* or NULL */
};

static const struct links_row links_rows[] = {
    {"a commit", OBJECT_COMMIT,
     BYTES("tree " HEX1 "\nparent " HEX2 "\nparent " HEX1 "\nauthor A <a> 1 +0000\n\nx"),
     "tree:11 commit:22 commit:11 ", NULL},
    {"a root commit", OBJECT_COMMIT, BYTES("tree " HEX1 "\nauthor A <a> 1 +0000\n"), "tree:11 ",
     NULL},
    {"K10: nothing behind the tree", OBJECT_COMMIT, BYTES("tree " HEX1 "\n"), "",
     "ends at byte 46, where its author is due"},
    {"K10: nothing behind a parent", OBJECT_COMMIT, BYTES("tree " HEX1 "\nparent " HEX2 "\n"),
     "tree:11 ", "ends at byte 94, where its author is due"},
    {"K10: a byte behind the tree", OBJECT_COMMIT, BYTES("tree " HEX1 "\n\n"), "tree:11 ", NULL},
    {"a parent after the author is none", OBJECT_COMMIT,
     BYTES("tree " HEX1 "\nauthor A\nparent " HEX2 "\n"), "tree:11 ", NULL},
    {"SHA-256", OBJECT_COMMIT, BYTES("tree " HEX256 "\nauthor"), "tree:11 ", NULL},
    {"K10: empty commit", OBJECT_COMMIT, BYTES(""), "", "does not begin with \"tree \""},
    {"K10: parent first", OBJECT_COMMIT, BYTES("parent " HEX1 "\n"), "",
     "does not begin with \"tree \""},
    {"K10: short id", OBJECT_COMMIT, BYTES("tree 1111\nauthor"), "",
     "byte 0: \"tree \" without an object id"},
    {"K10: no hex", OBJECT_COMMIT, BYTES("tree g111111111111111111111111111111111111111\n"), "",
     "byte 0: \"tree \" without an object id"},
    {"K10: no line end", OBJECT_COMMIT, BYTES("tree " HEX1), "", "without an object id"},
    {"K10: bytes behind the id", OBJECT_COMMIT, BYTES("tree " HEX1 " \n"), "",
     "without an object id"},
    {"K10: second parent", OBJECT_COMMIT, BYTES("tree " HEX1 "\nparent " HEX2 "\nparent 22\n"),
     "tree:11 commit:22 ", "byte 94: \"parent \" without an object id"},
    {"a tag", OBJECT_TAG, BYTES("object " HEX1 "\ntype commit\ntag v1\ntagger A <a> 1 +0000\n\nx"),
     "commit:11 ", NULL},
    {"P7: a tag without tagger", OBJECT_TAG, BYTES("object " HEX2 "\ntype blob\ntag v1\n\nx"),
     "blob:22 ", NULL},
    {"a tag of a tag", OBJECT_TAG, BYTES("object " HEX2 "\ntype tag\ntag \n"), "tag:22 ", NULL},
    {"a tag of a tree", OBJECT_TAG, BYTES("object " HEX2 "\ntype tree\ntag x\n"), "tree:22 ", NULL},
    {"K10: empty tag", OBJECT_TAG, BYTES(""), "", "does not begin with \"object \""},
    {"K10: tag without type", OBJECT_TAG, BYTES("object " HEX1 "\ntag v1\n"), "",
     "byte 48: \"type\" and what it points to expected"},
    {"K10: tag of a thing", OBJECT_TAG, BYTES("object " HEX1 "\ntype commits\n"), "", "byte 48"},
    {"K10: tag, type without line end", OBJECT_TAG, BYTES("object " HEX1 "\ntype commit"), "",
     "byte 48"},
    {"K10: tag without its name", OBJECT_TAG, BYTES("object " HEX1 "\ntype commit\n"), "",
     "byte 60: \"tag\" and a name expected"},
    {"K10: tag, tagger first", OBJECT_TAG, BYTES("object " HEX1 "\ntype commit\ntagger A\ntag v\n"),
     "", "byte 60: \"tag\" and a name expected"},
    {"K10: tag, name without line end", OBJECT_TAG, BYTES("object " HEX1 "\ntype commit\ntag v1"),
     "", "byte 60: \"tag\" and a name expected"},
    {"K10: tag, id cut", OBJECT_TAG, BYTES("object 111"), "", "\"object \" without an object id"},
    {"a tree; the submodule is no link", OBJECT_TREE,
     BYTES("100644 a\0" ID1 "160000 b\0" ID1 "40000 c\0" ID1 "120000 d\0" ID1),
     "blob:11 tree:11 blob:11 ", NULL},
    {"the empty tree", OBJECT_TREE, BYTES(""), "", NULL},
    {"P7: odd modes of old histories", OBJECT_TREE, BYTES("100664 a\0" ID1 "040000 b\0" ID1),
     "blob:11 tree:11 ", NULL},
    {"P7: all that is no file, link or directory is a submodule", OBJECT_TREE,
     BYTES("0 a\0" ID1 "10644 b\0" ID1 "140000 c\0" ID1 "170000 d\0" ID1 "100000 e\0" ID1
           "120777 f\0" ID1 "40755 g\0" ID1 "60000 h\0" ID1),
     "blob:11 blob:11 tree:11 ", NULL},
    {"P7: an empty name", OBJECT_TREE, BYTES("100644 a\0" ID1 "100644 \0" ID1), "blob:11 ",
     "byte 36: an empty name"},
    {"P7: an empty name of a submodule", OBJECT_TREE, BYTES("160000 \0" ID1), "",
     "byte 7: an empty name"},
    {"P7: not octal", OBJECT_TREE, BYTES("10064x a\0" ID1), "",
     "byte 5: an octal mode and a space"},
    {"P7: no mode", OBJECT_TREE, BYTES(" a\0" ID1), "", "byte 0: an octal mode"},
    {"P7: a huge mode", OBJECT_TREE, BYTES("100000000000 a\0" ID1), "", "byte 8: an octal mode"},
    {"P7: id cut", OBJECT_TREE, BYTES("100644 a\0" ID1 "100644 b\0abc"), "blob:11 ",
     "byte 36: the entry is cut"},
    {"P7: name cut", OBJECT_TREE, BYTES("100644 abc"), "", "byte 7: the entry is cut"},
    {"P7: mode cut", OBJECT_TREE, BYTES("1006"), "", "byte 4: an octal mode"},
    {"a blob", OBJECT_BLOB, BYTES("tree " HEX1 "\n"), "", NULL},
};

static void links(const struct links_row *row)
{
    struct object_links walk;
    struct object_link link;
    struct fault fault = {.class = FAULT_NONE};
    char got[200] = "";
    size_t used = 0;
    int rc;
    object_links_open(&walk, row->type, pieces_guard(row->bytes, row->size), row->size,
                      strstr(row->why, "256") ? OID_SHA256 : OID_SHA1);
    while ((rc = object_links_next(&walk, &link, &fault)) == 1)
        used += (size_t)snprintf(got + used, sizeof got - used, "%s:%x ", pack_type_name(link.type),
                                 link.id[0]);
    CHECK(strcmp(got, row->links) == 0, "%s: got \"%s\"", row->why, got);
    CHECK((rc < 0) == (row->fault != NULL), "%s: %s", row->why, fault.text);
    if (row->fault)
        CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, row->fault), "%s: %s", row->why,
              fault.text);
    else
        CHECK(object_links_next(&walk, &link, &fault) == 0, "%s: more after the end", row->why);
}

struct tree_row {
    const char *why, *bytes;
    size_t size;
    const char *fault; /* or NULL */
};

#define LONGEST                                                                             \
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" \
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" \
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
#define FILE_(name) "100644 " name "\0" ID1
#define DIR_(name) "40000 " name "\0" ID1

static const struct tree_row tree_rows[] = {
    {"sorted", BYTES(FILE_("a") FILE_("b") DIR_("c")), NULL},
    {"a directory sorts as if it ended in '/'",
     BYTES(FILE_("a") FILE_("a.b") DIR_("a0") FILE_("a00")), NULL},
    {"a directory before its longer names", BYTES(FILE_("a.b") DIR_("a") FILE_("a0")), NULL},
    {"bytes over 127", BYTES(FILE_("z") FILE_("\xc3\xbc")), NULL},
    {"P7: zero-padded and 100664", BYTES("100664 a\0" ID1 "040000 b\0" ID1), NULL},
    {"P7: 100600", BYTES("100600 a\0" ID1), NULL},
    {"255 bytes", BYTES(FILE_(LONGEST)), NULL},
    {"P7: 256 bytes", BYTES(FILE_(LONGEST "n")), "a name of over 255 bytes"},
    {"P7: unsorted", BYTES(FILE_("b") FILE_("a")), "entry 'a': not sorted"},
    {"P7: sorted as plain names", BYTES(DIR_("a") FILE_("a.b")), "entry 'a.b': not sorted"},
    {"P7: sorted as plain names", BYTES(FILE_("a0") DIR_("a")), "entry 'a': not sorted"},
    {"P7: twice", BYTES(FILE_("a") FILE_("a")), "entry 'a': the name occurs twice"},
    {"P4: a symlink and a directory", BYTES("120000 a\0" ID1 DIR_("a")),
     "entry 'a': the name occurs twice"},
    {"P4: a directory and a file", BYTES(DIR_("a") FILE_("a")), "entry 'a': the name occurs twice"},
    {"P4: a symlink, something between, a directory",
     BYTES("120000 a\0" ID1 FILE_("a.b") DIR_("a")), "entry 'a': the name occurs twice"},
    {"P4: much between",
     BYTES(FILE_("a") FILE_("a-") FILE_("a-b") DIR_("a-") FILE_("a.") DIR_("a")),
     "entry 'a-': the name occurs twice"},
    {"P4: much between", BYTES(FILE_("a") FILE_("a-") FILE_("a-b") FILE_("a.") DIR_("a")),
     "entry 'a': the name occurs twice"},
    {"P4: a longest name twice", BYTES(FILE_(LONGEST) DIR_(LONGEST)), "the name occurs twice"},
    {"alike, but not the same", BYTES(FILE_("a") FILE_("a.b") DIR_("a.c") FILE_("a0") DIR_("a1")),
     NULL},
    {"P2", BYTES(FILE_("..")), "entry '..': '.' or '..' as a name"},
    {"P2", BYTES(FILE_("")), "byte 7: an empty name"},
    {"P2", BYTES(FILE_("../x")), "entry '../x': a slash in a name"},
    {"P1", BYTES(DIR_(".git")), "entry '.git': a name that some file systems take for '.git'"},
    {"P6", BYTES("120000 .gitmodules\0" ID1), "entry '.gitmodules': a symlink"},
    {"P15", BYTES(FILE_("b\033[2J") FILE_("a\n")), "entry 'a^J': not sorted"},
    {"P7: the null id", BYTES("100644 a\0" NULL_ID), "entry 'a': the null id"},
    {"P7: a mode of nothing", BYTES("20000 a\0" ID1), "entry 'a': mode 20000 does not exist"},
    {"P7: mode 0", BYTES("0 a\0" ID1), "entry 'a': mode 0 does not exist"},
    {"P7: a large mode", BYTES("1040000 a\0" ID1), "entry 'a': mode 1040000 does not exist"},
    {"P7: a mode of eight digits", BYTES("77777777 a\0" ID1), "entry 'a': mode 77777777"},
    {"P7: cut", BYTES(FILE_("a") "100644 b\0abc"), "byte 36: the entry is cut"},
};

static void tree(const struct tree_row *row)
{
    struct tree_cursor cursor;
    struct tree_entry entry, previous;
    struct fault fault = {.class = FAULT_NONE};
    bool any = false;
    int rc;
    tree_open(&cursor, pieces_guard(row->bytes, row->size), row->size, OID_SHA1);
    while ((rc = tree_next(&cursor, &entry, &fault)) == 1) {
        rc = tree_entry_check(any ? &previous : NULL, &entry, OID_SHA1, &fault);
        if (rc < 0)
            break;
        previous = entry;
        any = true;
    }
    CHECK((rc < 0) == (row->fault != NULL), "%s: %s", row->why, fault.text);
    if (row->fault)
        CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, row->fault), "%s: %s", row->why,
              fault.text);
}

static void modes(void)
{
    static const uint32_t rows[][2] = {
        {0100644, 0100644}, {0100664, 0100644}, {0100600, 0100644}, {0100755, 0100755},
        {0100700, 0100755}, {0104755, 0100755}, {040000, 040000},   {040755, 040000},
        {0120000, 0120000}, {0120777, 0120000}, {0160000, 0160000}, {010000, 0},
        {060000, 0},        {0140000, 0},       {0644, 0},          {0, 0},
        {0200000, 0},       {01100644, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(object_mode(rows[i][0]) == rows[i][1], "%" PRIo32 ": %" PRIo32, rows[i][0],
              object_mode(rows[i][0]));
}

/* Every beginning of an object is read without a step beyond its end. */
static void cut_anywhere(const struct links_row *row)
{
    for (size_t size = 0; size <= row->size; size++) {
        struct object_links walk;
        struct object_link link;
        struct fault fault = {.class = FAULT_NONE};
        int count = 0, rc;
        object_links_open(&walk, row->type, pieces_guard(row->bytes, size), size, OID_SHA1);
        while ((rc = object_links_next(&walk, &link, &fault)) == 1)
            count++;
        CHECK(count <= 4 && (rc == 0 || fault.class == FAULT_PROTOCOL), "%s: cut at %zu", row->why,
              size);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof links_rows / sizeof *links_rows; i++) {
        links(&links_rows[i]);
        cut_anywhere(&links_rows[i]);
    }
    for (size_t i = 0; i < sizeof tree_rows / sizeof *tree_rows; i++)
        tree(&tree_rows[i]);
    modes();
    return T_DONE();
}
