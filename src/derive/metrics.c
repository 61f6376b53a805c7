/* What scraped metrics say of tasks and brokers; see metrics.h.
 *
 * Of what may be many rows only those are remembered that say something. Whenever one of them changes, or a row that they belong to,
 * the cells of all tasks and brokers are worked out again: there are few, and a cell that is as it was costs nobody anything. */
#include "derive/metrics.h"

#include "base/str.h"
#include "base/vec.h"
#include "conf/address.h"
#include "connect/tables.h"
#include "derive/cells.h"
#include "derive/columns.h"
#include "derive/metrics_names.h"
#include "kafka/tables.h"
#include "prom/labels.h"
#include "prom/rate.h"
#include "prom/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELLS =
        (int)DERIVE_TASK_METRICS > (int)DERIVE_BROKER_METRICS ? (int)DERIVE_TASK_METRICS : (int)DERIVE_BROKER_METRICS
};

/* An endpoint of which a series is remembered. */
struct target {
    struct name *job, *instance;
    size_t series;
    bool down;
    int64_t scraped_ms;
    char *host;                     /* NULL: not known */
    struct name *connect, *cluster; /* its labels of these names, or NULL */
    int64_t broker;                 /* likewise; -1 */
};

/* Why a series is a row's; of several the one with the best reason is. */
enum claim { CLAIM_ONLY, CLAIM_HOST, CLAIM_LABELS };

/* A row of `metrics` that says something. */
struct series {
    const struct derive_metrics_name *name;
    size_t place; /* of name */
    struct target *target;
    struct name *connector; /* of a task */
    int64_t task;
    double value, before; /* and of the scrape before, for what the exporter does not call a counter */
    int64_t at_ms, before_ms;
    double rate; /* NaN: not known */
    bool told;   /* the rate is the exporter's counter's, which its row has */
    enum claim claim;
};

/* One of the two tables, and the rows that series may belong to. */
struct side {
    const char *table;
    uint64_t seq; /* when it was last worked out */
    struct map places;
};

struct derive_metrics {
    struct store *store;
    struct store_listener *listener;
    struct derive_metrics_names *names;
    struct map series;  /* by the id of their row */
    struct map targets; /* by the names of job and instance */
    uint64_t metrics_seq, targets_seq;
    struct side sides[DERIVE_METRICS_SIDES];
    bool due;
    struct str scratch;
};

/* ---- targets ---- */

static struct name *label(struct derive_metrics *m, const char *labels, const char *name)
{
    str_clear(&m->scratch);
    if (!prom_labels_get(labels, name, &m->scratch))
        return NULL;
    return name_intern(store_names(m->store), str_text(&m->scratch), m->scratch.len);
}

/* A number that is all of a text, from 0 on; -1: none. */
static int64_t number(const char *text)
{
    char *end;
    if (*text < '0' || *text > '9' || strlen(text) > 9)
        return -1;
    long ret = strtol(text, &end, 10);
    return *end ? -1 : ret;
}

static void forget_labels(struct target *t)
{
    free(t->host);
    name_unref(t->connect);
    name_unref(t->cluster);
    t->host = NULL;
    t->connect = t->cluster = NULL;
    t->broker = -1;
}

/* What its row says of it. */
static void read_target(struct derive_metrics *m, struct target *t, const struct row *r)
{
    const struct name *url = derive_cells_text(r, TARGETS_URL), *labels = derive_cells_text(r, TARGETS_LABELS);
    const char *host = url ? strstr(url->raw, "://") : NULL;
    t->down = strcmp(row_text(r, "state"), "down") == 0;
    t->scraped_ms = derive_cells_number(r, TARGETS_LAST_SCRAPE);
    forget_labels(t);
    if (host)
        conf_address_split(host + 3, strcspn(host + 3, "/"), &t->host, NULL);
    if (!labels)
        return;
    t->connect = label(m, labels->raw, "connect");
    t->cluster = label(m, labels->raw, "cluster");
    str_clear(&m->scratch);
    if (prom_labels_get(labels->raw, "broker", &m->scratch))
        t->broker = number(str_text(&m->scratch));
}

struct target_key {
    const struct name *job, *instance;
};

