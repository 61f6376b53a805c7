/* The rows of one commit cycle; see commit_rows.h. */
#include "derive/commit_rows.h"

#include "base/str.h"
#include "connect/tables.h"
#include "derive/commit_cells.h"
#include "derive/commit_partitions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED = 5 /* partitions, tables and snapshots that a text names; of the rest it says how many */ };

#define UNKNOWN CONNECT_EVENT_UNKNOWN

static struct value intern(const struct derive_commit_rows *w, const struct name *n, enum quality q)
{
    return n ? derive_commit_cells_name(name_intern(store_names(w->store), n->raw, n->len), q) : value_unknown();
}

static void done(struct value v)
{
    if (v.quality != QUALITY_UNKNOWN)
        name_unref(v.s);
}

/* ---- who ---- */

static int64_t trailing_number(const struct name *n)
{
    const char *dash = strrchr(n->raw, '-');
    return dash && dash[1] && strspn(dash + 1, "0123456789") == strlen(dash + 1) && strlen(dash + 1) <= 9
               ? strtol(dash + 1, NULL, 10)
               : -1;
}

struct value derive_commit_rows_coordinator(const struct derive_commit_rows *w, const struct derive_sink *sink,
                                            const struct connect_cycle *cycle, struct value *worker)
{
    *worker = value_unknown();
    if (cycle->coordinator) {
        *worker = derive_commit_cells_worker(w, sink, trailing_number(cycle->coordinator));
        return intern(w, cycle->coordinator, QUALITY_EXACT);
    }
    /* The one with the smallest partition leads. */
    int64_t task = sink && sink->assigned.n ? sink->assigned.items[0].task : -1;
    if (task < 0)
        return value_unknown();
    struct str text = {0};
    str_bytes(&text, sink->connector->raw, sink->connector->len);
    str_printf(&text, "-%" PRId64, task);
    *worker = derive_commit_cells_worker(w, sink, task);
    if (worker->quality != QUALITY_UNKNOWN)
        worker->quality = QUALITY_EST;
    struct value v =
        derive_commit_cells_name(name_intern(store_names(w->store), str_text(&text), text.len), QUALITY_EST);
    str_done(&text);
    return v;
}

struct picture {
    const struct derive_commit_rows *w;
    struct derive_commit *commit;
    const struct connect_cycle *cycle;
    struct derive_commit_missing missing;
};

/* ---- tables ---- */

static void write_table(const struct picture *p, struct row *r, const struct connect_cycle_table *from)
{
    static const char *const states[] = {[CONNECT_TABLE_ANNOUNCED] = "announced",
                                         [CONNECT_TABLE_COMMITTED] = "committed",
                                         [CONNECT_TABLE_WAITING] = "waiting"};
    struct table *t = p->w->tables;
    derive_commit_cells_text(t, r, COMMIT_TABLES_CONNECTOR, p->cycle->connector);
    derive_commit_cells_text(t, r, COMMIT_TABLES_CATALOG, from->catalog);
    table_set_text(t, r, COMMIT_TABLES_STATE, states[from->state]);
    derive_commit_cells_number(t, r, COMMIT_TABLES_FILES, from->files, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_TABLES_DELETE_FILES, from->delete_files, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_TABLES_ROWS, from->rows, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_TABLES_BYTES, from->bytes, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_TABLES_SNAPSHOT_ID, from->snapshot_id, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_TABLES_COMMITTED, from->committed_ms, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_TABLES_COMMITTED_AFTER_MS,
                               connect_cycles_between(p->cycle->started_ms, from->committed_ms), QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMIT_TABLES_VALID_THROUGH, from->valid_through_ms, QUALITY_EXACT);
    table_set_text(t, r, COMMIT_TABLES_TABLE_UUID, from->uuid[0] ? from->uuid : NULL);
}

static void write_tables(struct picture *p)
{
    struct names *names = store_names(p->w->store);
    struct name *id = name_intern(names, p->cycle->commit_id, strlen(p->cycle->commit_id));
    for (size_t i = 0; i < p->cycle->tables.n; i++) {
        const struct connect_cycle_table *from = &p->cycle->tables.items[i];
        struct name *name = name_intern(names, from->table->raw, from->table->len);
        const struct value key[] = {derive_commit_cells_name(p->w->cluster, QUALITY_EXACT),
                                    derive_commit_cells_name(id, QUALITY_EXACT),
                                    derive_commit_cells_name(name, QUALITY_EXACT)};
        struct row *r = table_upsert(p->w->tables, key, p->w->owner);
        name_unref(name);
        if (!r)
            continue;
        write_table(p, r, from);
        size_t at = 0;
        while (at < p->commit->tables.n && p->commit->tables.items[at] != row_id(r))
            at++;
        if (at == p->commit->tables.n)
            vec_push(&p->commit->tables, row_id(r));
    }
    name_unref(id);
}

