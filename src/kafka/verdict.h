/* icetop's own verdict on a partition of a group, with its reason in words: what is wrong, judged by how long records wait
 * and by what this group usually does, so that neither little traffic nor seldom commits look like a fault. */
#ifndef KAFKA_VERDICT_H
#define KAFKA_VERDICT_H

#include "base/str.h"
#include "kafka/burrow.h"
#include "kafka/ring.h"

/* Ascending by badness: a group is what its worst partition is. */
enum kafka_verdict {
    KAFKA_VERDICT_UNKNOWN, /* nothing can be told, or not yet */
    KAFKA_VERDICT_OK,      /* nothing waits for long */
    KAFKA_VERDICT_CATCHING_UP,
    KAFKA_VERDICT_BEHIND,      /* far behind, and neither gains nor loses */
    KAFKA_VERDICT_UNREAD,      /* nobody is there to read */
    KAFKA_VERDICT_FALLING,     /* falls behind */
    KAFKA_VERDICT_REWOUND,     /* went back, and is not yet where it was */
    KAFKA_VERDICT_STUCK,       /* somebody is there, records wait, and no commit comes */
    KAFKA_VERDICT_REBALANCING, /* of a group: for long, or again and again */
    KAFKA_VERDICT_LOSING,      /* records were deleted before they were read */
};

/* Who reads a partition. */
enum kafka_verdict_readers {
    KAFKA_VERDICT_READERS_UNKNOWN,
    KAFKA_VERDICT_READERS_MEMBER,     /* it is assigned to one */
    KAFKA_VERDICT_READERS_UNASSIGNED, /* the group has members, but this partition is none of theirs */
    KAFKA_VERDICT_READERS_NONE,       /* the group is empty */
    KAFKA_VERDICT_READERS_SIMPLE,     /* somebody commits without joining */
};

/* What is known of a partition of a group. Times are milliseconds of one monotonic clock. */
struct kafka_verdict_case {
    int64_t now_ms;
    enum kafka_verdict_readers readers;
    int64_t committed; /* -1: none */
    bool lag_known;
    int64_t lag, lost;
    enum quality lag_s_quality; /* of lag_s: how long the oldest record that was not read has waited */
    double lag_s;
    int64_t since_ms; /* when the committed offset was first seen */
    bool moved;       /* false: it stands where it stood when it was first seen */
    const struct kafka_ring *ends, *commits;
    const struct kafka_burrow_window *window; /* real commits only; NULL: none */
};

/* What the words said last: numbers are not said anew before they differ by much, so that words change when the situation
 * does. Zeroed is new. */
struct kafka_verdict_said {
    float rate, eta_s;
    uint8_t verdict;
};

/* The verdict, and its reason appended to why (nothing for OK and UNKNOWN). By precedence:
 * - LOSING: the log start has passed the committed offset;
 * - OK: no lag;
 * - UNREAD: nobody is there, and no commit came for a minute, or was ever seen;
 * - STUCK: no commit has come, and the oldest record has waited, for kafka_verdict_patience (UNREAD for a simple consumer).
 *   A single record that waits where nothing arrives is BEHIND: it may be a transaction's marker;
 * - REWOUND: as kafka_burrow_judge has it, but for what was committed before the log began anew, as its ends tell;
 * - FALLING, CATCHING_UP: the lag grew or shrank over two minutes or four commit intervals, whichever is longer, by the
 *   medians of the first and last third, by more than arrives between two commits, and the oldest record waits for 30 s
 *   and two commit intervals. Falling behind is only told of a group two commits of which were seen;
 * - BEHIND: the oldest record has waited for a minute and two commit intervals;
 * - OK: what waits does not wait for so long. */
enum kafka_verdict kafka_verdict_of(const struct kafka_verdict_case *x, struct kafka_verdict_said *said,
                                    struct str *why);

/* The usual time between two commits: the median of those in the window; 0 before two were seen. */
int64_t kafka_verdict_interval(const struct kafka_burrow_window *w);
/* How long without a commit, in milliseconds, before one is missed: a minute and four usual intervals. Before these are
 * known: five minutes, or one where the oldest record has waited for five already. */
int64_t kafka_verdict_patience(const struct kafka_verdict_case *x);

/* The rate by which the group gains on what arrives, messages a second: consumed minus produced, over the last commits that
 * span 15 s and two usual intervals; where commits stay out, over the time since as well; negative while it falls behind.
 * False before two observations of both. */
bool kafka_verdict_net_rate(const struct kafka_verdict_case *x, double *rate);

/* "stuck"; NULL for UNKNOWN. */
const char *kafka_verdict_text(enum kafka_verdict v);

/* ---- words, for whoever says more about groups ---- */

/* Messages a second over the last minute that arrive at an end; 0 where that is not known. */
double kafka_verdict_arriving(const struct kafka_ring *ends, int64_t now_ms);
/* "12/s", "4/min": the rate as said before, until it differs by a fifth. Nothing arrives below one in ten minutes: then
 * false, and nothing is appended. */
bool kafka_verdict_say_rate(struct str *out, double rate, float *said);
/* "over 5 min": the greatest of a few steps that a duration has passed; "under a minute" below the first. */
void kafka_verdict_say_over(struct str *out, double seconds);
/* "1,204" */
void kafka_verdict_say_number(struct str *out, int64_t n);

#endif
