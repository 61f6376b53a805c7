/* What all writers of drift's rows share: a row by its key, and cells that are no plain numbers. */
#ifndef DRIFT_ROWS_CELLS_H
#define DRIFT_ROWS_CELLS_H

#include "base/str.h"
#include "drift/rows.h"

/* A part of a key or a category: bytes, or a number. */
struct drift_rows_key {
    const char *bytes; /* NULL: number */
    size_t len;
    int64_t number;
};

struct table *drift_rows_cells_table(const struct drift_rows *r, const struct table_def *def);
/* The row of the dataset, and of up to two more parts; NULL where the table is full. */
struct row *drift_rows_cells_row(const struct drift_rows *r, struct table *t, const struct drift_rows_key *more,
                                 size_t n);
static inline struct drift_rows_key drift_rows_cells_key(const char *bytes, size_t len)
{
    return (struct drift_rows_key){.bytes = bytes, .len = len};
}

/* Appends " 123": a part of a whole in thousandths; 0 of nothing. */
void drift_rows_cells_share(struct str *out, double part, double whole);
/* part / whole; unknown where there is no whole. */
void drift_rows_cells_ratio(struct table *t, struct row *row, size_t column, double part, double whole);
/* "0:120 1:99": the first offset of each partition (next: the one behind the last) that the result's window has events of. */
void drift_rows_cells_offsets(struct table *t, struct row *row, size_t column,
                              const struct drift_dataset_result *result, bool next);

/* The columns that tell of a streak. */
struct drift_rows_streak {
    size_t state, windows, since, holds;
};
/* mark: the gravest, which is the state; of all that hold `holds` tells "DRIFT:2:1699999990000 NULLS:9:...": word, windows in a row, and
 * the end of the first of them. */
void drift_rows_cells_streak(struct table *t, struct row *row, const struct drift_rows_streak *columns,
                             enum drift_mark mark, const struct drift_streak *s);
/* The text, unknown where it is empty; s is empty again afterwards. */
void drift_rows_cells_text(struct table *t, struct row *row, size_t column, struct str *s);

#endif
