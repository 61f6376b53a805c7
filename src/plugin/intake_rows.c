/* Rows that a plugin sends: staged by messages, written by the end of the change set. */
#include "base/mem.h"
#include "base/text.h"
#include "plugin/intake_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- staging ---- */

static int stage_cell(struct plugin_intake *in, const struct plugin_intake_table *t, size_t column, const json_t *j,
                      struct error *err)
{
    const struct column *c = table_column(t->t, plugin_intake_at(t, column));
    struct plugin_intake_cell cell = {.column = (uint16_t)column};
    int rc = stream_decode_value(j, c->type, store_names(in->store), &cell.v, err);
    if (rc)
        return error_prefix(err, "table %s: column %s", t->name, c->name);
    cell.text = c->type == COLUMN_TEXT && cell.v.quality != QUALITY_UNKNOWN;
    if (column < table_nkeys(t->t) && cell.v.quality != QUALITY_EXACT) {
        if (cell.text)
            name_unref(cell.v.s);
        return error_set(err, ERR_INVALID, "table %s: key column %s is not exact", t->name, c->name);
    }
    vec_push(&in->cells, cell);
    return 0;
}

static void stage_instance(struct plugin_intake *in, size_t column)
{
    struct name *n = name_intern(store_names(in->store), in->instance, strlen(in->instance));
    vec_push(&in->cells, (struct plugin_intake_cell){.v = value_text(n), .column = (uint16_t)column, .text = true});
}

/* The key's cells, in order. */
static int stage_key(struct plugin_intake *in, const struct plugin_intake_table *t, const json_t *message,
                     struct error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < table_nkeys(t->t); i++) {
        const char *name = table_column(t->t, i)->name;
        const json_t *j = json_object_get(message, name);
        if (!j && (int)i == t->instance)
            stage_instance(in, i);
        else if (!j)
            rc = error_set(err, ERR_INVALID, "table %s: a row without its key column %s", t->name, name);
        else
            rc = stage_cell(in, t, i, j, err);
    }
    return rc;
}

static int no_column(const struct plugin_intake_table *t, const char *name, struct error *err)
{
    struct str safe = {0};
    text_safe(&safe, name, strlen(name));
    int rc = error_set(err, ERR_INVALID, "table %s has no column %.100s", t->name, str_text(&safe));
    str_done(&safe);
    return rc;
}

static void push(struct plugin_intake *in, enum plugin_intake_kind kind, struct plugin_intake_table *t, uint64_t id,
                 size_t first_cell)
{
    vec_push(&in->steps, (struct plugin_intake_step){
                             .kind = kind, .table = t, .id = id, .ncells = (uint32_t)(in->cells.n - first_cell)});
}

/* Where a row's cells are: in an object of their own, so that columns may be called as fields of the message are, or beside these. */
static const json_t *cells_of(const struct plugin_intake_table *t, const json_t *message)
{
    const json_t *cells = json_object_get(message, "cells");
    return json_is_object(cells) && !map_get(&t->columns, "cells", strlen("cells")) ? cells : message;
}

int plugin_intake_row(struct plugin_intake *in, json_t *message, struct error *err)
{
    struct plugin_intake_table *t;
    const size_t first = in->cells.n;
    int rc = plugin_intake_find(in, message, &t, err);
    const json_t *cells = rc ? NULL : cells_of(t, message);
    if (rc == 0)
        rc = stage_key(in, t, cells, err);
    if (rc)
        return rc;
    const char *name;
    json_t *j;
    json_object_foreach((json_t *)(uintptr_t)cells, name, j)
    {
        size_t at = (size_t)(uintptr_t)map_get(&t->columns, name, strlen(name));
        bool of_message = cells == message && (strcmp(name, "t") == 0 || strcmp(name, "table") == 0);
        if (!at && !of_message)
            rc = no_column(t, name, err);
        else if (at > table_nkeys(t->t))
            rc = stage_cell(in, t, at - 1, j, err);
        if (rc)
            return rc;
    }
    push(in, INTAKE_UPSERT, t, 0, first);
    return 0;
}

