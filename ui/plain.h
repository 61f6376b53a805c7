/* The answer to "is anything wrong?" as lines, for those who hear the screen or log it: first all that is wrong, the worst
 * first, then only what changes. */
#ifndef UI_PLAIN_H
#define UI_PLAIN_H

#include "base/clock.h"
#include "base/error.h"
#include "table/format.h"
#include "table/table.h"

struct plain;

/* The clock tells the time of lines and must outlive it; of the format, utc and exact count. */
struct plain *plain_new(const struct clock *clock, const struct format_options *format);
void plain_free(struct plain *p); /* NULL is allowed */

/* Reads from here on; NULL: there is nothing to read from, and why. What was said is remembered, so that a picture that comes
 * back is compared with it. Appends what is to be said. */
void plain_attach(struct plain *p, struct store *store);
void plain_detach(struct plain *p, const struct error *why, struct str *out);

/* Appends, each line with the time before it: all that there is the first time, and where `all` is true; later a line for
 * each row that got worse, better, fine or went, the worst first, and what the whole is then. Nothing where nothing changed,
 * nor before a source has answered; of that it is said once, and false is returned. */
bool plain_say(struct plain *p, bool all, struct str *out);

#endif
