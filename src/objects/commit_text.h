/* SPDX-License-Identifier: MIT */
/* What a commit says to people: its header's lines and its message (git's "commit-tree"). */
#ifndef SMIDGIT_COMMIT_TEXT_H
#define SMIDGIT_COMMIT_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* What stands behind KEY ("author") in the header of the commit TEXT[0..SIZE), *LENGTH bytes; NULL:
 * there is no such line. */
const char *commit_line(const char *text, size_t size, const char *key, size_t *length);

/* "name <address> date zone": seconds since 1970, 0 where there is no date; *ZONE is +hhmm as a
 * number. *PERSON is how many bytes stand before the date, with the ">". */
uint64_t commit_date(const char *line, size_t length, size_t *person, int *zone);

/* Takes the next line off TEXT[0..SIZE): *LINE, without blanks at its end. Its length; -1: no more.
 */
int commit_next_line(const char **text, size_t *size, const char **line);

/* Cuts the header, and empty lines behind it, off. */
void commit_message(const char **text, size_t *size);

/* The first paragraph of the commit's message as one line that may be shown, in OUT. */
void commit_subject(const char *text, size_t size, char *out, size_t room);

#endif
