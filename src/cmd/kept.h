/* Where the reference is that a dataset makes of its own windows, from one start to the next: a file of icetop-drift-reference(5) in
 * `references` beside the history, one a dataset and kind of reference. */
#ifndef CMD_KEPT_H
#define CMD_KEPT_H

#include "conf/conf.h"
#include "drift/keep.h"

struct cmd_kept;

/* NULL: nothing is kept, as no history is, or as the reference is a file, or as there is no place for it. For drift_source_keep, with
 * cmd_kept_ops, which frees it. */
struct cmd_kept *cmd_kept_new(const struct conf_history *history, const struct conf_dataset *dataset);
/* A file that is damaged is renamed; one of another topic is left, until another takes its place. */
extern const struct drift_keep_ops cmd_kept_ops;

#endif
