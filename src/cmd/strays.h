/* What libraries print on standard error of a collector that nobody sees: rows of `events`. */
#ifndef CMD_STRAYS_H
#define CMD_STRAYS_H

#include "base/error.h"

struct event_base;
struct store;
struct cmd_strays;

/* Leads standard error of this process here, where it led to /dev/null before; elsewhere somebody reads it, and all is left as
 * it is: then *ret is NULL. Each line becomes an event of severity "warn" about "standard error", at most a few in ten seconds:
 * of a flood the number of lines is told. Lines are cut at 400 bytes. Both must outlive it. ERR_IO. */
int cmd_strays_new(struct event_base *base, struct store *store, struct cmd_strays **ret, struct error *err);
/* Standard error is what it was before. NULL is allowed. */
void cmd_strays_free(struct cmd_strays *s);

#endif
