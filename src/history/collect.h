/* The loop's side: finds in the store what changed and is to be kept, and packs it into batches.
 *
 * Collecting follows the store's sequence numbers, so that what a full batch had no room for is
 * found later with the value it has then: memory is bounded, and only steps in between are lost. */
#ifndef HISTORY_COLLECT_H
#define HISTORY_COLLECT_H

#include "base/str.h"
#include "table/table.h"

struct history_collect;

struct history_collect *history_collect_new(struct store *store, int64_t sample_ms,
                                            bool (*watched)(void *arg, const struct table *t, const struct row *r),
                                            void *arg);
void history_collect_free(struct history_collect *c); /* NULL is allowed */

/* Forgets everything: the next call of history_collect_changes takes every row as new. */
void history_collect_reset(struct history_collect *c);
/* From now on a call of one of the next two looks at so many rows at most, 0: at all; the next call goes on. */
void history_collect_slice(struct history_collect *c, size_t rows);
/* Is there more to be looked at at once? Not so where the batch is full. */
bool history_collect_is_cut(const struct history_collect *c);
/* What was written since the last call: texts and booleans at once, other cells at most once in
 * sample_ms for each row unless it is watched. */
void history_collect_changes(struct history_collect *c);
/* Rows whose time has come. all: every row with something to be kept, for the end, however many. */
void history_collect_due(struct history_collect *c, bool all);
/* Samples of the past for one series; ERR_NOT_FOUND if the table does not keep that column, or it
 * is a text; ERR_LIMIT if the batch is full. */
int history_collect_past(struct history_collect *c, const struct table *t, const void *key, size_t key_len,
                         const char *column, const void *chunk, size_t chunk_len);

/* The batch so far (history/batch.h); taking it leaves an empty one. */
size_t history_collect_pending(const struct history_collect *c);
char *history_collect_take(struct history_collect *c, size_t *len);
/* Rows that are followed now. */
size_t history_collect_rows(const struct history_collect *c);

#endif
