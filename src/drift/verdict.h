/* What other tools found out about a dataset: their verdicts on its drift and what they counted, under their own names.
 *
 * One struct for all of them: the readers (drift/evidently.h, drift/detector.h, drift/whylogs.h) fill it, drift/foreign.h
 * tells from the bytes whose they are. Nothing is computed anew: a number that a tool did not write is not known, one that
 * it wrote as NaN is known and NaN. Texts are raw remote bytes up to their first NUL. */
#ifndef DRIFT_VERDICT_H
#define DRIFT_VERDICT_H

#include "base/map.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum drift_verdict_limit {
    DRIFT_VERDICT_BYTES = 64 * 1024 * 1024, /* of what is read at once */
    DRIFT_VERDICT_FEATURES = 100000,        /* verdicts, and columns, of one dataset */
    DRIFT_VERDICT_BINS = 1000,              /* of a small distribution; one with more is left out */
    DRIFT_VERDICT_ITEMS = 1000,             /* frequent items of a column, those with the largest counts */
};

enum drift_verdict_tool {
    DRIFT_VERDICT_EVIDENTLY,
    DRIFT_VERDICT_WHYLOGS,
    DRIFT_VERDICT_ALIBI,  /* a prediction of alibi-detect */
    DRIFT_VERDICT_SELDON, /* tensors of a model server that runs a detector */
    DRIFT_VERDICT_DRIFTWATCH,
};

/* Which way the value goes when there is more drift. */
enum drift_verdict_direction {
    DRIFT_VERDICT_NO_DIRECTION, /* the method is not known here */
    DRIFT_VERDICT_LARGER,       /* a distance, a score */
    DRIFT_VERDICT_SMALLER,      /* a p-value */
};

enum drift_verdict_answer {
    DRIFT_VERDICT_UNSAID,
    DRIFT_VERDICT_STABLE,
    DRIFT_VERDICT_DRIFTED,
};

enum drift_verdict_kind {
    DRIFT_VERDICT_NO_KIND, /* not said */
    DRIFT_VERDICT_NUMBER,
    DRIFT_VERDICT_CATEGORY,
    DRIFT_VERDICT_TEXT,
};

/* NaN and infinities are values as others are. */
struct drift_verdict_number {
    bool known;
    double v;
};

/* A small distribution: of numbers (edges) or of categories (labels). */
struct drift_verdict_shape {
    size_t n;        /* bins; 0: there is none */
    double *heights; /* n */
    double *edges;   /* n + 1, ascending; NULL for categories. The two sides of a feature have edges of their own */
    char **labels;   /* n; NULL for numbers */
    bool density;    /* heights are densities: each times its bin's width is a share; else they are counts */
};

struct drift_verdict {
    char *feature; /* NULL: the dataset as a whole */
    char *method;  /* as the tool calls it; NULL: not said */
    enum drift_verdict_kind kind;
    enum drift_verdict_direction direction;
    struct drift_verdict_number value;     /* what the method gave: a p-value or a distance, see direction */
    struct drift_verdict_number distance;  /* of a tool that gives a p-value and a distance both */
    struct drift_verdict_number threshold; /* the line on the value's axis */
    enum drift_verdict_answer drifted;
    bool derived; /* the tool wrote no answer: it is by the tool's own rule from value and threshold */
    struct drift_verdict_shape reference, current;
};

/* A value that is seen often: with certainty in [lower, upper], best guess estimate. */
struct drift_verdict_item {
    char *text;
    uint64_t estimate, lower, upper;
};

enum {
    DRIFT_VERDICT_QUANTILES = 9, /* drift_verdict_quantiles names their ranks */
    DRIFT_VERDICT_TYPES = 6,     /* drift_verdict_types names them */
};

/* What a tool counted of one column of the current data. */
struct drift_verdict_column {
    char *feature;
    struct drift_verdict_number n, nulls, null_share, nans, infinities, trues; /* whylogs counts a NaN as a null too */
    struct drift_verdict_number types[DRIFT_VERDICT_TYPES];
    struct drift_verdict_number numbers; /* how many the next ones are of */
    struct drift_verdict_number mean, deviation, min, max;
    struct drift_verdict_number quantiles[DRIFT_VERDICT_QUANTILES];
    struct drift_verdict_number distinct, distinct_lower, distinct_upper; /* a sketch's estimate, one standard error */
    struct drift_verdict_item *items;                                     /* falling estimates */
    size_t nitems;
    char *note; /* what could not be read of it; NULL: nothing */
};

struct drift_verdicts {
    enum drift_verdict_tool tool;
    const char *layout; /* which of the tool's ways to write it; static */
    char *version;      /* NULL: not said */
    char *dataset;      /* name of a model, a profile's segment; NULL: not said */
    int64_t time_ms;    /* of the data, since 1970; 0: not said */
    struct drift_verdict_number rows;
    struct drift_verdict_number drifted, share; /* of features, as the tool counts them itself */
    VEC(struct drift_verdict) verdicts;
    VEC(struct drift_verdict_column) columns;
    struct map places; /* of columns: their index plus one; private to verdict.c */
    size_t others;     /* metrics and tests that are not about drift or counts: passed over */
    size_t bad;        /* pieces that were not as they should be: passed over; note says which was the first */
    char *note;
};

extern const double drift_verdict_quantiles[DRIFT_VERDICT_QUANTILES];
/* "integral", "fractional", ... */
extern const char *const drift_verdict_types[DRIFT_VERDICT_TYPES];

struct drift_verdicts *drift_verdict_new(enum drift_verdict_tool tool, const char *layout);
void drift_verdict_free(struct drift_verdicts *v);

/* Appends one, of a feature (copied; NULL: of the dataset). NULL where there are DRIFT_VERDICT_FEATURES already: that is noted as
 * bad. The pointer is good until the next one is added. */
struct drift_verdict *drift_verdict_add(struct drift_verdicts *v, const char *feature);
/* The column of that name (copied), which is appended if it is not there. NULL and pointer as above. */
struct drift_verdict_column *drift_verdict_column(struct drift_verdicts *v, const char *feature);

/* Puts items into their order and lets go of those beyond DRIFT_VERDICT_ITEMS. */
void drift_verdict_items_sort(struct drift_verdict_column *c);

/* Counts a bad piece; the first one's text is kept. */
__attribute__((format(printf, 2, 3))) void drift_verdict_bad(struct drift_verdicts *v, const char *fmt, ...);

void drift_verdict_shape_done(struct drift_verdict_shape *s);

const char *drift_verdict_tool_name(enum drift_verdict_tool tool);

static inline struct drift_verdict_number drift_verdict_known(double v)
{
    return (struct drift_verdict_number){true, v};
}

#endif
