/* Answers of the Prometheus HTTP API, as Prometheus, Thanos, Mimir and VictoriaMetrics give them: JSON into structs.
 *
 * Nothing here asks anything. A body is read whole or refused with words that name what was expected; what an answer has beyond
 * what is known is skipped. Samples' values are texts there and doubles here: NaN, +Inf and -Inf are values.
 *
 * Formats: prometheus.io/docs/prometheus/latest/querying/api, and web/api/v1 of Prometheus where the page is silent. */
#ifndef PROM_API_H
#define PROM_API_H

#include "base/error.h"
#include "prom/histogram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum prom_api_limit {
    PROM_API_SERIES = 10000,   /* of one answer to a query */
    PROM_API_POINTS = 1000000, /* of all series of one answer */
    PROM_API_ALERTS = 10000,   /* of one answer, as the next two */
    PROM_API_RULES = 20000,
    PROM_API_TARGETS = 20000,
    PROM_API_AT_ONCE = 32 * 1024, /* bytes of a body that the loop may read itself, at some 20 MB a second */
    PROM_API_TEXT = 4096,         /* bytes of one text that are kept: an expression, an annotation, an error */
};

/* Texts are owned, NUL-terminated, cut to PROM_API_TEXT at a character's end; NULL where an answer has none. Labels are one text,
 * `a="b",c="d"` by name as prom/labels.h writes them, "" for none. Times are milliseconds since 1970 UTC, 0: none. */

/* What every answer may have beside its data. */
struct prom_api_notes {
    char *warnings; /* all of them, parted by "; ": the answer is partial then */
    char *infos;
    size_t bad;      /* alerts, rules, targets that could not be read; the others stand */
    char *first_bad; /* where and why the first of them; owned, safe for a terminal; NULL: none */
    int bad_code;    /* of the first */
};

struct prom_api_point {
    int64_t time_ms;
    double value;
};

/* A native histogram of a sample, for prom_histogram_native_quantile. */
struct prom_api_histogram {
    int64_t time_ms;
    struct prom_histogram_native h; /* its buckets are owned by this */
};

struct prom_api_series {
    char *name;                    /* __name__, or NULL */
    char *labels;                  /* without __name__ */
    struct prom_api_point *points; /* in order of time; of a vector one, or none where it is a histogram */
    size_t npoints;
    struct prom_api_histogram *histograms; /* likewise; the last PROM_API_HISTOGRAMS of a matrix */
    size_t nhistograms;
};

enum { PROM_API_HISTOGRAMS = 1 };

enum prom_api_result { PROM_API_VECTOR, PROM_API_MATRIX, PROM_API_SCALAR, PROM_API_STRING };

/* The answer to /api/v1/query and /api/v1/query_range. A scalar is one series without labels; a string is `text`. */
struct prom_api_query {
    enum prom_api_result type;
    struct prom_api_series *series; /* by name and labels */
    size_t n;
    char *text;
    struct prom_api_notes notes;
};

struct prom_api_alert {
    char *alert;                            /* alertname */
    char *labels;                           /* without alertname */
    char *state;                            /* "pending" "firing" */
    char *severity, *summary, *description; /* a label, two annotations */
    char *annotations;                      /* all of them, written as labels are */
    int64_t active_at_ms;
    double value; /* NaN too where it cannot be read */
};

struct prom_api_alerts {
    struct prom_api_alert *items;
    size_t n;
    struct prom_api_notes notes;
};

struct prom_api_rule {
    char *file, *group;
    size_t position; /* in its group, from 0 */
    bool alerting;   /* else it records */
    char *name, *query, *labels;
    char *state;  /* of an alerting rule: "inactive" "pending" "firing" */
    char *health; /* "ok" "err" "unknown" */
    char *error;
    double for_s, evaluation_s, interval_s; /* interval of its group; NaN where not told */
    int64_t last_evaluation_ms;
    size_t pending, firing; /* of its alerts */
};

struct prom_api_rules {
    struct prom_api_rule *items;
    size_t n;
    char *next; /* groupNextToken: more is to be asked for */
    struct prom_api_notes notes;
};

struct prom_api_target {
    char *pool, *url, *job, *instance, *labels; /* labels: without these two */
    char *health;                               /* "up" "down" "unknown" */
    char *error;
    int64_t last_scrape_ms;
    double duration_s, interval_s, timeout_s; /* NaN where not told; of texts as "15s", "1m30s" the last two */
};

struct prom_api_targets {
    struct prom_api_target *items; /* the active ones */
    size_t n, dropped;
    struct prom_api_notes notes;
};

/* Each reads len bytes of an answer. They touch what they are given alone, so that any thread may call them: a body of more than
 * PROM_API_AT_ONCE takes so long that it should not be the loop's (prom/api_job.h).
 *
 * ERR_REMOTE where the server says that it failed ("bad_data: parse error: ...", made safe for a
 * terminal; prom_api_failure_of finds the same in an answer with another status than 200), ERR_INVALID for what is no such
 * answer, ERR_LIMIT beyond a cap. An alert, a rule, a target that cannot be read is left out and counted (notes.bad), unless not one
 * of them can be read: that is no answer. Free with the function of its name. */
int prom_api_query_read(const char *body, size_t len, struct prom_api_query *ret, struct error *err);
void prom_api_query_done(struct prom_api_query *q);
int prom_api_alerts_read(const char *body, size_t len, struct prom_api_alerts *ret, struct error *err);
void prom_api_alerts_done(struct prom_api_alerts *a);
int prom_api_rules_read(const char *body, size_t len, struct prom_api_rules *ret, struct error *err);
void prom_api_rules_done(struct prom_api_rules *r);
int prom_api_targets_read(const char *body, size_t len, struct prom_api_targets *ret, struct error *err);
void prom_api_targets_done(struct prom_api_targets *t);

/* The words of an answer's error, if the body is an envelope that has one: sets err and returns true. */
bool prom_api_failure_of(const char *body, size_t len, struct error *err);

#endif
