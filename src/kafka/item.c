/* Cells of rows to be. */
#include "kafka/item.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUGH_BITS = 40 }; /* of a double's 52 are left out: three bytes remain, twelve bits and the leading one */

static const struct kafka_item_kind *kind_of(struct kafka_items *pool, const struct table_def *def)
{
    for (size_t i = 0; i < pool->nkinds; i++)
        if (pool->kinds[i].def == def)
            return &pool->kinds[i];
    if (pool->nkinds == KAFKA_ITEM_KINDS)
        abort();
    struct kafka_item_kind *kind = &pool->kinds[pool->nkinds++];
    *kind = (struct kafka_item_kind){.def = def, .pool = pool};
    return kind;
}

void kafka_items_done(struct kafka_items *pool)
{
    kafka_texts_done(&pool->texts);
    slab_done(&pool->slab);
}

void kafka_item_init(struct kafka_item *it, const struct table_def *def, struct kafka_items *pool)
{
    *it = (struct kafka_item){.kind = kind_of(pool, def)};
    packed_init(&it->cells, &pool->slab, def->group.ncolumns);
}

/* The cell as it is stored. */
static struct value get(const struct kafka_item *it, size_t column)
{
    const struct column_group *g = &it->kind->def->group;
    return packed_get(&it->cells, g->ncolumns, column, g->columns[column].type == COLUMN_REAL);
}

static bool is_text(const struct kafka_item *it, size_t column)
{
    return it->kind->def->group.columns[column].type == COLUMN_TEXT;
}

struct kafka_cell kafka_item_get(const struct kafka_item *it, size_t column)
{
    struct value v = get(it, column);
    struct kafka_cell c = {.i = v.i, .quality = v.quality}; /* all members are 64 bits */
    if (is_text(it, column))
        c.t = v.quality ? kafka_texts_at(&it->kind->pool->texts, (uint32_t)v.i) : NULL;
    return c;
}

static void put(struct kafka_item *it, size_t column, int64_t bits, enum quality q)
{
    const struct column_group *g = &it->kind->def->group;
    packed_set(&it->cells, &it->kind->pool->slab, g->ncolumns, column, g->columns[column].type == COLUMN_REAL,
               (struct value){.i = bits, .quality = q});
    packed_mark(&it->cells, column);
}

void kafka_item_written(struct kafka_item *it)
{
    packed_age(&it->cells, it->kind->def->group.ncolumns);
    packed_settle(&it->cells, &it->kind->pool->slab, it->kind->def->group.ncolumns);
}

void kafka_item_done(struct kafka_item *it, struct kafka_gone *gone)
{
    const struct column_group *g = &it->kind->def->group;
    for (size_t i = 0; i < g->ncolumns; i++)
        if (is_text(it, i) && kafka_item_quality(it, i))
            kafka_text_unref(kafka_item_get(it, i).t);
    packed_done(&it->cells, &it->kind->pool->slab, g->ncolumns);
    if (it->row) {
        vec_reserve(&gone->rows, 1);
        gone->rows.items[gone->rows.n].row = it->row;
        gone->rows.items[gone->rows.n++].def = it->kind->def;
        it->row = NULL;
    }
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

void kafka_item_rough(struct kafka_item *it, size_t column, double v, enum quality q)
{
    struct kafka_cell c = {.d = v};
    const int64_t half = INT64_C(1) << (ROUGH_BITS - 1);
    if (isfinite(v)) /* a carry goes into the exponent, as it should */
        c.i = (c.i + half) & -(2 * half);
    kafka_item_int(it, column, c.i, q);
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
    for (size_t i = 0; i < g->ncolumns; i++)
        if (kafka_item_quality(it, i) == QUALITY_EXACT && g->columns[i].type != COLUMN_TIME)
            put(it, i, get(it, i).i, QUALITY_STALE);
}
