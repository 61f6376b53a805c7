/* How far the brokers' clock is ahead of this machine's, found out from the times of commits.
 *
 * No answer of a broker carries its time. But commits are records of __consumer_offsets, stamped with its clock. A record
 * that lies between two ends that were read one after the other was appended between the two readings; which time it
 * carries is found by asking, again and again, whether there is a record of some time or later (ListOffsets by timestamp).
 * So the skew lies between that time minus the later reading and that time minus the earlier one. Where ends are last
 * stable offsets, a long transaction of commits can make the estimate too small by as long as it was open. */
#ifndef KAFKA_SKEW_H
#define KAFKA_SKEW_H

#include "kafka/admin.h"

struct kafka_round;
struct kafka_round_memory;
struct kafka_round_plan;

/* ---- the time of a record ---- */

/* Looks for it around a guess, first close by, then up to 26 h away. All times are milliseconds since 1970. */
struct kafka_skew_search {
    int64_t guess_ms;
    int64_t low_ms, high_ms;       /* the record's time is at or after the one, before the other */
    unsigned reach_up, reach_down; /* how far it was asked beyond the guess */
    bool low_known, high_known;
};

void kafka_skew_search_init(struct kafka_skew_search *s, int64_t guess_ms);
/* The time to ask for next; 0: it is close enough to be known, or out of reach. */
int64_t kafka_skew_search_next(const struct kafka_skew_search *s);
/* The answer to that question: whether the record is of at_ms or later. */
void kafka_skew_search_answer(struct kafka_skew_search *s, int64_t at_ms, bool later);

/* ---- what observations add up to ---- */

/* The skew lies from low_ms to high_ms; positive: the brokers are ahead. Zeroed is unknown. */
struct kafka_skew_estimate {
    int64_t low_ms, high_ms;
    int64_t seen_us;   /* monotonic time of the last observation */
    unsigned agreeing; /* observations in a row that have a skew in common; 0: nothing is known */
};

/* Narrows the estimate to what it has in common with another observation. If they have nothing in common a clock was set:
 * only the new one holds then. Clocks that run a little apart (100 ppm) contradict nothing. */
void kafka_skew_observe(struct kafka_skew_estimate *e, int64_t low_ms, int64_t high_ms, int64_t now_us);
/* The middle of the estimate in seconds, to the tenth; false while it is unknown, or wider than 15 s. */
bool kafka_skew_seconds(const struct kafka_skew_estimate *e, double *ret);

/* ---- in rounds ---- */

/* What a lane remembers. Zeroed is new. */
struct kafka_skew {
    struct kafka_skew_estimate estimate;
    struct kafka_time asked; /* before these ends were asked for */
    int64_t *ends;           /* of __consumer_offsets, by partition; -1: unknown */
    size_t nends;
    int64_t probed_us; /* monotonic time of the last search; 0: none */
    int64_t shift_ms;  /* wall time less monotonic time: changes when this machine's clock is set */
    int32_t leader;    /* of the partition that was searched last: its clock is compared with itself */
    bool begun;        /* a round has ended */
};

/* As the last step of a round: compares the ends of __consumer_offsets with those of the round before, and every few
 * minutes looks for the time of a new record. The first round asks for nothing. Ends that the configuration leaves out are
 * read here when they are needed. Takes a small part of the time that is left, and none if that is short; what cannot be
 * read stays unknown, and is no fault of the round. Sets round->skew_known and skew_s. */
void kafka_skew_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                    const struct kafka_budget *budget, struct kafka_round *round);
void kafka_skew_done(struct kafka_skew *s);

#endif
