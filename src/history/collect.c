/* Follows every row of the tables that keep something. */
#include "history/collect.h"
#include "base/vec.h"
#include "history/batch.h"
#include "history/follow.h"
#include "history/pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH_MAX = 4 * 1024 * 1024, /* bytes; then collecting waits for the writer */
    END_MAX = 16 * 1024 * 1024,  /* of the last one, and with what is told of the past */
    WHEEL = HISTORY_FOLLOW_BUCKETS,
};

#define NOWHERE HISTORY_FOLLOW_NONE

/* A column that is kept. */
struct kept {
    uint64_t name; /* hashed */
    size_t column; /* in the table */
    enum column_type type;
    bool at_once;
};

struct followed_table {
    struct table *table; /* NULL: gone, the place is free */
    VEC(struct kept) columns;
    uint64_t seq, removed_seq;
};

struct history_collect {
    struct store *store;
    int64_t sample_ms;
    bool (*watched)(void *arg, const struct table *t, const struct row *r);
    void *arg;
    uint64_t schema_version;
    VEC(struct followed_table) tables;
    struct history_follow rows;
    int64_t wheel_ms; /* up to where buckets of rows that wait for their time have been emptied */
    struct str batch;
    size_t most;        /* bytes it may have */
    bool behind;        /* the batch was full, or the slice over, before everything was taken */
    size_t slice, left; /* rows a call, and of this one; SIZE_MAX: all */
};

struct history_collect *history_collect_new(struct store *store, int64_t sample_ms,
                                            bool (*watched)(void *arg, const struct table *t, const struct row *r),
                                            void *arg)
{
    struct history_collect *c = mem_new(struct history_collect);
    c->store = store;
    c->sample_ms = sample_ms > 0 ? sample_ms : 1;
    c->watched = watched;
    c->arg = arg;
    c->slice = c->left = SIZE_MAX;
    history_collect_reset(c);
    return c;
}

void history_collect_reset(struct history_collect *c)
{
    for (size_t i = 0; i < c->tables.n; i++)
        vec_done(&c->tables.items[i].columns);
    vec_done(&c->tables);
    history_follow_done(&c->rows);
    str_done(&c->batch);
    c->most = BATCH_MAX;
    c->behind = false;
    c->schema_version = 0; /* a store with a table has a higher one */
    c->wheel_ms = clock_mono_us(store_clock(c->store)) / 1000;
}

void history_collect_free(struct history_collect *c)
{
    if (!c)
        return;
    history_collect_reset(c);
    free(c);
}

static bool full(const struct history_collect *c)
{
    return c->batch.len >= c->most;
}

void history_collect_slice(struct history_collect *c, size_t rows)
{
    c->slice = rows ? rows : SIZE_MAX;
}

bool history_collect_is_cut(const struct history_collect *c)
{
    return !c->left && !full(c);
}

/* No further row is taken in this call. */
static bool enough(const struct history_collect *c)
{
    return !c->left || full(c);
}

static void count_row(struct history_collect *c)
{
    c->left -= c->left < SIZE_MAX;
}

static int64_t now_ms(const struct history_collect *c)
{
    return clock_wall_ms(store_clock(c->store));
}

/* By the clock that does not jump. */
static int64_t mono_ms(const struct history_collect *c)
{
    return clock_mono_us(store_clock(c->store)) / 1000;
}

/* ---- the wheel ---- */

/* The width of a bucket: the wheel is a little longer than sample_ms. */
static int64_t bucket_ms(const struct history_collect *c)
{
    return c->sample_ms / (WHEEL - 4) + 1;
}

static void wheel_add(struct history_collect *c, uint32_t i, int64_t due_ms)
{
    if (due_ms <= c->wheel_ms)
        due_ms = c->wheel_ms + 1;
    history_follow_wait(&c->rows, i, (size_t)(due_ms / bucket_ms(c) % WHEEL));
}

/* ---- rows ---- */

static uint32_t follow(struct history_collect *c, uint32_t table, const struct row *r)
{
    uint32_t i = history_follow_add(&c->rows, table, row_id(r));
    struct str key = {0};
    table_key_bytes(c->tables.items[table].table, r, &key);
    str_char(&c->batch, HISTORY_BATCH_BORN);
    history_pack_uint(&c->batch, i);
    history_pack_uint(&c->batch, table);
    history_pack_int(&c->batch, now_ms(c));
    history_pack_bytes(&c->batch, key.s, key.len);
    str_done(&key);
    return i;
}

