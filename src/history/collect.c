/* Follows every row of the tables that keep something. */
#include "history/collect.h"
#include "base/vec.h"
#include "history/batch.h"
#include "history/pack.h"
#include "stream/ids.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH_MAX = 16 * 1024 * 1024, /* bytes; then collecting waits for the writer */
    WHEEL = 64,                   /* buckets of rows that wait for their time */
    SEEN_BITS = 64,
};

#define NOWHERE UINT32_MAX

/* A column that is kept. */
struct kept {
    uint64_t name; /* hashed */
    size_t column; /* in the table */
    enum column_type type;
    bool at_once;
};

struct followed_row {
    uint64_t id, born;
    uint64_t texts_seq, numbers_seq; /* what is newer has not been kept yet */
    uint64_t seen;                   /* kept columns that had a value before, in this life */
    uint64_t waiting;                /* kept numbers that were written since they were last kept */
    int64_t sampled_us;              /* when numbers were last kept */
    uint32_t table;                  /* index in tables */
    uint32_t next, prev;             /* in its bucket, or NOWHERE; next also in the free list */
    int bucket;                      /* -1: nothing waits */
};

struct followed_table {
    struct table *table; /* NULL: gone, the place is free */
    VEC(struct kept) columns;
    uint64_t seq, removed_seq;
    struct stream_ids rows; /* row id → index in rows */
};

struct history_collect {
    struct store *store;
    int64_t sample_us;
    bool (*watched)(void *arg, const struct table *t, const struct row *r);
    void *arg;
    uint64_t schema_version;
    VEC(struct followed_table) tables;
    VEC(struct followed_row) rows;
    uint32_t free_rows;
    size_t nrows;
    uint32_t wheel[WHEEL];
    int64_t wheel_us; /* up to where buckets have been emptied */
    struct str batch;
    bool behind;        /* the batch was full, or the slice over, before everything was taken */
    size_t slice, left; /* rows a call, and of this one; SIZE_MAX: all */
};

struct history_collect *history_collect_new(struct store *store, int64_t sample_ms,
                                            bool (*watched)(void *arg, const struct table *t, const struct row *r),
                                            void *arg)
{
    struct history_collect *c = mem_new(struct history_collect);
    c->store = store;
    c->sample_us = (sample_ms > 0 ? sample_ms : 1) * 1000;
    c->watched = watched;
    c->arg = arg;
    c->slice = c->left = SIZE_MAX;
    history_collect_reset(c);
    return c;
}

