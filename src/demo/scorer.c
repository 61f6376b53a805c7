/* Requests, second by second, by expectation: counts are what of them has been completed. */
#include "demo/scorer.h"

#include "base/mem.h"
#include "demo/plan.h"

#include <math.h>
#include <stdlib.h>

enum {
    SLOT_S = 5, /* of what is remembered for looking back */
    SLOTS = (DEMO_SCORER_PAST_S + 2 * DEMO_SCORER_WINDOW_S) / SLOT_S,
    ERRORS_CYCLE_S = 90,
    ERRORS_BEGIN_S = 15,
    ERRORS_END_S = 40,
    SWING_S = 120,
};

#define USUAL_S      0.018 /* scales, in seconds */
#define SLOW_S       0.45
#define USUAL_MEAN   (USUAL_S * 1.1107207) /* pi / 4 / sin(pi / 4) */
#define SLOW_MEAN    (SLOW_S * 1.2091996)  /* pi / 3 / sin(pi / 3) */
#define SLOW_AT_BEST 0.004
#define RATE_S       420.0 /* of payments.transactions */
#define SWING        0.2
#define ERROR_RATIO  0.09

/* What becomes of a process: after cycle_s it is another one, the last down_s of which there is none. */
struct plan {
    int cycle_s, down_s;
    int at_s;    /* where in the cycle the demo begins */
    double leak; /* the share of slow requests at the end */
};

static const struct plan plans[DEMO_SCORER_PROCESSES] = {
    {.cycle_s = 36000, .down_s = 0, .at_s = 9000, .leak = 0.002},
    {.cycle_s = 300, .down_s = 30, .at_s = 75, .leak = 0.05},
    {.cycle_s = 240, .down_s = 0, .at_s = 195, .leak = 0.001},
};

static const double bounds[DEMO_SCORER_BOUNDS] = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,    0.5,
                                                  0.75,  1,    2.5,   5,    7.5,   10,  INFINITY};

/* Requests of some time: how many were between each bound and the one before, in all, how many failed, how long all took
 * together. */
struct requests {
    double between[DEMO_SCORER_BOUNDS], n;
    double failed, sum_s;
};

struct process {
    struct requests since_start;
    struct requests slots[SLOTS];
    double rate; /* of this second */
};

struct demo_scorer {
    uint64_t seed;
    int64_t second; /* that was played last */
    struct process processes[DEMO_SCORER_PROCESSES];
};

/* ---- the script ---- */

/* Seconds since a process began, or since the one before it did. */
static int age_of(const struct plan *p, int64_t second)
{
    int64_t age = (second + p->at_s) % p->cycle_s;
    return (int)(age < 0 ? age + p->cycle_s : age);
}

bool demo_scorer_runs(int process, int64_t second)
{
    const struct plan *p = &plans[process];
    return age_of(p, second) < p->cycle_s - p->down_s;
}

static double slow_share(const struct plan *p, int64_t second)
{
    double life = (double)age_of(p, second) / (p->cycle_s - p->down_s);
    return SLOW_AT_BEST + p->leak * life * life;
}

static bool has_errors(int64_t second)
{
    int64_t at = second % ERRORS_CYCLE_S;
    at = at < 0 ? at + ERRORS_CYCLE_S : at;
    return at >= ERRORS_BEGIN_S && at < ERRORS_END_S;
}

static double rate_of_all(int64_t second)
{
    return RATE_S * (1 + SWING * sin(2 * M_PI * (double)second / SWING_S));
}

/* ---- seconds ---- */

static double share_within(double bound, double slow)
{
    double usual = USUAL_S / bound, late = SLOW_S / bound;
    usual *= usual;
    return (1 - slow) / (1 + usual * usual) + slow / (1 + late * late * late);
}

static void add(struct requests *to, double n, double failed, double slow)
{
    double before = 0;
    for (int i = 0; i < DEMO_SCORER_BOUNDS; i++) {
        double within = n * share_within(bounds[i], slow);
        to->between[i] += within - before;
        before = within;
    }
    to->n += n;
    to->failed += failed;
    to->sum_s += n * ((1 - slow) * USUAL_MEAN + slow * SLOW_MEAN);
}

static size_t slot_of(int64_t second)
{
    return (size_t)((second + DEMO_SCORER_PAST_S) / SLOT_S) % SLOTS;
}

static void play(struct demo_scorer *s, int i, int64_t second, int running)
{
    const struct plan *plan = &plans[i];
    struct process *p = &s->processes[i];
    struct requests *slot = &p->slots[slot_of(second)];
    p->rate = 0;
    if (second % SLOT_S == 0)
        *slot = (struct requests){0};
    if (age_of(plan, second) == 0)
        p->since_start = (struct requests){0};
    if (!demo_scorer_runs(i, second))
        return;
    p->rate = rate_of_all(second) / running * (0.9 + 0.2 * demo_plan_chance(s->seed, DEMO_SCORER_JOB, second * 8 + i));
    double failed = has_errors(second) ? p->rate * ERROR_RATIO : 0, slow = slow_share(plan, second);
    add(&p->since_start, p->rate, failed, slow);
    add(slot, p->rate, failed, slow);
}

void demo_scorer_step(struct demo_scorer *s, int64_t ms)
{
    while (s->second < ms / 1000) {
        int running = 0;
        s->second++;
        for (int i = 0; i < DEMO_SCORER_PROCESSES; i++)
            running += demo_scorer_runs(i, s->second);
        for (int i = 0; i < DEMO_SCORER_PROCESSES; i++)
            play(s, i, s->second, running);
    }
}

struct demo_scorer *demo_scorer_new(uint64_t seed)
{
    struct demo_scorer *s = mem_new(struct demo_scorer);
    s->seed = seed;
    s->second = -DEMO_SCORER_PAST_S - 1;
    demo_scorer_step(s, 0);
    return s;
}

