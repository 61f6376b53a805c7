/* Staging of messages and their application to the mirror's store. */
#include "stream/mirror.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "stream/decode.h"
#include "stream/ids.h"

#include <stdlib.h>
#include <string.h>

/* One table, as the peer described it and as it is in the store. */
struct mirror_table {
    char *name;
    struct stream_schema *latest;  /* what rows that come now mean; NULL: the peer has no such table */
    struct stream_schema *applied; /* what t was made from */
    struct table *t;               /* NULL: not in the store */
    size_t *columns;               /* the peer's column index → t's */
    struct stream_ids rows;        /* the peer's row id → t's */
    struct stream_ids waiting;     /* t's ids of rows that were not sent since the reset */
    bool reset;                    /* since the last whole change set */
};

enum step_kind { STEP_TABLE, STEP_DROP, STEP_RESET, STEP_GONE, STEP_NEW, STEP_SET };

struct step {
    enum step_kind kind;
    uint16_t owner;  /* NEW: the peer's number */
    uint32_t ncells; /* NEW, SET: so many of the staged cells, in order */
    struct mirror_table *table;
    union {
        uint64_t id;
        struct stream_schema *schema; /* TABLE: a reference */
    };
};

struct staged_cell {
    struct value v; /* a text holds a reference */
    uint16_t column;
    bool text;
};

struct stream_mirror {
    struct store *store;
    VEC(struct mirror_table *)
    tables; /* in the order of their first coming; none is ever removed */
    struct map by_name;
    VEC(uint16_t) owners; /* the peer's number → the store's; 0: not told */
    VEC(struct step) steps;
    VEC(struct staged_cell) cells;
    size_t text_bytes, staged_max;
};

struct stream_mirror *stream_mirror_new(const struct clock *clock, size_t staged_max)
{
    struct stream_mirror *m = mem_new(struct stream_mirror);
    m->store = store_new(clock);
    m->staged_max = staged_max;
    return m;
}

struct store *stream_mirror_store(struct stream_mirror *m)
{
    return m->store;
}

/* Empties the staging; a big one gives its memory back. */
static void unstage(struct stream_mirror *m)
{
    for (size_t i = 0; i < m->cells.n; i++)
        if (m->cells.items[i].text)
            name_unref(m->cells.items[i].v.s);
    for (size_t i = 0; i < m->steps.n; i++)
        if (m->steps.items[i].kind == STEP_TABLE)
            stream_decode_table_unref(m->steps.items[i].schema);
    m->cells.n = m->steps.n = m->text_bytes = 0;
    if (m->cells.room > 65536)
        vec_done(&m->cells);
    if (m->steps.room > 65536)
        vec_done(&m->steps);
}

void stream_mirror_free(struct stream_mirror *m)
{
    if (!m)
        return;
    unstage(m);
    vec_done(&m->cells);
    vec_done(&m->steps);
    for (size_t i = 0; i < m->tables.n; i++) {
        struct mirror_table *mt = m->tables.items[i];
        stream_decode_table_unref(mt->latest);
        stream_decode_table_unref(mt->applied);
        stream_ids_done(&mt->rows);
        stream_ids_done(&mt->waiting);
        free(mt->columns);
        free(mt->name);
        free(mt);
    }
    vec_done(&m->tables);
    map_done(&m->by_name);
    vec_done(&m->owners);
    store_free(m->store);
    free(m);
}

const char *stream_mirror_table(const struct stream_mirror *m, size_t i)
{
    for (size_t at = 0; at < m->tables.n; at++)
        if (m->tables.items[at]->latest && i-- == 0)
            return m->tables.items[at]->name;
    return NULL;
}

/* ---- staging ---- */

static int push_step(struct stream_mirror *m, struct step step, struct error *err)
{
    size_t staged = m->steps.n * sizeof step + m->cells.n * sizeof *m->cells.items + m->text_bytes;
    if (staged > m->staged_max)
        return error_set(err, ERR_LIMIT, "a change set of more than %zu bytes", m->staged_max);
    vec_push(&m->steps, step);
    return 0;
}

