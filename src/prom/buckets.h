/* What fell into each bucket of a histogram lately, and the rows of `histogram_buckets` of those that somebody looks at.
 *
 * The growth of the last scrapes is held for as many histograms as there is memory for: those looked at last, then those that
 * had observations last. Rows are there only while somebody looks and some minutes longer; as they come, what is held goes to
 * whoever keeps the past. */
#ifndef PROM_BUCKETS_H
#define PROM_BUCKETS_H

#include "prom/histogram.h"
#include "table/table.h"

#include <stdbool.h>

enum {
    PROM_BUCKETS_BYTES = 4 * 1024 * 1024, /* for all that is held */
    PROM_BUCKETS_SCRAPES = 60,            /* of each histogram */
    PROM_BUCKETS_ROWS = 100,              /* of one histogram: of more bounds neighbours are taken together */
    PROM_BUCKETS_SHOWN = 100,             /* histograms that have rows at once */
    PROM_BUCKETS_STAY_S = 600,            /* rows, after the last look */
};

struct event_base;
struct prom_buckets;

struct prom_buckets_point {
    int64_t time_ms;
    double value;
};

/* The past of one row's `column`, in order of time. False: it cannot be kept now, and is told again later. */
typedef bool prom_buckets_keep(void *arg, const struct table *t, const struct value *key, const char *column,
                               const struct prom_buckets_point *points, size_t n);

/* The table is in the store. budget in bytes; keep may be NULL. */
struct prom_buckets *prom_buckets_new(struct event_base *base, struct store *store, size_t budget,
                                      prom_buckets_keep *keep, void *arg);
void prom_buckets_free(struct prom_buckets *b); /* NULL is allowed */

/* A histogram: the key of its row. Names are the store's, borrowed. */
struct prom_buckets_key {
    struct name *job, *instance, *metric, *labels;
};

/* What one scrape says of it. */
struct prom_buckets_scrape {
    struct prom_buckets_key key;
    uint16_t owner;
    const struct prom_histogram_bucket *growth; /* since the scrape before, cumulated; in any order */
    const double *totals;                       /* of each, cumulated since it began */
    size_t n;
    double seconds; /* since the scrape before; 0: not known, then growth is since it began */
};

/* Takes it in. held is what the last call for it gave, 0 at first; returns what the next one is to be given. */
uint32_t prom_buckets_observe(struct prom_buckets *b, uint32_t held, const struct prom_buckets_scrape *s);
/* It is not there any more. */
void prom_buckets_gone(struct prom_buckets *b, uint32_t held, const struct prom_buckets_key *key);
/* All of a target are not there any more. */
void prom_buckets_target_gone(struct prom_buckets *b, const struct name *job, const struct name *instance);

/* These are looked at now, and no others: keys of `histograms`, four values each. */
void prom_buckets_focus(struct prom_buckets *b, const struct value *keys, size_t n);

/* Reads the past of a row's rate as history would with steps (history/history.h), for where none is kept. Returns how many points
 * were written, at most `most`. */
size_t prom_buckets_read(const struct prom_buckets *b, const struct value *key, int64_t from_ms, int64_t to_ms,
                         int64_t step_ms, struct prom_buckets_point *points, size_t most);
/* Takes away rows that nobody has looked at for long; called by itself each minute. */
void prom_buckets_tidy(struct prom_buckets *b);
/* Bytes held. */
size_t prom_buckets_bytes(const struct prom_buckets *b);

#endif
