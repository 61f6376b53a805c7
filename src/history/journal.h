/* Samples of many series in the order in which they came: what a transaction adds to the database.
 *
 * An entry is packed (history/pack.h): the difference of its series' number to the entry before,
 * that of its time, a byte (bits 0-2 quality, bit 3 real, bit 4 text, bit 5 fresh, bits 6-7 how a
 * real is packed), and the value unless it is unknown. */
#ifndef HISTORY_JOURNAL_H
#define HISTORY_JOURNAL_H

#include "history/chunk.h"

struct history_entry {
    int64_t series;
    struct history_sample sample;
    bool text;      /* sample.i is the number of a text */
    uint32_t order; /* in which it came, among those read at once */
};

struct history_entries {
    struct history_entry *items;
    size_t n, room;
};

/* A journal entry of the database in the making. Zeroed is empty. */
struct history_journal {
    struct str data;
    size_t n;
    int64_t first_ms, last_ms; /* of its samples */
    int64_t series, time_ms;   /* of the last one */
};

void history_journal_done(struct history_journal *j);
void history_journal_clear(struct history_journal *j);
void history_journal_add(struct history_journal *j, int64_t series, const struct history_sample *s, bool text);

/* Which samples are wanted: those of series within [low, high] whose column has this slot (-1: any)
 * and whose item's number leaves this rest (0 of 1: all). */
struct history_filter {
    int64_t low, high;
    int slot;
    int64_t rest, of;
};

/* Appends the wanted samples. ERR_INVALID if the bytes are no journal. */
int history_journal_decode(const void *bytes, size_t len, const struct history_filter *f, struct history_entries *out);

/* By series, then time; of those that have both in common the one that came last stays, fresh if any of them is. */
void history_journal_sort(struct history_entries *e);

#endif
