/* Endpoints that are scraped, each a source, as the configuration has them. */
#ifndef CMD_SCRAPES_H
#define CMD_SCRAPES_H

#include "conf/conf.h"

struct event_base;
struct scheduler;
struct store;

/* Makes now the one in force, old (NULL: none) being what was: what is the same in both stays with its rows, all else goes
 * and comes. */
void cmd_scrapes_apply(struct event_base *base, struct store *store, struct scheduler *scheduler,
                       const struct conf *old, const struct conf *now);

#endif
