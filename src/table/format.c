/* Cells as text, for people and for machines. */
#include "table/format.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000, MINUTE = 60, HOUR = 3600, DAY = 86400, YEAR = 365 * DAY };

/* What printf made of a number, with '.' for whatever the locale has for a decimal point. */
static void add_number(struct str *out, const char *printed)
{
    for (const char *p = printed; *p;) {
        size_t n = strspn(p, "+-0123456789einfa");
        str_bytes(out, p, n);
        p += n;
        if (*p)
            str_char(out, '.');
        p += strcspn(p, "+-0123456789einfa");
    }
}

static void add_fixed(struct str *out, double v, int decimals)
{
    char buf[400]; /* DBL_MAX has 309 digits */
    snprintf(buf, sizeof buf, "%.*f", decimals, v);
    add_number(out, buf);
}

/* The shortest digits that read back as the same double. */
static void add_shortest(struct str *out, double v)
{
    char buf[NUMBER_BYTES];
    if (isnan(v)) {
        str_add(out, "nan"); /* without the sign that printf may show */
        return;
    }
    number_shortest(v, buf);
    add_number(out, buf);
}

/* Digits with those before the point in groups and at most three behind it, which is all that a
 * reader can use of a rate; six significant ones below 1. */
static void add_grouped(struct str *out, double v)
{
    if (!(fabs(v) < 1e15) || (v != 0 && fabs(v) < 1)) {
        char buf[32];
        snprintf(buf, sizeof buf, fabs(v) < 1 ? "%.6g" : "%.15g", v);
        add_number(out, buf);
        return;
    }
    int64_t thousandths = llround(fabs(v) * 1000);
    if (v < 0)
        str_char(out, '-');
    text_group_digits(out, thousandths / 1000);
    if (thousandths % 1000) {
        char buf[8];
        int n = snprintf(buf, sizeof buf, ".%03d", (int)(thousandths % 1000));
        while (buf[n - 1] == '0')
            n--;
        str_bytes(out, buf, (size_t)n);
    }
}

/* Three digits of a number from 0 to below 999.5; fewer after the point if `decimals` says so. */
static void add_three(struct str *out, double v, int decimals)
{
    int fit = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
    add_fixed(out, v, fit < decimals ? fit : decimals);
}

/* False for what is no finite number, after having said so. */
static bool finite_or_said(struct str *out, double v)
{
    if (isfinite(v))
        return true;
    str_add(out, isnan(v) ? "NaN" : v < 0 ? "-inf" : "inf");
    return false;
}

/* A magnitude of 999.5 and more in steps of 1000, "1.24 k", or of 1024 and more in steps of that, "1.2 Ki". */
static void add_scaled(struct str *out, double v, int decimals, double base, const char *unit)
{
    static const char steps[] = "kMGTPE";
    bool binary = base > 1000;
    double limit = binary ? 1023.5 : 999.5;
    size_t step = 0;
    for (v /= base; v >= limit && steps[step + 1]; step++)
        v /= base;
    if (v >= limit) { /* past all names */
        char buf[32];
        snprintf(buf, sizeof buf, "%.2e", v * pow(base, (double)(step + 1)));
        add_number(out, buf);
        str_printf(out, "%s%s", *unit ? " " : "", unit);
        return;
    }
    add_three(out, v, decimals);
    str_printf(out, " %c%s%s", binary && step == 0 ? 'K' : steps[step], binary ? "i" : "", unit);
}

void format_si(struct str *out, double v)
{
    if (!finite_or_said(out, v))
        return;
    double size = fabs(v);
    bool whole = size == floor(size);
    if (size > 0 && size < 0.001) {
        str_add(out, v < 0 ? "> -0.001" : "< 0.001");
        return;
    }
    if (v < 0)
        str_char(out, '-');
    if (size >= (whole ? 1000 : 999.5))
        add_scaled(out, size, 2, 1000, "");
    else if (whole)
        add_fixed(out, size, 0);
    else if (size < 0.9995)
        add_fixed(out, size, 3);
    else
        add_three(out, size, 2);
}

void format_bytes(struct str *out, int64_t bytes, bool si)
{
    double size = fabs((double)bytes);
    if (bytes < 0)
        str_char(out, '-');
    if (size < (si ? 1000 : 1024))
        str_printf(out, "%.0f B", size);
    else
        add_scaled(out, size, 1, si ? 1000 : 1024, "B");
}

