/* Open transactions: partitions whose high watermark and last stable offset differ.
 *
 * A client asks under one isolation; the other end needs a second question. It is asked where the two can differ: not where
 * the end stands still at which they were equal, at every round where they have differed on the topic before, else, in a
 * large cluster, now and then. */
#ifndef KAFKA_OPEN_H
#define KAFKA_OPEN_H

#include "base/map.h"
#include "kafka/item.h"
#include "kafka/admin.h"

struct kafka_model;
struct kafka_model_commit;
struct kafka_model_partition;
struct kafka_round;
struct kafka_round_memory;
struct kafka_round_plan;

/* What a lane remembers. Zeroed is new. */
struct kafka_open {
    struct map topics; /* by name */
    uint64_t round;
};

/* Marks the groups that read committed, as the plan says. */
void kafka_open_mark(const struct kafka_round_plan *plan, struct kafka_groups *groups);
/* A part of a round, or of a step, after the ends: asks, and fills round->others. What cannot be read is left out, and is
 * no fault of the round. */
void kafka_open_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                    const struct kafka_budget *budget, struct kafka_round *round);
/* The last stable offset that belongs to an end that was read; -1 if it is not known. */
int64_t kafka_open_stable(const struct kafka_round_memory *memory, const struct kafka_round *round,
                          const struct kafka_offset *end);
void kafka_open_done(struct kafka_open *o);

/* What the model knows of a partition. Zeroed: nothing. */
struct kafka_open_ends {
    int64_t end;          /* the configured end when the other was asked */
    int64_t stable, high; /* then: the last stable offset and the high watermark */
    int64_t since_ms; /* wall time at which the stable one was first seen where it is, below the other; 0: it is not */
    bool known, differs; /* differs: they were different once */
    bool told;           /* an event said that the transaction hangs */
};

/* Works round->others into the partitions. */
void kafka_open_apply(struct kafka_model *m, const struct kafka_round *r);
/* Of a log that is no more. */
void kafka_open_forget(struct kafka_model_partition *p);
/* Sets stable_end, open_messages and open_since. */
void kafka_open_cells(struct kafka_model_partition *p);
/* "hanging transaction", "open transaction" once it has been open for a minute, else NULL. */
const char *kafka_open_note(const struct kafka_model_partition *p, int64_t wall_ms);
/* Where a partition ends for a group: its last stable offset for one that reads committed, else the configured end; -1:
 * unknown. *q is LE where the group's own end is not known, and the other stands for it. */
int64_t kafka_open_end(const struct kafka_model_commit *c, const struct kafka_model_partition *p, enum quality *q);
/* True if what the group has not read is in or behind a transaction that has been open for a minute. */
bool kafka_open_holds(const struct kafka_model_commit *c, const struct kafka_model_partition *p);

#endif