static void unfollow(struct history_collect *c, uint32_t i)
{
    str_char(&c->batch, HISTORY_BATCH_DIED);
    history_pack_uint(&c->batch, i);
    history_pack_int(&c->batch, now_ms(c));
    history_follow_del(&c->rows, i);
}

/* ---- cells ---- */

/* Begins a row's cells with its first one. The count is one byte, so that it can be filled in. */
static void begin_cells(struct history_collect *c, uint32_t row, size_t *count_at)
{
    str_char(&c->batch, HISTORY_BATCH_ROW);
    history_pack_uint(&c->batch, row);
    history_pack_int(&c->batch, now_ms(c));
    *count_at = c->batch.len;
    str_bytes(&c->batch, "\x80", 2); /* two bytes of count: 7 bits each, filled in by end_cells */
}

static void end_cells(struct history_collect *c, size_t count_at, size_t n)
{
    c->batch.s[count_at] = (char)(0x80 | (n & 0x7f));
    c->batch.s[count_at + 1] = (char)(n >> 7);
}

/* To four significant digits: what a chart or an alarm of last week can tell of a rate or a duration, in three bytes
 * instead of eight. */
static double rounded(double v)
{
    enum { DIGITS = 4, EXACT_POWER = 22 }; /* 10^22 is the last power of ten that a double has exactly */
    if (v == 0 || !isfinite(v))
        return v;
    int places = DIGITS - 1 - (int)floor(log10(fabs(v)));
    if (abs(places) > EXACT_POWER)
        return v;
    double power = pow(10, abs(places));
    return places >= 0 ? round(v * power) / power : round(v / power) * power;
}

static void pack_cell(struct str *out, size_t column, enum column_type type, struct value v, bool fresh)
{
    history_pack_uint(out, column);
    str_char(out, (char)(v.quality | (fresh ? HISTORY_BATCH_FRESH : 0)));
    if (v.quality == QUALITY_UNKNOWN)
        return;
    if (type == COLUMN_TEXT)
        history_pack_bytes(out, v.s->raw, v.s->len);
    else if (type == COLUMN_REAL)
        str_bytes(out, &(double){rounded(v.d)}, sizeof v.d);
    else
        history_pack_int(out, v.i);
}

/* Notes which numbers were written since the row was last looked at. */
static void note_numbers(struct history_collect *c, const struct followed_table *t, uint32_t index,
                         const struct row *row)
{
    uint64_t seq = history_follow_seq(&c->rows, index);
    for (size_t i = 0; i < t->columns.n; i++)
        if (!t->columns.items[i].at_once && row_cell_seq(row, t->columns.items[i].column) > seq)
            history_follow_put(&c->rows, index, HISTORY_FOLLOW_WRITTEN, i);
}

/* Packs the kept cells that were written, of numbers only if so asked. A column without a value so far in this life has
 * nothing to end. */
static void pack_cells(struct history_collect *c, uint32_t index, const struct row *row, bool numbers)
{
    const struct followed_table *t = &c->tables.items[history_follow_table_of(&c->rows, index)];
    const uint64_t seq = history_follow_seq(&c->rows, index);
    size_t n = 0, count_at = 0;
    note_numbers(c, t, index, row);
    for (size_t i = 0; i < t->columns.n; i++) {
        const struct kept *k = &t->columns.items[i];
        if (k->at_once ? row_cell_seq(row, k->column) <= seq
                       : !numbers || !history_follow_has(&c->rows, index, HISTORY_FOLLOW_WRITTEN, i))
            continue;
        struct value v = row_get(row, k->column);
        bool seen = history_follow_has(&c->rows, index, HISTORY_FOLLOW_SEEN, i);
        if (v.quality == QUALITY_UNKNOWN && !seen)
            continue;
        if (n++ == 0)
            begin_cells(c, index, &count_at);
        pack_cell(&c->batch, i, k->type, v, !seen);
        history_follow_put(&c->rows, index, HISTORY_FOLLOW_SEEN, i);
    }
    if (n)
        end_cells(c, count_at, n);
    history_follow_set_seq(&c->rows, index, row_seq(row));
    if (numbers) {
        history_follow_clear(&c->rows, index, HISTORY_FOLLOW_WRITTEN);
        history_follow_set_sampled_ms(&c->rows, index, mono_ms(c));
    }
}

