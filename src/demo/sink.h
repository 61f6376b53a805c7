/* Iceberg sinks of the demo: coordinators and workers that speak the control protocol of Kafka Connect's sink and commit to
 * real tables, cycle by cycle. One of them reads a topic of which a partition falls silent now and then: its task, which
 * wakes only at the offset flush then, answers too late, and the cycle is committed without it. */
#ifndef DEMO_SINK_H
#define DEMO_SINK_H

#include "base/error.h"
#include "demo/plan.h"

struct demo_sinks;

enum { DEMO_SINK_TASKS = 2, DEMO_SINK_COUNT = 2 };

/* What a sink is set to, and reads. */
struct demo_sink_plan {
    const char *connector, *topic, *space, *table;
    int partitions;
    int rate_s; /* records a second and partition of a topic of its own; 0: the topic is one of demo/plan */
    int interval_s, timeout_s; /* of commits */
    int flush_s;               /* the worker's offset.flush.interval */
};
extern const struct demo_sink_plan demo_sink_plans[DEMO_SINK_COUNT];

/* Where the demo's Connect workers are, as they advertise themselves and as brokers see them; task i runs on the i-th. */
extern const char *const demo_sink_workers[DEMO_SINK_TASKS];

/* The topic of control events. */
#define DEMO_SINK_CONTROL "control-iceberg"

/* Adds topics and groups to the stage's world, and tables to the warehouse, a directory that is made. The stage must outlive
 * it. ERR_IO. */
int demo_sinks_new(const struct demo_stage *s, const char *warehouse, struct demo_sinks **ret, struct error *err);
void demo_sinks_free(struct demo_sinks *d); /* NULL is allowed; leaves the world and the files as they are */
/* Moves them on to ms, one tick after they were moved the last time; topics were moved before. */
void demo_sinks_tick(struct demo_sinks *d, int64_t ms);

#endif
