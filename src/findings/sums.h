/* Sums and products of numbers that came from elsewhere: they end at the largest number that there is. */
#ifndef FINDINGS_SUMS_H
#define FINDINGS_SUMS_H

#include <stdint.h>

static inline int64_t findings_sums_plus(int64_t a, int64_t b)
{
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return a < 0 ? INT64_MIN + 1 : INT64_MAX;
}

static inline int64_t findings_sums_times(int64_t a, int64_t b)
{
    int64_t product;
    if (!__builtin_mul_overflow(a, b, &product))
        return product;
    return (a < 0) != (b < 0) ? INT64_MIN + 1 : INT64_MAX;
}

#endif