static struct target *target_of(struct derive_metrics *m, const struct row *r)
{
    struct value key[] = {row_get(r, METRICS_JOB), row_get(r, METRICS_INSTANCE)};
    struct target_key at = {key[0].s, key[1].s};
    struct target *t = map_get(&m->targets, &at, sizeof at);
    if (t)
        return t;
    const struct table *targets = store_find(m->store, prom_table_targets.name);
    const struct row *row = targets ? table_find(targets, key) : NULL;
    t = mem_new(struct target);
    *t = (struct target){.job = name_ref(key[0].s), .instance = name_ref(key[1].s), .broker = -1};
    if (row)
        read_target(m, t, row);
    map_put(&m->targets, &at, sizeof at, t);
    return t;
}

static void free_target(struct target *t)
{
    forget_labels(t);
    name_unref(t->job);
    name_unref(t->instance);
    free(t);
}

/* Those that were scraped, or ceased to be. */
static void look_at_targets(struct derive_metrics *m)
{
    const struct table *t = store_find(m->store, prom_table_targets.name);
    for (const struct row *r = t ? table_changed_after(t, m->targets_seq) : NULL; r; r = row_next(r)) {
        struct target_key at = {row_get(r, TARGETS_JOB).s, row_get(r, TARGETS_INSTANCE).s};
        struct target *known = m->targets.n ? map_get(&m->targets, &at, sizeof at) : NULL;
        if (!known)
            continue;
        read_target(m, known, r);
        m->due = true;
    }
    m->targets_seq = t ? table_seq(t) : 0;
}

/* ---- series ---- */

static void forget_series(struct derive_metrics *m, uint64_t id)
{
    struct series *s = map_del(&m->series, &id, sizeof id);
    if (!s)
        return;
    struct target *t = s->target;
    if (--t->series == 0) {
        struct target_key at = {t->job, t->instance};
        map_del(&m->targets, &at, sizeof at);
        free_target(t);
    }
    name_unref(s->connector);
    free(s);
    m->due = true;
}

static void forget_all(struct derive_metrics *m)
{
    void *value;
    const void *key;
    for (size_t at = 0; map_next(&m->series, &at, &key, NULL, &value);) {
        uint64_t id;
        memcpy(&id, key, sizeof id);
        forget_series(m, id);
    }
    m->metrics_seq = 0;
}

/* Meets a row for the first time; NULL: it says nothing. */
static struct series *meet(struct derive_metrics *m, const struct row *r)
{
    const struct name *metric = row_get(r, METRICS_METRIC).s, *labels = row_get(r, METRICS_LABELS).s;
    size_t place;
    const struct derive_metrics_name *name =
        derive_metrics_names_find(m->names, metric->raw, metric->len, labels->raw, &place);
    struct name *connector = NULL;
    int64_t task = -1;
    if (!name)
        return NULL;
    if (name->side == DERIVE_METRICS_TASKS) {
        str_clear(&m->scratch);
        if (prom_labels_get(labels->raw, "task", &m->scratch))
            task = number(str_text(&m->scratch));
        if (task < 0 || !(connector = label(m, labels->raw, "connector")))
            return NULL;
    }
    struct series *s = mem_new(struct series);
    *s = (struct series){.name = name,
                         .place = place,
                         .connector = connector,
                         .task = task,
                         .target = target_of(m, r),
                         .value = NAN,
                         .rate = NAN};
    s->target->series++;
    uint64_t id = row_id(r);
    map_put(&m->series, &id, sizeof id, s);
    return s;
}

/* A counter that the exporter does not call one: from one scrape to the next. */
static double rate_of(struct series *s, const struct row *r)
{
    struct value told = row_get(r, METRICS_RATE);
    double ret;
    s->told = told.quality != QUALITY_UNKNOWN;
    if (s->told)
        return told.d;
    if (s->at_ms != s->target->scraped_ms) {
        s->before = s->value;
        s->before_ms = s->at_ms;
        s->at_ms = s->target->scraped_ms;
    }
    bool known = s->before_ms > 0 &&
                 prom_rate_instant(s->before, s->before_ms * 1000, row_get(r, METRICS_VALUE).d, s->at_ms * 1000, &ret);
    return known ? ret : NAN;
}

static void read_series(struct series *s, const struct row *r)
{
    struct value v = row_get(r, METRICS_VALUE);
    if (s->name->rate)
        s->rate = rate_of(s, r);
    s->value = v.quality == QUALITY_UNKNOWN ? NAN : v.d;
}

