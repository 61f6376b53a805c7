/* The rows of `connectors` and `tasks`, and the events that tell of changes between two rounds. */
#include "connect/worker_rows.h"

#include "base/str.h"
#include "connect/tables.h"

#include <string.h>

/* ---- rows ---- */

static struct row *upsert(const struct connect_worker_rows *w, struct table *t, const char *connector, int64_t task)
{
    struct names *names = store_names(w->store);
    struct name *connect = name_intern(names, w->name, strlen(w->name));
    struct name *own = name_intern(names, connector, strlen(connector));
    const struct value key[] = {
        {.s = connect, .quality = QUALITY_EXACT}, {.s = own, .quality = QUALITY_EXACT}, value_int(task)};
    struct row *r = table_upsert(t, key, w->owner);
    name_unref(connect);
    name_unref(own);
    return r;
}

/* Connect goes on saying RUNNING of the tasks of a worker that has died, until it gives them to others. */
static bool is_orphan(const struct connect_worker_rows *w, const struct connect_rest_task *task)
{
    return task->worker && !task->cause && connect_endpoints_is_down(w->endpoints, task->worker);
}

static void write_orphan(struct table *t, struct row *r, size_t column, const struct connect_rest_task *task)
{
    struct str s = {0};
    str_printf(&s, "worker %s does not answer", task->worker);
    table_set_text(t, r, column, str_text(&s));
    str_done(&s);
}

static void write_task(const struct connect_worker_rows *w, struct table *t, const char *connector,
                       const struct connect_rest_task *task)
{
    struct row *r = upsert(w, t, connector, task->task);
    if (!r) /* past the limit of rows */
        return;
    table_set_text(t, r, TASKS_STATE, task->state);
    table_set_text(t, r, TASKS_WORKER, task->worker);
    if (is_orphan(w, task))
        write_orphan(t, r, TASKS_ERROR, task);
    else
        table_set_text(t, r, TASKS_ERROR, task->cause);
    table_set_text(t, r, TASKS_TRACE, task->trace);
}

static bool is_state(const struct connect_rest_task *task, const char *state)
{
    return task->state && strcmp(task->state, state) == 0;
}

/* How many of its tasks are in which state, and whose trace explains a failure: its own, or its first failed task's; else a
 * worker that has gone. */
static void write_tasks_of(const struct connect_worker_rows *w, struct table *t, struct row *r,
                           const struct connect_rest_connector *c)
{
    const struct connect_rest_task *orphan = NULL;
    int64_t running = 0, failed = 0;
    const char *cause = c->cause, *trace = c->trace;
    enum quality q = QUALITY_EXACT;
    for (size_t i = 0; i < c->tasks.n; i++) {
        const struct connect_rest_task *task = &c->tasks.items[i];
        running += is_state(task, "RUNNING");
        failed += is_state(task, "FAILED");
        q = task->state ? q : QUALITY_GE;
        orphan = orphan || !is_orphan(w, task) ? orphan : task;
        if (!cause && is_state(task, "FAILED")) {
            cause = task->cause;
            trace = task->trace;
        }
    }
    table_set_int(t, r, CONNECTORS_TASKS, (int64_t)c->tasks.n, QUALITY_EXACT);
    table_set_int(t, r, CONNECTORS_TASKS_RUNNING, running, q);
    table_set_int(t, r, CONNECTORS_TASKS_FAILED, failed, q);
    if (!cause && orphan)
        write_orphan(t, r, CONNECTORS_ERROR, orphan);
    else
        table_set_text(t, r, CONNECTORS_ERROR, cause);
    table_set_text(t, r, CONNECTORS_TRACE, trace);
}

static void write_names(struct table *t, struct row *r, size_t column, char *const *names, size_t n)
{
    struct str s = {0};
    for (size_t i = 0; i < n; i++)
        str_printf(&s, "%s%s", i ? ", " : "", names[i]);
    table_set_text(t, r, column, n ? str_text(&s) : NULL);
    str_done(&s);
}

