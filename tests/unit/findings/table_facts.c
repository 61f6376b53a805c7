/* A healthy table, made by hand; see table_facts.h. */
#include "tests/unit/findings/table_facts.h"

#include "connect/tables.h"
#include "derive/columns.h"
#include "derive/tables.h"
#include "expr/expr.h"
#include "iceberg/tables.h"
#include "kafka/tables.h"
#include "tests/unit/findings/said.h"
#include "tests/unit/unit.h"

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum { HOUR_MS = 3600000, FILES = 2 };
static const int64_t file_bytes = INT64_C(256) * 1024 * 1024, target_bytes = INT64_C(512) * 1024 * 1024;

static int64_t wall(void *arg)
{
    (void)arg;
    return TABLE_FACTS_NOW;
}

static int64_t mono(void *arg)
{
    (void)arg;
    return TABLE_FACTS_NOW * 1000;
}

static const struct clock facts_clock = {wall, mono, NULL};

static struct store *new_store(void)
{
    static const struct table_def *const *const rooms[] = {kafka_tables, connect_tables, iceberg_tables, derive_tables};
    struct error err;
    struct store *store = store_new(&facts_clock);
    for (size_t k = 0; k < sizeof rooms / sizeof *rooms; k++)
        for (size_t i = 0; rooms[k][i]; i++)
            assert_int_equal(store_add(store, rooms[k][i], NULL, NULL, &err), 0);
    derive_columns_add(store);
    return store;
}

static struct name *name_of(struct table_facts *f, const char *text)
{
    vec_push(&f->names, name_intern(store_names(f->store), text, strlen(text)));
    return f->names.items[f->names.n - 1];
}

static struct row *row_of(struct table_facts *f, const char *table, const char *name, int64_t id)
{
    struct value key[] = {{.s = name_of(f, "lake"), .quality = QUALITY_EXACT},
                          {.s = name_of(f, name), .quality = QUALITY_EXACT},
                          value_int(id)};
    struct row *r = table_upsert(store_find(f->store, table), key, store_owner(f->store, "test"));
    assert_non_null(r);
    return r;
}

/* The same row, to be written. */
static struct row *own_row(struct table_facts *f, size_t table, struct table **t, const char *column, size_t *c)
{
    *t = store_find(f->store, "iceberg_tables");
    int at = table_column_index(*t, column);
    assert_true(at >= 0);
    *c = (size_t)at;
    return row_of(f, "iceberg_tables", f->tables[table].table, 0);
}

void table_facts_time(struct table_facts *f, size_t table, const char *column, int64_t ms)
{
    table_facts_int(f, table, column, ms);
}

void table_facts_int(struct table_facts *f, size_t table, const char *column, int64_t value)
{
    struct table *t;
    size_t c;
    struct row *r = own_row(f, table, &t, column, &c);
    table_set_int(t, r, c, value, value == UNKNOWN ? QUALITY_UNKNOWN : QUALITY_EXACT);
}

void table_facts_text(struct table_facts *f, size_t table, const char *column, const char *text)
{
    struct table *t;
    size_t c;
    struct row *r = own_row(f, table, &t, column, &c);
    table_set_text(t, r, c, text);
}

static struct findings_snapshot snapshot(struct table_facts *f, const char *name, size_t i)
{
    int64_t id = 1000 - (int64_t)i;
    return (struct findings_snapshot){.row = row_of(f, "snapshots", name, id),
                                      .id = id,
                                      .parent_id = id - 1,
                                      .made_ms = TABLE_FACTS_NOW - 30000 - (int64_t)i * TABLE_FACTS_EVERY_MS,
                                      .operation = "append",
                                      .writer = "kafka-connect",
                                      .connector = "orders-sink",
                                      .keys = TABLE_FACTS_KEY " {\"0\":120}",
                                      .added_rows = 1200,
                                      .added_files = FILES,
                                      .added_bytes = FILES * file_bytes,
                                      .gap_s = TABLE_FACTS_EVERY_MS / 1000,
                                      .on_branch = true};
}

void table_facts_age(struct table_facts *f, size_t table, int64_t newest_ms, int64_t every_ms)
{
    struct findings_table *t = &f->tables[table];
    for (size_t i = 0; i < t->snapshots.n; i++) {
        t->snapshots.items[i].made_ms = TABLE_FACTS_NOW - newest_ms - (int64_t)i * every_ms;
        t->snapshots.items[i].gap_s = every_ms / 1000;
    }
    t->last_commit_ms = TABLE_FACTS_NOW - newest_ms;
    t->oldest_ms = t->snapshots.items[t->snapshots.n - 1].made_ms;
    t->cadence_ms = every_ms;
    table_facts_time(f, table, "last_commit", t->last_commit_ms);
}

struct findings_snapshot *table_facts_other(struct table_facts *f, size_t table, size_t i, const char *writer)
{
    struct findings_snapshot *s = &f->tables[table].snapshots.items[i];
    s->writer = writer;
    s->connector = s->keys = s->commit_id = NULL;
    return s;
}