static int stage_table(struct stream_mirror *m, const json_t *message, struct error *err)
{
    struct stream_schema *s;
    int rc = stream_decode_table(message, &s, err);
    if (rc)
        return rc;
    struct mirror_table *mt = map_get(&m->by_name, s->name, strlen(s->name));
    if (!mt) {
        if (m->tables.n >= 10 * LIMITS_TABLES) { /* names; most may have been dropped again */
            stream_decode_table_unref(s);
            return error_set(err, ERR_LIMIT, "more than %d names of tables", 10 * LIMITS_TABLES);
        }
        mt = mem_new(struct mirror_table);
        mt->name = mem_strdup(s->name);
        vec_push(&m->tables, mt);
        map_put(&m->by_name, s->name, strlen(s->name), mt);
    }
    stream_decode_table_unref(mt->latest);
    mt->latest = s;
    rc = push_step(m, (struct step){.kind = STEP_TABLE, .table = mt, .schema = s}, err);
    if (!rc)
        s->refs++;
    return rc;
}

/* The table that field "table" names, which the peer must have told of. */
static int find_table(const struct stream_mirror *m, const json_t *message, struct mirror_table **ret,
                      struct error *err)
{
    const char *name = json_string_value(json_object_get(message, "table"));
    struct mirror_table *mt = name ? map_get(&m->by_name, name, strlen(name)) : NULL;
    if (!mt || !mt->latest)
        return error_set(err, ERR_INVALID, "a message about a table that was not described");
    *ret = mt;
    return 0;
}

static int stage_drop(struct stream_mirror *m, const json_t *message, struct error *err)
{
    struct mirror_table *mt;
    int rc = find_table(m, message, &mt, err);
    if (rc)
        return rc;
    stream_decode_table_unref(mt->latest);
    mt->latest = NULL;
    return push_step(m, (struct step){.kind = STEP_DROP, .table = mt}, err);
}

/* Owners are only names for numbers: nobody sees them before rows that have one. */
static int stage_owner(struct stream_mirror *m, const json_t *message, struct error *err)
{
    int64_t owner = 0;
    char *name;
    int rc = stream_decode_int(message, "owner", 1, UINT16_MAX, &owner, err);
    if (!rc && !owner)
        rc = error_set(err, ERR_INVALID, "an owner without a number");
    if (!rc)
        rc = stream_decode_text(json_object_get(message, "name"), &name, err);
    if (rc)
        return rc;
    while (m->owners.n <= (size_t)owner)
        vec_push(&m->owners, 0);
    m->owners.items[owner] = store_owner(m->store, name);
    free(name);
    return 0;
}

/* ---- rows ---- */

/* The columns that "new" rows have, in order. */
struct column_list {
    uint16_t columns[LIMITS_TABLE_COLUMNS];
    size_t n;
};

static int column_index(const json_t *j, const struct stream_schema *s, uint16_t *ret, struct error *err)
{
    json_int_t i = json_integer_value(j);
    if (!json_is_integer(j) || i < 0 || (size_t)i >= s->ncolumns)
        return error_set(err, ERR_INVALID, "no index of one of its %zu columns", s->ncolumns);
    *ret = (uint16_t)i;
    return 0;
}

static int row_id_of(const json_t *j, uint64_t *ret, struct error *err)
{
    if (!json_is_integer(j) || json_integer_value(j) <= 0)
        return error_set(err, ERR_INVALID, "a row without an id");
    *ret = (uint64_t)json_integer_value(j);
    return 0;
}

static int stage_cell(struct stream_mirror *m, const struct stream_schema *s, uint16_t column, const json_t *j,
                      struct error *err)
{
    enum column_type type = s->columns[column]->type;
    struct staged_cell c = {.column = column};
    int rc = stream_decode_value(j, type, store_names(m->store), &c.v, err);
    if (rc) {
        error_prefix(err, "column %s", s->columns[column]->name);
        return rc;
    }
    if (column < s->nkeys && c.v.quality != QUALITY_EXACT) {
        if (type == COLUMN_TEXT && c.v.quality != QUALITY_UNKNOWN)
            name_unref(c.v.s);
        return error_set(err, ERR_INVALID, "key column %s is not exact", s->columns[column]->name);
    }
    c.text = type == COLUMN_TEXT && c.v.quality != QUALITY_UNKNOWN;
    if (c.text)
        m->text_bytes += c.v.s->len;
    vec_push(&m->cells, c);
    return 0;
}