void history_collect_reset(struct history_collect *c)
{
    for (size_t i = 0; i < c->tables.n; i++) {
        vec_done(&c->tables.items[i].columns);
        stream_ids_done(&c->tables.items[i].rows);
    }
    vec_done(&c->tables);
    vec_done(&c->rows);
    str_done(&c->batch);
    c->free_rows = NOWHERE;
    c->nrows = 0;
    c->behind = false;
    c->schema_version = 0; /* a store with a table has a higher one */
    for (size_t i = 0; i < WHEEL; i++)
        c->wheel[i] = NOWHERE;
    c->wheel_us = clock_mono_us(store_clock(c->store));
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
    return c->batch.len >= BATCH_MAX;
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

static int64_t now_us(const struct history_collect *c)
{
    return clock_mono_us(store_clock(c->store));
}

/* ---- the wheel ---- */

/* The width of a bucket: the wheel is a little longer than sample_us. */
static int64_t bucket_us(const struct history_collect *c)
{
    return c->sample_us / (WHEEL - 4) + 1;
}

static void wheel_remove(struct history_collect *c, uint32_t i)
{
    struct followed_row *r = &c->rows.items[i];
    if (r->bucket < 0)
        return;
    *(r->prev == NOWHERE ? &c->wheel[r->bucket] : &c->rows.items[r->prev].next) = r->next;
    if (r->next != NOWHERE)
        c->rows.items[r->next].prev = r->prev;
    r->bucket = -1;
}

static void wheel_add(struct history_collect *c, uint32_t i, int64_t due_us)
{
    struct followed_row *r = &c->rows.items[i];
    if (r->bucket >= 0)
        return;
    if (due_us <= c->wheel_us)
        due_us = c->wheel_us + 1;
    r->bucket = (int)(due_us / bucket_us(c) % WHEEL);
    r->prev = NOWHERE;
    r->next = c->wheel[r->bucket];
    if (r->next != NOWHERE)
        c->rows.items[r->next].prev = i;
    c->wheel[r->bucket] = i;
}

/* ---- rows ---- */

static uint32_t row_index(const struct followed_table *t, uint64_t id)
{
    uint64_t found;
    return stream_ids_get(&t->rows, id, &found) ? (uint32_t)found : NOWHERE;
}

static uint32_t follow(struct history_collect *c, uint32_t table, const struct row *r)
{
    uint32_t i = c->free_rows;
    if (i == NOWHERE) {
        i = (uint32_t)c->rows.n;
        vec_push(&c->rows, (struct followed_row){0});
    } else {
        c->free_rows = c->rows.items[i].next;
    }
    c->rows.items[i] =
        (struct followed_row){.id = row_id(r), .born = row_born(r), .table = table, .bucket = -1, .next = NOWHERE};
    stream_ids_put(&c->tables.items[table].rows, row_id(r), i);
    c->nrows++;

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
    struct followed_row *r = &c->rows.items[i];
    str_char(&c->batch, HISTORY_BATCH_DIED);
    history_pack_uint(&c->batch, i);
    history_pack_int(&c->batch, now_ms(c));
    wheel_remove(c, i);
    stream_ids_del(&c->tables.items[r->table].rows, r->id);
    r->next = c->free_rows;
    c->free_rows = i;
    c->nrows--;
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

static uint64_t bit_of(size_t column)
{
    return column < SEEN_BITS ? UINT64_C(1) << column : 0;
}

/* Notes which numbers were written since the row was last looked at. Later ones than the SEEN_BITS-th are known by the
 * row's sequence numbers, which tell less and less exactly the longer ago they were written. */
static void note_numbers(const struct followed_table *t, struct followed_row *r, const struct row *row)
{
    for (size_t i = 0; i < t->columns.n && i < SEEN_BITS; i++)
        if (!t->columns.items[i].at_once && row_cell_seq(row, t->columns.items[i].column) > r->texts_seq)
            r->waiting |= bit_of(i);
}

/* Has the i-th kept column been written since it was last kept? */
static bool to_be_kept(const struct followed_table *t, const struct followed_row *r, const struct row *row, size_t i)
{
    const struct kept *k = &t->columns.items[i];
    if (!k->at_once && bit_of(i))
        return r->waiting & bit_of(i);
    return row_cell_seq(row, k->column) > (k->at_once ? r->texts_seq : r->numbers_seq);
}

/* Packs the kept cells that were written, of numbers only if so asked. A column without a value so far in this life has
 * nothing to end. Later ones than the SEEN_BITS-th count as fresh each time: that costs a few bytes, no more. */
static void pack_cells(struct history_collect *c, uint32_t index, const struct row *row, bool numbers)
{
    struct followed_row *r = &c->rows.items[index];
    const struct followed_table *t = &c->tables.items[r->table];
    size_t n = 0, count_at = 0;
    note_numbers(t, r, row);
    for (size_t i = 0; i < t->columns.n; i++) {
        const struct kept *k = &t->columns.items[i];
        if ((!k->at_once && !numbers) || !to_be_kept(t, r, row, i))
            continue;
        struct value v = row_get(row, k->column);
        if (v.quality == QUALITY_UNKNOWN && bit_of(i) && !(r->seen & bit_of(i)))
            continue;
        if (n++ == 0)
            begin_cells(c, index, &count_at);
        pack_cell(&c->batch, i, k->type, v, !(r->seen & bit_of(i)));
        r->seen |= bit_of(i);
    }
    if (n)
        end_cells(c, count_at, n);
    r->texts_seq = row_seq(row);
    if (numbers) {
        r->waiting = 0;
        r->numbers_seq = row_seq(row);
        r->sampled_us = now_us(c);
    }
}

/* True if a number was written that has not been kept. */
static bool numbers_wait(const struct history_collect *c, const struct followed_row *r, const struct row *row)
{
    const struct followed_table *t = &c->tables.items[r->table];
    for (size_t i = 0; i < t->columns.n; i++)
        if (!t->columns.items[i].at_once && to_be_kept(t, r, row, i))
            return true;
    return false;
}

static void take_row(struct history_collect *c, uint32_t table, const struct row *row)
{
    struct followed_table *t = &c->tables.items[table];
    uint32_t i = row_index(t, row_id(row));
    bool now = i == NOWHERE;
    if (now)
        i = follow(c, table, row);
    struct followed_row *r = &c->rows.items[i];
    now = now || now_us(c) - r->sampled_us >= c->sample_us || (c->watched && c->watched(c->arg, t->table, row));
    pack_cells(c, i, row, now);
    if (now)
        wheel_remove(c, i);
    else if (numbers_wait(c, r, row))
        wheel_add(c, i, r->sampled_us + c->sample_us);
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

/* Bits of columns as they were, brought to where these columns are now. */
static uint64_t move_bits(uint64_t bits, const struct kept *old, size_t nold, const struct followed_table *f)
{
    uint64_t moved = 0;
    for (size_t i = 0; i < f->columns.n && i < SEEN_BITS; i++)
        for (size_t k = 0; k < nold && k < SEEN_BITS; k++)
            if (old[k].name == f->columns.items[i].name && old[k].type == f->columns.items[i].type)
                moved |= (bits >> k & 1) << i;
    return moved;
}

/* Finds out again which columns are kept, and where they are. */
static void find_columns(struct history_collect *c, struct followed_table *f)
{
    struct kept *old = f->columns.items;
    size_t nold = f->columns.n;
    f->columns.items = NULL;
    f->columns.n = f->columns.room = 0;
    for (size_t i = table_nkeys(f->table); i < table_ncolumns(f->table); i++) {
        const struct column *column = table_column(f->table, i);
        if (column->flags & COLUMN_HISTORY)
            vec_push(&f->columns, (struct kept){.name = map_hash(column->name, strlen(column->name)),
                                                .column = i,
                                                .type = column->type,
                                                .at_once = column->type == COLUMN_TEXT || column->type == COLUMN_BOOL});
    }
    uint64_t id, found;
    for (size_t at = 0; stream_ids_next(&f->rows, &at, &id, &found);) {
        struct followed_row *r = &c->rows.items[found];
        r->seen = move_bits(r->seen, old, nold, f);
        r->waiting = move_bits(r->waiting, old, nold, f);
    }
    free(old);
}

/* Rows that we follow and that are not, or are no longer the same. */
static void drop_missing(struct history_collect *c, uint32_t index, bool all)
{
    struct followed_table *f = &c->tables.items[index];
    VEC(uint32_t) missing = {0};
    uint64_t id, found;
    for (size_t at = 0; stream_ids_next(&f->rows, &at, &id, &found);) {
        const struct row *row = all ? NULL : table_by_id(f->table, id);
        if (!row || row_born(row) != c->rows.items[found].born)
            vec_push(&missing, (uint32_t)found);
    }
    for (size_t i = 0; i < missing.n; i++)
        unfollow(c, missing.items[i]);
    vec_done(&missing);
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
            stream_ids_done(&f->rows);
            f->table = NULL;
        }
    }
    for (size_t i = 0; i < store_count(c->store); i++)
        add_table(c, store_at(c->store, i));
    for (uint32_t i = 0; i < c->tables.n; i++) {
        if (!c->tables.items[i].table)
            continue;
        find_columns(c, &c->tables.items[i]);
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
        uint32_t row = row_index(f, gone[i].id);
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
    while (c->wheel[bucket] != NOWHERE && !enough(c)) {
        uint32_t i = c->wheel[bucket];
        const struct followed_row *r = &c->rows.items[i];
        const struct row *row = table_by_id(c->tables.items[r->table].table, r->id);
        wheel_remove(c, i);
        if (row)
            pack_cells(c, i, row, true);
        count_row(c);
    }
}

void history_collect_due(struct history_collect *c, bool all)
{
    c->left = all ? SIZE_MAX : c->slice;
    if (c->behind || all)
        take_changes(c);
    if (enough(c) || c->schema_version != store_schema_version(c->store))
        return; /* tables that wait here may have gone */
    int64_t width = bucket_us(c), now = now_us(c);
    int64_t from = c->wheel_us / width, to = now / width;
    if (all || to - from >= WHEEL)
        from = to - WHEEL + 1;
    for (int64_t i = from; i <= to && !enough(c); i++)
        take_bucket(c, (size_t)(((i % WHEEL) + WHEEL) % WHEEL));
    if (!enough(c))
        c->wheel_us = now;
}

/* ---- the past ---- */

int history_collect_past(struct history_collect *c, const struct table *t, const void *key, size_t key_len,
                         const char *column, const void *chunk, size_t chunk_len)
{
    if (full(c))
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
    return c->nrows;
}
