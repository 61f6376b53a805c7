/* What a dataset's windows say as rows of the tables of drift (drift/tables.h), and what another tool says of one likewise.
 *
 *     struct drift_rows rows = {.store = store, .owner = owner, .dataset = "income"};
 *     drift_rows_about(&rows, &about);
 *     while (drift_dataset_take(d, &result))
 *         drift_rows_result(&rows, &result);
 *     store_commit(store);
 *
 * Nothing is kept between two calls but the rows, and nothing is committed here. A cell that stays as it is costs readers nothing. */
#ifndef DRIFT_ROWS_H
#define DRIFT_ROWS_H

#include "drift/dataset.h"
#include "drift/verdict.h"
#include "table/table.h"

enum drift_rows_limit {
    DRIFT_ROWS_CATEGORIES = 50, /* of a feature that have rows: those whose shares differ most */
    DRIFT_ROWS_SHARES = 12,     /* categories in a features' row's small picture, the others behind them together */
};

/* Where rows go. The store has drift_tables; an owner has one dataset: rows of its features, bins, categories and cohorts that a
 * result has no more are removed. */
struct drift_rows {
    struct store *store;
    uint16_t owner;
    const char *dataset;
};

/* What the dataset's row says beside its windows; texts NULL: unknown. */
struct drift_rows_about {
    const char *cluster, *topic; /* topic: or the file */
    bool
        foreign; /* another tool's answers: neither windows nor a reference are this program's, and nothing below is looked at */
    struct drift_window_settings window;
    enum drift_reference_from from;
    const char *reference_file; /* of FILE */
    int64_t trailing_ms;        /* of TRAILING */
    double sample;
};

/* How reading goes on. */
struct drift_rows_progress {
    struct drift_dataset_counts counts;
    double rate; /* events a second; NaN: unknown */
    int64_t lag; /* records; -1: unknown */
    const char *note;
};

void drift_rows_about(const struct drift_rows *r, const struct drift_rows_about *about);
void drift_rows_progress(const struct drift_rows *r, const struct drift_rows_progress *p);
/* A closed window: the dataset's row, and all rows of features, bins, categories and cohorts. Returns how many. */
size_t drift_rows_result(const struct drift_rows *r, const struct drift_dataset_result *result);
/* What another tool found out: under its own methods' names, with its own thresholds. topic: where it was read, or the file.
 * Returns how many rows. */
size_t drift_rows_verdicts(const struct drift_rows *r, const struct drift_verdicts *v, const char *topic);
/* The same of an owner of several datasets: all of them are written between the two, and what is not written any more is removed,
 * datasets with it.
 *
 * This is the way in for whatever tells counts without events: a column (drift_verdict_column) has n, nulls, NaN, least and greatest,
 * which are just what Iceberg's manifests keep of each of a snapshot's data files (value, null and NaN counts, bounds). iceberg reads
 * no manifests by now; what joins the two belongs into derive, as derive/gauges.h does, with a dataset for each table. */
void drift_rows_foreign_begin(struct store *store, uint16_t owner);
size_t drift_rows_foreign_write(const struct drift_rows *r, const struct drift_verdicts *v, const char *topic);
void drift_rows_foreign_end(struct store *store, uint16_t owner);
#endif
