/* Cells of rows to be. */
#include "kafka/item.h"

#include <stdlib.h>
#include <string.h>

void kafka_item_init(struct kafka_item *it, const struct table_def *def, struct kafka_texts *texts)
{
    *it = (struct kafka_item){.def = def, .texts = texts};
    packed_init(&it->cells, def->group.ncolumns);
}

struct kafka_cell kafka_item_get(const struct kafka_item *it, size_t column)
{
    const struct column_group *g = &it->def->group;
    struct value v = packed_get(&it->cells, g->ncolumns, column, g->columns[column].type == COLUMN_REAL);
    return (struct kafka_cell){.i = v.i, .quality = v.quality}; /* all members are 64 bits */
}

static void put(struct kafka_item *it, size_t column, int64_t bits, enum quality q)
{
    const struct column_group *g = &it->def->group;
    packed_set(&it->cells, g->ncolumns, column, g->columns[column].type == COLUMN_REAL,
               (struct value){.i = bits, .quality = q});
    packed_mark(&it->cells, column);
}

void kafka_item_written(struct kafka_item *it)
{
    packed_age(&it->cells, it->def->group.ncolumns);
}

void kafka_item_done(struct kafka_item *it, struct kafka_gone *gone)
{
    const struct column_group *g = &it->def->group;
    for (size_t i = 0; i < g->ncolumns; i++)
        if (g->columns[i].type == COLUMN_TEXT && kafka_item_quality(it, i))
            kafka_text_unref(kafka_item_get(it, i).t);
    packed_done(&it->cells);
    if (it->row) {
        vec_reserve(&gone->rows, 1);
        gone->rows.items[gone->rows.n].row = it->row;
        gone->rows.items[gone->rows.n++].def = it->def;
        it->row = NULL;
    }
}

void kafka_item_int(struct kafka_item *it, size_t column, int64_t v, enum quality q)
{
    struct kafka_cell c = kafka_item_get(it, column);
    if (c.quality != q || (c.i != v && q))
        put(it, column, v, q);
}

void kafka_item_real(struct kafka_item *it, size_t column, double v, enum quality q)
{
    struct kafka_cell c = {.d = v};
    kafka_item_int(it, column, c.i, q); /* by their bits, so that NaN equals itself */
}

void kafka_item_share(struct kafka_item *it, size_t column, struct kafka_text *t, enum quality q)
{
    struct kafka_cell c = kafka_item_get(it, column);
    if (!t)
        q = QUALITY_UNKNOWN;
    if (c.quality == q && (!q || c.t == t || strcmp(c.t->s, t->s) == 0))
        return;
    struct kafka_text *old = c.quality ? c.t : NULL;
    c.t = q ? kafka_text_ref(t) : NULL;
    put(it, column, c.i, q);
    kafka_text_unref(old);
}

void kafka_item_text(struct kafka_item *it, size_t column, const char *s, enum quality q)
{
    struct kafka_cell c = kafka_item_get(it, column);
    if (s && c.quality == q && q && strcmp(c.t->s, s) == 0)
        return;
    struct kafka_text *t = s && q ? kafka_texts_get(it->texts, s) : NULL;
    kafka_item_share(it, column, t, q);
    kafka_text_unref(t);
}

void kafka_item_unknown(struct kafka_item *it, size_t column)
{
    if (it->def->group.columns[column].type == COLUMN_TEXT)
        kafka_item_share(it, column, NULL, QUALITY_UNKNOWN);
    else
        kafka_item_int(it, column, 0, QUALITY_UNKNOWN);
}

void kafka_item_stale(struct kafka_item *it)
{
    const struct column_group *g = &it->def->group;
    for (size_t i = 0; i < g->ncolumns; i++)
        if (kafka_item_quality(it, i) == QUALITY_EXACT && g->columns[i].type != COLUMN_TIME)
            put(it, i, kafka_item_get(it, i).i, QUALITY_STALE);
}
