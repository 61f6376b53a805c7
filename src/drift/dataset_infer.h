/* The schema of a dataset from its first events, which are held until there are enough.
 *
 * Enough are DRIFT_DATASET_INFER_EVENTS of them, or DRIFT_DATASET_INFER_FEW once the records' times are DRIFT_DATASET_INFER_MS apart.
 * Types and roles are those of drift/event_infer.h: numbers where 95 % or more of the values are, the usual names for predictions
 * (prediction, score, y_pred, ...), labels (label, target, y_true, ...) and the time (ts, timestamp, event_time, ...); identifiers, free
 * text, counters, other times and lists of changing length are left out, and said. */
#ifndef DRIFT_DATASET_INFER_H
#define DRIFT_DATASET_INFER_H

#include "base/str.h"
#include "base/vec.h"
#include "drift/decoder.h"
#include "drift/event_infer.h"
#include "drift/reference.h"

enum drift_dataset_infer_limit {
    DRIFT_DATASET_INFER_EVENTS = 200,
    DRIFT_DATASET_INFER_FEW = 20,
    DRIFT_DATASET_INFER_MS = 5000,
    DRIFT_DATASET_INFER_RARE =
        100, /* a path is no feature if no more than one event in so many has it, of as many at least */
    DRIFT_DATASET_INFER_BYTES = 16 * 1024 * 1024, /* of events that are held: no more are waited for */
};

struct drift_dataset_infer_event {
    int32_t partition;
    int64_t offset, time_ms;
    char *bytes;
    size_t len;
};

struct drift_dataset_infer {
    struct drift_decoder *decoder;
    struct drift_event_infer *in;
    VEC(struct drift_dataset_infer_event) events; /* records: one may hold several */
    size_t bytes, seen;                           /* seen: events in them, up to those that are looked at */
    int32_t partition;                            /* private: of the record at hand */
};

/* The decoder must outlive it. */
void drift_dataset_infer_init(struct drift_dataset_infer *d, struct drift_decoder *decoder);
void drift_dataset_infer_done(struct drift_dataset_infer *d);
/* Holds a copy of a record. True if there are enough. ERR_INVALID, ERR_LIMIT in *code for one that cannot be read: it is not held. */
bool drift_dataset_infer_add(struct drift_dataset_infer *d, const struct drift_dataset_infer_event *event, int *code,
                             struct error *err);
/* The schema: predictions, labels, features, then what `given` (NULL: nothing) has of cohort keys and a time. What the reference (may be
 * NULL) has is of its type there, and is in the schema though no event had it. At most `most` features; what was left out is told in
 * note. ERR_NOT_FOUND if there is no feature. */
int drift_dataset_infer_schema(struct drift_dataset_infer *d, const struct drift_schema *given,
                               const struct drift_reference *reference, size_t most, struct drift_schema *ret,
                               struct str *note, struct error *err);

#endif
