/* Kafka clusters: the layers of their options and properties, laid over each other. */
#ifndef CONF_CLUSTER_H
#define CONF_CLUSTER_H

#include "conf/kind.h"

/* Of the properties later ones win: the file's command_config, defaults, the cluster's own, --command-config, -X. */
extern const struct conf_kind conf_cluster_kind;

#endif