static int decode_columns(const json_t *list, const struct stream_schema *s, struct column_list *ret, struct error *err)
{
    bool seen[LIMITS_TABLE_COLUMNS] = {false};
    size_t n = json_array_size(list);
    if (n < s->nkeys || n > s->ncolumns)
        return error_set(err, ERR_INVALID, "\"columns\" is not a list that begins with the key");
    for (size_t i = 0; i < n; i++) {
        int rc = column_index(json_array_get(list, i), s, &ret->columns[i], err);
        if (rc)
            return rc;
        if (seen[ret->columns[i]] || (i < s->nkeys && ret->columns[i] != i))
            return error_set(err, ERR_INVALID, "\"columns\" names one twice or no key first");
        seen[ret->columns[i]] = true;
    }
    ret->n = n;
    return 0;
}

/* [id, owner, value …] */
static int stage_new(struct stream_mirror *m, struct mirror_table *mt, const json_t *row,
                     const struct column_list *list, struct error *err)
{
    const struct stream_schema *s = mt->latest;
    struct step step = {.kind = STEP_NEW, .table = mt};
    size_t n = json_array_size(row);
    json_int_t owner = json_integer_value(json_array_get(row, 1));
    int rc = row_id_of(json_array_get(row, 0), &step.id, err);
    if (rc)
        return rc;
    if (n < 2 + s->nkeys || n > 2 + list->n)
        return error_set(err, ERR_INVALID, "a new row of %zu items", n);
    if (owner < 0 || owner > UINT16_MAX)
        return error_set(err, ERR_INVALID, "a row of an owner that cannot be");
    step.owner = (uint16_t)owner;
    step.ncells = (uint32_t)(n - 2);
    for (size_t i = 2; !rc && i < n; i++)
        rc = stage_cell(m, s, list->columns[i - 2], json_array_get(row, i), err);
    return rc ? rc : push_step(m, step, err);
}

/* [id, column, value, column, value …] */
static int stage_set(struct stream_mirror *m, struct mirror_table *mt, const json_t *row, struct error *err)
{
    struct step step = {.kind = STEP_SET, .table = mt};
    size_t n = json_array_size(row);
    int rc = row_id_of(json_array_get(row, 0), &step.id, err);
    if (!rc && n % 2 == 0)
        rc = error_set(err, ERR_INVALID, "cells of a row that are no pairs");
    for (size_t i = 1; !rc && i < n; i += 2) {
        uint16_t column = 0;
        rc = column_index(json_array_get(row, i), mt->latest, &column, err);
        if (!rc && column < mt->latest->nkeys)
            rc = error_set(err, ERR_INVALID, "a key that changes");
        if (!rc)
            rc = stage_cell(m, mt->latest, column, json_array_get(row, i + 1), err);
    }
    step.ncells = (uint32_t)(n / 2);
    return rc ? rc : push_step(m, step, err);
}

static int stage_rows(struct stream_mirror *m, const json_t *message, struct error *err)
{
    struct mirror_table *mt;
    struct column_list list = {.n = 0};
    size_t i;
    json_t *j;
    int rc = find_table(m, message, &mt, err);
    if (rc)
        return rc;
    if (json_is_true(json_object_get(message, "reset")))
        rc = push_step(m, (struct step){.kind = STEP_RESET, .table = mt}, err);
    json_array_foreach(json_object_get(message, "gone"), i, j)
    {
        struct step step = {.kind = STEP_GONE, .table = mt};
        if (!rc)
            rc = row_id_of(j, &step.id, err);
        if (!rc)
            rc = push_step(m, step, err);
    }
    if (!rc && json_object_get(message, "new"))
        rc = decode_columns(json_object_get(message, "columns"), mt->latest, &list, err);
    json_array_foreach(json_object_get(message, "new"), i, j)
    {
        if (!rc)
            rc = stage_new(m, mt, j, &list, err);
    }
    json_array_foreach(json_object_get(message, "set"), i, j)
    {
        if (!rc)
            rc = stage_set(m, mt, j, err);
    }
    if (rc)
        error_prefix(err, "table %s", mt->name);
    return rc;
}

