/* Plugins, each a source, as the configuration has them. */
#ifndef CMD_PLUGINS_APPLY_H
#define CMD_PLUGINS_APPLY_H

#include "conf/conf.h"
#include "plugin/book.h"
#include "plugin/run.h"

struct scheduler;

/* Makes now the one in force, old (NULL: none) being what was: what is the same in both stays with its rows and its process, all else
 * goes and comes. */
void cmd_plugins_apply(struct plugin_runs *runs, struct plugin_book *book, struct scheduler *scheduler,
                       const struct conf *old, const struct conf *now);

#endif