/* Two units of time, the second one only if it is not 0. */
static void add_two(struct str *out, int64_t s, int64_t big, const char *big_name, int64_t small,
                    const char *small_name)
{
    str_printf(out, "%" PRId64 " %s", s / big, big_name);
    if (s % big / small)
        str_printf(out, " %" PRId64 " %s", s % big / small, small_name);
}

void format_duration(struct str *out, double seconds)
{
    if (isnan(seconds)) {
        str_char(out, '-');
        return;
    }
    if (isinf(seconds)) {
        str_add(out, seconds > 0 ? "never" : "-inf");
        return;
    }
    double size = fabs(seconds);
    if (size > 0 && size < 1) {
        str_add(out, seconds < 0 ? "> -1 s" : "< 1 s");
        return;
    }
    if (seconds < 0)
        str_char(out, '-');
    if (size >= 1e4 * YEAR) {
        format_si(out, floor(size / YEAR));
        str_add(out, " y");
        return;
    }
    int64_t s = (int64_t)size;
    if (s == 0)
        str_char(out, '0');
    else if (s < MINUTE)
        str_printf(out, "%" PRId64 " s", s);
    else if (s < HOUR)
        add_two(out, s, MINUTE, "m", 1, "s");
    else if (s < DAY)
        add_two(out, s, HOUR, "h", MINUTE, "m");
    else if (s < YEAR)
        add_two(out, s, DAY, "d", HOUR, "h");
    else
        add_two(out, s, YEAR, "y", DAY, "d");
}

/* Every unit of a duration that is not 0, down to the millisecond. */
static void add_duration_exact(struct str *out, double seconds)
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {{1000LL * YEAR, "y"}, {1000LL * DAY, "d"}, {1000LL * HOUR, "h"}, {1000LL * MINUTE, "m"}};
    double size = fabs(seconds);
    if (!(size < 1e4 * YEAR) || size < 0.001) {
        format_duration(out, seconds);
        return;
    }
    if (seconds < 0)
        str_char(out, '-');
    size_t start = out->len;
    int64_t ms = llround(size * SECOND_MS);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (ms >= units[i].ms)
            str_printf(out, "%s%" PRId64 " %s", out->len > start ? " " : "", ms / units[i].ms, units[i].name);
        ms %= units[i].ms;
    }
    if (!ms && out->len > start)
        return;
    if (out->len > start)
        str_char(out, ' ');
    str_printf(out, "%" PRId64, ms / SECOND_MS);
    if (ms % SECOND_MS) {
        char digits[8];
        snprintf(digits, sizeof digits, ".%03d", (int)(ms % SECOND_MS));
        size_t n = 4;
        while (digits[n - 1] == '0')
            n--;
        str_bytes(out, digits, n);
    }
    str_add(out, " s");
}

static void add_seconds(struct str *out, double seconds, bool exact)
{
    if (isnan(seconds)) {
        str_add(out, "NaN"); /* a value; "-" would say unknown */
        return;
    }
    if (exact)
        add_duration_exact(out, seconds);
    else
        format_duration(out, seconds);
}

static void add_ms(struct str *out, double ms)
{
    double size = fabs(ms);
    if (size < 999.5) {
        format_si(out, ms);
        str_add(out, " ms");
    } else if (size < 59950) { /* from here on tenths of a second say nothing */
        if (ms < 0)
            str_char(out, '-');
        add_fixed(out, size / SECOND_MS, 1);
        str_add(out, " s");
    } else {
        add_seconds(out, ms / SECOND_MS, false);
    }
}

static void add_ratio(struct str *out, double ratio, bool exact)
{
    double percent = ratio * 100;
    if (!finite_or_said(out, ratio))
        return;
    if (exact) {
        char buf[32];
        snprintf(buf, sizeof buf, "%.5g", percent);
        add_number(out, buf);
    } else {
        add_fixed(out, percent, fabs(percent) < 99.95 ? 1 : 0);
    }
    str_add(out, " %");
}

static void add_time(struct str *out, int64_t ms, const struct format_options *o)
{
    if (!o->absolute) {
        double age = ((double)o->now_ms - (double)ms) / SECOND_MS;
        if (fabs(age) < 1) {
            str_add(out, "< 1 s");
            return;
        }
        str_add(out, age < 0 ? "in " : "");
        add_seconds(out, fabs(age), o->exact);
        return;
    }
    char buf[64];
    if (!*clock_format(ms, o->utc, "%Y-%m-%d %H:%M:%S", buf, sizeof buf)) {
        text_group_digits(out, ms); /* no calendar has it */
        return;
    }
    str_add(out, buf);
    if (o->exact)
        str_printf(out, ".%03d", (int)((ms % SECOND_MS + SECOND_MS) % SECOND_MS));
    str_add(out, o->utc ? "Z" : "");
}

