/* What the commit cycles of a sink say of its connector; see connectors.h. */
#include "derive/connectors.h"

#include "base/str.h"
#include "connect/tables.h"
#include "derive/cells.h"
#include "derive/columns.h"
#include "derive/commit_cells.h"

#include <string.h>

enum { STRIP = 40, MEANS = 20 };

#define UNKNOWN CONNECT_EVENT_UNKNOWN

static const char letters[CONNECT_OUTCOMES] = {
    [CONNECT_OUTCOME_RUNNING] = '.',    [CONNECT_OUTCOME_FULL] = 'F',      [CONNECT_OUTCOME_PARTIAL] = 'P',
    [CONNECT_OUTCOME_EMPTY] = 'o',      [CONNECT_OUTCOME_DROPPED] = 'd',   [CONNECT_OUTCOME_FAILED] = 'x',
    [CONNECT_OUTCOME_SUPERSEDED] = 's', [CONNECT_OUTCOME_COMMITTED] = 'c', [CONNECT_OUTCOME_UNKNOWN] = '?',
};

void derive_connectors_done(struct derive_summary *s)
{
    vec_done(&s->cycles);
}

/* By offset where both stand in one partition: clocks of two coordinators differ. */
static bool before(const struct derive_brief *a, const struct derive_brief *b)
{
    bool places =
        a->control_partition == b->control_partition && a->start_offset != UNKNOWN && b->start_offset != UNKNOWN;
    return places ? a->start_offset < b->start_offset : a->started_ms < b->started_ms;
}

static void insert(struct derive_summary *s, const struct derive_brief *b)
{
    size_t at = s->cycles.n;
    while (at > 0 && before(b, &s->cycles.items[at - 1]))
        at--;
    if (s->cycles.n == DERIVE_CONNECTORS_KEPT) {
        if (at == 0)
            return;
        memmove(&s->cycles.items[0], &s->cycles.items[1], (--at) * sizeof *s->cycles.items);
        s->cycles.items[at] = *b;
        return;
    }
    vec_reserve(&s->cycles, 1);
    memmove(&s->cycles.items[at + 1], &s->cycles.items[at], (s->cycles.n - at) * sizeof *s->cycles.items);
    s->cycles.items[at] = *b;
    s->cycles.n++;
}

void derive_connectors_remove(struct derive_summary *s, const char *id)
{
    for (size_t i = s->cycles.n; i-- > 0;) {
        if (strcmp(s->cycles.items[i].id, id) != 0)
            continue;
        memmove(&s->cycles.items[i], &s->cycles.items[i + 1], (s->cycles.n - i - 1) * sizeof *s->cycles.items);
        s->cycles.n--;
        s->changed = true;
        return;
    }
}

/* Was all of it committed that was to be? What a coordinator that hears nothing announces is no commit. */
static bool committed(const struct connect_cycle *c)
{
    return c->outcome == CONNECT_OUTCOME_FULL || c->outcome == CONNECT_OUTCOME_EMPTY ||
           c->outcome == CONNECT_OUTCOME_COMMITTED || (c->outcome == CONNECT_OUTCOME_PARTIAL && c->ntables > 0);
}

static int64_t end_of(const struct connect_cycle *c)
{
    int64_t end = c->ended_ms;
    for (size_t i = 0; i < c->tables.n && end == UNKNOWN; i++)
        end = c->tables.items[i].committed_ms;
    return end;
}

void derive_connectors_add(struct derive_summary *s, const struct connect_cycle *c)
{
    struct derive_brief b = {.outcome = c->outcome,
                             .started_ms = c->started_ms,
                             .ended_ms = c->ended_ms,
                             .rows = c->rows,
                             .files = c->files,
                             .control_partition = c->control_partition,
                             .start_offset = c->start_offset};
    memcpy(b.id, c->commit_id, sizeof b.id);
    derive_connectors_remove(s, c->commit_id);
    s->changed = true;
    if (committed(c) && end_of(c) > s->last_commit_ms)
        s->last_commit_ms = end_of(c);
    if (c->valid_through_ms > s->valid_through_ms)
        s->valid_through_ms = c->valid_through_ms;
    if (c->started_ms != UNKNOWN)
        insert(s, &b);
}

/* ---- the row ---- */

