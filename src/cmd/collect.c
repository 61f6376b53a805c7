/* The collector: sources, history and the stream on one loop, without a terminal. */
#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/workers.h"
#include "cmd/cmd.h"
#include "cmd/datasets.h"
#include "cmd/options.h"
#include "cmd/past.h"
#include "cmd/plugins_apply.h"
#include "cmd/scrapes.h"
#include "cmd/servers.h"
#include "cmd/socket.h"
#include "cmd/strays.h"
#include "cmd/tables.h"
#include "conf/conf.h"
#include "conf/same.h"
#include "derive/brought.h"
#include "derive/gauges.h"
#include "derive/metrics.h"
#include "derive/pipeline.h"
#include "findings/catalogue.h"
#include "findings/engine.h"
#include "history/history.h"
#include "kafka/remember.h"
#include "kafka/source.h"
#include "kafka/tables.h"
#include "prom/book.h"
#include "prom/explorer.h"
#include "prom/tables.h"
#include "source/source.h"
#include "stream/listen.h"
#include "stream/relay.h"
#include "stream/server.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HISTORY_WAIT_MS = 2000, LOADER_WAIT_MS = 100, REMEMBERED_MS = 6 * 3600 * 1000 };

struct collector {
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler;
    struct derive_pipeline *pipeline; /* what is watched beside Kafka */
    struct derive_metrics *metrics;   /* of tasks and brokers */
    struct derive_brought *brought;   /* of what drifted */
    struct derive_gauges *gauges;     /* of drift tools */
    struct findings_engine *findings;
    struct prom_book recipes;
    struct prom_explorer *explorer;
    struct plugin_runs *plugins; /* their processes */
    struct plugin_book plugin_tables;
    struct stream_server *server;
    struct history *history;
    struct conf *conf;
    struct workers *loader;
    struct stream_listener *listener; /* NULL: nobody can find us */
    struct stream_relay *relay;       /* between standard input and output, and a reader; or NULL */
    bool ending;
    bool stays;                        /* without readers, too */
    const struct cmd_options *options; /* of our own command line, or those sent; NULL: none yet */
    struct cmd_options *sent;          /* by a console, or NULL */
    char **argv;                       /* owned: what those borrow from */
    int argc;
};

/* ---- being found ---- */

static void on_accepted(void *arg, int fd)
{
    struct collector *c = arg;
    stream_server_add(c->server, fd);
}

/* Listens where others look for a collector of this configuration. */
static int be_found(struct collector *c, const char *path, struct error *err)
{
    pid_t holder;
    return stream_listener_new(c->base, path, on_accepted, c, &c->listener, &holder, err);
}

/* ---- configuration ---- */

static void add_cluster(struct collector *c, const struct conf_cluster *cluster)
{
    struct kafka_source *self = kafka_source_new(c->base, c->store, cluster, NULL);
    const struct source_settings settings = kafka_source_settings(cluster);
    scheduler_add(c->scheduler, kafka_source_name(self), cluster->name, &kafka_source_ops, self, &settings);
}

static void remove_cluster(struct collector *c, const struct conf_cluster *cluster)
{
    char *name = mem_printf("kafka:%s", cluster->name);
    struct source *src = scheduler_find(c->scheduler, name);
    if (src)
        scheduler_remove(c->scheduler, src);
    free(name);
}

static bool is_watched(void *arg, const struct table *t, const struct row *r)
{
    const struct collector *c = arg;
    return stream_server_watched(c->server, t, r);
}

/* ---- what history remembers, for lag in time from before this run ---- */

