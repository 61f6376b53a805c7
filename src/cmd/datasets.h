/* Sources of datasets whose drift is watched, by the configuration in force. */
#ifndef CMD_DATASETS_H
#define CMD_DATASETS_H

#include "conf/conf.h"
#include "source/source.h"

/* Makes `now` be in force in place of old (NULL: nothing was). A dataset whose options and cluster are as they were goes on undisturbed,
 * its windows and reference with it. References that datasets make of their own windows are kept beside the history, where one is. */
void cmd_datasets_apply(struct event_base *base, struct store *store, struct scheduler *scheduler,
                        const struct conf *old, const struct conf *now);

#endif
