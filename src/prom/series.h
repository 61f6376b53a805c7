/* What is known of one endpoint's series from one scrape to the next: their names, types, last two values.
 *
 * A scrape is read into a second set of values, and taken over when all of it was read; one that failed leaves nothing behind.
 * A series is known by a hash of the bytes of its line before the value, and lines are expected in the order of the last
 * scrape: one that was there before costs a comparison. What it is and whether it is kept is found out once. Written
 * otherwise (other order of labels, other escapes) it is the same series.
 *
 * Series come in hundreds of thousands: everything lies in arrays and is named by its place, which stays the same as long as
 * it is there; texts are names of the store's pool. A scrape whose series are all known allocates nothing. */
#ifndef PROM_SERIES_H
#define PROM_SERIES_H

#include "base/str.h"
#include "base/vec.h"
#include "prom/keep.h"
#include "prom/places.h"
#include "prom/text.h"
#include "table/name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum prom_series_limit {
    PROM_SERIES_NAMES = 100000,     /* of samples and of families, each, kept or not */
    PROM_SERIES_LABEL_BYTES = 4096, /* of all labels of a series, as they are written in a row */
    PROM_SERIES_HELP_BYTES = 1000,  /* of a help text that are kept */
    PROM_SERIES_BUCKETS = 1000,     /* of one histogram */
};

#define PROM_SERIES_NONE PROM_PLACES_NONE /* no place */

struct prom_series_family {
    struct name *name, *help, *unit; /* help and unit: NULL where none was told */
    uint64_t help_hash;              /* of the text as it was written */
    enum prom_text_type type;
    uint32_t seen; /* the scrape that last told of it, or asked for one of its names */
    bool used;     /* a sample belongs to it */
};

/* What a sample of a name is. */
enum prom_series_part {
    PROM_SERIES_VALUE,
    PROM_SERIES_COUNTER, /* a value that only grows */
    PROM_SERIES_BUCKET,  /* of a histogram, as the next two */
    PROM_SERIES_SUM,
    PROM_SERIES_COUNT,
    PROM_SERIES_FREE, /* the place of a number is free */
};

struct prom_series_name {
    struct name *name; /* unescaped */
    uint64_t spelling; /* hash of it as written */
    uint32_t family;   /* its place */
    uint32_t seen;     /* the scrape that last asked for it, as one does for series that are not known */
    uint8_t part;      /* enum prom_series_part */
    uint8_t kept;      /* enum prom_keep_answer */
};

/* A number as it was at the last scrape that was taken over, and as the one being read has it. */
struct prom_series_number {
    double now, next;
    uint64_t line;     /* hash of how it is written */
    uint32_t then;     /* whose line came behind it, or NONE */
    uint32_t of;       /* the place of its metric or histogram; of a free one, the next free one */
    uint32_t seen;     /* the scrape that has `next` */
    uint8_t part;      /* enum prom_series_part */
    bool has : 1;      /* `now` counts */
    bool own_time : 1; /* `now` has a time of its own, see prom_series_now_us */
    bool next_own : 1; /* the same of `next` */
    bool settled : 1;  /* its row says what it would say if the value stayed the same; for prom/rows.c */
};

/* A series that is no part of a histogram. */
struct prom_series_metric {
    struct name *labels; /* NULL: the place is free */
    uint64_t row;        /* of `metrics`; 0: none yet */
    uint32_t name;       /* its place */
    uint32_t number;     /* its place; of a free one, the next free one */
};

struct prom_series_bucket {
    double le;
    uint32_t number;
};

struct prom_series_histogram {
    struct name *labels; /* without le; NULL: the place is free */
    uint64_t row;        /* of `histograms`; 0: none yet */
    VEC(struct prom_series_bucket) buckets;
    uint32_t family;
    uint32_t sum, count; /* numbers, or NONE */
    uint32_t seen;       /* of a free one, the next free one */
    uint32_t held;       /* for prom/explorer.h */
};

/* Of samples that have a time of their own. */
struct prom_series_times {
    int64_t now_us, next_us;
};

/* Of one scrape; one that has more is refused as a whole. */
struct prom_series_limits {
    size_t series;                    /* that are kept */
    size_t labels, label_name, label; /* of a series that is kept: how many; bytes of a name and of a value; 0: as the text */
};

