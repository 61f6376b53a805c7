/* Iceberg catalogs: their options, from the file or from the command line. */
#ifndef CONF_CATALOG_H
#define CONF_CATALOG_H

#include "conf/kind.h"

/* The type of one is no longer "auto". Each --catalog makes one, after a look at what it names. */
extern const struct conf_kind conf_catalog_kind;

#endif