static void on_remembered(void *arg, const char *bytes, size_t len, const struct history_span *spans, size_t n)
{
    struct collector *c = arg;
    const struct table *t = store_find(c->store, kafka_table_partitions.name);
    struct value key[PARTITIONS_PARTITION + 1];
    if (c->ending || !t || table_nkeys(t) != PARTITIONS_PARTITION + 1 || table_key_decode(t, bytes, len, key))
        return;
    char *name = mem_printf("kafka:%s", key[PARTITIONS_CLUSTER].s->raw);
    const struct source *src = scheduler_find(c->scheduler, name);
    const struct conf_cluster *cluster = conf_find_cluster(c->conf, key[PARTITIONS_CLUSTER].s->raw);
    if (src && cluster)
        kafka_remember(source_self(src), key[PARTITIONS_TOPIC].s->raw, (int32_t)key[PARTITIONS_PARTITION].i, spans, n,
                       c->conf->history.sample_ms, cluster->interval_ms);
    free(name);
    table_key_done(t, key);
}

static void on_all_remembered(void *arg, const struct error *err)
{
    const struct collector *c = arg;
    if (err && err->code && !c->ending)
        log_warn("history: what was before this run: %s", err->text);
}

static void remember(struct collector *c)
{
    const struct table *t = store_find(c->store, kafka_table_partitions.name);
    int64_t now = clock_wall_ms(&clock_system);
    history_read_all(c->history, t, "end", now - REMEMBERED_MS, now, on_remembered, on_all_remembered, c);
}

static void open_history(struct collector *c, const struct conf *conf)
{
    if (!conf->history.enabled || c->history)
        return;
    const struct conf_steps *thin = &conf->history.thin;
    struct history_settings settings = {
        .path = conf->history.path,
        .max_bytes = conf->history.max_bytes,
        .max_age_ms = conf->history.max_age_ms,
        .sample_ms = conf->history.sample_ms,
        .nthin = thin->n,
    };
    _Static_assert((int)CONF_STEPS_MAX <= (int)HISTORY_STEPS_MAX, "every step has a place");
    for (size_t i = 0; i < thin->n; i++)
        settings.thin[i] = (struct history_step){thin->items[i].after_ms, thin->items[i].every_ms};
    c->history = history_new(c->base, c->store, &settings, is_watched, c);
    remember(c);
}

/* What histograms' buckets were before somebody looked at them. */
static bool keep_buckets(void *arg, const struct table *t, const struct value *key, const char *column,
                         const struct prom_buckets_point *points, size_t n)
{
    const struct collector *c = arg;
    struct stream_point past[PROM_BUCKETS_SCRAPES];
    struct error err;
    for (size_t i = 0; i < n; i++)
        past[i] = (struct stream_point){.time_ms = points[i].time_ms, .value = points[i].value};
    return !c->history || history_backfill(c->history, t, key, column, past, n, &err) != ERR_UNAVAILABLE;
}

/* New words about the same brokers leave the source its rows and rates; other brokers may be another cluster. */
static void change_cluster(struct collector *c, const struct conf_cluster *old, const struct conf_cluster *now)
{
    char *name = mem_printf("kafka:%s", now->name);
    struct source *src = scheduler_find(c->scheduler, name);
    free(name);
    if (!src || strcmp(old->bootstrap, now->bootstrap) != 0) {
        remove_cluster(c, old);
        add_cluster(c, now);
        return;
    }
    const struct source_settings settings = kafka_source_settings(now);
    kafka_source_configure(source_self(src), now);
    scheduler_configure(c->scheduler, src, &settings);
}

