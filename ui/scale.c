/* Scales of charts: where they begin and end, which step a value is on, and what is written at their ends. */
#include "ui/scale.h"

#include "base/text.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { SCALE_PARTS = 4 }; /* at least so many round steps in a range that is away from 0 */

struct scale_range scale_range_none(void)
{
    return (struct scale_range){NAN, NAN, NAN};
}

void scale_range_add(struct scale_range *r, const double *values, int n)
{
    for (int i = 0; i < n; i++) {
        double v = values[i];
        if (!isfinite(v))
            continue;
        r->low = fmin(r->low, v);
        r->high = fmax(r->high, v);
        if (v > 0)
            r->positive = fmin(r->positive, v);
    }
}

/* Seconds that people count in; beyond them, whole days. */
static double round_duration(double seconds)
{
    enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };
    static const int steps[] = {1,      2,          5,          10,          15,          30,
                                MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
                                HOUR,   2 * HOUR,   3 * HOUR,   6 * HOUR,    12 * HOUR,   DAY};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (seconds <= steps[i])
            return steps[i];
    }
    return 0;
}

/* One, two or five times a power of ten, at or above, a power of two of what is told in steps of 1024, or a round duration:
 * scales that do not jump with every value. */
static double round_up(double v, enum column_unit unit, bool si)
{
    enum { DAY = 86400 };
    if (!(v > 0) || !isfinite(v))
        return 1;
    if (unit == UNIT_BYTES && !si && v >= 1) {
        double up = exp2(ceil(log2(v)));
        return isfinite(up) && up >= v ? up : v;
    }
    bool fraction = (unit == UNIT_LATENCY && v < 1) || (unit == UNIT_MS && v < 1000);
    double duration = fraction                                       ? 0
                      : unit == UNIT_SECONDS || unit == UNIT_LATENCY ? round_duration(v)
                      : unit == UNIT_MS                              ? 1000 * round_duration(v / 1000)
                                                                     : 0;
    if (duration > 0)
        return duration;
    if (!fraction && (unit == UNIT_SECONDS || unit == UNIT_LATENCY || unit == UNIT_MS)) {
        double day = unit == UNIT_MS ? DAY * 1000.0 : DAY;
        double up = round_up(v / day, UNIT_NONE, true) * day;
        return isfinite(up) ? up : v;
    }
    double power = pow(10, floor(log10(v)));
    double lead = v / power;
    double up = power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    return isfinite(up) && up >= v ? up : v;
}

static struct scale linear(double low, double high, enum column_unit unit, bool si)
{
    if (!(high > low)) { /* one value: a little room above it, or all that there is to 0 */
        double room = low == 0 ? 1 : fabs(low) * 0.01;
        if (low + room > low && isfinite(low + room))
            high = low + room;
        else if (low > 0)
            low = 0;
        else
            high = 0;
    }
    if (low == 0)
        return (struct scale){.max = round_up(high, unit, si)};
    if (high == 0)
        return (struct scale){.min = -round_up(-low, unit, si)};
    double step = round_up(high / SCALE_PARTS - low / SCALE_PARTS, unit, si);
    struct scale s = {.min = floor(low / step) * step, .max = ceil(high / step) * step};
    if (!isfinite(s.min) || !isfinite(s.max) || s.min > low || s.max < high)
        s = (struct scale){.min = low, .max = high};
    return s;
}

struct scale scale_round(const struct scale_range *r, enum column_unit unit, bool si, bool zero, bool log)
{
    if (isnan(r->high))
        return (struct scale){.max = 1};
    if (log && r->high > 0) {
        bool binary = unit == UNIT_BYTES && !si;
        struct scale s = {.least = binary ? exp2(floor(log2(r->positive))) : pow(10, floor(log10(r->positive))),
                          .max = binary ? exp2(ceil(log2(r->high))) : pow(10, ceil(log10(r->high)))};
        if (!(s.least > 0) || s.least > r->positive)
            s.least = r->positive;
        if (!isfinite(s.max) || s.max < r->high)
            s.max = r->high;
        if (!(s.max > s.least) && s.least > DBL_MAX / 10)
            s.least = s.max / 10;
        else if (!(s.max > s.least))
            s.max = s.least * 10;
        s.min = r->low <= 0 ? 0 : s.least;
        return s;
    }
    return linear(zero ? fmin(r->low, 0) : r->low, zero ? fmax(r->high, 0) : r->high, unit, si);
}

