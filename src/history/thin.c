/* Which samples of a step stay. */
#include "history/thin.h"
#include "base/vec.h"

#include <math.h>
#include <string.h>

enum history_thin history_thin_kind(const char *type, const char *unit)
{
    if (strcmp(type, column_type_name(COLUMN_TEXT)) == 0 || strcmp(type, column_type_name(COLUMN_BOOL)) == 0)
        return HISTORY_THIN_NOT;
    if (strcmp(type, column_type_name(COLUMN_TIME)) == 0 || strcmp(unit, column_unit_name(UNIT_OFFSET)) == 0 ||
        strcmp(unit, column_unit_name(UNIT_ID)) == 0)
        return HISTORY_THIN_LAST;
    return HISTORY_THIN_EXTREMES;
}

/* A thinning under way: what it reads and writes. */
struct thinning {
    const struct history_sample *samples, *before;
    size_t n, total;
    int64_t step_ms;
    struct history_samples *out;
    size_t first; /* of out: what is ours */
};

/* The step that a time lies in, by its beginning. */
static int64_t step_of(const struct thinning *t, int64_t time_ms)
{
    int64_t rest = time_ms % t->step_ms;
    return time_ms - (rest < 0 ? rest + t->step_ms : rest);
}

static const struct history_sample *previous(const struct thinning *t, size_t i)
{
    return i ? &t->samples[i - 1] : t->before;
}

static bool begins(const struct thinning *t, size_t i)
{
    const struct history_sample *s = &t->samples[i], *old = previous(t, i);
    if (!old || s->fresh || s->quality != old->quality || s->quality == QUALITY_UNKNOWN || s->real != old->real)
        return true;
    return s->real && !isnan(s->d) != !isnan(old->d);
}

static void keep(struct thinning *t, size_t i, int64_t time_ms)
{
    struct history_sample s = t->samples[i];
    const struct history_sample *last = t->out->n > t->first ? &t->out->items[t->out->n - 1] : t->before;
    if (last && !s.fresh && history_sample_same(last, &s))
        return;
    s.time_ms = time_ms;
    if (last && s.time_ms <= last->time_ms)
        s.time_ms = t->samples[i].time_ms > last->time_ms ? t->samples[i].time_ms : last->time_ms + 1;
    vec_push(t->out, s);
}

static bool less(const struct history_sample *a, const struct history_sample *b)
{
    return a->real ? a->d < b->d : a->i < b->i;
}

/* Samples [i, end) of one step, of the same quality. */
static void keep_extremes(struct thinning *t, size_t i, size_t end)
{
    const struct history_sample *s = t->samples;
    size_t least = i, greatest = i;
    for (size_t k = i + 1; k < end; k++) {
        if (less(&s[k], &s[least]))
            least = k;
        if (less(&s[greatest], &s[k]))
            greatest = k;
    }
    size_t one = least < greatest ? least : greatest, other = least < greatest ? greatest : least;
    int64_t step = step_of(t, s[i].time_ms);
    const struct history_sample *old = previous(t, i);
    bool whole = end - i > 1 && old && step_of(t, old->time_ms) != step &&
                 (end == t->total || step_of(t, s[end].time_ms) != step);
    keep(t, one, whole ? step : s[one].time_ms);
    if (other != one)
        keep(t, other, whole ? step + t->step_ms / 2 : s[other].time_ms);
    bool goes_on = end == t->total || begins(t, end) || step_of(t, s[end].time_ms) != step + t->step_ms;
    if (goes_on && end - 1 != other)
        keep(t, end - 1, s[end - 1].time_ms);
}

static void keep_last(struct thinning *t, size_t i, size_t end)
{
    const struct history_sample *old = previous(t, i);
    if (end - i > 1 && old && old->time_ms < step_of(t, t->samples[i].time_ms) - t->step_ms)
        keep(t, i, t->samples[i].time_ms);
    keep(t, end - 1, t->samples[end - 1].time_ms);
}

void history_thin_samples(const struct history_sample *samples, size_t n, size_t total,
                          const struct history_sample *before, int64_t step_ms, enum history_thin kind,
                          struct history_samples *out)
{
    struct thinning t = {
        .samples = samples, .before = before, .n = n, .total = total, .step_ms = step_ms, .out = out, .first = out->n};
    for (size_t i = 0, end; i < n; i = end) {
        end = i + 1;
        if (kind == HISTORY_THIN_NOT) {
            vec_push(out, samples[i]);
            continue;
        }
        if (begins(&t, i)) {
            keep(&t, i, samples[i].time_ms);
            continue;
        }
        int64_t step = step_of(&t, samples[i].time_ms);
        while (end < n && step_of(&t, samples[end].time_ms) == step && !begins(&t, end))
            end++;
        if (kind == HISTORY_THIN_LAST)
            keep_last(&t, i, end);
        else
            keep_extremes(&t, i, end);
    }
}
