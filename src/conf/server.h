/* Prometheus servers that are asked: their options, from the file or from the command line. */
#ifndef CONF_SERVER_H
#define CONF_SERVER_H

#include "conf/loading.h"

/* Reads and checks one section, as conf_cluster_read does a cluster; ret is a struct conf_server. */
int conf_server_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                     bool fetch, void *ret);
/* Appends one for each --prometheus. */
int conf_server_arguments(struct conf_loading *l, struct conf *c);
/* Wipes and frees a struct conf_server. A zeroed one is allowed. */
void conf_server_done(void *server);

#endif
