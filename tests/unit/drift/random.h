/* Numbers for the tests of sketches: the same ones in every run (splitmix64). */
#ifndef TESTS_UNIT_DRIFT_RANDOM_H
#define TESTS_UNIT_DRIFT_RANDOM_H

#include <math.h>
#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* In [0, 1). */
static inline double random_unit(uint64_t *state)
{
    return (double)(random_next(state) >> 11) * 0x1p-53;
}

/* Standard normal (Box and Muller). */
static inline double random_normal(uint64_t *state)
{
    double u = 1 - random_unit(state), v = random_unit(state);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

#endif