/* Makes conf the one in force: takes it over and frees the one before. */
static void apply(struct collector *c, struct conf *conf)
{
    for (size_t i = 0; c->conf && i < c->conf->nclusters; i++)
        if (!conf_find_cluster(conf, c->conf->clusters[i].name))
            remove_cluster(c, &c->conf->clusters[i]);
    for (size_t i = 0; i < conf->nclusters; i++) {
        const struct conf_cluster *now = &conf->clusters[i], *old = conf_find_cluster(c->conf, now->name);
        if (!old)
            add_cluster(c, now);
        else if (!conf_same_cluster(old, now))
            change_cluster(c, old, now);
    }
    derive_pipeline_apply(c->pipeline, conf);
    if (!c->conf || !conf_same_recipes(c->conf, conf))
        prom_book_load(&c->recipes, conf->recipes, conf->nrecipes);
    cmd_scrapes_apply(c->base, c->store, c->scheduler, &c->recipes, c->explorer, c->conf, conf);
    findings_engine_configure(c->findings, conf);
    open_history(c, conf);
    const struct prom_server_fill_past past = cmd_past(&c->history);
    cmd_servers_apply(c->base, c->store, c->scheduler, &past, c->conf, conf);
    cmd_datasets_apply(c->base, c->store, c->scheduler, c->conf, conf);
    cmd_plugins_apply(c->plugins, &c->plugin_tables, c->scheduler, c->conf, conf);
    const char *level = cmd_options_value(c->options, OPTIONS_LOG_LEVEL);
    enum log_level parsed;
    if (log_level_parse(level ? level : conf->log_level, &parsed) == 0)
        log_set_level(parsed);
    conf_free(c->conf);
    c->conf = conf;
    store_commit(c->store);
}

/* Trouble goes to the log and to `events`, and what was in force stays. */
static void complain(struct collector *c, const struct error *err)
{
    log_error("configuration: %s", err->text);
    source_event(c->store, "collector", "error", "configuration", "%s", err->text);
    store_commit(c->store);
}

/* Reading may take its time (a secret can come from a command): off the loop. */
struct load {
    struct collector *c;
    struct conf_args args; /* borrow from the options, which stay */
    struct conf *conf;
    struct error err;
    int rc;
};

static void run_load(void *arg)
{
    struct load *l = arg;
    l->rc = conf_load(&l->args, &l->conf, &l->err);
}

static void end_load(void *arg)
{
    struct load *l = arg;
    struct collector *c = l->c;
    if (l->rc) {
        complain(c, &l->err);
    } else if (l->conf && !c->ending) {
        bool again = c->conf != NULL;
        apply(c, l->conf);
        if (again)
            source_event(c->store, "collector", "info", "configuration", "read again");
        store_commit(c->store);
    } else {
        conf_free(l->conf);
    }
    free(l);
}

static void load(struct collector *c)
{
    struct load *l = mem_new(struct load);
    *l = (struct load){.c = c, .args = cmd_options_conf_args(c->options)};
    workers_submit(c->loader, run_load, end_load, l);
}

/* ---- what readers ask ---- */

static void on_configure(void *arg, int argc, char **argv)
{
    struct collector *c = arg;
    if (c->options || c->argv)
        return; /* one console configures once; a reload is a signal, and who attaches takes what there is */
    c->argc = argc;
    c->argv = mem_calloc((size_t)argc + 1, sizeof *c->argv);
    for (int i = 0; i < argc; i++)
        c->argv[i] = mem_strdup(argv[i]);
    struct error err = {0};
    if (cmd_options_parse(argc, c->argv, &c->sent, &err)) {
        complain(c, &err);
        return;
    }
    c->options = c->sent;
    const char *socket = cmd_options_value(c->options, OPTIONS_SOCKET);
    if (socket && be_found(c, socket, &err)) /* somebody else may be there: then he is found */
        log_info("socket: %s", err.text);
    load(c);
}

static void on_refresh(void *arg, const char *what)
{
    struct collector *c = arg;
    scheduler_refresh(c->scheduler, what);
}

/* One source's share of what readers have on their screens. */
struct focused {
    const char *cluster;
    VEC(const char *) groups;
};

static void add_focused(void *arg, const struct value *key)
{
    struct focused *x = arg;
    if (key[GROUPS_CLUSTER].quality && key[GROUPS_GROUP].quality && strcmp(key[GROUPS_CLUSTER].s->raw, x->cluster) == 0)
        vec_push(&x->groups, key[GROUPS_GROUP].s->raw);
}