static void write_ms(struct table *t, struct row *r, size_t column, int64_t ms)
{
    table_set_int(t, r, column, ms, ms == CONNECT_EVENT_UNKNOWN ? QUALITY_UNKNOWN : QUALITY_EXACT);
}

/* What only an Iceberg sink has. */
static void write_sink(const struct connect_worker_rows *w, struct table *t, struct row *r,
                       const struct connect_rest_connector *c)
{
    const struct connect_settings *s = &c->settings;
    bool sink = s->sink != CONNECT_SETTINGS_OTHER;
    const char *catalog = sink && w->ops && w->ops->catalog ? w->ops->catalog(w->arg, c) : NULL;
    table_set(t, r, CONNECTORS_ICEBERG, value_int(sink));
    table_set_text(t, r, CONNECTORS_GROUP_ID, s->group);
    table_set_text(t, r, CONNECTORS_CONTROL_TOPIC, s->control_topic);
    write_ms(t, r, CONNECTORS_COMMIT_INTERVAL_MS, s->interval_ms);
    write_ms(t, r, CONNECTORS_COMMIT_TIMEOUT_MS, s->timeout_ms);
    if (s->routed)
        table_set_text(t, r, CONNECTORS_TABLES, "routed");
    else
        write_names(t, r, CONNECTORS_TABLES, s->tables.items, s->tables.n);
    table_set_text(t, r, CONNECTORS_CATALOG, catalog ? catalog : s->catalog.shown);
}

static void write_connector(const struct connect_worker_rows *w, struct table *t,
                            const struct connect_rest_connector *c)
{
    struct row *r = upsert(w, t, c->name, 0);
    if (!r)
        return;
    table_set_text(t, r, CONNECTORS_STATE, c->state);
    table_set_text(t, r, CONNECTORS_WORKER, c->worker);
    table_set_text(t, r, CONNECTORS_TYPE, c->type);
    table_set_text(t, r, CONNECTORS_VERSION, c->version);
    table_set_text(t, r, CONNECTORS_CLASS, c->settings.class);
    table_set_text(t, r, CONNECTORS_CLUSTER, w->cluster);
    table_set_text(t, r, CONNECTORS_CONFIG, *c->settings.shown ? c->settings.shown : NULL);
    if (c->tracked && c->topics.n)
        write_names(t, r, CONNECTORS_TOPICS, c->topics.items, c->topics.n);
    else
        table_set_text(t, r, CONNECTORS_TOPICS, c->settings.topics);
    write_tasks_of(w, t, r, c);
    write_sink(w, t, r, c);
}

size_t connect_worker_rows_write(const struct connect_worker_rows *w, const struct connect_rest_connectors *list)
{
    struct table *connectors = store_find(w->store, connect_table_connectors.name);
    struct table *tasks = store_find(w->store, connect_table_tasks.name);
    size_t rows = 0;
    table_begin(connectors, w->owner);
    table_begin(tasks, w->owner);
    for (size_t i = 0; i < list->list.n; i++) {
        const struct connect_rest_connector *c = &list->list.items[i];
        write_connector(w, connectors, c);
        for (size_t t = 0; t < c->tasks.n; t++)
            write_task(w, tasks, c->name, &c->tasks.items[t]);
        rows += 1 + c->tasks.n;
    }
    table_sweep(connectors, w->owner);
    table_sweep(tasks, w->owner);
    return rows;
}

/* ---- events ---- */

struct teller {
    const struct connect_worker_rows *w;
    size_t told;
};

static void tell(struct teller *t, const char *severity, const char *subject, const char *text)
{
    if (t->told++ < CONNECT_WORKER_ROWS_EVENTS)
        source_event(t->w->store, t->w->source, severity, subject, "%s", text);
}

static bool differ(const char *a, const char *b)
{
    return (a == NULL) != (b == NULL) || (a && strcmp(a, b) != 0);
}

