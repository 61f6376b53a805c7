/* One Kafka Connect cluster: its options, from the file or from the command line. */
#ifndef CONF_CONNECT_H
#define CONF_CONNECT_H

#include "conf/loading.h"

/* Which Kafka cluster it belongs to, of those in l->clusters; borrowed; NULL: none. node is its map in the file, or NULL. */
const char *conf_connect_cluster(const struct conf_loading *l, const char *name, const struct conf_yaml *node);

/* Reads and checks one, as conf_cluster_read does a cluster; ret is a struct conf_connect. */
int conf_connect_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                      bool fetch, void *ret);

/* Appends those of the command line: one for each --connect, the logs going to the first; where there are control topics to be
 * read of a cluster that has none, one for that. */
int conf_connect_arguments(struct conf_loading *l, struct conf *c);

/* Wipes and frees a struct conf_connect. A zeroed one is allowed. */
void conf_connect_done(void *connect);

/* Seconds east of Greenwich that the zone means now: local, UTC or +HH:MM; the sign and the minutes may be left out.
 * ERR_INVALID. */
int conf_connect_zone(const char *text, int *ret, struct error *err);

#endif
