/* Reference values from files: lines of a kind and its numbers. */
#ifndef TESTS_UNIT_DRIFT_NUMBERS_H
#define TESTS_UNIT_DRIFT_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUMBERS_MAX = 256 };

struct numbers {
    char kind[32];
    size_t n;
    double values[NUMBERS_MAX];
};

/* Calls see() with each line of tests/data/drift/NAME; lines that begin with # are comments. Fails if there is no line. */
void numbers_each(const char *name, void (*see)(const struct numbers *line));

/* Fails unless got is within rel of want, or the same infinity. */
void numbers_close(double got, double want, double rel, const struct numbers *line);

/* The next count of a line, at *at: numbers are whole there. */
uint64_t numbers_count(const struct numbers *line, size_t *at);
/* n counts. */
void numbers_counts(const struct numbers *line, size_t *at, size_t n, uint64_t *counts);

#endif