/* ---- the cycle ---- */

static void add_rest(struct str *out, size_t n)
{
    if (n > NAMED)
        str_printf(out, " and %zu more", n - NAMED);
}

static void set_str(struct table *t, struct row *r, size_t column, struct str *text)
{
    if (text->len)
        table_set_bytes(t, r, column, text->s, text->len);
    else
        table_set_unknown(t, r, column);
    str_done(text);
}

static void write_missing_text(const struct picture *p, struct row *r)
{
    struct str text = {0};
    for (size_t i = 0; i < p->missing.list.n && i < NAMED; i++)
        str_printf(&text, "%s%s-%d", i ? ", " : "", p->missing.list.items[i].topic->raw,
                   (int)p->missing.list.items[i].partition);
    add_rest(&text, p->missing.list.n);
    set_str(p->w->commits, r, COMMITS_MISSING, &text);
}

static void write_late_text(const struct picture *p, struct row *r)
{
    struct str text = {0};
    size_t n = 0;
    for (size_t i = 0; i < p->cycle->answers.n; i++) {
        const struct connect_answer *a = &p->cycle->answers.items[i];
        if (!a->late || n++ >= NAMED)
            continue;
        str_printf(&text, "%s%s-%d", text.len ? ", " : "", a->topic->raw, (int)a->partition);
        int64_t after = connect_cycles_between(p->cycle->started_ms, a->time_ms);
        if (after != UNKNOWN)
            str_printf(&text, " +%.1f s", (double)after / 1000);
    }
    add_rest(&text, n);
    set_str(p->w->commits, r, COMMITS_LATE, &text);
}

static void write_table_texts(const struct picture *p, struct row *r)
{
    struct str names = {0}, snapshots = {0};
    size_t n = 0, ids = 0;
    for (size_t i = 0; i < p->cycle->tables.n; i++) {
        const struct connect_cycle_table *t = &p->cycle->tables.items[i];
        if (t->committed_ms == UNKNOWN && t->snapshot_id == UNKNOWN)
            continue;
        if (n++ < NAMED)
            str_printf(&names, "%s%s", names.len ? ", " : "", t->table->raw);
        if (t->snapshot_id != UNKNOWN && ids++ < NAMED)
            str_printf(&snapshots, "%s%" PRId64, snapshots.len ? ", " : "", t->snapshot_id);
    }
    add_rest(&names, n);
    add_rest(&snapshots, ids);
    set_str(p->w->commits, r, COMMITS_TABLE_NAMES, &names);
    set_str(p->w->commits, r, COMMITS_SNAPSHOTS, &snapshots);
}

bool derive_commit_rows_answered(const struct connect_cycle *cycle, char *buf, size_t size)
{
    int64_t n = cycle->received;
    if (cycle->seen & CONNECT_SEEN_TOPIC) {
        n = 0;
        for (size_t i = 0; i < cycle->answers.n; i++)
            n += !cycle->answers.items[i].late;
    }
    if (n == UNKNOWN)
        return false;
    if (cycle->expected == UNKNOWN)
        snprintf(buf, size, "%" PRId64, n);
    else
        snprintf(buf, size, "%" PRId64 " of %" PRId64 "%s", n, cycle->expected, cycle->expected_at_least ? "+" : "");
    return true;
}

static const char *source(unsigned seen)
{
    bool topic = seen & CONNECT_SEEN_TOPIC, log = seen & CONNECT_SEEN_LOG;
    return topic && log ? "both" : topic ? "topic" : log ? "log" : "table";
}

static void write_answers(const struct picture *p, struct row *r)
{
    const struct connect_cycle *c = p->cycle;
    struct table *t = p->w->commits;
    char buf[64];
    table_set_text(t, r, COMMITS_ANSWERED, derive_commit_rows_answered(c, buf, sizeof buf) ? buf : NULL);
    derive_commit_cells_number(t, r, COMMITS_RECEIVED, c->received, QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMITS_EXPECTED, c->expected, c->expected_at_least ? QUALITY_GE : QUALITY_EXACT);
    derive_commit_cells_number(t, r, COMMITS_LATENCY_MS, c->latency_ms, QUALITY_EXACT);
    write_missing_text(p, r);
    write_late_text(p, r);
}