static void fill(struct table_facts *f, size_t table, const char *name)
{
    struct findings_table *t = &f->tables[table];
    *t = (struct findings_table){.catalog = "lake",
                                 .table = name,
                                 .uuid = "5c1d1b5e-0000-4000-8000-000000000001",
                                 .row = row_of(f, "iceberg_tables", name, 0),
                                 .first_seen_ms = TABLE_FACTS_NOW - HOUR_MS,
                                 .nsnapshots = TABLE_FACTS_COMMITS,
                                 .metadata_bytes = 60000,
                                 .metadata_files = 40,
                                 .target_bytes = target_bytes};
    for (size_t i = 0; i < TABLE_FACTS_COMMITS; i++)
        vec_push(&t->snapshots, snapshot(f, name, i));
    table_facts_age(f, table, 30000, TABLE_FACTS_EVERY_MS);
    table_facts_int(f, table, "file_bytes", file_bytes);
}

void table_facts_open(struct table_facts *f)
{
    static const char *const names[TABLE_FACTS_TABLES] = {"db.orders", "db.lines", "db.refunds"};
    *f = (struct table_facts){0};
    f->store = new_store();
    for (size_t i = 0; i < TABLE_FACTS_TABLES; i++)
        fill(f, i, names[i]);
    f->sink = (struct findings_sink){.cluster = "prod",
                                     .connect = "kc",
                                     .connector = "orders-sink",
                                     .group = "connect-orders-sink",
                                     .state = "RUNNING"};
    f->set = (struct findings_consistency){.name = "books", .by = "last_commit", .within_ms = HOUR_MS};
    findings_look_init(&f->look, TABLE_FACTS_NOW);
}

void table_facts_done(struct table_facts *f)
{
    findings_look_done(&f->look);
    for (size_t i = 0; i < TABLE_FACTS_TABLES; i++) {
        vec_done(&f->tables[i].snapshots);
        vec_done(&f->tables[i].sinks);
    }
    vec_done(&f->sink.tasks);
    vec_done(&f->set.tables);
    for (size_t i = 0; i < f->names.n; i++)
        name_unref(f->names.items[i]);
    vec_done(&f->names);
    store_free(f->store);
}

/* ---- what is said ---- */

static void look(struct table_facts *f)
{
    const struct findings_table *tables[TABLE_FACTS_TABLES];
    for (size_t i = 0; i < TABLE_FACTS_TABLES; i++)
        tables[i] = &f->tables[i];
    const struct findings_world world = {
        .store = f->store, .tables = tables, .ntables = TABLE_FACTS_TABLES, .consistency = &f->set, .nconsistency = 1};
    findings_look_done(&f->look);
    findings_look_init(&f->look, TABLE_FACTS_NOW);
    findings_look_all(&f->look, findings_families, &world);
    table_facts_bound(&f->look);
}

const struct findings_look_said *table_facts_saw(struct table_facts *f, const char *id)
{
    look(f);
    return said_find(&f->look, id);
}

void table_facts_silent(struct table_facts *f, const char *but)
{
    look(f);
    for (size_t i = 0; i < f->look.said.n; i++) {
        const struct findings_look_said *said = &f->look.said.items[i];
        if (!but || !strstr(but, said->rule->page.id))
            fail_msg("%s of %s: %s", said->rule->page.id, said->subject, said->text);
    }
}

void table_facts_expect(struct table_facts *f, const char *id, const char *subject, const char *text,
                        const char *evidence)
{
    const struct findings_look_said *said = table_facts_saw(f, id);
    if (!said)
        fail_msg("%s is not said", id);
    assert_string_equal(said->subject, subject);
    assert_string_equal(said->text, text);
    assert_true(said->evidence.n > 0);
    struct str have = {0};
    str_printf(&have, "%s: %s", said->evidence.items[0].table, said->evidence.items[0].where);
    assert_string_equal(str_text(&have), evidence);
    str_done(&have);
}

static void bound(struct store *store, const struct findings_look_said *said, const struct findings_look_evidence *e)
{
    struct expr *expr;
    struct error err;
    size_t at;
    struct table *t = store_find(store, e->table);
    if (!t)
        fail_msg("%s: there is no table %s", said->rule->page.id, e->table);
    if (expr_parse(e->where, &expr, &at, &err))
        fail_msg("%s: %s: %s", said->rule->page.id, e->where, err.text);
    if (expr_bind(expr, t, &at, &err))
        fail_msg("%s: %s: %s of %s", said->rule->page.id, e->where, err.text, e->table);
    expr_free(expr);
}

void table_facts_bound(const struct findings_look *look)
{
    struct store *store = new_store();
    for (size_t i = 0; i < look->said.n; i++) {
        const struct findings_look_said *said = &look->said.items[i];
        for (size_t k = 0; k < said->evidence.n; k++)
            bound(store, said, &said->evidence.items[k]);
    }
    store_free(store);
}
