/* Rows between a plugin and the stream. */
#include "plugin/host_rows.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/vec.h"
#include "plugin/message.h"
#include "stream/encode.h"
#include "stream/filter.h"

#include <stdlib.h>
#include <string.h>

static const struct icetop_column instance_column = {
    .name = "instance",
    .type = ICETOP_TEXT,
    .flags = ICETOP_KEY,
    .priority = 6,
    .help = "The instance of the plugin that wrote the row, as icetop.yaml names it.",
};

/* ---- tables ---- */

static size_t count_keys(const struct icetop_column *columns, size_t n)
{
    size_t keys = 0;
    while (keys < n && columns[keys].flags & ICETOP_KEY)
        keys++;
    return keys;
}

/* Adds the table to a store; the descriptor was checked, so that nothing is left to go wrong. */
static void add_table(struct plugin_host_table *t, struct store *store, const struct table_def *words)
{
    struct column columns[PLUGIN_COLUMNS + 1];
    struct table_def def = *words;
    struct error err = {0};
    t->first = t->group ? 0 : 1;
    plugin_descriptor_columns(&instance_column, 1, columns);
    plugin_descriptor_columns(t->columns, t->ncolumns, columns + t->first);
    def.group.columns = columns;
    def.group.ncolumns = t->ncolumns + t->first;
    t->nkeys = count_keys(t->columns, t->ncolumns);
    if (store_add(store, &def, NULL, &t->table, &err))
        abort();
}

static void add_feed(struct plugin_host_rows *r, struct plugin_host_table *t)
{
    const struct stream_feed_part part = {.filter = r->all};
    t->feed = stream_feed_new(t->name);
    stream_feed_bind(t->feed, t->table, &part, 1, true);
}

void plugin_host_rows_init(struct plugin_host_rows *r, const struct plugin_descriptor *d, const char *instance,
                           const struct clock *clock)
{
    *r = (struct plugin_host_rows){.ntables = d->ntables, .ngroups = d->ngroups};
    r->store = store_new(clock);
    r->groups = store_new(clock);
    r->owner = store_owner(r->store, instance);
    store_owner(r->groups, instance); /* the same number there */
    r->instance = name_intern(store_names(r->store), instance, strlen(instance));
    if (stream_filter_new(NULL, NULL, 0, &r->all, NULL))
        abort();
    r->tables = mem_calloc(d->ntables + d->ngroups + 1, sizeof *r->tables);
    for (size_t i = 0; i < d->ntables; i++) {
        const struct icetop_table *from = &d->tables[i];
        const struct table_def def = {
            .name = from->name, .title = from->title, .help = from->help, .group = {.name = d->calls.name}};
        r->tables[i] = (struct plugin_host_table){.name = from->name,
                                                  .columns = from->columns,
                                                  .ncolumns = from->ncolumns,
                                                  .keeps = from->flags & ICETOP_TABLE_KEEPS};
        add_table(&r->tables[i], r->store, &def);
        add_feed(r, &r->tables[i]);
    }
    for (size_t i = 0; i < d->ngroups; i++) {
        const struct icetop_group *from = &d->groups[i];
        struct plugin_host_table *t = &r->tables[d->ntables + i];
        const struct table_def def = {.name = from->name, .title = "", .help = "", .group = {.name = from->name}};
        *t = (struct plugin_host_table){.name = from->table,
                                        .columns = from->columns,
                                        .ncolumns = from->ncolumns,
                                        .group = true,
                                        .keeps = from->flags & ICETOP_TABLE_KEEPS};
        add_table(t, r->groups, &def);
    }
}

/* Gives back the names that the row holds, and is none afterwards. */
static void drop_row(struct plugin_host_rows *r)
{
    struct plugin_host_row *row = &r->row;
    for (size_t i = 0; row->table && i < row->n; i++)
        if (row->set[i] && row->table->columns[i].type == ICETOP_TEXT && row->cells[i].quality != QUALITY_UNKNOWN)
            name_unref(row->cells[i].s);
    row->table = NULL;
}

