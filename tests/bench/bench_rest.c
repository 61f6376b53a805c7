/* What it costs to watch fifty sinks of a Connect cluster every ten seconds over REST: ten tasks and sixty settings each, in
 * rounds in which nothing has changed, in which a task of each has another state, and in which all is asked for again. The
 * workers are a process of their own. */
#include "base/mem.h"
#include "base/str.h"
#include "connect/worker.h"
#include "tests/unit/net/web.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SINKS = 50, TASKS = 10, SETTINGS = 60, ROUNDS = 30, INTERVAL_MS = 10000, WAIT_S = 60, MOST_PERCENT = 2 };

static int64_t ahead_us;

static int64_t wall(void *arg)
{
    (void)arg;
    return clock_wall_ms(&clock_system) + ahead_us / 1000;
}

static int64_t mono(void *arg)
{
    (void)arg;
    return clock_mono_us(&clock_system) + ahead_us;
}

/* ---- the workers ---- */

static void add_config(struct str *s, int sink)
{
    str_printf(s,
               "{\"connector.class\":\"org.apache.iceberg.connect.IcebergSinkConnector\",\"topics\":\"orders-%d\","
               "\"iceberg.catalog.type\":\"rest\",\"iceberg.tables\":\"db.t%d\"",
               sink, sink);
    for (int i = 4; i < SETTINGS; i++)
        str_printf(s, ",\"iceberg.kafka.some.setting.of.a.client.%d\":\"a value as it may well be %d\"", i, sink * i);
    str_char(s, '}');
}

/* The list; in the second one a task of each sink is in another state. */
static char *list(int other)
{
    struct str s = {0};
    for (int i = 0; i < SINKS; i++) {
        str_printf(&s, "%s\"sink-%d\":{\"info\":{\"name\":\"sink-%d\",\"config\":", i ? "," : "{", i, i);
        add_config(&s, i);
        str_add(&s, ",\"tasks\":[");
        for (int t = 0; t < TASKS; t++)
            str_printf(&s, "%s{\"connector\":\"sink-%d\",\"task\":%d}", t ? "," : "", i, t);
        str_printf(&s,
                   "],\"type\":\"sink\"},\"status\":{\"name\":\"sink-%d\",\"connector\":{\"state\":\"RUNNING\","
                   "\"worker_id\":\"10.0.0.1:8083\"},\"tasks\":[",
                   i);
        for (int t = 0; t < TASKS; t++)
            str_printf(&s, "%s{\"id\":%d,\"state\":\"%s\",\"worker_id\":\"10.0.0.%d:8083\"}", t ? "," : "", t,
                       other && t == 3 ? "UNASSIGNED" : "RUNNING", t % 4);
        str_add(&s, "],\"type\":\"sink\"}}");
    }
    str_char(&s, '}');
    return str_take(&s);
}

static char *task_list(int sink)
{
    struct str s = {0};
    for (int t = 0; t < TASKS; t++) {
        str_printf(&s, "%s{\"id\":{\"connector\":\"sink-%d\",\"task\":%d},\"config\":", t ? "," : "[", sink, t);
        add_config(&s, sink);
        str_char(&s, '}');
    }
    str_char(&s, ']');
    return str_take(&s);
}

static struct web_page page(char *path, char *body)
{
    char *bytes =
        mem_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", strlen(body), body);
    free(body);
    return (struct web_page){.path = path, .bytes = bytes};
}

/* Serves until its input ends; each byte of it changes the list. */
static _Noreturn void serve(int in, int out)
{
    enum { PAGES = 2 * SINKS + 4 };
    struct web_page *pages[2];
    for (int other = 0; other < 2; other++) {
        struct web_page *p = pages[other] = mem_calloc(PAGES, sizeof *p);
        *p++ = page(mem_strdup("/"), mem_strdup("{\"version\":\"3.9.1\",\"kafka_cluster_id\":\"x\"}"));
        *p++ = page(
            mem_strdup("/connector-plugins"),
            mem_strdup("[{\"class\":\"org.apache.iceberg.connect.IcebergSinkConnector\",\"version\":\"1.11.0\"}]"));
        *p++ = page(mem_strdup("/connectors"), list(other));
        for (int i = 0; i < SINKS; i++) {
            *p++ = page(mem_printf("/connectors/sink-%d/tasks", i), task_list(i));
            *p++ = page(mem_printf("/connectors/sink-%d/topics", i),
                        mem_printf("{\"sink-%d\":{\"topics\":[\"orders-%d\"]}}", i, i));
        }
    }
    struct web *w = web_start(pages[0]);
    int port = web_port(w), at = 0;
    char byte;
    if (write(out, &port, sizeof port) != sizeof port)
        _exit(1);
    while (read(in, &byte, 1) == 1) {
        at = !at;
        web_set(w, pages[at]);
        if (write(out, &byte, 1) != 1)
            break;
    }
    web_stop(w);
    _exit(0);
}

