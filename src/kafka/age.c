/* Ages of records from observed ends and from records' times. */
#include "kafka/age.h"

#include <math.h>

enum {
    OPEN_MS = 10000,       /* what is left open by less is narrowed no further */
    OPEN_PERCENT = 10,     /* of the age */
    CLOCK_MS = 2000,       /* a record's time may be so far ahead of now */
    ERROR_PER_SECOND = 10, /* errors are told in tenths, so that they do not change all the time */
};

static const char *const method_texts[] = {
    [KAFKA_AGE_BEYOND] = "beyond history", [KAFKA_AGE_TIMES] = "by record times", [KAFKA_AGE_OBSERVED] = "observed",
    [KAFKA_AGE_RECORD] = "record",         [KAFKA_AGE_CAUGHT_UP] = "caught up",
};

const char *kafka_age_method_text(enum kafka_age_method m)
{
    return method_texts[m];
}

/* A time at which the log's end is known, or not. */
struct edge {
    bool known;
    struct kafka_point at;
    int64_t slack_ms; /* it may have been seen as much earlier */
};

struct bracket {
    struct edge low, high; /* at low the end was not beyond the offset, at high it was */
    enum kafka_age_method method;
};

static struct edge edge_of(struct kafka_point p)
{
    return (struct edge){.known = true, .at = p};
}

static void observe(const struct kafka_ring *ends, int64_t offset, int64_t now_ms, struct bracket *b)
{
    b->method = KAFKA_AGE_OBSERVED;
    unsigned i = ends->n;
    while (i && kafka_ring_point(ends, i - 1).offset > offset)
        i--;
    if (i) {
        b->low = edge_of(kafka_ring_point(ends, i - 1));
        if (i <= ends->old)
            b->low.slack_ms = ends->slack_ms;
    }
    if (i < ends->n)
        b->high = edge_of(kafka_ring_point(ends, i));
    else if (ends->n) /* it is not caught up, so the end has grown since */
        b->high =
            edge_of((struct kafka_point){.ms = now_ms > b->low.at.ms ? now_ms : b->low.at.ms, .offset = offset + 1});
}

static bool is_open(const struct bracket *b, int64_t now_ms)
{
    if (!b->low.known || !b->high.known)
        return true;
    int64_t open = b->high.at.ms - b->low.at.ms;
    return open > OPEN_MS && open > (now_ms - b->high.at.ms) / 100 * OPEN_PERCENT;
}

/* Narrows what was observed by what records tell; a point that contradicts it is passed over. */
static void narrow(struct kafka_told *told, int64_t offset, int64_t now_ms, struct bracket *b)
{
    const struct bracket seen = *b;
    struct kafka_told_point *low = NULL, *high = NULL;
    if (told->ahead >= 0 && offset >= told->ahead)
        return; /* from there on, every time seems to have come */
    for (unsigned i = 0; i < told->n; i++) {
        struct kafka_point p = {.ms = told->points[i].ms + *told->shift_ms, .offset = told->points[i].offset};
        if (seen.low.known && (p.ms <= seen.low.at.ms || p.offset < seen.low.at.offset))
            continue;
        if (seen.high.known && p.ms >= seen.high.at.ms)
            break;
        if (seen.high.known && p.offset > seen.high.at.offset) {
            if (seen.low.known)
                break;
            p.offset = seen.high.at.offset;
        }
        b->method = KAFKA_AGE_TIMES;
        if (p.offset > offset) {
            b->high = edge_of(p);
            high = &told->points[i];
            break;
        }
        b->low = edge_of(p);
        low = &told->points[i];
    }
    if (low)
        kafka_told_use(low, now_ms / 1000);
    if (high)
        kafka_told_use(high, now_ms / 1000);
}

static bool read_record(const struct kafka_told *told, int64_t offset, int64_t now_ms, struct kafka_age *ret)
{
    for (unsigned i = 0; i < told->nexact; i++) {
        int64_t ms = told->exact[i].ms + *told->shift_ms;
        if (told->exact[i].offset != offset || ms > now_ms + CLOCK_MS)
            continue;
        *ret = (struct kafka_age){
            .quality = QUALITY_EXACT, .method = KAFKA_AGE_RECORD, .low_known = true, .low_ms = ms, .high_ms = ms};
        ret->seconds = ms < now_ms ? (double)(now_ms - ms) / 1000 : 0;
        return true;
    }
    return false;
}

