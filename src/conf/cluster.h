/* Kafka clusters: the layers of their options and properties, laid over each other. */
#ifndef CONF_CLUSTER_H
#define CONF_CLUSTER_H

#include "conf/kind.h"

/* Of the properties later ones win: the file's command_config, defaults, the cluster's own, --command-config, -X. */
extern const struct conf_kind conf_cluster_kind;

/* Is text HOST[:PORT][,...], with IPv6 addresses in brackets? The error quotes it. */
int conf_cluster_check_bootstrap(const char *text, struct error *err);

#endif
