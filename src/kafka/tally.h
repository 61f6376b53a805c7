/* Sums over all groups that are kept by difference: what a group adds is taken out before it changes, and put back after.
 * So a change to one group costs what one group costs. */
#ifndef KAFKA_TALLY_H
#define KAFKA_TALLY_H

#include "table/table.h"

struct kafka_model;
struct kafka_model_group;

/* A sum of cells, with what is needed to say how well it is known. */
struct kafka_tally_sum {
    int64_t sum;
    size_t parts, known;
    size_t less, more, stale; /* less: parts that are only lower bounds; more: upper ones */
};

/* Zeroed is empty. Rates are in millionths, as whole numbers: so they can be taken out again without a trace. */
struct kafka_tally {
    struct kafka_tally_sum lag, rate_out;
    size_t behind; /* groups that lag */
    size_t rows;   /* of groups, their members and partitions */
};

/* Takes out what a group added, if it did. */
void kafka_tally_take(struct kafka_model *m, struct kafka_model_group *g);
/* Adds what its cells say now; it must be out. */
void kafka_tally_put(struct kafka_model *m, struct kafka_model_group *g);
/* How well the sum is known: exact where nothing is added. */
enum quality kafka_tally_quality(const struct kafka_tally_sum *s);
double kafka_tally_rate(const struct kafka_tally_sum *s);

#endif
