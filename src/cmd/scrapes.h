/* Endpoints that are scraped, each a source, as the configuration has them. */
#ifndef CMD_SCRAPES_H
#define CMD_SCRAPES_H

#include "conf/conf.h"

struct event_base;
struct prom_book;
struct prom_explorer;
struct scheduler;
struct store;

/* Makes now the one in force, old (NULL: none) being what was: what is the same in both stays with its rows, all else goes
 * and comes. recipes and explorer are borrowed. */
void cmd_scrapes_apply(struct event_base *base, struct store *store, struct scheduler *scheduler,
                       struct prom_book *recipes, struct prom_explorer *explorer, const struct conf *old,
                       const struct conf *now);

#endif