static void take_row(struct history_collect *c, uint32_t table, const struct row *row)
{
    uint32_t i = history_follow_find(&c->rows, table, row_id(row));
    bool now = i == NOWHERE;
    if (now)
        i = follow(c, table, row);
    int64_t due_ms = history_follow_sampled_ms(&c->rows, i) + c->sample_ms;
    now = now || mono_ms(c) >= due_ms || (c->watched && c->watched(c->arg, c->tables.items[table].table, row));
    pack_cells(c, i, row, now);
    if (now)
        history_follow_rest(&c->rows, i);
    else if (history_follow_any(&c->rows, i, HISTORY_FOLLOW_WRITTEN))
        wheel_add(c, i, due_ms);
}

/* ---- tables ---- */

static void pack_text(struct str *out, const char *text)
{
    history_pack_bytes(out, text, strlen(text));
}

static void declare(struct history_collect *c, uint32_t index)
{
    const struct followed_table *f = &c->tables.items[index];
    const struct table *t = f->table;
    struct str keys = {0};
    for (size_t i = 0; i < table_nkeys(t); i++)
        str_printf(&keys, "%s%s:%s", i ? "," : "", table_column(t, i)->name,
                   column_type_name(table_column(t, i)->type));
    str_char(&c->batch, HISTORY_BATCH_TABLE);
    history_pack_uint(&c->batch, index);
    pack_text(&c->batch, table_name(t));
    pack_text(&c->batch, str_text(&keys));
    history_pack_uint(&c->batch, f->columns.n);
    for (size_t i = 0; i < f->columns.n; i++) {
        const struct column *column = table_column(t, f->columns.items[i].column);
        pack_text(&c->batch, column->name);
        history_pack_uint(&c->batch, column->type);
        history_pack_uint(&c->batch, column->unit);
    }
    str_done(&keys);
}

/* Finds out again which columns are kept, and where they are. */
static void find_columns(struct history_collect *c, uint32_t index)
{
    struct followed_table *f = &c->tables.items[index];
    struct kept *old = f->columns.items;
    size_t nold = f->columns.n;
    VEC(size_t) from = {0};
    f->columns.items = NULL;
    f->columns.n = f->columns.room = 0;
    for (size_t i = table_nkeys(f->table); i < table_ncolumns(f->table); i++) {
        const struct column *column = table_column(f->table, i);
        if (!(column->flags & COLUMN_HISTORY))
            continue;
        const struct kept k = {.name = map_hash(column->name, strlen(column->name)),
                               .column = i,
                               .type = column->type,
                               .at_once = column->type == COLUMN_TEXT || column->type == COLUMN_BOOL};
        size_t was = 0;
        while (was < nold && (old[was].name != k.name || old[was].type != k.type))
            was++;
        vec_push(&f->columns, k);
        vec_push(&from, was < nold ? was : SIZE_MAX);
    }
    history_follow_columns(&c->rows, index, f->columns.n, from.items);
    vec_done(&from);
    free(old);
}

/* Rows that we follow and that are not, or are no longer the same. */
static void drop_missing(struct history_collect *c, uint32_t index, bool all)
{
    const struct followed_table *f = &c->tables.items[index];
    uint32_t i;
    for (uint32_t at = 0; (i = history_follow_next(&c->rows, index, &at)) != NOWHERE;) {
        const struct row *row = all ? NULL : table_by_id(f->table, history_follow_id(&c->rows, i));
        if (!row || row_born(row) > f->seq) /* the row of another table in the same place */
            unfollow(c, i);
    }
}

static bool in_store(const struct store *s, const struct table *t)
{
    for (size_t i = 0; i < store_count(s); i++)
        if (store_at(s, i) == t)
            return true;
    return false;
}

static void add_table(struct history_collect *c, struct table *t)
{
    size_t free_place = c->tables.n;
    for (size_t i = 0; i < c->tables.n; i++) {
        if (c->tables.items[i].table == t)
            return;
        if (!c->tables.items[i].table)
            free_place = i;
    }
    if (free_place == c->tables.n)
        vec_push(&c->tables, (struct followed_table){0});
    c->tables.items[free_place] = (struct followed_table){.table = t};
}

/* Tables and columns came or went. */
static void follow_schema(struct history_collect *c)
{
    for (uint32_t i = 0; i < c->tables.n; i++) {
        struct followed_table *f = &c->tables.items[i];
        if (!f->table)
            continue;
        bool gone = !in_store(c->store, f->table);
        drop_missing(c, i, gone);
        if (gone) {
            vec_done(&f->columns);
            history_follow_forget(&c->rows, i);
            f->table = NULL;
        }
    }
    for (size_t i = 0; i < store_count(c->store); i++)
        add_table(c, store_at(c->store, i));
    for (uint32_t i = 0; i < c->tables.n; i++) {
        if (!c->tables.items[i].table)
            continue;
        find_columns(c, i);
        if (c->tables.items[i].columns.n)
            declare(c, i);
    }
    c->schema_version = store_schema_version(c->store);
}