int plugin_intake_gone(struct plugin_intake *in, json_t *message, struct error *err)
{
    struct plugin_intake_table *t;
    const size_t first = in->cells.n;
    int rc = plugin_intake_find(in, message, &t, err);
    if (rc == 0)
        rc = stage_key(in, t, cells_of(t, message), err);
    if (rc == 0)
        push(in, INTAKE_GONE, t, 0, first);
    return rc;
}

int plugin_intake_reset(struct plugin_intake *in, json_t *message, struct error *err)
{
    struct plugin_intake_table *t;
    int rc = plugin_intake_find(in, message, &t, err);
    if (rc == 0)
        push(in, INTAKE_RESET, t, 0, in->cells.n);
    return rc;
}

/* ---- rows by number ---- */

static int id_of(const struct plugin_intake_table *t, const json_t *j, uint64_t *ret, struct error *err)
{
    if (!json_is_integer(j) || json_integer_value(j) <= 0)
        return error_set(err, ERR_INVALID, "table %s: a row without an id", t->name);
    *ret = (uint64_t)json_integer_value(j);
    return 0;
}

static int column_of(const struct plugin_intake_table *t, const json_t *j, size_t *ret, struct error *err)
{
    const json_int_t i = json_integer_value(j);
    if (!json_is_integer(j) || i < 0 || (size_t)i >= t->ncolumns)
        return error_set(err, ERR_INVALID, "table %s: no number of one of its %zu columns", t->name, t->ncolumns);
    *ret = (size_t)i;
    return 0;
}

/* The columns of new rows: the key first, none twice. */
static int columns_of(const struct plugin_intake_table *t, const json_t *list, size_t columns[LIMITS_TABLE_COLUMNS],
                      size_t *n, struct error *err)
{
    bool seen[LIMITS_TABLE_COLUMNS] = {false};
    *n = json_array_size(list);
    bool well = *n >= table_nkeys(t->t) && *n <= t->ncolumns;
    for (size_t i = 0; well && i < *n; i++) {
        int rc = column_of(t, json_array_get(list, i), &columns[i], err);
        if (rc)
            return rc;
        well = !seen[columns[i]] && (i >= table_nkeys(t->t) || columns[i] == i);
        seen[columns[i]] = true;
    }
    return well ? 0
                : error_set(err, ERR_INVALID, "table %s: \"columns\" is no list that begins with the key, each once",
                            t->name);
}

/* [id, owner, value …] */
static int stage_fresh(struct plugin_intake *in, struct plugin_intake_table *t, const json_t *row,
                       const size_t *columns, size_t ncolumns, struct error *err)
{
    uint64_t id = 0;
    const size_t first = in->cells.n, n = json_array_size(row);
    int rc = id_of(t, json_array_get(row, 0), &id, err);
    if (rc == 0 && (n < 2 + table_nkeys(t->t) || n > 2 + ncolumns))
        rc = error_set(err, ERR_INVALID, "table %s: a new row of %zu items", t->name, n);
    for (size_t i = 2; rc == 0 && i < n; i++)
        rc = stage_cell(in, t, columns[i - 2], json_array_get(row, i), err);
    if (rc == 0)
        push(in, INTAKE_FRESH, t, id, first);
    return rc;
}

/* [id, column, value, column, value …] */
static int stage_set(struct plugin_intake *in, struct plugin_intake_table *t, const json_t *row, struct error *err)
{
    uint64_t id = 0;
    const size_t first = in->cells.n, n = json_array_size(row);
    int rc = id_of(t, json_array_get(row, 0), &id, err);
    if (rc == 0 && n % 2 == 0)
        rc = error_set(err, ERR_INVALID, "table %s: cells of a row that are no pairs", t->name);
    for (size_t i = 1; rc == 0 && i < n; i += 2) {
        size_t column;
        rc = column_of(t, json_array_get(row, i), &column, err);
        if (rc == 0 && column < table_nkeys(t->t))
            rc = error_set(err, ERR_INVALID, "table %s: a key that changes", t->name);
        if (rc == 0)
            rc = stage_cell(in, t, column, json_array_get(row, i + 1), err);
    }
    if (rc == 0)
        push(in, INTAKE_SET, t, id, first);
    return rc;
}