int stream_mirror_message(struct stream_mirror *m, const json_t *message, const char *type, bool *known,
                          struct error *err)
{
    static const struct {
        const char *type;
        int (*stage)(struct stream_mirror *m, const json_t *message, struct error *err);
    } handlers[] = {
        {"rows", stage_rows},
        {"table", stage_table},
        {"drop", stage_drop},
        {"owner", stage_owner},
    };
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++) {
        if (strcmp(handlers[i].type, type) != 0)
            continue;
        if (known)
            *known = true;
        return handlers[i].stage(m, message, err);
    }
    if (known)
        *known = false;
    return 0;
}

/* ---- application ---- */

static void drop_table(struct stream_mirror *m, struct mirror_table *mt)
{
    if (mt->t)
        store_drop(m->store, mt->t);
    mt->t = NULL;
    stream_decode_table_unref(mt->applied);
    mt->applied = NULL;
    stream_ids_clear(&mt->rows);
    stream_ids_clear(&mt->waiting);
}

static bool same_group(const struct stream_schema_group *a, const struct stream_schema_group *b)
{
    return strcmp(a->text, b->text) == 0;
}

static const struct stream_schema_group *find_group(const struct stream_schema *s, const char *name)
{
    for (size_t i = 0; i < s->ngroups; i++)
        if (strcmp(s->groups[i].name, name) == 0)
            return &s->groups[i];
    return NULL;
}

static struct column_group declare_group(const struct stream_schema_group *g)
{
    return (struct column_group){.name = g->name, .columns = g->columns, .ncolumns = g->ncolumns};
}

/* Makes the table of mt what s says, keeping its rows if its first group is the same. */
static int make_table(struct stream_mirror *m, struct mirror_table *mt, const struct stream_schema *s,
                      struct error *err)
{
    int rc = 0;
    if (mt->t && !same_group(&mt->applied->groups[0], &s->groups[0]))
        drop_table(m, mt);
    if (!mt->t) {
        const struct table_def def = {
            .name = s->name, .title = s->title, .help = s->help, .group = declare_group(&s->groups[0])};
        rc = store_add(m->store, &def, s->groups[0].owner, &mt->t, err);
    } else {
        for (size_t i = 1; i < mt->applied->ngroups; i++) {
            const struct stream_schema_group *old = &mt->applied->groups[i];
            const struct stream_schema_group *now = find_group(s, old->name);
            if (!now || !same_group(old, now))
                table_drop_group(mt->t, old->name);
        }
    }
    for (size_t i = 1; !rc && i < s->ngroups; i++) {
        const struct stream_schema_group *g = &s->groups[i];
        const struct stream_schema_group *old = mt->applied ? find_group(mt->applied, g->name) : NULL;
        if (!old || !same_group(old, g)) {
            struct column_group declared = declare_group(g);
            rc = table_add_group(mt->t, &declared, g->owner, err);
        }
    }
    return rc;
}

static int apply_table(struct stream_mirror *m, struct mirror_table *mt, struct stream_schema *s, struct error *err)
{
    int rc = make_table(m, mt, s, err);
    if (rc) {
        drop_table(m, mt);
        return rc;
    }
    stream_decode_table_unref(mt->applied);
    mt->applied = s;
    s->refs++;
    mt->columns = mem_realloc(mt->columns, s->ncolumns, sizeof *mt->columns);
    for (size_t i = 0; i < s->ncolumns; i++)
        mt->columns[i] = (size_t)table_column_index(mt->t, s->columns[i]->name);
    return 0;
}

static void apply_reset(struct mirror_table *mt)
{
    size_t at = 0;
    uint64_t id, own;
    while (stream_ids_next(&mt->rows, &at, &id, &own))
        stream_ids_put(&mt->waiting, own, 0);
    stream_ids_clear(&mt->rows);
    mt->reset = true;
}

static void apply_gone(struct mirror_table *mt, uint64_t id)
{
    uint64_t own;
    if (!stream_ids_get(&mt->rows, id, &own))
        return;
    table_remove_id(mt->t, own);
    stream_ids_del(&mt->rows, id);
}

/* Cells that were not sent of a row that was there before are unknown now. */
static void forget_others(struct mirror_table *mt, struct row *r, const struct staged_cell *cells, size_t n)
{
    bool sent[LIMITS_TABLE_COLUMNS] = {false};
    for (size_t i = 0; i < n; i++)
        sent[mt->columns[cells[i].column]] = true;
    for (size_t i = table_nkeys(mt->t); i < table_ncolumns(mt->t); i++)
        if (!sent[i])
            table_set_unknown(mt->t, r, i);
}

