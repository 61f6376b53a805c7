/* What others computed, read: an Evidently report of many columns beside what jansson takes for a tree of the same text, with the
 * memory that it takes meanwhile; and whylogs' recorded profile, columns a second.
 *
 * Processor time of one thread, the best of some rounds. */
#include "base/mem.h"
#include "base/str.h"
#include "drift/foreign.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
    COLUMNS = 20000,
    ROUNDS = 5,
    PROFILES = 200, /* reads of the profile in a round */
    RATIO = 3,      /* times jansson's tree alone, at most */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put_side(struct str *s, const char *name, int seed)
{
    str_printf(s, "\"%s\":{\"small_distribution\":{\"x\":[", name);
    for (int i = 0; i <= 10; i++)
        str_printf(s, "%s%.17g", i ? "," : "", i + seed / 7.0);
    str_add(s, "],\"y\":[");
    for (int i = 0; i < 10; i++)
        str_printf(s, "%s%.17g", i ? "," : "", (i + seed % 3) / 77.0);
    str_add(s, "]}}");
}

static void make(struct str *s)
{
    str_add(s, "{\"version\":\"0.6.7\",\"timestamp\":\"2026-01-01 "
               "00:00:00\",\"metrics\":[{\"metric\":\"DataDriftTable\",\"result\":{"
               "\"drift_by_columns\":{");
    for (int i = 0; i < COLUMNS; i++) {
        str_printf(s,
                   "%s\"column_%d\":{\"column_name\":\"column_%d\",\"column_type\":\"num\",\"stattest_name\":\"PSI\","
                   "\"stattest_threshold\":0.1,\"drift_score\":%s,\"drift_detected\":false,",
                   i ? "," : "", i, i, i % 10 ? "0.0123456789" : "NaN");
        put_side(s, "current", i);
        str_char(s, ',');
        put_side(s, "reference", i + 1);
        str_char(s, '}');
    }
    str_add(s, "}}}]}");
}

static double ours(const char *bytes, size_t len, int times, size_t *found)
{
    double begin = now();
    for (int i = 0; i < times; i++) {
        struct drift_verdicts *v;
        struct error err;
        if (drift_foreign_read("it", bytes, len, &v, &err) != 0) {
            (void)fprintf(stderr, "%s\n", err.text);
            exit(1);
        }
        *found = v->verdicts.n + v->columns.n;
        drift_verdict_free(v);
    }
    return now() - begin;
}

static double tree(const char *bytes, size_t len)
{
    double begin = now();
    json_t *root = json_loadb(bytes, len, 0, NULL);
    if (!root)
        exit(1);
    json_decref(root);
    return now() - begin;
}

static void profiles(void)
{
    char *path = mem_printf("%s/drift/foreign/whylogs-1.6.4.bin", getenv("TEST_DATA")), bytes[256 * 1024];
    FILE *f = fopen(path, "rb");
    size_t len = f ? fread(bytes, 1, sizeof bytes, f) : 0, found = 0;
    if (!len) {
        (void)fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    (void)fclose(f);
    free(path);
    double best = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        double t = ours(bytes, len, PROFILES, &found);
        best = t < best ? t : best;
    }
    printf("whylogs profile of %zu columns, %zu bytes: %.0f columns/s, %.0f MB/s\n", found, len,
           (double)found * PROFILES / best, (double)len * PROFILES / best / 1e6);
}

int main(void)
{
    struct str with = {0};
    make(&with);
    char *without = mem_memdup(with.s, with.len); /* jansson takes no NaN */
    for (char *p = without; (p = strstr(p, "NaN")); p++)
        memcpy(p, "0.1", 3);
    double best = 1e9, plain = 1e9;
    size_t found = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double t = tree(without, with.len);
        plain = t < plain ? t : plain;
        t = ours(with.s, with.len, 1, &found);
        best = t < best ? t : best;
    }
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("Evidently report of %zu columns, %.1f MB: %.3f s, %.0f MB/s, %.0f columns/s; %.2f times jansson's tree\n",
           found, (double)with.len / 1e6, best, (double)with.len / best / 1e6, (double)found / best, best / plain);
    printf("resident at most: %.1f times the text\n", (double)usage.ru_maxrss * 1024 / (double)with.len);
    bool good = found == COLUMNS && best < RATIO * plain;
    profiles();
    str_done(&with);
    free(without);
    return good ? 0 : 1;
}
