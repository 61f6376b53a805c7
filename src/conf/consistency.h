/* A set of tables that ought to carry the same date: its options, from the file. */
#ifndef CONF_CONSISTENCY_H
#define CONF_CONSISTENCY_H

#include "conf/loading.h"

/* Reads and checks one, as conf_cluster_read does a cluster; ret is a struct conf_consistency. */
int conf_consistency_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                          bool fetch, void *ret);

/* Frees what a struct conf_consistency owns. A zeroed one is allowed. */
void conf_consistency_done(void *set);

#endif
