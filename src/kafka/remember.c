/* From samples of the past to points of a ring. */
#include "kafka/remember.h"
#include "base/vec.h"

enum {
    WHEEL_PERCENT = 110,
    ROUND_MS = 1000
}; /* what a sample may be late by the writer's ways, and a round by its own */

void kafka_remember(struct kafka_source *s, const char *topic, int32_t partition, const struct history_span *spans,
                    size_t n, int64_t sample_ms, int64_t interval_ms)
{
    VEC(struct kafka_point) points = {0};
    int64_t sampled = sample_ms * WHEEL_PERCENT / 100, seen = interval_ms + ROUND_MS;
    int64_t unsure = sampled > seen ? sampled : seen;
    for (size_t i = 0; i < n; i++) {
        const struct history_span *x = &spans[i];
        if (x->quality != QUALITY_EXACT) /* it was not read again: all that is known is what came before */
            continue;
        vec_push(&points, (struct kafka_point){.ms = x->time_ms, .offset = (int64_t)x->value});
        if (x->until_ms - unsure > x->time_ms)
            vec_push(&points, (struct kafka_point){.ms = x->until_ms - unsure, .offset = (int64_t)x->value});
    }
    if (points.n)
        kafka_source_seed_end(s, topic, partition, points.items, points.n,
                              (uint32_t)(seen < INT32_MAX ? seen : INT32_MAX));
    vec_done(&points);
}
