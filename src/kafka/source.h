/* The Kafka source: rounds of one cluster, collected on a thread of its own and written as rows on
 * the loop's. */
#ifndef KAFKA_SOURCE_H
#define KAFKA_SOURCE_H

#include "conf/conf.h"
#include "kafka/admin.h"
#include "kafka/rates.h"
#include "kafka/look.h"
#include "source/source.h"

struct kafka_source;

/* kind "kafka". A round that does not end in time is given up; its thread is left behind should it
 * hang in the client library, of which it survives a few. */
extern const struct source_ops kafka_source_ops;

/* Makes the source of one cluster, for scheduler_add with kafka_source_ops; what it needs of conf
 * is copied. Adds the tables of kafka_tables to the store where they are not there yet. ops: NULL
 * for librdkafka. */
struct kafka_source *kafka_source_new(struct event_base *base, struct store *store, const struct conf_cluster *conf,
                                      const struct kafka_admin_ops *ops);
/* "kafka:NAME", the name for scheduler_add; owned by the source. */
const char *kafka_source_name(const struct kafka_source *s);
/* The settings for scheduler_add. */
struct source_settings kafka_source_settings(const struct conf_cluster *conf);
/* Another configuration from the next round on, with a new client; the cluster's name stays. */
void kafka_source_configure(struct kafka_source *s, const struct conf_cluster *conf);

/* Observations of a partition's end from before this run, oldest first, their ms wall time, each made then or up to
 * slack_ms before: they let lag in seconds reach back beyond the start. For a partition not yet seen they wait for it. */
/* Looks at records of the cluster, as kafka_look_ask; the source's freeing answers with ERR_CLOSED. */
void kafka_source_look(struct kafka_source *s, const struct stream_record_query *q, kafka_look_done *done, void *arg);

/* Observations of a partition's end from before this run, oldest first, their ms wall time: they
 * let lag in seconds reach back beyond the start. For a partition not yet seen they wait for it. */
void kafka_source_seed_end(struct kafka_source *s, const char *topic, int32_t partition,
                           const struct kafka_point *points, size_t n, uint32_t slack_ms);
/* A record was read at an offset (the first one that is there from it on) and has this time, milliseconds since 1970:
 * where a group has committed that offset its lag in seconds is exact, until it commits another. */
void kafka_source_exact(struct kafka_source *s, const char *topic, int32_t partition, int64_t offset,
                        int64_t record_ms);

/* The groups whose rows somebody looks at, in place of those before: they are read in every round. Names are copied. */
void kafka_source_focus(struct kafka_source *s, const char *const *groups, size_t n);

#endif
