/* Time: one unit for each of the two kinds, behind one replaceable clock. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Who tells the time. Everything that asks gets a pointer to one of these, so that tests and replay
 * can hold it. */
struct clock {
    int64_t (*wall_ms)(void *arg); /* milliseconds since 1970 UTC; may jump */
    int64_t (*mono_us)(void *arg); /* microseconds, only for differences; never jumps */
    void *arg;
};

/* The system's. */
extern const struct clock clock_system;

static inline int64_t clock_wall_ms(const struct clock *c)
{
    return c->wall_ms(c->arg);
}

static inline int64_t clock_mono_us(const struct clock *c)
{
    return c->mono_us(c->arg);
}

/* The system's monotonic time in so many milliseconds, for sem_clockwait, and for
 * pthread_cond_timedwait on a condition with CLOCK_MONOTONIC. */
struct timespec clock_deadline(int ms);

/* "2026-11-20T14:22:07.123Z" (millis) or "…:07Z" of a wall time, into buf of at least 32 bytes;
 * returns buf. Years outside 0..9999 print as "-". */
const char *clock_iso(int64_t wall_ms, bool millis, char *buf, size_t size);
/* strftime over UTC or local time; returns buf ("" if it does not fit). */
__attribute__((format(strftime, 3, 0))) const char *
clock_format(int64_t wall_ms, bool utc, const char *fmt, char *buf, size_t size);
/* Parses RFC 3339 ("2026-11-20T14:22:07[.123](Z|+hh:mm)", also a space for T). 0 or ERR_INVALID. */
int clock_parse_iso(const char *text, int64_t *wall_ms);

#endif