/* Another state, or another worker. */
static void tell_change(struct teller *t, const char *subject, const char *const was[2], const char *const now[2],
                        const char *cause)
{
    bool state = differ(was[0], now[0]), moved = was[1] && now[1] && strcmp(was[1], now[1]) != 0;
    if (!now[0] || (!state && !moved))
        return;
    bool failed = strcmp(now[0], "FAILED") == 0;
    struct str s = {0};
    if (state)
        str_printf(&s, "%s, was %s", now[0], was[0] ? was[0] : "not known");
    if (moved)
        str_printf(&s, "%smoved from %s to %s", state ? ", " : "", was[1], now[1]);
    if (failed && cause)
        str_printf(&s, ": %s", cause);
    tell(t, state && failed ? "error" : "info", subject, str_text(&s));
    str_done(&s);
}

static void tell_tasks(struct teller *t, const struct connect_rest_connector *was,
                       const struct connect_rest_connector *now)
{
    struct str subject = {0};
    for (size_t i = 0, o = 0; i < now->tasks.n; i++) {
        const struct connect_rest_task *task = &now->tasks.items[i];
        while (o < was->tasks.n && was->tasks.items[o].task < task->task)
            o++;
        const struct connect_rest_task *before = o < was->tasks.n ? &was->tasks.items[o] : NULL;
        if (before && before->task != task->task)
            before = NULL;
        if (!before && !is_state(task, "FAILED")) /* that there are more is told of the connector */
            continue;
        str_clear(&subject);
        str_printf(&subject, "task %s-%lld", now->name, (long long)task->task);
        tell_change(t, str_text(&subject),
                    (const char *const[]){before ? before->state : NULL, before ? before->worker : NULL},
                    (const char *const[]){task->state, task->worker}, task->cause);
    }
    str_done(&subject);
}

static void tell_connector(struct teller *t, const struct connect_rest_connector *was,
                           const struct connect_rest_connector *now)
{
    struct str subject = {0}, text = {0};
    str_printf(&subject, "connector %s", now ? now->name : was->name);
    if (!now) {
        tell(t, "warn", str_text(&subject), "is gone");
    } else if (!was) {
        str_printf(&text, "is new, %s", now->state ? now->state : "in no state yet");
        tell(t, "info", str_text(&subject), str_text(&text));
    } else {
        tell_change(t, str_text(&subject), (const char *const[]){was->state, was->worker},
                    (const char *const[]){now->state, now->worker}, now->cause);
        if (was->tasks.n != now->tasks.n) {
            str_printf(&text, "has %zu tasks, had %zu", now->tasks.n, was->tasks.n);
            tell(t, "info", str_text(&subject), str_text(&text));
        } else if (was->config != now->config) {
            tell(t, "info", str_text(&subject), "has another configuration");
        }
        tell_tasks(t, was, now);
    }
    str_done(&subject);
    str_done(&text);
}

void connect_worker_rows_events(const struct connect_worker_rows *w, const struct connect_rest_connectors *was,
                                const struct connect_rest_connectors *now)
{
    struct teller t = {.w = w};
    for (size_t i = 0, o = 0; i < now->list.n || o < was->list.n;) {
        const struct connect_rest_connector *new = i < now->list.n ? &now->list.items[i] : NULL;
        const struct connect_rest_connector *old = o < was->list.n ? &was->list.items[o] : NULL;
        int order = !new ? 1 : !old ? -1 : strcmp(new->name, old->name);
        tell_connector(&t, order >= 0 ? old : NULL, order <= 0 ? new : NULL);
        i += order <= 0;
        o += order >= 0;
    }
    if (t.told > CONNECT_WORKER_ROWS_EVENTS)
        source_event(w->store, w->source, "info", w->source, "%zu more changes of connectors and tasks in one round",
                     t.told - CONNECT_WORKER_ROWS_EVENTS);
}