int plugin_intake_many(struct plugin_intake *in, json_t *message, struct error *err)
{
    struct plugin_intake_table *t;
    size_t columns[LIMITS_TABLE_COLUMNS], ncolumns = 0, i;
    json_t *j;
    uint64_t id = 0;
    int rc = plugin_intake_find(in, message, &t, err);
    if (rc == 0 && t->group)
        rc = error_set(err, ERR_INVALID, "table %s: cells of a group are sent as row, by their key", t->name);
    if (rc)
        return rc;
    if (json_is_true(json_object_get(message, "reset")))
        push(in, INTAKE_RESET, t, 0, in->cells.n);
    json_array_foreach(json_object_get(message, "gone"), i, j)
    {
        rc = id_of(t, j, &id, err);
        if (rc)
            return rc;
        push(in, INTAKE_GONE_ID, t, id, in->cells.n);
    }
    const json_t *fresh = json_object_get(message, "new");
    if (json_array_size(fresh))
        rc = columns_of(t, json_object_get(message, "columns"), columns, &ncolumns, err);
    for (i = 0; rc == 0 && i < json_array_size(fresh); i++)
        rc = stage_fresh(in, t, json_array_get(fresh, i), columns, ncolumns, err);
    const json_t *set = json_object_get(message, "set");
    for (i = 0; rc == 0 && i < json_array_size(set); i++)
        rc = stage_set(in, t, json_array_get(set, i), err);
    return rc;
}

/* ---- writing ---- */

static struct row *find(const struct plugin_intake_table *t, const struct plugin_intake_cell *cells)
{
    struct value key[LIMITS_TABLE_COLUMNS];
    for (size_t i = 0; i < table_nkeys(t->t); i++)
        key[i] = cells[i].v;
    return table_find(t->t, key);
}

static int not_its_own(const struct plugin_intake *in, const struct plugin_intake_table *t, const struct row *r,
                       struct error *err)
{
    struct str key = {0};
    for (size_t i = 0; i < table_nkeys(t->t); i++) {
        str_add(&key, i ? ", " : "");
        const struct column *c = table_column(t->t, i);
        if (c->type == COLUMN_TEXT)
            str_printf(&key, "%s %s", c->name, row_get(r, i).s->safe);
        else
            str_printf(&key, "%s %lld", c->name, (long long)row_get(r, i).i);
    }
    int rc =
        error_set(err, ERR_INVALID, "table %s: the row of %.200s is %s's", t->name, str_text(&key),
                  store_owner_name(in->store, row_owner(r)) ? store_owner_name(in->store, row_owner(r)) : "icetop");
    str_done(&key);
    return rc;
}

/* Nothing is written unless all can be. */
static int check(const struct plugin_intake *in, struct error *err)
{
    size_t cell = 0, fresh = 0;
    for (size_t i = 0; i < in->steps.n; i++) {
        const struct plugin_intake_step *s = &in->steps.items[i];
        const struct plugin_intake_cell *cells = s->ncells ? &in->cells.items[cell] : NULL;
        cell += s->ncells;
        if (s->kind != INTAKE_UPSERT && s->kind != INTAKE_FRESH)
            continue;
        if (s->table->group) {
            fresh += !plugin_intake_group_has(s->table, cells);
            continue;
        }
        const struct row *r = find(s->table, cells);
        if (r && row_owner(r) != in->owner)
            return not_its_own(in, s->table, r, err);
        fresh += !r;
    }
    if (in->nrows + fresh > in->max_rows)
        return error_set(err, ERR_LIMIT, "more than %zu rows, the limit (max_rows)", in->max_rows);
    return 0;
}

static void removed(struct plugin_intake *in, size_t n)
{
    in->nrows -= n < in->nrows ? n : in->nrows;
}

/* The same key twice in one round is a mistake, of which the last holds. */
static void note_twice(struct plugin_intake *in, struct plugin_intake_table *t, const struct row *r)
{
    if (!in->odd && stream_ids_get(&t->written, row_id(r), NULL))
        in->odd = mem_printf("table %s: more than one row of the same key, of which the last holds", t->name);
    stream_ids_put(&t->written, row_id(r), 1);
}

