/* What events hold, from a sample of them: paths, the types of their values, and a plan that is proposed.
 *
 *     for each event of the sample: drift_event_infer_add(in, bytes, len, &err);
 *     n = drift_event_infer_propose(in, &proposals);
 *
 * Every value that is neither list nor map has a path of its own. Items of lists have (x[0], x[1], ...) where the list had the same
 * length, of at most DRIFT_EVENT_INFER_ITEMS, each time it was there: a vector; of others only the list is told. The type of a path
 * goes by its values that are not null:
 *
 * - 95 % or more are numbers: NUMERIC; but CATEGORY if all are whole, there were 100 or more, and no more than 5 different ones (labels,
 *   flags, classes: up to 5 is where Evidently too compares shares instead of distances along a line);
 * - 95 % or more are booleans: CATEGORY;
 * - 95 % or more are texts: CATEGORY; but FREE (identifiers, free text: no feature) if more than 20 different ones are more than half
 *   of all, or more than DRIFT_EVENT_INFER_TEXTS, or if 95 % of 10 or more are different and have 16 bytes or more;
 * - else what most are, as `mixed`;
 * - a last key of id, uuid or guid, or with it behind _ or -, or as Id or ID behind a small letter: FREE.
 *
 * What grows from event to event is no feature, since no two windows of it are alike, unless its name says that it is a prediction or a
 * label: TIMES, where 95 % or more of the values are times (texts; numbers of more than 5 values, from September 2001 to 2039 in
 * seconds or smaller units), COUNTER, where 95 % or more of a number's steps are up (drift/event_steps.h): offsets, sequence numbers.
 *
 * The kind that most values have is expected; others are counted as conflicts, here and when the plan reads. A path whose last key has
 * a usual name plays that part: time (ts, timestamp, event_time, ...; only where its values are times: the first such), prediction
 * (prediction, score, y_pred, ...), label (label, target, y_true, ...). Names are compared without case. */
#ifndef DRIFT_EVENT_INFER_H
#define DRIFT_EVENT_INFER_H

#include "drift/event_plan.h"

enum drift_event_infer_limit {
    DRIFT_EVENT_INFER_PATHS = 40000, /* steps of all paths; what comes beyond is counted as dropped */
    DRIFT_EVENT_INFER_ITEMS = 64,    /* of a list, each with a path of its own */
    DRIFT_EVENT_INFER_TEXTS = 1000,  /* different ones of a path */
};

enum drift_event_type {
    DRIFT_EVENT_NUMERIC,
    DRIFT_EVENT_CATEGORY,
    DRIFT_EVENT_FREE,
    DRIFT_EVENT_COUNTER, /* no feature */
    DRIFT_EVENT_TIMES,   /* no feature, but where it is the time */
    DRIFT_EVENT_LIST,    /* of changing length, or a long one: no feature */
    DRIFT_EVENT_NOTHING, /* always null: no feature */
};

struct drift_event_proposal {
    struct drift_event_want want;
    enum drift_event_type type;
    bool use;           /* NUMERIC, CATEGORY, and whatever is the time */
    bool mixed;         /* less than 95 % of the values are of one kind */
    uint64_t present;   /* events in which it was there, null or not */
    uint64_t nulls;     /* of these */
    uint64_t conflicts; /* of these: neither null nor of the kind that is expected */
    size_t different;   /* values; of numbers up to 6, of texts up to DRIFT_EVENT_INFER_TEXTS + 1 */
};

struct drift_event_infer *drift_event_infer_new(void);
void drift_event_infer_free(struct drift_event_infer *in);

/* One more event, of a partition (of a file: 0). ERR_INVALID, ERR_LIMIT as drift_event_read has it: what was read of it before still counts. */
int drift_event_infer_add(struct drift_event_infer *in, int32_t partition, const char *bytes, size_t len,
                          struct error *err);

/* Every path in the order in which they came first. The proposals and their texts belong to in and last until it is asked or given
 * more. *dropped (may be NULL): values whose path was one too many. */
size_t drift_event_infer_propose(struct drift_event_infer *in, const struct drift_event_proposal **ret,
                                 uint64_t *dropped);

#endif
