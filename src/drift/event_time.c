/* Times of events: numbers of four units and RFC 3339. */
#include "drift/event_time.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 10 }; /* of a time as a text of digits, at least: seconds since 2001 */

static enum drift_event_time_unit guess(double number)
{
    const double size = fabs(number);
    if (size < 1e11)
        return DRIFT_EVENT_TIME_S;
    if (size < 1e14)
        return DRIFT_EVENT_TIME_MS;
    return size < 1e17 ? DRIFT_EVENT_TIME_US : DRIFT_EVENT_TIME_NS;
}

static int from_number(double number, enum drift_event_time_unit unit, int64_t *ret)
{
    static const double per_ms[] = {
        [DRIFT_EVENT_TIME_MS] = 1, [DRIFT_EVENT_TIME_US] = 1e3, [DRIFT_EVENT_TIME_NS] = 1e6};
    if (!isfinite(number))
        return ERR_INVALID;
    if (unit == DRIFT_EVENT_TIME_AUTO)
        unit = guess(number);
    const double ms = unit == DRIFT_EVENT_TIME_S ? round(number * 1000) : floor(number / per_ms[unit]);
    if (fabs(ms) > 8.64e15)
        return ERR_LIMIT;
    *ret = (int64_t)ms;
    return 0;
}

static int from_text(const char *s, size_t len, enum drift_event_time_unit unit, int64_t *ret)
{
    char text[DRIFT_EVENT_TEXT_BYTES + 2];
    double number;
    if (memchr(s, 0, len))
        return ERR_INVALID;
    if (len >= DIGITS && *s >= '0' && *s <= '9' && !number_read(s, len, &number))
        return from_number(number, unit, ret);
    snprintf(text, sizeof text, "%.*s", (int)len, s);
    if (clock_parse_iso(text, ret) == 0)
        return 0;
    memcpy(text + len, "Z", 2);
    return clock_parse_iso(text, ret);
}

int drift_event_time_ms(const struct drift_event_value *v, enum drift_event_time_unit unit, int64_t *ret)
{
    if (v->kind == DRIFT_EVENT_NUMBER)
        return from_number(v->number, unit, ret);
    if (v->kind == DRIFT_EVENT_TEXT && v->len && !v->cut)
        return from_text(v->text, v->len, unit, ret);
    return ERR_INVALID;
}