/* Between the edges by proportion; the middle of the record's own place, as it came within it. */
static void interpolate(const struct bracket *b, int64_t offset, int64_t now_ms, struct kafka_age *ret)
{
    double low = (double)b->low.at.ms, high = (double)b->high.at.ms;
    double part = ((double)(offset - b->low.at.offset) + 0.5) / (double)(b->high.at.offset - b->low.at.offset);
    double at = low + (high - low) * part;
    double before = at - low + (double)b->low.slack_ms, after = high - at;
    ret->quality = QUALITY_EST;
    ret->method = b->method;
    ret->seconds = ((double)now_ms - at) / 1000;
    if (ret->seconds < 0)
        ret->seconds = 0;
    double error = (before > after ? before : after) / 1000;
    ret->error = ceil(error * ERROR_PER_SECOND) / ERROR_PER_SECOND;
}

void kafka_age_of(const struct kafka_ring *ends, struct kafka_told *told, int64_t offset, int64_t now_ms,
                  struct kafka_age *ret)
{
    *ret = (struct kafka_age){.quality = QUALITY_UNKNOWN, .error = (double)NAN};
    if (told && read_record(told, offset, now_ms, ret))
        return;
    struct bracket b = {0};
    observe(ends, offset, now_ms, &b);
    if (told && is_open(&b, now_ms))
        narrow(told, offset, now_ms, &b);
    if (!b.high.known)
        return;
    ret->low_known = b.low.known;
    ret->low_ms = b.low.at.ms - b.low.slack_ms;
    ret->high_ms = b.high.at.ms;
    if (b.low.known) {
        interpolate(&b, offset, now_ms, ret);
        return;
    }
    ret->seconds = (double)(now_ms - b.high.at.ms) / 1000;
    if (ret->seconds > 0) { /* a bound of nothing is none */
        ret->quality = QUALITY_GE;
        ret->method = KAFKA_AGE_BEYOND;
    } else {
        ret->seconds = 0;
    }
}

bool kafka_age_is_wide(const struct kafka_age *a, int64_t now_ms)
{
    if (a->method == KAFKA_AGE_RECORD)
        return false;
    int64_t open = a->high_ms - a->low_ms;
    return !a->low_known || (open > OPEN_MS && open > (now_ms - a->high_ms) / 100 * OPEN_PERCENT);
}

/* ---- the oldest of several ---- */

void kafka_age_add(struct kafka_age_sum *s, enum quality quality, double seconds, double error,
                   enum kafka_age_method method)
{
    if (quality == QUALITY_UNKNOWN)
        return;
    if (s->known++ == 0 || seconds > s->seconds) {
        s->seconds = seconds;
        s->method = method;
    }
    s->ge += quality == QUALITY_GE;
    s->stale += quality == QUALITY_STALE;
    s->error_unknown |= isnan(error);
    s->low = seconds - error > s->low ? seconds - error : s->low;
    s->high = seconds + error > s->high ? seconds + error : s->high;
}

void kafka_age_total(const struct kafka_age_sum *s, size_t counted, struct kafka_age *ret)
{
    bool exact = s->high <= s->seconds && !s->error_unknown &&
                 (s->method == KAFKA_AGE_CAUGHT_UP || s->method == KAFKA_AGE_RECORD);
    *ret = (struct kafka_age){.seconds = s->seconds, .method = s->method, .error = (double)NAN};
    ret->quality = s->known == 0                 ? QUALITY_UNKNOWN
                   : s->ge || s->known < counted ? QUALITY_GE
                   : s->stale                    ? QUALITY_STALE
                   : exact                       ? QUALITY_EXACT
                                                 : QUALITY_EST;
    if (ret->quality == QUALITY_GE && s->seconds <= 0)
        ret->quality = QUALITY_UNKNOWN; /* a bound of nothing is none */
    if (ret->quality == QUALITY_UNKNOWN)
        ret->method = KAFKA_AGE_NONE;
    else if (s->ge)
        ret->method = KAFKA_AGE_BEYOND;
    if (ret->quality == QUALITY_EXACT)
        ret->error = 0;
    if (ret->quality == QUALITY_EST && !s->error_unknown) {
        double below = s->seconds - s->low, above = s->high - s->seconds;
        ret->error = ceil((below > above ? below : above) * ERROR_PER_SECOND - 1e-9) / ERROR_PER_SECOND;
    }
}