/* "3 h 12 m ago": no heading says that this number among others is an age. */
static void add_epoch(struct str *out, double seconds, const struct format_options *o)
{
    if (!finite_or_said(out, seconds))
        return;
    if (fabs(seconds) > 1e12) {
        format_si(out, seconds);
        return;
    }
    int64_t ms = llround(seconds * SECOND_MS);
    add_time(out, ms, o);
    if (!o->absolute && ms <= o->now_ms)
        str_add(out, " ago");
}

static void add_real(struct str *out, enum column_unit unit, double v, const struct format_options *o)
{
    switch (unit) {
    case UNIT_SECONDS:
        add_seconds(out, v, o->exact);
        break;
    case UNIT_LATENCY:
        if (!finite_or_said(out, v))
            break;
        if (o->exact && fabs(v) >= 1)
            add_seconds(out, v, true);
        else
            add_ms(out, v * SECOND_MS);
        break;
    case UNIT_EPOCH:
        add_epoch(out, v, o);
        break;
    case UNIT_RATIO:
        add_ratio(out, v, o->exact);
        break;
    case UNIT_MS:
        if (!finite_or_said(out, v))
            break;
        if (o->exact) {
            add_grouped(out, v);
            str_add(out, " ms");
        } else {
            add_ms(out, v);
        }
        break;
    case UNIT_BYTES:
        if (!finite_or_said(out, v))
            break;
        if (!o->exact && fabs(v) < 9e18) {
            format_bytes(out, llround(v), o->si);
        } else {
            add_grouped(out, v);
            str_add(out, " B");
        }
        break;
    case UNIT_ID:
    case UNIT_OFFSET:
        add_grouped(out, v);
        break;
    default:
        if (!o->exact)
            format_si(out, v);
        else if (finite_or_said(out, v))
            add_grouped(out, v);
    }
}

static void add_int(struct str *out, enum column_unit unit, int64_t v, const struct format_options *o)
{
    switch (unit) {
    case UNIT_ID:
        str_printf(out, "%" PRId64, v);
        break;
    case UNIT_OFFSET:
        text_group_digits(out, v);
        break;
    case UNIT_BYTES:
        if (!o->exact) {
            format_bytes(out, v, o->si);
        } else {
            text_group_digits(out, v);
            str_add(out, " B");
        }
        break;
    case UNIT_MS:
        if (!o->exact) {
            add_ms(out, (double)v);
        } else {
            text_group_digits(out, v);
            str_add(out, " ms");
        }
        break;
    case UNIT_SECONDS:
    case UNIT_RATIO:
        add_real(out, unit, (double)v, o);
        break;
    default:
        if (o->exact || (v > -1000 && v < 1000))
            text_group_digits(out, v);
        else
            format_si(out, (double)v);
    }
}

static const char *quality_sign(enum quality q, bool ascii)
{
    switch (q) {
    case QUALITY_GE:
        return ascii ? ">= " : "\xE2\x89\xA5 ";
    case QUALITY_LE:
        return ascii ? "<= " : "\xE2\x89\xA4 ";
    case QUALITY_EST:
        return "~";
    default:
        return "";
    }
}

/* The quality that is worth a sign. A bound or an estimate of less than a second, which is not drawn exactly, is said by
 * "< 1 s" alone, and a rate that is estimated to lead nowhere by "never"; QUALITY_UNKNOWN where nothing is known: it is
 * at least 0. */
static enum quality drawn_quality(const struct column *c, struct value v, const struct format_options *o)
{
    bool age = c->type == COLUMN_TIME && !o->absolute;
    enum quality q = v.quality;
    if (age && (q == QUALITY_GE || q == QUALITY_LE))
        q = q == QUALITY_GE ? QUALITY_LE : QUALITY_GE; /* later than that is younger than that */
    if (o->exact || (!age && (c->type != COLUMN_REAL || c->unit != UNIT_SECONDS)))
        return q;
    double seconds = age ? (double)(o->now_ms - v.i) / SECOND_MS : v.d;
    if (isinf(seconds) && q == QUALITY_EST)
        return QUALITY_EXACT;
    if (!(seconds >= 0 && seconds < 1))
        return q;
    if (q == QUALITY_GE)
        return QUALITY_UNKNOWN;
    return (q == QUALITY_LE || q == QUALITY_EST) && (age || seconds > 0) ? QUALITY_EXACT : q;
}

