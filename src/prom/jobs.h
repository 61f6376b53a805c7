/* The source of a job whose endpoints are found out: reads files and asks URLs that name them, and keeps a source of prom/source.h
 * for each.
 *
 * What stays in what is named is left alone; what has gone loses its rows. Where a file or a URL cannot be read, what it named
 * before stays, and the source says why. */
#ifndef PROM_JOBS_H
#define PROM_JOBS_H

#include "conf/conf.h"
#include "source/source.h"

struct event_base;
struct store;
struct prom_book;
struct prom_explorer;
struct prom_jobs;

/* kind "prometheus discovery". Removing the source alone does not remove its endpoints' sources: see prom_jobs_drop. */
extern const struct source_ops prom_jobs_ops;

/* For scheduler_add with prom_jobs_ops, which then owns it. recipes and explorer as prom_source_serve and
 * prom_source_explore have them, or NULL: no services, nobody to tell. conf is borrowed until prom_jobs_configure gives another. */
struct prom_jobs *prom_jobs_new(struct event_base *base, struct store *store, struct scheduler *scheduler,
                                struct prom_book *recipes, struct prom_explorer *explorer,
                                const struct conf_prometheus *conf);
/* Another configuration, which differs at most in what names endpoints, as conf_same_prometheus_scrape says. changed: it does; a
 * round has to follow. */
void prom_jobs_configure(struct prom_jobs *j, const struct conf_prometheus *conf, bool changed);
/* Removes the sources of its endpoints, with their rows, before it is removed itself. */
void prom_jobs_drop(struct prom_jobs *j);
/* "promsd:JOB", the name for scheduler_add, on the heap. */
char *prom_jobs_name_of(const struct conf_prometheus *conf);
/* The settings for scheduler_add. */
struct source_settings prom_jobs_settings(const struct conf_prometheus *conf);

#endif
