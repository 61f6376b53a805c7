/* The demo's inference service: it scores what is written to payments.transactions, in three processes. One of them leaks, so
 * that its slow requests become more and more until it is killed and, after a while, started anew; one is deployed anew every few
 * minutes, between two scrapes; now and then all of them get errors from what they ask.
 *
 * Latency is a mixture of two log-logistic distributions, F(x) = 1 / (1 + (scale / x) ^ shape): the usual one, and that of
 * requests that wait; their share is what grows. It is what it is at a time: by the seed, however often it is moved on. */
#ifndef DEMO_SCORER_H
#define DEMO_SCORER_H

#include "demo/exposition.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    DEMO_SCORER_PROCESSES = 3,
    DEMO_SCORER_BOUNDS = 15,   /* of the histogram of durations, with +Inf */
    DEMO_SCORER_PAST_S = 3600, /* how long it has been running at the beginning */
    DEMO_SCORER_WINDOW_S = 60, /* what rates and quantiles are told over */
    DEMO_SCORER_ALL = -1,      /* all processes together */
};

#define DEMO_SCORER_JOB "fraud-scorer"

struct demo_scorer;

/* As it is at the beginning of the demo. */
struct demo_scorer *demo_scorer_new(uint64_t seed);
void demo_scorer_free(struct demo_scorer *s); /* NULL is allowed */
/* Moves it on to a time of the demo, second by second. */
void demo_scorer_step(struct demo_scorer *s, int64_t ms);

/* Is a process running at a time? */
bool demo_scorer_runs(int process, int64_t second);
/* Appends what a process tells of itself. begin_wall_ms: when the demo began. */
void demo_scorer_write(const struct demo_scorer *s, int process, int64_t begin_wall_ms, struct demo_exposition *e);

/* What a Prometheus server would make of it, over the window before a time that is at most DEMO_SCORER_PAST_S back. process may be
 * DEMO_SCORER_ALL. NaN where there was no request. */
double demo_scorer_quantile(const struct demo_scorer *s, int process, double q, int64_t second);
double demo_scorer_rate(const struct demo_scorer *s, int process, int64_t second);
double demo_scorer_error_ratio(const struct demo_scorer *s, int process, int64_t second);

#endif
