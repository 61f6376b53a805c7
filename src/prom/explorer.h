/* What lets one look around among metrics: counts of series, and buckets over time. */
#ifndef PROM_EXPLORER_H
#define PROM_EXPLORER_H

#include "prom/buckets.h"
#include "prom/census.h"
#include "prom/growth.h"
#include "prom/series.h"

struct prom_explorer {
    struct prom_census *census;
    struct prom_buckets *buckets;
};

/* prom_tables are added to the store where they are not there. It must outlive the sources that it is given to. keep as
 * prom_buckets_new has it. */
struct prom_explorer *prom_explorer_new(struct event_base *base, struct store *store, prom_buckets_keep *keep,
                                        void *arg);
void prom_explorer_free(struct prom_explorer *e); /* NULL is allowed */

/* One target's part. */
struct prom_explorer_target;

/* Names are borrowed and outlive it. */
struct prom_explorer_target *prom_explorer_target_new(struct prom_explorer *e, struct name *job, struct name *instance);
/* s: what of it is still there. NULL is allowed. */
void prom_explorer_target_free(struct prom_explorer_target *t, const struct prom_series *s);

/* Below, t may be NULL: nobody wants to know. */

/* Before a series of this scrape is taken over: tells of it if it is new, or if a type or help text is. */
void prom_explorer_metric(struct prom_explorer_target *t, const struct prom_series *s,
                          const struct prom_series_metric *m);
/* The same, and what its buckets got; growth NULL: as it was by its own time. */
void prom_explorer_histogram(struct prom_explorer_target *t, const struct prom_series *s,
                             struct prom_series_histogram *h, const struct prom_growth *growth, uint16_t owner);
/* Before a series is dropped. */
void prom_explorer_metric_gone(struct prom_explorer_target *t, const struct prom_series *s,
                               const struct prom_series_metric *m);
void prom_explorer_histogram_gone(struct prom_explorer_target *t, const struct prom_series *s,
                                  const struct prom_series_histogram *h);
/* A scrape was taken over. */
void prom_explorer_scraped(struct prom_explorer_target *t);

#endif
