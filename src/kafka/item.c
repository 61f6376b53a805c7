/* Cells of rows to be. */
#include "kafka/item.h"

#include <stdlib.h>
#include <string.h>

void kafka_item_init(struct kafka_item *it, const struct table_def *def)
{
    *it = (struct kafka_item){.def = def, .dirty = true};
    it->cells = mem_calloc(def->group.ncolumns, sizeof *it->cells);
}

static bool holds_text(const struct kafka_item *it, size_t column)
{
    return it->def->group.columns[column].type == COLUMN_TEXT && it->cells[column].quality;
}

void kafka_item_done(struct kafka_item *it, struct kafka_gone *gone)
{
    for (size_t i = 0; i < it->def->group.ncolumns; i++)
        if (holds_text(it, i))
            kafka_text_unref(it->cells[i].t);
    free(it->cells);
    it->cells = NULL;
    if (it->row) {
        vec_reserve(&gone->rows, 1);
        gone->rows.items[gone->rows.n].row = it->row;
        gone->rows.items[gone->rows.n++].def = it->def;
        it->row = NULL;
    }
}

void kafka_item_int(struct kafka_item *it, size_t column, int64_t v, enum quality q)
{
    struct kafka_cell *c = &it->cells[column];
    if (c->quality == q && (c->i == v || !q))
        return;
    *c = (struct kafka_cell){.i = q ? v : 0, .quality = q};
    it->dirty = true;
}

void kafka_item_real(struct kafka_item *it, size_t column, double v, enum quality q)
{
    struct kafka_cell c = {.d = v};
    kafka_item_int(it, column, c.i, q); /* by their bits, so that NaN equals itself */
}

void kafka_item_share(struct kafka_item *it, size_t column, struct kafka_text *t, enum quality q)
{
    struct kafka_cell *c = &it->cells[column];
    if (!t)
        q = QUALITY_UNKNOWN;
    if (c->quality == q && (!q || c->t == t || strcmp(c->t->s, t->s) == 0))
        return;
    struct kafka_text *old = c->quality ? c->t : NULL;
    *c = (struct kafka_cell){.t = q ? kafka_text_ref(t) : NULL, .quality = q};
    kafka_text_unref(old);
    it->dirty = true;
}

void kafka_item_text(struct kafka_item *it, size_t column, const char *s, enum quality q)
{
    const struct kafka_cell *c = &it->cells[column];
    if (s && c->quality == q && q && strcmp(c->t->s, s) == 0)
        return;
    struct kafka_text *t = s && q ? kafka_text_new(s) : NULL;
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
    for (size_t i = 0; i < it->def->group.ncolumns; i++)
        if (it->cells[i].quality == QUALITY_EXACT && it->def->group.columns[i].type != COLUMN_TIME) {
            it->cells[i].quality = QUALITY_STALE;
            it->dirty = true;
        }
}
