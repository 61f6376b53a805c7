/* Reads dates, times of day and zones, byte by byte: this is on the path of every line of a log. */
#include "connect/line_time.h"

#include <stdbool.h>
#include <string.h>

enum { EPOCH_DIGITS = 13, DAY_S = 86400 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exactly n digits; NULL if there are fewer. */
static const char *digits(const char *p, const char *end, int n, int *ret)
{
    int value = 0;
    if (end - p < n)
        return NULL;
    for (int i = 0; i < n; i++) {
        if (!is_digit(p[i]))
            return NULL;
        value = value * 10 + (p[i] - '0');
    }
    *ret = value;
    return p + n;
}

/* Days from 1970-01-01 in the Gregorian calendar, counted from March so that the leap day is a year's last. */
static int64_t days(int year, int month, int day)
{
    const int y = month <= 2 ? year - 1 : year;
    const int m = month <= 2 ? month + 9 : month - 3;
    const int64_t leap = y / 4 - y / 100 + y / 400;
    return INT64_C(365) * y + leap + (153 * m + 2) / 5 + day - 1 - 719468;
}

static const char *date(const char *p, const char *end, int64_t *ret)
{
    int year, month, day;
    p = digits(p, end, 4, &year);
    if (!p || p == end || (*p != '-' && *p != '/'))
        return NULL;
    const char separator = *p;
    p = digits(p + 1, end, 2, &month);
    if (!p || p == end || *p != separator)
        return NULL;
    p = digits(p + 1, end, 2, &day);
    if (!p || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
        return NULL;
    *ret = days(year, month, day);
    return p;
}

/* Milliseconds of a fraction, cut. */
static const char *fraction(const char *p, const char *end, int *ms)
{
    int n = 0;
    *ms = 0;
    for (; p < end && is_digit(*p) && n < 9; p++, n++)
        if (n < 3)
            *ms = *ms * 10 + (*p - '0');
    for (; n < 3; n++)
        *ms *= 10;
    return p;
}

static const char *time_of_day(const char *p, const char *end, int64_t *ret)
{
    int hour, minute, second = 0, ms = 0;
    p = digits(p, end, 2, &hour);
    if (!p || p == end || *p != ':')
        return NULL;
    p = digits(p + 1, end, 2, &minute);
    if (!p || hour > 23 || minute > 59)
        return NULL;
    if (end - p > 2 && *p == ':') {
        p = digits(p + 1, end, 2, &second);
        if (!p || second > 60)
            return NULL;
        if (end - p > 1 && (*p == ',' || *p == '.') && is_digit(p[1]))
            p = fraction(p + 1, end, &ms);
    }
    *ret = ((hour * INT64_C(60) + minute) * 60 + second) * 1000 + ms;
    return p;
}

static bool is_word(const char *p, const char *end, const char *word)
{
    const size_t n = strlen(word);
    return (size_t)(end - p) >= n && memcmp(p, word, n) == 0 && (p + n == end || p[n] == ' ' || p[n] == ']');
}

/* "+0100", "+01:00", "+01". */
static const char *offset(const char *p, const char *end, int *ret)
{
    int hours, minutes = 0;
    const int sign = *p == '-' ? -1 : 1;
    p = digits(p + 1, end, 2, &hours);
    if (!p || hours > 18)
        return NULL;
    const char *colon = p < end && *p == ':' ? p + 1 : p;
    const char *q = digits(colon, end, 2, &minutes);
    if (q && minutes > 59)
        return NULL;
    *ret = sign * (hours * 3600 + (q ? minutes : 0) * 60);
    return q ? q : p;
}

/* Behind one space too, where it can be nothing else. */
static const char *zone(const char *p, const char *end, int *utc_offset_s)
{
    if (p < end && *p == 'Z') {
        *utc_offset_s = 0;
        return p + 1;
    }
    const bool apart = end - p > 1 && *p == ' ';
    const char *q = p + apart;
    if (is_word(q, end, "UTC") || is_word(q, end, "GMT")) {
        *utc_offset_s = 0;
        return q + 3;
    }
    if (q < end && (*q == '+' || *q == '-')) {
        int seconds;
        const char *behind = offset(q, end, &seconds);
        if (behind && (!apart || behind - q >= 5)) {
            *utc_offset_s = seconds;
            return behind;
        }
    }
    return p;
}

static const char *epoch(const char *p, const char *end, int64_t *ret)
{
    int64_t value = 0;
    if (end - p < EPOCH_DIGITS)
        return NULL;
    for (int i = 0; i < EPOCH_DIGITS; i++) {
        if (!is_digit(p[i]))
            return NULL;
        value = value * 10 + (p[i] - '0');
    }
    if (p + EPOCH_DIGITS < end && is_digit(p[EPOCH_DIGITS]))
        return NULL;
    *ret = value;
    return p + EPOCH_DIGITS;
}

const char *connect_line_time_read(const char *p, const char *end, int utc_offset_s, int64_t *ret)
{
    int64_t day, ms;
    if (end - p < EPOCH_DIGITS || !is_digit(*p))
        return NULL;
    const char *q = date(p, end, &day);
    if (!q)
        return epoch(p, end, ret);
    if (q == end || (*q != ' ' && *q != 'T'))
        return NULL;
    q = time_of_day(q + 1, end, &ms);
    if (!q)
        return NULL;
    q = zone(q, end, &utc_offset_s);
    *ret = day * DAY_S * 1000 + ms - utc_offset_s * INT64_C(1000);
    return q;
}
