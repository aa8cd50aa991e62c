/* SPDX-License-Identifier: MIT */
/* The first failure wins, purposes come in front, control bytes never reach a terminal (R8). */
#include "proto/fault.h"

#include "t.h"

static void faults(void)
{
    struct fault fault;
    fault_clear(&fault);
    fault_set(&fault, FAULT_PROTOCOL, "inflate: %s", "bad\033");
    fault_set(&fault, FAULT_LOCAL, "later");
    fault_wrap(&fault, "pack entry %d", 3);
    CHECK(fault.class == FAULT_PROTOCOL, "%d", (int)fault.class);
    CHECK_TEXT(fault.text, "pack entry 3: inflate: bad^[");
    for (int i = 0; i < 200; i++)
        fault_wrap(&fault, "%s", "a purpose");
    CHECK(strstr(fault.text, "inflate: bad^["), "the leaf was cut: %s", fault.text);
}

/* What can be cut is cut from the left: purposes, never the leaf; and no control byte gets through
 * in a purpose either. */
static void lengths(void)
{
    char leaf[FAULT_TEXT * 2];
    struct fault fault;
    memset(leaf, 'x', sizeof leaf - 1);
    leaf[sizeof leaf - 1] = '\0';
    fault_clear(&fault);
    CHECK(fault.class == FAULT_NONE && fault.text[0] == '\0', "not clear");
    CHECK(fault_wrap(&fault, "a purpose") < 0 && fault.class == FAULT_NONE && !*fault.text,
          "a purpose of nothing: %s", fault.text);
    CHECK(fault_set(&fault, FAULT_LIMIT, "%s", leaf) < 0, "set");
    CHECK(strlen(fault.text) < FAULT_TEXT && strncmp(fault.text, "xxx", 3) == 0, "too long");
    for (size_t length = FAULT_TEXT - 8; length < FAULT_TEXT + 8; length++) {
        fault_clear(&fault);
        fault_set(&fault, FAULT_LOCAL, "%.*s", (int)length, leaf);
        fault_wrap(&fault, "a purpose");
        size_t all = strlen(fault.text), kept = length < FAULT_TEXT - 1 ? length : FAULT_TEXT - 1;
        CHECK(all < FAULT_TEXT && all >= kept && strspn(fault.text + all - kept, "x") == kept,
              "a leaf of %zu bytes: %zu", length, all);
    }
    fault_clear(&fault);
    fault_set(&fault, FAULT_LOCAL, "leaf");
    fault_wrap(&fault, "%s", "\033]0;title\a");
    CHECK_TEXT(fault.text, "^[]0;title^G: leaf");
    char many[FAULT_TEXT];
    memset(many, 1, sizeof many - 1); /* two characters each */
    many[sizeof many - 1] = '\0';
    fault_clear(&fault);
    fault_set(&fault, FAULT_LOCAL, "%s", many);
    CHECK(strlen(fault.text) < FAULT_TEXT && strspn(fault.text, "^A") == strlen(fault.text), "%s",
          fault.text);
}

int main(void)
{
    faults();
    lengths();
    return T_DONE();
}
