/* Cells of rows to be. */
#include "kafka/item.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So many of a double's 52 bits are left out: three bytes remain, twelve bits and the leading one; or four. */
enum { ROUGH_BITS = 40, FINE_BITS = 32 };

static const struct kafka_item_kind *kind_of(struct kafka_items *pool, const struct table_def *def)
{
    for (size_t i = 0; i < pool->nkinds; i++)
        if (pool->kinds[i][0].def == def)
            return &pool->kinds[i][0];
    if (pool->nkinds == KAFKA_ITEM_KINDS)
        abort();
    struct kafka_item_kind *kinds = pool->kinds[pool->nkinds++];
    kinds[0] = (struct kafka_item_kind){.def = def, .pool = pool, .other = &kinds[1], .ncolumns = def->group.ncolumns};
    kinds[1] = (struct kafka_item_kind){.def = def, .pool = pool, .other = &kinds[0], .lent = true};
    return kinds;
}

void kafka_items_give_back(struct kafka_items *pool)
{
    for (size_t i = 0; i < pool->back.n; i++) {
        struct kafka_item_lent *b = &pool->back.items[i];
        row_take_back(b->row, &b->cells, b->ncolumns);
    }
    vec_done(&pool->back);
}

void kafka_items_done(struct kafka_items *pool)
{
    kafka_items_give_back(pool);
    kafka_texts_done(&pool->texts);
    slab_done(&pool->fleeting);
    slab_done(&pool->slab);
}

void kafka_item_init(struct kafka_item *it, const struct table_def *def, struct kafka_items *pool)
{
    *it = (struct kafka_item){.kind = kind_of(pool, def)};
    packed_init(&it->cells, &pool->fleeting, def->group.ncolumns);
}

static bool is_real(const struct kafka_item *it, size_t column)
{
    return it->kind->def->group.columns[column].type == COLUMN_REAL;
}

static bool is_text(const struct kafka_item *it, size_t column)
{
    return it->kind->def->group.columns[column].type == COLUMN_TEXT;
}

static bool is_key(const struct kafka_item *it, size_t column)
{
    return it->kind->def->group.columns[column].flags & COLUMN_KEY;
}

/* The cell as it is stored. */
static struct value get(const struct kafka_item *it, size_t column)
{
    return packed_get(&it->cells, it->kind->ncolumns, column, is_real(it, column));
}

static struct kafka_text *text_at(const struct kafka_item *it, uint32_t id)
{
    const struct kafka_texts *texts = &it->kind->pool->texts;
    return it->kind->lent ? kafka_texts_named(texts, id) : kafka_texts_at(texts, id);
}

struct kafka_cell kafka_item_get(const struct kafka_item *it, size_t column)
{
    struct value v = get(it, column);
    struct kafka_cell c = {.i = v.i, .quality = v.quality}; /* all members are 64 bits */
    if (is_text(it, column))
        c.t = v.quality ? text_at(it, (uint32_t)v.i) : NULL;
    return c;
}

/* ---- what rows lend ---- */

static void give_back(const struct kafka_item *it)
{
    struct kafka_items *pool = it->kind->pool;
    vec_push(&pool->back, (struct kafka_item_lent){.row = it->row, .cells = it->cells, .ncolumns = it->kind->ncolumns});
}

/* Gives it cells of its own, with what the row's hold. */
static void part_from_row(struct kafka_item *it)
{
    const struct kafka_item lent = *it;
    struct slab *slab = &it->kind->pool->fleeting;
    it->kind = lent.kind->other;
    const size_t n = it->kind->ncolumns;
    packed_first(&it->cells, slab, n, &lent.cells, lent.kind->ncolumns);
    for (size_t i = 0; i < n; i++) {
        if (is_key(it, i))
            packed_set(&it->cells, slab, n, i, is_real(it, i), value_unknown());
        else if (is_text(it, i) && kafka_item_quality(&lent, i))
            packed_set(&it->cells, slab, n, i, false,
                       (struct value){.i = kafka_item_get(&lent, i).t->id, .quality = kafka_item_quality(&lent, i)});
    }
    give_back(&lent);
}

/* Whether the row's cells tell all that the item's do. */
static bool is_whole(const struct kafka_item *it)
{
    for (size_t i = 0; i < it->kind->ncolumns; i++)
        if (is_text(it, i) && kafka_item_quality(it, i) && kafka_item_get(it, i).t->cut)
            return false;
    return true;
}

