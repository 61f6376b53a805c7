/* Adds up cells of one column: of marked rows, of rows grouped by another column. */
#ifndef UI_SUMS_H
#define UI_SUMS_H

#include "table/table.h"

/* Zeroed: nothing was added. */
struct sum {
    int64_t i;
    double d;
    size_t known, unknown;
    bool more, less, about, old; /* some cell is at least, at most, about what it says; or stale */
    bool negative;               /* some cell is */
};

/* Do cells of this column add up to something? */
bool sums_adds(const struct column *c);
void sums_add(struct sum *s, const struct column *c, struct value v);
/* The sum: unknown where nothing was known, at least that where something was not. */
struct value sums_value(const struct sum *s, const struct column *c);

#endif
