/* Sorting some hundred doubles fast: no branch that the values decide. */
#ifndef DRIFT_SORT_H
#define DRIFT_SORT_H

#include <stddef.h>

enum { DRIFT_SORT_MOST = 1024 };

/* Sorts n values, DRIFT_SORT_MOST at most and no NaN among them. Groups of eight by a network of 19 comparisons, then
 * merges of equal runs from both ends at once. */
void drift_sort(double *values, size_t n);

#endif
