/* What is known of one endpoint's series from one scrape to the next: their names, types, last two values.
 *
 * A scrape is read into a second set of values, and taken over when all of it was read; one that failed leaves nothing behind.
 * A series is known by the bytes of its line before the value, so that one that was there before costs a look into a map;
 * what it is and whether it is kept is found out once. Written otherwise (other order of labels, other escapes) it is the same
 * series. */
#ifndef PROM_SERIES_H
#define PROM_SERIES_H

#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "conf/conf.h"
#include "prom/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum prom_series_limit {
    PROM_SERIES_NAMES = 100000,     /* of samples and of families, each, kept or not */
    PROM_SERIES_LABEL_BYTES = 4096, /* of all labels of a series, as they are written in a row */
    PROM_SERIES_HELP_BYTES = 1000,  /* of a help text that are kept */
    PROM_SERIES_BUCKETS = 1000,     /* of one histogram */
};

struct prom_series_family {
    char *name, *help, *unit; /* help and unit: NULL where none was told */
    uint64_t help_hash;       /* of the text as it was written */
    enum prom_text_type type;
    bool used; /* a sample belongs to it */
};

/* What a sample of a name is. */
enum prom_series_part {
    PROM_SERIES_VALUE,
    PROM_SERIES_COUNTER, /* a value that only grows */
    PROM_SERIES_BUCKET,  /* of a histogram, as the next two */
    PROM_SERIES_SUM,
    PROM_SERIES_COUNT,
};

struct prom_series_name {
    char *name; /* unescaped */
    struct prom_series_family *family;
    enum prom_series_part part;
    bool kept;
};

/* A number as it was at the last scrape that was taken over, and as the one being read has it. */
struct prom_series_number {
    double now, next;
    int64_t now_us, next_us; /* by the sample's own time where it has one, else by when it was asked for */
    bool has, own_time, next_own;
    uint64_t seen; /* the scrape that has `next` */
};

/* A series that is no part of a histogram. */
struct prom_series_metric {
    struct prom_series_name *name;
    char *labels;
    struct prom_series_number number;
    uint64_t row; /* of `metrics`; 0: none yet */
};

struct prom_series_bucket {
    double le;
    struct prom_series_number number;
};

struct prom_series_histogram {
    struct prom_series_family *family;
    char *labels; /* without le */
    VEC(struct prom_series_bucket) buckets;
    struct prom_series_number sum, count;
    uint64_t seen, row;
};

struct prom_series_line;

struct prom_series {
    const struct conf_globs *keep; /* borrowed */
    size_t max;                    /* series that may be kept */
    struct map families, names;    /* by name unescaped; by name as written */
    struct map lines;              /* by their bytes before the value */
    struct map known;              /* metrics and histograms by name and labels */
    VEC(struct prom_series_metric *) metrics;
    VEC(struct prom_series_histogram *) histograms;
    struct prom_text text;
    uint64_t scrape; /* the one being read, or the last; from 1 */
    int64_t time_us;
    bool retyped; /* a family was given another type: all is to be learnt anew */
    struct str scratch, labels;
    /* of this scrape */
    size_t samples, kept, bad;
    size_t written;      /* ways of writing a series that it has */
    char first_bad[200]; /* "line 12: why" */
};

/* keep is borrowed. */
void prom_series_init(struct prom_series *s, const struct conf_globs *keep, size_t max);
void prom_series_done(struct prom_series *s);

/* Begins with a body, which is borrowed until it is read. now_us by the clock that does not jump. */
void prom_series_begin(struct prom_series *s, enum prom_text_format format, const char *body, size_t len,
                       int64_t now_us);
/* Reads on, at most so many lines; *more is false once all is read. ERR_INVALID (OpenMetrics) and ERR_LIMIT: nothing of it may
 * be taken over. */
int prom_series_read(struct prom_series *s, size_t lines, bool *more, struct error *err);

/* Is this number part of the scrape that was read? */
bool prom_series_is_new(const struct prom_series *s, const struct prom_series_number *n);
/* Makes the new number the one in force. */
void prom_series_take(struct prom_series_number *n);

/* Frees the i-th, its row being the caller's to remove; the last one takes its place. */
void prom_series_drop_metric(struct prom_series *s, size_t i);
void prom_series_drop_histogram(struct prom_series *s, size_t i);
/* Once all was taken over: forgets how series were written that this scrape did not write so. */
void prom_series_end(struct prom_series *s);
/* Instead, where the scrape failed: forgets what only it has told. */
void prom_series_abandon(struct prom_series *s);
/* Forgets everything; rows are the caller's to remove before. For when types have changed (`retyped`). */
void prom_series_forget(struct prom_series *s);

#endif