/* Goes by the row's cells from now on; false: it must not. */
static bool go_by_row(struct kafka_item *it, const struct table *t)
{
    const size_t i = (size_t)(it->kind - it->kind->pool->kinds[0]) / 2;
    struct kafka_item_kind *lent = &it->kind->pool->kinds[i][1];
    struct packed cells;
    lent->ncolumns = lent->ncolumns ? lent->ncolumns : table_ncolumns(t);
    if (lent->ncolumns != table_ncolumns(t) || !is_whole(it) || !row_lend(it->row, &cells))
        return false;
    packed_done(&it->cells, &it->kind->pool->fleeting, it->kind->ncolumns);
    it->cells = cells;
    it->kind = lent;
    return true;
}

void kafka_item_written(struct kafka_item *it, const struct table *t)
{
    if (it->kind->lent || go_by_row(it, t))
        return;
    packed_age(&it->cells, it->kind->ncolumns);
    packed_settle(&it->cells, &it->kind->pool->fleeting, it->kind->ncolumns);
}

void kafka_item_done(struct kafka_item *it, struct kafka_gone *gone)
{
    const struct kafka_item_kind *kind = it->kind;
    for (size_t i = 0; i < kind->def->group.ncolumns; i++)
        if (is_text(it, i) && !is_key(it, i) && kafka_item_quality(it, i))
            kafka_text_unref(kafka_item_get(it, i).t);
    if (kind->lent)
        give_back(it);
    else
        packed_done(&it->cells, &kind->pool->fleeting, kind->ncolumns);
    if (it->row) {
        vec_reserve(&gone->rows, 1);
        gone->rows.items[gone->rows.n].row = it->row;
        gone->rows.items[gone->rows.n++].def = kind->def;
        it->row = NULL;
    }
}

/* ---- setting cells ---- */

static void put(struct kafka_item *it, size_t column, int64_t bits, enum quality q)
{
    if (it->kind->lent)
        part_from_row(it);
    packed_set(&it->cells, &it->kind->pool->fleeting, it->kind->ncolumns, column, is_real(it, column),
               (struct value){.i = bits, .quality = q});
    packed_mark(&it->cells, column);
}

void kafka_item_int(struct kafka_item *it, size_t column, int64_t v, enum quality q)
{
    struct value c = get(it, column);
    if (c.quality != q || (c.i != v && q))
        put(it, column, v, q);
}

void kafka_item_real(struct kafka_item *it, size_t column, double v, enum quality q)
{
    struct kafka_cell c = {.d = v};
    kafka_item_int(it, column, c.i, q); /* by their bits, so that NaN equals itself */
}

static double without(double v, int bits)
{
    struct kafka_cell c = {.d = v};
    const int64_t half = INT64_C(1) << (bits - 1);
    if (isfinite(v)) /* a carry goes into the exponent, as it should */
        c.i = (c.i + half) & -(2 * half);
    return c.d;
}

double kafka_item_fine(double v)
{
    return without(v, FINE_BITS);
}

void kafka_item_rough(struct kafka_item *it, size_t column, double v, enum quality q)
{
    kafka_item_real(it, column, without(v, ROUGH_BITS), q);
}

void kafka_item_share(struct kafka_item *it, size_t column, struct kafka_text *t, enum quality q)
{
    struct kafka_cell c = kafka_item_get(it, column);
    if (!t)
        q = QUALITY_UNKNOWN;
    if (c.quality == q && (!q || c.t == t || strcmp(c.t->s, t->s) == 0))
        return;
    put(it, column, q ? kafka_text_ref(t)->id : 0, q);
    kafka_text_unref(c.t);
}

void kafka_item_text(struct kafka_item *it, size_t column, const char *s, enum quality q)
{
    struct kafka_cell c = kafka_item_get(it, column);
    if (s && c.quality == q && q && strcmp(c.t->s, s) == 0)
        return;
    struct kafka_text *t = s && q ? kafka_texts_get(&it->kind->pool->texts, s) : NULL;
    kafka_item_share(it, column, t, q);
    kafka_text_unref(t);
}

void kafka_item_unknown(struct kafka_item *it, size_t column)
{
    if (is_text(it, column))
        kafka_item_share(it, column, NULL, QUALITY_UNKNOWN);
    else
        kafka_item_int(it, column, 0, QUALITY_UNKNOWN);
}

void kafka_item_stale(struct kafka_item *it)
{
    const struct column_group *g = &it->kind->def->group;
    for (size_t i = 0; i < g->ncolumns; i++) {
        if (kafka_item_quality(it, i) != QUALITY_EXACT || g->columns[i].type == COLUMN_TIME || is_key(it, i))
            continue;
        struct kafka_cell c = kafka_item_get(it, i);
        put(it, i, is_text(it, i) ? (int64_t)c.t->id : c.i, QUALITY_STALE);
    }
}
