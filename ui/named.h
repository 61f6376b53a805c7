/* Which rows findings speak of: so that what a finding says is not said again of its connector or group, and so that a list
 * shows a row as bad as its worst finding is. */
#ifndef UI_NAMED_H
#define UI_NAMED_H

#include "ui/context.h"

struct named;

struct named *named_new(void);
void named_free(struct named *n); /* NULL is allowed */

/* The worst finding that is about this row: its subject is, or it names this connector. NULL if there is none. */
const struct row *named_about(struct named *n, const struct context *ctx, const struct table *t, const struct row *r);
/* The worst finding that speaks for this row: about it, or of a group about its connector as well. */
const struct row *named_for(struct named *n, const struct context *ctx, const struct table *t, const struct row *r);

#endif
