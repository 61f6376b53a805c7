/* Prometheus servers that are asked: their options, from the file or from the command line. */
#ifndef CONF_SERVER_H
#define CONF_SERVER_H

#include "conf/kind.h"

/* Each --prometheus makes one, named as its address is. */
extern const struct conf_kind conf_server_kind;

#endif
