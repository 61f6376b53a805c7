/* What it costs to be subscribed where many commit: ten thousand groups of ten partitions, of which two thousand commit every
 * second. Prints how long a commit takes from its coordinator's log to its row, the longest turn of the loop, the time on
 * the processor and the memory over time, and their ratio to what is allowed. The cluster is another process. Arguments:
 * groups, commits a second, seconds. */
#include "base/mem.h"
#include "demo/log.h"
#include "demo/script.h"
#include "demo/broker.h"
#include "kafka/source.h"
#include "kafka/tables.h"

#include <event2/event.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PARTITIONS = 10,
    LOG_PARTITIONS = 50,
    LIMIT_S = 120, /* to the first picture, and for the subscription to cover all */
    SETTLE_S = 12, /* two rounds */
    STEP_MS = 50,  /* between two lots of commits */
    TURN_MS = 2,
    LATENCY_MS = 300,
    TURN_LIMIT_MS = 20,
    CPU_PERCENT = 100, /* of one processor */
    LONGEST_MS = 4096,
    GROWTH_PERCENT = 20, /* what is remembered of commits fills for minutes */
};

/* What both processes see. */
struct shared {
    char bootstrap[256];
    atomic_bool ready, run;
    atomic_ullong written;
};

/* ---- the cluster ---- */

struct cluster {
    struct shared *shared;
    struct demo_world *world;
    size_t next;
    int a_step;
};

static void commit_next(struct cluster *c)
{
    size_t n = c->next++;
    struct demo_group *g = c->world->groups.items[n % c->world->groups.n];
    struct demo_offsets *o = &g->offsets.items[n / c->world->groups.n % g->offsets.n];
    struct demo_commit *last = &o->commits.items[n / c->world->groups.n % o->commits.n];
    int64_t offset = last->offset + 20;
    demo_world_append(c->world, o->topic, last->partition, clock_wall_ms(&clock_system), offset + 10);
    demo_group_commit(g, o->topic, last->partition, offset, 0, NULL);
    atomic_fetch_add(&c->shared->written, 1);
}

static void on_step(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct cluster *c = arg;
    for (int i = 0; i < c->a_step && atomic_load(&c->shared->run); i++)
        commit_next(c);
}

/* Until it is ended. */
static int run_cluster(struct shared *shared, int groups, int a_second)
{
    struct error err;
    struct cluster c = {.shared = shared, .world = demo_world_new(3, "bench"), .a_step = a_second * STEP_MS / 1000};
    struct event_base *base = event_base_new();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    demo_script_scale(c.world, groups, PARTITIONS);
    demo_log_begin(c.world, LOG_PARTITIONS, 1);
    struct demo_broker *b = demo_broker_new(base, c.world, &err);
    if (!b)
        return 1;
    snprintf(shared->bootstrap, sizeof shared->bootstrap, "%s", demo_broker_bootstrap(b));
    atomic_store(&shared->ready, true);
    struct timeval step = {.tv_usec = STEP_MS * 1000};
    struct event *timer = event_new(base, -1, EV_PERSIST, on_step, &c);
    event_add(timer, &step);
    event_base_dispatch(base);
    return 0;
}

/* ---- who watches ---- */

struct watch {
    struct store *store;
    struct table *partitions;
    uint64_t seq;
    bool counts;
    uint64_t shown;
    uint64_t by_ms[LONGEST_MS + 1]; /* how many commits took so long */
    int64_t turn_us, longest_us;    /* when the loop was here last, and what it was late by at most */
};

static void on_commit(struct store *s, void *arg)
{
    (void)s;
    struct watch *w = arg;
    int64_t now_ms = clock_wall_ms(&clock_system);
    uint64_t last = 0;
    for (struct row *r = table_changed_after(w->partitions, w->seq); r; r = row_next(r)) {
        last = row_seq(r);
        struct value at = row_get(r, GROUP_PARTITIONS_COMMITTED_AT);
        if (!w->counts || !at.quality || row_cell_seq(r, GROUP_PARTITIONS_COMMITTED_AT) <= w->seq)
            continue;
        int64_t took = now_ms - at.i;
        w->shown++;
        w->by_ms[took < 0 ? 0 : took > LONGEST_MS ? LONGEST_MS : took]++;
    }
    w->seq = last > w->seq ? last : w->seq;
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct watch *w = arg;
    int64_t now = clock_mono_us(&clock_system), late = now - w->turn_us - TURN_MS * 1000;
    if (w->counts && w->turn_us && late > w->longest_us)
        w->longest_us = late;
    w->turn_us = now;
}

/* So many of a hundred commits took no longer. */
static int percentile(const struct watch *w, double percent)
{
    uint64_t n = 0;
    int ms = 0;
    while (ms < LONGEST_MS && (double)(n += w->by_ms[ms]) < (double)w->shown * percent / 100)
        ms++;
    return ms;
}

static double cpu_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double rss_mb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return (double)pages * 4 / 1024;
}

static bool cell_is(struct store *store, const char *table, size_t column, const char *text)
{
    struct row *r = table_first(store_find(store, table));
    struct value v = r ? row_get(r, column) : value_unknown();
    return v.quality && strcmp(v.s->raw, text) == 0;
}

static bool is_ready(struct store *store)
{
    return cell_is(store, "sources", SOURCES_STATE, "ok") && cell_is(store, "clusters", CLUSTERS_OFFSETS, "subscribed");
}

