/* The cells of one row in as few bytes as they need: one byte a column, and the bytes of its value that say something.
 *
 * Rows come in hundreds of thousands and most of their cells are unknown, zero, small or pointers: a column that is not
 * set, or holds 0, costs its one byte; a count a byte or two more, a time or a text six, a real with all its digits
 * eight. Which columns there are, and which of them are reals, is the caller's to know. */
#ifndef TABLE_PACKED_H
#define TABLE_PACKED_H

#include "base/slab.h"
#include "table/table.h"

/* A column's byte: bits 0-2 quality, bits 3-5 how many bytes the value has (7 stands for 8), bit 6 marked now, bit 7
 * marked before. The columns' bytes, rounded up to a multiple of eight, come first, then the values in the columns'
 * order. An integer or a pointer is stored with its sign in the lowest bit, a real with its bytes reversed, so that
 * either way the bytes that say nothing are the highest. */
struct packed {
    unsigned char *bytes; /* in the slab that is given each time */
};

/* n columns, all unknown and unmarked. */
void packed_init(struct packed *p, struct slab *slab, size_t n);
void packed_done(struct packed *p, struct slab *slab, size_t n);
/* Another block with the same columns and marks, for *to. */
void packed_copy(struct packed *to, struct slab *slab, const struct packed *from, size_t n);
/* Another block with the first n of `from`'s old columns, unmarked. */
void packed_first(struct packed *to, struct slab *slab, size_t n, const struct packed *from, size_t old);
/* How many bytes it has with n columns. */
size_t packed_size(const struct packed *p, size_t n);

/* Moves it to where it leaves no hole; see slab_settle. */
void packed_settle(struct packed *p, struct slab *slab, size_t n);

/* Of n columns. The value's 64 bits are in i, whatever the type: of a real its bits, of a text the pointer. */
struct value packed_get(const struct packed *p, size_t n, size_t column, bool real);
/* v's value counts as 0 where its quality is unknown. */
void packed_set(struct packed *p, struct slab *slab, size_t n, size_t column, bool real, struct value v);

static inline enum quality packed_quality(const struct packed *p, size_t column)
{
    return (enum quality)(p->bytes[column] & 7);
}

/* Makes it n columns of what were old: further ones are unknown, and of fewer the last ones must be unknown. */
void packed_resize(struct packed *p, struct slab *slab, size_t old, size_t n);
/* Takes columns out of n; they must be unknown. */
void packed_cut(struct packed *p, struct slab *slab, size_t n, size_t first, size_t count);

enum packed_mark { PACKED_OLD, PACKED_BEFORE, PACKED_NOW };

/* Marks a column, until packed_age makes all marks of now such of before, and forgets those. */
static inline void packed_mark(struct packed *p, size_t column)
{
    p->bytes[column] |= 1 << 6;
}

static inline enum packed_mark packed_marked(const struct packed *p, size_t column)
{
    unsigned char tag = p->bytes[column];
    return tag & 1 << 6 ? PACKED_NOW : tag & 1 << 7 ? PACKED_BEFORE : PACKED_OLD;
}

/* Is any column marked now? */
bool packed_any_marked(const struct packed *p, size_t n);
void packed_age(struct packed *p, size_t n);

#endif
