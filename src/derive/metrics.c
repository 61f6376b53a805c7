/* What scraped metrics say of tasks and brokers; see metrics.h.
 *
 * Of what may be many rows only those are remembered that say something. Whenever one of them changes, or a row that they belong to,
 * the cells of all tasks and brokers are worked out again: there are few, and a cell that is as it was costs nobody anything. */
#include "derive/metrics.h"

#include "base/mem.h"
#include "conf/address.h"
#include "connect/tables.h"
#include "derive/cells.h"
#include "derive/columns.h"
#include "derive/metrics_names.h"
#include "derive/metrics_targets.h"
#include "kafka/tables.h"
#include "prom/rate.h"
#include "prom/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELLS =
        (int)DERIVE_TASK_METRICS > (int)DERIVE_BROKER_METRICS ? (int)DERIVE_TASK_METRICS : (int)DERIVE_BROKER_METRICS
};

/* Why a series is a row's; of several the one with the best reason is. */
enum claim { CLAIM_ONLY, CLAIM_HOST, CLAIM_LABELS };

/* A row of `metrics` that says something. */
struct series {
    const struct derive_metrics_name *name;
    size_t place; /* of name */
    struct derive_metrics_target *target;
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
    struct map series; /* by the id of their row */
    uint64_t metrics_seq;
    struct derive_metrics_targets targets;
    struct side sides[DERIVE_METRICS_SIDES];
    bool due;
};

/* ---- series ---- */

static void forget_series(struct derive_metrics *m, uint64_t id)
{
    struct series *s = map_del(&m->series, &id, sizeof id);
    if (!s)
        return;
    derive_metrics_targets_release(&m->targets, s->target);
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
        task = derive_metrics_targets_number(labels->raw, "task");
        if (task < 0 || !(connector = derive_metrics_targets_label(&m->targets, labels->raw, "connector")))
            return NULL;
    }
    struct series *s = mem_new(struct series);
    *s = (struct series){.name = name,
                         .place = place,
                         .connector = connector,
                         .task = task,
                         .target = derive_metrics_targets_use(&m->targets, r),
                         .value = NAN,
                         .rate = NAN};
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
    const struct derive_metrics_target *t = s->target;
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
    m->due |= derive_metrics_targets_look(&m->targets);
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
                                 .targets.store = store,
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
    derive_metrics_targets_done(&m->targets);
    derive_metrics_names_free(m->names);
    free(m);
}
