/* From samples of the past to points of a ring. */
#include "kafka/remember.h"

enum { LATE_PERCENT = 10, LATE_MS = 1000 }; /* what samples and rounds come late by */

void kafka_remember_points(const struct history_span *spans, size_t n, int64_t sample_ms, int64_t interval_ms,
                           struct kafka_remembered *out)
{
    int64_t sampled = sample_ms + sample_ms * LATE_PERCENT / 100 + LATE_MS;
    int64_t seen = interval_ms + interval_ms * LATE_PERCENT / 100 + LATE_MS;
    int64_t usual = sampled > seen ? sampled : seen;
    out->slack_ms = (uint32_t)(seen < INT32_MAX ? seen : INT32_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct history_span *x = &spans[i];
        if (x->quality != QUALITY_EXACT) /* it was not read again: all that is known is what came before */
            continue;
        vec_push(&out->points, (struct kafka_point){.ms = x->time_ms, .offset = (int64_t)x->value});
        int64_t unsure =
            usual + x->resolution_ms; /* of a step the last position stays, and the first after an empty one */
        if (x->until_ms - unsure > x->time_ms)
            vec_push(&out->points, (struct kafka_point){.ms = x->until_ms - unsure, .offset = (int64_t)x->value});
    }
}

void kafka_remember_done(struct kafka_remembered *r)
{
    vec_done(&r->points);
}

void kafka_remember(struct kafka_source *s, const char *topic, int32_t partition, const struct history_span *spans,
                    size_t n, int64_t sample_ms, int64_t interval_ms)
{
    struct kafka_remembered r = {0};
    kafka_remember_points(spans, n, sample_ms, interval_ms, &r);
    if (r.points.n)
        kafka_source_seed_end(s, topic, partition, r.points.items, r.points.n, r.slack_ms);
    kafka_remember_done(&r);
}
