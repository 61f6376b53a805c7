/* Prometheus servers that are asked, each a source, as the configuration has them. */
#ifndef CMD_SERVERS_H
#define CMD_SERVERS_H

#include "conf/conf.h"
#include "prom/server_fill.h"

struct event_base;
struct scheduler;
struct store;

/* Makes now the one in force, old (NULL: none) being what was: what is the same in both stays with its rows, all else goes
 * and comes. past: who keeps the past of queries; copied. */
void cmd_servers_apply(struct event_base *base, struct store *store, struct scheduler *scheduler,
                       const struct prom_server_fill_past *past, const struct conf *old, const struct conf *now);

#endif