void format_cell(struct str *out, const struct column *c, struct value v, const struct format_options *o)
{
    enum quality q = v.quality == QUALITY_UNKNOWN ? v.quality : drawn_quality(c, v, o);
    if (q == QUALITY_UNKNOWN) {
        str_char(out, '-');
        return;
    }
    str_add(out, quality_sign(q, o->ascii));
    switch (c->type) {
    case COLUMN_TEXT:
        str_bytes(out, v.s->safe, v.s->safe_len);
        break;
    case COLUMN_INT:
        add_int(out, c->unit, v.i, o);
        break;
    case COLUMN_REAL:
        add_real(out, c->unit, v.d, o);
        break;
    case COLUMN_TIME:
        add_time(out, v.i, o);
        break;
    case COLUMN_BOOL:
        str_add(out, v.i ? "yes" : "no");
        break;
    }
}

static bool ends_in(const char *text, size_t len, const char *end)
{
    size_t n = strlen(end);
    return len > n && memcmp(text + len - n, end, n) == 0;
}

/* What a metric is measured in by its name, as Prometheus' naming practices have it
 * (https://prometheus.io/docs/practices/naming/): http_request_duration_seconds, process_resident_memory_bytes. Times are
 * told from durations by the value, too: there are start_time_seconds and response_time_seconds. */
static enum column_unit unit_of_metric(const char *name, double v)
{
    static const char *const sums[] = {"_total", "_sum"};
    static const char *const times[] = {"_timestamp_seconds", "_time_seconds", "_created", "_timestamp"};
    static const struct {
        const char *end;
        enum column_unit unit;
    } ends[] = {{"_milliseconds", UNIT_MS}, {"_seconds", UNIT_LATENCY}, {"_bytes", UNIT_BYTES}, {"_ratio", UNIT_RATIO}};
    const double first = 1e9, last = 4e9; /* 2001 to 2096 */
    size_t len = strlen(name);
    for (size_t i = 0; v >= first && v < last && i < sizeof times / sizeof *times; i++) {
        if (ends_in(name, len, times[i]))
            return UNIT_EPOCH;
    }
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        if (ends_in(name, len, sums[i])) {
            len -= strlen(sums[i]);
            break;
        }
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends_in(name, len, ends[i].end))
            return ends[i].unit;
    }
    return UNIT_NONE;
}

enum column_unit format_unit(const char *word)
{
    static const struct {
        const char *name;
        enum column_unit unit;
    } units[] = {{"bytes", UNIT_BYTES}, {"seconds", UNIT_LATENCY},       {"milliseconds", UNIT_MS},
                 {"ratio", UNIT_RATIO}, {"per_second", UNIT_PER_SECOND}, {"count", UNIT_COUNT}};
    for (size_t i = 0; *word && i < sizeof units / sizeof *units; i++) {
        if (strcmp(units[i].name, word) == 0)
            return units[i].unit;
    }
    return UNIT_NONE;
}

const struct column *format_column(const struct table *t, const struct row *r, size_t column, struct column *own)
{
    const struct column *c = table_column(t, column);
    struct value v = row_get(r, column);
    if (c->type != COLUMN_REAL || c->unit != UNIT_NONE || v.quality == QUALITY_UNKNOWN)
        return c;
    const char *told = row_text(r, "unit");
    enum column_unit unit = format_unit(told);
    if (!*told || unit == UNIT_LATENCY) {
        enum column_unit named = unit_of_metric(row_text(r, "metric"), v.d);
        unit = !*told || named == UNIT_EPOCH ? named : unit;
    }
    if (unit == UNIT_NONE)
        return c;
    *own = *c;
    own->unit = unit;
    return own;
}

bool format_right(const struct column *c)
{
    return c->type == COLUMN_INT || c->type == COLUMN_REAL || c->type == COLUMN_TIME;
}

void format_raw(struct str *out, const struct column *c, struct value v)
{
    char buf[32];
    if (v.quality == QUALITY_UNKNOWN)
        return;
    switch (c->type) {
    case COLUMN_TEXT:
        str_bytes(out, v.s->raw, v.s->len);
        break;
    case COLUMN_INT:
        str_printf(out, "%" PRId64, v.i);
        break;
    case COLUMN_REAL:
        add_shortest(out, v.d);
        break;
    case COLUMN_TIME:
        if (*clock_iso(v.i, true, buf, sizeof buf) == '-')
            str_printf(out, "%" PRId64, v.i);
        else
            str_add(out, buf);
        break;
    case COLUMN_BOOL:
        str_add(out, v.i ? "true" : "false");
        break;
    }
}
