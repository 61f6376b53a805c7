/* Bytes of a log to entries: a line that begins one with the lines after it that do not, as they come, in pieces
 * of any size. */
#ifndef CONNECT_ENTRIES_H
#define CONNECT_ENTRIES_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONNECT_ENTRIES_BYTES = 256 * 1024 /* of an entry; what is more is cut off */ };

struct connect_entries_counts {
    int64_t lines, entries;
    int64_t cut;       /* entries that were longer */
    int64_t cut_bytes; /* and by how much, together */
    int64_t orphans;   /* lines that belong to no entry: before the first, or after one that was closed */
};

/* An entry without the newline at its end; line is the number of its first line, from 1. */
typedef void connect_entries_fn(void *arg, const char *entry, size_t len, int64_t line);

struct connect_entries {
    struct connect_entries_counts counts;
    /* the rest is entries.c's */
    struct str entry, line;
    bool open;
    int64_t at, begin, cut, lost;
    connect_entries_fn *fn;
    void *arg;
};

void connect_entries_init(struct connect_entries *e, connect_entries_fn *fn, void *arg);
void connect_entries_done(struct connect_entries *e);

void connect_entries_feed(struct connect_entries *e, const char *bytes, size_t len);
/* Nothing has come for a while: the entry that is open is told. A line that has no end yet goes on waiting. */
void connect_entries_pause(struct connect_entries *e);
/* The end of the log: its last line may have no newline. What is fed afterwards begins at a line, whose number
 * is 1 where anew is true: another file. */
void connect_entries_end(struct connect_entries *e, bool anew);
/* Would a pause tell anything? */
bool connect_entries_open(const struct connect_entries *e);

#endif
