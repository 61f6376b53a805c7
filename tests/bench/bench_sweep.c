/* What it costs to read the committed offsets of all groups: from a hundred to thirty thousand, ten partitions each, against
 * the scripted cluster, without a cap; and the ends of 100,000 partitions. Prints cost by group and its ratio to the cost
 * at a thousand groups: linear is 1. The broker's own work is within the times, as it runs in this process. */
#include "base/mem.h"
#include "demo/script.h"
#include "demo/thread.h"
#include "kafka/source.h"
#include "kafka/tables.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARTITIONS = 10, LIMIT_S = 120, FIRST_PICTURE_S = 10, WORST_RATIO = 3 };

struct cost {
    double wall_s, cpu_s;
    uint64_t requests;
    long rss_kb;
};

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long rss_kb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return pages * 4;
}

static bool is_ready(struct store *store)
{
    const struct table *t = store_find(store, "sources");
    for (const struct row *r = table_first(t); r; r = row_next(r))
        if (row_get(r, SOURCES_STATE).quality && strcmp(row_get(r, SOURCES_STATE).s->raw, "ok") == 0)
            return true;
    return false;
}

static uint64_t requests(struct demo_thread *thread)
{
    uint64_t n = demo_broker_requests(demo_thread_pause(thread), -1, -1);
    demo_thread_resume(thread);
    return n;
}

/* From nothing to the first complete picture. */
static bool sweep(int groups, struct cost *ret)
{
    struct error err;
    struct demo_world *world = demo_world_new(3, "bench");
    demo_script_scale(world, groups, PARTITIONS);
    struct demo_thread *thread = demo_thread_start(world, &err);
    if (!thread) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    struct event_base *base = event_base_new();
    struct store *store = store_new(&clock_system);
    struct scheduler *scheduler = scheduler_new(base, store);
    char *name = mem_strdup("bench"), *bootstrap = mem_strdup(demo_thread_bootstrap(thread));
    struct conf_cluster conf = {
        .name = name,
        .bootstrap = bootstrap,
        .interval_ms = 5000,
        .deadline_ms = 60000,
        .max_interval_ms = 60000,
        .starts_interval_ms = 300000,
        .max_groups = 100000,
        .max_partitions = 500000,
        .max_in_flight = 200,
    };
    long before_kb = rss_kb();
    double cpu = cpu_s();
    int64_t begun = clock_mono_us(&clock_system);
    struct kafka_source *source = kafka_source_new(base, store, &conf, NULL);
    struct source_settings settings = kafka_source_settings(&conf);
    scheduler_add(scheduler, kafka_source_name(source), name, &kafka_source_ops, source, &settings);
    while (!is_ready(store) && clock_mono_us(&clock_system) - begun < LIMIT_S * INT64_C(1000000)) {
        struct timeval moment = {.tv_usec = 5000};
        event_base_loopexit(base, &moment);
        event_base_dispatch(base);
    }
    bool ready = is_ready(store);
    *ret = (struct cost){.wall_s = (double)(clock_mono_us(&clock_system) - begun) / 1e6,
                         .cpu_s = cpu_s() - cpu,
                         .requests = requests(thread),
                         .rss_kb = rss_kb() - before_kb};
    scheduler_free(scheduler);
    store_free(store);
    event_base_free(base);
    demo_thread_stop(thread);
    demo_world_free(world);
    free(bootstrap);
    free(name);
    return ready;
}

/* The ends of so many partitions, asked as a round asks for them. */
static bool ends(int groups, double *wall_s, size_t *n)
{
    struct error err;
    struct demo_world *world = demo_world_new(3, "bench");
    demo_script_scale(world, groups, PARTITIONS);
    struct demo_thread *thread = demo_thread_start(world, &err);
    if (!thread)
        return false;
    struct kafka_arena arena = {0};
    struct kafka_metadata md;
    struct kafka_admin *a = NULL;
    struct kafka_budget budget = {.clock = &clock_system, .until_us = clock_mono_us(&clock_system) + 60000000};
    const struct kafka_admin_settings settings = {
        .bootstrap = demo_thread_bootstrap(thread), .max_in_flight = 200, .clock = &clock_system};
    const struct kafka_admin_ops *ops = &kafka_admin_librdkafka;
    bool right = ops->open(&settings, &a, &err) == 0 && ops->metadata(a, &budget, &arena, &md, &err) == 0;
    struct kafka_offset *items = NULL;
    *n = 0;
    for (size_t i = 0; right && i < md.ntopics; i++)
        *n += md.topics[i].npartitions;
    items = mem_calloc(*n + 1, sizeof *items);
    size_t at = 0;
    for (size_t i = 0; right && i < md.ntopics; i++)
        for (size_t p = 0; p < md.topics[i].npartitions; p++)
            items[at++] = (struct kafka_offset){.topic = md.topics[i].name,
                                                .partition = (int32_t)p,
                                                .leader = md.topics[i].partitions[p].leader,
                                                .at = KAFKA_AT_END};
    int64_t begun = clock_mono_us(&clock_system);
    if (right)
        ops->offsets(a, &budget, items, *n);
    *wall_s = (double)(clock_mono_us(&clock_system) - begun) / 1e6;
    for (size_t i = 0; right && i < *n; i++)
        right = items[i].fault == KAFKA_FAULT_NONE && items[i].offset >= 0;
    if (a)
        ops->close(a);
    free(items);
    kafka_arena_done(&arena);
    demo_thread_stop(thread);
    demo_world_free(world);
    return right;
}

int main(void)
{
    static const int sizes[] = {100, 300, 1000, 3000, 10000, 30000};
    enum { SIZES = sizeof sizes / sizeof *sizes, UNIT = 2 };
    struct cost costs[SIZES];
    bool good = true;
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < SIZES; i++)
        if (!sweep(sizes[i], &costs[i])) {
            fprintf(stderr, "%d groups: no picture within %d s\n", sizes[i], LIMIT_S);
            return 1;
        }
    puts("groups  requests   wall s    cpu s   RSS MB   us/group  ratio   cpu us/group  ratio   kB/group");
    double wall_unit = costs[UNIT].wall_s / sizes[UNIT], cpu_unit = costs[UNIT].cpu_s / sizes[UNIT];
    for (size_t i = 0; i < SIZES; i++) {
        const struct cost *c = &costs[i];
        double n = sizes[i], ratio = c->cpu_s / n / cpu_unit;
        printf("%6d %9llu %8.2f %8.2f %8.1f %10.0f %6.2f %14.0f %6.2f %10.2f\n", sizes[i],
               (unsigned long long)c->requests, c->wall_s, c->cpu_s, (double)c->rss_kb / 1024, c->wall_s / n * 1e6,
               c->wall_s / n / wall_unit, c->cpu_s / n * 1e6, ratio, (double)c->rss_kb / n);
        good &= sizes[i] <= sizes[UNIT] || ratio <= WORST_RATIO;
        good &= sizes[i] > 10000 || c->wall_s <= FIRST_PICTURE_S;
    }
    double wall_s = 0;
    size_t n = 0;
    good &= ends(10000, &wall_s, &n) && wall_s <= 3;
    printf("ends of %zu partitions: %.2f s\n", n, wall_s);
    puts(good ? "within the limits" : "BEYOND THE LIMITS");
    return good ? 0 : 1;
}
