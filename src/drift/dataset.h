/* A dataset as its events come by: windows, the reference, and the verdicts of each window that is closed.
 *
 * Owned by one thread at a time: a stream feeds it on its own thread (kafka/records.h), the loop takes what it has closed in the
 * stream's turn. */
#ifndef DRIFT_DATASET_H
#define DRIFT_DATASET_H

#include "drift/score.h"

struct drift_dataset;

enum drift_window_by { DRIFT_WINDOW_TIME, DRIFT_WINDOW_COUNT };

/* Tumbling where slide is size; else a window is made of size / slide panes, which are merged. */
struct drift_window_settings {
    enum drift_window_by by;
    int64_t size,
        slide; /* ms of the events' time, aligned to the epoch; or rows. size is a multiple of slide, at most 60 times */
    int64_t late_ms; /* TIME: how long a window waits behind the latest event's time for late ones */
};

enum drift_reference_from {
    DRIFT_REFERENCE_FILE,     /* given */
    DRIFT_REFERENCE_PREVIOUS, /* the window before */
    DRIFT_REFERENCE_TRAILING, /* the windows of a span before this one, merged */
    DRIFT_REFERENCE_FIRST,    /* the first window that is full, kept from then on */
};

struct drift_dataset_settings {
    const char *name;
    const struct drift_schema *schema; /* NULL: inferred from the first events */
    struct drift_window_settings window;
    enum drift_reference_from from;
    struct drift_reference *reference; /* of FILE: referenced */
    int64_t trailing_ms;
    const struct drift_reference_choice *choices; /* one a feature of the schema; NULL */
    struct drift_score_settings score;
    double
        sample; /* the part of events that is read, 0..1: chosen by a hash of partition and offset, so that runs agree */
    const struct clock *clock; /* for windows that end while nothing comes */
};

struct drift_dataset_feature {
    const struct drift_schema_field *field;
    const struct drift_reference_feature *reference; /* NULL: none */
    const struct drift_profile *current;
    struct drift_score score;
    double p_adjusted;
    unsigned windows; /* in a row with this verdict */
    int64_t since_ms; /* the end of the first of them */
};

/* What a closed window says; all is borrowed until the next one is taken. */
struct drift_dataset_result {
    int64_t from_ms, to_ms; /* of the window; COUNT: of its events */
    uint64_t rows;
    const struct drift_dataset_feature *features;
    size_t nfeatures;
    const struct drift_cohorts *cohorts, *cohorts_reference; /* NULL: none */
    const struct drift_reference *reference;                 /* NULL: none yet */
    size_t judged, drifted;
    enum drift_mark mark;
};

struct drift_dataset_counts {
    uint64_t events, bad, late, skipped; /* skipped: not sampled */
};

struct drift_dataset *drift_dataset_new(const struct drift_dataset_settings *settings, struct error *err);
void drift_dataset_free(struct drift_dataset *d);

/* An event's bytes; time_ms: the record's, used where the schema has none or the event lacks it. A bad event is counted. */
void drift_dataset_feed(struct drift_dataset *d, int32_t partition, int64_t offset, int64_t time_ms, const char *bytes,
                        size_t len);
/* Closes what is due although nothing comes: TIME windows by the wall clock. last: all that is open. */
void drift_dataset_close(struct drift_dataset *d, bool last);
/* The next closed window, in order; false: none. */
bool drift_dataset_take(struct drift_dataset *d, struct drift_dataset_result *out);
/* A reference of the last closed window, or (whole) of all that was fed; NULL before the first. */
struct drift_reference *drift_dataset_reference(const struct drift_dataset *d, bool whole);
void drift_dataset_counts(const struct drift_dataset *d, struct drift_dataset_counts *out);
const struct drift_schema *drift_dataset_schema(const struct drift_dataset *d); /* NULL: not known yet */
/* The last bad event: why; "" if none. */
const char *drift_dataset_why(const struct drift_dataset *d);
size_t drift_dataset_bytes(const struct drift_dataset *d);

#endif
