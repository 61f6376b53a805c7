/* The verdict that LinkedIn's Burrow would give on a partition of a group, for those who know it: the same rules over the
 * same window. What it does not see, kafka/verdict.h does. */
#ifndef KAFKA_BURROW_H
#define KAFKA_BURROW_H

#include "base/slab.h"

#include <stddef.h>
#include <stdint.h>

/* Ascending by badness, as Burrow's own codes are; ERR is only a group's. */
enum kafka_burrow_status {
    KAFKA_BURROW_UNKNOWN, /* no commit was seen */
    KAFKA_BURROW_OK,
    KAFKA_BURROW_WARN,
    KAFKA_BURROW_ERR,
    KAFKA_BURROW_STOP,
    KAFKA_BURROW_STALL,
    KAFKA_BURROW_REWIND,
};

enum {
    KAFKA_BURROW_COMMITS = 10,         /* Burrow's `intervals` */
    KAFKA_BURROW_DISTANCE_MS = 1000,   /* its `min-distance`: a commit closer to the last one takes its place */
    KAFKA_BURROW_ENDS_SPAN_MS = 90000, /* its ten broker offsets, read every 10 s, reach back so far */
};

struct kafka_burrow_commit {
    int64_t ms;     /* when it was committed or, where that is not known, seen to have been */
    int64_t offset; /* what was committed */
    int64_t lag;    /* behind the end that was known then, never negative */
};

/* The last commits of one partition, packed: 18 bytes and usually 5 to 9 for each. NULL: none was seen. Its memory is in
 * the slab that is given each time, always the same one. */
struct kafka_burrow_window;

void kafka_burrow_done(struct kafka_burrow_window **w, struct slab *slab); /* leaves NULL */
/* Adds a commit, and makes the window for the first one. Lags beyond 2^48 and pauses beyond 49 days are kept as those. */
void kafka_burrow_add(struct kafka_burrow_window **w, struct slab *slab, struct kafka_burrow_commit commit);
/* Copies the commits, oldest first, and returns how many there are. */
size_t kafka_burrow_commits(const struct kafka_burrow_window *w, struct kafka_burrow_commit out[KAFKA_BURROW_COMMITS]);

/* The verdict at now_ms on commits and broker ends, both oldest first:
 * - OK without a lag now, that is, the last end is at or before the last commit;
 * - STOP if it is longer since the last commit than from the first to the last, and no end is at or before the last commit;
 * - REWIND if a commit went back, and none after it came up to where it was before;
 * - where no commit had a lag of 0: STALL if all committed the same, WARN if the lag never shrank from one to the next;
 * - else OK.
 * Ends only grow, so the oldest and the newest of them are enough. UNKNOWN without a commit or an end. */
enum kafka_burrow_status kafka_burrow_judge(const struct kafka_burrow_commit *commits, size_t n, const int64_t *ends,
                                            size_t nends, int64_t now_ms);
/* A group's, so far, with one more partition: the worst, where STOP, STALL and REWIND are ERR. */
enum kafka_burrow_status kafka_burrow_worse(enum kafka_burrow_status group, enum kafka_burrow_status partition);
/* "OK"; NULL for UNKNOWN. */
const char *kafka_burrow_text(enum kafka_burrow_status s);

#endif
