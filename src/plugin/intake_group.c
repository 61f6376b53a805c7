/* A plugin's columns in tables that others fill: cells by the key of the row, which may come later. */
#include "base/mem.h"
#include "plugin/intake_internal.h"

#include <stdlib.h>
#include <string.h>

/* What it said of one row. */
struct group_row {
    bool told;            /* in this round */
    struct value cells[]; /* one for each column of the group; texts hold references */
};

struct plugin_intake_group {
    char *name;
    char *shape;     /* the declaration's columns: two that are the same are equal in it */
    struct map rows; /* by table_key_encode's bytes */
    uint64_t seen;   /* rows that were born up to there have their cells */
};

/* ---- declaring ---- */

static bool is_key(const json_t *column)
{
    size_t i;
    json_t *flag;
    json_array_foreach(json_object_get(column, "flags"), i, flag)
    {
        const char *word = json_string_value(flag);
        if (word && strcmp(word, "key") == 0)
            return true;
    }
    return false;
}

/* The columns, as a table's message has them: a key is put before them so that they may be read as one. Those of the table's own
 * key, which some declare too, are left out. */
static int decode(const json_t *message, const char *table, struct stream_schema **ret, struct error *err)
{
    json_t *columns = json_array(), *column;
    size_t i;
    json_array_append_new(columns,
                          json_pack("{s:s, s:s, s:[s]}", "name", "key_of_row", "type", "text", "flags", "key"));
    json_array_foreach(json_object_get(message, "columns"), i, column)
    {
        json_t *copy = json_is_object(column) ? json_copy(column) : json_object();
        if (!json_object_get(copy, "type"))
            json_object_set_new(copy, "type", json_string("text"));
        if (!is_key(copy))
            json_array_append(columns, copy);
        json_decref(copy);
    }
    json_t *whole = json_pack("{s:s, s:[{s:s, s:o}]}", "table", table, "groups", "name", "all", "columns", columns);
    int rc = stream_decode_table(whole, ret, err);
    json_decref(whole);
    if (rc == 0 && (*ret)->ncolumns < 2) {
        stream_decode_table_unref(*ret);
        rc = error_set(err, ERR_INVALID, "table %s: a group without columns", table);
    }
    return rc;
}

/* Where its columns are now: groups before it may have gone. */
static void place(struct plugin_intake_table *t)
{
    const uint64_t schema = store_schema_version(table_store(t->t));
    for (size_t i = 0; t->schema != schema && i < table_ngroups(t->t); i++)
        if (strcmp(table_group_name(t->t, i), t->group->name) == 0)
            t->first = table_group_first(t->t, i);
    t->schema = schema;
}

static int add(struct plugin_intake *in, struct table *target, const struct stream_schema *s, const char *name,
               const char *shape, struct error *err)
{
    struct column *columns = mem_calloc(s->ncolumns, sizeof *columns);
    for (size_t i = 1; i < s->ncolumns; i++)
        columns[i - 1] = *s->columns[i];
    const struct column_group group = {.name = name, .columns = columns, .ncolumns = s->ncolumns - 1};
    int rc = table_add_group(target, &group, in->source, err);
    free(columns);
    if (rc)
        return rc;
    struct plugin_intake_table *t = mem_new(struct plugin_intake_table);
    t->name = mem_strdup(table_name(target));
    t->t = target;
    t->group = mem_new(struct plugin_intake_group);
    t->group->name = mem_strdup(name);
    t->group->shape = mem_strdup(shape);
    t->group->seen = store_seq(in->store);
    t->ncolumns = table_nkeys(target) + s->ncolumns - 1;
    place(t);
    plugin_intake_index(t);
    t->begun = in->sweeping;
    vec_push(&in->tables, t);
    map_put(&in->by_name, t->name, strlen(t->name), t);
    if (!in->listener)
        in->listener = store_listen(in->store, plugin_intake_group_follow, in);
    return 0;
}

