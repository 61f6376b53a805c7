/* The source of one server with Prometheus' HTTP API: asks it for its alerts, rules and targets and for the queries of the
 * configuration, each when it is due, and writes what it answers as rows.
 *
 * Each question stands for itself: one that fails leaves its last rows, and the others go on. At most a few are under way at once.
 * Answers are read beside the loop and written a little at a time, each in one change set. A server that does not answer at all
 * is asked once a round, not for everything. */
#ifndef PROM_SERVER_H
#define PROM_SERVER_H

#include "conf/conf.h"
#include "prom/server_fill.h"
#include "source/source.h"

struct event_base;
struct store;
struct prom_server;

/* kind "prometheus server". */
extern const struct source_ops prom_server_ops;

/* For scheduler_add with prom_server_ops, which then owns it; everything is copied. past: who takes the past of queries with a
 * range; its arg must outlive the source. Adds prom_tables to the store where they are not there yet. */
struct prom_server *prom_server_new(struct event_base *base, struct store *store, const struct conf_server *conf,
                                    const struct prom_server_fill_past *past);
/* "promapi:NAME", the name for scheduler_add; owned by the source. */
const char *prom_server_name(const struct prom_server *s);
/* The same before there is one, on the heap. */
char *prom_server_name_of(const struct conf_server *conf);
/* The settings for scheduler_add: rounds are as frequent as every question needs them, and ask only what is due. */
struct source_settings prom_server_settings(const struct conf_server *conf);

#endif
