/* What the cells of a row are to hold, worked out on one thread and written to the table on
 * another. */
#ifndef KAFKA_ITEM_H
#define KAFKA_ITEM_H

#include "base/vec.h"
#include "kafka/text.h"
#include "table/packed.h"

struct kafka_cell {
    union {
        int64_t i;
        double d;
        struct kafka_text *t; /* of a text column, while quality is not unknown */
    };
    enum quality quality;
};

/* What the items of one table have in common, whose cells are their own, or lent by their rows. */
struct kafka_item_kind {
    const struct table_def *def;
    struct kafka_items *pool;
    const struct kafka_item_kind *other; /* own: lent; lent: own */
    size_t ncolumns;                     /* of the cells; 0: of the table, when the first are lent */
    bool lent;
};

enum { KAFKA_ITEM_KINDS = 8 };

/* Where items have their memory; zeroed is empty. It must stay where it is as long as any of them does. */
struct kafka_items {
    struct kafka_texts texts; /* of all cells */
    struct slab slab;
    struct slab fleeting; /* of cells that differ from the row's */
    struct kafka_item_kind kinds[KAFKA_ITEM_KINDS][2];
    size_t nkinds;
    VEC(struct kafka_item_lent {
        struct row *row;
        struct packed cells;
        size_t ncolumns;
    })
    back; /* what was lent and is not needed any more */
};

/* Most items are as their rows, and go by the cells of those. What is set in one then gets cells of its own, until the loop
 * has written them. */
struct kafka_item {
    const struct kafka_item_kind *kind;
    struct row *row; /* belongs to the loop; NULL: not written yet */
    /* By column. Its own: those of the key are unused; marked now: differs from the row; a text is its id. */
    struct packed cells;
};

/* Rows to be removed, by the loop. */
struct kafka_gone {
    VEC(struct {
        struct row *row;
        const struct table_def *def;
    })
    rows;
};

/* Gives the rows back what they have lent and what is not needed any more. On the loop's thread, before anything is written. */
void kafka_items_give_back(struct kafka_items *pool);
/* After all of its items; on the loop's thread, while the rows are there. */
void kafka_items_done(struct kafka_items *pool);

/* Of one of up to KAFKA_ITEM_KINDS tables. */
void kafka_item_init(struct kafka_item *it, const struct table_def *def, struct kafka_items *pool);
/* Frees the cells and puts the row, if there is one, up for removal. */
void kafka_item_done(struct kafka_item *it, struct kafka_gone *gone);

/* What a cell holds; a text is borrowed. */
struct kafka_cell kafka_item_get(const struct kafka_item *it, size_t column);
static inline enum quality kafka_item_quality(const struct kafka_item *it, size_t column)
{
    return packed_quality(&it->cells, column);
}
/* Does the cell differ from the row's? */
static inline bool kafka_item_changed(const struct kafka_item *it, size_t column)
{
    return !it->kind->lent && packed_marked(&it->cells, column) == PACKED_NOW;
}
/* Does any, or is there no row yet? */
static inline bool kafka_item_dirty(const struct kafka_item *it)
{
    return !it->row || (!it->kind->lent && packed_any_marked(&it->cells, it->kind->ncolumns));
}
/* The row, of this table, is as the item from now on. On the loop's thread. */
void kafka_item_written(struct kafka_item *it, const struct table *t);

/* Setting a cell to what it holds leaves the item as it is. */
void kafka_item_int(struct kafka_item *it, size_t column, int64_t v, enum quality q);
void kafka_item_real(struct kafka_item *it, size_t column, double v, enum quality q);
/* The same for what is an estimate, to a five thousandth: shorter, and still where it hardly changes. */
void kafka_item_rough(struct kafka_item *it, size_t column, double v, enum quality q);
/* An estimate as it is worth keeping: to a millionth, which is half as long. */
double kafka_item_fine(double v);
/* s NULL: unknown. */
void kafka_item_text(struct kafka_item *it, size_t column, const char *s, enum quality q);
/* The same, but shares the text. */
void kafka_item_share(struct kafka_item *it, size_t column, struct kafka_text *t, enum quality q);
void kafka_item_unknown(struct kafka_item *it, size_t column);
/* Makes every exact cell stale: it could not be read again. Times stay: what was seen then was seen. */
void kafka_item_stale(struct kafka_item *it);

#endif