struct prom_series {
    struct names *pool;           /* borrowed */
    const struct prom_keep *keep; /* borrowed */
    struct prom_series_limits max;
    VEC(struct prom_series_family) families;
    VEC(struct prom_series_name) names;
    VEC(struct prom_series_number) numbers;
    VEC(struct prom_series_times) times; /* of the numbers; empty as long as none has a time of its own */
    VEC(struct prom_series_metric) metrics;
    VEC(struct prom_series_histogram) histograms;
    struct prom_places by_family, by_name;      /* by name; by spelling */
    struct prom_places by_line;                 /* numbers by how they are written */
    struct prom_places by_metric, by_histogram; /* by name and labels */
    uint32_t free_number, free_metric, free_histogram;
    size_t names_most; /* so many names and families may be there until those without series are forgotten */
    uint64_t changes;  /* grows whenever a series comes or goes: who keeps places finds them anew */
    struct prom_text text;
    uint32_t scrape;           /* the one being read, or the last; from 1 */
    int64_t time_us, taken_us; /* when it was asked for; and the one before that was taken over */
    bool retyped;              /* a family was given another type: all is to be learnt anew */
    bool told;                 /* a help text, a unit or a type is another than rows say */
    struct str scratch, labels;
    /* of this scrape */
    uint32_t first, last; /* numbers: where the order begins; that of the line before; or NONE */
    uint32_t family;      /* that of the comment before */
    size_t at;            /* how far abandoning is */
    size_t samples, kept, bad;
    char first_bad[200]; /* "line 12: why" */
};

/* keep and pool are borrowed. */
void prom_series_init(struct prom_series *s, struct names *pool, const struct prom_keep *keep,
                      const struct prom_series_limits *max);
void prom_series_done(struct prom_series *s);

/* Begins with a body, which is borrowed until it is read. now_us by the clock that does not jump. */
void prom_series_begin(struct prom_series *s, enum prom_text_format format, const char *body, size_t len,
                       int64_t now_us);
/* Reads on, at most so many lines; *more is false once all is read. ERR_INVALID (OpenMetrics), ERR_LIMIT, and ERR_REMOTE for a
 * text that has bad lines and no sample: nothing of it may be taken over. */
int prom_series_read(struct prom_series *s, size_t lines, bool *more, struct error *err);

/* What a place holds. */
static inline struct prom_series_number *prom_series_number(const struct prom_series *s, uint32_t place)
{
    return &s->numbers.items[place];
}

static inline const struct prom_series_name *prom_series_name(const struct prom_series *s,
                                                              const struct prom_series_metric *m)
{
    return &s->names.items[m->name];
}

static inline const struct prom_series_family *prom_series_family(const struct prom_series *s, uint32_t place)
{
    return &s->families.items[place];
}

/* Is this number part of the scrape that was read? */
static inline bool prom_series_is_new(const struct prom_series *s, const struct prom_series_number *n)
{
    return n->seen == s->scrape;
}

/* When `now` and `next` are from: by the sample's own time where it has one, else by when it was asked for. */
int64_t prom_series_now_us(const struct prom_series *s, const struct prom_series_number *n);
int64_t prom_series_next_us(const struct prom_series *s, const struct prom_series_number *n);
/* Makes the new number the one in force. Each one of a scrape that is taken over is to be taken, or its series dropped. */
void prom_series_take(struct prom_series *s, struct prom_series_number *n);

/* Forgets what is at the place, its row being the caller's to remove. */
void prom_series_drop_metric(struct prom_series *s, uint32_t place);
void prom_series_drop_histogram(struct prom_series *s, uint32_t place);
/* Forgets the buckets of a histogram that this scrape does not have. */
void prom_series_drop_buckets(struct prom_series *s, struct prom_series_histogram *h);
/* Once all was taken over. */
void prom_series_end(struct prom_series *s);
/* Instead, where the scrape failed: forgets what only it has told, in steps of so many series. True once that is done. */
bool prom_series_abandon(struct prom_series *s, size_t series);
/* Forgets everything; rows are the caller's to remove before. For when types have changed (`retyped`). */
void prom_series_forget(struct prom_series *s);

#endif
