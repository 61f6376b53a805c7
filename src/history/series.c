/* How long values hold, and points from samples. */
#include "history/series.h"
#include "base/vec.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { STEPS_MAX = 1000000 };

void history_series_done(struct history_series *s)
{
    vec_done(&s->samples);
    vec_done(&s->lives);
}

int64_t history_series_holds_until(const struct history_series *s, size_t i)
{
    int64_t time = s->samples.items[i].time_ms;
    int64_t until = i + 1 < s->samples.n ? s->samples.items[i + 1].time_ms : INT64_MAX;
    for (size_t k = 0; k < s->lives.n; k++) {
        const struct history_life *life = &s->lives.items[k];
        if (life->born_ms > time && life->born_ms < until)
            until = life->born_ms;
        if (life->died_ms > time && life->died_ms < until)
            until = life->died_ms;
    }
    return until;
}

static double as_double(const struct history_sample *s)
{
    return s->real ? s->d : (double)s->i;
}

static bool known(const struct history_sample *s)
{
    return s->quality != QUALITY_UNKNOWN;
}

static void add(struct history_points *out, int64_t time_ms, const struct history_sample *s)
{
    vec_push(out, (struct stream_point){.time_ms = time_ms, .value = as_double(s)});
}

/* The samples themselves, with what held at from_ms before them. */
static void points_as_stored(const struct history_series *s, int64_t from_ms, int64_t to_ms, struct history_points *out)
{
    for (size_t i = 0; i < s->samples.n; i++) {
        const struct history_sample *sample = &s->samples.items[i];
        if (!known(sample) || sample->time_ms > to_ms)
            continue;
        if (sample->time_ms >= from_ms)
            add(out, sample->time_ms, sample);
        else if (history_series_holds_until(s, i) > from_ms)
            add(out, from_ms, sample);
    }
}

/* Adds the least, the greatest and the last known of samples [first, end); false if none is known. */
static bool add_step(const struct history_series *s, size_t first, size_t end, struct history_points *out)
{
    const struct history_sample *least = NULL, *greatest = NULL, *last = NULL;
    for (size_t i = first; i < end; i++) {
        const struct history_sample *sample = &s->samples.items[i];
        if (!known(sample))
            continue;
        last = sample;
        if (isnan(as_double(sample)))
            continue;
        if (!least || as_double(sample) < as_double(least))
            least = sample;
        if (!greatest || as_double(sample) > as_double(greatest))
            greatest = sample;
    }
    const struct history_sample *one = least < greatest ? least : greatest; /* of one array: in order of time */
    const struct history_sample *other = least < greatest ? greatest : least;
    if (one && one != last)
        add(out, one->time_ms, one);
    if (other && other != last && other != one)
        add(out, other->time_ms, other);
    if (last)
        add(out, last->time_ms, last);
    return last;
}

/* What the sample before `end` says about a time that no sample lies in. */
static const struct history_sample *held_at(const struct history_series *s, size_t end, int64_t at)
{
    if (!end || !known(&s->samples.items[end - 1]))
        return NULL;
    return history_series_holds_until(s, end - 1) > at ? &s->samples.items[end - 1] : NULL;
}

int history_series_points(const struct history_series *s, int64_t from_ms, int64_t to_ms, int64_t step_ms,
                          struct history_points *out, struct error *err)
{
    if (to_ms < from_ms)
        return 0;
    if (step_ms <= 0) {
        points_as_stored(s, from_ms, to_ms, out);
        return 0;
    }
    uint64_t steps = ((uint64_t)to_ms - (uint64_t)from_ms) / (uint64_t)step_ms;
    if (steps >= STEPS_MAX)
        return error_set(err, ERR_LIMIT, "history: %" PRIu64 " points asked for, at most %d", steps, STEPS_MAX);
    size_t first = 0;
    while (first < s->samples.n && s->samples.items[first].time_ms < from_ms)
        first++;
    for (uint64_t k = 0; k <= steps; k++) {
        int64_t begin = (int64_t)((uint64_t)from_ms + k * (uint64_t)step_ms);
        int64_t last = k == steps ? to_ms : begin + step_ms - 1;
        size_t end = first;
        while (end < s->samples.n && s->samples.items[end].time_ms <= last)
            end++;
        const struct history_sample *held = held_at(s, first, begin);
        if (!add_step(s, first, end, out) && held)
            add(out, begin, held);
        first = end;
    }
    return 0;
}

void history_series_spans(const struct history_series *s, int64_t from_ms, int64_t to_ms, struct history_spans *out)
{
    for (size_t i = 0; i < s->samples.n; i++) {
        const struct history_sample *sample = &s->samples.items[i];
        int64_t until = history_series_holds_until(s, i);
        int64_t from = sample->time_ms > from_ms ? sample->time_ms : from_ms;
        until = until < to_ms ? until : to_ms;
        if (!known(sample) || sample->time_ms > to_ms || until < from || (until == from && sample->time_ms < from_ms))
            continue;
        int64_t next = i + 1 < s->samples.n ? s->samples.items[i + 1].resolution_ms : 0;
        vec_push(out, (struct history_span){
                          .time_ms = from,
                          .until_ms = until,
                          .value = as_double(sample),
                          .quality = (enum quality)sample->quality,
                          .resolution_ms = next > sample->resolution_ms ? next : sample->resolution_ms,
                      });
    }
}
