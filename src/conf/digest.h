/* What a collector of this configuration collects, as a short name: two that have the same one can stand in for each other. */
#ifndef CONF_DIGEST_H
#define CONF_DIGEST_H

#include "conf/conf.h"

/* "prod-eu-1f83d9abfb41bd6b", of clusters, Connect clusters and catalogs (without their secrets), the history and the program's version; letters,
 * digits, '-' and '_' alone. On the heap. */
char *conf_digest(const struct conf *c);

#endif
