/* Kafka Connect clusters: their options, from the file or from the command line. */
#ifndef CONF_CONNECT_H
#define CONF_CONNECT_H

#include "conf/kind.h"

/* Each --connect makes one, of which the first has the logs of --connect-log; where there are control topics to be read of a
 * cluster that has none, that makes one. */
extern const struct conf_kind conf_connect_kind;

/* Seconds east of Greenwich that the zone means now: local, UTC or +HH:MM; the sign and the minutes may be left out.
 * ERR_INVALID. */
int conf_connect_zone(const char *text, int *ret, struct error *err);

#endif
