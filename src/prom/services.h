/* Rows of `services`: what the series of one endpoint say by the recipes, from one scrape to the next.
 *
 * Which series are for what is found out once, as long as none comes or goes; a scrape costs those that are for something. To be
 * asked after a scrape was read and before it is taken over, in steps, as reading is. */
#ifndef PROM_SERVICES_H
#define PROM_SERVICES_H

#include "base/map.h"
#include "base/vec.h"
#include "prom/book.h"
#include "prom/histogram.h"
#include "prom/series.h"
#include "table/table.h"

enum prom_services_limit {
    PROM_SERVICES_SERIES = 50000, /* of one endpoint that are for something */
    PROM_SERVICES_MAX = 2000,     /* services of one endpoint */
};

/* What a series adds to. */
enum prom_services_role {
    PROM_SERVICES_REQUESTS,
    PROM_SERVICES_ERRORS,
    PROM_SERVICES_TIME,     /* the time that all took together */
    PROM_SERVICES_TIMED,    /* those that it is of */
    PROM_SERVICES_OWN_TIME, /* the same two, of a summary */
    PROM_SERVICES_OWN_TIMED,
    PROM_SERVICES_MEAN, /* a mean that the endpoint tells itself: the highest counts */
    PROM_SERVICES_IN_FLIGHT,
    PROM_SERVICES_QUEUE,
    PROM_SERVICES_SATURATION, /* the highest counts; with capacity, the sum */
    PROM_SERVICES_CAPACITY,
    PROM_SERVICES_IDLE, /* the lowest counts */
    PROM_SERVICES_SUMS,
    PROM_SERVICES_P50 = PROM_SERVICES_SUMS, /* of a summary: the highest counts */
    PROM_SERVICES_P95,
    PROM_SERVICES_P99,
    PROM_SERVICES_ROLES,
    PROM_SERVICES_HISTOGRAM = PROM_SERVICES_ROLES,
};

struct prom_services_sum {
    double value;
    uint32_t n;      /* series that said something */
    uint32_t silent; /* those that were not there before, or said nothing */
    uint32_t old;    /* those whose sample is the one of before, by its own time */
};

/* What a service says; NaN: unknown. Times in milliseconds. */
struct prom_services_values {
    double requests, errors, error_ratio; /* a second; a second; 0..1 */
    double p50, p95, p99, mean;
    double in_flight, queue, saturation;
    const char *from; /* how times are known: "histogram" "summary" "mean"; NULL: not at all */
    bool old;         /* what is told of requests is what was told before: it still holds */
    char note[120];
};

struct prom_service {
    uint16_t recipe; /* its position in the book */
    bool alive;      /* the scrape has a series of it */
    struct name *name;
    uint64_t row;
    uint32_t found[PROM_RECIPES_PARTS]; /* series of each part */
    uint32_t by[PROM_RECIPES_PARTS]; /* which of its selectors chose them, as bits; the last stands for all behind it */
    bool errors_named;               /* series with the name of errors are there, with whatever labels */
    /* of the scrape */
    struct prom_services_sum sums[PROM_SERVICES_ROLES];
    VEC(struct prom_histogram_bucket) buckets; /* the growth of all histograms, by le */
    struct prom_services_sum observed, spent;  /* the growth of their counts and of their sums */
    struct prom_services_values values;
};

/* A series that is for something. */
struct prom_services_series {
    uint32_t place; /* of the number, or of the histogram */
    uint16_t service;
    uint8_t role;
    bool of_histogram; /* its count, where role is not HISTOGRAM */
};

struct prom_services_recipe {
    bool fits; /* a series of `match` is there */
};

enum prom_services_phase { PROM_SERVICES_BIND, PROM_SERVICES_ADD, PROM_SERVICES_WRITE, PROM_SERVICES_DONE };

struct prom_services {
    struct prom_book *book; /* borrowed, as all that stands here */
    struct table *table;    /* NULL: values only */
    struct name *job, *instance;
    uint16_t owner;
    /* the rest is its own */
    uint64_t version, changes; /* what series were found by */
    bool bound;
    enum prom_services_phase phase;
    size_t at;
    VEC(struct prom_services_recipe) recipes; /* as the book's */
    VEC(struct prom_service *) services;
    struct map by_name;
    VEC(struct prom_services_series) series;
    size_t beyond; /* series past the limits, which are left out */
    struct str scratch;
};

/* Begins with a scrape that was read. */
void prom_services_begin(struct prom_services *v, const struct prom_series *s);
/* Goes on with at most so many series; true once it is done. Commits nothing. */
bool prom_services_step(struct prom_services *v, const struct prom_series *s, size_t steps);
/* Is there something to be said of limits? Then sets err (ERR_LIMIT). */
bool prom_services_limited(const struct prom_services *v, struct error *err);
void prom_services_done(struct prom_services *v);

#endif
