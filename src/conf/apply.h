/* Values of options as they stand in the file: scalars, lists and maps, each into its field. */
#ifndef CONF_APPLY_H
#define CONF_APPLY_H

#include "conf/loading.h"

/* Reads the node into the option's field of base, which is freed first; path names the option in errors. Not for
 * CONF_PROPERTIES and CONF_SECRET. */
int conf_apply_value(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                     const char *path, void *base);

#endif