void plugin_host_rows_done(struct plugin_host_rows *r)
{
    drop_row(r);
    for (size_t i = 0; i < r->ntables + r->ngroups; i++) {
        stream_feed_free(r->tables[i].feed);
        free(r->tables[i].touched);
        str_done(&r->tables[i].gone);
        stream_ids_done(&r->tables[i].seen);
    }
    free(r->tables);
    free(r->row.cells);
    free(r->row.set);
    name_unref(r->instance);
    stream_filter_free(r->all);
    store_free(r->store);
    store_free(r->groups);
    stream_encode_rows_done(&r->message);
    str_done(&r->line);
}

/* As a message "table" has it: the columns of its one group are what is wanted. */
static void declare_group(const struct plugin_host_table *t, struct str *out)
{
    struct str table = {0};
    stream_encode_table(&table, t->table);
    json_t *declared = json_loadb(table.s, table.len, 0, NULL);
    json_t *columns = json_object_get(json_array_get(json_object_get(declared, "groups"), 0), "columns");
    json_t *m = json_pack("{s:s, s:s, s:s, s:O}", "t", "group", "table", t->name, "name", table_name(t->table),
                          "columns", columns);
    plugin_message_add(out, m);
    json_decref(declared);
    str_done(&table);
}

void plugin_host_rows_declare(struct plugin_host_rows *r, struct str *out)
{
    for (size_t i = 0; i < r->ntables; i++) {
        stream_encode_table(out, r->tables[i].table);
        str_char(out, '\n');
    }
    for (size_t i = 0; i < r->ngroups; i++)
        declare_group(&r->tables[r->ntables + i], out);
}

/* ---- one row ---- */

__attribute__((format(printf, 2, 3))) static void spoil(struct plugin_host_row *row, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (!*row->spoilt)
        vsnprintf(row->spoilt, sizeof row->spoilt, fmt, ap);
    va_end(ap);
}

int plugin_host_rows_begin(struct plugin_host_rows *r, size_t at, struct error *err)
{
    const struct plugin_host_table *open = r->row.table;
    drop_row(r);
    if (at >= r->ntables + r->ngroups)
        return error_set(err, ERR_INVALID, "a row of a table that was not declared");
    r->row.table = &r->tables[at];
    r->row.n = r->row.table->ncolumns;
    r->row.spoilt[0] = '\0';
    if (r->row.n > r->row.room) {
        r->row.room = r->row.n;
        r->row.cells = mem_realloc(r->row.cells, r->row.n, sizeof *r->row.cells);
        r->row.set = mem_realloc(r->row.set, r->row.n, sizeof *r->row.set);
    }
    memset(r->row.set, 0, r->row.n * sizeof *r->row.set);
    return open
               ? error_set(err, ERR_INVALID, "table %s: a row was begun before the one before it had ended", open->name)
               : 0;
}

bool plugin_host_rows_type(const struct plugin_host_rows *r, size_t column, enum icetop_type *ret)
{
    if (!r->row.table || column >= r->row.n)
        return false;
    *ret = r->row.table->columns[column].type;
    return true;
}

/* What is wrong with a cell of one of these types in this column is said at the row's end; NULL then. */
static const struct icetop_column *settable(struct plugin_host_rows *r, size_t column, unsigned types)
{
    struct plugin_host_row *row = &r->row;
    const struct icetop_column *c = column < row->n ? &row->table->columns[column] : NULL;
    if (c && types & 1u << c->type)
        return c;
    if (c)
        spoil(row, "table %s: column %s is of another type than what was set", row->table->name, c->name);
    else
        spoil(row, "table %s: there is no column %zu", row->table->name, column);
    return NULL;
}

static void put(struct plugin_host_row *row, size_t column, struct value v)
{
    bool text = row->table->columns[column].type == ICETOP_TEXT;
    if (row->set[column] && text && row->cells[column].quality != QUALITY_UNKNOWN)
        name_unref(row->cells[column].s);
    row->cells[column] = v;
    row->set[column] = true;
}

