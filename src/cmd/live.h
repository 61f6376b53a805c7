/* What is read from a dataset's topic by the command that asks for it, without a collector. */
#ifndef CMD_LIVE_H
#define CMD_LIVE_H

#include "conf/conf.h"
#include "drift/reference.h"

struct cmd_options;

/* The reference of a whole window of the topic, by the dataset's options: of the first that is complete since two windows ago, or since
 * `back` where that is more (with windows by rows a day ago, unless back says it), or else of the next. Waits as --deadline says.
 * force: of however few rows. *ret is the caller's. ERR_TIMEOUT with how the topic stands; ERR_INVALID where the configuration, which is
 * read with the clusters, has no such topic. */
int cmd_live_reference(const struct cmd_options *o, const struct conf_dataset *dataset, bool force,
                       struct drift_reference **ret, struct error *err);

#endif