static int check(const struct plugin_intake *in, const char *table, const char *name, const char *shape, bool *there,
                 struct error *err)
{
    const struct plugin_intake_table *t = map_get(&in->by_name, table, strlen(table));
    *there = t != NULL;
    if (t && (!t->group || strcmp(t->group->name, name) != 0))
        return error_set(err, ERR_INVALID, "table %s: it is its own, or has another group of its", table);
    if (t && strcmp(t->group->shape, shape) != 0)
        return error_set(err, ERR_INVALID, "table %s: group %.100s was declared with other columns", table, name);
    if (!t && in->tables.n >= PLUGIN_INTAKE_TABLES)
        return error_set(err, ERR_LIMIT, "table %s: more than %d tables, the limit", table, PLUGIN_INTAKE_TABLES);
    return 0;
}

int plugin_intake_group_declare(struct plugin_intake *in, json_t *message, struct error *err)
{
    struct stream_schema *s;
    char *table = plugin_intake_text(message, "table", ""), *name = plugin_intake_text(message, "name", in->instance);
    struct table *target = store_find(in->store, table);
    bool there = false;
    int rc = target ? 0 : error_set(err, ERR_NOT_FOUND, "group %.100s: there is no table %.100s", name, table);
    if (rc == 0)
        rc = decode(message, table, &s, err);
    if (rc == 0) {
        char *shape = json_dumps(json_object_get(message, "columns"), JSON_COMPACT | JSON_SORT_KEYS);
        rc = check(in, table, name, shape ? shape : "", &there, err);
        if (rc == 0 && !there)
            rc = add(in, target, s, name, shape ? shape : "", err);
        free(shape);
        stream_decode_table_unref(s);
    }
    free(table);
    free(name);
    return rc;
}

/* ---- cells ---- */

static bool is_text(const struct plugin_intake_table *t, size_t i)
{
    return table_column(t->t, t->first + i)->type == COLUMN_TEXT;
}

static size_t width(const struct plugin_intake_table *t)
{
    return t->ncolumns - table_nkeys(t->t);
}

static void free_row(const struct plugin_intake_table *t, struct group_row *row)
{
    for (size_t i = 0; i < width(t); i++)
        if (row->cells[i].quality != QUALITY_UNKNOWN && is_text(t, i))
            name_unref(row->cells[i].s);
    free(row);
}

/* row NULL: unknown. */
static void write_row(const struct plugin_intake_table *t, struct row *r, const struct group_row *row)
{
    for (size_t i = 0; i < width(t); i++)
        table_set(t->t, r, t->first + i, row ? row->cells[i] : value_unknown());
}

/* Its cells are unknown where its row is there. */
static void forget(const struct plugin_intake_table *t, const void *bytes, size_t len, struct group_row *row)
{
    struct value key[LIMITS_TABLE_COLUMNS];
    if (table_key_decode(t->t, bytes, len, key) == 0) {
        struct row *r = table_find(t->t, key);
        if (r)
            write_row(t, r, NULL);
        table_key_done(t->t, key);
    }
    free_row(t, row);
}

static void set_cell(const struct plugin_intake_table *t, struct group_row *row, size_t i, struct value v)
{
    struct value *cell = &row->cells[i];
    if (is_text(t, i)) {
        if (v.quality != QUALITY_UNKNOWN)
            name_ref(v.s);
        if (cell->quality != QUALITY_UNKNOWN)
            name_unref(cell->s);
    }
    *cell = v;
}

/* The key of staged cells, and its bytes. */
static void key_of(const struct plugin_intake_table *t, const struct plugin_intake_cell *cells, struct value *key,
                   struct str *bytes)
{
    for (size_t i = 0; i < table_nkeys(t->t); i++)
        key[i] = cells[i].v;
    table_key_encode(t->t, key, bytes);
}

