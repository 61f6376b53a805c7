/* Queryable lag: how much of the source is not yet in a committed snapshot, from what the control topic, the tables, the
 * coordinator's commits and the source's ends tell; written to the tables `queryable_partitions` and `pending_files` and to the
 * column group "queryable" of `groups`, `group_partitions`, `connectors` and `iceberg_tables`.
 *
 * The rule and the order in which readings count are those of connect/backlog.h; this gives it the rows of other rooms with the
 * times at which they were read, has a table read again as soon as a commit to it is announced, and turns offsets into
 * seconds by the ends that it has seen. */
#ifndef DERIVE_QUERYABLE_H
#define DERIVE_QUERYABLE_H

#include "connect/backlog.h"
#include "derive/sinks.h"
#include "table/table.h"

struct event_base;
struct derive_queryable;

/* Who is asked for more. NULL: nobody. */
struct derive_queryable_ops {
    /* A commit to this table was announced, or it is needed to judge what is pending: read its catalog again, soon. */
    void (*table)(void *arg, const char *catalog, const char *table);
    /* A table has more than before: the ends of the source are to be read again, soon, for no lag is worked out of older
     * ones. */
    void (*ends)(void *arg);
};

/* One for each Kafka cluster, beside its derive_commits, to which sinks belongs; backlog stays the caller's. All must outlive it.
 * owner: the name of the source by whose state its rows' freshness is judged. base NULL: no loop runs, nothing happens but in
 * derive_queryable_update. */
struct derive_queryable *derive_queryable_new(struct event_base *base, struct store *store, const char *cluster,
                                              const char *owner, const struct derive_sinks *sinks,
                                              struct connect_backlog *backlog, const struct derive_queryable_ops *ops,
                                              void *arg);
/* Its rows go with it, and its columns are unknown. NULL is allowed. */
void derive_queryable_free(struct derive_queryable *q);

/* A control event, for what is announced before its table tells of it. */
void derive_queryable_event(struct derive_queryable *q, const struct connect_event *e);

/* A partition of a control topic has been read from begin to end, and that was all; see connect_control_ops. The records
 * were given to the backlog before. */
void derive_queryable_control(struct derive_queryable *q, const char *topic, int32_t partition, int64_t begin,
                              int64_t end);

/* Takes in what changed in the tables and in the backlog, and writes rows; commits nothing. */
void derive_queryable_update(struct derive_queryable *q);

#endif
