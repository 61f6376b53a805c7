/* JSON events a second through a whole dataset - read, counted by 20 features and by cohorts, compared with a reference at each window's
 * end - beside reading them alone; how long a table of 500 features takes to be refreshed, from a window's end to its rows; memory a feature.
 *
 * Processor time of one thread, the best of some rounds. With a file's name the events are written there, a line each, for others. */
#include "base/clock.h"
#include "base/mem.h"
#include "drift/rows.h"
#include "drift/tables.h"
#include "drift_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    EVENTS = 20000,
    WINDOW = 5000,
    ROUNDS = 5,
    WIDE = 500,
    OPEN =
        9984, /* rows of a window that is closed: all are counted by then, 256 at a time, which is the events' cost */
    LIMIT = 100000, /* events a second at least */
    LIMIT_MS = 5,   /* for the 500 features at most */
    LIMIT_KB = 64,  /* a feature at most: reference and one window */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add(struct drift_schema *s, const char *path, enum drift_event_role role, enum drift_type type)
{
    const struct drift_schema_field f = {.path = (char *)(uintptr_t)path, .role = role, .type = type};
    struct error err;
    if (drift_schema_add(s, &f, &err))
        fprintf(stderr, "%s\n", err.text);
}

/* One of 20 features, or of many numbers. */
static struct drift_schema make_schema(int wide)
{
    struct drift_schema s = {0};
    char path[64];
    for (int i = 0; i < wide; i++) {
        snprintf(path, sizeof path, "f%d", i);
        add(&s, path, DRIFT_EVENT_FEATURE, DRIFT_TYPE_NUMBER);
    }
    if (wide)
        return s;
    add(&s, "prediction", DRIFT_EVENT_PREDICTION, DRIFT_TYPE_NUMBER);
    add(&s, "label", DRIFT_EVENT_LABEL, DRIFT_TYPE_CATEGORY);
    for (int i = 0; i < DRIFT_EVENTS_FEATURES; i++) {
        const bool category = (i >= 6 && i <= 9) || i == 16 || i == 17;
        snprintf(path, sizeof path, "features.%s", drift_events_names[i]);
        add(&s, path, DRIFT_EVENT_FEATURE, category ? DRIFT_TYPE_CATEGORY : DRIFT_TYPE_NUMBER);
    }
    add(&s, "features.country", DRIFT_EVENT_COHORT, DRIFT_TYPE_CATEGORY);
    add(&s, "ts", DRIFT_EVENT_TIME, DRIFT_TYPE_NUMBER);
    return s;
}

static struct drift_dataset *open_dataset(const struct drift_schema *schema, int window)
{
    const struct drift_dataset_settings settings = {
        .name = "bench",
        .schema = schema,
        .window = {.by = DRIFT_WINDOW_COUNT, .size = window, .slide = window},
        .from = DRIFT_REFERENCE_FIRST,
    };
    struct error err;
    struct drift_dataset *d = drift_dataset_new(&settings, &err);
    if (!d)
        fprintf(stderr, "%s\n", err.text);
    return d;
}

/* Events a second; 0 if a window is not there. */
static double measure_dataset(const struct drift_events *events, const struct drift_schema *schema, size_t *bytes)
{
    struct drift_dataset *d = open_dataset(schema, WINDOW);
    struct drift_dataset_result r;
    size_t windows = 0, judged = 0;
    const double begin = now();
    for (int i = 0; i < EVENTS; i++) {
        drift_dataset_feed(d, 0, i, 0, events[i].text.s, events[i].text.len);
        while (drift_dataset_take(d, &r)) {
            windows++;
            judged += r.judged;
        }
    }
    const double spent = now() - begin;
    *bytes = drift_dataset_bytes(d);
    drift_dataset_free(d);
    return windows == EVENTS / WINDOW && judged ? EVENTS / spent : 0;
}

static double measure_reading(const struct drift_events *events, const struct drift_schema *schema)
{
    struct drift_event_plan *plan = NULL;
    struct error err;
    if (drift_schema_plan(schema, &plan, &err))
        return 0;
    struct drift_event *e = drift_event_new(plan);
    const double begin = now();
    for (int i = 0; i < EVENTS; i++)
        (void)drift_event_read(e, events[i].text.s, events[i].text.len, &err);
    const double rate = e->good == EVENTS ? EVENTS / (now() - begin) : 0;
    drift_event_free(e);
    drift_event_plan_free(plan);
    return rate;
}

static void feed_wide(struct drift_dataset *d, struct str *text, int64_t offset)
{
    static uint32_t seed = 1;
    str_clear(text);
    for (int i = 0; i < WIDE; i++) {
        seed = seed * 1664525 + 1013904223;
        str_printf(text, "%s\"f%d\":%.6g", i ? "," : "{", i, (seed >> 8) / 1e4);
    }
    str_char(text, '}');
    drift_dataset_feed(d, 0, offset, 0, text->s, text->len);
}

