/* Sets of tables that ought to carry the same date: their options, from the file. */
#ifndef CONF_CONSISTENCY_H
#define CONF_CONSISTENCY_H

#include "conf/kind.h"

extern const struct conf_kind conf_consistency_kind;

#endif