struct histograms {
    size_t nkeys;
    VEC(struct value) keys;
};

static void add_histogram(void *arg, const struct value *key)
{
    struct histograms *x = arg;
    for (size_t i = 0; i < x->nkeys; i++)
        vec_push(&x->keys, key[i]);
}

static void focus_histograms(const struct collector *c)
{
    const struct table *t = store_find(c->store, prom_table_histograms.name);
    struct histograms x = {.nkeys = t ? table_nkeys(t) : 1};
    stream_server_focused(c->server, prom_table_histograms.name, add_histogram, &x);
    prom_buckets_focus(c->explorer->buckets, x.keys.items, x.keys.n / x.nkeys);
    vec_done(&x.keys);
}

static void on_focus(void *arg)
{
    const struct collector *c = arg;
    if (c->server && !c->ending)
        focus_histograms(c);
    for (size_t i = 0; c->server && c->conf && i < c->conf->nclusters; i++) {
        struct focused x = {.cluster = c->conf->clusters[i].name};
        char *name = mem_printf("kafka:%s", x.cluster);
        const struct source *src = scheduler_find(c->scheduler, name);
        stream_server_focused(c->server, kafka_table_groups.name, add_focused, &x);
        if (src)
            kafka_source_focus(source_self(src), x.groups.items, x.groups.n);
        vec_done(&x.groups);
        free(name);
    }
}

struct history_answer {
    struct collector *c;
    struct stream_reader *reader;
    int request;
};

static void on_history_read(void *arg, const struct stream_point *points, size_t n, const struct error *err)
{
    struct history_answer *a = arg;
    if (a->c->server)
        stream_server_history(a->c->server, a->reader, a->request, points, n, err);
    free(a);
}

/* Of buckets some scrapes are held in any case. */
static void answer_without_history(struct collector *c, struct stream_reader *reader, int request,
                                   const struct table *table, const struct value *key, const char *column,
                                   int64_t from_ms, int64_t to_ms, int64_t step_ms)
{
    enum { MOST = 2000 };
    struct error err = {0};
    struct stream_point past[MOST];
    struct prom_buckets_point points[MOST];
    bool held = strcmp(table_name(table), "histogram_buckets") == 0 && strcmp(column, "rate") == 0;
    size_t n = held ? prom_buckets_read(c->explorer->buckets, key, from_ms, to_ms, step_ms, points, MOST) : 0;
    for (size_t i = 0; i < n; i++)
        past[i] = (struct stream_point){.time_ms = points[i].time_ms, .value = points[i].value};
    if (!held)
        error_set(&err, ERR_UNAVAILABLE, "no history is kept");
    stream_server_history(c->server, reader, request, past, n, held ? NULL : &err);
}

static void on_history(void *arg, struct stream_reader *reader, int request, const struct table *table,
                       const struct value *key, const char *column, int64_t from_ms, int64_t to_ms, int64_t step_ms)
{
    struct collector *c = arg;
    if (!c->history) {
        answer_without_history(c, reader, request, table, key, column, from_ms, to_ms, step_ms);
        return;
    }
    struct history_answer *a = mem_new(struct history_answer);
    *a = (struct history_answer){.c = c, .reader = reader, .request = request};
    history_read(c->history, table, key, column, from_ms, to_ms, step_ms, on_history_read, a);
}

struct look_answer {
    struct collector *c;
    struct stream_reader *reader;
    int request;
    char *source, *topic;
    int32_t partition;
};

/* The time of the record at an offset is how far behind a group is that has committed it. */
static void tell_age(const struct look_answer *a, const struct stream_records *r)
{
    const struct source *src = scheduler_find(a->c->scheduler, a->source);
    bool at_offset = r->items.n && (r->found == STREAM_RECORD_HERE || r->found == STREAM_RECORD_LATER);
    if (src && at_offset && r->items.items[0].clock)
        kafka_source_exact(source_self(src), a->topic, a->partition, r->asked, r->items.items[0].time_ms);
}

