/* The rows that are followed, and what was kept of them: some twenty bytes for each, as there are hundreds of thousands.
 *
 * A row has a number, which is free again once it is no longer followed, and a bit for each of its table's kept columns in two
 * sets: which had a value before, and which were written and wait. A row that waits is in a bucket. */
#ifndef HISTORY_FOLLOW_H
#define HISTORY_FOLLOW_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum { HISTORY_FOLLOW_BUCKETS = 64 };

#define HISTORY_FOLLOW_NONE UINT32_MAX /* no row */

/* Zeroed is empty. */
struct history_follow {
    VEC(struct history_follow_page *) pages; /* NULL: free */
    VEC(struct history_follow_table) tables;
    uint32_t waiting[HISTORY_FOLLOW_BUCKETS]; /* how many rows each has */
    size_t n;
};

struct history_follow_table {
    uint32_t *slots; /* 1 + number of a row, by the row's id; 0: free */
    uint32_t room, n;
    uint32_t free_row; /* 1 + its number; 0: none */
    uint32_t columns;
};

void history_follow_done(struct history_follow *f);

/* How many columns of a table are kept, tables being numbered from 0: to be told before it has rows. Where it has some, from[i]
 * says which column the i-th was before, SIZE_MAX: none. */
void history_follow_columns(struct history_follow *f, uint32_t table, size_t n, const size_t *from);
/* The table is no more, nor are its rows. */
void history_follow_forget(struct history_follow *f, uint32_t table);

/* The number of a row by its id, which is below 2^40; or NONE. */
uint32_t history_follow_find(const struct history_follow *f, uint32_t table, uint64_t id);
/* Adds one that is not there, with nothing known of it. */
uint32_t history_follow_add(struct history_follow *f, uint32_t table, uint64_t id);
void history_follow_del(struct history_follow *f, uint32_t row);
/* Walks a table's rows: *at begins at 0; NONE at the end. The one returned may be deleted. */
uint32_t history_follow_next(const struct history_follow *f, uint32_t table, uint32_t *at);

uint32_t history_follow_table_of(const struct history_follow *f, uint32_t row);
uint64_t history_follow_id(const struct history_follow *f, uint32_t row);

/* What is newer than this number of the store's, below 2^48, has not been looked at. */
uint64_t history_follow_seq(const struct history_follow *f, uint32_t row);
void history_follow_set_seq(struct history_follow *f, uint32_t row, uint64_t seq);
/* When numbers were last kept, below 2^40. */
int64_t history_follow_sampled_ms(const struct history_follow *f, uint32_t row);
void history_follow_set_sampled_ms(struct history_follow *f, uint32_t row, int64_t ms);

enum history_follow_set { HISTORY_FOLLOW_SEEN, HISTORY_FOLLOW_WRITTEN };

bool history_follow_has(const struct history_follow *f, uint32_t row, enum history_follow_set set, size_t column);
void history_follow_put(struct history_follow *f, uint32_t row, enum history_follow_set set, size_t column);
void history_follow_clear(struct history_follow *f, uint32_t row, enum history_follow_set set);
/* Is any column in it? */
bool history_follow_any(const struct history_follow *f, uint32_t row, enum history_follow_set set);

/* Puts a row into a bucket, unless it is in one; takes it out of the one that it is in, if any. */
void history_follow_wait(struct history_follow *f, uint32_t row, size_t bucket);
void history_follow_rest(struct history_follow *f, uint32_t row);
/* Some row of a bucket, or NONE: *page, which begins at 0, is how far it has looked. */
uint32_t history_follow_waiting(const struct history_follow *f, size_t bucket, size_t *page);

#endif
