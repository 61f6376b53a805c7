/* A dataset as its events come by: windows, the reference, and the verdicts of each window that is closed.
 *
 *     struct drift_dataset *d = drift_dataset_new(&settings, &err);
 *     for each record: drift_dataset_feed(d, partition, offset, time_ms, bytes, len);
 *     when all there is was read: drift_dataset_close(d, false);
 *     while (drift_dataset_take(d, &result))
 *         ...
 *
 * Owned by one thread at a time: a stream feeds it on its own thread (kafka/records.h), the loop takes what it has closed in the
 * stream's turn.
 *
 * Where the schema has no features they are inferred (drift/dataset_infer.h) from the first events, which are held until then. */
#ifndef DRIFT_DATASET_H
#define DRIFT_DATASET_H

#include "drift/cohorts_judge.h"
#include "drift/decoder.h"
#include "drift/score.h"
#include "drift/windows.h"

struct drift_dataset;

enum drift_dataset_limit {
    DRIFT_DATASET_FEATURES = 2000,
    DRIFT_DATASET_PROFILES = 4096, /* of a window's cohorts together, all its panes: how many levels have some */
    DRIFT_DATASET_RESULTS =
        256, /* that nobody took; further windows by time wait open, as long as that may be (drift/windows.h); else
                                     the oldest results are dropped, and counted */
};

enum drift_reference_from {
    DRIFT_REFERENCE_FILE,     /* given */
    DRIFT_REFERENCE_PREVIOUS, /* the window before: the last one that has no part in this one */
    DRIFT_REFERENCE_TRAILING, /* the windows of a span before this one, merged (drift/rolling.h) */
    DRIFT_REFERENCE_FIRST, /* the first window that is full, kept from then on: that was read from its first tenth on */
};

/* All but FILE wait for a window of score.min_rows rows; until then there is no reference. */
struct drift_dataset_settings {
    const char *name;
    const struct drift_schema
        *schema; /* NULL, or without features: inferred; what is there (cohort keys, a time) stays */
    struct drift_window_settings window;
    enum drift_reference_from from;
    struct drift_reference *
        reference; /* of FILE; of the others (NULL: none) one of an earlier run, with which they go on: a span has it as one of its
                       windows. Referenced; features that it has are of its types, where they are inferred */
    const char *cluster, *topic; /* of references that are made; NULL: unknown. Borrowed */
    int64_t trailing_ms;
    const struct drift_reference_choice *choices; /* one a feature of the schema; NULL: by default */
    struct drift_score_settings score;
    struct drift_decoder *decoder; /* must outlive the dataset; NULL: of JSON */
    double
        sample; /* the part of events that is read: chosen by a hash of partition and offset, so that runs agree; 0 or 1: all */
    const struct clock
        *clock; /* for windows that end while nothing comes, and events of the future; NULL: the system's */
};

struct drift_dataset_feature {
    const struct drift_schema_field *field;
    const struct drift_reference_feature *reference; /* NULL: none */
    const struct drift_profile *current;
    struct drift_score score; /* without a reference nothing but the mark */
    double p_adjusted;        /* Benjamini and Hochberg's, over the window's features */
    struct drift_streak streak;
};

/* What a closed window says; all is borrowed until the next one is taken. */
struct drift_dataset_result {
    int64_t from_ms, to_ms; /* of the window; COUNT: of its events */
    uint64_t rows;
    const struct drift_dataset_feature *features; /* predictions, labels and features, in the schema's order */
    size_t nfeatures;
    const struct drift_cohorts *cohorts, *cohorts_reference; /* NULL: none */
    const struct drift_cohorts_judge *judge;                 /* of cohorts; NULL: none */
    const struct drift_reference *reference;                 /* NULL: none yet */
    const struct drift_part_offsets *offsets;                /* where its events lie; partitions in any order */
    size_t noffsets;
    struct drift_score_settings settings; /* by which it was scored */
    size_t judged, drifted;               /* features with a score; of these, those beyond their line */
    enum drift_mark
        mark; /* EMPTY: no rows; else that of the worst feature: NO_REFERENCE and LOW_N only where all are */
};

/* Since the beginning. */
struct drift_dataset_counts {
    uint64_t events;       /* read, the bad ones with them */
    uint64_t bad;          /* that could not be read */
    int32_t bad_partition; /* where the last of them lies */
    int64_t bad_offset;
    uint64_t late;    /* that came after their window was closed */
    uint64_t early;   /* of a time that cannot be (drift/windows.h) */
    uint64_t skipped; /* not sampled */
    uint64_t dropped; /* results that nobody took */
    uint64_t forced;  /* windows closed before all partitions had come to their end, for there were too many */
};

/* NULL with ERR_INVALID for settings that are none, ERR_LIMIT for a schema of too many features. Settings are copied. */
struct drift_dataset *drift_dataset_new(const struct drift_dataset_settings *settings, struct error *err);
void drift_dataset_free(struct drift_dataset *d); /* NULL is allowed */

/* How a partition stands: behind if more of it is to be read (drift/windows.h). To be told before its first event, and again and again:
 * one that is behind holds windows up while it goes on. */
void drift_dataset_tell(struct drift_dataset *d, int32_t partition, bool behind);
/* A record's bytes, with the events that the decoder finds in them; time_ms: the record's, used where the schema has none or the event lacks it (or has none that can be read);
 * beyond 8.64e15 or below 0 it is unknown, and the wall clock's is used. A bad event is counted; what cannot be decoded
 * is one. */
void drift_dataset_feed(struct drift_dataset *d, int32_t partition, int64_t offset, int64_t time_ms, const char *bytes,
                        size_t len);
/* Closes what is due although nothing comes: TIME windows, as if events' time went on with the clock since the last event. To be called
 * while there is nothing more to read: what is read later is late. last: all that is open. */
void drift_dataset_close(struct drift_dataset *d, bool last);
/* The next closed window, in order; false: none. Closes what is due and was not, for DRIFT_DATASET_RESULTS were to be taken. */
bool drift_dataset_take(struct drift_dataset *d, struct drift_dataset_result *out);
/* A reference of the last closed window, the caller's. NULL before the first with a row. */
struct drift_reference *drift_dataset_reference(const struct drift_dataset *d);
/* What the next window is compared with; NULL: nothing yet. */
struct drift_reference *drift_dataset_in_force(const struct drift_dataset *d);
void drift_dataset_counts(const struct drift_dataset *d, struct drift_dataset_counts *out);
const struct drift_schema *drift_dataset_schema(const struct drift_dataset *d); /* NULL: not known yet */
/* The last bad event: why; "" if none. */
const char *drift_dataset_why(const struct drift_dataset *d);
/* What was left out of an inferred schema; "" if nothing. Holds names from events. */
const char *drift_dataset_note(const struct drift_dataset *d);
/* Adds the paths that no event had to a note, as "no event has x, y"; nothing before there were DRIFT_DATASET_INFER_EVENTS events. */
void drift_dataset_absent(const struct drift_dataset *d, struct str *note);
size_t drift_dataset_bytes(const struct drift_dataset *d);

#endif
