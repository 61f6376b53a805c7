/* Queryable lag in time: how old the oldest record is that cannot be queried, and how fast records become so. */
#include "derive/queryable_internal.h"

#include <math.h>
#include <stdlib.h>

enum {
    COMMITS = 16,       /* points of what was covered that are kept */
    WINDOW_MS = 300000, /* over which a rate is made, where so much is known */
    AGAIN_MS = 30000,   /* after which it is made again where nothing came */
    TENTHS_S = 60,      /* below, seconds are told to tenths */
};

/* ---- ages ---- */

static double rounded(double seconds)
{
    return seconds < TENTHS_S ? floor(seconds * 10) / 10 : floor(seconds);
}

/* What is waited for in files is as old as their announcement, at least. */
static struct queryable_age at_least(const struct derive_queryable *q, const struct connect_backlog_covered *c,
                                     int64_t pending_since_ms, struct queryable_age age)
{
    int64_t now = clock_wall_ms(store_clock(q->store));
    if (c->pending_rows <= 0 || pending_since_ms == CONNECT_EVENT_UNKNOWN || pending_since_ms >= now)
        return age;
    double seconds = (double)(now - pending_since_ms) / 1000;
    bool better = age.quality == QUALITY_UNKNOWN || (age.quality == QUALITY_GE && seconds > age.seconds);
    return better ? (struct queryable_age){rounded(seconds), QUALITY_GE} : age;
}

/* Of the record at an offset that may be too high (then it is at least that), of a lag that may be too high (at most). */
static enum quality bound(enum quality age, const struct connect_backlog_covered *c)
{
    if (c->quality == QUALITY_LE || c->lag_quality == QUALITY_GE)
        return c->lag_quality == QUALITY_LE ? QUALITY_UNKNOWN : QUALITY_GE;
    if (c->lag_quality == QUALITY_LE)
        return age == QUALITY_GE ? QUALITY_UNKNOWN : QUALITY_LE;
    return age;
}

struct queryable_age queryable_time_age(const struct derive_queryable *q, const struct queryable_source *s,
                                        const struct queryable_track *track, const struct connect_backlog_covered *c,
                                        int64_t pending_since_ms)
{
    struct queryable_age age = {0};
    if (c->lag_quality == QUALITY_UNKNOWN)
        return age;
    if (c->lag == 0) {
        age.quality = c->lag_quality == QUALITY_GE ? QUALITY_UNKNOWN : QUALITY_EXACT;
        return age;
    }
    if (s && track && c->quality != QUALITY_UNKNOWN && track->told != CONNECT_EVENT_UNKNOWN) {
        struct kafka_age found;
        kafka_age_of(&s->ends, NULL, track->told, queryable_mono_ms(q), &found);
        age.seconds = rounded(found.seconds);
        age.quality = found.quality == QUALITY_UNKNOWN ? QUALITY_UNKNOWN : bound(found.quality, c);
    }
    return c->lag_quality == QUALITY_LE ? age : at_least(q, c, pending_since_ms, age);
}

/* ---- rates ---- */

/* Between two commits what the last ones made is the rate; once none comes for twice as long as between those, it falls. */
static void rate(struct queryable_track *t, int64_t now)
{
    const struct kafka_ring *r = &t->covered;
    struct kafka_point last = kafka_ring_last(r), first = kafka_ring_point(r, 0);
    int64_t gap_ms = r->n > 1 ? last.ms - kafka_ring_point(r, r->n - 2u).ms : 0;
    int64_t patience_ms = 2 * gap_ms > AGAIN_MS ? 2 * gap_ms : AGAIN_MS;
    int64_t end_ms = now - last.ms > patience_ms ? now : last.ms;
    for (unsigned i = 0; i < r->n && end_ms - kafka_ring_point(r, i).ms >= WINDOW_MS; i++)
        first = kafka_ring_point(r, i);
    t->rated_ms = now;
    t->rated = end_ms > first.ms && (r->n > 1 || end_ms - first.ms >= WINDOW_MS);
    t->rate = t->rated ? (double)(last.offset - first.offset) * 1000 / (double)(end_ms - first.ms) : 0;
}