static void look_at_metrics(struct derive_metrics *m)
{
    const struct table *t = store_find(m->store, prom_table_metrics.name);
    const struct table_removal *gone;
    size_t n = 0;
    if (!t || table_seq(t) == m->metrics_seq)
        return;
    if (m->metrics_seq && !table_removed_after(t, m->metrics_seq, &gone, &n))
        forget_all(m);
    for (size_t i = 0; m->metrics_seq && i < n; i++)
        forget_series(m, gone[i].id);
    for (const struct row *r = table_changed_after(t, m->metrics_seq); r; r = row_next(r)) {
        uint64_t id = row_id(r);
        struct series *s = m->series.n ? map_get(&m->series, &id, sizeof id) : NULL;
        if (!s && row_born(r) > m->metrics_seq)
            s = meet(m, r);
        if (!s)
            continue;
        read_series(s, r);
        m->due = true;
    }
    m->metrics_seq = table_seq(t);
}

/* ---- whose they are ---- */

/* The rows that a series may belong to, and what the best of each column says. */
struct place {
    struct row *row;
    struct place *next; /* of the same key */
    const struct series *cells[CELLS];
};

/* Tasks by connector and number, brokers all under one key. */
struct place_key {
    const struct name *connector;
    int64_t task;
};

static void add_place(struct side *side, struct place_key key, struct row *r)
{
    struct place *p = mem_new(struct place);
    *p = (struct place){.row = r};
    p->next = map_put(&side->places, &key, sizeof key, p);
}

static void clear_places(struct side *side)
{
    void *value;
    for (size_t at = 0; map_next(&side->places, &at, NULL, NULL, &value);)
        for (struct place *p = value, *next; p; p = next) {
            next = p->next;
            free(p);
        }
    map_done(&side->places);
}

static bool is_at(const struct row *r, size_t column, const char *host)
{
    const struct name *at = derive_cells_text(r, column);
    char *name = NULL;
    if (!at || !host || !conf_address_split(at->raw, at->len, &name, NULL))
        return false;
    bool ret = strcmp(name, host) == 0;
    free(name);
    return ret;
}

/* The task of a series; NULL: none, or not to be told. */
static struct place *task_of(const struct side *side, struct series *s)
{
    struct place_key key = {s->connector, s->task};
    struct place *all = map_get(&side->places, &key, sizeof key), *found = NULL;
    size_t n = 0;
    s->claim = CLAIM_LABELS;
    for (struct place *p = all; s->target->connect && p; p = p->next)
        if (row_get(p->row, TASKS_CONNECT).s == s->target->connect)
            return p;
    if (s->target->connect)
        return NULL;
    for (struct place *p = all; p; p = p->next)
        if (is_at(p->row, TASKS_WORKER, s->target->host)) {
            found = p;
            n++;
        }
    s->claim = n ? CLAIM_HOST : CLAIM_ONLY;
    return n == 1 ? found : all && !all->next ? all : NULL;
}

static struct place *broker_of(const struct side *side, struct series *s)
{
    struct place_key key = {0};
    struct place *found = NULL;
    const struct target *t = s->target;
    size_t n = 0;
    s->claim = t->broker >= 0 ? CLAIM_LABELS : CLAIM_HOST;
    for (struct place *p = map_get(&side->places, &key, sizeof key); p; p = p->next) {
        bool other = t->cluster && row_get(p->row, BROKERS_CLUSTER).s != t->cluster;
        bool is =
            t->broker >= 0 ? row_get(p->row, BROKERS_BROKER).i == t->broker : is_at(p->row, BROKERS_HOST, t->host);
        if (other || !is)
            continue;
        found = p;
        n++;
    }
    return n == 1 ? found : NULL;
}

/* Does the task belong to a sink that commits its offsets otherwise than Connect knows? */
static bool is_iceberg(const struct derive_metrics *m, const struct row *task)
{
    struct value key[] = {row_get(task, TASKS_CONNECT), row_get(task, TASKS_CONNECTOR)};
    const struct table *t = store_find(m->store, connect_table_connectors.name);
    const struct row *r = t ? table_find(t, key) : NULL;
    struct value v = r ? row_get(r, CONNECTORS_ICEBERG) : value_unknown();
    return v.quality != QUALITY_UNKNOWN && v.i;
}