int plugin_host_rows_set(struct plugin_host_rows *r, size_t column, unsigned types, struct value v, struct error *err)
{
    if (!r->row.table)
        return error_set(err, ERR_INVALID, "a cell was set outside of a row");
    const struct icetop_column *c = settable(r, column, types);
    if (c && (unsigned)v.quality > QUALITY_STALE)
        spoil(&r->row, "table %s: column %s: a quality that there is not", r->row.table->name, c->name);
    else if (c)
        put(&r->row, column, v);
    return 0;
}

int plugin_host_rows_set_text(struct plugin_host_rows *r, size_t column, const void *bytes, size_t len,
                              struct error *err)
{
    if (!r->row.table)
        return error_set(err, ERR_INVALID, "a cell was set outside of a row");
    if (settable(r, column, 1u << ICETOP_TEXT))
        put(&r->row, column, value_text(name_intern(store_names(table_store(r->row.table->table)), bytes, len)));
    return 0;
}

/* The key's values, for table_find. */
static int gather_key(struct plugin_host_rows *r, struct value *key)
{
    struct plugin_host_row *row = &r->row;
    const struct plugin_host_table *t = row->table;
    if (t->first)
        key[0] = value_text(r->instance);
    for (size_t i = 0; i < t->nkeys; i++) {
        if (!row->set[i] || row->cells[i].quality == QUALITY_UNKNOWN) {
            spoil(row, "table %s: key column %s was not set, or set unknown", t->name, t->columns[i].name);
            return ERR_INVALID;
        }
        key[t->first + i] = row->cells[i];
        key[t->first + i].quality = QUALITY_EXACT;
    }
    return 0;
}

/* The beginning of a message about columns on another's row: up to the key's last cell. */
static void begin_keyed(const struct plugin_host_table *t, const char *type, const struct value *key, struct str *out)
{
    str_printf(out, "{\"t\":\"%s\",\"table\":\"%s\",\"cells\":{", type, t->name);
    for (size_t i = 0; i < t->nkeys; i++) {
        str_printf(out, "%s\"%s\":", i ? "," : "", t->columns[i].name);
        stream_encode_value(out, table_column(t->table, i)->type, key[i]);
    }
}

static void row_key(const struct plugin_host_table *t, const struct row *row, struct value *key)
{
    for (size_t i = 0; i < t->nkeys; i++)
        key[i] = row_get(row, i);
}

static void remove_row(struct plugin_host_rows *r, struct plugin_host_table *t, struct row *row)
{
    if (t->group) {
        struct value key[PLUGIN_COLUMNS];
        row_key(t, row, key);
        begin_keyed(t, "gone", key, &t->gone);
        str_add(&t->gone, "}}\n");
    }
    table_remove(t->table, row);
    r->total--;
}

static void write_row(struct plugin_host_rows *r, const struct value *key)
{
    struct plugin_host_table *t = r->row.table;
    bool fresh = !table_find(t->table, key);
    if (fresh && r->total >= PLUGIN_HOST_ROWS) {
        spoil(&r->row, "table %s: more than %d rows in all tables of the plugin", t->name, PLUGIN_HOST_ROWS);
        return;
    }
    struct row *row = table_upsert(t->table, key, r->owner);
    r->total += fresh;
    r->written++;
    for (size_t i = t->nkeys; i < t->ncolumns; i++)
        if (r->row.set[i])
            table_set(t->table, row, t->first + i, r->row.cells[i]);
    if (r->strict && stream_ids_get(&t->seen, row_id(row), NULL))
        spoil(&r->row, "table %s: a key was written twice in a round", t->name);
    else if (r->strict)
        stream_ids_put(&t->seen, row_id(row), 1);
    if (!t->group)
        return;
    if (t->ntouched == t->room) {
        t->room = vec_room(t->room, t->ntouched + 1);
        t->touched = mem_realloc(t->touched, t->room, sizeof *t->touched);
    }
    t->touched[t->ntouched++] = row_id(row);
}

