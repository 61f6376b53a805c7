/* The source of one scraped endpoint: asks it each round, reads what it answers a little at a time, writes the rows of `targets`,
 * `metrics`, `histograms` and `services`.
 *
 * An answer is read whole or not at all: only then rows change, all in one change set. A scrape that failed leaves the rows of
 * the one before, which go stale. Neither reading nor writing keeps the loop for more than a few milliseconds. */
#ifndef PROM_SOURCE_H
#define PROM_SOURCE_H

#include "conf/conf.h"
#include "prom/target.h"
#include "source/source.h"

struct event_base;
struct store;
struct prom_book;
struct prom_services;
struct prom_explorer;
struct prom_source;

/* kind "prometheus". */
extern const struct source_ops prom_source_ops;

/* For scheduler_add with prom_source_ops, which then owns it. Everything is copied. Adds prom_tables to the store where they are
 * not there yet. */
struct prom_source *prom_source_new(struct event_base *base, struct store *store, const struct conf_prometheus *conf,
                                    const struct prom_target *target);
/* Writes rows of `services`, too, by recipes, which are borrowed and may change; to be called before the first round. */
void prom_source_serve(struct prom_source *p, struct prom_book *book);
/* What the last scrape said of services. */
const struct prom_services *prom_source_services(const struct prom_source *p);
/* Has it tell of its series (prom/explorer.h): once, before its first round. e must outlive it. */
void prom_source_explore(struct prom_source *p, struct prom_explorer *e);
/* Takes its rows of series away, a slice of the loop's time with each call, before it is removed: at once that would be long
 * where they are many. True once they are gone; from the first call on it scrapes nothing. */
bool prom_source_leave(struct prom_source *p);
/* "prom:JOB/INSTANCE", the name for scheduler_add; owned by the source. */
const char *prom_source_name(const struct prom_source *p);
/* The same before there is one, on the heap. */
char *prom_source_name_of(const struct prom_target *target);
/* The settings for scheduler_add. before: how many others begin at the same time: a few begin at once, the others one after
 * another; later rounds of all are spread over the interval. */
struct source_settings prom_source_settings(const struct conf_prometheus *conf, const struct prom_target *target,
                                            size_t before);

#endif
