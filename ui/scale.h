/* From values to heights: linear and logarithmic scales with round ends, and their labels. */
#ifndef UI_SCALE_H
#define UI_SCALE_H

#include "table/format.h"

/* Values from min at the bottom to max at the top. With least > 0 it is logarithmic from least to max, and where min is
 * below least, what is 0 or less has the lowest step to itself. */
struct scale {
    double min, max, least;
};

/* What values are known of a picture: the least and the greatest finite one, and the least above 0; NaN where there is none.
 */
struct scale_range {
    double low, high, positive;
};

/* Nothing known yet. */
struct scale_range scale_range_none(void);
void scale_range_add(struct scale_range *r, const double *values, int n); /* NaN and infinities are left out */

/* A scale with round ends (1, 2 or 5 times a power of ten, of durations whole minutes and hours,
 * of bytes without si powers of two, where it begins or ends at
 * 0, else multiples of such a step) for all of a range. zero: 0 is on it. log: logarithmic by powers of ten, if anything is
 * above 0; 0 is on it only if the range has it. */
struct scale scale_round(const struct scale_range *r, enum column_unit unit, bool si, bool zero, bool log);
/* From 0 or less to exactly the greatest value. */
struct scale scale_tight(const struct scale_range *r, bool log);

/* The step of a value that is no NaN, of `steps` (at least 1): 0 at the bottom, never less for a greater value. What is out of
 * the scale is at its nearest end. */
int scale_level(const struct scale *s, double value, int steps);
/* The value that is drawn at a height from 0 to 1. */
double scale_at(const struct scale *s, double height);

/* A round number for an axis, in the unit of its column: "2 M", "1 m 30 s", "512 KiB", "50 %", "9,182,004". Appended. */
void scale_label(struct str *out, const struct column *c, double value, bool si);
/* A value in words as precise as in lists: "84.2 k". Appended. */
void scale_value(struct str *out, const struct column *c, double value, bool si);

#endif
