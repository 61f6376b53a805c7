/* Reads analytical events (the JSON of one record, or a line of NDJSON) into the values that a plan wants.
 *
 *     struct drift_event *e = drift_event_new(plan);
 *     if (drift_event_read(e, bytes, len, &err) == 0) {
 *         const struct drift_event_value *age = drift_event_get(e, AGE);
 *         if (age->kind == DRIFT_EVENT_NUMBER && !isnan(age->number))
 *             ...
 *
 * Numbers are doubles: integers beyond 2^53 are rounded, what is beyond a double is infinite, -0 is 0; NaN, Infinity and -Infinity
 * are read as such though JSON has none of them (drift/event_json.h). Of a key that stands twice in a map the last counts. */
#ifndef DRIFT_EVENT_H
#define DRIFT_EVENT_H

#include "base/number.h"
#include "drift/event_plan.h"

enum drift_event_limit {
    DRIFT_EVENT_TEXT_BYTES = 128, /* a text is cut there, between two code points */
};

struct drift_event_value {
    union {
        double number;    /* of NUMBER; 0 or 1 of BOOL */
        const char *text; /* of TEXT: len bytes, not terminated, any bytes */
    };
    uint8_t len;
    bool cut;     /* the text was longer */
    uint8_t kind; /* enum drift_event_kind */
};

/* What a want's path has had since the reader was made. Of as many events as are good. */
struct drift_event_tally {
    uint64_t present;   /* not MISSING: 0 after many events is a path that does not exist */
    uint64_t conflicts; /* of a kind that is not expected */
};

/* A reader with the event that it read last. Used by one thread at a time. */
struct drift_event {
    const struct drift_event_plan *plan;
    struct drift_event_value *values; /* one a slot */
    struct drift_event_tally *tallies;
    uint64_t good, bad;            /* events */
    struct drift_event_read *read; /* private to event.c */
};

/* The plan must outlive the reader. */
struct drift_event *drift_event_new(const struct drift_event_plan *plan);
void drift_event_free(struct drift_event *e);

/* Reads one event. Texts may lie in bytes, which must stay as they are while values are looked at. ERR_INVALID with the byte where
 * it is no event (half of one, no JSON, neither a map nor a list), ERR_LIMIT for one too large or nested too deep: it is counted as
 * bad, and no value is to be looked at. */
int drift_event_read(struct drift_event *e, const char *bytes, size_t len, struct error *err);

static inline const struct drift_event_value *drift_event_get(const struct drift_event *e, size_t want)
{
    return &e->values[e->plan->slots[want]];
}

static inline const struct drift_event_tally *drift_event_tally(const struct drift_event *e, size_t want)
{
    return &e->tallies[e->plan->slots[want]];
}

/* For other encodings, instead of drift_event_read: all values MISSING; then each slot's is set; then it is counted as good. */
void drift_event_begin(struct drift_event *e);
void drift_event_count(struct drift_event *e);
/* Between these two: a list or map in JSON as the value of a node of the plan. */
int drift_event_read_at(struct drift_event *e, uint32_t node, const char *bytes, size_t len, struct error *err);

/* A text as value, cut where it is too long; bytes are kept as pointer. */
struct drift_event_value drift_event_text(const char *s, size_t len);

/* The value as a category: a text as it is, "true", "false", a number by its shortest digits that read back the same. The bytes lie in
 * the value's text or in buf; *len gets how many. NULL for what is no category (MISSING, NULL, OTHER, NaN). */
const char *drift_event_category(const struct drift_event_value *v, char buf[NUMBER_BYTES], size_t *len);

#endif
