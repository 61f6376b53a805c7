/* Fewer samples for old times: which of a series' samples stay when they are thinned to one step. */
#ifndef HISTORY_THIN_H
#define HISTORY_THIN_H

#include "history/chunk.h"

/* What must stay of a step. */
enum history_thin {
    HISTORY_THIN_NOT,      /* everything: texts and booleans */
    HISTORY_THIN_LAST,     /* positions, times and numbers that are names: the last value, at its own time; also the
                              first after a step without any, so that a standstill stays as long as it was */
    HISTORY_THIN_EXTREMES, /* amounts: the least and the greatest, in their order; also the last one if it went on
                              into a later step than the next */
};

/* By a column's type and unit in words, as the database has them. */
enum history_thin history_thin_kind(const char *type, const char *unit);

/* Appends to out what stays of the first n of total samples (ascending; the rest is only looked at); before is the sample
 * before them (NULL: none). Steps are cut at whole multiples of step_ms since 1970. A sample that begins something (a change
 * of quality, a value after none, none after a value, the first of a life) always stays, at its time, and cuts its step in
 * two. Of a whole step the least and the greatest move to the step's beginning and middle, which saves most of their bytes:
 * so the time of a thinned amount is right within a step, that of a thinned position exactly. Samples that repeat
 * the value before them go. Nothing is computed: every value that stays was seen. */
void history_thin_samples(const struct history_sample *samples, size_t n, size_t total,
                          const struct history_sample *before, int64_t step_ms, enum history_thin kind,
                          struct history_samples *out);

#endif
