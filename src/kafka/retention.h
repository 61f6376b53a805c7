/* How a topic's log is kept, and what follows for a group that stands still: how far the log's start is behind it, and when
 * it will have come to it. */
#ifndef KAFKA_RETENTION_H
#define KAFKA_RETENTION_H

#include "kafka/item.h"

#include <stdbool.h>
#include <stdint.h>

struct kafka_model;
struct kafka_model_commit;
struct kafka_model_partition;
struct kafka_model_share;
struct kafka_round;

/* A topic's configuration. Zeroed: not known. */
struct kafka_retention {
    bool known;             /* cleanup.policy was told */
    bool compacts, deletes; /* what it says */
    int64_t ms, bytes;      /* or KAFKA_CONFIG_UNLIMITED, KAFKA_CONFIG_UNTOLD */
};

/* How fast a log's start moves: its moves of the last hours. Zeroed: none was seen. */
struct kafka_retention_pace {
    int64_t offset;                 /* the last one; valid while seen */
    int64_t from_ms, from_offset;   /* after the first move that counts */
    int64_t later_ms, later_offset; /* after a later one, which takes its place when that is too old */
    bool seen;
    unsigned moves; /* since from_ms, that one included */
};

/* Takes a start that was read at a monotonic time. One that went back begins anew. */
void kafka_retention_pace_add(struct kafka_retention_pace *p, int64_t ms, int64_t offset);
/* Offsets a second between the first move and now; false before there are two. */
bool kafka_retention_pace_rate(const struct kafka_retention_pace *p, int64_t now_ms, double *rate);

/* What is known of a group's partition for kafka_retention_loss. */
struct kafka_standing {
    int64_t margin; /* committed - start */
    int64_t lag;
    double lag_s; /* the age of the record at the committed offset */
    enum quality lag_s_quality;
    int64_t now_ms; /* monotonic time of the end */
};

/* Seconds until the log's start reaches the committed offset, if the group stands still: retention.ms less the record's
 * age, or the margin over the pace of the start, whichever is less; two digits of it. 0 and exact once it has; infinite
 * and exact where nothing is ever deleted. QUALITY_LE where only the one is known and the other, deletion for size, may be
 * sooner, or the record is older than told. QUALITY_UNKNOWN where neither is. */
enum quality kafka_retention_loss(const struct kafka_retention *r, const struct kafka_retention_pace *pace,
                                  const struct kafka_standing *s, double *seconds);

/* Works the configurations that a round read into the topics. */
void kafka_retention_apply(struct kafka_model *m, const struct kafka_round *r);

/* Sets margin and loss_s of a group's partition, and what they add to the group. p NULL: there is none. */
void kafka_retention_cells(struct kafka_model_commit *c, const struct kafka_model_partition *p,
                           struct kafka_model_share *share);

/* The least of a group's partitions. Zeroed: of none. */
struct kafka_retention_least {
    size_t partitions, margins, losses; /* all, and those of which it is known */
    bool loss_le, loss_est;
    int64_t margin;
    double loss_s;
};

void kafka_retention_add(struct kafka_retention_least *l, const struct kafka_model_share *share);
/* The group's margin and loss_s: "le" where those of some partition are not known. */
void kafka_retention_group_cells(struct kafka_item *it, const struct kafka_retention_least *l);

#endif
