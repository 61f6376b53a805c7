/* Points by records' times, and the questions that would tell more. */
#include "kafka/told.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    EAGER_SWEEPS = 6, /* as often in a row a partition is asked about in every round */
    SLOW_S = 60,      /* then only as often */
    FORGET_S = 600,   /* without a question for so long it is eager again */
    YOUNGEST_MS = 1000,
    IN_USE_S = 300, /* after it was found beside a group */
    NEW_S = 60,     /* after it was told, until groups are found beside it */
    TICK_S = 10,
    USED_MASK = (1 << 20) - 1,
    GROW = 3,
};

static const double in_use = 1e9; /* more than any ratio of ages */

struct kafka_told *kafka_told_new(const int64_t *shift_ms)
{
    struct kafka_told *t = mem_new(struct kafka_told);
    t->shift_ms = shift_ms;
    t->ahead = -1;
    return t;
}

void kafka_told_free(struct kafka_told *t)
{
    if (!t)
        return;
    free(t->points);
    free(t->exact);
    free(t->gaps);
    free(t);
}

/* ---- which points are of use ---- */

static uint32_t tick(int64_t now_s)
{
    return (uint32_t)((uint64_t)(now_s / TICK_S) & USED_MASK);
}

/* Seconds since a group was found beside it. */
static uint32_t unused_s(const struct kafka_told_point *p, int64_t now_s)
{
    return ((tick(now_s) - (uint32_t)p->used) & USED_MASK) * TICK_S;
}

void kafka_told_use(struct kafka_told_point *p, int64_t now_s)
{
    p->used = tick(now_s) & USED_MASK;
}

static void resize(struct kafka_told *t, unsigned room)
{
    t->room = (uint8_t)room;
    t->points = mem_realloc(t->points, room ? room : 1, sizeof *t->points);
}

void kafka_told_spare(struct kafka_told *t, int64_t now_s)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < t->n; i++)
        if (i == 0 || i + 1u == t->n || unused_s(&t->points[i], now_s) < IN_USE_S)
            t->points[kept++] = t->points[i];
    t->n = (uint8_t)kept;
    if (t->room > t->n + GROW)
        resize(t, t->n);
}

static double age_ms(int64_t ms, int64_t now_ms)
{
    return now_ms - ms > YOUNGEST_MS ? (double)(now_ms - ms) : YOUNGEST_MS;
}

/* Of the points before the start only the last one still says something: nothing there is older than it. */
static void trim(struct kafka_told *t, int64_t start)
{
    unsigned n = 0;
    while (n + 1 < t->n && t->points[n + 1].offset < start)
        n++;
    t->n = (uint8_t)(t->n - n);
    memmove(t->points, t->points + n, t->n * sizeof *t->points);
    if (t->points[0].offset < start)
        t->points[0].offset = start;
}

/* Drops an inner point: one without a group beside it, if there is one, that leaves the smallest ratio of ages. */
static void thin_out(struct kafka_told *t, int64_t now_ms, uint32_t now_s)
{
    unsigned least = 1;
    double low = (double)INFINITY;
    for (unsigned i = 1; i + 1 < t->n; i++) {
        const struct kafka_told_point *p = &t->points[i];
        double gap = age_ms(p[-1].ms, now_ms) / age_ms(p[1].ms, now_ms);
        if (unused_s(p, now_s) < IN_USE_S)
            gap += in_use;
        if (gap < low) {
            low = gap;
            least = i;
        }
    }
    t->n--;
    memmove(t->points + least, t->points + least + 1, (t->n - least) * sizeof *t->points);
}

void kafka_told_take(struct kafka_told *t, int64_t ms, int64_t offset, int64_t start, int64_t now_ms, uint32_t now_s)
{
    if (start >= 0 && t->n)
        trim(t, start);
    unsigned at = t->n;
    while (at && t->points[at - 1].ms >= ms)
        at--;
    bool fits = (at == 0 || t->points[at - 1].offset <= offset) &&
                (at == t->n || (t->points[at].ms != ms && t->points[at].offset >= offset));
    if (!fits)
        return;
    if (t->n == t->room)
        resize(t, t->room + GROW);
    memmove(t->points + at + 1, t->points + at, (t->n - at) * sizeof *t->points);
    t->points[at] = (struct kafka_told_point){.ms = ms, .offset = offset};
    kafka_told_use(&t->points[at], (int64_t)now_s - (IN_USE_S - NEW_S));
    if (++t->n > KAFKA_TOLD_POINTS)
        thin_out(t, now_ms, now_s);
}

void kafka_told_take_record(struct kafka_told *t, int64_t offset, int64_t ms)
{
    for (unsigned i = 0; i < t->nexact; i++)
        if (t->exact[i].offset == offset) {
            t->exact[i].ms = ms;
            return;
        }
    if (!t->exact)
        t->exact = mem_calloc(KAFKA_TOLD_RECORDS, sizeof *t->exact);
    if (t->nexact == KAFKA_TOLD_RECORDS)
        memmove(t->exact, t->exact + 1, --t->nexact * sizeof *t->exact);
    t->exact[t->nexact++] = (struct kafka_point){.ms = ms, .offset = offset};
}

/* ---- questions ---- */

static double width(const struct kafka_told_gap *g, int64_t now_ms)
{
    return age_ms(g->low_ms, now_ms) / age_ms(g->high_ms, now_ms);
}

void kafka_told_note(struct kafka_told *t, int64_t low_ms, int64_t high_ms, int64_t now_ms)
{
    const struct kafka_told_gap gap = {.low_ms = low_ms, .high_ms = high_ms};
    unsigned least = 0;
    for (unsigned i = 0; i < t->ngaps; i++) {
        if (t->gaps[i].low_ms < high_ms && low_ms < t->gaps[i].high_ms) /* two groups in one */
            return;
        least = width(&t->gaps[i], now_ms) < width(&t->gaps[least], now_ms) ? i : least;
    }
    if (!t->gaps)
        t->gaps = mem_calloc(KAFKA_TOLD_GAPS, sizeof *t->gaps);
    if (t->ngaps < KAFKA_TOLD_GAPS)
        t->gaps[t->ngaps++] = gap;
    else if (width(&gap, now_ms) > width(&t->gaps[least], now_ms))
        t->gaps[least] = gap;
}

int64_t kafka_told_between(int64_t low_ms, int64_t high_ms, int64_t now_ms)
{
    return now_ms - (int64_t)sqrt(age_ms(low_ms, now_ms) * age_ms(high_ms, now_ms));
}

unsigned kafka_told_questions(struct kafka_told *t, int64_t now_ms, int64_t now_us, int64_t *times)
{
    int64_t since_s = t->asked_us ? (now_us - t->asked_us) / 1000000 : FORGET_S;
    if (since_s >= FORGET_S)
        t->sweeps = 0;
    if (t->ngaps == 0 || (t->sweeps >= EAGER_SWEEPS && since_s < SLOW_S))
        return 0;
    unsigned n = 0;
    for (unsigned i = 0; i < t->ngaps; i++) {
        int64_t ms = kafka_told_between(t->gaps[i].low_ms, t->gaps[i].high_ms, now_ms);
        if (ms > t->gaps[i].low_ms && ms < t->gaps[i].high_ms)
            times[n++] = ms;
    }
    t->ngaps = 0;
    free(t->gaps);
    t->gaps = NULL;
    t->sweeps += n > 0 && t->sweeps < EAGER_SWEEPS;
    t->asked_us = n ? now_us : t->asked_us;
    return n;
}
