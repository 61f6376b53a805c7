/* The demo's control topic: events as the sink of Apache Iceberg 1.11 writes them, in transactions, kept until somebody
 * fetches them. Format: magic C2 01, the schema's length, the schema, one Avro datum. */
#ifndef DEMO_CONTROL_H
#define DEMO_CONTROL_H

#include "demo/lake.h"
#include "demo/world.h"

struct demo_control;

/* A UUID of 16 bytes. */
struct demo_uuid {
    unsigned char bytes[16];
};
/* Drawn from a seed, a name and an index. */
struct demo_uuid demo_uuid_draw(uint64_t seed, const char *name, int64_t index);
/* 36 characters and a NUL. */
void demo_uuid_text(const struct demo_uuid *u, char text[37]);

/* Makes the topic of one partition. It belongs to the world's owner, and must outlive the broker's use of the world. */
struct demo_control *demo_control_new(struct demo_world *w, const char *topic);
void demo_control_free(struct demo_control *c); /* NULL is allowed */

/* Who sends: its record key, the connector's group, and the time. */
struct demo_control_sender {
    const struct demo_uuid *key;
    const char *group;
    uint64_t seed; /* of the ids of its events */
    int64_t now_ms;
};

/* One partition in an answer; offset and time_ms below 0: null. */
struct demo_control_assignment {
    int32_t partition;
    int64_t offset, time_ms;
};

/* Each appends one event and returns its offset. valid_through_ms below 0: null. */
int64_t demo_control_start(struct demo_control *c, const struct demo_control_sender *s, const struct demo_uuid *commit);
int64_t demo_control_written(struct demo_control *c, const struct demo_control_sender *s,
                             const struct demo_uuid *commit, const char *space, const char *table,
                             const struct demo_uuid *table_uuid, const struct demo_lake_file *file);
int64_t demo_control_answer(struct demo_control *c, const struct demo_control_sender *s, const struct demo_uuid *commit,
                            const char *topic, const struct demo_control_assignment *assignments, size_t n);
int64_t demo_control_table(struct demo_control *c, const struct demo_control_sender *s, const struct demo_uuid *commit,
                           const char *space, const char *table, const struct demo_uuid *table_uuid,
                           int64_t snapshot_id, int64_t valid_through_ms);
int64_t demo_control_complete(struct demo_control *c, const struct demo_control_sender *s,
                              const struct demo_uuid *commit, int64_t valid_through_ms);
/* Ends the transaction: its marker takes one offset, and what is before it can be read. */
void demo_control_end(struct demo_control *c, int64_t now_ms);

#endif