static void set_cells(struct mirror_table *mt, struct row *r, const struct staged_cell *cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        table_set(mt->t, r, mt->columns[cells[i].column], cells[i].v);
}

static int apply_new(struct stream_mirror *m, struct mirror_table *mt, const struct step *step,
                     const struct staged_cell *cells, struct error *err)
{
    struct value key[LIMITS_TABLE_COLUMNS];
    size_t nkeys = table_nkeys(mt->t);
    for (size_t i = 0; i < nkeys; i++)
        key[i] = cells[i].v;
    uint16_t owner = step->owner < m->owners.n ? m->owners.items[step->owner] : 0;
    uint64_t before = store_seq(m->store), was;
    struct row *r = table_upsert(mt->t, key, owner);
    bool there = r && row_born(r) <= before;
    if (there && row_owner(r) != owner) {
        stream_ids_del(&mt->waiting, row_id(r));
        table_remove(mt->t, r);
        r = table_upsert(mt->t, key, owner);
        there = false;
    }
    if (r && stream_ids_get(&mt->rows, step->id, &was) && row_id(r) != was)
        apply_gone(mt, step->id); /* the row has gone, or the peer gives its id a second key */
    if (!r)
        return error_set(err, ERR_LIMIT, "table %s: more than %d rows", mt->name, LIMITS_TABLE_ROWS);
    if (there)
        forget_others(mt, r, cells, step->ncells);
    if (step->ncells > nkeys)
        set_cells(mt, r, cells + nkeys, step->ncells - nkeys);
    stream_ids_del(&mt->waiting, row_id(r));
    stream_ids_put(&mt->rows, step->id, row_id(r));
    return 0;
}

static int apply_set(struct mirror_table *mt, const struct step *step, const struct staged_cell *cells,
                     struct error *err)
{
    uint64_t own = 0;
    struct row *r = stream_ids_get(&mt->rows, step->id, &own) ? table_by_id(mt->t, own) : NULL;
    if (!r)
        return error_set(err, ERR_INVALID, "table %s: cells of a row that was not sent", mt->name);
    set_cells(mt, r, cells, step->ncells);
    return 0;
}

static int apply_step(struct stream_mirror *m, const struct step *step, const struct staged_cell *cells,
                      struct error *err)
{
    struct mirror_table *mt = step->table;
    switch (step->kind) {
    case STEP_TABLE:
        return apply_table(m, mt, step->schema, err);
    case STEP_DROP:
        drop_table(m, mt);
        return 0;
    case STEP_RESET:
        apply_reset(mt);
        return 0;
    case STEP_GONE:
        apply_gone(mt, step->id);
        return 0;
    case STEP_NEW:
        return apply_new(m, mt, step, cells, err);
    case STEP_SET:
        return apply_set(mt, step, cells, err);
    }
    return 0;
}

/* What was not sent again since a reset goes. */
static void remove_waiting(struct mirror_table *mt)
{
    size_t at = 0;
    uint64_t own;
    while (stream_ids_next(&mt->waiting, &at, &own, NULL))
        table_remove_id(mt->t, own);
    stream_ids_clear(&mt->waiting);
    mt->reset = false;
}

int stream_mirror_end(struct stream_mirror *m, bool torn, struct error *err)
{
    int rc = 0;
    size_t cell = 0;
    for (size_t i = 0; !rc && i < m->steps.n; i++) {
        const struct step *step = &m->steps.items[i];
        rc = apply_step(m, step, step->ncells ? &m->cells.items[cell] : NULL, err);
        cell += step->ncells;
    }
    unstage(m);
    for (size_t i = 0; !rc && !torn && i < m->tables.n; i++)
        if (m->tables.items[i]->reset)
            remove_waiting(m->tables.items[i]);
    store_commit(m->store);
    return rc;
}

void stream_mirror_restart(struct stream_mirror *m)
{
    unstage(m);
    m->owners.n = 0;
    for (size_t i = 0; i < m->tables.n; i++) {
        struct mirror_table *mt = m->tables.items[i];
        stream_decode_table_unref(mt->latest);
        mt->latest = NULL;
        apply_reset(mt);
        mt->reset = false; /* the new peer begins each table with a reset of its own */
    }
}
