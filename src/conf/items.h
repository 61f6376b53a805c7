/* Options that are lists of maps, each of which has options of its own. */
#ifndef CONF_ITEMS_H
#define CONF_ITEMS_H

#include "conf/loading.h"

/* Reads a list of maps (a single one need not be in a list) into the option's field of base, whose items are freed first. Of each
 * the options are checked as anywhere; those without a default that are "required" have to be there. */
int conf_items_apply(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                     const char *path, void *base);
/* Appends them as they would stand in a file, on one line. */
void conf_items_write(const struct conf_option *o, const struct conf_items *items, struct str *out);
/* Frees them all and leaves none. */
void conf_items_done(const struct conf_option *o, struct conf_items *items);

#endif
