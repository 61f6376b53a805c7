/* One cluster: the layers of its options and properties, laid over each other. */
#ifndef CONF_CLUSTER_H
#define CONF_CLUSTER_H

#include "conf/loading.h"

/* Reads and checks a cluster. node is its map in the file, or NULL; path names it in errors. Later
 * ones win: defaults, node, command line; among the properties the file's command_config,
 * defaults, node, --command-config, -X. Secrets and command_config are fetched only where fetch is
 * true, the cluster being one that stays. */
int conf_cluster_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                      bool fetch, struct conf_cluster *ret);

/* Wipes and frees. A zeroed one is allowed. */
void conf_cluster_done(struct conf_cluster *c);

/* Is text HOST[:PORT][,...], with IPv6 addresses in brackets? The error quotes it. */
int conf_cluster_check_bootstrap(const char *text, struct error *err);

#endif