int plugin_host_rows_end(struct plugin_host_rows *r, bool gone, struct error *err)
{
    struct plugin_host_row *row = &r->row;
    struct value key[PLUGIN_COLUMNS + 1];
    if (!row->table)
        return error_set(err, ERR_INVALID, "a row was ended that was not begun");
    struct row *there = NULL;
    if (!*row->spoilt && !gather_key(r, key)) {
        if (!gone)
            write_row(r, key);
        else if ((there = table_find(row->table->table, key)))
            remove_row(r, row->table, there);
    }
    drop_row(r);
    return *row->spoilt ? error_set(err, ERR_INVALID, "%s", row->spoilt) : 0;
}

/* ---- rounds ---- */

void plugin_host_rows_begin_round(struct plugin_host_rows *r)
{
    r->written = 0;
    for (size_t i = 0; i < r->ntables + r->ngroups; i++) {
        table_begin(r->tables[i].table, r->owner);
        r->tables[i].ntouched = 0;
        stream_ids_clear(&r->tables[i].seen);
    }
}

static int compare_ids(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Those that go are named by their keys first. */
static void sweep_group(struct plugin_host_rows *r, struct plugin_host_table *t)
{
    if (t->ntouched)
        table_sort_ids(t->touched, t->ntouched);
    for (struct row *row = table_first(t->table), *next; row; row = next) {
        uint64_t id = row_id(row);
        next = row_next(row);
        if (!t->ntouched || !bsearch(&id, t->touched, t->ntouched, sizeof id, compare_ids))
            remove_row(r, t, row);
    }
}

void plugin_host_rows_end_round(struct plugin_host_rows *r, bool whole)
{
    drop_row(r);
    for (size_t i = 0; whole && i < r->ntables + r->ngroups; i++) {
        struct plugin_host_table *t = &r->tables[i];
        if (t->keeps)
            continue;
        if (t->group)
            sweep_group(r, t);
        else
            r->total -= table_sweep(t->table, r->owner);
    }
}

/* ---- out ---- */

static void send_line(void *arg, const struct str *line)
{
    str_bytes(arg, line->s, line->len);
    str_char(arg, '\n');
}

static void flush_table(struct plugin_host_rows *r, struct plugin_host_table *t, struct str *out)
{
    const struct stream_feed_turn turn = {
        .commits = r->commits, .rows = &r->message, .line = &r->line, .send = send_line, .arg = out};
    while (stream_feed_done(t->feed) != r->commits)
        stream_feed_fill(t->feed, &turn);
}

/* The cells of a row that were written after t->sent, in as many messages as it takes. */
static void flush_cells(struct plugin_host_table *t, const struct row *row, struct str *out)
{
    struct value key[PLUGIN_COLUMNS];
    size_t begin = out->len;
    bool open = false;
    row_key(t, row, key);
    for (size_t i = t->nkeys; i < t->ncolumns; i++) {
        struct value v = row_get(row, i);
        bool fresh = row_born(row) > t->sent;
        if (fresh ? v.quality == QUALITY_UNKNOWN : row_cell_seq(row, i) <= t->sent)
            continue;
        if (open && out->len - begin > LIMITS_STREAM_BATCH) {
            str_add(out, "}}\n");
            open = false;
        }
        if (!open) {
            begin = out->len;
            begin_keyed(t, "row", key, out);
            open = true;
        }
        str_printf(out, ",\"%s\":", t->columns[i].name);
        stream_encode_value(out, table_column(t->table, i)->type, v);
    }
    if (open)
        str_add(out, "}}\n");
}

static void flush_group(struct plugin_host_table *t, struct str *out)
{
    if (t->gone.len)
        str_bytes(out, t->gone.s, t->gone.len);
    str_clear(&t->gone);
    for (const struct row *row = table_changed_after(t->table, t->sent); row; row = row_next(row))
        flush_cells(t, row, out);
    t->sent = store_seq(table_store(t->table));
}

void plugin_host_rows_flush(struct plugin_host_rows *r, struct str *out)
{
    store_commit(r->store);
    store_commit(r->groups);
    r->commits++;
    for (size_t i = 0; i < r->ntables; i++)
        flush_table(r, &r->tables[i], out);
    for (size_t i = 0; i < r->ntables; i++)
        stream_feed_settle(r->tables[i].feed);
    for (size_t i = 0; i < r->ngroups; i++)
        flush_group(&r->tables[r->ntables + i], out);
}