static void set_number(struct table *t, struct row *r, size_t column, int64_t v)
{
    derive_cells_set_number(t, r, column, v, QUALITY_EXACT);
}

static const struct connect_cycle *newest(const struct derive_summary *s, const struct connect_cycles *cycles)
{
    for (size_t i = s->cycles.n; i-- > 0;) {
        const struct connect_cycle *c = connect_cycles_find(cycles, s->cycles.items[i].id);
        if (c)
            return c;
    }
    return NULL;
}

static void remove_own(struct table *t, struct derive_summary *s)
{
    struct row *r = s->own_row ? table_by_id(t, s->own_row) : NULL;
    if (r && row_get(r, CONNECTORS_STATE).quality == QUALITY_UNKNOWN)
        table_remove(t, r);
    s->own_row = 0;
}

enum { NAMED = 5 };

/* Names, the same one after the other once, as a text; one that is there stays where there is none. */
static void write_list(struct table *t, struct row *r, size_t column, const struct connect_cycle *c,
                       struct name *(*at)(const struct connect_cycle *c, size_t i))
{
    struct str text = {0};
    const struct name *name, *last = NULL;
    size_t n = 0;
    for (size_t i = 0; (name = at(c, i)); i++) {
        if (name != last && n++ < NAMED)
            str_printf(&text, "%s%s", text.len ? ", " : "", name->raw);
        last = name;
    }
    if (n > NAMED)
        str_printf(&text, " and %zu more", n - NAMED);
    if (n)
        table_set_bytes(t, r, column, text.s, text.len);
    str_done(&text);
}

static struct name *topic_at(const struct connect_cycle *c, size_t i)
{
    return i < c->answers.n ? c->answers.items[i].topic : NULL;
}

static struct name *table_at(const struct connect_cycle *c, size_t i)
{
    return i < c->tables.n ? c->tables.items[i].table : NULL;
}

/* A connector that only its cycles tell of. */
static struct row *own_row(const struct derive_commit_rows *w, struct table *t, struct derive_summary *s,
                           const struct connect_cycle *c)
{
    struct name *connector = name_intern(store_names(w->store), c->connector->raw, c->connector->len);
    const struct value key[] = {value_text(w->cluster), value_text(connector)};
    struct row *r = connector->len ? table_upsert(t, key, w->owner) : NULL;
    name_unref(connector);
    if (!r || (s->own_row && s->own_row != row_id(r)))
        remove_own(t, s);
    if (!r)
        return NULL;
    s->own_row = row_id(r);
    table_set(t, r, CONNECTORS_CLUSTER, value_text(w->cluster));
    table_set_text(t, r, CONNECTORS_TYPE, "sink");
    table_set_int(t, r, CONNECTORS_ICEBERG, 1, QUALITY_EXACT);
    derive_commit_cells_text(t, r, CONNECTORS_GROUP_ID, c->group);
    derive_commit_cells_text(t, r, CONNECTORS_CONTROL_TOPIC, c->control_topic);
    set_number(t, r, CONNECTORS_COMMIT_INTERVAL_MS, c->interval_ms);
    set_number(t, r, CONNECTORS_COMMIT_TIMEOUT_MS, c->timeout_ms);
    write_list(t, r, CONNECTORS_TOPICS, c, topic_at);
    write_list(t, r, CONNECTORS_TABLES, c, table_at);
    return r;
}

static void write_strip(const struct derive_summary *s, struct table *t, struct row *r, size_t column)
{
    char strip[STRIP + 1];
    size_t first = s->cycles.n > STRIP ? s->cycles.n - STRIP : 0, n = 0;
    for (size_t i = first; i < s->cycles.n; i++)
        strip[n++] = letters[s->cycles.items[i].outcome];
    strip[n] = '\0';
    table_set_text(t, r, column, n ? strip : NULL);
}

static void write_means(const struct derive_summary *s, struct table *t, struct row *r, size_t first)
{
    double rows = 0, files = 0;
    int n = 0;
    for (size_t i = s->cycles.n; i-- > 0 && n < MEANS;) {
        const struct derive_brief *b = &s->cycles.items[i];
        bool done = b->outcome == CONNECT_OUTCOME_FULL || b->outcome == CONNECT_OUTCOME_PARTIAL ||
                    b->outcome == CONNECT_OUTCOME_COMMITTED;
        if (!done || b->rows <= 0)
            continue;
        rows += (double)b->rows;
        files += (double)b->files;
        n++;
    }
    enum quality q = n ? QUALITY_EXACT : QUALITY_UNKNOWN;
    table_set_real(t, r, first + DERIVE_COMMITS_ROWS, n ? rows / n : 0, q);
    table_set_real(t, r, first + DERIVE_COMMITS_FILES, n ? files / n : 0, q);
}

