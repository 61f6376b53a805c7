/* Datasets whose drift is watched: their options, from the file. */
#ifndef CONF_DATASET_H
#define CONF_DATASET_H

#include "conf/kind.h"

extern const struct conf_kind conf_dataset_kind;

/* How many panes a window has at most: it is a whole number of slides. */
enum { CONF_DATASET_PANES = 60 };

#endif