static void write_names(const struct picture *p, struct row *r)
{
    const struct connect_cycle *c = p->cycle;
    struct table *t = p->w->commits;
    struct value worker, coordinator = derive_commit_rows_coordinator(p->w, p->commit->sink, c, &worker);
    derive_commit_cells_text(t, r, COMMITS_CONNECTOR, c->connector);
    derive_commit_cells_text(t, r, COMMITS_GROUP_ID, c->group);
    derive_commit_cells_text(t, r, COMMITS_CONTROL_TOPIC, c->control_topic);
    derive_commit_cells_text(t, r, COMMITS_SENDER, c->sender);
    derive_commit_cells_settled(t, r, COMMITS_COORDINATOR, coordinator, p->commit->settled);
    derive_commit_cells_settled(t, r, COMMITS_COORDINATOR_WORKER, worker, p->commit->settled);
    done(coordinator);
    table_set_text(t, r, COMMITS_SOURCE, source(c->seen));
    table_set_text(t, r, COMMITS_DERIVED, c->derived);
    table_set_text(t, r, COMMITS_ERROR, c->error);
    write_table_texts(p, r);
}

static void write_numbers(const struct picture *p, struct row *r)
{
    const struct connect_cycle *c = p->cycle;
    struct table *t = p->w->commits;
    bool open = c->outcome == CONNECT_OUTCOME_RUNNING && c->ntables == 0; /* how many there will be is not known yet */
    const struct {
        size_t column;
        int64_t value;
    } numbers[] = {
        {COMMITS_STARTED, c->started_ms},
        {COMMITS_ENDED, c->ended_ms},
        {COMMITS_ELAPSED_MS, connect_cycles_between(c->started_ms, c->ended_ms)},
        {COMMITS_FILES, c->files},
        {COMMITS_DELETE_FILES, c->delete_files},
        {COMMITS_ROWS, c->rows},
        {COMMITS_BYTES, c->bytes},
        {COMMITS_TABLES, open ? CONNECT_EVENT_UNKNOWN : c->ntables},
        {COMMITS_VALID_THROUGH, c->valid_through_ms},
        {COMMITS_INTERVAL_MS, c->interval_ms},
        {COMMITS_TIMEOUT_MS, c->timeout_ms},
        {COMMITS_START_OFFSET, c->start_offset},
        {COMMITS_END_OFFSET, c->end_offset},
    };
    table_set_text(t, r, COMMITS_OUTCOME, connect_outcome_name(c->outcome));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        derive_commit_cells_number(t, r, numbers[i].column, numbers[i].value, QUALITY_EXACT);
}

void derive_commit_rows_write(const struct derive_commit_rows *w, struct derive_commit *commit,
                              const struct connect_cycle *cycle)
{
    struct picture p = {.w = w, .commit = commit, .cycle = cycle};
    struct name *id = name_intern(store_names(w->store), cycle->commit_id, strlen(cycle->commit_id));
    const struct value key[] = {derive_commit_cells_name(w->cluster, QUALITY_EXACT),
                                derive_commit_cells_name(id, QUALITY_EXACT)};
    struct row *r = table_upsert(w->commits, key, w->owner);
    name_unref(id);
    if (!r)
        return;
    bool running = cycle->outcome == CONNECT_OUTCOME_RUNNING;
    if (running)
        commit->settled = false;
    commit->row = row_id(r);
    derive_commit_partitions_write(w, commit, cycle, &p.missing);
    write_tables(&p);
    write_numbers(&p, r);
    write_answers(&p, r);
    write_names(&p, r);
    vec_done(&p.missing.list);
    commit->settled = !running && (cycle->seen & CONNECT_SEEN_TOPIC) && commit->sink && commit->sink->assigned.n;
}

void derive_commit_rows_remove(const struct derive_commit_rows *w, struct derive_commit *commit, bool thin)
{
    table_remove_others(w->partitions, commit->partitions.items, commit->partitions.n, NULL, 0);
    vec_done(&commit->partitions);
    if (thin)
        return;
    table_remove_others(w->tables, commit->tables.items, commit->tables.n, NULL, 0);
    vec_done(&commit->tables);
    table_remove_id(w->commits, commit->row);
}
