/* What it costs to compare features with their reference: PSI, Jensen-Shannon, chi-square, D with its p, and Wasserstein of as many
 * points as a quantile sketch holds. Prints the time of a table of 500 features, and of what is asked once for a reference.
 * Fails above the limits. */
#include "base/mem.h"
#include "drift/chi_square.h"
#include "drift/ks.h"
#include "drift/null.h"
#include "drift/null_psi.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FEATURES = 500, BINS = 10, POINTS = 500, ROWS = 100000, ROUNDS = 20 };
/* For all features. A refreshed table is to be there within 5 ms: by counts it is. */
#define COUNTS_MS  5.0
#define SAMPLES_MS 25.0

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

struct feature {
    uint64_t reference[BINS], current[BINS];
    double values[2][POINTS];
    uint64_t upto[2][POINTS];
};

static void fill(struct feature *f, uint64_t *seed)
{
    for (int side = 0; side < 2; side++) {
        double at = 0;
        for (size_t i = 0; i < POINTS; i++) {
            *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            at += (double)(*seed >> 40);
            f->values[side][i] = at;
            f->upto[side][i] = (i + 1) * (ROWS / POINTS);
            (side ? f->current : f->reference)[(*seed >> 33) % BINS] += ROWS / POINTS;
        }
    }
}

struct cost {
    double counts_ms, samples_ms, sum; /* sum: of all values, so that none is left out */
};

static void compare(const struct feature *features, struct cost *c)
{
    double start = now_ms(), value;
    for (size_t i = 0; i < FEATURES; i++) {
        const struct drift_distance_sides s = {features[i].reference, features[i].current, BINS};
        struct drift_chi_square chi;
        if (drift_distance_psi(&s, DRIFT_DISTANCE_EVIDENTLY, NULL, &value) == DRIFT_STATE_OK)
            c->sum += value;
        if (drift_distance_js(&s, DRIFT_DISTANCE_NAT, &value) == DRIFT_STATE_OK)
            c->sum += value;
        if (drift_chi_square_contingency(&s, false, &chi) == DRIFT_STATE_OK)
            c->sum += chi.p;
        c->sum += drift_null_line(DRIFT_METHOD_PSI, 1e-4, BINS, ROWS, ROWS);
    }
    double middle = now_ms();
    for (size_t i = 0; i < FEATURES; i++) {
        const struct drift_sample a = {features[i].values[0], features[i].upto[0], POINTS};
        const struct drift_sample b = {features[i].values[1], features[i].upto[1], POINTS};
        struct drift_sample_distance d;
        struct drift_ks ks;
        if (drift_sample_distance(&a, &b, &d) == DRIFT_STATE_OK &&
            drift_ks_p(d.d, ROWS, ROWS, DRIFT_KS_AUTO, &ks) == DRIFT_STATE_OK)
            c->sum += d.wasserstein + ks.p;
    }
    c->counts_ms += (middle - start) / ROUNDS;
    c->samples_ms += (now_ms() - middle) / ROUNDS;
}

static void once(const struct feature *f)
{
    const struct drift_sample a = {f->values[0], f->upto[0], POINTS};
    double start = now_ms(), line;
    drift_null_psi(f->reference, BINS, 200, 1e-4, &line);
    double middle = now_ms();
    drift_null_wasserstein(&a, 1e-4, 200, &line);
    double end = now_ms();
    struct drift_ks ks;
    drift_ks_p(0.03, 10000, 9999, DRIFT_KS_EXACT, &ks);
    printf("once: PSI's line for few rows %.2f ms, Wasserstein's line %.3f ms; exact p of 10,000 and 9,999 rows %.2f "
           "ms\n",
           middle - start, end - middle, now_ms() - end);
}

int main(void)
{
    struct feature *features = mem_calloc(FEATURES, sizeof *features);
    uint64_t seed = 1;
    struct cost c = {0};
    for (size_t i = 0; i < FEATURES; i++)
        fill(&features[i], &seed);
    for (int i = 0; i < ROUNDS; i++)
        compare(features, &c);
    printf("%d features: counts of %d bins %.3f ms (at most %.0f), two samples of %d points %.3f ms (at most %.0f); "
           "sum %g\n",
           FEATURES, BINS, c.counts_ms, COUNTS_MS, POINTS, c.samples_ms, SAMPLES_MS, c.sum);
    once(features);
    free(features);
    return c.counts_ms > COUNTS_MS || c.samples_ms > SAMPLES_MS;
}
