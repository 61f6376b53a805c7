/* Reads values in Avro's binary encoding by a plan (specification, section "Binary encoding").
 *
 *     struct avro_datum *d = avro_datum_new();
 *     if (avro_datum_read(d, plan, bytes, len, &used, &err) == 0) {
 *         int64_t status = avro_datum_get(d, STATUS, 0)->i;
 *         const struct avro_datum_cell *lower = avro_datum_get(d, LOWER, 0);
 *         for (size_t row = lower->first; row < lower->first + lower->n; row++)
 *             use(avro_datum_get(d, LOWER_KEY, row)->i, avro_datum_get(d, LOWER_VALUE, row));
 *     }
 *
 * Cells point into the bytes that were read: nothing is copied. No byte outside is looked at, the work is bounded by the
 * bytes and the program's length, the memory by AVRO_DATUM_CELLS. What is skipped is not judged but for its extent. */
#ifndef AVRO_DATUM_H
#define AVRO_DATUM_H

#include "avro/plan.h"

enum avro_datum_limit {
    AVRO_DATUM_CELLS = 8 * 1024 * 1024,          /* of all lists of one value, 16 bytes each */
    AVRO_DATUM_EMPTY_ITEMS = 1000,               /* that take no bytes (nulls), in one block of a list that is wanted */
    AVRO_DATUM_INPUT_BYTES = 1024 * 1024 * 1024, /* what is given to be read */
    AVRO_DATUM_DEPTH = 128,                      /* lists in lists, and recursion in what is skipped */
};

enum avro_datum_is {
    AVRO_DATUM_ABSENT, /* the schema has no such field, or what it would be in is null or of another branch */
    AVRO_DATUM_NULL,
    AVRO_DATUM_LONG,
    AVRO_DATUM_DOUBLE,
    AVRO_DATUM_BYTES, /* string, bytes or fixed: n bytes, not terminated, and not known to be UTF-8 */
    AVRO_DATUM_LIST,  /* n items: rows first to first + n - 1 of what is wanted below it */
    AVRO_DATUM_RECORD,
    AVRO_DATUM_OTHER, /* a branch of a union that is not of the wanted type */
};

struct avro_datum_cell {
    union {
        int64_t i;
        double d;
        const unsigned char *bytes;
        size_t first;
    };
    uint32_t n;
    uint32_t is; /* enum avro_datum_is */
};

struct avro_datum_store {
    struct avro_datum_cell *cells;
    size_t rows, room; /* room in cells */
};

/* The value read last; its memory is used again by the next. Used by one thread at a time. */
struct avro_datum {
    const struct avro_plan *plan; /* NULL: nothing was read */
    struct avro_datum_store *stores;
    size_t nstores;
};

struct avro_datum *avro_datum_new(void);
void avro_datum_free(struct avro_datum *d);

/* Reads one value from the beginning of len bytes, which must stay as they are while d's cells are looked at; *used (may be
 * NULL) gets its length. ERR_INVALID with the byte's offset for what is no such value, ERR_LIMIT for one too large; d holds
 * nothing then. The plan must outlive what was read. */
int avro_datum_read(struct avro_datum *d, const struct avro_plan *plan, const void *bytes, size_t len, size_t *used,
                    struct error *err);

/* A cell: of a want that is below no LIST row is 0, else a row of the LIST that it is directly below. Never NULL if the
 * row is one that a LIST's cell named. */
static inline const struct avro_datum_cell *avro_datum_get(const struct avro_datum *d, int want, size_t row)
{
    const struct avro_plan_place *p = &d->plan->places[want];
    return &d->stores[p->store].cells[row * p->width + p->column];
}

/* The number of a LONG cell, or what else stands for it. */
static inline int64_t avro_datum_long(const struct avro_datum *d, int want, size_t row, int64_t otherwise)
{
    const struct avro_datum_cell *c = avro_datum_get(d, want, row);
    return c->is == AVRO_DATUM_LONG ? c->i : otherwise;
}

#endif