static struct queryable_track *track_of(struct queryable_source *s, struct name *table)
{
    for (size_t i = 0; i < s->tracks.n; i++)
        if (s->tracks.items[i].table == table)
            return &s->tracks.items[i];
    vec_push(&s->tracks, (struct queryable_track){.table = name_ref(table), .told = CONNECT_EVENT_UNKNOWN});
    return &s->tracks.items[s->tracks.n - 1];
}

/* More is covered by now than the lag is of, for no end was read since: the lag stands until one is. */
static bool stands(const struct connect_backlog_partition *p, const struct connect_backlog_covered *c)
{
    int64_t lag;
    return c->quality == QUALITY_EXACT && c->lag_quality != QUALITY_UNKNOWN && p->end != CONNECT_EVENT_UNKNOWN &&
           !__builtin_sub_overflow(p->end, c->covered, &lag) && c->lag > (lag > 0 ? lag : 0);
}

struct queryable_track *queryable_time_track(struct derive_queryable *q, struct queryable_source *s, struct name *table,
                                             const struct connect_backlog_partition *p,
                                             const struct connect_backlog_covered *c)
{
    struct queryable_track *t = track_of(s, table);
    int64_t now = queryable_mono_ms(q);
    bool known = c->quality == QUALITY_EXACT && c->covered != CONNECT_EVENT_UNKNOWN;
    bool moved = known && (!t->covered.n || kafka_ring_last(&t->covered).offset != c->covered);
    if (moved)
        kafka_ring_add(&t->covered, &q->slab, COMMITS, now, c->covered);
    if (t->covered.n && (moved || now - t->rated_ms >= AGAIN_MS))
        rate(t, now);
    if (t->told == CONNECT_EVENT_UNKNOWN || !stands(p, c))
        t->told = c->covered;
    return t;
}

void queryable_time_done(struct derive_queryable *q, struct queryable_source *s)
{
    for (size_t i = 0; i < s->tracks.n; i++) {
        kafka_ring_done(&s->tracks.items[i].covered, &q->slab);
        name_unref(s->tracks.items[i].table);
    }
    vec_done(&s->tracks);
    kafka_ring_done(&s->ends, &q->slab);
}

/* ---- sums ---- */

void queryable_time_add(struct queryable_sums *sums, int64_t lag, enum quality lag_quality, struct queryable_age age,
                        const struct queryable_track *track)
{
    sums->n++;
    sums->unknown += lag_quality == QUALITY_UNKNOWN;
    sums->ge += lag_quality == QUALITY_GE;
    sums->le += lag_quality == QUALITY_LE;
    sums->stale += lag_quality == QUALITY_STALE;
    sums->lag += lag_quality != QUALITY_UNKNOWN ? lag : 0;
    sums->aged++;
    sums->age_le += age.quality == QUALITY_LE;
    kafka_age_add(&sums->age, age.quality, age.seconds, 0, KAFKA_AGE_OBSERVED);
    if (track && track->rated) {
        sums->rate += track->rate;
        sums->rated++;
    }
}

enum quality queryable_time_lag(const struct queryable_sums *sums)
{
    bool least = sums->unknown || sums->ge;
    if (sums->n == sums->unknown || (least && sums->lag == 0) || (least && sums->le))
        return QUALITY_UNKNOWN;
    return least ? QUALITY_GE : sums->le ? QUALITY_LE : sums->stale ? QUALITY_STALE : QUALITY_EXACT;
}

struct queryable_age queryable_time_oldest(const struct queryable_sums *sums)
{
    struct kafka_age age;
    kafka_age_total(&sums->age, sums->aged, &age);
    struct queryable_age ret = {age.seconds, age.quality};
    if (sums->age_le && age.quality != QUALITY_UNKNOWN)
        ret.quality = age.quality == QUALITY_GE ? QUALITY_UNKNOWN : QUALITY_LE;
    if (ret.quality == QUALITY_EST && age.seconds == 0)
        ret.quality = QUALITY_EXACT;
    return ret;
}