static void on_records_read(void *arg, struct stream_records *records, const struct error *err)
{
    struct look_answer *a = arg;
    if (!err && !a->c->ending)
        tell_age(a, records);
    if (a->c->server)
        stream_server_records(a->c->server, a->reader, a->request, records, err);
    free(a->source);
    free(a->topic);
    free(a);
}

static void on_look(void *arg, struct stream_reader *reader, int request, const struct stream_record_query *q)
{
    struct collector *c = arg;
    char *name = mem_printf("kafka:%s", q->cluster);
    const struct source *src = scheduler_find(c->scheduler, name);
    if (!src) {
        free(name);
        struct error err;
        error_set(&err, ERR_NOT_FOUND, "there is no cluster %.256s", q->cluster);
        stream_server_records(c->server, reader, request, NULL, &err);
        return;
    }
    struct look_answer *a = mem_new(struct look_answer);
    *a = (struct look_answer){.c = c,
                              .reader = reader,
                              .request = request,
                              .source = name,
                              .topic = mem_strdup(q->topic),
                              .partition = q->partition};
    kafka_source_look(source_self(src), q, on_records_read, a);
}

static void on_idle(void *arg)
{
    struct collector *c = arg;
    if (!c->stays)
        event_base_loopbreak(c->base);
}

/* ---- life ---- */

static void on_end(evutil_socket_t sig, short what, void *arg)
{
    (void)sig;
    (void)what;
    struct collector *c = arg;
    event_base_loopbreak(c->base);
}

static void on_reload(evutil_socket_t sig, short what, void *arg)
{
    (void)sig;
    (void)what;
    struct collector *c = arg;
    if (c->options)
        load(c);
}

static void collector_done(struct collector *c)
{
    c->ending = true;
    stream_listener_free(c->listener); /* first of all: who comes now starts one of his own */
    workers_free(c->loader, LOADER_WAIT_MS);
    scheduler_free(c->scheduler);
    plugin_runs_free(c->plugins);
    plugin_book_done(&c->plugin_tables);
    prom_explorer_free(c->explorer);
    history_free(c->history, HISTORY_WAIT_MS);
    struct stream_server *server = c->server;
    c->server = NULL;
    stream_server_free(server);
    stream_relay_free(c->relay);
    findings_engine_free(c->findings);
    derive_pipeline_free(c->pipeline);
    derive_brought_free(c->brought);
    derive_metrics_free(c->metrics);
    derive_gauges_free(c->gauges);
    prom_book_done(&c->recipes);
    store_free(c->store);
    conf_free(c->conf);
    cmd_options_free(c->sent);
    for (int i = 0; i < c->argc; i++)
        free(c->argv[i]);
    free(c->argv);
    event_base_free(c->base);
}

static void collector_init(struct collector *c)
{
    static const struct stream_server_ops ops = {.configure = on_configure,
                                                 .refresh = on_refresh,
                                                 .focus = on_focus,
                                                 .history = on_history,
                                                 .look = on_look,
                                                 .idle = on_idle};
    *c = (struct collector){.base = loop_new(), .store = store_new(&clock_system)};
    c->loader = workers_new(c->base, "conf", 1);
    c->scheduler = scheduler_new(c->base, c->store);
    cmd_tables_add(c->store);
    c->plugins = plugin_runs_new(c->base);
    plugin_book_init(&c->plugin_tables, c->store);
    c->explorer = prom_explorer_new(c->base, c->store, keep_buckets, c);
    c->pipeline = derive_pipeline_new(c->base, c->store, c->scheduler);
    c->metrics = derive_metrics_new(c->store);
    c->brought = derive_brought_new(c->store);
    c->gauges = derive_gauges_new(c->store);
    c->findings = findings_engine_new(c->base, c->store, c->pipeline, findings_families);
    c->server = stream_server_new(c->base, c->store, &ops, c);
}

