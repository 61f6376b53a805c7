/* What a partition's records tell by their own times: where the log ended at times before icetop looked. */
#ifndef KAFKA_TOLD_H
#define KAFKA_TOLD_H

#include "kafka/ring.h"

enum {
    KAFKA_TOLD_PARTITIONS = 20000, /* of a cluster that times are asked about; of more that lag, the others are not */
    KAFKA_TOLD_POINTS = 32,        /* kept for a partition */
    KAFKA_TOLD_GAPS = 4,           /* questions for a partition in one sweep */
    KAFKA_TOLD_RECORDS = 4,        /* records that were read, the newest */
};

/* At a time of the brokers' clock, milliseconds since 1970, the first record of then or later had this offset. */
struct kafka_told_point {
    int64_t offset;
    int64_t ms : 44;
    uint64_t used : 20; /* when a group was last found beside it, as kafka_told_use counts */
};

struct kafka_told_gap {
    int64_t low_ms, high_ms;
};

/* Made for partitions that a group lags on: there may be as many as there are partitions. */
struct kafka_told {
    struct kafka_told_point *points; /* ascending */
    const int64_t *shift_ms;         /* what makes the brokers' time the monotonic one; borrowed */
    int64_t ahead;                   /* the first record of a time that has not come; -1: none */
    struct kafka_point *exact;       /* KAFKA_TOLD_RECORDS; NULL: none was read */
    struct kafka_told_gap *gaps;     /* between which times groups' records came, where that is much: KAFKA_TOLD_GAPS;
                                        NULL: none */
    int64_t asked_us;                /* monotonic time of the last sweep; 0: never */
    uint8_t n, room, nexact, ngaps;
    uint8_t sweeps; /* lately, one after the other */
};

/* shift_ms is kept, not copied. */
struct kafka_told *kafka_told_new(const int64_t *shift_ms);
void kafka_told_free(struct kafka_told *t); /* NULL is allowed */
/* Notes that a group was found beside a point; now_s is monotonic. */
void kafka_told_use(struct kafka_told_point *p, int64_t now_s);
/* Drops what lies between others and had no group beside it lately: where there are very many partitions. */
void kafka_told_spare(struct kafka_told *t, int64_t now_s);
/* Takes an answer: at a time the first record then or later was at this offset (the end where there is none). One that
 * does not fit to the others is left out. start is the log's, -1 if unknown: what was before it does not matter any
 * more. Where there are too many, one goes that no group was found beside lately, and that leaves the smallest gap. Both
 * nows are the brokers' and the monotonic time. */
void kafka_told_take(struct kafka_told *t, int64_t ms, int64_t offset, int64_t start, int64_t now_ms, uint32_t now_s);
/* Takes the time of a record that was read. */
void kafka_told_take_record(struct kafka_told *t, int64_t offset, int64_t ms);
/* Notes that a record came after low and not after high, so that a time in between is asked for. Of many the widest ones
 * are kept. */
void kafka_told_note(struct kafka_told *t, int64_t low_ms, int64_t high_ms, int64_t now_ms);
/* The times to ask for now, at most KAFKA_TOLD_GAPS; returns how many. Empties the notes. None while it was asked not long
 * ago. now_ms is the brokers'. */
unsigned kafka_told_questions(struct kafka_told *t, int64_t now_ms, int64_t now_us, int64_t *times);
/* The time between two by which the ratio of their ages is halved; both are no later than now. */
int64_t kafka_told_between(int64_t low_ms, int64_t high_ms, int64_t now_ms);

#endif
