/* JSON events a second with 20 features of some 500 bytes, parsed and taken apart by a plan; beside what jansson takes to make and free
 * a tree of the same, and beside memchr over the same bytes.
 *
 * Processor time of one thread, the best of some rounds. */
#include "base/mem.h"
#include "base/str.h"
#include "drift/event.h"
#include "drift_events.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    EVENTS = 20000,
    ROUNDS = 5,
    WANTS = 24,
    LIMIT = 100000, /* events a second at least */
    RATIO = 2,      /* times jansson's tree alone, at least */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct drift_event_plan *make_plan(void)
{
    static const struct drift_event_want others[] = {{"ts", DRIFT_EVENT_TIME},
                                                     {"prediction", DRIFT_EVENT_PREDICTION, DRIFT_EVENT_NUMBERS},
                                                     {"label", DRIFT_EVENT_LABEL},
                                                     {"features.country", DRIFT_EVENT_COHORT}};
    struct drift_event_want wants[WANTS];
    char paths[20][64];
    struct drift_event_plan *plan = NULL;
    struct error err;
    memcpy(wants, others, sizeof others);
    for (int i = 0; i < 20; i++) {
        snprintf(paths[i], sizeof paths[i], "$.features.%s", drift_events_names[i]);
        wants[4 + i] = (struct drift_event_want){.path = paths[i]};
    }
    if (drift_event_plan_new(wants, WANTS, &plan, &err))
        fprintf(stderr, "%s\n", err.text);
    return plan;
}

/* Each returns events a second, 0 if one went wrong. */

static double measure_events(const struct drift_events *events, const struct drift_event_plan *plan)
{
    struct drift_event *e = drift_event_new(plan);
    struct error err;
    size_t present = 0;
    const double begin = now();
    for (int i = 0; i < EVENTS; i++) {
        if (drift_event_read(e, events[i].text.s, events[i].text.len, &err))
            fprintf(stderr, "%s\n", err.text);
        for (size_t w = 0; w < WANTS; w++)
            present += drift_event_get(e, w)->kind != DRIFT_EVENT_MISSING;
    }
    const double spent = now() - begin;
    drift_event_free(e);
    return present == (size_t)EVENTS * WANTS ? EVENTS / spent : 0;
}

static double measure_jansson(const struct drift_events *events)
{
    size_t good = 0;
    const double begin = now();
    for (int i = 0; i < EVENTS; i++) {
        json_t *j = json_loadb(events[i].text.s, events[i].text.len, JSON_DECODE_INT_AS_REAL, NULL);
        good += j != NULL;
        json_decref(j);
    }
    return good == EVENTS ? EVENTS / (now() - begin) : 0;
}

static double measure_memchr(const struct drift_events *events)
{
    size_t found = 0;
    const double begin = now();
    for (int i = 0; i < EVENTS; i++)
        found += memchr(events[i].text.s, '\n', events[i].text.len) != NULL;
    return found ? 0 : EVENTS / (now() - begin);
}

int main(void)
{
    struct drift_events *plain = drift_events_make(EVENTS, false), *nan = drift_events_make(EVENTS, true);
    struct drift_event_plan *plan = make_plan();
    double ours = 0, with_nan = 0, tree = 0, bytes = 0;
    for (int i = 0; i < ROUNDS && plan; i++) {
        const double a = measure_events(plain, plan), b = measure_events(nan, plan), c = measure_jansson(plain),
                     d = measure_memchr(plain);
        ours = a > ours ? a : ours;
        with_nan = b > with_nan ? b : with_nan;
        tree = c > tree ? c : tree;
        bytes = d > bytes ? d : bytes;
    }
    printf("events of 20 features, %zu bytes: %.0f/s (limit %d), %.1f M values/s, %.0f MB/s\n", plain->text.len, ours,
           LIMIT, ours * 20 / 1e6, ours * (double)plain->text.len / 1e6);
    printf("with a NaN in each: %.0f/s\n", with_nan);
    printf("jansson's tree alone: %.0f/s (%.1f times, limit %d); memchr: %.0f/s (1/%.0f)\n", tree, ours / tree, RATIO,
           bytes, bytes / ours);
    drift_events_free(plain, EVENTS);
    drift_events_free(nan, EVENTS);
    drift_event_plan_free(plan);
    return ours >= LIMIT && ours >= RATIO * tree ? 0 : 1;
}
