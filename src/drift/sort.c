/* The network for eight, and merges whose next step is a comparison's result and no jump. */
#include "drift/sort.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { GROUP = 8 };

#define ORDER(i, j)                                                                                                    \
    do {                                                                                                               \
        double low = x[i] < x[j] ? x[i] : x[j], high = x[i] < x[j] ? x[j] : x[i];                                      \
        x[i] = low;                                                                                                    \
        x[j] = high;                                                                                                   \
    } while (0)

static inline void sort_group(double *values)
{
    double x[GROUP];
    memcpy(x, values, sizeof x);
    ORDER(0, 2);
    ORDER(1, 3);
    ORDER(4, 6);
    ORDER(5, 7);
    ORDER(0, 4);
    ORDER(1, 5);
    ORDER(2, 6);
    ORDER(3, 7);
    ORDER(0, 1);
    ORDER(2, 3);
    ORDER(4, 5);
    ORDER(6, 7);
    ORDER(2, 4);
    ORDER(3, 5);
    ORDER(1, 4);
    ORDER(3, 6);
    ORDER(1, 2);
    ORDER(3, 4);
    ORDER(5, 6);
    memcpy(values, x, sizeof x);
}

/* Merges two sorted runs that lie behind each other; the lesser half from the front, the greater from the back. */
static void merge_runs(double *restrict to, const double *restrict from, size_t run)
{
    size_t a = 0, b = run, c = run - 1, d = 2 * run - 1;
    for (size_t i = 0; i < run; i++) {
        double x = from[a], y = from[b], u = from[c], v = from[d];
        bool first = x <= y, last = u > v;
        to[i] = first ? x : y;
        to[2 * run - 1 - i] = last ? u : v;
        a += first;
        b += !first;
        c -= last;
        d -= !last;
    }
}

void drift_sort(double *values, size_t n)
{
    double one[DRIFT_SORT_MOST], two[DRIFT_SORT_MOST], *from = one, *to = two;
    size_t room = GROUP;
    while (room < n)
        room *= 2;
    if (n)
        memcpy(one, values, n * sizeof *one);
    for (size_t i = n; i < room; i++)
        one[i] = INFINITY;
    for (size_t i = 0; i < room; i += GROUP)
        sort_group(one + i);
    for (size_t run = GROUP; run < room; run *= 2) {
        for (size_t i = 0; i < room; i += 2 * run)
            merge_runs(to + i, from + i, run);
        double *swap = from;
        from = to;
        to = swap;
    }
    if (n)
        memcpy(values, from, n * sizeof *values);
}