static void take_removed(struct history_collect *c, uint32_t index)
{
    struct followed_table *f = &c->tables.items[index];
    const struct table_removal *gone;
    size_t n;
    bool known = table_removed_after(f->table, f->removed_seq, &gone, &n);
    f->removed_seq = table_seq(f->table);
    if (!known) {
        drop_missing(c, index, false);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t row = history_follow_find(&c->rows, index, gone[i].id);
        if (row != NOWHERE)
            unfollow(c, row);
    }
}

static void take_table(struct history_collect *c, uint32_t index)
{
    struct followed_table *f = &c->tables.items[index];
    if (!f->table || !f->columns.n)
        return;
    if (f->removed_seq != table_seq(f->table))
        take_removed(c, index);
    if (f->seq == table_seq(f->table))
        return;
    for (struct row *r = table_changed_after(f->table, f->seq); r; r = row_next(r)) {
        if (enough(c)) {
            c->behind = true;
            return;
        }
        take_row(c, index, r);
        count_row(c);
        f->seq = row_seq(r);
    }
    f->seq = table_seq(f->table); /* the last thing that happened may have been a removal */
}

static void take_changes(struct history_collect *c)
{
    c->behind = full(c);
    if (c->behind)
        return;
    if (c->schema_version != store_schema_version(c->store))
        follow_schema(c);
    for (uint32_t i = 0; i < c->tables.n; i++)
        take_table(c, i);
}

void history_collect_changes(struct history_collect *c)
{
    c->left = c->slice;
    take_changes(c);
}

static void take_bucket(struct history_collect *c, size_t bucket)
{
    uint32_t i;
    for (size_t page = 0; !enough(c) && (i = history_follow_waiting(&c->rows, bucket, &page)) != NOWHERE;) {
        const struct table *t = c->tables.items[history_follow_table_of(&c->rows, i)].table;
        const struct row *row = table_by_id(t, history_follow_id(&c->rows, i));
        history_follow_rest(&c->rows, i);
        if (row)
            pack_cells(c, i, row, true);
        count_row(c);
    }
}

static void take_due(struct history_collect *c, bool all)
{
    if (enough(c) || c->schema_version != store_schema_version(c->store))
        return; /* tables that wait here may have gone */
    int64_t width = bucket_ms(c), now = mono_ms(c);
    int64_t from = c->wheel_ms / width, to = now / width;
    if (all || to - from >= WHEEL)
        from = to - WHEEL + 1;
    for (int64_t i = from; i <= to && !enough(c); i++)
        take_bucket(c, (size_t)(((i % WHEEL) + WHEEL) % WHEEL));
    if (!enough(c))
        c->wheel_ms = now;
}

void history_collect_due(struct history_collect *c, bool all)
{
    c->left = all ? SIZE_MAX : c->slice;
    c->most = all ? END_MAX : BATCH_MAX;
    if (c->behind || all)
        take_changes(c);
    take_due(c, all);
    c->most = BATCH_MAX;
}

/* ---- the past ---- */

int history_collect_past(struct history_collect *c, const struct table *t, const void *key, size_t key_len,
                         const char *column, const void *chunk, size_t chunk_len)
{
    if (c->batch.len >= END_MAX)
        return ERR_LIMIT;
    if (c->schema_version != store_schema_version(c->store))
        follow_schema(c); /* so that the table is declared */
    for (size_t i = 0; i < c->tables.n; i++) {
        const struct followed_table *f = &c->tables.items[i];
        for (size_t k = 0; f->table == t && k < f->columns.n; k++) {
            const struct column *kept = table_column(t, f->columns.items[k].column);
            if (strcmp(kept->name, column) != 0 || kept->type == COLUMN_TEXT)
                continue;
            str_char(&c->batch, HISTORY_BATCH_PAST);
            history_pack_uint(&c->batch, i);
            history_pack_bytes(&c->batch, key, key_len);
            history_pack_uint(&c->batch, k);
            history_pack_bytes(&c->batch, chunk, chunk_len);
            return 0;
        }
    }
    return ERR_NOT_FOUND;
}

size_t history_collect_pending(const struct history_collect *c)
{
    return c->batch.len;
}

char *history_collect_take(struct history_collect *c, size_t *len)
{
    *len = c->batch.len;
    return str_take(&c->batch);
}

size_t history_collect_rows(const struct history_collect *c)
{
    return c->rows.n;
}