struct scale scale_tight(const struct scale_range *r, bool log)
{
    if (log)
        return scale_round(r, UNIT_NONE, true, true, true);
    double high = isnan(r->high) ? 0 : fmax(r->high, 0), low = isnan(r->low) ? 0 : fmin(r->low, 0);
    return (struct scale){.min = low, .max = high > low ? high : low + 1};
}

/* Where between the ends, 0 to 1. Of halves where the whole is more than a double holds. */
static double share_of(const struct scale *s, double value)
{
    double share;
    if (s->least > 0)
        share = (log10(value) - log10(s->least)) / (log10(s->max) - log10(s->least));
    else if (isfinite(s->max - s->min))
        share = (value - s->min) / (s->max - s->min);
    else
        share = (value / 2 - s->min / 2) / (s->max / 2 - s->min / 2);
    return !(share > 0) ? 0 : share > 1 ? 1 : share;
}

int scale_level(const struct scale *s, double value, int steps)
{
    if (steps <= 1 || isnan(value))
        return 0;
    if (isinf(value))
        return value > 0 ? steps - 1 : 0;
    if (s->least > 0) {
        int first = s->min < s->least && steps > 2; /* the lowest step is that of nothing */
        if (!(value > 0))
            return 0;
        return first + (int)(share_of(s, value) * (steps - 1 - first) + 0.5);
    }
    if (!(s->max > s->min))
        return 0;
    return (int)(share_of(s, value) * (steps - 1) + 0.5);
}

double scale_at(const struct scale *s, double height)
{
    if (s->least > 0)
        return height <= 0 ? s->min : pow(10, log10(s->least) + height * (log10(s->max) - log10(s->least)));
    return s->min + height * (s->max - s->min);
}

/* Without the zeros behind a point: "2.00 M" is "2 M". */
static void add_short(struct str *out, const char *text)
{
    size_t digits = strspn(text, "-0123456789."), end = digits;
    if (memchr(text, '.', digits) && (text[digits] == ' ' || text[digits] == '\0')) {
        while (end > 0 && text[end - 1] == '0')
            end--;
        end -= end > 0 && text[end - 1] == '.';
    }
    str_bytes(out, text, end);
    str_add(out, text + digits);
}

/* As a cell of the column would say it, from a double. */
static void say(struct str *out, const struct column *c, double value, bool si)
{
    const struct format_options plain = {0};
    struct column real = *c;
    real.type = COLUMN_REAL;
    if (value < 0 && c->unit != UNIT_RATIO) { /* durations and sizes have no sign of their own */
        str_char(out, '-');
        value = -value;
    }
    if (value == 0 && (c->unit == UNIT_MS || c->unit == UNIT_LATENCY))
        str_char(out, '0');
    else if (c->unit == UNIT_BYTES && value < 9e18)
        format_bytes(out, (int64_t)value, si);
    else if (c->unit == UNIT_SECONDS)
        format_duration(out, value);
    else if (c->unit == UNIT_OFFSET && fabs(value) < 9e18)
        text_group_digits(out, (int64_t)value);
    else if (c->unit == UNIT_RATIO || c->unit == UNIT_LATENCY || c->unit == UNIT_MS)
        format_cell(out, &real, value_real(value), &plain);
    else
        format_si(out, value);
}

void scale_label(struct str *out, const struct column *c, double value, bool si)
{
    struct str s = {0};
    say(&s, c, value, si);
    add_short(out, str_text(&s));
    str_done(&s);
}

void scale_value(struct str *out, const struct column *c, double value, bool si)
{
    say(out, c, value, si);
}
