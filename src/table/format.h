/* Cells as people read them: the same text on screen, in text and markdown snapshots and in HTML.
 */
#ifndef TABLE_FORMAT_H
#define TABLE_FORMAT_H

#include "base/str.h"
#include "table/table.h"

struct format_options {
    bool exact;     /* all digits, grouped, instead of three significant ones ("1,240,312" for "1.24 M")
                 */
    bool utc;       /* clock times in UTC instead of local time */
    bool ascii;     /* ">=" "<=" "~" for "≥" "≤" "~", no other character outside ASCII of our own */
    bool absolute;  /* times as clock times instead of ages */
    bool si;        /* sizes in steps of 1000 (kB) instead of 1024 (KiB) */
    int64_t now_ms; /* what ages are measured from */
};

/* Appends a cell: numbers by their unit ("1.24 M", a rate likewise, "6 h 12 m", "< 1 s", "12.1 KiB",
 * "98.2 %": the heading says what is counted, and that a rate is one), times as an age ("4 s",
 * "1 m 13 s", "3 d 4 h"; the heading says it is one; one still to come "in 14 s"), "yes" and "no",
 * "never" for an infinite number of seconds, "-" for unknown, "NaN" "inf" "-inf" for such reals,
 * with "≥ " "≤ " "~" before a value of that quality (of an age, that of the age) but "< 1 s" and
 * "never" without and "-" for at least less than a second. Text in its safe
 * form. Never a control character. Exact: "1,240,312", "12,400 B", "6 h 12 m 7.5 s", clock times
 * with milliseconds, reals to the third place after the point (below 1: six digits). */
void format_cell(struct str *out, const struct column *c, struct value v, const struct format_options *o);

/* The unit of numbers by a word for it: bytes, seconds, milliseconds, ratio, per_second, count; UNIT_NONE for any other. */
enum column_unit format_unit(const char *word);
/* The column as it is meant in a row: a real without a unit has that which the row's text column `unit` names, if there is one:
 * bytes, seconds, milliseconds, ratio, per_second, count; where that says nothing, that in which the name in its column `metric`
 * ends: _bytes, _seconds, _milliseconds, _ratio, also before _total and _sum, and of a number of this century's seconds
 * _time_seconds, _timestamp_seconds, _timestamp, _created, which are times. *own is filled where that is so. */
const struct column *format_column(const struct table *t, const struct row *r, size_t column, struct column *own);

/* "12" "999" "1.24 k" "84.2 M": three significant digits, SI steps of 1000; whole numbers exact
 * below 1000, others to the third place after the point ("0.052", "< 0.001"). */
void format_si(struct str *out, double v);
/* "< 1 s" "48 s" "1 m 13 s" "6 h 12 m" "3 d 4 h" "2 y 40 d"; "0" for 0; "never" for infinity, "-"
 * for NaN. */
void format_duration(struct str *out, double seconds);
/* "512 B" "12.1 KiB" "1.1 GiB", in steps of 1024 by the names of IEC 80000-13; si: "12.4 kB" "1.2 GB", in steps of 1000. */
void format_bytes(struct str *out, int64_t bytes, bool si);
/* True where a column is aligned right (numbers, times). */
bool format_right(const struct column *c);

/* The exact form for machines, without quality: integers in decimal, reals with the shortest digits
 * that read back the same ("nan", "inf", "-inf"), times as RFC 3339 with milliseconds in UTC (the
 * plain number of milliseconds where the year has no four digits), booleans "true"/"false", text
 * raw; "" for unknown. No locale changes any of it. */
void format_raw(struct str *out, const struct column *c, struct value v);

#endif
