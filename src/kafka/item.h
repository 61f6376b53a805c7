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

/* What the items of one table have in common. */
struct kafka_item_kind {
    const struct table_def *def;
    struct kafka_items *pool;
};

enum { KAFKA_ITEM_KINDS = 8 };

/* Where items have their memory; zeroed is empty. It must stay where it is as long as any of them does. */
struct kafka_items {
    struct kafka_texts texts; /* of all cells */
    struct slab slab;
    struct kafka_item_kind kinds[KAFKA_ITEM_KINDS];
    size_t nkinds;
};

struct kafka_item {
    const struct kafka_item_kind *kind;
    struct row *row; /* belongs to the loop; NULL: not written yet */
    struct packed
        cells; /* by column; those of the key are unused; marked now: differs from the row; a text is its id */
};

/* Rows to be removed, by the loop. */
struct kafka_gone {
    VEC(struct {
        struct row *row;
        const struct table_def *def;
    })
    rows;
};

/* After all of its items. */
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
    return packed_marked(&it->cells, column) == PACKED_NOW;
}
/* Does any, or is there no row yet? */
static inline bool kafka_item_dirty(const struct kafka_item *it)
{
    return !it->row || packed_any_marked(&it->cells, it->kind->def->group.ncolumns);
}
/* The row is as the item from now on. */
void kafka_item_written(struct kafka_item *it);

/* Setting a cell to what it holds leaves the item as it is. */
void kafka_item_int(struct kafka_item *it, size_t column, int64_t v, enum quality q);
void kafka_item_real(struct kafka_item *it, size_t column, double v, enum quality q);
/* The same for what is an estimate, to a five thousandth: shorter, and still where it hardly changes. */
void kafka_item_rough(struct kafka_item *it, size_t column, double v, enum quality q);
/* s NULL: unknown. */
void kafka_item_text(struct kafka_item *it, size_t column, const char *s, enum quality q);
/* The same, but shares the text. */
void kafka_item_share(struct kafka_item *it, size_t column, struct kafka_text *t, enum quality q);
void kafka_item_unknown(struct kafka_item *it, size_t column);
/* Makes every exact cell stale: it could not be read again. Times stay: what was seen then was seen. */
void kafka_item_stale(struct kafka_item *it);

#endif