bool plugin_intake_group_has(const struct plugin_intake_table *t, const struct plugin_intake_cell *cells)
{
    struct value key[LIMITS_TABLE_COLUMNS];
    struct str bytes = {0};
    key_of(t, cells, key, &bytes);
    const bool has = map_get(&t->group->rows, bytes.s, bytes.len);
    str_done(&bytes);
    return has;
}

static void take_cells(struct plugin_intake_table *t, struct group_row *row, const struct value *key,
                       const struct plugin_intake_cell *cells, size_t n)
{
    for (size_t i = table_nkeys(t->t); i < n; i++)
        set_cell(t, row, cells[i].column - table_nkeys(t->t), cells[i].v);
    row->told = true;
    struct row *r = table_find(t->t, key);
    if (r)
        write_row(t, r, row);
}

int plugin_intake_group_write(struct plugin_intake_table *t, const struct plugin_intake_cell *cells, size_t n,
                              bool gone)
{
    struct value key[LIMITS_TABLE_COLUMNS];
    struct str bytes = {0};
    int more = 0;
    place(t);
    key_of(t, cells, key, &bytes);
    struct group_row *row = map_get(&t->group->rows, bytes.s, bytes.len);
    if (gone && row) {
        map_del(&t->group->rows, bytes.s, bytes.len);
        forget(t, bytes.s, bytes.len, row);
        more = -1;
    } else if (!gone) {
        if (!row) {
            row = mem_calloc(1, sizeof *row + width(t) * sizeof *row->cells);
            map_put(&t->group->rows, bytes.s, bytes.len, row);
            more = 1;
        }
        take_cells(t, row, key, cells, n);
    }
    str_done(&bytes);
    return more;
}

void plugin_intake_group_begin(struct plugin_intake_table *t)
{
    size_t at = 0;
    void *row;
    while (map_next(&t->group->rows, &at, NULL, NULL, &row))
        ((struct group_row *)row)->told = false;
}

size_t plugin_intake_group_sweep(struct plugin_intake_table *t)
{
    size_t at = 0, len, n = 0;
    const void *key;
    void *p;
    place(t);
    while (map_next(&t->group->rows, &at, &key, &len, &p)) {
        struct group_row *row = p;
        if (row->told)
            continue;
        struct str bytes = {0};
        str_bytes(&bytes, key, len);
        map_del(&t->group->rows, bytes.s, bytes.len);
        forget(t, bytes.s, bytes.len, row);
        str_done(&bytes);
        n++;
    }
    return n;
}

void plugin_intake_group_free(struct plugin_intake_table *t)
{
    struct plugin_intake_group *g = t->group;
    size_t at = 0;
    void *row;
    place(t);
    while (map_next(&g->rows, &at, NULL, NULL, &row))
        free_row(t, row);
    map_done(&g->rows);
    table_drop_group(t->t, g->name);
    free(g->name);
    free(g->shape);
    free(g);
}

/* ---- rows that come later ---- */

static bool follow(struct plugin_intake_table *t)
{
    struct plugin_intake_group *g = t->group;
    const uint64_t seen = g->seen;
    bool wrote = false;
    g->seen = store_seq(table_store(t->t));
    if (!g->rows.n)
        return false;
    place(t);
    for (struct row *r = table_changed_after(t->t, seen), *next; r && row_seq(r) <= g->seen; r = next) {
        next = row_next(r); /* what is written goes to the end */
        if (row_born(r) <= seen)
            continue;
        struct str bytes = {0};
        table_key_bytes(t->t, r, &bytes);
        const struct group_row *row = map_get(&g->rows, bytes.s, bytes.len);
        if (row)
            write_row(t, r, row);
        wrote |= row != NULL;
        str_done(&bytes);
    }
    return wrote;
}

void plugin_intake_group_follow(struct store *store, void *arg)
{
    struct plugin_intake *in = arg;
    bool wrote = false;
    for (size_t i = 0; i < in->tables.n; i++)
        if (in->tables.items[i]->group)
            wrote |= follow(in->tables.items[i]);
    if (wrote)
        store_commit(store);
}
