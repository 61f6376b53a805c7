/* Things of the file that belong to a Kafka cluster: which one is meant, and whether it is there. */
#ifndef CONF_BELONGS_H
#define CONF_BELONGS_H

#include "conf/loading.h"

/* Is it of the cluster that --cluster names? For struct conf_kind's chosen. */
bool conf_belongs_chosen(const struct conf_loading *l, const char *name, const struct conf_yaml *node);

/* Sets *cluster, the option "cluster" of a thing, where none is named, to the cluster of the thing's name, or to the only one;
 * it stays NULL where there is no such. ERR_INVALID, with its place, for one that is not there. */
int conf_belongs_set(struct conf_loading *l, const struct conf_section *section, char **cluster, char **origins,
                     const char *name, const struct conf_yaml *node, const char *path);

#endif