static void run(struct collector *c)
{
    struct event *signals[] = {
        evsignal_new(c->base, SIGTERM, on_end, c),
        evsignal_new(c->base, SIGINT, on_end, c),
        evsignal_new(c->base, SIGHUP, on_reload, c),
    };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        event_add(signals[i], NULL);
    event_base_dispatch(c->base);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        event_free(signals[i]);
}

/* For one console that has started us, over an inherited socket. */
static int run_for_console(const struct cmd_options *o, const char *fd_text)
{
    int64_t fd;
    struct stat st;
    struct error err = {0};
    if (cmd_options_count(o, OPTIONS_STREAM_FD, 0, &fd, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 2;
    }
    if (fd > INT_MAX || fstat((int)fd, &st) || !S_ISSOCK(st.st_mode)) {
        fprintf(stderr, "icetop: --stdio-fd %s: no socket was inherited there\n", fd_text);
        return 2;
    }
    struct collector c;
    struct cmd_strays *strays = NULL;
    collector_init(&c);
    if (cmd_strays_new(c.base, c.store, &strays, &err))
        log_warn("%s", err.text);
    stream_server_add(c.server, (int)fd);
    run(&c);
    cmd_strays_free(strays);
    collector_done(&c);
    return 0;
}

/* Standard input and output are the stream; what would be printed goes to standard error. */
static int take_stdio(struct collector *c, int *fd, struct error *err)
{
    struct stat in, out;
    int from = dup(STDIN_FILENO), to = dup(STDOUT_FILENO), null = open("/dev/null", O_RDWR | O_CLOEXEC), rc = 0;
    if (from < 0 || to < 0 || null < 0 || fstat(from, &in) || fstat(to, &out))
        return error_set_errno(err, ERR_IO, errno, "standard input and output");
    dup2(null, STDIN_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    close(null);
    if (S_ISSOCK(in.st_mode) && S_ISSOCK(out.st_mode) && in.st_ino == out.st_ino) {
        close(to);
        *fd = from;
    } else {
        rc = stream_relay_new(c->base, from, to, &c->relay, fd, err);
    }
    return rc;
}

static int run_on_stdio(void)
{
    int fd, status = 0;
    struct error err = {0};
    if (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO)) {
        fputs("icetop: --stdio speaks to a program, not to a terminal: icetop --ssh HOST runs it\n", stderr);
        return 2;
    }
    struct collector c;
    collector_init(&c);
    if (take_stdio(&c, &fd, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        status = 1;
    } else {
        stream_server_add(c.server, fd);
        run(&c);
    }
    collector_done(&c);
    return status;
}

/* Without a console: at a socket, until a signal. */
static int run_alone(const struct cmd_options *o)
{
    struct error err = {0};
    struct conf *conf;
    struct conf_args args = cmd_options_conf_args(o);
    if (conf_load(&args, &conf, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 2;
    }
    fprintf(stderr, "%s", conf_warnings(conf));
    char *path = NULL;
    int status = 1;
    struct collector c;
    collector_init(&c);
    c.options = o;
    c.stays = true;
    if ((!cmd_options_given(o, OPTIONS_LOG) && conf->log_file && log_open(conf->log_file, &err)) ||
        cmd_socket_path(o, conf, &path, &err) || be_found(&c, path, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        conf_free(conf);
    } else {
        printf("listening at %s\n", path);
        fflush(stdout);
        apply(&c, conf);
        run(&c);
        status = 0;
    }
    collector_done(&c);
    free(path);
    return status;
}

int cmd_collect_run(const struct cmd_options *o)
{
    const char *fd_text = cmd_options_value(o, OPTIONS_STREAM_FD);
    prctl(PR_SET_NAME, "icetop-collect");
    if (fd_text)
        return run_for_console(o, fd_text);
    return cmd_options_given(o, OPTIONS_STDIO) ? run_on_stdio() : run_alone(o);
}