/* ---- the source ---- */

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t rounds(struct store *store)
{
    struct value v = row_get(table_first(store_find(store, "sources")), SOURCES_ROUNDS);
    return v.quality == QUALITY_UNKNOWN ? 0 : v.i;
}

static void turn_until(struct event_base *base, struct store *store, int64_t n)
{
    int64_t until = clock_mono_us(&clock_system) + WAIT_S * INT64_C(1000000);
    while (rounds(store) < n) {
        if (clock_mono_us(&clock_system) > until) {
            fprintf(stderr, "a round does not end\n");
            exit(1);
        }
        event_base_loop(base, EVLOOP_ONCE);
    }
}

/* What a round costs, with so much time before it, and another list if other. */
static double round_s(struct event_base *base, struct store *store, struct scheduler *scheduler, int64_t pass_us,
                      int in, int out)
{
    double sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        char byte = 'x';
        ahead_us += pass_us;
        if (in >= 0 && (write(in, &byte, 1) != 1 || read(out, &byte, 1) != 1))
            exit(1);
        double before = cpu_s();
        int64_t n = rounds(store);
        scheduler_refresh(scheduler, NULL);
        turn_until(base, store, n + 1);
        sum += cpu_s() - before;
    }
    return sum / ROUNDS;
}

static bool say(const char *what, double s)
{
    double percent = s * 1000 / INTERVAL_MS * 100;
    printf("%-28s %8.2f ms %8.3f %%\n", what, s * 1000, percent);
    return percent <= MOST_PERCENT;
}

int main(void)
{
    int to[2], from[2], port;
    signal(SIGPIPE, SIG_IGN);
    if (pipe(to) || pipe(from))
        return 1;
    pid_t child = fork();
    if (child == 0) {
        close(to[1]);
        close(from[0]);
        serve(to[0], from[1]);
    }
    close(to[0]);
    close(from[1]);
    if (child < 0 || read(from[0], &port, sizeof port) != sizeof port)
        return 1;
    char *url = mem_printf("http://127.0.0.1:%d", port);
    const char *const urls[] = {url, NULL};
    const struct connect_worker_settings settings = {
        .name = "c", .urls = urls, .interval_ms = 3600000, .deadline_ms = 30000};
    const struct clock clock = {.wall_ms = wall, .mono_us = mono};
    struct event_base *base = event_base_new();
    struct store *store = store_new(&clock);
    struct scheduler *scheduler = scheduler_new(base, store);
    struct connect_worker *w = connect_worker_new(base, store, &settings, NULL, NULL);
    const struct source_settings s = connect_worker_source_settings(w);
    scheduler_add(scheduler, connect_worker_name(w), NULL, &connect_worker_source, w, &s);
    turn_until(base, store, 1);
    size_t rows = table_nrows(store_find(store, "connectors")) + table_nrows(store_find(store, "tasks"));
    printf("%d sinks of %d tasks: %zu rows\n%-28s %11s %10s\n", SINKS, TASKS, rows, "round", "cpu", "of a core");
    bool good = rows == SINKS * (1 + TASKS);
    good &= say("nothing has changed", round_s(base, store, scheduler, 0, -1, -1));
    good &= say("each sink has changed", round_s(base, store, scheduler, 0, to[1], from[0]));
    double all = round_s(base, store, scheduler, 61 * INT64_C(1000000), -1, -1);
    good &= say("all is asked for (a minute)", all);
    scheduler_free(scheduler);
    store_free(store);
    event_base_free(base);
    free(url);
    close(to[1]);
    waitpid(child, NULL, 0);
    puts(good ? "within the limits" : "BEYOND THE LIMITS");
    return good ? 0 : 1;
}
