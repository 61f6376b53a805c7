/* What history kept of a partition's end, as observations for lag in seconds. */
#ifndef KAFKA_REMEMBER_H
#define KAFKA_REMEMBER_H

#include "base/vec.h"
#include "history/history.h"
#include "kafka/source.h"

struct kafka_remembered {
    VEC(struct kafka_point) points; /* by wall time */
    uint32_t slack_ms;              /* each was seen at its time, or up to so much earlier */
};

/* Appends the spans of one series to points. History keeps a value when it changes, and that at most once in sample_ms; it was
 * seen in rounds interval_ms apart. So a value that went on for longer stood still until about then: a stretch without
 * records stays one, and nothing is interpolated over it. */
void kafka_remember_points(const struct history_span *spans, size_t n, int64_t sample_ms, int64_t interval_ms,
                           struct kafka_remembered *out);
void kafka_remember_done(struct kafka_remembered *r);
/* Hands the spans of column "end" of table partitions to the source. */
void kafka_remember(struct kafka_source *s, const char *topic, int32_t partition, const struct history_span *spans,
                    size_t n, int64_t sample_ms, int64_t interval_ms);

#endif
