/* Rows of `metrics` and `histograms` from the series of a scrape that was read whole. */
#ifndef PROM_ROWS_H
#define PROM_ROWS_H

#include "prom/explorer.h"
#include "prom/series.h"
#include "table/table.h"

struct prom_rows {
    struct table *metrics, *histograms;
    struct name *job, *instance; /* owned by who makes this */
    struct prom_explorer_target *explorer; /* NULL: none; likewise */
    uint16_t owner;
    size_t at; /* how far it is: first metrics, then histograms */
};

/* Writes on, at most so many rows; those of series that this scrape does not have are removed, and the series forgotten. True
 * once all are written. Called anew with at 0 for each scrape; commits nothing. */
bool prom_rows_write(struct prom_rows *r, struct prom_series *s, size_t rows);
/* Removes all of them in the same way, and forgets the series. */
bool prom_rows_remove(struct prom_rows *r, struct prom_series *s, size_t rows);

#endif