/* What a window of 500 features takes. */
struct wide {
    double compare_ms,
        rows_ms;          /* to compare it with its reference; to write its rows where they are, and commit them */
    double first_rows_ms; /* where there were none */
    size_t bytes;         /* of reference and window, a feature */
};

static void fill_window(struct drift_dataset *d, struct str *text, int rows)
{
    for (int i = 0; i < rows; i++)
        feed_wide(d, text, i);
}

/* Closes the window that is open, writes its rows. False: it was not judged. */
static bool refresh(struct drift_dataset *d, struct store *store, double *compare_ms, double *rows_ms)
{
    const struct drift_rows rows = {.store = store, .owner = store_owner(store, "bench"), .dataset = "bench"};
    struct drift_dataset_result r = {0};
    const double begin = now();
    drift_dataset_close(d, true);
    const double middle = now();
    const bool judged = drift_dataset_take(d, &r) && r.judged == WIDE && drift_rows_result(&rows, &r) > WIDE;
    store_commit(store);
    *compare_ms = (middle - begin) * 1e3;
    *rows_ms = (now() - middle) * 1e3;
    return judged;
}

static size_t bytes_a_feature(struct drift_dataset *d)
{
    struct drift_reference *window = drift_dataset_reference(d);
    size_t bytes = 0;
    for (size_t i = 0; i < window->nfeatures; i++)
        bytes += 2 * drift_profile_bytes(window->features[i].profile) + drift_edges_bytes(window->features[i].edges);
    drift_reference_unref(window);
    return bytes / WIDE;
}

/* The first window of 10,000 rows is the reference, the second one's rows are the first. */
static bool measure_wide(struct wide *w)
{
    struct drift_schema schema = make_schema(WIDE);
    struct drift_dataset *d = open_dataset(&schema, 2 * WINDOW);
    struct store *store = store_new(&clock_system);
    struct drift_dataset_result r;
    struct str text;
    double ignored;
    str_init(&text, 0);
    for (size_t i = 0; drift_tables[i]; i++)
        store_add(store, drift_tables[i], NULL, NULL, NULL);
    fill_window(d, &text, 2 * WINDOW);
    while (drift_dataset_take(d, &r))
        ;
    w->bytes = bytes_a_feature(d);
    fill_window(d, &text, OPEN);
    bool judged = refresh(d, store, &ignored, &w->first_rows_ms);
    for (int i = 0; i < ROUNDS && judged; i++) {
        struct wide round;
        fill_window(d, &text, OPEN);
        judged = refresh(d, store, &round.compare_ms, &round.rows_ms);
        if (i == 0 || round.compare_ms + round.rows_ms < w->compare_ms + w->rows_ms) {
            w->compare_ms = round.compare_ms;
            w->rows_ms = round.rows_ms;
        }
    }
    str_done(&text);
    store_free(store);
    drift_dataset_free(d);
    drift_schema_done(&schema);
    return judged;
}

static void write_events(const struct drift_events *events, const char *path)
{
    FILE *f = fopen(path, "w");
    for (int i = 0; f && i < EVENTS; i++)
        fprintf(f, "%s\n", events[i].text.s);
    if (!f || fclose(f))
        fprintf(stderr, "%s cannot be written\n", path);
}

int main(int argc, char **argv)
{
    struct drift_events *events = drift_events_make(EVENTS, false);
    struct drift_schema schema = make_schema(0);
    double all = 0, reading = 0;
    struct wide wide = {0};
    size_t bytes = 0;
    for (int i = 0; i < ROUNDS; i++) {
        const double a = measure_dataset(events, &schema, &bytes), b = measure_reading(events, &schema);
        all = a > all ? a : all;
        reading = b > reading ? b : reading;
    }
    const bool judged = measure_wide(&wide);
    const double refreshed_ms = wide.compare_ms + wide.rows_ms;
    printf("events of 20 features through a dataset with cohorts and a label: %.0f/s (limit %d), %.1f M cells/s\n", all,
           LIMIT, all * 22 / 1e6);
    printf("reading them alone: %.0f/s; the dataset takes %.2f times that\n", reading, reading / all);
    printf("a table of %d features refreshed: %.2f ms (limit %d ms): %.2f ms compared, %.2f ms its rows written; "
           "%.2f ms where there were no rows\n",
           WIDE, refreshed_ms, LIMIT_MS, wide.compare_ms, wide.rows_ms, wide.first_rows_ms);
    printf("a feature's reference and window: %zu bytes (%.2f of %d kB)\n", wide.bytes,
           (double)wide.bytes / 1024 / LIMIT_KB, LIMIT_KB);
    if (argc > 1)
        write_events(events, argv[1]);
    drift_events_free(events, EVENTS);
    drift_schema_done(&schema);
    const bool quick = judged && refreshed_ms <= LIMIT_MS, small = wide.bytes <= LIMIT_KB * 1024;
    return all >= LIMIT && quick && small ? 0 : 1;
}