void demo_scorer_free(struct demo_scorer *s)
{
    free(s);
}

/* ---- what it tells ---- */

#define SERVICE "service_name=\"fraud-scorer\",service_version=\"v7\",endpoint=\"score\""

/* Requests that are under way, by Little's law. */
static double in_progress(const struct process *p, double slow)
{
    return floor(p->rate * ((1 - slow) * USUAL_MEAN + slow * SLOW_MEAN) + 0.5);
}

static void write_process(const struct demo_scorer *s, int i, int64_t begin_wall_ms, struct demo_exposition *e)
{
    int age = age_of(&plans[i], s->second);
    double life = (double)age / plans[i].cycle_s, count = s->processes[i].since_start.n;
    demo_exposition_family(e, DEMO_EXPOSITION_INFO, "fraud_model", "", "The model that is loaded.");
    demo_exposition_value(e, "model=\"fraud-gbt\",version=\"2026-11-02\"", 1);
    demo_exposition_family(e, DEMO_EXPOSITION_GAUGE, "process_start_time_seconds", "seconds",
                           "When the process began, since 1970.");
    demo_exposition_value(e, "", floor((double)begin_wall_ms / 1000) + (double)(s->second - age));
    demo_exposition_family(e, DEMO_EXPOSITION_GAUGE, "process_resident_memory_bytes", "bytes", "Resident memory.");
    demo_exposition_value(e, "", floor(6.1e8 + (plans[i].leak > 0.01 ? 3.4e9 : 2e7) * life * life));
    demo_exposition_family(e, DEMO_EXPOSITION_COUNTER, "process_cpu_seconds", "seconds", "Processor time.");
    demo_exposition_value(e, "", floor(count * 0.4) / 100);
}

void demo_scorer_write(const struct demo_scorer *s, int process, int64_t begin_wall_ms, struct demo_exposition *e)
{
    const struct process *p = &s->processes[process];
    double counts[DEMO_SCORER_BOUNDS], failed = floor(p->since_start.failed);
    for (int i = 0; i < DEMO_SCORER_BOUNDS;
         i++) /* whole ones between bounds: no bucket ever grows more than the next */
        counts[i] = (i ? counts[i - 1] : 0) + floor(p->since_start.between[i]);
    demo_exposition_family(e, DEMO_EXPOSITION_COUNTER, "bentoml_service_request", "", "Requests that ended.");
    demo_exposition_value(e, SERVICE ",http_response_code=\"200\"", counts[DEMO_SCORER_BOUNDS - 1] - failed);
    demo_exposition_value(e, SERVICE ",http_response_code=\"503\"", failed);
    demo_exposition_family(e, DEMO_EXPOSITION_GAUGE, "bentoml_service_request_in_progress", "",
                           "Requests that are under way.");
    demo_exposition_value(e, SERVICE, in_progress(p, slow_share(&plans[process], s->second)));
    demo_exposition_family(e, DEMO_EXPOSITION_HISTOGRAM, "bentoml_service_request_duration_seconds", "seconds",
                           "How long requests took.");
    const struct demo_exposition_histogram h = {bounds, counts, DEMO_SCORER_BOUNDS, p->since_start.sum_s};
    demo_exposition_buckets(e, SERVICE, &h);
    write_process(s, process, begin_wall_ms, e);
}

/* ---- looking back ---- */

/* What ended in the window, in whole slots. */
static struct requests window(const struct demo_scorer *s, int process, int64_t second)
{
    struct requests sum = {0};
    int64_t slots = (second + DEMO_SCORER_PAST_S) / SLOT_S, end = slots * SLOT_S - DEMO_SCORER_PAST_S;
    for (int i = 0; i < DEMO_SCORER_PROCESSES; i++) {
        if (process != DEMO_SCORER_ALL && process != i)
            continue;
        for (int64_t at = end - DEMO_SCORER_WINDOW_S; at < end; at += SLOT_S) {
            if (at < -DEMO_SCORER_PAST_S || at > s->second || at <= s->second - SLOTS * SLOT_S)
                continue;
            const struct requests *slot = &s->processes[i].slots[slot_of(at)];
            for (int k = 0; k < DEMO_SCORER_BOUNDS; k++)
                sum.between[k] += slot->between[k];
            sum.n += slot->n;
            sum.failed += slot->failed;
        }
    }
    return sum;
}

/* A process that does not run has no series. */
static bool is_there(int process, int64_t second)
{
    return process == DEMO_SCORER_ALL || demo_scorer_runs(process, second);
}

/* PromQL's histogram_quantile, for what is in order already. */
double demo_scorer_quantile(const struct demo_scorer *s, int process, double q, int64_t second)
{
    const struct requests r = window(s, process, second);
    double rank = q * r.n, below = 0;
    int b = 0;
    if (r.n <= 0 || !is_there(process, second))
        return NAN;
    for (; b < DEMO_SCORER_BOUNDS - 1 && below + r.between[b] < rank; b++)
        below += r.between[b];
    double from = b ? bounds[b - 1] : 0;
    return b == DEMO_SCORER_BOUNDS - 1 ? from : from + (bounds[b] - from) * (rank - below) / r.between[b];
}

double demo_scorer_rate(const struct demo_scorer *s, int process, int64_t second)
{
    const struct requests r = window(s, process, second);
    return is_there(process, second) ? r.n / DEMO_SCORER_WINDOW_S : NAN;
}

double demo_scorer_error_ratio(const struct demo_scorer *s, int process, int64_t second)
{
    const struct requests r = window(s, process, second);
    return r.n > 0 && is_there(process, second) ? r.failed / r.n : NAN;
}
