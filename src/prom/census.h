/* How many series each metric has, over all targets of a job, and how many values its labels: `metric_families`, `metric_labels`.
 *
 * Series are counted when they come and when they go, so that a scrape without such costs nothing. Rows are written a second
 * later, a few milliseconds in a turn of the loop. */
#ifndef PROM_CENSUS_H
#define PROM_CENSUS_H

#include "prom/text.h"
#include "table/table.h"

#include <stdbool.h>

struct event_base;
struct prom_census;
struct prom_census_target;

enum { PROM_CENSUS_EXAMPLE = 100, PROM_CENSUS_MINUTES = 10 };

/* Its rows are in the store's tables, which are there. Ended once its targets are. */
struct prom_census *prom_census_new(struct event_base *base, struct store *store);
void prom_census_free(struct prom_census *c); /* NULL is allowed */

/* One target's part in it. job is copied. */
struct prom_census_target *prom_census_target_new(struct prom_census *c, const char *job);
/* Takes back all that it counted: those of its series that are still there are to be dropped before. NULL is allowed. */
void prom_census_target_free(struct prom_census_target *t);
/* A scrape was taken over: what comes and goes from now on is told as such. After the first one some rows are written at once,
 * for the caller to commit. */
void prom_census_target_settle(struct prom_census_target *t);

/* Some series; names are of the store's pool. */
struct prom_census_series {
    struct name *family, *help, *unit; /* the last two may be NULL */
    enum prom_text_type type;
    struct name *sample; /* the name they have in `metrics`; NULL: they are part of a histogram */
    struct name *labels; /* as prom/labels.h writes them, without le */
};

/* So many came with these labels; below 0: went. */
void prom_census_count(struct prom_census_target *t, const struct prom_census_series *s, int n);
/* Of those of a histogram, so many have this le. */
void prom_census_bound(struct prom_census_target *t, const struct prom_census_series *s, double le, int n);
/* Its type or what is said of it is another now. */
void prom_census_tell(struct prom_census_target *t, const struct prom_census_series *s);

/* Writes all rows that are to be written, at once. */
void prom_census_write(struct prom_census *c);
/* A minute is over. */
void prom_census_minute(struct prom_census *c);

#endif
