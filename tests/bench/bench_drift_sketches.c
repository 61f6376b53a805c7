/* Values a second that the sketches take in, beside what summing the same array costs (the least that reading every value
 * can cost) and memchr over its bytes.
 *
 * bench-drift-sketches [VALUES]: processor time, the best of some rounds; batches of 4,096 values, as a reader hands
 * them on. */
#include "base/mem.h"
#include "drift/frequent.h"
#include "drift/histogram.h"
#include "drift/hll.h"
#include "drift/kll_view.h"
#include "drift/moments.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 7, BATCH = 4096, VALUES = 2000000 };

struct bench {
    const double *values;
    size_t n;
    double sum_rate; /* of the plain sum */
    char *bytes;     /* as many bytes without 0xff */
};

typedef void add_fn(void *state, const double *values, size_t n);

static volatile double sink;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Values a second of the best round. */
static double rate(const struct bench *b, add_fn *add, void *state)
{
    double best = INFINITY;
    for (int r = 0; r < ROUNDS; r++) {
        double start = now();
        for (size_t at = 0; at < b->n; at += BATCH)
            add(state, b->values + at, b->n - at < BATCH ? b->n - at : BATCH);
        double took = now() - start;
        best = took < best ? took : best;
    }
    return (double)b->n / best;
}

static void say(const struct bench *b, const char *name, double values, size_t bytes)
{
    printf("%-34s %9.1f M values/s  %6.2f ns  %5.3f of a sum", name, values / 1e6, 1e9 / values, values / b->sum_rate);
    if (bytes)
        printf("  %zu bytes", bytes);
    printf("\n");
}

static void add_sum(void *state, const double *values, size_t n)
{
    double sum[4] = {0};
    for (size_t i = 0; i + 4 <= n; i += 4)
        for (int lane = 0; lane < 4; lane++)
            sum[lane] += values[i + (size_t)lane];
    *(double *)state += sum[0] + sum[1] + sum[2] + sum[3];
}

static void add_memchr(void *state, const double *values, size_t n)
{
    const struct bench *b = state;
    sink = memchr(b->bytes + (values - b->values) * sizeof *values, 0xff, n * sizeof *values) != NULL;
}

static void add_histogram(void *state, const double *values, size_t n)
{
    drift_histogram_add(state, values, n);
}

static void add_moments(void *state, const double *values, size_t n)
{
    drift_moments_add(state, values, n);
}

static void add_kll(void *state, const double *values, size_t n)
{
    drift_kll_add(state, values, n);
}

static void add_kll_singly(void *state, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        drift_kll_add(state, values + i, 1);
}

static void bench_kll(const struct bench *b, unsigned k)
{
    char name[64];
    struct drift_kll s;
    drift_kll_init(&s, k);
    snprintf(name, sizeof name, "KLL, k %u", k);
    double values = rate(b, add_kll, &s);
    say(b, name, values, drift_kll_bytes(&s));
    snprintf(name, sizeof name, "KLL, k %u, one at a time", k);
    say(b, name, rate(b, add_kll_singly, &s), 0);
    enum { TIMES = 2000, SPLITS = 30 };
    double at[SPLITS], shares[SPLITS + 1], start = now();
    for (int i = 0; i < SPLITS; i++)
        at[i] = i / 30.0;
    for (int t = 0; t < TIMES; t++) {
        struct drift_kll_view v;
        drift_kll_view_init(&v, &s);
        drift_kll_view_pmf(&v, at, SPLITS, false, shares);
        sink = shares[3];
        drift_kll_view_done(&v);
    }
    printf("KLL, k %u: view and 30 splits       %.2f us\n", k, (now() - start) / TIMES * 1e6);
    drift_kll_done(&s);
}

static void add_hll(void *state, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        drift_hll_add_double(state, values[i]);
}

/* One of some 400 names, few of them often. */
static void add_frequent(void *state, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char name[] = "category ...";
        int number = (int)(values[i] * 100) + 500;
        number = number < 0 ? 0 : number > 999 ? 999 : number;
        for (int at = 11; at >= 9; at--, number /= 10)
            name[at] = (char)('0' + number % 10);
        drift_frequent_add(state, name, sizeof name - 1, 1);
    }
}

static void bench_others(const struct bench *b)
{
    struct drift_hll h;
    struct drift_frequent f;
    drift_hll_init(&h, DRIFT_HLL_LG);
    drift_frequent_init(&f, DRIFT_FREQUENT_LG);
    double values = rate(b, add_hll, &h);
    say(b, "HLL, lg 12, doubles", values, drift_hll_bytes(&h));
    values = rate(b, add_frequent, &f);
    say(b, "frequent items, lg 8, names", values, drift_frequent_bytes(&f));
    drift_hll_done(&h);
    drift_frequent_done(&f);
}

static void bench_histogram(const struct bench *b, const char *name, struct drift_edges *e)
{
    struct drift_histogram h;
    drift_histogram_init(&h, e);
    double values = rate(b, add_histogram, &h);
    say(b, name, values, drift_histogram_bytes(&h) + drift_edges_bytes(e));
    drift_histogram_done(&h);
    drift_edges_free(e);
}

static struct drift_edges *equal_edges(size_t bins, bool open)
{
    double edges[65];
    struct drift_edges *e;
    for (size_t i = 0; i <= bins; i++)
        edges[i] = (double)i / (double)bins;
    return drift_edges_new(&e, edges, bins, open, NULL) == 0 ? e : NULL;
}

static struct drift_edges *quantile_edges(const double *values, size_t n, size_t bins)
{
    struct drift_edges *e;
    return drift_edges_quantiles(&e, values, n, bins, NULL) == 0 ? e : NULL;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : VALUES;
    double *uniform = mem_calloc(n, sizeof *uniform), *normal = mem_calloc(n, sizeof *normal);
    uint64_t random = 1;
    for (size_t i = 0; i < n; i++) {
        uniform[i] = (double)(next(&random) >> 11) * 0x1p-53;
        double u = 1 - uniform[i], v = (double)(next(&random) >> 11) * 0x1p-53;
        normal[i] = sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
    }
    struct bench b = {.values = uniform, .n = n};
    double total = 0;
    b.sum_rate = rate(&b, add_sum, &total);
    b.bytes = mem_alloc(n * sizeof *uniform);
    memset(b.bytes, 1, n * sizeof *uniform);
    say(&b, "sum", b.sum_rate, 0);
    say(&b, "memchr over the bytes", rate(&b, add_memchr, &b), 0);
    static const size_t bins[] = {10, 30, 64};
    for (int i = 0; i < 3; i++) {
        char name[64];
        snprintf(name, sizeof name, "histogram, %zu equal bins, open", bins[i]);
        bench_histogram(&b, name, equal_edges(bins[i], true));
    }
    bench_histogram(&b, "histogram, 64 equal bins, closed", equal_edges(64, false));
    struct bench norm = {.values = normal, .n = n, .sum_rate = b.sum_rate};
    bench_histogram(&norm, "histogram, deciles of a normal", quantile_edges(normal, 10000, 10));
    bench_histogram(&norm, "histogram, 64 quantiles of it", quantile_edges(normal, 10000, 64));
    struct drift_moments m = {0};
    say(&norm, "moments", rate(&norm, add_moments, &m), sizeof m);
    bench_kll(&norm, DRIFT_KLL_K);
    bench_kll(&norm, 1024);
    bench_others(&norm);
    sink = total + m.mean;
    free(b.bytes);
    free(uniform);
    free(normal);
    return 0;
}
