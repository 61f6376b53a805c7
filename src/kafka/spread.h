/* How unevenly something is spread over partitions or members. */
#ifndef KAFKA_SPREAD_H
#define KAFKA_SPREAD_H

#include <stdbool.h>
#include <stddef.h>

/* Sums of numbers that are not negative. Zeroed is empty. */
struct kafka_spread {
    size_t n;
    double sum, squares, max;
};

void kafka_spread_add(struct kafka_spread *s, double v);
/* The coefficient of variation, standard deviation by mean, to two decimals: 0 is even. False below two numbers, or where
 * their mean is under least: then it tells of chance only. */
bool kafka_spread_cv(const struct kafka_spread *s, double least, double *cv);
/* Peak to average, to two decimals: 1 is even. The same conditions. */
bool kafka_spread_par(const struct kafka_spread *s, double least, double *par);
/* True if v, one of the numbers, sticks out of the others: it is over their mean plus `sigmas` of their standard deviations,
 * and over `times` their mean. False below three numbers. */
bool kafka_spread_sticks_out(const struct kafka_spread *s, double v, double sigmas, double times);

#endif
