/* A dataset's source: the events of a topic read live by an assignment of our own, read-committed, or the report of another tool, read
 * again when its file changes; its rows in the tables of drift, and its own in `sources`.
 *
 * After a start windows begin with the events from `back` ago on: what was before is lost, but for the reference, which is a file, or is
 * kept (drift/keep.h). */
#ifndef DRIFT_SOURCE_H
#define DRIFT_SOURCE_H

#include "conf/conf.h"
#include "drift/keep.h"
#include "source/source.h"

struct drift_source;

/* Makes the source of a dataset, for scheduler_add with drift_source_ops. What it needs of both is copied; cluster NULL: that of a
 * report, which has none. */
struct drift_source *drift_source_new(struct event_base *base, struct store *store, const struct conf_dataset *conf,
                                      const struct conf_cluster *cluster);
/* What its windows are compared with, as of its last turn; NULL: nothing yet. */
struct drift_reference *drift_source_reference(const struct drift_source *s);
/* Before it is added: its own reference is kept so; ops->free is called in any case. Nothing is kept of a report, and where the reference
 * is a file. */
void drift_source_keep(struct drift_source *s, const struct drift_keep_ops *ops, void *arg);
/* kind "drift". */
extern const struct source_ops drift_source_ops;
/* "drift:NAME", the name for scheduler_add; owned by the source. */
const char *drift_source_name(const struct drift_source *s);
/* The same of a dataset that may have no source; on the heap. */
char *drift_source_name_of(const struct conf_dataset *conf);
/* The settings for scheduler_add. */
struct source_settings drift_source_settings(void);

#endif
