/* What is watched beside Kafka's groups: Connect clusters, their logs, control topics and Iceberg catalogs, each with its source; and
 * what they tell, given to where it belongs. What the configuration names is watched from the start, what connectors and topics
 * name from when they do.
 *
 * For each Kafka cluster (for a Connect cluster without one: by itself) there is one set of commit cycles, to which its control
 * topics, the logs and, through the store, groups and snapshots contribute. */
#ifndef DERIVE_PIPELINE_H
#define DERIVE_PIPELINE_H

#include "conf/conf.h"
#include "derive/commits.h"
#include "source/source.h"

struct connect_backlog;
struct connect_control;
struct derive_pipeline;

/* Nothing is watched before a configuration is given. store has all tables already. */
struct derive_pipeline *derive_pipeline_new(struct event_base *base, struct store *store, struct scheduler *scheduler);
/* To be called after scheduler_free, as sources tell it things to their end, and before store_free. NULL is allowed. */
void derive_pipeline_free(struct derive_pipeline *p);

/* Makes this configuration the one in force: what is the same in it stays with its rows, other things come, go and change.
 * Kafka's own sources are the caller's, who has them follow it before. conf is borrowed until the next call has returned,
 * or the pipeline is freed. */
void derive_pipeline_apply(struct derive_pipeline *p, const struct conf *conf);

/* One set of commit cycles, with what belongs to it; all borrowed. */
struct derive_pipeline_place {
    const char *name;  /* the first key of its rows: of the Kafka cluster, else of the Connect cluster */
    const char *owner; /* the source by whose state the freshness of its cycles is judged */
    const struct connect_cycles *cycles;
    const struct derive_commits *commits;
    struct connect_backlog *backlog;        /* NULL: there is none */
    const struct connect_control *control;  /* NULL: no control topic is read */
    const struct derive_pipeline *pipeline; /* NULL: it stands alone */
};
/* The i-th; false behind the last. */
bool derive_pipeline_at(const struct derive_pipeline *p, size_t i, struct derive_pipeline_place *ret);
/* The time of the first record that was read of a control topic, or CONNECT_EVENT_UNKNOWN. */
int64_t derive_pipeline_first_record(const struct derive_pipeline *p, const char *place, const char *topic);

#endif