static void run_for(struct event_base *base, int64_t ms)
{
    struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    event_base_loopexit(base, &tv);
    event_base_dispatch(base);
}

/* Prints what was seen and says whether that is allowed. */
static bool report(const struct watch *w, uint64_t written, double cpu, int seconds, double before_mb, double after_mb)
{
    int p50 = percentile(w, 50), p99 = percentile(w, 99), most = percentile(w, 100);
    double turn = (double)w->longest_us / 1000, busy = cpu / seconds * 100;
    double growth = before_mb > 0 ? (after_mb - before_mb) / before_mb * 100 : 0;
    printf("commits written %llu, shown %llu\n", (unsigned long long)written, (unsigned long long)w->shown);
    printf(
        "commit to row   %5d ms at the median, %d ms at 90 %%, %d ms at 99 %%, %d ms at most; ratio to %d ms: %.2f\n",
        p50, percentile(w, 90), p99, most, LATENCY_MS, (double)p99 / LATENCY_MS);
    printf("longest turn    %5.1f ms, ratio to %d ms: %.2f\n", turn, TURN_LIMIT_MS, turn / TURN_LIMIT_MS);
    printf("processor       %5.1f %% of one, ratio to %d %%: %.2f\n", busy, CPU_PERCENT, busy / CPU_PERCENT);
    printf("memory          %5.1f MB, then %.1f MB\n", before_mb, after_mb);
    return w->shown >= written * 9 / 10 && p99 <= LATENCY_MS && turn <= TURN_LIMIT_MS && busy <= CPU_PERCENT &&
           growth <= GROWTH_PERCENT;
}

static bool measure(struct shared *shared, struct event_base *base, struct watch *w, int seconds)
{
    int64_t begun = clock_mono_us(&clock_system);
    while (!is_ready(w->store))
        if (clock_mono_us(&clock_system) - begun > LIMIT_S * INT64_C(1000000)) {
            fprintf(stderr, "not subscribed within %d s\n", LIMIT_S);
            return false;
        } else {
            run_for(base, 50);
        }
    printf("subscribed      %5.1f s after the beginning\n", (double)(clock_mono_us(&clock_system) - begun) / 1e6);
    atomic_store(&shared->run, true);
    run_for(base, SETTLE_S * 1000);
    double cpu = cpu_s(), before_mb = rss_mb(), at_mb = before_mb;
    uint64_t written = atomic_load(&shared->written);
    w->counts = true;
    for (int s = 0; s < seconds; s += 10) {
        run_for(base, seconds - s < 10 ? (seconds - s) * 1000 : 10000);
        at_mb = rss_mb();
        printf("%5d s: %.1f MB, 99 %% within %d ms\n", s + 10 < seconds ? s + 10 : seconds, at_mb, percentile(w, 99));
        fflush(stdout);
    }
    return report(w, atomic_load(&shared->written) - written, cpu_s() - cpu, seconds, before_mb, at_mb);
}

static bool run(struct shared *shared, int seconds)
{
    struct event_base *base = event_base_new();
    struct store *store = store_new(&clock_system);
    struct scheduler *scheduler = scheduler_new(base, store);
    char *name = mem_strdup("bench");
    struct conf_cluster conf = {
        .name = name,
        .bootstrap = shared->bootstrap,
        .offsets = (char *)(uintptr_t) "subscribe",
        .interval_ms = 5000,
        .deadline_ms = 60000,
        .max_interval_ms = 60000,
        .starts_interval_ms = 300000,
        .max_groups = 100000,
        .max_partitions = 500000,
        .max_in_flight = 200,
        .max_requests_per_s = 500,
    };
    struct kafka_source *source = kafka_source_new(base, store, &conf, NULL);
    struct source_settings settings = kafka_source_settings(&conf);
    struct watch w = {.store = store, .partitions = store_find(store, "group_partitions")};
    struct store_listener *listener = store_listen(store, on_commit, &w);
    struct timeval turn = {.tv_usec = TURN_MS * 1000};
    struct event *turns = event_new(base, -1, EV_PERSIST, on_turn, &w);
    event_add(turns, &turn);
    scheduler_add(scheduler, kafka_source_name(source), name, &kafka_source_ops, source, &settings);
    bool good = measure(shared, base, &w, seconds);
    event_free(turns);
    store_unlisten(store, listener);
    scheduler_free(scheduler);
    store_free(store);
    event_base_free(base);
    free(name);
    return good;
}

int main(int argc, char **argv)
{
    int groups = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 10000;
    int a_second = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 2000;
    int seconds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 20;
    signal(SIGPIPE, SIG_IGN);
    mem_begin();
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || groups <= 0 || a_second <= 0 || seconds <= 0)
        return 2;
    pid_t pid = fork();
    if (pid == 0)
        _exit(run_cluster(shared, groups, a_second));
    struct timespec moment = {.tv_nsec = 10000000};
    while (pid > 0 && !atomic_load(&shared->ready) && waitpid(pid, NULL, WNOHANG) == 0)
        nanosleep(&moment, NULL);
    bool good = pid > 0 && atomic_load(&shared->ready) && run(shared, seconds);
    if (pid > 0 && kill(pid, SIGKILL) == 0)
        waitpid(pid, NULL, 0);
    puts(good ? "within the limits" : "BEYOND THE LIMITS");
    return good ? 0 : 1;
}
