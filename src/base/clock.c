/* The system clock, and times as text. */
#include "base/clock.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t system_wall_ms(void *arg)
{
    (void)arg;
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t system_mono_us(void *arg)
{
    (void)arg;
    struct timespec ts;
    clock_gettime(CLOCK_BOOTTIME, &ts); /* the time in which the machine slept has passed, too */
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

const struct clock clock_system = {.wall_ms = system_wall_ms, .mono_us = system_mono_us};

/* Seconds and the milliseconds left, rounding towards the past also before 1970. */
static time_t split_ms(int64_t wall_ms, int *ms)
{
    int64_t s = wall_ms / 1000;
    int64_t rest = wall_ms % 1000;
    if (rest < 0) {
        rest += 1000;
        s--;
    }
    *ms = (int)rest;
    return (time_t)s;
}

struct timespec clock_deadline(int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + (int64_t)(ms % 1000) * 1000000;
    until.tv_sec += ms / 1000 + (time_t)(ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    return until;
}

const char *clock_iso(int64_t wall_ms, bool millis, char *buf, size_t size)
{
    int ms;
    time_t s = split_ms(wall_ms, &ms);
    struct tm tm;
    if (!gmtime_r(&s, &tm) || tm.tm_year < -1900 || tm.tm_year > 8099) {
        snprintf(buf, size, "-");
        return buf;
    }
    size_t n = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &tm);
    if (millis)
        snprintf(buf + n, size - n, ".%03dZ", ms);
    else
        snprintf(buf + n, size - n, "Z");
    return buf;
}

/* The format is the caller's, who is checked by the attribute in the header. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
const char *clock_format(int64_t wall_ms, bool utc, const char *fmt, char *buf, size_t size)
{
    int ms;
    time_t s = split_ms(wall_ms, &ms);
    struct tm tm;
    buf[0] = '\0';
    if (!(utc ? gmtime_r(&s, &tm) : localtime_r(&s, &tm)))
        return buf;
    if (strftime(buf, size, fmt, &tm) == 0)
        buf[0] = '\0';
    return buf;
}
#pragma GCC diagnostic pop

int clock_parse_iso(const char *text, int64_t *wall_ms)
{
    struct tm tm = {0};
    const char *p = strptime(text, "%Y-%m-%d", &tm);
    if (!p || (*p != 'T' && *p != 't' && *p != ' '))
        return ERR_INVALID;
    p = strptime(p + 1, "%H:%M:%S", &tm);
    if (!p)
        return ERR_INVALID;
    int64_t ms = 0;
    if (*p == '.') {
        int64_t unit = 100;
        for (p++; *p >= '0' && *p <= '9'; p++, unit /= 10)
            ms += unit * (*p - '0');
    }
    int64_t offset = 0;
    if (*p == '+' || *p == '-') {
        int h, m;
        if (sscanf(p + 1, "%2d:%2d", &h, &m) != 2 || strlen(p) != 6)
            return ERR_INVALID;
        offset = (h * 60 + m) * (*p == '+' ? 60000 : -60000);
    } else if ((*p != 'Z' && *p != 'z') || p[1] != '\0') {
        return ERR_INVALID;
    }
    *wall_ms = (int64_t)timegm(&tm) * 1000 + ms - offset;
    return 0;
}
