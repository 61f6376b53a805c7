/* A mark in time: what the numbers of all rows were then, so that lists can show how they changed since. */
#ifndef UI_MARK_H
#define UI_MARK_H

#include "table/table.h"

struct mark;

/* Remembers the numbers of every row of the store. */
struct mark *mark_new(const struct store *s, int64_t now_ms);
void mark_free(struct mark *m); /* NULL is allowed */
int64_t mark_time_ms(const struct mark *m);

/* Does a change of this column mean something? Of counts, messages, offsets, bytes, durations, rates and plain numbers; not of
 * keys, ids, times, texts. */
bool mark_counts(const struct column *c);
/* How a cell of such a column changed since the mark: exact where it is exact both times, else an estimate. Unknown where it is
 * unknown at either time. A row that was not there, or not shown to the console, counts from the first time it is asked for. */
struct value mark_change(struct mark *m, const struct table *t, const struct row *r, size_t column);

#endif
