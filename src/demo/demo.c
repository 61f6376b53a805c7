/* World, broker and script on one loop, and the process around them. */
#include "demo/demo.h"
#include "base/mem.h"
#include "base/str.h"
#include "demo/churn.h"
#include "demo/connect.h"
#include "demo/exporter.h"
#include "demo/lake.h"
#include "demo/plan.h"
#include "demo/script.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { NODES = 3 };

struct demo {
    struct demo_world *world;
    struct demo_broker *broker;
    struct demo_script *script;
    struct demo_connect *connect;   /* NULL: no sinks */
    struct demo_exporter *exporter; /* NULL: nothing to scrape */
    json_t *datasets;               /* NULL: none */
    struct event *tick;
};

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct demo *d = arg;
    (void)fd;
    (void)what;
    demo_script_step(d->script);
    if (d->exporter)
        demo_exporter_step(d->exporter);
}

static void demo_free(struct demo *d)
{
    if (!d)
        return;
    if (d->tick)
        event_free(d->tick);
    json_decref(d->datasets);
    demo_exporter_free(d->exporter);
    demo_connect_free(d->connect);
    demo_broker_free(d->broker);
    demo_script_free(d->script);
    demo_world_free(d->world);
    free(d);
}

/* The reference is written into the directory; NULL: there is none. */
static int add_dataset(struct demo *d, const char *directory, struct error *err)
{
    char *path = directory ? mem_printf("%s/" DEMO_CHURN_DATASET ".json", directory) : NULL;
    struct str text = {0};
    int rc = 0;
    if (path) {
        demo_churn_reference(demo_script_churn(d->script), &text);
        rc = demo_lake_put(path, &text, err);
    }
    if (rc == 0)
        d->datasets = json_pack("{s:o}", DEMO_CHURN_DATASET, demo_churn_config(path));
    str_done(&text);
    free(path);
    return rc;
}

static struct demo *demo_new(struct event_base *base, const struct demo_options *options, struct error *err)
{
    const struct timeval interval = {.tv_usec = DEMO_PLAN_TICK_MS * 1000};
    struct demo *d = mem_new(struct demo);
    const struct clock *clock = options->clock ? options->clock : &clock_system;
    d->world = demo_world_new(NODES, "icetop-demo");
    d->script = demo_script_new(d->world, clock, options->seed, options->ahead_ms);
    if (options->scale_groups > 0 && options->scale_partitions > 0) {
        demo_script_scale(d->world, options->scale_groups, options->scale_partitions);
        demo_script_scale_moves(d->script, options->scale_groups, options->scale_partitions,
                                options->scale_commits_per_s);
    }
    d->broker = demo_broker_new(base, d->world, err);
    bool failed = !d->broker;
    if (!failed && options->warehouse)
        failed = demo_script_sinks(d->script, options->warehouse, err) ||
                 demo_connect_new(base, options->warehouse, &d->connect, err);
    if (!failed && options->metrics)
        failed = demo_exporter_new(base, d->world, clock, options->seed, &d->exporter, err);
    if (!failed && options->datasets)
        failed = add_dataset(d, options->warehouse, err);
    if (failed) {
        demo_free(d);
        return NULL;
    }
    d->tick = event_new(base, -1, EV_PERSIST, on_tick, d);
    event_add(d->tick, &interval);
    return d;
}

static int write_all(int fd, const char *bytes, size_t len, struct error *err)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set_errno(err, ERR_IO, errno, "demo: cannot tell its address");
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

static int tell_address(int fd, struct demo *d, struct error *err)
{
    struct str line = {0};
    str_printf(&line, "%s %s ", demo_broker_bootstrap(d->broker), d->connect ? demo_connect_url(d->connect) : "");
    json_t *sections = json_object();
    if (d->exporter)
        demo_exporter_config(d->exporter, sections);
    if (d->datasets)
        json_object_set(sections, "datasets", d->datasets);
    if (json_object_size(sections)) {
        char *text = json_dumps(sections, 0);
        str_add(&line, text);
        free(text);
    }
    json_decref(sections);
    while (line.s[line.len - 1] == ' ')
        str_cut(&line, line.len - 1);
    str_char(&line, '\n');
    int rc = write_all(fd, line.s, line.len, err);
    str_done(&line);
    return rc;
}

static void on_life(evutil_socket_t fd, short what, void *arg)
{
    char bytes[256];
    ssize_t n = read(fd, bytes, sizeof bytes);
    (void)what;
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
        event_base_loopbreak(arg);
}

static void on_term(evutil_socket_t sig, short what, void *arg)
{
    (void)sig;
    (void)what;
    event_base_loopbreak(arg);
}

int demo_run(int port_fd, int life_fd, const struct demo_options *options, struct error *err)
{
    int rc = ERR_IO;
    struct event *life = NULL, *term = NULL;
    struct demo *d = NULL;
    struct event_base *base = event_base_new();
    if (!base)
        return error_set(err, ERR_IO, "demo: no event loop");
    signal(SIGPIPE, SIG_IGN);
    term = evsignal_new(base, SIGTERM, on_term, base);
    event_add(term, NULL);
    d = demo_new(base, options, err);
    if (!d)
        goto out;
    life = event_new(base, life_fd, EV_READ | EV_PERSIST, on_life, base);
    if (!life || event_add(life, NULL) != 0) {
        rc = error_set(err, ERR_IO, "demo: cannot watch descriptor %d", life_fd);
        goto out;
    }
    rc = tell_address(port_fd, d, err);
    if (rc == 0 && event_base_dispatch(base) != 0)
        rc = error_set(err, ERR_IO, "demo: the event loop failed");
out:
    if (life)
        event_free(life);
    if (term)
        event_free(term);
    demo_free(d);
    event_base_free(base);
    return rc;
}
