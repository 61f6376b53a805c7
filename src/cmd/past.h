/* The history as the past of Prometheus servers' queries is kept in it. */
#ifndef CMD_PAST_H
#define CMD_PAST_H

#include "prom/server_fill.h"

struct history;

/* For prom_server_new. *history is looked at each time, and may be NULL, or another one later. */
struct prom_server_fill_past cmd_past(struct history **history);

#endif
