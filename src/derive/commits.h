/* Rows of commit cycles: what the control topic, logs and tables tell of cycles, joined with who holds which partition and
 * which worker runs which task, written to `commits`, `commit_partitions` and `commit_tables`; of each connector a summary in
 * the column group "commits" of `connectors`, and in `groups` the connector and role of the groups that a sink keeps. */
#ifndef DERIVE_COMMITS_H
#define DERIVE_COMMITS_H

#include "connect/cycles.h"
#include "derive/sinks.h"
#include "table/table.h"

struct event_base;
struct derive_commits;

/* One for each Kafka cluster; cluster is the first key of its rows, and name the one of the source in `sources` by whose state
 * their freshness is judged ("control:CLUSTER"; NULL: that). cycles stays the caller's and must outlive it. What other tables
 * have to say (group_members, tasks, connectors, snapshots) is read from the store, then and whenever they change. base may be
 * NULL where no loop runs: nothing happens then but in derive_commits_update. */
struct derive_commits *derive_commits_new(struct event_base *base, struct store *store, const char *cluster,
                                          const char *name, struct connect_cycles *cycles);
/* Its rows go with it. NULL is allowed. */
void derive_commits_free(struct derive_commits *d);

/* Facts were given to the cycles: writes the rows of those that changed. To be called once for each batch of facts; commits
 * nothing, so that what belongs together can be committed together: follow it by store_commit. A timer does both every
 * second for what only time changes. */
void derive_commits_update(struct derive_commits *d);

/* Whose cycles they are; borrowed. */
const struct derive_sinks *derive_commits_sinks(const struct derive_commits *d);
/* The newest cycles of a sink of its own, as they began (by offset where they stand in one partition), newest first: at most max
 * into out, borrowed until facts are given to the cycles. Returns how many. */
size_t derive_commits_cycles(const struct derive_commits *d, const struct derive_sink *sink,
                             const struct connect_cycle **out, size_t max);

/* How many rows it has written that are there, in `commits`, `commit_partitions` and `commit_tables`. */
size_t derive_commits_rows(const struct derive_commits *d);

#endif