static struct value value_of(const struct series *s)
{
    double d = s->name->rate ? s->rate : s->value;
    /* NaN is Kafka's way to say that there was nothing to take the mean of. */
    return value_told(d, s->target->down ? QUALITY_STALE : QUALITY_EXACT);
}

static void write_place(const struct derive_metrics *m, struct table *t, const struct place *p, size_t first,
                        size_t cells, bool tasks)
{
    bool iceberg = tasks && is_iceberg(m, p->row);
    for (size_t i = 0; i < cells; i++) {
        const struct series *s = p->cells[i];
        bool means = s && !(iceberg && s->name->offset_commit);
        table_set(t, p->row, first + i, means ? value_of(s) : value_unknown());
    }
}

/* A row that the last scrape did not touch has the value that it had. */
static void stand_still(struct series *s)
{
    if (!s->name->rate || s->told || s->at_ms == s->target->scraped_ms || s->target->down)
        return;
    s->at_ms = s->target->scraped_ms;
    s->rate = 0;
}

/* Of an endpoint that answers rather than of one that does not, then by whose it is, then by the name that holds. */
static bool is_better(const struct series *a, const struct series *b)
{
    if (a->target->down != b->target->down)
        return b->target->down;
    return a->claim != b->claim ? a->claim > b->claim : a->place < b->place;
}

/* Gives each series of a side to its row. */
static void share_out(struct derive_metrics *m, enum derive_metrics_side which)
{
    struct side *side = &m->sides[which];
    void *value;
    for (size_t at = 0; map_next(&m->series, &at, NULL, NULL, &value);) {
        struct series *s = value;
        if (s->name->side != which)
            continue;
        stand_still(s);
        struct place *p = which == DERIVE_METRICS_TASKS ? task_of(side, s) : broker_of(side, s);
        const struct series **cell = p ? &p->cells[s->name->column] : NULL;
        if (cell && (!*cell || is_better(s, *cell)))
            *cell = s;
    }
}

static void work_out(struct derive_metrics *m, enum derive_metrics_side which)
{
    struct side *side = &m->sides[which];
    struct table *t = store_find(m->store, side->table);
    size_t first = t ? derive_columns_first(t, "metrics") : SIZE_MAX;
    bool tasks = which == DERIVE_METRICS_TASKS;
    if (first == SIZE_MAX)
        return;
    for (struct row *r = table_first(t); r; r = row_next(r))
        add_place(side,
                  tasks ? (struct place_key){row_get(r, TASKS_CONNECTOR).s, row_get(r, TASKS_TASK).i}
                        : (struct place_key){0},
                  r);
    share_out(m, which);
    void *value;
    for (size_t at = 0; map_next(&side->places, &at, NULL, NULL, &value);)
        for (struct place *p = value; p; p = p->next)
            write_place(m, t, p, first, tasks ? DERIVE_TASK_METRICS : DERIVE_BROKER_METRICS, tasks);
    clear_places(side);
    side->seq = table_seq(t);
}

static void on_commit(struct store *store, void *arg)
{
    struct derive_metrics *m = arg;
    bool had = m->series.n;
    look_at_targets(m);
    look_at_metrics(m);
    for (size_t i = 0; i < DERIVE_METRICS_SIDES; i++) {
        const struct table *t = store_find(store, m->sides[i].table);
        m->due |= t && table_seq(t) != m->sides[i].seq;
    }
    if (!m->due || (!had && !m->series.n))
        return;
    m->due = false;
    for (size_t i = 0; i < DERIVE_METRICS_SIDES; i++)
        work_out(m, (enum derive_metrics_side)i);
    store_commit(store);
}

struct derive_metrics *derive_metrics_new(struct store *store)
{
    struct derive_metrics *m = mem_new(struct derive_metrics);
    *m = (struct derive_metrics){.store = store,
                                 .names = derive_metrics_names_new(),
                                 .sides = {[DERIVE_METRICS_TASKS] = {.table = connect_table_tasks.name},
                                           [DERIVE_METRICS_BROKERS] = {.table = kafka_table_brokers.name}}};
    m->listener = store_listen(store, on_commit, m);
    return m;
}

void derive_metrics_free(struct derive_metrics *m)
{
    if (!m)
        return;
    store_unlisten(m->store, m->listener);
    forget_all(m);
    map_done(&m->series);
    map_done(&m->targets);
    derive_metrics_names_free(m->names);
    str_done(&m->scratch);
    free(m);
}
