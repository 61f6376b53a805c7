/* Endpoints that are scraped: their options, from the file or from the command line. */
#ifndef CONF_PROMETHEUS_H
#define CONF_PROMETHEUS_H

#include "conf/kind.h"

/* Those of --scrape make one, "default". */
extern const struct conf_kind conf_prometheus_kind;

#endif