/* The newest of a kind: one that runs, or one that has ended. */
static const struct derive_brief *last(const struct derive_summary *s, bool running)
{
    for (size_t i = s->cycles.n; i-- > 0;)
        if ((s->cycles.items[i].outcome == CONNECT_OUTCOME_RUNNING) == running)
            return &s->cycles.items[i];
    return NULL;
}

static void write_cycles(const struct derive_summary *s, const struct connect_cycles *cycles, struct table *t,
                         struct row *r, size_t first)
{
    const struct derive_brief *running = last(s, true), *ended = last(s, false);
    const struct connect_cycle *c = running ? connect_cycles_find(cycles, running->id) : NULL;
    char answered[64];
    bool known = c && derive_commit_rows_answered(c, answered, sizeof answered);
    table_set_text(t, r, first + DERIVE_COMMITS_CYCLE, known ? answered : NULL);
    set_number(t, r, first + DERIVE_COMMITS_CYCLE_STARTED, c ? c->started_ms : UNKNOWN);
    table_set_text(t, r, first + DERIVE_COMMITS_LAST_OUTCOME, ended ? connect_outcome_name(ended->outcome) : NULL);
    set_number(t, r, first + DERIVE_COMMITS_LAST_COMMIT, s->last_commit_ms > 0 ? s->last_commit_ms : UNKNOWN);
    set_number(t, r, first + DERIVE_COMMITS_VALID_THROUGH, s->valid_through_ms > 0 ? s->valid_through_ms : UNKNOWN);
}

/* As a source of Connect has it. */
static struct row *row_of(const struct table *t, const struct derive_sink *sink)
{
    if (!sink->connect)
        return NULL;
    const struct value key[] = {value_text(sink->connect), value_text(sink->connector)};
    return table_find(t, key);
}

void derive_connectors_write(const struct derive_commit_rows *w, struct derive_summary *s,
                             const struct connect_cycles *cycles, bool wait)
{
    struct table *t = store_find(w->store, connect_table_connectors.name);
    size_t first = t ? derive_columns_first(t, "commits") : SIZE_MAX;
    const struct connect_cycle *c = newest(s, cycles);
    if (first == SIZE_MAX || !c)
        return;
    struct row *r = row_of(t, s->sink);
    if (r && row_id(r) != s->own_row)
        remove_own(t, s);
    if (r)
        s->told_ms = clock_wall_ms(store_clock(w->store));
    if (!r && (wait || (s->told_ms && c->started_ms < s->told_ms)))
        return;
    r = r ? r : own_row(w, t, s, c);
    if (!r)
        return;
    struct value worker, coordinator = derive_commit_rows_coordinator(w, s->sink, c, &worker);
    write_cycles(s, cycles, t, r, first);
    write_strip(s, t, r, first + DERIVE_COMMITS_OUTCOMES);
    write_means(s, t, r, first);
    table_set(t, r, first + DERIVE_COMMITS_COORDINATOR, coordinator);
    table_set(t, r, first + DERIVE_COMMITS_COORDINATOR_WORKER, worker);
    set_number(t, r, first + DERIVE_COMMITS_FLUSH_MS, c->flush_ms);
    if (coordinator.quality != QUALITY_UNKNOWN)
        name_unref(coordinator.s);
    s->changed = false;
}

void derive_connectors_clear(const struct derive_commit_rows *w, struct derive_summary *s)
{
    struct table *t = store_find(w->store, connect_table_connectors.name);
    size_t first = t ? derive_columns_first(t, "commits") : SIZE_MAX;
    if (first == SIZE_MAX)
        return;
    struct row *r = row_of(t, s->sink);
    for (size_t i = DERIVE_COMMITS_LAST_COMMIT; r && i <= DERIVE_COMMITS_FLUSH_MS; i++)
        table_set_unknown(t, r, first + i);
    remove_own(t, s);
}
