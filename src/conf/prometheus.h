/* Endpoints that are scraped: their options, from the file or from the command line. */
#ifndef CONF_PROMETHEUS_H
#define CONF_PROMETHEUS_H

#include "conf/loading.h"

/* Reads and checks one section, as conf_cluster_read does a cluster; ret is a struct conf_prometheus. */
int conf_prometheus_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                         bool fetch, void *ret);
/* Appends "default" with all of --scrape, if there are any. */
int conf_prometheus_arguments(struct conf_loading *l, struct conf *c);
/* Wipes and frees a struct conf_prometheus. A zeroed one is allowed. */
void conf_prometheus_done(void *prometheus);

#endif