static void write_cells(const struct plugin_intake_table *t, struct row *r, const struct plugin_intake_step *s,
                        const struct plugin_intake_cell *cells, size_t from)
{
    bool said[LIMITS_TABLE_COLUMNS] = {false};
    for (size_t i = from; i < s->ncells; i++) {
        table_set(t->t, r, plugin_intake_at(t, cells[i].column), cells[i].v);
        said[cells[i].column] = true;
    }
    for (size_t i = table_nkeys(t->t); s->kind == INTAKE_FRESH && i < t->ncolumns; i++)
        if (!said[i])
            table_set_unknown(t->t, r, plugin_intake_at(t, i));
}

static void upsert(struct plugin_intake *in, const struct plugin_intake_step *s, const struct plugin_intake_cell *cells)
{
    struct plugin_intake_table *t = s->table;
    struct value key[LIMITS_TABLE_COLUMNS];
    const size_t before = table_nrows(t->t);
    for (size_t i = 0; i < table_nkeys(t->t); i++)
        key[i] = cells[i].v;
    struct row *r = table_upsert(t->t, key, in->owner);
    if (!r)
        return;
    in->nrows += table_nrows(t->t) - before;
    write_cells(t, r, s, cells, table_nkeys(t->t));
    if (s->kind == INTAKE_FRESH)
        stream_ids_put(&t->rows, s->id, row_id(r));
    else
        note_twice(in, t, r);
}

static void remove_row(struct plugin_intake *in, const struct plugin_intake_table *t, struct row *r)
{
    if (!r || row_owner(r) != in->owner)
        return;
    table_remove(t->t, r);
    removed(in, 1);
}

static void apply_to_group(struct plugin_intake *in, const struct plugin_intake_step *s,
                           const struct plugin_intake_cell *cells)
{
    if (s->kind == INTAKE_RESET) {
        plugin_intake_group_begin(s->table);
        s->table->reset = true;
    } else {
        const int more = plugin_intake_group_write(s->table, cells, s->ncells, s->kind == INTAKE_GONE);
        in->nrows += (size_t)more; /* one fewer wraps around, as it should */
    }
}

static void apply_step(struct plugin_intake *in, const struct plugin_intake_step *s,
                       const struct plugin_intake_cell *cells)
{
    struct plugin_intake_table *t = s->table;
    uint64_t id = 0;
    if (t->group) {
        apply_to_group(in, s, cells);
        return;
    }
    switch (s->kind) {
    case INTAKE_UPSERT:
    case INTAKE_FRESH:
        upsert(in, s, cells);
        break;
    case INTAKE_SET: {
        struct row *r = stream_ids_get(&t->rows, s->id, &id) ? table_by_id(t->t, id) : NULL;
        if (r)
            write_cells(t, r, s, cells, 0);
        break;
    }
    case INTAKE_GONE:
        remove_row(in, t, find(t, cells));
        break;
    case INTAKE_GONE_ID:
        if (stream_ids_get(&t->rows, s->id, &id))
            remove_row(in, t, table_by_id(t->t, id));
        stream_ids_del(&t->rows, s->id);
        break;
    case INTAKE_RESET:
        table_begin(t->t, in->owner);
        stream_ids_clear(&t->rows);
        t->reset = true;
        break;
    }
}

int plugin_intake_apply(struct plugin_intake *in, struct error *err)
{
    size_t cell = 0;
    int rc = check(in, err);
    for (size_t i = 0; rc == 0 && i < in->steps.n; i++) {
        const struct plugin_intake_step *s = &in->steps.items[i];
        apply_step(in, s, s->ncells ? &in->cells.items[cell] : NULL);
        cell += s->ncells;
    }
    for (size_t i = 0; rc == 0 && i < in->tables.n; i++) {
        struct plugin_intake_table *t = in->tables.items[i];
        if (t->reset)
            removed(in, t->group ? plugin_intake_group_sweep(t) : table_sweep(t->t, in->owner));
        t->reset = false;
    }
    return rc;
}
