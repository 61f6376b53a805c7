/* One Iceberg catalog: its options, from the file or from the command line. */
#ifndef CONF_CATALOG_H
#define CONF_CATALOG_H

#include "conf/loading.h"

/* Reads and checks one, as conf_cluster_read does a cluster; ret is a struct conf_catalog whose type is no longer "auto". */
int conf_catalog_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                      bool fetch, void *ret);

/* Appends those of the command line: what --catalog names is looked at to see what it is. */
int conf_catalog_arguments(struct conf_loading *l, struct conf *c);

/* Wipes and frees a struct conf_catalog. A zeroed one is allowed. */
void conf_catalog_done(void *catalog);

/* The path of an SQLite file in whatever way it is named: jdbc:sqlite:PATH?..., sqlite:///PATH, file:PATH, PATH. On the heap;
 * NULL where it is another database's address. */
char *conf_catalog_sqlite(const char *uri);

#endif
