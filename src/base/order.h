/* Orders of plain values, for qsort and bsearch. */
#ifndef BASE_ORDER_H
#define BASE_ORDER_H

/* Of int64_t, ascending. */
int order_int64(const void *a, const void *b);
/* Of double without NaN, ascending. */
int order_double(const void *a, const void *b);

#endif
